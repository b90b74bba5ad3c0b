"""Footage is probed, copied and recorded whole, or refused with nothing left behind."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from cameras.footage import FootageError, probe
from cameras.models import Recording
from cameras.services import import_recording
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user, write_audio, write_video

START = timezone.now() - timedelta(hours=2)


@pytest.fixture
def video(tmp_path) -> Path:
    return write_video(tmp_path / "street.mp4")


def stored(settings) -> list[Path]:
    return [path for path in Path(settings.FOOTAGE_ROOT).rglob("*") if path.is_file()]


def test_it_works(video):
    facts = probe(video)
    assert (facts.codec, facts.width, facts.height, facts.fps) == ("h264", 320, 240, 10.0)
    assert facts.duration == pytest.approx(4.0, abs=0.15)
    assert facts.gop == pytest.approx(2.0)
    assert not facts.truncated


@pytest.mark.parametrize("codec", ["libx265", "mpeg4"])
def test_other_codecs(tmp_path, codec):
    assert probe(write_video(tmp_path / "street.mkv", codec=codec)).duration == pytest.approx(4.0, abs=0.15)


def test_a_bare_stream_without_times(tmp_path):
    """As some recorders hand it out: by its frame rate."""
    facts = probe(write_video(tmp_path / "street.h264"))
    assert facts.duration == pytest.approx(4.0, abs=0.15)
    assert facts.gop == pytest.approx(2.0)


def refusal(path: Path) -> str:
    with translation.override("en"), pytest.raises(FootageError) as error:
        probe(path)
    return str(error.value)


def test_refuses_what_is_not_video(tmp_path):
    (tmp_path / "text.mp4").write_text("hello" * 1000)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    (tmp_path / "noise.avi").write_bytes(bytes(range(256)) * 400)
    assert "not a video" in refusal(tmp_path / "text.mp4")
    assert "empty" in refusal(tmp_path / "empty.mp4")
    assert "not a video" in refusal(tmp_path / "list.m3u8")
    assert "not a video" in refusal(tmp_path / "noise.avi")
    assert "no file" in refusal(tmp_path / "absent.mp4")
    assert "no video" in refusal(write_audio(tmp_path / "sound.mp4"))


def test_refuses_pictures_that_say_other_files_are_video(tmp_path):
    (tmp_path / "concat.mp4").write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    assert "not a video" in refusal(tmp_path / "concat.mp4")


def test_refuses_a_file_cut_off_beyond_use(tmp_path, video):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(video.read_bytes()[:2000])
    assert refusal(cut)


def test_takes_a_truncated_file_that_still_shows_something(tmp_path):
    whole = write_video(tmp_path / "whole.mkv", seconds=8)
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    facts = probe(cut)
    assert facts.truncated
    assert 1 < facts.duration < 7


def test_refuses_absurd_sizes(tmp_path, monkeypatch, video):
    monkeypatch.setattr("cameras.footage.MAX_PIXELS", 320 * 200)
    assert "320 x 240 pixels" in refusal(video)


def test_refuses_absurd_lengths(monkeypatch, video):
    monkeypatch.setattr("cameras.footage.MAX_HOURS", 1 / 3600)
    assert "longer than a day" in refusal(video)


@pytest.mark.django_db
class TestImport:
    def test_it_works(self, video, settings):
        camera = make_camera(clock_offset_s=90)
        recording = import_recording(video, camera, START)
        assert recording.start == START - timedelta(seconds=90)  # the camera's clock was ahead
        assert recording.path.read_bytes() == video.read_bytes()
        assert recording.size == video.stat().st_size

    def test_the_same_file_again_is_refused(self, video, settings):
        camera = make_camera()
        import_recording(video, camera, START)
        with pytest.raises(FootageError):
            import_recording(video, camera, START + timedelta(hours=1))
        assert len(stored(settings)) == 1

    def test_other_footage_of_the_same_time_is_refused(self, video, tmp_path, settings):
        camera = make_camera()
        import_recording(video, camera, START)
        other = write_video(tmp_path / "other.mp4", seconds=5, gop=10)
        with pytest.raises(FootageError):
            import_recording(other, camera, START + timedelta(seconds=1))
        assert len(stored(settings)) == 1

    @pytest.mark.parametrize("off", [timedelta(days=1), -timedelta(days=366 * 30)])
    def test_impossible_times_are_refused(self, video, settings, off):
        with pytest.raises(FootageError):
            import_recording(video, make_camera(), timezone.now() + off)
        assert stored(settings) == []

    def test_no_disk_space_leaves_nothing(self, video, settings, monkeypatch):
        import shutil

        usage = shutil.disk_usage("/")
        monkeypatch.setattr("shutil.disk_usage", lambda path: usage._replace(free=1000))
        with pytest.raises(FootageError):
            import_recording(video, make_camera(), START)
        assert stored(settings) == []
        assert not Recording.objects.exists()

    def test_by_command_files_follow_each_other(self, video, tmp_path):
        camera, out = make_camera(), StringIO()
        second = write_video(tmp_path / "second.mp4", seconds=3)
        call_command(
            "import_footage", str(video), str(second), camera=camera.asset_number, start=START.isoformat(), stdout=out
        )
        first, then = Recording.objects.order_by("start")
        assert first.end == then.start
        assert "h264 320x240" in out.getvalue()

    def test_by_command_the_good_files_stay_when_one_is_refused(self, video, tmp_path):
        (tmp_path / "bad.mp4").write_text("no")
        with pytest.raises(CommandError):
            call_command(
                "import_footage", str(tmp_path / "bad.mp4"), str(video), camera=str(make_camera().pk),
                start=START.isoformat(), stdout=StringIO(), stderr=StringIO(),
            )  # fmt: skip
        assert Recording.objects.count() == 1

    def test_by_command_an_unknown_camera_or_time_is_told(self, video):
        for camera, start in (("nowhere", START.isoformat()), (str(make_camera().pk), "yesterday")):
            with pytest.raises(CommandError):
                call_command("import_footage", str(video), camera=camera, start=start, stdout=StringIO())

    def test_in_the_browser(self, client, video):
        user, camera = make_user(Role.DISTRICT_ADMIN), make_camera()
        client.force_login(user)
        with video.open("rb") as file:
            answer = client.post(
                "/footage/",
                {"camera": camera.pk, "start": timezone.localtime(START).strftime("%Y-%m-%dT%H:%M:%S"), "file": file},
            )
        assert answer.status_code == 302
        recording = Recording.objects.get()
        assert abs(recording.start - START) < timedelta(seconds=1)
        assert AccessLog.objects.filter(action=AccessLog.Action.FOOTAGE_IMPORTED, user=user).count() == 1

    def test_in_the_browser_the_reason_is_shown_in_korean(self, client, settings):
        client.force_login(make_user())
        file = SimpleUploadedFile("street.mp4", b"no video at all")
        answer = client.post("/footage/", {"camera": make_camera().pk, "start": "2026-01-01T10:00", "file": file})
        assert answer.status_code == 400
        assert "영상 파일이 아니거나" in answer.content.decode()
        assert stored(settings) == []

    def test_over_the_api(self, client, video):
        client.force_login(make_user())
        with video.open("rb") as file:
            answer = client.post(
                "/api/recordings/", {"camera": make_camera().pk, "start": START.isoformat(), "file": file}
            )
        assert answer.status_code == 201, answer.content
        assert answer.json()["codec"] == "h264"

    def test_too_large_a_file_is_refused_before_it_is_read(self, client, settings, video):
        settings.FOOTAGE_UPLOAD_LIMIT = 1000
        client.force_login(make_user())
        with video.open("rb") as file:
            answer = client.post(
                "/api/recordings/", {"camera": make_camera().pk, "start": START.isoformat(), "file": file}
            )
        assert answer.status_code == 400
        assert "file" in answer.json()

    def test_a_district_administrator_brings_nothing_into_another_district(self, client, video):
        client.force_login(make_user(Role.DISTRICT_ADMIN))
        gangnam = make_camera(127.0276, 37.4979)
        with video.open("rb") as file:
            answer = client.post("/api/recordings/", {"camera": gangnam.pk, "start": START.isoformat(), "file": file})
        assert answer.status_code == 400
        assert not Recording.objects.exists()
