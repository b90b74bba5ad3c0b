"""What the OpenAPI schema says of every operation."""

from __future__ import annotations

from typing import Any

PROBLEMS = {
    "400": "Something sent is wrong; by field, in the reader's language.",
    "401": "The machine's key is not good.",
    "403": "Not for this role, or nobody is signed in.",
    "404": "Not there, or not for this account.",
    "405": "Not by this method.",
    "409": "Not now; `detail` says why, in the reader's language.",
    "412": "Changed meanwhile by somebody else.",
    "415": "Not in this form.",
}
PROBLEM = {"type": "object", "additionalProperties": {}}


def with_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds the answers that any operation may give instead of its own (a hook of drf-spectacular)."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, description in PROBLEMS.items():
                operation["responses"].setdefault(
                    status, {"description": description, "content": {"application/json": {"schema": PROBLEM}}}
                )
    return result
