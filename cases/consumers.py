"""A case's events over a websocket: first what the browser missed, then what happens.

The rows are the truth. A wake-up through the channel layer only says "read again"; should one
be lost, the socket reads by itself every few seconds all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import get_user_model

from seoulcctv.roles import CASE_READERS, role_of
from seoulcctv.two_factor import verified

from .live import group_name
from .models import Case, CaseEvent, ShareLink

UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, BAD_REQUEST = 4401, 4403, 4404, 4400
READ_S = 5.0
GATHER_S = 0.02
BATCH = 500


class Follower(AsyncJsonWebsocketConsumer):
    """A socket that is woken when something happens, and reads by itself."""

    group = ""
    reader: asyncio.Task[None] | None = None

    async def follow(self, case_pk: int) -> None:
        """Listens for wake-ups of a case from now on."""
        await self.listen(group_name(case_pk))

    async def listen(self, group: str) -> None:
        """Listens for wake-ups of a channel group from now on."""
        self.group, self.woken = group, asyncio.Event()
        await self.channel_layer.group_add(self.group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        if self.reader is not None:
            self.reader.cancel()
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def case_wake(self, message: dict[str, Any]) -> None:
        """The channel layer says that there is something to read."""
        self.woken.set()

    async def woken_or_due(self) -> None:
        """Waits for a wake-up, at most ``READ_S``: one may be lost."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), READ_S)

    async def refusal(self, roles: Sequence[str]) -> int | None:
        """The code with which it is closed to who is not signed in or has another role; None for whom it is open."""
        user = await database_sync_to_async(self.account)()
        return UNAUTHENTICATED if user is None else None if role_of(user) in roles else FORBIDDEN

    def account(self) -> Any:
        """Whoever is signed in on it, as they are now; None for nobody, a closed account, one that signed out, or without the
        second factor. Reads the database."""
        user, session = self.scope.get("user"), self.scope.get("session")
        if not role_of(user):
            return None
        now = get_user_model().objects.filter(pk=user.pk).first()
        signed_in = session is None or (session.exists(session.session_key) and verified(now, session))
        return now if signed_in and role_of(now) else None


class Teller(Follower):
    """One that only tells."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Nothing is taken over this socket."""
        await self.close(code=BAD_REQUEST)


class SharedReads:
    """One read of a link for everybody in this process who asks within a moment: hundreds may follow one case."""

    def __init__(self) -> None:
        self.coming: dict[tuple[int, int], asyncio.Task[ShareLink | None]] = {}

    async def __call__(self, pk: int) -> ShareLink | None:
        """The link as it is from now on; None when it is over."""
        key = (id(asyncio.get_running_loop()), pk)
        if key not in self.coming:
            self.coming[key] = asyncio.create_task(self._read(key))
        return await asyncio.shield(self.coming[key])

    async def _read(self, key: tuple[int, int]) -> ShareLink | None:
        await asyncio.sleep(GATHER_S)
        del self.coming[key]  # whoever asks from here on gets a later read
        return await _usable_link(key[1])


@database_sync_to_async
def _usable_link(pk: int | None) -> ShareLink | None:
    return ShareLink.objects.usable().select_related("case").filter(pk=pk).first()


shared_reads = SharedReads()


class ShareConsumer(Teller):
    """``ws/share/``: says ``{"kind": "changed"}`` when a shared case did, and closes within a second when the link is
    over. Who may listen is in the session, see ``analysis.share``."""

    async def connect(self) -> None:
        await self.accept()
        self.link_pk = await self._link_pk()
        link = await shared_reads(self.link_pk) if self.link_pk else None
        if link is None:
            return await self.close(code=UNAUTHENTICATED)
        await self.follow(link.case_id)
        await self.send_json({"kind": "hello"})
        self.reader = asyncio.create_task(self._tell())
        return None

    async def _tell(self) -> None:
        last = None
        while True:
            self.woken.clear()
            link = await shared_reads(self.link_pk)
            if link is None:
                await self.close(code=FORBIDDEN)
                return
            if last is not None and link.case.last_event != last:
                await self.send_json({"kind": "changed"})
            last = link.case.last_event
            await self.woken_or_due()

    @database_sync_to_async
    def _link_pk(self) -> int:
        """Of the session; 0 without one."""
        session = self.scope.get("session")
        if session is None or not session.session_key or not session.exists(session.session_key):
            return 0
        return int(session.get("share") or 0)


class CaseConsumer(Follower):
    """``ws/cases/<number>/?after=<event number>``.

    Sends ``{"kind": "hello", "last": n}`` and then each event once, in order, as
    ``{"kind", "number", "at", "by", "data"}``. Takes nothing but ``{"kind": "ping"}``.
    """

    case_pk = 0

    async def connect(self) -> None:
        await self.accept()
        if (refused := await self.refusal(CASE_READERS)) is not None:
            return await self.close(code=refused)
        after = parse_qs(self.scope["query_string"].decode("ascii", "ignore")).get("after", ["0"])[0]
        if not after.isascii() or not after.isdigit() or len(after) > 15:
            return await self.close(code=BAD_REQUEST)
        number = self.scope["url_route"]["kwargs"]["number"]
        found = await self._case(number)
        if found is None:
            return await self.close(code=NOT_FOUND)
        self.case_pk, last = found
        self.after = min(int(after), last)
        await self.follow(self.case_pk)
        await self.send_json({"kind": "hello", "last": last})
        self.reader = asyncio.create_task(self._read_on())
        return None

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Nothing is changed over the socket."""
        if content != {"kind": "ping"}:
            await self.close(code=BAD_REQUEST)
            return
        await self.send_json({"kind": "pong"})

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """What is not JSON is as unwelcome as any other message."""
        try:
            return await super().decode_json(text_data)
        except ValueError:
            return None

    async def _read_on(self) -> None:
        while True:
            self.woken.clear()
            if not await self._still_allowed():
                await self.close(code=FORBIDDEN)
                return
            while events := await self._events():
                for event in events:
                    await self.send_json(event)
                    self.after = event["number"]
            await self.woken_or_due()

    @database_sync_to_async
    def _case(self, number: str) -> tuple[int, int] | None:
        return Case.objects.visible_to(self.scope["user"]).filter(number=number).values_list("pk", "last_event").first()

    @database_sync_to_async
    def _still_allowed(self) -> bool:
        """Asked before every read: an account may be closed, a case be taken out of its hands."""
        return Case.objects.visible_to(self.account()).filter(pk=self.case_pk).exists()

    @database_sync_to_async
    def _events(self) -> list[dict[str, Any]]:
        rows = CaseEvent.objects.filter(case=self.case_pk, number__gt=self.after).select_related("by")[:BATCH]
        return [row.payload() for row in rows]
