from .candidate import Candidate
from .machine import Machine
from .reference import Reference
from .search import ScanTask, Search
from .tracklet import Tracklet
from .watch import Alert, StreamLease, Watch, Watcher

__all__ = [
    "Alert", "Candidate", "Machine", "Reference", "ScanTask", "Search", "StreamLease", "Tracklet", "Watch", "Watcher",
]  # fmt: skip
