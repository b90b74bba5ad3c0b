"""People are cut out of the full-size picture, though the detector saw a small one."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from analysis.pipeline.counts import Counts
from analysis.pipeline.cutting import crop_of, crops_of
from analysis.pipeline.decode import Damage, cut, keyframes
from analysis.pipeline.describe import look_at
from analysis.pipeline.embed import ColourEmbedder
from analysis.pipeline.types import Detection, Frame

SIZE = (640, 360)


def coloured(path: Path, pixels: str) -> Path:
    """A picture of colour ramps, encoded well."""
    across, down = np.linspace(0, 255, SIZE[0]), np.linspace(0, 255, SIZE[1])
    picture = np.stack(
        [np.tile(across, (SIZE[1], 1)), np.tile(down[:, None], (1, SIZE[0])), np.full(SIZE[::-1], 90.0)], axis=2
    ).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = *SIZE, pixels
        stream.options = {"crf": "8"}
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def keyframe(path: Path, longest: int) -> Frame:
    return next(keyframes(path, np.array([0.0]), longest, Damage()))


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p"])  # limited and full range of values
def test_a_cut_has_the_colours_of_the_whole(tmp_path, pixels):
    path = coloured(tmp_path / "a.mp4", pixels)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    whole = frame.to_ndarray(format="bgr24").astype(int)
    part = cut(frame, 101, 50, 300, 201)
    assert part.shape == (152, 200, 3)
    assert np.abs(part - whole[50:202, 100:300]).mean() < 2.5


def test_people_are_of_full_size_where_the_decoder_still_holds_them(tmp_path):
    path = coloured(tmp_path / "a.mp4", "yuv420p")
    small, whole = keyframe(path, 160), keyframe(path, 640)
    assert (small.image.shape, small.scale, whole.cut) == ((90, 160, 3), 4.0, None)
    box = np.array([101, 50, 221, 301], np.float32)
    assert np.abs(crop_of(small, box)[:251, 1:121].astype(int) - crop_of(whole, box)).mean() < 2.5


@pytest.mark.parametrize("box", [(101, 50, 221, 301), (-20, -5, 30, 380), (600, 300, 700, 400), (638, 358, 640, 360)])
@pytest.mark.parametrize("longest", [160, 640])
def test_cut_once_or_twice_is_the_same(tmp_path, box, longest):
    frame = keyframe(coloured(tmp_path / "a.mp4", "yuv420p"), longest)
    box = np.array(box, np.float32)
    inner, wide = crops_of(frame, box)
    alone = crop_of(frame, box)
    height, width = inner.shape[:2]
    assert min(height, width) >= 2
    assert wide.shape[0] >= height
    assert wide.shape[1] >= width
    offset = (box[0] > 0 and int(box[0]) % 2, box[1] > 0 and int(box[1]) % 2) if frame.cut else (0, 0)
    left, top = int(offset[0]), int(offset[1])  # a cut of its own begins at even columns and rows
    same = alone[top : top + height, left : left + width].astype(int)
    assert np.abs(same - inner[: same.shape[0], : same.shape[1]]).mean() < 1


def test_people_of_several_pictures_are_compared_at_once(tmp_path):
    """Everybody as if alone, in their order; a picture without people, and none at all, too."""
    frame = keyframe(coloured(tmp_path / "a.mp4", "yuv420p"), 160)
    asked: list[int] = []
    counts = Counts()

    class Asked(ColourEmbedder):
        def __call__(self, crops):
            asked.append(len(crops))
            return super().__call__(crops)

    people = [Detection(0.0, np.array([x, 50, x + 80, 301], np.float32), 0.8) for x in (20, 200, 400)]
    found = [people[:1], [], people[1:]]
    several = look_at([frame] * 3, found, Asked(), counts)
    assert asked == [3]
    assert counts.detections == 3
    assert [[glance.person for glance in glances] for glances in several] == found
    for glance in (one for glances in several for one in glances):
        ((alone,),) = look_at([frame], [[glance.person]], ColourEmbedder(), Counts())
        assert np.array_equal(glance.vector, alone.vector)
        assert np.array_equal(glance.look.upper, alone.look.upper)
    assert look_at([frame], [[]], Asked(), counts) == [[]]
    assert asked == [3]
