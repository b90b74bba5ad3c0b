"""Every setting that a deployment can change, typed, with a default that works on a laptop.

Nothing else reads the environment. Names: the field in capitals behind ``SEOULCCTV_``
(``SEOULCCTV_WEIGHTS_DIR``), but for DATABASE_URL and REDIS_URL, which go by custom.
"""

from __future__ import annotations

import hashlib
import socket
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
OWN_WEIGHTS = ROOT / "analysis" / "weights"
OWN_EMBEDDER = OWN_WEIGHTS / "appearance-street-8.xml"


class Environment(BaseSettings):
    """Read once, at start. A wrong value stops the start with its name and the reason."""

    model_config = SettingsConfigDict(env_prefix="SEOULCCTV_", env_file=ROOT / ".env", extra="ignore")

    production: bool = False
    secret_key: str = ""  # required in production
    allowed_hosts: list[str] = ["localhost", "127.0.0.1", "[::1]"]
    database_url: str = Field("", validation_alias=AliasChoices("DATABASE_URL"))
    redis_url: str = Field("", validation_alias=AliasChoices("REDIS_URL"))
    var_dir: Path = ROOT / "var"

    tile_url: str = ""  # an online base map, such as https://tiles.example/{z}/{x}/{y}.png; empty: offline
    tile_attribution: str = ""

    weights_dir: Path = ROOT / "var" / "weights"
    detector_weights: Path = OWN_WEIGHTS / "person-street-1.pt"  # or another's name in weights_dir
    embedder_weights: str = ""  # another appearance model (.xml) in weights_dir; "none": colours of clothes alone
    things_weights: str = ""  # another model of things carried (.xml) in weights_dir; "none": nothing is said of them
    detector_size: int = 640  # pixels of the longer side
    decoder: Literal["cpu", "cuda", "qsv"] = "cpu"  # what decodes videos: hardware of NVIDIA, of Intel
    scan_rate: float = 5.0  # frames a second in the dense pass
    workers: int = 2
    machine: str = Field(default_factory=socket.gethostname)  # the name of this machine among those that scan
    districts: str = (
        ""  # codes, with commas: this machine has the footage of these; empty: all that have none of their own
    )
    inference_threads: int = 0  # 0: an equal share of the cores for each worker, all of them for a command

    scan_lease_s: int = 60  # a scan that shows no sign of life for so long is given to another worker
    scan_timeout_s: int = 3600
    scan_patience_s: float = 120.0  # a scan that gets no further for so long is given up, and its process ended
    stall_s: float = 30.0  # a task queue that does nothing for so long is restarted
    scan_attempts: int = 3
    stream_networks: str = ""  # with commas, 10.0.0.0/8: where cameras' live streams may be; empty: nowhere
    watch_cameras: int = 20  # that look out for one case at the same time
    stream_keys: str = ""  # with commas: Fernet keys for the passwords of streams; empty: one made of the secret key
    two_factor: bool | None = None  # demanded of supervisors and administrators; None: in production
    retention_days: int = 30  # after a case ended, what was found is deleted
    emergency_minutes: int = 60  # an emergency search stops then, unless approved
    upload_limit_mb: int = 4096

    @cached_property
    def weights_path(self) -> Path:
        """The detector's weights file."""
        return self.weights_dir / self.detector_weights

    @cached_property
    def embedder_path(self) -> Path:
        """The appearance model's file: as set, else the project's own."""
        return self.weights_dir / self.embedder_weights if self.embedder_weights else OWN_EMBEDDER

    @cached_property
    def things_path(self) -> Path:
        """The file of the model of things carried."""
        return self.weights_dir / self.things_weights if self.things_weights else OWN_WEIGHTS / "things-street-1.xml"

    def networks(self) -> list[IPv4Network | IPv6Network]:
        """In which cameras' streams may be."""
        return [ip_network(told.strip()) for told in self.stream_networks.split(",") if told.strip()]

    def database(self) -> dict[str, Any]:
        """Django's DATABASES entry: DATABASE_URL, or the private cluster's socket under var/."""
        if not self.database_url:
            socket = private_socket_dir(self.var_dir)
            return {"ENGINE": ENGINE, "NAME": "seoulcctv", "USER": "seoulcctv", "HOST": str(socket)}
        parts = urlsplit(self.database_url)
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": ENGINE,
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", "") or parts.hostname or "",
            "PORT": parts.port or "",
            "OPTIONS": {**REMOTE_DATABASE, **query},
        }

    def redis(self) -> str:
        """REDIS_URL, or the private server's socket."""
        return self.redis_url or f"unix://{private_socket_dir(self.var_dir)}/redis.sock"


ENGINE = "django.contrib.gis.db.backends.postgis"
#: libpq's: a machine that is cut off from the database knows it within some seconds, instead of a quarter of an hour.
REMOTE_DATABASE = {
    "connect_timeout": "5",
    "tcp_user_timeout": "8000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}


def private_socket_dir(var_dir: Path) -> Path:
    """Where the private servers' sockets lie: written by script/servers, else by its rule.

    A socket's path may have at most 107 bytes, and PostgreSQL run for root by the user
    postgres must be able to enter the folder; so it is a short one of this clone's own.
    """
    note = var_dir / "sockets"
    if note.is_file():
        return Path(note.read_text().strip())
    return Path("/tmp") / f"seoulcctv-{hashlib.sha256(str(var_dir).encode()).hexdigest()[:12]}"  # noqa: S108  # nosec B108


environment = Environment()  # type: ignore[call-arg,unused-ignore]
