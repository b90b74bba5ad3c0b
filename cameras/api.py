"""Districts, cameras and footage over REST."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.http import parse_etags
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from seoulcctv.roles import CAMERA_READERS, FOOTAGE_IMPORTERS, KEEPERS, ByRole, SignedInOrFollowing

from .blind import FAR, blind_spots, districts_of
from .clusters import Viewport, cameras_in
from .coverage import rings, sight
from .filters import CameraFilter
from .footage import FootageError
from .forms import FootageForm
from .keeping import KeepingError, Outdated, cameras_kept, change, version_of
from .keys import BY_KEY_OR_SESSION
from .models import Camera, District, MachineKey, Recording


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
            "id", "district", "asset_number", "address", "lot_address", "agency", "telephone", "purpose", "kind", "status",
            "count", "heading", "more_headings", "field_of_view", "tilt", "range_m", "mounting_height", "view", "width",
            "height", "pixels", "fps", "retention_days", "clock_offset_s", "installed", "as_of",
        ]  # fmt: skip
        read_only_fields = ["id", "district", "asset_number"]

    def to_internal_value(self, data: Any) -> Any:
        """A feature, or its properties alone."""
        if isinstance(data, dict) and not isinstance(data.get("properties", {}), dict):
            raise serializers.ValidationError({"properties": _("A feature's properties are an object.")})
        return super().to_internal_value(data)


class CoverageQuery(serializers.Serializer):
    """What a camera is to be like: place in WGS84 degrees, angles in degrees, lengths in metres."""

    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-85, max_value=85)
    heading = serializers.FloatField(min_value=-360, max_value=360, required=False)
    more_headings = serializers.CharField(required=False, max_length=200, help_text="degrees, with commas between")
    field_of_view = serializers.FloatField(min_value=1, max_value=360, required=False)
    range_m = serializers.FloatField(min_value=1, max_value=500, required=False)
    mounting_height = serializers.FloatField(min_value=0.5, max_value=100, required=False)
    tilt = serializers.FloatField(min_value=-30, max_value=90, required=False)

    def validate_more_headings(self, text: str) -> list[float]:
        try:
            found = [float(part) for part in text.split(",") if part.strip()]
        except ValueError as error:
            raise serializers.ValidationError(_("Numbers with commas between them, such as 90, 270.")) from error
        if len(found) > 15 or not all(-360 <= value <= 360 for value in found):
            raise serializers.ValidationError(_("Numbers with commas between them, such as 90, 270."))
        return found


class CoverageSerializer(serializers.Serializer):
    """rings: ``[[lon, lat], ...]`` for each camera of the pole; near, far: metres; assumed: with usual values for what is
    not known."""

    rings = serializers.ListField()
    near = serializers.FloatField()
    far = serializers.FloatField()
    assumed = serializers.BooleanField()


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


@method_decorator(conditional_page, name="dispatch")
class CameraViewSet(mixins.UpdateModelMixin, viewsets.ReadOnlyModelViewSet):
    """Cameras that the account may know of, as GeoJSON; a PATCH changes one, with ``If-Match`` only as it was read."""

    serializer_class = CameraSerializer
    authentication_classes = BY_KEY_OR_SESSION
    permission_classes = [ByRole]
    readers = CAMERA_READERS
    writers = KEEPERS
    http_method_names = ["get", "head", "options", "patch"]
    filter_backends = [DjangoFilterBackend]
    filterset_class = CameraFilter
    queryset = Camera.objects.none()

    def get_queryset(self) -> Any:
        return Camera.objects.visible_to(self.request.user).order_by("district", "asset_number")

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset if self.detail else super().filter_queryset(queryset)  # one is found whatever its state

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With an ETag that any change makes another."""
        return self._answer(self.get_object())

    @extend_schema(
        parameters=[OpenApiParameter("If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="the ETag")],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """412 where somebody else has changed it since."""
        camera = self.get_object()
        serializer = CameraSerializer(camera, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        key = request.auth.name if isinstance(request.auth, MachineKey) else ""
        try:
            seen = _seen(request.headers.get("If-Match", "*"), camera)
            camera = change(camera, request.user, serializer.validated_data, via=key, seen=seen)
        except Outdated as error:
            return Response({"detail": str(error)}, status=412)
        except KeepingError as error:
            return Response({"detail": str(error)}, status=409)
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        cameras_kept.send(Camera, request=request, subject=f"{camera.pk} {camera} {key}".strip())
        return self._answer(camera)

    def _answer(self, camera: Camera) -> Response:
        response = Response(CameraSerializer(camera).data)
        response["ETag"] = _tag(camera)
        response["Cache-Control"] = "private, no-cache"
        return response

    @extend_schema(
        parameters=[
            OpenApiParameter("bbox", OpenApiTypes.STR, description="west,south,east,north in degrees", required=True),
            OpenApiParameter("zoom", OpenApiTypes.FLOAT, description="of web maps, 0 to 22", required=True),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=False, pagination_class=None)
    def clusters(self, request: Request) -> Response:
        """A viewport's cameras: one by one where there are few, else counted in clusters."""
        response = Response(cameras_in(self._viewport(request), self.filter_queryset(self.get_queryset())))
        response["Cache-Control"] = "private, max-age=20"
        return response

    @extend_schema(
        parameters=[
            OpenApiParameter("bbox", OpenApiTypes.STR, description="west,south,east,north in degrees", required=True),
            OpenApiParameter("zoom", OpenApiTypes.FLOAT, description="of web maps, 0 to 22", required=True),
            OpenApiParameter("far", OpenApiTypes.INT, description="metres", enum=list(FAR)),
        ],
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    @action(detail=False, pagination_class=None, url_path="blind-spots")
    def blind_spots(self, request: Request) -> HttpResponse:
        """A transparent picture of the viewport, tinted where no camera in order covers anything within ``far`` metres."""
        far = request.query_params.get("far", str(FAR[1]))
        if far not in map(str, FAR):
            raise serializers.ValidationError({"far": ", ".join(map(str, FAR))})
        cameras = self.filter_queryset(self.get_queryset())
        picture = blind_spots(self._viewport(request), cameras, districts_of(request.user), float(far))
        return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, max-age=20"})

    @extend_schema(parameters=[CoverageQuery], responses=CoverageSerializer)
    @action(detail=False, pagination_class=None, filterset_class=None)
    def coverage(self, request: Request) -> Response:
        """What a camera like that would cover on the ground; none needs to stand there."""
        query = CoverageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        seen = sight(
            wanted.get("heading"), wanted.get("more_headings", ()), wanted.get("field_of_view"), wanted.get("range_m"),
            wanted.get("mounting_height"), wanted.get("tilt"),
        )  # fmt: skip
        told = {"rings": rings(wanted["lon"], wanted["lat"], seen), "near": seen.near, "far": seen.far}
        return Response({**told, "assumed": seen.assumed})

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


def _tag(camera: Camera) -> str:
    return f'"{camera.pk}-{version_of(camera)}"'


def _seen(stated: str, camera: Camera) -> int | None:
    """Which change the sender had seen, by ``If-Match``; None where any will do. Outdated where none of it can be."""
    if stated.strip() == "*":
        return None
    for tag in parse_etags(stated):
        number, _dash, version = tag.strip('"').partition("-")
        if number == str(camera.pk) and version.isascii() and version.isdigit() and len(version) < 19:
            return int(version)
    raise Outdated(gettext("Somebody else has changed this camera meanwhile. Read it again."))


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
