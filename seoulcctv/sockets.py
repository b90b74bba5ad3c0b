"""Which socket leads where. Anything else is closed at once."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path, re_path

from analysis.consumers import AlarmConsumer
from cases.consumers import NOT_FOUND, CaseConsumer, ShareConsumer


class Nowhere(AsyncWebsocketConsumer):
    """Closes sockets that lead nowhere, without a stack trace in the log."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(code=NOT_FOUND)


websocket_urlpatterns: list[Any] = [
    path("ws/cases/<slug:number>/", CaseConsumer.as_asgi()),
    path("ws/alarms/", AlarmConsumer.as_asgi()),
    path("ws/share/", ShareConsumer.as_asgi()),
    re_path(r"", Nowhere.as_asgi()),
]
