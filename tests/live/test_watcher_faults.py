"""What happens to cameras, watchers and networks while streams are watched: no stream is unwatched for more than half a minute."""

from __future__ import annotations

import signal
import sys
import time
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from analysis.models import StreamLease, Watcher
from analysis.watching.choosing import choose
from cameras.models import Recording, Stream
from cameras.streams import set_stream
from seoulcctv.roles import Role
from tests.conftest import REDIS, wait_for
from tests.factories import make_camera, make_user
from tests.live.cameras import Server, answering, serving, write_street
from tests.live.network import HOST, forwarded, two_networks
from tests.live.test_watching import NEAR, _networks, lately, watched_camera  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

UNWATCHED_S = 30.0  # at the most


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return write_street(tmp_path_factory.mktemp("street") / "a.mp4", 240)


def state_of(camera) -> tuple[str, str]:
    return Stream.objects.values_list("state", "problem").get(camera=camera)


def watch(processes, name: str, *before: str, **environment: str):
    allowed = {"SEOULCCTV_STREAM_NETWORKS": "127.0.0.0/8,10.213.77.0/24", **environment}
    return processes.start(*before, sys.executable, "manage.py", "watch", "--name", name, **allowed)


def all_connected(holder: str | None = None) -> bool:
    rows = StreamLease.objects.filter(until__gt=timezone.now(), stream__state="connected")
    return (rows.filter(watcher=holder) if holder else rows).count() == Stream.objects.count()


def both_share() -> bool:
    return all_connected() and set(StreamLease.objects.values_list("watcher", flat=True)) == {"one", "two"}


def test_each_fault_is_told_and_mended(processes, street, tmp_path):
    """One watcher, cameras of every kind: a good one, one that drops out and returns, one that asks for another password, one
    that sends rubbish, one that comes back with other pictures, one at a new address."""
    case = lately(0.5)
    other = write_street(tmp_path / "other.mp4", 240, "h264", (640, 360))
    with (
        serving(street) as good,
        serving(street, login=("view", "right")) as asking,
        answering(b"\x00\xff rubbish \r\n\r\n") as (rubbish_port, _taken),
        serving(street) as moved_to,
    ):
        dropping = Server(street).start()
        steady = watched_camera(NEAR[0], port=good.port)
        drops = watched_camera(NEAR[0] + 1e-4, port=dropping.port)
        rubbish = watched_camera(NEAR[0] + 2e-4, port=rubbish_port)
        closed = watched_camera(NEAR[0] + 3e-4)
        set_stream(closed, make_user(Role.SUPERVISOR), f"rtsp://view:wrong@127.0.0.1:{asking.port}/live")
        watch(processes, "one")
        for camera in (steady, drops):
            wait_for(lambda camera=camera: state_of(camera)[0] == "connected", 60, f"{camera} is not watched")
        wait_for(lambda: state_of(closed) == ("refused", "password"), 20, "nobody says that the password is wrong")
        wait_for(lambda: state_of(rubbish)[0] == "down", 20, "nobody says that it sends rubbish")

        dropping.stop()
        wait_for(lambda: state_of(drops)[0] == "down", 20, "nobody says that it dropped out")
        dropping = Server(other, port=dropping.port).start()  # other pictures than before
        back = time.monotonic()
        wait_for(lambda: state_of(drops)[0] == "connected", 20, "it is not watched again")
        assert time.monotonic() - back < 5.0

        set_stream(closed, make_user(Role.SUPERVISOR), f"rtsp://view:right@127.0.0.1:{asking.port}/live")
        wait_for(lambda: state_of(closed)[0] == "connected", 20, "the new password is not tried")
        set_stream(rubbish, make_user(Role.SUPERVISOR), f"rtsp://127.0.0.1:{moved_to.port}/live")
        wait_for(lambda: state_of(rubbish)[0] == "connected", 20, "the new address is not taken")
        assert state_of(steady)[0] == "connected"
        assert {watch.camera for watch in choose(case, 9)} == {steady, drops, rubbish, closed}
        log = b"".join(path.read_bytes() for path in processes.logs.glob("*.log"))
        assert b"right" not in log
        assert b"wrong" not in log
        dropping.stop()
    sizes = set(Recording.objects.filter(camera=drops).values_list("width", flat=True))
    assert sizes <= {320, 640}


def test_one_that_is_killed_is_followed(processes, street):
    lately(0.5)
    with serving(street) as server:
        for number in range(4):
            watched_camera(NEAR[0] + number / 1e4, port=server.port)
        first = watch(processes, "one")
        wait_for(lambda: all_connected("one"), 60, "they are not watched")
        second = watch(processes, "two")
        wait_for(lambda: StreamLease.objects.filter(watcher="two").count() == 2, 60, "the load is not shared")
        wait_for(all_connected, 20, "those that changed hands are not watched")
        first.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        wait_for(lambda: all_connected("two"), 60, "nobody took the streams over")
        assert time.monotonic() - killed < UNWATCHED_S
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0


def test_one_that_is_cut_off_is_followed_and_joins_again(processes, street, settings):
    """Two watchers in two networks. One is cut off from everything: the other has its streams within half a minute; mended, the
    first shares the load again."""
    settings.STREAM_NETWORKS = [ip_network("10.213.77.0/24")]
    lately(0.5)
    database = connection.settings_dict
    redis = urlsplit(REDIS).path
    with (
        two_networks() as networks,
        serving(street) as server,
        forwarded(f"{database['HOST']}/.s.PGSQL.{database['PORT'] or 5432}") as database_port,
        forwarded(redis) as redis_port,
        forwarded(("127.0.0.1", server.port)) as camera_port,
    ):
        by = make_user(Role.SUPERVISOR)
        for number in range(4):
            camera = make_camera(NEAR[0] + number / 1e4, NEAR[1], kind="intelligent")
            set_stream(camera, by, f"rtsp://{HOST}:{camera_port}/live")
        there = {
            "DATABASE_URL": f"postgis://{database['USER']}@{HOST}:{database_port}/{database['NAME']}",
            "REDIS_URL": f"redis://{HOST}:{redis_port}/3",
        }
        first = watch(processes, "one", *networks.inside(networks.first), **there)
        second = watch(processes, "two", *networks.inside(networks.second), **there)
        wait_for(both_share, 90, "the two do not share the streams")
        networks.cut(networks.first)
        cut = time.monotonic()
        wait_for(lambda: all_connected("two"), 60, "nobody took the streams over")
        assert time.monotonic() - cut < UNWATCHED_S
        time.sleep(10)  # it knows by now that it is alone
        networks.mend(networks.first)
        wait_for(both_share, 60, "it does not join again")
        assert first.poll() is None
        lonely = timezone.now() - timedelta(seconds=15)
        assert Watcher.objects.filter(seen_at__gt=lonely).count() == 2
        for process in (first, second):  # before their networks are gone
            process.send_signal(signal.SIGTERM)
        assert [first.wait(20), second.wait(20)] == [0, 0]
