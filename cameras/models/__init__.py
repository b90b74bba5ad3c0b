from .camera import Camera
from .district import District
from .recording import Recording

__all__ = ["Camera", "District", "Recording"]
