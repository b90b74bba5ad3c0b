"""Live watch of a case over REST: its cameras, what somebody decides about them, and its alerts."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.models import Camera
from cases.access import log
from cases.models import AccessLog
from cases.of_case import OfCase, done
from seoulcctv.roles import CASE_WORKERS

from .alarms import acknowledge
from .models import Alert, Watch
from .watching.choosing import wish


class WatchSerializer(serializers.ModelSerializer):
    """active: it is watched now, otherwise it is next in line or somebody decided about it; chance: 0 to 1, of the person passing
    within the next minutes."""

    asset_number = serializers.CharField(source="camera.asset_number")

    class Meta:
        model = Watch
        fields = ["camera", "asset_number", "active", "wish", "chance", "since"]


class AlertSerializer(serializers.ModelSerializer):
    """seen_at: the person's first clear picture; at: when it was told."""

    camera = serializers.StringRelatedField(source="candidate.tracklet.recording.camera")
    acknowledged_by = serializers.StringRelatedField(allow_null=True)

    class Meta:
        model = Alert
        fields = ["id", "candidate", "camera", "seen_at", "at", "acknowledged_by", "acknowledged_at", "escalated_at"]


class WatchViewSet(OfCase):
    """By the camera's key."""

    readers = CASE_WORKERS
    pagination_class = None
    serializer_class = WatchSerializer
    queryset = Camera.objects.exclude(status=Camera.Status.RETIRED)
    lookup_value_regex = "[0-9]{1,9}"

    def list(self, request: Request, number: str) -> Response:
        """Those that are watched first, then those next in line."""
        return Response(WatchSerializer(self.case().watches.select_related("camera"), many=True).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def always(self, request: Request, number: str, pk: str) -> Response:
        """It is watched as long as the case runs."""
        return self._wish(request, pk, Watch.Wish.ALWAYS)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def never(self, request: Request, number: str, pk: str) -> Response:
        """It is not watched for this case."""
        return self._wish(request, pk, Watch.Wish.NEVER)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, number: str, pk: str) -> Response:
        """The system chooses again whether it is watched."""
        return self._wish(request, pk, Watch.Wish.NONE)

    def _wish(self, request: Request, pk: str, told: str) -> Response:
        case = self.case()
        camera = get_object_or_404(self.get_queryset(), pk=pk)
        watch: Any = done(lambda: wish(case, camera, told, request.user))
        log(request, AccessLog.Action.CASE_CHANGED, case, f"live watch of {camera}: {told or 'as chosen'}")
        return Response(WatchSerializer(watch).data)


class AlertViewSet(OfCase):
    """Alerts of live cameras."""

    readers = CASE_WORKERS
    pagination_class = None
    serializer_class = AlertSerializer
    lookup_value_regex = "[0-9]{1,9}"

    queryset = Alert.objects.none()  # of which the schema tells the key

    def get_queryset(self) -> Any:
        """Those of the case, as far as its results may be shown."""
        related = ("candidate__tracklet__recording__camera", "acknowledged_by")
        return Alert.objects.visible_to(self.request.user).filter(candidate__case=self.case()).select_related(*related)

    def list(self, request: Request, number: str) -> Response:
        """The newest first."""
        return Response(AlertSerializer(self.get_queryset()[:100], many=True).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, number: str, pk: str) -> Response:
        """The account has seen it and looks after it. 409: somebody else has already."""
        alert: Alert = self.get_object()
        told: Any = done(lambda: acknowledge(alert, request.user))
        log(request, AccessLog.Action.DECISION, self.case(), f"alert {pk} acknowledged")
        return Response(AlertSerializer(self.get_queryset().get(pk=told.pk)).data)
