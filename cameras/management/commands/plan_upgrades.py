"""A plan for the next cameras, from the command line."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cameras.models import AreaSet, Plan
from cameras.upgrades.areas import CELLS, AreaError, dongs, grid
from cameras.upgrades.making import Draft, drafted, make
from cameras.upgrades.wanted import METHODS, PlanError, Wanted


class Command(BaseCommand):
    help = "Choose vulnerable areas, place new intelligent cameras in them, and rank conversions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--areas", type=int, default=449)
        parser.add_argument("--new", type=int, default=1796, help="new cameras, shared evenly among the areas")
        parser.add_argument("--convert", type=int, default=20533, help="cameras to convert")
        parser.add_argument(
            "--of", default="500", help=f"squares of {', '.join(map(str, CELLS))} metres, dongs, or a name"
        )
        parser.add_argument("--least", type=int, default=0, help="areas of each district at the least")
        parser.add_argument("--budget", type=int, help="won")
        parser.add_argument("--method", choices=METHODS, default="z")
        parser.add_argument("--phases", type=int, default=3)
        parser.add_argument("--first", default=f"{date.today().year + 1}-01-01", help="the first day (2027-01-01)")
        parser.add_argument(
            "--weight", nargs="+", default=[], metavar="KEY=NUMBER", help="weights, instead of the usual"
        )
        parser.add_argument("--name", default="")
        parser.add_argument("--dry-run", action="store_true", help="only say what the plan would be")

    def handle(self, *args: Any, **options: Any) -> None:
        console, begin = Console(), time.perf_counter()
        try:
            told = {
                name: options[name]
                for name in ("areas", "new", "convert", "least", "budget", "method", "phases", "first")
            }
            if options["weight"]:
                told["weights"] = self._weights(options["weight"])
            wanted = Wanted.from_json(told)
            name = options["name"] or f"{date.fromisoformat(wanted.first).year}, {wanted.areas} areas"
            plan = Plan(name=name[:80], area_set=self._areas(options["of"]), asked=wanted.as_json())
            with Progress(console=console, transient=True) as bar, translation.override("en"):
                task = bar.add_task("Planning", total=100)
                draft = self._made(plan, options["dry_run"], lambda percent: bar.update(task, completed=percent))
        except (PlanError, AreaError) as error:
            raise CommandError(str(error)) from error
        self._tell(draft, plan, console, time.perf_counter() - begin)
        console.print("Nothing was kept (--dry-run)." if options["dry_run"] else f"Kept as plan {plan.pk}: {plan.name}")

    def _made(self, plan: Plan, dry: bool, told: Any) -> Draft:
        if dry:
            return drafted(plan, told)
        plan.save()
        try:
            make(plan, told)
        except PlanError as error:
            plan.delete()
            raise PlanError(str(error)) from error
        return Draft([], list(plan.items.all()), plan.indicators, plan.result)

    def _areas(self, told: str) -> AreaSet:
        if told == "dongs":
            return dongs()
        if told.isascii() and told.isdigit():
            return grid(int(told))
        if found := AreaSet.objects.filter(name=told).first():
            return found
        raise AreaError(f"There are no areas {told}.")

    def _weights(self, pairs: list[str]) -> dict[str, float]:
        told = {}
        for pair in pairs:
            key, _, number = pair.partition("=")
            try:
                told[key] = float(number)
            except ValueError as error:
                raise CommandError(f"{pair}: KEY=NUMBER") from error
        return told

    def _tell(self, draft: Draft, plan: Plan, console: Console, took: float) -> None:
        result = draft.result
        table = Table("", "now", "then", title=f"{plan.name} ({plan.area_set.name})")
        for kind, title in (("all", "cameras"), ("intelligent", "intelligent cameras")):
            for what, words in (
                ("ground", "ground"),
                ("chosen", "chosen areas"),
                ("residents", "residents"),
                ("ways", "past ways"),
            ):
                if pair := result[kind][what]:
                    table.add_row(f"{words} covered by {title}", *(f"{100 * one:.1f} %" for one in pair))
            walks = result["walks"][kind]
            table.add_row(f"walkers seen by {title} within an hour", *(f"{100 * one['found']:.1f} %" for one in walks))
            table.add_row(f"minutes until seen by {title}, mean", *(f"{one['mean_s'] / 60:.1f}" for one in walks))
        shares = result["shares"][""]
        table.add_row(
            "cameras that are intelligent", f"{100 * (shares[0] or 0):.1f} %", f"{100 * (shares[-1] or 0):.1f} %"
        )
        console.print(table)
        bound, cut = result["bound"], result["cut"]
        console.print(
            f"{result['chosen']:,} areas ({result['firm']:,} stay in 9 of 10 shakes), {result['new']:,} new cameras, "
            f"{result['convert']:,} converted at {result['poles']:,} poles, {result['cost']:,} won"
        )
        if bound["bound"]:
            console.print(f"placed: {bound['reached'] / bound['bound']:.2f} of what no placement exceeds")
        if any(cut.values()):
            console.print(f"left out: {cut['new']:,} new and {cut['convert']:,} converted by the budget, "
                          f"{cut['short']:,} new for which there was no place")  # fmt: skip
        console.print(f"{took:.1f} s; {draft.fingerprint[:16]}")
