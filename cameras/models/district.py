"""The 25 districts (자치구)."""

from django.contrib.gis.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class District(models.Model):
    """Loaded by a migration from ``cameras/data/districts.json``; how far its roll-out is, a supervisor says."""

    class Stage(models.TextChoices):
        PLANNED = "planned", _("planned")
        BUILDING = "building", _("being built")
        TRIAL = "trial", _("on trial")
        LIVE = "live", pgettext_lazy("roll-out", "live")

    code = models.CharField(_("legal code"), max_length=5, primary_key=True)
    name_ko = models.CharField(_("Korean name"), max_length=20, unique=True)
    name_en = models.CharField(_("English name"), max_length=40, unique=True)
    joined_year = models.PositiveSmallIntegerField(_("year of joining"), null=True, blank=True)
    stage = models.CharField(_("state of the roll-out"), max_length=10, choices=Stage, default=Stage.PLANNED)
    boundary = models.MultiPolygonField(_("boundary"), srid=4326)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="district_stage_known", condition=models.Q(stage__in=["planned", "building", "trial", "live"])
            ),
            models.CheckConstraint(name="district_code_of_seoul", condition=models.Q(code__regex=r"^11\d{3}$")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_ko if (get_language() or "ko").startswith("ko") else self.name_en
