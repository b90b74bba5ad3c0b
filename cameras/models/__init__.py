from .camera import Camera
from .care import Attachment, SavedList, WorkOrder, WorkStep
from .change import CameraChange
from .district import District
from .health import CameraHealth
from .intake import ColumnMapping, Intake, IntakeRow
from .key import MachineKey
from .recording import Recording

__all__ = [
    "Attachment",
    "Camera",
    "CameraChange",
    "CameraHealth",
    "ColumnMapping",
    "District",
    "Intake",
    "IntakeRow",
    "MachineKey",
    "Recording",
    "SavedList",
    "WorkOrder",
    "WorkStep",
]
