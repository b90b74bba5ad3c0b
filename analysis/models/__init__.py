from .candidate import Candidate
from .machine import Machine
from .reference import Reference
from .search import ScanTask, Search
from .tracklet import Tracklet

__all__ = ["Candidate", "Machine", "Reference", "ScanTask", "Search", "Tracklet"]
