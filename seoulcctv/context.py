"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Theme from the cookie, and the online base map where one is set."""
    theme = request.COOKIES.get("theme", "dark")
    return {
        "theme": theme if theme in {"dark", "light"} else "dark",
        "tile_url": settings.TILE_URL,
        "tile_attribution": settings.TILE_ATTRIBUTION,
    }
