"""The line between a page and the server, on which answers are held back or cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Line:
    """What a page asks goes through here from its first question on (``open_page(..., line=line)``).

    A route that is added to an open page may come too late: a busy page still asks past it (once in six tries).
    """

    def __init__(self) -> None:
        self.rules: dict[str, Callable[[Any], Any]] = {}

    def __call__(self, route: Any) -> None:
        for part, rule in self.rules.items():
            if part in route.request.url:
                rule(route)
                return
        route.continue_()

    def hold(self, part: str) -> list[Any]:
        """Questions whose address has the part, from now on: none is answered until the test does (``continue_``)."""
        held: list[Any] = []
        self.rules[part] = held.append
        return held

    def cut(self, part: str) -> list[Any]:
        """No answer comes to questions whose address has the part; these were asked."""
        asked: list[Any] = []

        def abort(route: Any) -> None:
            asked.append(route.request.url)
            route.abort()

        self.rules[part] = abort
        return asked

    def mend(self, part: str) -> None:
        """Answers come again."""
        del self.rules[part]
