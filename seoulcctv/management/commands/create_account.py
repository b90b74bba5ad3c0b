"""Makes an account with its role."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cameras.models import District
from seoulcctv.roles import Role


class Command(BaseCommand):
    """The password is asked for, or read from standard input, never taken from the command line."""

    help = "Create an account with a role; the password is asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument("--district", help="legal code, for district administrators, such as 11110")
        parser.add_argument("--name", default="", help="the person's name")
        parser.add_argument("--unit", default="", help="the unit they belong to")

    def handle(self, *args: Any, **options: Any) -> None:
        model = get_user_model()
        if options["role"] not in Role.values:
            raise CommandError(_("%(name)s is no role.") % {"name": options["role"]})
        district = District.objects.filter(pk=options["district"]).first()
        if options["district"] and district is None:
            raise CommandError(_("%(name)s is no district code of Seoul.") % {"name": options["district"]})
        if options["role"] == Role.DISTRICT_ADMIN and district is None:
            raise CommandError(_("A district administrator needs --district."))
        if model.objects.filter(username=options["username"]).exists():
            raise CommandError(_("There is already an account %(name)s.") % {"name": options["username"]})
        user = model(
            username=options["username"], role=options["role"], district=district, first_name=options["name"],
            unit=options["unit"],
        )  # fmt: skip
        password = self._password()
        try:
            user.clean_fields(exclude=["password"])
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save()
        self.stdout.write(f"{user.username}: {user.get_role_display()}")

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass()
        if first != getpass("Password (again): "):
            raise CommandError(_("The passwords differ."))
        return first
