"""The alarm on every page of whoever works on cases: which alerts wait for them."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.db import database_sync_to_async

from cases.consumers import FORBIDDEN, Teller
from seoulcctv.roles import CASE_WORKERS, role_of

from .alarms import GROUP, waiting_for


class AlarmConsumer(Teller):
    """``ws/alarms/``: ``{"alerts": [...]}`` as ``alarms.waiting_for`` tells them, at once and whenever they change."""

    async def connect(self) -> None:
        await self.accept()
        if (refused := await self.refusal(CASE_WORKERS)) is not None:
            return await self.close(code=refused)
        await self.listen(GROUP)
        self.reader = asyncio.create_task(self._tell())
        return None

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
    def _alerts(self) -> list[dict[str, Any]] | None:
        """None for an account that may not listen any longer."""
        user = self.account()
        return waiting_for(user) if role_of(user) in CASE_WORKERS else None
