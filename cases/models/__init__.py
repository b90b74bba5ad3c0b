from .access_log import AccessLog
from .case import Case
from .description import Description
from .event import CaseEvent
from .known_place import KnownPlace
from .share_link import ShareLink
from .sighting import Sighting

__all__ = ["AccessLog", "Case", "CaseEvent", "Description", "KnownPlace", "ShareLink", "Sighting"]
