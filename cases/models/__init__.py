from .access_log import AccessLog
from .case import Case
from .description import Description
from .event import CaseEvent
from .handover import Handover
from .known_place import KnownPlace
from .note import Mention, Note
from .share_link import ShareLink
from .sighting import Sighting

__all__ = [
    "AccessLog", "Case", "CaseEvent", "Description", "Handover", "KnownPlace", "Mention", "Note", "ShareLink", "Sighting",
]  # fmt: skip
