"""The alarm on every page of whoever works on cases: which alerts wait for them."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model

from cases.consumers import BAD_REQUEST, FORBIDDEN, UNAUTHENTICATED, Follower
from seoulcctv.roles import CASE_WORKERS, role_of
from seoulcctv.two_factor import verified

from .alarms import GROUP, waiting_for


class AlarmConsumer(Follower):
    """``ws/alarms/``: ``{"alerts": [...]}`` as ``alarms.waiting_for`` tells them, at once and whenever they change. Takes nothing."""

    async def connect(self) -> None:
        await self.accept()
        if not await self._signed_in():
            return await self.close(code=UNAUTHENTICATED)
        if role_of(self.scope["user"]) not in CASE_WORKERS:
            return await self.close(code=FORBIDDEN)
        await self.listen(GROUP)
        self.reader = asyncio.create_task(self._tell())
        return None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Nothing is taken over this socket."""
        await self.close(code=BAD_REQUEST)

    async def _tell(self) -> None:
        last = None
        while True:
            self.woken.clear()
            alerts = await self._alerts()
            if alerts is None:
                await self.close(code=FORBIDDEN)
                return
            if alerts != last:
                await self.send_json({"alerts": alerts})
            last = alerts
            await self.woken_or_due()

    @database_sync_to_async
    def _signed_in(self) -> bool:
        user, session = self.scope.get("user"), self.scope.get("session")
        return bool(role_of(user)) and (session is None or verified(user, session))

    @database_sync_to_async
    def _alerts(self) -> list[dict[str, Any]] | None:
        """None for an account that may not listen any longer: closed, signed out."""
        user, session = get_user_model().objects.filter(pk=self.scope["user"].pk).first(), self.scope.get("session")
        signed_in = session is None or (session.exists(session.session_key) and verified(user, session))
        return waiting_for(user) if signed_in and role_of(user) in CASE_WORKERS else None
