from .candidate import Candidate
from .machine import Machine
from .search import ScanTask, Search
from .tracklet import Tracklet

__all__ = ["Candidate", "Machine", "ScanTask", "Search", "Tracklet"]
