"""Real PostGIS, real Redis, real video; what a test needs it makes itself, see ``factories``."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection

from cameras.districts import load_districts
from cameras.models import District
from seoulcctv.environment import OWN_EMBEDDER, OWN_WEIGHTS

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"  # beside the project on the developers' machines; tests that use it skip without it


REDIS = f"{django_settings.CACHES['default']['LOCATION']}?db=3"  # a demonstration beside the tests uses db 0


@pytest.fixture(autouse=True)
def _own_places(request, settings, tmp_path):
    """Redis database and footage folder of the tests' own."""
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": [REDIS]}}}
    shared_with_processes = "processes" in request.fixturenames
    prefix = "" if shared_with_processes else str(uuid4())  # nothing that an earlier test left
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": REDIS, "KEY_PREFIX": prefix}}
    settings.FOOTAGE_ROOT = settings.MEDIA_ROOT = tmp_path / "footage"
    settings.ATTACHMENTS_ROOT = tmp_path / "attachments"
    if not shared_with_processes:  # those check passwords with the real, slow method
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def _districts(request):
    """Tests that commit empty the tables afterwards, the districts too."""
    marker = request.node.get_closest_marker("django_db")
    names = set(request.fixturenames)
    if not marker and not {"db", "transactional_db"} & names:
        return
    commits = "transactional_db" in names or (marker is not None and marker.kwargs.get("transaction"))
    request.getfixturevalue("transactional_db" if commits else "db")
    if not District.objects.exists():
        load_districts(District)


@pytest.fixture
def weights(settings) -> Iterator[None]:
    """The project's own detector and appearance model, whatever else lies ready on this machine."""
    from analysis.scanner import scanner

    settings.EMBEDDER_PATH = OWN_EMBEDDER
    scanner.cache_clear()
    yield
    scanner.cache_clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real footage; skips where it is not at hand."""
    if not (SHARED / "footage").is_dir():
        pytest.skip("no ../shared/footage beside the project")
    return SHARED


@dataclass
class Processes:
    """Starts the product's own processes on the test database, and ends them by id."""

    environment: dict[str, str]
    started: list[subprocess.Popen[bytes]]
    logs: Path

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self.logs / f"{len(self.started)}.log").open("wb")
        process = subprocess.Popen(
            [*command], cwd=ROOT, env={**self.environment, **environment}, stdout=log, stderr=subprocess.STDOUT
        )
        self.started.append(process)
        return process

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """The task cluster under its watchdog."""
        return self.start(sys.executable, "manage.py", "worker", **environment)

    def web(self) -> str:
        """The web process; returns its address."""
        port = free_port()
        uvicorn = str(Path(sys.executable).parent / "uvicorn")
        self.start(
            uvicorn, "seoulcctv.asgi:application", "--host", "127.0.0.1", "--port", str(port), "--lifespan", "off"
        )
        wait_for(lambda: listens(port), 60, "the web process does not start")
        return f"http://127.0.0.1:{port}"


def own_environment() -> dict[str, str]:
    """For processes that are to work on this one's database, with the tests' own Redis."""
    database = connection.settings_dict
    return {
        **os.environ,
        "DATABASE_URL": f"postgis://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "REDIS_URL": REDIS,
        "SEOULCCTV_SECRET_KEY": django_settings.SECRET_KEY,  # signs the queue's packages
    }


def free_port() -> int:
    """Of the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something answers there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(true, seconds: float, complaint: str):
    """Returns the first true value; fails with the complaint when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = true()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(complaint)


@pytest.fixture
def processes(transactional_db, settings, tmp_path) -> Iterator[Processes]:
    """See ``Processes``."""
    environment = {**own_environment(), "SEOULCCTV_VAR_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    settings.MODEL_CACHE.mkdir(parents=True, exist_ok=True)  # a first run converts the model there
    (tmp_path / "models").symlink_to(settings.MODEL_CACHE)
    environment["SEOULCCTV_WEIGHTS_DIR"] = str(OWN_WEIGHTS)
    running = Processes(environment, [], tmp_path)
    yield running
    for process in running.started:
        process.terminate()
    for process in running.started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
