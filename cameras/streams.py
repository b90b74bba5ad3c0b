"""Addresses of live streams: read from what somebody wrote, kept with their passwords encrypted, resolved only to machines inside
the networks that the deployer allows."""

from __future__ import annotations

import json
import socket
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from .keeping import KeepingError, refuse_strangers
from .models import Camera, Stream

USUAL_PORT = 554
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Login:
    """user, password: empty where none are asked for."""

    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """This may be logged."""
        return "Login(…)"


def read_address(text: str) -> tuple[str, int, str, Login]:
    """Host, port, path and who may ask, of ``rtsp://user:password@host:port/path?query``. KeepingError for anything else."""
    wrong = KeepingError(_("The address of a stream is like rtsp://user:password@10.1.2.3:554/path."))
    text = text.strip()
    if len(text) > LONGEST or not text.isprintable() or " " in text:
        raise wrong
    try:
        parts = urlsplit(text)
        port = parts.port or USUAL_PORT
    except ValueError as error:
        raise wrong from error
    if parts.scheme != "rtsp" or not parts.hostname or parts.fragment or "\\" in text:
        raise wrong
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    login = Login(unquote(parts.username or ""), unquote(parts.password or ""))
    if not (login.user + login.password).isprintable():
        raise wrong
    return parts.hostname, port, path, login


Ask = Callable[[str, int], set[str]]  #: a host's IP addresses


def ask(host: str, port: int) -> set[str]:
    """The IP addresses of a host, now. OSError where it has none or nobody answers, UnicodeError for what is no name."""
    return {str(told[4][0]) for told in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}


def resolved(host: str, port: int, ask: Ask = ask) -> str:
    """The IP address of a host, now. KeepingError where it has none, or one that lies outside ``SEOULCCTV_STREAM_NETWORKS``: then
    no connection is tried, whatever else the name stands for."""
    try:
        found = ask(host, port)
    except TimeoutError as error:
        raise KeepingError(_("Nobody says in time which machine has that name.")) from error
    except (OSError, UnicodeError) as error:
        raise KeepingError(_("There is no machine of that name.")) from error
    addresses = [_plain(one) for one in sorted(found)]
    if not addresses or not all(_allowed(one) for one in addresses):
        raise KeepingError(_("That machine lies outside the networks in which cameras may be."))
    return str(addresses[0])


def _plain(told: str) -> IPv4Address | IPv6Address:
    """An IPv4 address that is written as IPv6 counts as what it is."""
    address = ip_address(told.split("%")[0])
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _allowed(address: IPv4Address | IPv6Address) -> bool:
    inside = any(address.version == network.version and address in network for network in settings.STREAM_NETWORKS)
    return inside and not address.is_multicast and not address.is_unspecified


@transaction.atomic
def set_stream(camera: Camera, by: Any, text: str, ask: Ask = ask) -> Stream:
    """Where its stream is from now on. KeepingError where it cannot be, or the account may not write that district. ask: of whom
    a host's addresses are known."""
    refuse_strangers(by, camera.district)
    host, port, path, login = read_address(text)
    resolved(host, port, ask)
    told = {
        "host": host,
        "port": port,
        "path": path,
        "secret": _hidden(login),
        "by": by,
        "state": Stream.State.UNKNOWN,
        "problem": "",
    }
    stream, _new = Stream.objects.update_or_create(camera=camera, defaults=told)
    return stream


@transaction.atomic
def remove_stream(camera: Camera, by: Any) -> None:
    """It has none from now on."""
    refuse_strangers(by, camera.district)
    Stream.objects.filter(camera=camera).delete()


def login_of(stream: Stream) -> Login:
    """KeepingError where it was encrypted with a key that is not known any longer."""
    if not stream.secret:
        return Login()
    try:
        told = json.loads(_box().decrypt(bytes(stream.secret)))
    except InvalidToken as error:
        raise KeepingError(
            _("The password cannot be read with this server's key: enter the address once more.")
        ) from error
    return Login(told["user"], told["password"])


def _hidden(login: Login) -> bytes:
    if not login.user and not login.password:
        return b""
    return _box().encrypt(json.dumps({"user": login.user, "password": login.password}).encode())


def _box() -> MultiFernet:
    """The first key encrypts, all decrypt: a key is changed by putting a new one before it (``SEOULCCTV_STREAM_KEYS``)."""
    keys = settings.STREAM_KEYS or [_derived(settings.SECRET_KEY)]
    return MultiFernet([Fernet(key) for key in keys])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"seoulcctv streams").derive(secret.encode())
    return urlsafe_b64encode(key)
