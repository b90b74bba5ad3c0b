"""Runs the main job on a simulated walk: footage, case, search, decisions, route, and an alert of a live camera."""

from __future__ import annotations

import contextlib
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from analysis import decisions, demo, demo_live, services
from analysis.models import Candidate, Search
from analysis.pipeline.detect import require_weights
from analysis.pipeline.types import WeightsMissing
from analysis.progress import progress_of
from analysis.routes import route_of
from analysis.scanner import scanner
from analysis.simulation.city import SPECS
from analysis.simulation.scenario import Scenario
from analysis.simulation.streaming import NoServer
from cases.models import Case

PATIENCE_S = 1800.0
SENDS_ON_S = 240.0  # after the alert


class Command(BaseCommand):
    """Needs the servers and a worker to be running: ``script/demo`` sees to that."""

    help = "Set up the simulated walk, open its case, search, and decide on candidates by the truth."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scenario", default="rush_hour", choices=[demo.FIRST, *SPECS], help="which walk")
        parser.add_argument("--seed", type=int, default=1, help="another walk for each number")
        parser.add_argument(
            "--check", action="store_true", help="as fast as it goes; fail if a true sighting is missed"
        )
        parser.add_argument("--by-hand", action="store_true", help="leave the decisions to whoever opens the page")
        parser.add_argument("--rescan", action="store_true", help="forget what earlier runs found in the footage")
        parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the site is served")

    def handle(self, *args: Any, **options: Any) -> None:
        self.console = Console()
        try:
            require_weights(scanner().detector.config)
        except WeightsMissing as error:
            raise CommandError(str(error)) from error
        stage = self._stage(demo.scenario_of(options["scenario"], options["seed"]), options["rescan"])
        users, password = demo.accounts()
        case = demo.open_demo_case(stage, users)
        search = services.start_search(case, users["operator"])
        if not options["check"]:
            self._invite(case, password, options["address"])
        if options["by_hand"]:
            return
        pause = 0.0 if options["check"] else 2.5
        self._decide_while_searching(stage, case, search, users["operator"], pause)
        missed = self._report(stage, case)
        if options["check"] and missed:
            raise CommandError(f"{missed} true sightings were missed, or somebody else was confirmed.")
        self._live(stage, case, users, options["check"])

    def _live(self, stage: demo.Stage, case: Case, users: dict[str, Any], check: bool) -> None:
        """Somebody reports the person; a live camera near there is watched, and the person walks past it."""
        folder = settings.VAR_DIR / "demo" / f"{stage.scenario.name}-{stage.scenario.seed}"
        with self.console.status("A live camera: its film"):
            live = demo_live.film(stage, folder)
        demo_live.reported(stage, case, users["operator"])
        self.console.print("  A bus driver reports the person: cameras near there look out from now on.")
        try:
            with demo_live.sending(live, users["supervisor"]) as camera, self.console.status("Live watch") as status:
                heard = demo_live.wait_for_alert(case, camera, live, lambda text: status.update(f"Live watch: {text}"))
                if heard is None or not heard.right:
                    who = "somebody else" if heard else "nobody"
                    raise CommandError(
                        f"The person walked past a live camera, and {who} was told: is manage.py watch running?"
                    )
                seen = timezone.localtime(heard.alert.seen_at)
                self.console.print(
                    f"  {seen:%H:%M:%S} {camera} live: the alert came {heard.after_s:.1f} s after their first frame, "
                    f"score {heard.alert.candidate.score:.2f}"
                )
                if check:
                    decisions.confirm(heard.alert.candidate, users["operator"])
                    stop = route_of(case).stops[-1].sighting
                    if stop.camera_id != camera.pk:
                        raise CommandError("The alert was confirmed, and the route does not end there.")
                    self.console.print("  Confirmed: the route ends at the live camera.")
                    return
                self.console.print("  Answer it on the page; the camera sends on for some minutes.")
                status.update("The live camera sends")
                with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C ends the demonstration, in order
                    time.sleep(SENDS_ON_S)
        except NoServer as error:
            text = "The live camera needs Debian's GStreamer (script/bootstrap --demo installs it)"
            raise CommandError(f"{text}: {error}") from error

    def _stage(self, scenario: Scenario, rescan: bool) -> demo.Stage:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task("Simulated footage", total=sum(camera.working for camera in scenario.cameras))
            folder = settings.VAR_DIR / "demo" / f"{scenario.name}-{scenario.seed}"
            stage = demo.set_up(scenario, folder, lambda done: bar.update(task, completed=done))
        if rescan:
            for pk in stage.truths:
                demo.Recording.objects.filter(pk=pk).update(scanned_model="", scanned_depth="")
        return stage

    def _invite(self, case: Case, password: str, address: str) -> None:
        table = Table(title=f"Sign in at {address}", title_justify="left")
        for name in ("account", "role", "password"):
            table.add_column(name)
        for username, role, _name, _unit in demo.ACCOUNTS:
            table.add_row(username, str(role.value), password)
        self.console.print(table)
        self.console.print(f"The case: [bold]{address}/cases/{case.number}/[/bold] — open it and watch the route grow.")

    def _decide_while_searching(self, stage: demo.Stage, case: Case, search: Search, by: Any, pause: float) -> None:
        begin, columns = time.monotonic(), (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task("Searching", total=1.0)
            while True:
                candidate = demo.decide(stage, case, by)
                search.refresh_from_db()
                progress = progress_of(search)
                speed = (
                    f"{progress.speed:.0f} x real time"
                    if progress.speed
                    else "already scanned"
                    if progress.reused
                    else ""
                )
                bar.update(
                    task, completed=progress.share, description=f"Searching {progress.done}/{progress.total} {speed}"
                )
                if candidate is not None and candidate.decision == Candidate.Decision.CONFIRMED:
                    seen = timezone.localtime(candidate.tracklet.start)
                    self.console.print(
                        f"  {seen:%H:%M:%S} {candidate.tracklet.recording.camera} {candidate.score:.2f} confirmed"
                    )
                    time.sleep(pause)
                elif candidate is None:
                    if search.status != Search.Status.RUNNING:
                        return
                    time.sleep(0.3)
                if time.monotonic() - begin > PATIENCE_S:
                    raise CommandError("The search does not come to an end: is a worker running (manage.py worker)?")

    def _report(self, stage: demo.Stage, case: Case) -> int:
        """Found against true, side by side; returns how many differ."""
        truth = {recording.camera_id: (recording, at) for recording, at in stage.true_sightings()}
        found = {stop.sighting.camera_id: stop for stop in route_of(case).stops}
        table = Table(title=f"Case {case.number}: the route found beside the true one", title_justify="left")
        for name in ("camera", "district", "true", "found", "leg m", "m/s", ""):
            table.add_column(name, justify="right" if name in ("leg m", "m/s") else "left")
        wrong = 0
        for camera_id in [*truth, *(pk for pk in found if pk not in truth)]:
            stop, true = found.get(camera_id), truth.get(camera_id)
            camera = true[0].camera if true else stop.sighting.camera if stop else None
            good = stop is not None and true is not None and abs((stop.sighting.time - true[1]).total_seconds()) < 20
            wrong += not good
            table.add_row(
                str(camera),
                camera.district.name_en if camera else "",
                f"{timezone.localtime(true[1]):%H:%M:%S}" if true else "-",
                f"{timezone.localtime(stop.sighting.time):%H:%M:%S}" if stop else "-",
                f"{stop.leg.distance_m:.0f}" if stop and stop.leg else "",
                f"{stop.leg.speed:.2f}" if stop and stop.leg else "",
                "[green]found" if good else "[red]missed" if true else "[red]not the person",
            )
        self.console.print(table)
        others = len(stage.scenario.others)
        rejected = case.candidates.filter(decision=Candidate.Decision.REJECTED).count()
        borders = sum(1 for stop in found.values() if stop.leg and stop.leg.crosses)
        self.console.print(
            f"{len(truth) - wrong if wrong <= len(truth) else 0} of {len(truth)} true sightings found, "
            f"{borders} district borders crossed; {others} other people about, {rejected} of them put before the "
            "operator and rejected."
        )
        return wrong
