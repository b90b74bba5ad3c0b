"""Accounts."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from .roles import Role


class User(AbstractUser):
    """A person with one role; district administrators belong to a district."""

    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.OPERATOR)
    district = models.ForeignKey(
        "cameras.District", verbose_name=_("district"), null=True, blank=True, on_delete=models.PROTECT
    )
    unit = models.CharField(_("unit"), max_length=100, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="district_admin_has_district",
                condition=~models.Q(role=Role.DISTRICT_ADMIN) | models.Q(district__isnull=False),
            ),
            models.CheckConstraint(name="role_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
