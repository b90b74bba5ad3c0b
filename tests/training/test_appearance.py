"""The appearance model can be made again: pictures of people, a little training, a model that runs."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command, load_command_class

from analysis.pipeline.embed import ColourEmbedder, embedder
from analysis.pipeline.pupil import STAGES, pupil
from analysis.training.appearance import AppearanceConfig, _steady, train
from analysis.training.crops import NOBODY, SIZE, Crops, real_crops, rendered_crops, somebody
from analysis.training.pictures import changed, dressed, dyed, mixed, photographs, window
from analysis.training.teacher import OpenVinoTeacher, Whitened, whitening
from seoulcctv.environment import OWN_EMBEDDER, OWN_WEIGHTS

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def crops() -> Crops:
    return rendered_crops(streets=2, people=4, seed=3, processes=1)


def test_rendered_people_are_met_again(crops):
    assert crops.pictures.shape[1:] == (SIZE[1], SIZE[0], 3)
    met = [set(crops.cameras[crops.identities == who]) for who in range(4)]
    assert sum(len(cameras) > 1 for cameras in met) >= 2
    assert (somebody(2, 3), somebody(2, 3)) != (somebody(1, 3), somebody(2, 3))
    assert crops.pictures.std(axis=(1, 2, 3)).min() > 3  # nobody is an empty picture


def test_real_people_have_no_names(shared):
    crops = real_crops(shared / "footage" / "pets09-s2l1.avi", 2.0, 0.2, np.random.default_rng(1))
    assert len(crops.pictures) > 20
    assert set(crops.identities) == {NOBODY}


def test_changes_leave_the_person_and_dyes_do_not(crops):
    rng, embed = np.random.default_rng(1), ColourEmbedder()
    coloured = (crops.pictures.max(axis=3) - crops.pictures.min(axis=3)).mean(axis=(1, 2))
    picture = crops.pictures[int(coloured.argmax())]
    (before,) = embed([picture])
    light = np.mean([embed([changed(picture, rng)])[0] @ before for _ in range(20)])
    other = np.mean([embed([dyed(picture, rng)])[0] @ before for _ in range(20)])
    assert changed(picture, rng).shape == picture.shape == dyed(picture, rng).shape
    assert light > other


class Colours:
    """A teacher who says nothing on the way."""

    def __call__(self, pictures: np.ndarray) -> list[np.ndarray]:
        return [ColourEmbedder()(list(pictures))]


def test_training_writes_a_model_that_the_scanner_reads(crops, tmp_path):
    config = AppearanceConfig(apart=2, steps=10, beyond=2, batch_apart=8, batch=16, each=4, size=156, threads=2)
    told: list[tuple[int, float, float]] = []
    out = train(crops, Colours(), tmp_path / "small.xml", config, lambda *n: told.append(n))
    embed = embedder(out)
    vectors = embed(list(crops.pictures[:5]))
    assert vectors.shape == (5, 156)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-3)
    assert told
    assert out.with_suffix(".bin").stat().st_size < 3e6
    assert embed.name.startswith("small-")


def test_stages_learn_what_a_network_has_there(crops, tmp_path):
    """From another pupil of the same shape: what is learnt apart fits together."""
    import torch

    torch.manual_seed(5)
    teaching = pupil(16).eval()

    class Other:
        def __call__(self, pictures: np.ndarray) -> list[np.ndarray]:
            said, at = [], torch.from_numpy(pictures.transpose(0, 3, 1, 2).astype(np.float32))
            with torch.no_grad():
                for stage in teaching.stages:
                    said.append((at := stage(at)).numpy())
            return said

    assert [said.shape[1:] for said in Other()(crops.pictures[:2])] == [*STAGES, (16,)]
    config = AppearanceConfig(apart=60, steps=0, beyond=0, batch=16, each=4, size=16, threads=2)
    told: list[tuple[int, float, float]] = []
    train(crops, Other(), tmp_path / "a.xml", config, lambda *n: told.append(n), kept=tmp_path / "a.pt")
    assert told[-1][2] < 0.8 * told[0][2]
    going_on: list[tuple[int, float, float]] = []
    train(crops, Other(), tmp_path / "a.xml", config, lambda *n: going_on.append(n), kept=tmp_path / "a.pt")
    assert going_on[0][2] < 0.8 * told[0][2]  # from where it was


def test_last_the_teacher_sees_what_the_pupil_sees_changed(crops, tmp_path):
    known, heard = {picture.tobytes() for picture in crops.pictures}, []

    class Listening(Colours):
        def __call__(self, pictures: np.ndarray) -> list[np.ndarray]:
            heard.append(np.mean([picture.tobytes() in known for picture in pictures]))
            return super().__call__(pictures)

    config = AppearanceConfig(apart=0, steps=2, beyond=3, batch=16, each=4, size=156, threads=2)
    train(crops, Listening(), tmp_path / "a.xml", config)
    assert heard[-5:] == [0, 0, 1, 1, 1]


def test_a_stop_while_the_learner_is_kept_leaves_the_one_before(crops, tmp_path, monkeypatch):
    import torch

    class One:
        def __call__(self, pictures: np.ndarray) -> list[np.ndarray]:
            return [pictures.reshape(len(pictures), -1)[:, :16].astype(np.float32)]

    config, kept = AppearanceConfig(apart=0, steps=1, beyond=0, batch=16, each=4, size=16, threads=2), tmp_path / "a.pt"
    train(crops, One(), tmp_path / "a.xml", config, kept=kept)
    before = kept.read_bytes()

    def stopped(state: object, path: Path) -> None:
        path.write_bytes(before[:1000])
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", stopped)
    with pytest.raises(KeyboardInterrupt):
        train(crops, One(), tmp_path / "a.xml", config, kept=kept)
    assert kept.read_bytes() == before


def test_what_is_said_of_a_picture_becomes_steady(crops):
    """Whoever else is in the batch; and what was learnt of means and variances stays."""
    import torch

    torch.manual_seed(3)
    model, pictures = pupil(16).train(), torch.from_numpy(crops.pictures[:8].transpose(0, 3, 1, 2).astype(np.float32))

    def changed_by_company() -> float:
        with torch.no_grad():
            return float((model(pictures)[:4] - model(pictures[:4])).abs().max())

    assert changed_by_company() > 1e-2
    _steady(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert changed_by_company() < 1e-4
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_teacher_is_heard_on_its_way(crops):
    weights = OWN_WEIGHTS / "things-street-1.xml"
    import openvino

    layer = next(op for op in openvino.Core().read_model(str(weights)).get_ops() if op.get_type_name() == "Convolution")
    teacher = OpenVinoTeacher(weights, [layer.get_friendly_name()])
    for count in (3, 2):  # batches need not be as large as the first
        between, vectors = teacher(crops.pictures[:count])
        assert between.ndim == 4
        assert (len(between), vectors.shape) == (count, (count, 8))
    with pytest.raises(ValueError, match="no layer nowhere"):
        OpenVinoTeacher(weights, ["nowhere"])


def test_the_command_says_what_is_missing(tmp_path):
    with pytest.raises(CommandError, match=r"none\.xml"):
        call_command("train_appearance", teacher=tmp_path / "none.xml", out=tmp_path / "a.xml")


def test_a_missing_compiler_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match=r"C\+\+ compiler"):
        call_command("train_appearance", teacher=OWN_EMBEDDER, out=tmp_path / "a.xml", compiled=True)


def test_steps_that_are_left_out_are_the_usual_ones():
    config = AppearanceConfig()
    parser = load_command_class("analysis", "train_appearance").create_parser("manage.py", "train_appearance")
    options = vars(parser.parse_args(["--teacher", "a.xml", "--out", "b.xml"]))
    assert {name: options[name] for name in ("apart", "steps", "beyond", "level")} == {
        name: getattr(config, name) for name in ("apart", "steps", "beyond", "level")
    }


@pytest.mark.parametrize("content", [b"", b"no pupil", "other", "cut"])
def test_a_file_that_keeps_no_learner_is_told_at_once(tmp_path, content):
    """Before the pictures are made, which takes minutes; what lies in the file stays."""
    import torch

    kept, whole = tmp_path / "a.pt", io.BytesIO()
    torch.save(pupil(16).state_dict() if content == "other" else pupil(256).state_dict(), whole)
    kept.write_bytes({"other": whole.getvalue(), "cut": whole.getvalue()[:50_000]}.get(content, content))
    before = kept.read_bytes()
    with pytest.raises(CommandError, match=r"a\.pt does not keep a learner"):
        call_command("train_appearance", layers=[], teacher=OWN_EMBEDDER, out=tmp_path / "a.xml", kept=kept)
    assert kept.read_bytes() == before


def test_people_are_dressed_in_photographs(crops, tmp_path):
    """Anything may be among the files; cloth changes, head and size stay."""
    rng = np.random.default_rng(2)
    for number in range(4):
        cv2.imwrite(
            str(tmp_path / f"{number}.png"), rng.integers(0, 255, (200, 300, 4 if number % 2 else 3), dtype=np.uint8)
        )
    cv2.imwrite(str(tmp_path / "small.png"), np.zeros((20, 20, 3), np.uint8))
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "readme.txt").write_text("no picture")
    photos = photographs(tmp_path)
    assert [photo.shape for photo in photos] == [(200, 300, 3)] * 4
    assert window(photos[0], SIZE, rng).shape == (SIZE[1], SIZE[0], 3)
    picture = crops.pictures[0]
    changes = [np.abs(dressed(picture, photos, rng).astype(int) - picture).mean(axis=(1, 2)) for _ in range(20)]
    body, head = np.mean(changes, axis=0)[40:90].mean(), np.mean(changes, axis=0)[2:14].mean()
    assert body > 2 * head
    assert mixed(picture, photos[0][:128, :64], rng).shape == picture.shape


def test_training_with_photographs(crops, tmp_path):
    together = Crops.together([crops, Crops(crops.pictures[:40], np.full(40, NOBODY), np.full(40, NOBODY))])
    photos = [np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)]
    config = AppearanceConfig(apart=0, steps=4, beyond=0, batch=16, each=4, size=156, threads=2)
    out = train(together, Colours(), tmp_path / "small.xml", config, photos=photos)
    assert embedder(out)(list(crops.pictures[:2])).shape == (2, 156)


def test_a_folder_without_photographs_is_told(tmp_path, capsys):
    np.savez(tmp_path / "crops.npz", pictures=np.zeros((1, 128, 64, 3), np.uint8), identities=[0], cameras=[0])
    teacher = OWN_EMBEDDER
    with pytest.raises(CommandError, match="no pictures"):
        call_command(
            "train_appearance",
            layers=[],
            teacher=teacher,
            out=tmp_path / "x.xml",
            photos=tmp_path,
            crops=tmp_path / "crops.npz",
        )


def test_whitened_vectors_vary_alike_in_all_directions(crops):
    rng = np.random.default_rng(1)
    vectors = (rng.normal(size=(2000, 6)) * [9, 3, 1, 1, 0.5, 0.1]).astype(np.float32)

    def spread(flat: float) -> float:
        ways = np.linalg.eigvalsh(np.cov(vectors @ whitening(vectors, flat), rowvar=False))
        return float(ways.max() / ways.min())

    assert spread(0.0) == pytest.approx(1, abs=0.01)
    assert spread(0.0) < spread(0.5) < spread(0.9) < spread(1.0)
    assert whitening(vectors, 1.0) == pytest.approx(np.eye(6), abs=1e-5)  # nothing is turned
    teacher = Whitened(Colours(), crops.pictures, 0.5)
    (said,) = teacher(crops.pictures[:3])
    assert said == pytest.approx(Colours()(crops.pictures[:3])[0] @ teacher.turn, abs=1e-5)
