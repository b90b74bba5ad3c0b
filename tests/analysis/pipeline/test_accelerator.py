"""What a graphics processor takes over, as far as it can be run without one: the same answers, and the way back."""

from __future__ import annotations

import shutil
from functools import partial

import av
import numpy as np
import pytest
import torch
from pydantic import ValidationError

from analysis.pipeline import embed
from analysis.pipeline.accelerator import TorchNetwork, gpu_usable
from analysis.pipeline.decode import Damage, cut, frames, keyframes
from analysis.pipeline.types import PipelineError, WeightsMissing, Window
from analysis.scanner import made
from analysis.training.crops import rendered_crops
from seoulcctv.environment import OWN_EMBEDDER, Environment
from tests.factories import write_video

WITHOUT_GPU = pytest.mark.skipif(gpu_usable(), reason="there is a GPU: it would be used")


@pytest.fixture(scope="module")
def people() -> list[np.ndarray]:
    return list(rendered_crops(streets=1, people=4, seed=3, processes=1).pictures)


def test_looks_are_the_same_in_the_other_form(monkeypatch, people):
    usual = embed.embedder(OWN_EMBEDDER, threads=1)
    monkeypatch.setattr(embed, "gpu_usable", lambda: True)
    monkeypatch.setattr(embed, "TorchNetwork", partial(TorchNetwork, device="cpu"))
    other = embed.embedder(OWN_EMBEDDER, threads=1)
    assert (other.name, other.same_person) == (usual.name, usual.same_person)
    ours, theirs = other(people), usual(people)
    assert not np.array_equal(ours, theirs)  # it was the other form
    assert (ours * theirs).sum(axis=1).min() > 0.99


def test_without_its_learner_a_model_stays_on_the_processor(monkeypatch, tmp_path, people):
    for suffix in (".xml", ".bin"):
        shutil.copy(OWN_EMBEDDER.with_suffix(suffix), tmp_path)
    usual = embed.embedder(tmp_path / OWN_EMBEDDER.name, threads=1)(people)
    monkeypatch.setattr(embed, "gpu_usable", lambda: True)
    assert np.array_equal(embed.embedder(tmp_path / OWN_EMBEDDER.name, threads=1)(people), usual)


@pytest.mark.parametrize("content", [b"", b"not a state", "other"])
def test_a_learner_that_is_something_else_is_told(tmp_path, content):
    learner = tmp_path / "other.pt"
    if isinstance(content, bytes):
        learner.write_bytes(content)
    else:
        torch.save({"weight": torch.zeros(3)}, learner)
    with pytest.raises(WeightsMissing, match=r"other\.pt does not keep a learner"):
        TorchNetwork(learner, "cpu")([np.zeros((1, 3, 128, 64), np.float32)])


@pytest.mark.parametrize("full_range", [False, True])
def test_a_cut_of_a_picture_as_graphics_processors_decode_it(full_range):
    rng = np.random.default_rng(1)
    values = rng.integers(20, 230, (96, 80), dtype=np.uint8)  # light above, colours at half size below
    ranges = av.video.reformatter.ColorRange
    planes = av.VideoFrame.from_ndarray(values, format="yuv420p")
    first, second = values[64:].reshape(2, 32, 40)
    together = av.VideoFrame.from_ndarray(
        np.concatenate([values[:64], np.stack([first, second], axis=2).reshape(32, 80)]), format="nv12"
    )
    for frame in (planes, together):
        frame.color_range = ranges.JPEG if full_range else ranges.MPEG
    for box in ((0, 0, 80, 64), (11, 6, 40, 33), (70, 60, 90, 80)):
        assert np.array_equal(cut(together, *box), cut(planes, *box))


@WITHOUT_GPU
def test_where_the_hardware_is_not_there_the_processor_decodes(tmp_path):
    path = write_video(tmp_path / "a.mp4", seconds=4, gop=10)
    times, damage = np.array([0.0, 1.0, 2.0, 3.0]), Damage()
    usual, asked = (list(keyframes(path, times, 160, damage, by)) for by in ("cpu", "cuda"))
    assert [frame.time for frame in asked] == [frame.time for frame in usual] == list(times)
    assert all(np.array_equal(a.image, b.image) for a, b in zip(usual, asked, strict=True))
    usual, asked = (list(frames(path, Window(0.5, 2.5), 5.0, 160, damage, by=by)) for by in ("cpu", "cuda"))
    assert len(usual) == 10
    assert all(np.array_equal(a.image, b.image) for a, b in zip(usual, asked, strict=True))
    assert damage.packets == 0
    with pytest.raises(PipelineError, match="cannot be opened"):
        list(keyframes(tmp_path / "none.mp4", times, 160, damage, "cuda"))


def test_the_decoder_is_a_setting(settings):
    settings.DECODER = "cuda"
    config = made(1).config
    assert (config.survey.decoder, config.closer.decoder) == ("cuda", "cuda")
    with pytest.raises(ValidationError, match="decoder"):
        Environment(decoder="gpu")
