"""The plan of the city at full size, and the planning page: how long a plan takes, how soon the map answers a slider.

    .venv/bin/python -m tests.benchmarks.plan_page [CAMERAS] [MOVES]

On a database of the benchmark's own with the practice inventory and the practice indicators. The plan is made three times:
first with nothing measured, spread or cut into squares yet. In Chromium a slider is moved; the clock runs from the slider's
event until the map has been drawn anew.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django
import numpy as np
from rich.console import Console
from rich.table import Table

PLANS = 3
MOVED = """async (value) => {
    const form = document.getElementById("judging"), before = form.dataset.drawn;
    const input = form.querySelectorAll(".slider input")[value % 12];
    const begin = performance.now(), frame = () => new Promise(requestAnimationFrame);
    input.value = (Number(input.value) + 7) % 50;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    while (form.dataset.drawn === before) await frame();
    await frame();
    await frame();
    return performance.now() - begin;
}"""


def main(cameras: int = 123_000, moves: int = 60) -> None:
    django.setup()
    from analysis.benchmark.crew import own_database

    with own_database():
        _practice(cameras)
        plans = [_plan() for _ in range(PLANS)]
        answers = {areas: _answers(areas, moves) for areas in ("grid-500", "dongs")}
        drawn = _in_browser(moves)
    table = Table("plan", "s", "areas", "new", "converted", "the same as the first", title=f"{cameras:,} cameras")
    for number, (took, result, fingerprint) in enumerate(plans, start=1):
        same = "yes" if fingerprint == plans[0][2] else "no"
        table.add_row(str(number), f"{took:.1f}", *(f"{result[name]:,}" for name in ("chosen", "new", "convert")), same)
    Console().print(table)
    table = Table("what", "areas", "median ms", "95 % ms", "worst ms", title=f"{moves} moves of a slider")
    for name, told in (("answer of the site", answers), ("map drawn anew in Chromium", drawn)):
        for areas, (number, ms) in told.items():
            figures = (np.median(ms), np.percentile(ms, 95), max(ms))
            table.add_row(name, f"{number:,} ({areas})", *(f"{value:.0f}" for value in figures))
    Console().print(table)


def _practice(cameras: int) -> None:
    from django.db import connection

    from cameras.intake import apply as apply_inventory
    from cameras.intake import read, take_in
    from cameras.practice import practice_file, practice_rows
    from cameras.upgrades import indicator_file
    from cameras.upgrades.practice import practice_files

    apply_inventory(read(take_in(None, None, "city.csv", practice_file(list(practice_rows(cameras))))), None)
    for name, content in practice_files().items():
        file, reading = indicator_file.take_in(None, name, content)
        indicator_file.apply(file, {one.key: indicator_file.usual(one.key) for one in reading.indicators})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _plan() -> tuple[float, dict, str]:
    from cameras.models import Plan
    from cameras.upgrades.areas import grid
    from cameras.upgrades.making import make
    from cameras.upgrades.wanted import Wanted

    begin = time.perf_counter()
    plan = make(Plan.objects.create(name="city", area_set=grid(500), asked=Wanted().as_json()))
    return time.perf_counter() - begin, plan.result, plan.fingerprint


def _answers(areas: str, moves: int) -> tuple[int, list[float]]:
    from django.test import Client

    from cameras.upgrades.areas import dongs
    from cameras.upgrades.measures import measure
    from seoulcctv.roles import Role
    from tests.factories import make_user

    if areas == "dongs":  # those of the plan were measured with it
        measure(dongs())
    client, took = Client(SERVER_NAME="127.0.0.1"), []
    client.force_login(make_user(Role.SUPERVISOR))
    for number in range(moves + 3):
        asked = {
            "areas": areas,
            "method": "z",
            "w.crime_theft": str(1 + number % 40),
            "w.dementia": "12",
            "w.uncovered": "8",
        }
        begin = time.perf_counter()
        answer = client.get("/plans/values/", asked)
        if number >= 3:  # the first ones spread the indicators and warm up
            took.append(1000 * (time.perf_counter() - begin))
    return len(answer.json()["values"]), took


def _in_browser(moves: int) -> dict[str, tuple[int, list[float]]]:
    from seoulcctv.roles import Role
    from tests.benchmarks.site import page_of
    from tests.factories import make_user

    found = {}
    with page_of(make_user(Role.SUPERVISOR)) as (page, address):
        for areas in ("grid-500", "dongs"):
            page.goto(f"{address}/plans/?areas={areas}")
            page.wait_for_selector("#ranking li")
            page.wait_for_timeout(2500)
            took = []
            for number in range(moves + 2):
                ms = page.evaluate(MOVED, number)
                if number >= 2:
                    took.append(ms)
                page.wait_for_timeout(60 if number % 4 else 700)  # now and then it rests, and the stability is reckoned
            shown = page.locator("#ranked").locator("xpath=..").inner_text().split("/")[1]
            found[areas] = (int(shown.strip().replace(",", "")), took)
    return found


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
