"""A lost phone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from seoulcctv.two_factor import reset


class Command(BaseCommand):
    """Only after it is certain who asks."""

    help = "Forget an account's second factor; it sets another up at its next sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['name']}.")
        self.stdout.write(f"{options['name']}: {reset(user)} phones forgotten.")
