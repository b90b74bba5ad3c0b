"""The figures of an evaluation as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from .report import Figures

Columns = Sequence[tuple[str, ...]]

PEOPLE: Columns = (
    ("recall", "detection", "recall_60"), ("precision", "detection", "precision"), ("HOTA", "tracking", "hota"),
    ("IDF1", "tracking", "idf1"), ("switches", "tracking", "switches"), ("upper", "attributes", "upper", "accuracy"),
    ("lower", "attributes", "lower", "accuracy"), ("unknown", "attributes", "upper", "unknown"),
    ("height ±m", "attributes", "height", "median_error_m"),
)  # fmt: skip
SEARCHED: Columns = (
    ("hours", "searched", "hours"), ("core s", "searched", "work_s"), ("people", "searched", "people"),
    ("found", "searched", "found"), ("tracks each", "searched", "tracks_each"), ("of nobody", "searched", "nobody"),
    ("upper", "searched", "upper"), ("lower", "searched", "lower"), ("height ±m", "searched", "height"),
)  # fmt: skip
PERSON: Columns = (
    ("rank-1", "ranking", "rank1"), ("rank-5", "ranking", "rank5"), ("MRR", "ranking", "mrr"), ("route", "route", "found"),
    ("decisions", "route", "decisions"), ("≤5", "route", "complete_in_5"), ("≤10", "route", "complete_in_10"),
    ("≤20", "route", "complete_in_20"), ("hop P", "route", "hop_precision"), ("hop R", "route", "hop_recall"),
)  # fmt: skip
ORDER: Columns = (
    ("hours of", "order_h", "of"), ("h plan", "order_h", "planned"), ("h time", "order_h", "by_time"),
    ("h near", "order_h", "by_distance"), ("s plan", "order_work_s", "planned"), ("s time", "order_work_s", "by_time"),
    ("s near", "order_work_s", "by_distance"),
)  # fmt: skip
LIVE: Columns = (
    ("passes", "passes"), ("recall", "recall"), ("false/h", "false_an_hour"), ("false/camera h", "false_a_camera_hour"),
    ("s, median", "delay_median_s"), ("s, 95 %", "delay_95_s"), ("score at recall 0.9", "threshold_at_recall"),
    ("false/h there", "false_an_hour_at_recall"), ("false/camera h there", "false_a_camera_hour_at_recall"),
)  # fmt: skip


def tables(report: Figures) -> list[Table]:
    """All that the report holds."""
    result = []
    if "scenarios" in report:
        scenarios = report["scenarios"]
        result += [
            scenario_table("Finding people: everybody followed picture by picture", PEOPLE, scenarios),
            scenario_table("Everybody, as a search sees them: keyframes, then a closer look", SEARCHED, scenarios),
            scenario_table("Finding the person", PERSON, scenarios),
            scenario_table("Until the first true sighting: hours of footage, seconds of one core", ORDER, scenarios),
            detection_table(report["all"]["detection"]),
            calibration_table(report["all"]["attributes"]),
            things_table(report["all"]["attributes"]["things"]),
        ]
    if "live" in report:
        title = "Live watch: passes of the person that were told, and alerts of others"
        result.append(scenario_table(title, LIVE, report["live"]))
    if "real" in report:
        result.append(real_table(report["real"]))
    return result


def scenario_table(title: str, columns: Columns, figures: Figures) -> Table:
    """A row a scenario; shares 0 to 1."""
    table = _table(title, "scenario", [column[0] for column in columns])
    for name, rows in figures.items():
        table.add_row(name, *(text(at(rows, path)) for _, *path in columns))
    return table


def detection_table(detection: Figures) -> Table:
    """Over all scenarios: recall by height, by visible share and by light."""
    table = _table("People found, over all scenarios", "who", ["recall", "precision"])
    for height, recall in detection["recall_by_height"].items():
        table.add_row(f"{height} px tall, at least 70 % visible", text(recall), "")
    table.add_section()
    for share, recall in detection["recall_by_share"].items():
        table.add_row(f"{share} visible, at least 60 px tall", text(recall), "")
    table.add_section()
    for light, row in detection["by_light"].items():
        table.add_row(f"{light}, at least 60 px, 70 %", text(row["recall_60"]), text(row["precision"]))
    return table


def calibration_table(attributes: Figures) -> Table:
    """Of those said to be so sure, how many are right."""
    table = _table("Clothing colours: said, right, tracklets", "part", ["said", "right", "tracklets"])
    for part in ("upper", "lower"):
        for said, right, count in attributes[part]["calibration"]:
            table.add_row(part, text(said), text(right), str(count))
    return table


def things_table(things: Figures) -> Table:
    """A row for each thing that may be carried."""
    table = _table("Things carried", "thing", ["with it", "without", "told", "false alarms", "AUC"])
    for name, row in things.items():
        shares = (text(row[key]) for key in ("found", "false_alarms", "auc"))
        table.add_row(name, str(row["has"]), str(row["others"]), *shares)
    return table


def real_table(figures: Figures) -> Table:
    """A column a video."""
    table = _table("Real footage", "figure", list(figures))
    for name in next(iter(figures.values())):
        table.add_row(name, *(text(row[name]) for row in figures.values()))
    return table


def beside_table(before: Figures, after: Figures) -> Table:
    """Two reports: means over the scenarios and videos that both hold."""
    table = _table("Side by side", "figure", [before["version"], after["version"]])
    both = [name for name in before.get("scenarios", {}) if name in after.get("scenarios", {})]
    for label, *path in (*PEOPLE, *SEARCHED, *PERSON, *ORDER):
        pairs = [(at(before["scenarios"][n], path), at(after["scenarios"][n], path)) for n in both]
        known = [(a, b) for a, b in pairs if a is not None and b is not None]
        if known:
            table.add_row(
                label, *(text(sum(float(v) for v in column) / len(known)) for column in zip(*known, strict=True))
            )
    for video, row in before.get("real", {}).items():
        for name, value in row.items():
            if video in after.get("real", {}) and name in after["real"][video]:
                table.add_row(f"{video}: {name}", text(value), text(after["real"][video][name]))
    return table


def at(figures: Figures, path: Sequence[str]) -> Any:
    """A figure by its path; None where an older report lacks it."""
    value: Any = figures
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def text(value: Any) -> str:
    """Two places; a dash for what there is nothing to tell of."""
    return "–" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _table(title: str, first: str, others: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table
