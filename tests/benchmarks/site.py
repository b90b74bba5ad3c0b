"""The site in a process of its own, on the database of a benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.conftest import REDIS, ROOT


def web(port: int) -> subprocess.Popen[bytes]:
    """At that port of the loopback; to be ended by whoever started it."""
    database = connection.settings_dict
    environment = {
        **os.environ, "REDIS_URL": REDIS, "SEOULCCTV_SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": f"postgis://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
    }  # fmt: skip
    uvicorn = str(Path(sys.executable).parent / "uvicorn")
    command = [
        uvicorn,
        "seoulcctv.asgi:application",
        "--port",
        str(port),
        "--lifespan",
        "off",
        "--log-level",
        "warning",
    ]
    return subprocess.Popen(command, cwd=ROOT, env=environment)
