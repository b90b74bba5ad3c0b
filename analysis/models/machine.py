"""Machines that scan: one watchdog and its workers each, for all districts or for some, with a queue of its own."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

GONE_AFTER = timedelta(seconds=20)  # without a sign of life


class MachineQuerySet(models.QuerySet["Machine"]):
    def answering(self) -> MachineQuerySet:
        """Showed a sign of life lately."""
        return self.filter(seen_at__gt=timezone.now() - GONE_AFTER)

    def districts(self) -> set[str]:
        """Codes of districts that have machines of their own here."""
        return {code for codes in self.values_list("districts", flat=True) for code in codes}


class Machine(models.Model):
    """districts: whose footage it has; none: all but those that have a machine of their own. One that ends in order
    takes its row along; one that is lost leaves it."""

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    districts = ArrayField(models.CharField(max_length=5), verbose_name=_("districts"), default=list, blank=True)
    workers = models.PositiveSmallIntegerField(_("workers"), default=1)
    seen_at = models.DateTimeField(_("last sign of life"), default=timezone.now)

    objects = MachineQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def queue(self) -> str:
        """Of django-q2, as the machine's own cluster reads it."""
        return queue_of(self.name)

    @classmethod
    def lives(cls) -> Machine:
        """This one, with a fresh sign of life."""
        machine, _new = cls.objects.update_or_create(
            name=settings.MACHINE,
            defaults={
                "districts": list(settings.DISTRICTS),
                "workers": settings.Q_CLUSTER["workers"],
                "seen_at": timezone.now(),
            },
        )
        return machine

    @classmethod
    def ends(cls) -> None:
        """This one, in order: others may take its districts."""
        cls.objects.filter(name=settings.MACHINE).delete()


def queue_of(name: str) -> str:
    """The queue of a machine."""
    return f"machine-{name}"
