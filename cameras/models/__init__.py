from .camera import Camera
from .change import CameraChange
from .district import District
from .intake import ColumnMapping, Intake, IntakeRow
from .recording import Recording

__all__ = ["Camera", "CameraChange", "ColumnMapping", "District", "Intake", "IntakeRow", "Recording"]
