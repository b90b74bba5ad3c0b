"""Districts, cameras and footage over REST."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from seoulcctv.roles import CAMERA_READERS, FOOTAGE_IMPORTERS, ByRole, SignedInOrFollowing

from .clusters import Viewport, cameras_in
from .footage import FootageError
from .forms import FootageForm
from .models import Camera, District, Recording

FILTERS = ("kind", "status", "purpose", "district")


class DistrictSerializer(GeoFeatureModelSerializer):
    """``label``: a point inside the boundary for the name."""

    label = serializers.SerializerMethodField()

    class Meta:
        model = District
        geo_field = "boundary"
        fields = ["code", "name", "name_ko", "name_en", "joined_year", "label"]

    def get_label(self, district: District) -> list[float]:
        return [round(v, 5) for v in district.boundary.point_on_surface.coords]


class CameraSerializer(GeoFeatureModelSerializer):
    """``district``: legal code."""

    class Meta:
        model = Camera
        geo_field = "location"
        fields = [
            "id", "district", "asset_number", "address", "purpose", "kind", "status", "heading", "field_of_view",
            "tilt", "range_m", "mounting_height", "width", "height", "fps", "retention_days", "clock_offset_s",
        ]  # fmt: skip


class RecordingSerializer(serializers.ModelSerializer):
    """The file itself is never handed out here."""

    class Meta:
        model = Recording
        fields = [
            "id", "camera", "start", "end", "size", "codec", "width", "height", "fps", "gop_s", "simulated",
            "status", "problem", "scanned_depth", "scanned_model", "scanned_at", "scan_stats",
        ]  # fmt: skip


class UploadSerializer(serializers.Serializer):
    """camera: id; start: ISO time by the camera's own clock; file: the video."""

    camera = serializers.IntegerField()
    start = serializers.DateTimeField()
    file = serializers.FileField()


class DistrictViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The 25 districts with boundaries, as GeoJSON."""

    queryset = District.objects.all()
    serializer_class = DistrictSerializer
    permission_classes = [SignedInOrFollowing]
    pagination_class = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        response["Cache-Control"] = "private, max-age=3600"
        return response


class CameraViewSet(viewsets.ReadOnlyModelViewSet):
    """Cameras that the account may know of, as GeoJSON."""

    serializer_class = CameraSerializer
    permission_classes = [ByRole]
    readers = CAMERA_READERS
    queryset = Camera.objects.none()

    def get_queryset(self) -> Any:
        return Camera.objects.visible_to(self.request.user)

    @extend_schema(
        parameters=[
            OpenApiParameter("bbox", OpenApiTypes.STR, description="west,south,east,north in degrees", required=True),
            OpenApiParameter("zoom", OpenApiTypes.FLOAT, description="of web maps, 0 to 22", required=True),
            *(OpenApiParameter(name, OpenApiTypes.STR) for name in FILTERS),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=False, pagination_class=None)
    def clusters(self, request: Request) -> Response:
        """A viewport's cameras: one by one where there are few, else counted in clusters. Retired ones are left out."""
        view = self._viewport(request)
        cameras = self.get_queryset().exclude(status=Camera.Status.RETIRED)
        for name in FILTERS:
            if value := request.query_params.get(name):
                allowed = Camera._meta.get_field(name).choices
                if value not in dict(allowed) if allowed else not re.fullmatch(r"[0-9]{5}", value):
                    raise serializers.ValidationError({name: "unknown"})
                cameras = cameras.filter(**{name: value})
        response = Response(cameras_in(view, cameras))
        response["Cache-Control"] = "private, max-age=20"
        return response

    def _viewport(self, request: Request) -> Viewport:
        try:
            numbers = [float(part) for part in request.query_params.get("bbox", "").split(",")]
            west, south, east, north = numbers
            zoom = float(request.query_params.get("zoom", ""))
        except ValueError as error:
            raise serializers.ValidationError({"bbox": "west,south,east,north and zoom"}) from error
        right = -180 <= west < east <= 180 and -90 <= south < north <= 90 and 0 <= zoom <= 22
        if not right:
            raise serializers.ValidationError({"bbox": "west < east, south < north, zoom 0 to 22"})
        return Viewport(west, south, east, north, zoom)


class RecordingViewSet(viewsets.ReadOnlyModelViewSet):
    """Footage of those cameras; a POST brings a file in."""

    serializer_class = RecordingSerializer
    permission_classes = [ByRole]
    readers = CAMERA_READERS
    writers = FOOTAGE_IMPORTERS
    parser_classes = [MultiPartParser]
    queryset = Recording.objects.none()

    def get_queryset(self) -> Any:
        return Recording.objects.visible_to(self.request.user).select_related("camera")

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={201: RecordingSerializer})
    def create(self, request: Request) -> Response:
        """Refuses what is not video, is cut off beyond use, or claims absurd sizes."""
        form = FootageForm(request.data, request.FILES, user=request.user)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        try:
            recording = form.save(request)
        except FootageError as error:
            raise serializers.ValidationError({"file": [str(error)]}) from error
        return Response(self.get_serializer(recording).data, status=status.HTTP_201_CREATED)
