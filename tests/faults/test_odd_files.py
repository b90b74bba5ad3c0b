"""Files as cameras, recorders and accidents make them: scanned, or refused with a reason, never fatal."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from analysis.pipeline.decode import Damage, frames
from analysis.pipeline.types import PipelineError, Problem, Window
from analysis.scanner import scanner
from analysis.simulation.film import render
from analysis.simulation.people import Walk
from analysis.simulation.walk import first_walk
from tests.factories import write_video

SECONDS = 16.0


@pytest.fixture(scope="module")
def street(tmp_path_factory) -> Path:
    """One person walks past; the index at the front, so that a cut file can still be read."""
    camera = first_walk(1).cameras[0]
    walk = next(w for w in camera.walks if w.person.key == "target")
    passing = Walk(walk.person, walk.east, walk.north, walk.heading, walk.speed, 8.0)
    folder = tmp_path_factory.mktemp("street")
    made = render(camera.scene, [passing], folder / "made.mp4", SECONDS)
    path = folder / "street.mp4"
    with av.open(str(made.path)) as source, av.open(str(path), "w", options={"movflags": "faststart"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    return path


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def encoded(
    path: Path,
    images: list[np.ndarray],
    times: list[float],
    codec: str = "libx264",
    pixels: str = "yuv420p",
    **options: str,
) -> Path:
    """A file with pictures at any times (seconds)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=8)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pixels
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.options = {"g": "16", "preset": "ultrafast", **options}
        for image, time in zip(images, times, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = round(1000 * time), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def found(path: Path) -> list:
    return list(scanner().scan(path).tracklets)


def test_it_works(weights, street):
    assert len(found(street)) == 1


def test_truncated(weights, street, tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(street.read_bytes()[: int(0.7 * street.stat().st_size)])
    assert len(found(cut)) == 1


def test_corrupt_in_the_middle(weights, street, tmp_path):
    content = bytearray(street.read_bytes())
    rng = np.random.default_rng(1)
    for at in rng.integers(len(content) // 3, len(content), 60):
        content[at] = int(rng.integers(256))
    path = tmp_path / "corrupt.mp4"
    path.write_bytes(content)
    assert len(found(path)) >= 1


def test_variable_rate(weights, street, tmp_path):
    """Recorders drop frames when they are busy: here two of three now and then."""
    images = pictures(street)
    rng = np.random.default_rng(1)
    kept = [n for n in range(len(images)) if n % 24 < 12 or rng.random() < 0.4]
    path = encoded(tmp_path / "variable.mp4", [images[n] for n in kept], [n / 8 for n in kept])
    (one,) = found(path)
    assert one.track.end - one.track.start > 4


@pytest.mark.parametrize(
    ("codec", "pixels", "options"),
    [
        ("libx264", "yuv420p10le", {}),
        ("libx265", "yuv420p10le", {"x265-params": "log-level=none:pools=1"}),
        ("libx264", "yuv420p", {"x264-params": "interlaced=1"}),
        ("mpeg4", "yuv420p", {"qscale": "3"}),
        ("mjpeg", "yuvj420p", {}),
    ],
    ids=["10 bit", "10 bit H.265", "interlaced", "MPEG-4", "MJPEG"],
)
def test_other_encodings(weights, street, tmp_path, codec, pixels, options):
    images = pictures(street)
    suffix = "avi" if codec in ("mpeg4", "mjpeg") else "mp4"
    path = encoded(tmp_path / f"a.{suffix}", images, [n / 8 for n in range(len(images))], codec, pixels, **options)
    assert len(found(path)) == 1


def test_rotated(weights, street, tmp_path):
    """A phone held upright: the file says how to turn the picture."""
    turned = [cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE) for image in pictures(street)]
    path = encoded(tmp_path / "turned.mp4", turned, [n / 8 for n in range(len(turned))])
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 44
    content[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    upright = next(frames(path, Window(0, 1), 1, 10_000, Damage())).image
    assert upright.shape == pictures(street)[0].shape
    assert len(found(path)) == 1


def test_very_large_pictures(weights, tmp_path):
    path = write_video(tmp_path / "large.mp4", seconds=1, fps=2, size=(7680, 4320), gop=2)
    assert found(path) == []


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"ftypmp42 and then nothing that is video"])
def test_no_video_at_all(weights, tmp_path, content):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(PipelineError) as told:
        found(path)
    assert told.value.problem in (Problem.CANNOT_OPEN, Problem.NO_VIDEO, Problem.NO_PICTURES)


def test_a_file_that_vanishes_during_the_scan(weights, street, tmp_path):
    path = tmp_path / "gone.mp4"
    path.write_bytes(street.read_bytes())

    def progress(share: float) -> bool:
        if share > 0.02:
            path.unlink(missing_ok=True)
        return True

    with pytest.raises(PipelineError) as told:
        scanner().scan(path, progress=progress)
    assert told.value.problem == Problem.CANNOT_OPEN


def test_times_that_begin_long_after_zero(weights, street, tmp_path):
    """Some cameras write the time of day, or seconds since 1970, into their files."""
    images = pictures(street)
    late = encoded(tmp_path / "late.mkv", images, [40_000 + n / 8 for n in range(len(images))])
    (one,) = found(late)
    assert 0 <= one.track.start < one.track.end < len(images) / 8


def test_times_that_jump_by_days(weights, street, tmp_path):
    """The camera's clock was set in the middle of a recording."""
    images = pictures(street)[:40]
    times = [n / 8 + (0 if n < 20 else 3 * 86_400) for n in range(len(images))]
    with pytest.raises(PipelineError) as told:
        found(encoded(tmp_path / "jump.mkv", images, times))
    assert told.value.problem == Problem.WRONG_TIMES


def test_a_bare_stream_without_times(weights, street, tmp_path):
    """As some recorders hand it out; the frame rate is all there is."""
    images = pictures(street)
    with av.open(str(tmp_path / "bare.h264"), "w") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt, stream.options = "yuv420p", {"g": "16", "preset": "ultrafast", "bf": "0"}
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    assert len(found(tmp_path / "bare.h264")) == 1
