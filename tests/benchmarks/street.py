"""Films of streets at 720p and 15 pictures a second, as cameras send them live; made once, kept below var/."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av

from analysis.simulation.film import render
from analysis.simulation.people import Walk
from analysis.simulation.scenario import SimulatedCamera
from analysis.simulation.walk import first_walk

SIZE, RATE, GOP_S = (1280, 720), 15, 1.0
CLEAR_PX, CLEAR = 60, 0.7  # of a person's height; of them, visible
TARGET = "target"
TAIL = 24  # bytes


@dataclass(frozen=True, slots=True)
class Street:
    """camera: of the simulated city; path: the film; passes: seconds at which the person is clear first and seen last, of each
    passage; length: seconds."""

    camera: SimulatedCamera
    path: Path
    passes: tuple[tuple[float, float], ...]
    length: float


def street(folder: Path, number: int, length: float, moments: Sequence[float], others: Sequence[float]) -> Street:
    """The camera ``number`` of the first walk; at ``moments`` the person sought walks past, at ``others`` somebody else."""
    base = first_walk(1).cameras[number]
    geometry = replace(base.scene.geometry, picture_width=SIZE[0], picture_height=SIZE[1])
    scene = replace(base.scene, geometry=geometry)
    camera = replace(base, scene=scene)
    target = next(walk for walk in base.walks if walk.person.key == TARGET)
    strangers = [walk for walk in base.walks if walk.person.key not in (TARGET, "double")]
    walks = [_at(target, moment) for moment in moments]
    walks += [_at(strangers[at % len(strangers)], moment) for at, moment in enumerate(others)]
    path = folder / f"street-{number}-{length:.0f}-{len(moments)}-{len(others)}.mp4"
    note = path.with_suffix(".json")
    if not note.is_file():
        made = render(scene, walks, path, length, RATE, GOP_S)
        clear = [
            [b.time, b.visible >= CLEAR and b.box[3] - b.box[1] >= CLEAR_PX] for b in made.boxes if b.person == TARGET
        ]
        note.write_text(json.dumps(clear))
    return Street(camera, path, tuple(_passes(json.loads(note.read_text()))), length)


def _at(walk: Walk, moment: float) -> Walk:
    shift = moment - walk.moment
    return replace(walk, moment=moment, begin=walk.begin + shift, end=walk.end + shift)


def _passes(rows: list[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Rows of one passage follow each other within three seconds."""
    several: list[list[tuple[float, bool]]] = []
    for row in sorted(rows):
        if not several or row[0] - several[-1][-1][0] > 3.0:
            several.append([])
        several[-1].append(row)
    found = []
    for rows_of in several:
        clear = [time for time, is_clear in rows_of if is_clear]
        if clear:
            found.append((clear[0], rows_of[-1][0]))
    return found


def repeated(path: Path, times: int) -> Path:
    """The film, so many times one after the other, without encoding it anew."""
    made = path.with_name(f"{path.stem}-x{times}.mp4")
    if made.is_file():
        return made
    part = made.with_name(f"{made.stem}.part.mp4")
    with av.open(str(part), "w") as out:
        stream, shift = None, 0
        for _ in range(times):
            with av.open(str(path)) as source:
                track, last = source.streams.video[0], 0
                if stream is None:
                    stream = out.add_stream_from_template(track)
                for packet in source.demux(track):
                    if not packet.size or packet.pts is None or packet.dts is None:
                        continue
                    last = max(last, packet.pts + (packet.duration or 0))
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                    out.mux(packet)
            shift += last
    part.replace(made)
    return made


def tails(path: Path, moments: Sequence[float]) -> list[bytes]:
    """The last bytes of the packets at those seconds, as they pass on any way to whoever watches."""
    found: dict[float, bytes] = {}
    with av.open(str(path)) as source:
        for packet in source.demux(source.streams.video[0]):
            if packet.size and packet.pts is not None and packet.time_base is not None:
                found[round(float(packet.pts * packet.time_base), 3)] = bytes(packet)[-TAIL:]
    return [found[min(found, key=lambda time: abs(time - moment))] for moment in moments]
