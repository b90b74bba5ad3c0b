"""A missing person, and on what ground the search may run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models import District
from seoulcctv.roles import Role, role_of


class CaseError(Exception):
    """What cannot be done with a case; the message is for the person who tried."""


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> CaseQuerySet:
        """Supervisors see all, operators and liaisons their own and those shared with them; nobody what was deleted."""
        role, there = role_of(user), self.exclude(status=Case.Status.PURGED)
        if role == Role.SUPERVISOR:
            return there
        if role in (Role.OPERATOR, Role.LIAISON):
            return there.filter(Q(opened_by=user) | Q(pk__in=user.shared_cases.values("pk")))
        return self.none()

    def open(self) -> CaseQuerySet:
        """Not ended."""
        return self.exclude(status__in=[Case.Status.ENDED, Case.Status.PURGED])

    def with_sightings(self) -> CaseQuerySet:
        """Adds ``sighting_count`` and ``last_sighting`` (time) of the standing ones."""
        standing = Q(sightings__withdrawn_at__isnull=True)
        return self.annotate(
            sighting_count=models.Count("sightings", filter=standing),
            last_sighting=models.Max("sightings__time", filter=standing),
        ).order_by(*self.model._meta.ordering)  # Django drops the model's own where it groups

    def with_what_waits_for(self, user: Any) -> CaseQuerySet:
        """Adds ``alerted`` (somebody may be walking past a live camera, and nobody has answered), ``handed_over`` (to the account,
        not taken yet) and ``mentioned`` (in a note that it has not seen); those cases come first."""
        from .event import CaseEvent
        from .handover import Handover
        from .note import unread

        here = models.OuterRef("pk")
        answers = CaseEvent.objects.filter(
            case=models.OuterRef("case"),
            kind=CaseEvent.Kind.ALERT_ACKNOWLEDGED,
            data__alert=models.OuterRef("data__alert"),
        )
        raised = CaseEvent.objects.filter(case=here, kind=CaseEvent.Kind.ALERT_RAISED)
        return self.annotate(
            alerted=models.Exists(raised.exclude(models.Exists(answers))),
            handed_over=models.Exists(Handover.objects.waiting_for(user).filter(case=here)),
            mentioned=models.Exists(unread(user).filter(note__case=here)),
        ).order_by("-alerted", "-handed_over", "-mentioned", *self.model._meta.ordering)


class Case(models.Model):
    """Opened by one person, authorised by another."""

    class Category(models.TextChoices):
        CHILD = "child", _("Child under 18")
        DEMENTIA = "dementia", _("Person with dementia")
        DISABILITY = "disability", _("Person with a disability")
        AT_RISK = "at_risk", _("Other person at risk")

    class LegalBasis(models.TextChoices):
        MISSING_ACT = "missing_act", _("Act on missing children and others, police request")
        DANGER = "danger", _("Danger to life or body (Personal Information Protection Act)")
        WARRANT = "warrant", _("Court warrant")

    class Status(models.TextChoices):
        PENDING = "pending", _("Awaiting approval")
        AUTHORISED = "authorised", _("Authorised")
        ENDED = "ended", _("Ended")
        PURGED = "purged", _("Deleted")

    class Outcome(models.TextChoices):
        SAFE = "safe", _("Found safe")
        HURT = "hurt", _("Found, in need of help")
        DEAD = "dead", _("Found dead")
        NOT_FOUND = "not_found", _("Not found")
        CALLED_OFF = "called_off", _("Report withdrawn")

    class Mobility(models.TextChoices):
        FOOT = "foot", _("On foot")
        SLOW = "slow", _("On foot, slowly")
        WHEELCHAIR = "wheelchair", _("Wheelchair")
        BICYCLE = "bicycle", _("Bicycle")
        BUS = "bus", _("Bus, perhaps")
        SUBWAY = "subway", _("Subway, perhaps")
        TAXI = "taxi", _("Taxi, perhaps")

    number = models.CharField(_("case number"), max_length=12, unique=True)
    category = models.CharField(_("category"), max_length=12, choices=Category)
    agency = models.CharField(_("reporting agency"), max_length=100)
    reference = models.CharField(_("agency's reference number"), max_length=60)
    legal_basis = models.CharField(_("legal basis"), max_length=20, choices=LegalBasis)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PENDING)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("opened by"), on_delete=models.PROTECT, related_name="opened_cases"
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("shared with"), blank=True, related_name="shared_cases"
    )
    authorised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("authorised by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="authorised_cases",
    )
    authorised_at = models.DateTimeField(_("authorised"), null=True, blank=True)
    informed = models.CharField(
        _("people informed"), max_length=300, blank=True, help_text=_("For instance: family, district, 112.")
    )
    emergency_until = models.DateTimeField(_("emergency start runs until"), null=True, blank=True)
    emergency_reason = models.CharField(_("reason for the emergency start"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    found_at = models.DateTimeField(_("found at"), null=True, blank=True)
    found_where = models.CharField(_("found where"), max_length=200, blank=True)
    helped = models.BooleanField(_("the search helped"), null=True, blank=True)
    purged_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    last_seen_at = models.DateTimeField(_("last seen at"))
    last_seen_point = models.PointField(_("last seen where"), srid=4326)
    last_seen_address = models.CharField(_("address or landmark"), max_length=200, blank=True)
    direction = models.FloatField(
        _("direction of movement (degrees from north)"), null=True, blank=True, help_text=_("Empty: not known.")
    )
    mobility = models.CharField(_("mobility"), max_length=12, choices=Mobility, default=Mobility.FOOT)
    last_event = models.PositiveBigIntegerField(default=0, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                name="approver_is_not_the_opener",
                condition=Q(authorised_by__isnull=True) | ~Q(authorised_by=models.F("opened_by")),
            ),
            models.CheckConstraint(
                name="authorised_by_somebody",
                condition=~Q(status="authorised") | Q(authorised_by__isnull=False, authorised_at__isnull=False),
            ),
            models.CheckConstraint(
                name="emergency_has_a_reason", condition=Q(emergency_until__isnull=True) | ~Q(emergency_reason="")
            ),
            models.CheckConstraint(
                name="direction_in_circle",
                condition=Q(direction__isnull=True) | Q(direction__gte=0, direction__lt=360),
            ),
            models.CheckConstraint(
                name="case_status_known", condition=Q(status__in=["pending", "authorised", "ended", "purged"])
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def emergency_running(self, now: datetime | None = None) -> bool:
        """Started in an emergency, and the time to approve it is not over."""
        return (
            self.status == self.Status.PENDING
            and self.emergency_until is not None
            and (now or timezone.now()) < self.emergency_until
        )

    def may_search(self, now: datetime | None = None) -> bool:
        """Footage may be looked at, and results be shown."""
        return self.status == self.Status.AUTHORISED or self.emergency_running(now)

    @property
    def lead_district(self) -> Any:
        """The district in which the person was last seen; None outside the city."""
        return District.objects.filter(boundary__covers=self.last_seen_point).defer("boundary").first()

    @property
    def time_since_last_seen(self) -> timedelta:
        return timezone.now() - self.last_seen_at
