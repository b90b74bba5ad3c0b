"""The scanner that the settings describe; one a process, models loaded at first use."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from cameras.models import Camera, CameraHealth

from .health import findings_of
from .pipeline.closer import CloserConfig
from .pipeline.detect import Detector, DetectorConfig
from .pipeline.embed import embedder
from .pipeline.geometry import CameraGeometry
from .pipeline.scan import ScanConfig, Scanner
from .pipeline.survey import SurveyConfig
from .pipeline.things import things_model


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    """Detector, embedder and model of things carried, by setting."""
    return made(settings.INFERENCE_THREADS)


def made(threads: int) -> Scanner:
    """As ``scanner``, anew. threads: cores that it uses, 0 for all."""
    config = DetectorConfig(
        weights=settings.WEIGHTS_PATH,
        cache=settings.MODEL_CACHE,
        image_size=settings.DETECTOR_SIZE,
        threads=threads,
    )
    return Scanner(
        Detector(config),
        embedder(settings.EMBEDDER_PATH, threads),
        ScanConfig(
            SurveyConfig(decoder=settings.DECODER), CloserConfig(rate=settings.SCAN_RATE, decoder=settings.DECODER)
        ),
        things_model(settings.THINGS_PATH, threads),
    )


def geometry_of(camera: Camera, width: int, height: int) -> CameraGeometry | None:
    """The camera's geometry for pictures of a size (pixels); None when it is not calibrated, or was moved since."""
    if not camera.calibrated or CameraHealth.Finding.MOVED in findings_of(camera):
        return None
    return CameraGeometry(
        mounting_height=float(camera.mounting_height or 0),
        heading=float(camera.heading or 0),
        tilt=float(camera.tilt or 0),
        field_of_view=float(camera.field_of_view or 0),
        picture_width=width,
        picture_height=height,
    )
