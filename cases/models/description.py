"""What the person looks like (인상착의), as reported."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .case import Case

COLOUR_CHOICES = [
    ("black", _("black")),
    ("grey", _("grey")),
    ("white", _("white")),
    ("red", _("red")),
    ("orange", _("orange")),
    ("yellow", _("yellow")),
    ("green", _("green")),
    ("blue", _("blue")),
    ("navy", _("navy")),
    ("purple", _("purple")),
    ("pink", _("pink")),
    ("brown", _("brown")),
    ("beige", _("beige")),
]

BAG_CHOICES = [("none", _("none")), ("backpack", _("backpack")), ("bag", _("bag, in the hand or over the shoulder"))]
AID_CHOICES = [
    ("none", _("none")),
    ("stick", _("walking stick")),
    ("walker", _("walking frame")),
    ("wheelchair", _("wheelchair")),
    ("stroller", _("stroller")),
    ("bicycle", _("bicycle")),
    ("umbrella", _("umbrella")),
]
#: What can be marked as not sure: it then counts half.
UNSURE_CHOICES = [
    ("upper_colour", _("upper clothing")),
    ("lower_colour", _("lower clothing")),
    ("bag", _("bag")),
    ("aid", _("aid or vehicle")),
    ("height", _("height")),
]


class Description(models.Model):
    """Sex and age as the report states them, for people to read: neither is a search term here."""

    class Build(models.TextChoices):
        SLIM = "slim", _("slim")
        HEAVY = "heavy", _("heavy")
        SHORT = "short", _("short")
        TALL = "tall", _("tall")
        UNKNOWN = "", _("not stated")

    class Sex(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        UNKNOWN = "", _("not stated")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="description")
    name = models.CharField(_("name"), max_length=60, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True, default="")
    age = models.PositiveSmallIntegerField(_("age"), null=True, blank=True, validators=[MaxValueValidator(120)])
    upper_colour = models.CharField(_("upper clothing"), max_length=10, choices=COLOUR_CHOICES, blank=True)
    upper_second_colour = models.CharField(
        _("second colour of the upper clothing"), max_length=10, choices=COLOUR_CHOICES, blank=True
    )
    upper_kind = models.CharField(_("kind of upper clothing"), max_length=40, blank=True)
    lower_colour = models.CharField(_("lower clothing"), max_length=10, choices=COLOUR_CHOICES, blank=True)
    lower_second_colour = models.CharField(
        _("second colour of the lower clothing"), max_length=10, choices=COLOUR_CHOICES, blank=True
    )
    lower_kind = models.CharField(_("kind of lower clothing"), max_length=40, blank=True)
    bag = models.CharField(_("bag"), max_length=10, choices=BAG_CHOICES, blank=True)
    aid = models.CharField(_("aid or vehicle"), max_length=10, choices=AID_CHOICES, blank=True)
    height_min = models.PositiveSmallIntegerField(
        _("height from (cm)"), null=True, blank=True, validators=[MinValueValidator(40), MaxValueValidator(230)]
    )
    height_max = models.PositiveSmallIntegerField(
        _("height to (cm)"), null=True, blank=True, validators=[MinValueValidator(40), MaxValueValidator(230)]
    )
    build = models.CharField(_("build"), max_length=6, choices=Build, blank=True, default="")
    hair = models.CharField(_("hair"), max_length=40, blank=True)
    headwear = models.CharField(_("headwear"), max_length=40, blank=True)
    glasses = models.BooleanField(_("wears glasses"), default=False)
    footwear = models.CharField(_("footwear"), max_length=40, blank=True)
    companion = models.CharField(_("in whose company"), max_length=40, blank=True)
    unsure = ArrayField(
        models.CharField(max_length=20, choices=UNSURE_CHOICES), verbose_name=_("not sure of"), default=list, blank=True
    )
    notes = models.TextField(_("further description"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="height_range_in_order",
                condition=Q(height_min__isnull=True) | Q(height_max__isnull=True) | Q(height_min__lte=F("height_max")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)
