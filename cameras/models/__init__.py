from .area import Area, AreaSet, Indicator, IndicatorFile, IndicatorValue, KeepOut, Measure
from .camera import Camera
from .care import Attachment, SavedList, WorkOrder, WorkStep
from .change import CameraChange
from .district import District
from .health import CameraHealth
from .intake import ColumnMapping, Intake, IntakeRow
from .key import MachineKey
from .plan import Plan, PlanArea, PlanItem, PlanStep
from .recording import Recording
from .stream import Stream

__all__ = [
    "Area",
    "AreaSet",
    "Attachment",
    "Camera",
    "CameraChange",
    "CameraHealth",
    "ColumnMapping",
    "District",
    "Indicator",
    "IndicatorFile",
    "IndicatorValue",
    "Intake",
    "IntakeRow",
    "KeepOut",
    "MachineKey",
    "Measure",
    "Plan",
    "PlanArea",
    "PlanItem",
    "PlanStep",
    "Recording",
    "SavedList",
    "Stream",
    "WorkOrder",
    "WorkStep",
]
