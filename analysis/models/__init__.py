from .candidate import Candidate
from .search import ScanTask, Search
from .tracklet import Tracklet

__all__ = ["Candidate", "ScanTask", "Search", "Tracklet"]
