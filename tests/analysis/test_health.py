"""The condition of cameras, told from real pictures; what is found lowers what a search can see, and is said there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from analysis.health import check, check_due, due
from analysis.models import Search
from analysis.pipeline.condition import condition_of, sees, shift_of
from analysis.progress import coverage_of
from analysis.scanner import geometry_of
from analysis.services import start_search
from analysis.simulation.film import render
from analysis.simulation.walk import first_walk
from cameras.models import Camera, CameraHealth
from seoulcctv.roles import Role
from tests.factories import make_camera, make_case, make_recording, make_search, make_user


@pytest.fixture(scope="session")
def streets(tmp_path_factory) -> dict[str, Path]:
    """Two cameras by day, one of them at night too; half a minute each, people walking."""
    folder = tmp_path_factory.mktemp("condition")
    one, other = first_walk(3, cameras=2, aside=0, minutes=1.0).cameras
    scenes = {"day": one.scene, "night": replace(one.scene, light="night"), "other": other.scene}
    walks = {"day": one.walks, "night": one.walks, "other": other.walks}
    return {n: render(s, list(walks[n]), folder / f"{n}.mp4", 30.0).path for n, s in scenes.items()}


def worse(source: Path, target: Path, change) -> Path:
    """The same footage with every picture changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        video = before.streams.video[0]
        out = after.add_stream("libx264", rate=8)
        out.width, out.height, out.pix_fmt, out.gop_size = video.width, video.height, "yuv420p", 16
        for frame in before.decode(video):
            image = np.ascontiguousarray(change(frame.to_ndarray(format="bgr24")))
            after.mux(out.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        after.mux(out.encode(None))
    return target


def covered(image):
    out = np.full_like(image, 70)
    out[-40:] = image[-40:]
    return out


CHANGES = {
    "dark": lambda image: (image * 0.04).astype(np.uint8),
    "covered": covered,
    "moved": lambda image: np.roll(image, image.shape[1] // 12, axis=1),
    "unsharp": lambda image: cv2.GaussianBlur(image, (0, 0), image.shape[1] / 150),
}


class TestPictures:
    """``pipeline.condition``, without a database."""

    def test_the_same_street_by_day_and_at_night(self, streets):
        day, night, other = (condition_of(streets[name]) for name in ("day", "night", "other"))
        assert sees(day, day.sharpness) == sees(night, None) == 1.0
        assert shift_of(day.background, night.background).moved < 0.01
        assert shift_of(day.background, night.background).correlation > 0.6
        assert shift_of(day.background, other.background).correlation < 0.5

    def test_nobody_is_left_in_what_is_kept(self, streets):
        """Against the empty street: the median differs from it nowhere by what a person would."""
        one = first_walk(3, cameras=2, aside=0, minutes=1.0).cameras[0]
        empty = condition_of(render(one.scene, [], streets["day"].with_name("empty.mp4"), 30.0).path)
        busy = condition_of(streets["day"])
        apart = cv2.absdiff(cv2.blur(empty.background, (5, 5)), cv2.blur(busy.background, (5, 5)))
        assert np.percentile(apart, 99.5) < 12

    def test_what_holds_no_picture(self, tmp_path):
        path = tmp_path / "sound.mp4"
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=8)
            stream.width = stream.height = 64
            stream.pix_fmt = "yuv420p"
            out.mux(stream.encode(None))
        try:
            assert condition_of(path) is None
        except Exception as error:
            assert type(error).__name__ == "PipelineError"  # noqa: PT017  (either is an answer)


@pytest.fixture
def camera(db, streets):
    """Looked at once, in good order."""
    camera = make_camera(heading=0.0, field_of_view=60.0, tilt=20.0, mounting_height=5.0)
    assert recorded(camera, streets["day"], hours=3).findings == []
    return camera


def recorded(camera: Camera, file: Path, hours: float) -> CameraHealth:
    """A recording of so many hours ago, looked at."""
    name = f"{camera.pk}-{hours}.mp4"
    target = Path(settings.FOOTAGE_ROOT) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(file.read_bytes())
    make_recording(camera, timezone.now() - timedelta(hours=hours), 30, file=name)
    return check(camera)


@pytest.mark.parametrize("name", CHANGES)
def test_each_fault_is_told_and_mended(camera, streets, tmp_path, name):
    health = recorded(camera, worse(streets["day"], tmp_path / "worse.mp4", CHANGES[name]), hours=2)
    assert health.findings == [name]
    assert (health.sees < 1) == (name != "moved")
    assert (geometry_of(camera, 960, 540) is None) == (name == "moved")
    health = recorded(camera, streets["night"], hours=1)
    assert (health.findings, health.sees) == ([], 1.0)


def test_another_place_altogether(camera, streets):
    assert recorded(camera, streets["other"], hours=2).findings == ["moved"]


def test_turned_on_purpose(camera, streets):
    recorded(camera, streets["other"], hours=2)
    client = Client()
    client.force_login(make_user(Role.DISTRICT_ADMIN))
    assert "accept-view" in client.get(f"/cameras/{camera.pk}/").content.decode()
    client.post(f"/cameras/{camera.pk}/accept-view/")
    assert CameraHealth.objects.get().findings == []
    assert check(camera).findings == []
    assert recorded(camera, streets["day"], hours=1).findings == ["moved"]


def test_silence_and_clocks(db):
    camera = make_camera(clock_offset_s=-90.0)
    make_recording(camera, timezone.now() - timedelta(days=9), 60)  # whose file is gone
    health = check(camera)
    assert (health.findings, health.recording, health.sees) == (["silent", "clock"], None, 1.0)
    assert check(make_camera()).findings == []


def test_each_once_a_day_and_only_with_something_new(camera, streets):
    now = timezone.now()
    assert not due().exists()
    make_recording(camera, now - timedelta(minutes=5), 60)
    assert not due().exists()
    assert list(due(now + timedelta(hours=21))) == [camera]
    make_recording(make_camera(status="retired"))
    fresh = make_recording().camera
    assert list(due()) == [fresh]
    assert check_due() == 1
    assert not due().exists()


def test_searches_come_first(db):
    recording = make_recording()
    make_search(make_case(), recording)
    assert check_due() == 0
    Search.objects.all().delete()
    assert check_due() == 1


def test_a_search_reckons_with_it_and_says_so(db):
    case = make_case()
    good, bad = make_camera(), make_camera()
    for camera in (good, bad):
        make_recording(camera, case.last_seen_at, 1800)
    CameraHealth.objects.create(camera=bad, findings=["unsharp"], sees=0.25)
    search = start_search(case, case.opened_by)
    priority = dict(search.tasks.values_list("camera", "priority"))
    assert priority[bad.pk] == pytest.approx(0.25 * priority[good.pk])
    search.tasks.update(status="done")
    seen = coverage_of(search)
    CameraHealth.objects.update(sees=1.0)
    again = start_search_again(search)
    assert again is not None
    assert seen is not None
    assert seen < again
    CameraHealth.objects.update(sees=0.25)
    client = Client()
    client.force_login(case.opened_by)
    assert "25 %" in client.get(f"/cases/{case.number}/cameras/{bad.pk}/").content.decode()
    page = client.get(f"/cases/{case.number}/left-out/").content.decode()
    assert str(bad) in page
    assert "25 %" in page


def start_search_again(search: Search) -> int | None:
    """Its coverage, counted anew."""
    from seoulcctv.hints import drop

    drop(f"coverage:{search.pk}")
    return coverage_of(search)


def test_by_command(camera, capsys):
    call_command("check_cameras", "--all", "--district", "11110")
    assert "1 cameras looked at" in capsys.readouterr().out
    call_command("check_cameras")
    assert "0 cameras looked at" in capsys.readouterr().out
