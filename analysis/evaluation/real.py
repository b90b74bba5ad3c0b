"""Real footage with MOTChallenge ground truth: a video with its ``.gt.txt``, or a sequence's folder."""

from __future__ import annotations

from collections.abc import Iterator
from configparser import ConfigParser, Error
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from ..pipeline.decode import opened, read_packets
from ..pipeline.scan import Scanner
from .reid import across_halves
from .report import Figures
from .tracking import Truth, score


class RealFootageError(Exception):
    """Ground truth or pictures that are absent or cannot be read; the message says which."""


@dataclass(frozen=True, slots=True)
class RealClip:
    """fps: frames a second, by which ground truth's frame numbers turn into times."""

    path: Path
    truth: Truth
    fps: float


@contextmanager
def real_clip(path: Path) -> Iterator[RealClip]:
    """A video beside its ``STEM.gt.txt``, or a folder with seqinfo.ini, img1/ and gt/gt.txt."""
    if path.is_dir():
        with TemporaryDirectory(prefix="sequence-") as folder:
            yield _from_folder(path, Path(folder) / "sequence.mkv")
        return
    truth = _truth(path.with_name(f"{path.stem}.gt.txt"))
    if not path.is_file():
        raise RealFootageError(f"There is no video {path}.")
    with opened(path) as (_container, stream):
        fps = float(stream.average_rate or 25)
    yield RealClip(path, truth, fps)


def real_figures(path: Path, scanner: Scanner) -> Figures:
    """Tracking against the truth, and identities across two halves of the time."""
    with real_clip(path) as clip:
        result = scanner.scan(clip.path)
        tracks = [tracklet.track for tracklet in result.tracklets]
        found = score(clip.truth, tracks, clip.fps, min(scanner.config.closer.rate, clip.fps))
        again = across_halves(clip.path, clip.truth, clip.fps, result.stats.footage_s, scanner.embedder)
    return {
        "recall": found.recall, "precision": found.precision, "mota": found.mota, "idf1": found.idf1, "hota": found.hota,
        "switches": found.switches, "reid_rank1": again.rank1, "reid_map": again.mean_ap, "reid_queries": again.queries,
        "reid_people": again.people, "times_real_time": result.stats.times_real_time,
    }  # fmt: skip


def _truth(path: Path) -> Truth:
    if not path.is_file():
        raise RealFootageError(f"There is no ground truth {path}.")
    try:
        return Truth.read(path)
    except ValueError as error:
        raise RealFootageError(f"{path} is no MOTChallenge ground truth: {error}") from error


def _from_folder(folder: Path, film: Path) -> RealClip:
    """The pictures as they are, one packet each, in a file of the sequence's frame rate."""
    info = ConfigParser()
    try:
        info.read_string((folder / "seqinfo.ini").read_text(encoding="utf-8"))
        sequence = info["Sequence"]
        pictures = folder / sequence.get("imDir", "img1")
        fps, suffix = Fraction(sequence.get("frameRate", "")), sequence.get("imExt", ".jpg")
        if fps <= 0:
            raise ValueError("frameRate must be above 0")
    except (OSError, UnicodeDecodeError, Error, KeyError, ValueError, ZeroDivisionError) as error:
        raise RealFootageError(
            f"{folder} holds no MOTChallenge sequence: seqinfo.ini cannot be used ({error})."
        ) from error
    if not (pictures / f"000001{suffix}").is_file():
        raise RealFootageError(f"{pictures} does not begin with a picture 000001{suffix}.")
    truth = _truth(folder / "gt" / "gt.txt")
    try:
        options = {"framerate": str(fps), "start_number": "1"}
        with av.open(str(pictures / f"%06d{suffix}"), options=options) as source, av.open(str(film), "w") as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    target.mux(packet)
        read_packets(film)
    except (av.FFmpegError, OSError) as error:
        raise RealFootageError(f"The pictures of {pictures} cannot be read ({error}).") from error
    return RealClip(film, truth, float(fps))
