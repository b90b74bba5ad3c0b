"""Searches, candidates and the route of a case over REST."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.problems import text_of
from cases.access import log
from cases.api import SightingSerializer
from cases.models import AccessLog
from cases.of_case import OfCase, done
from seoulcctv.roles import CASE_WORKERS

from . import decisions, services
from .models import Candidate, Search, Tracklet
from .pipeline.clip import clip
from .pipeline.types import PipelineError, Window
from .progress import progress_of
from .routes import route_of

MARGIN_S = 2.0  # of a clip, before and after the passage
WAIT_S = 20.0  # for others whose clips are being cut
_CUTTING = BoundedSemaphore(2)  # clips at a time: scans need the cores, too


class Gone(APIException):
    """The candidate is there, its footage cannot be shown; ``detail`` says why."""

    status_code = status.HTTP_410_GONE
    default_code = "gone"


class Busy(APIException):
    """Too many clips at a time."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("Several clips are being cut out just now. Try again in a moment.")
    default_code = "busy"


class SearchSerializer(serializers.ModelSerializer):
    """share: 0 to 1 of the footage; speed: times real time; left_out: cameras by reason."""

    progress = serializers.SerializerMethodField()

    class Meta:
        model = Search
        fields = ["id", "status", "started_at", "finished_at", "window_start", "window_end", "progress"]

    def get_progress(self, search: Search) -> dict[str, Any]:
        progress = progress_of(search)
        return {
            "recordings": progress.total,
            "done": progress.done,
            "failed": progress.failed,
            "share": round(progress.share, 4),
            "scanned_s": round(progress.scanned.total_seconds(), 1),
            "footage_s": round(progress.footage.total_seconds(), 1),
            "speed": round(progress.speed, 1) if progress.speed else None,
            "remaining_s": round(progress.remaining.total_seconds(), 1) if progress.remaining is not None else None,
            "left_out": dict(progress.left_out),
        }


class CandidateSerializer(serializers.ModelSerializer):
    """factors: log-likelihood ratios; with the prior they add up to the score's log-odds."""

    camera = serializers.StringRelatedField(source="tracklet.recording.camera")
    camera_id = serializers.IntegerField(source="tracklet.recording.camera_id")
    start = serializers.DateTimeField(source="tracklet.start")
    end = serializers.DateTimeField(source="tracklet.end")
    upper = serializers.JSONField(source="tracklet.upper")
    things = serializers.JSONField(source="tracklet.things")
    lower = serializers.JSONField(source="tracklet.lower")
    height_m = serializers.FloatField(source="tracklet.height_m", allow_null=True)
    heading = serializers.FloatField(source="tracklet.heading", allow_null=True)

    class Meta:
        model = Candidate
        fields = [
            "id", "camera", "camera_id", "start", "end", "score", "factors", "decision", "decided_at", "upper",
            "lower", "things", "height_m", "heading",
        ]  # fmt: skip
        read_only_fields = fields


class TrackSerializer(serializers.Serializer):
    """times: seconds of the recording; boxes: x1 y1 x2 y2 in pixels of the full picture."""

    times = serializers.ListField(child=serializers.FloatField())
    boxes = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class PointSerializer(serializers.Serializer):
    """time: seconds of the recording; x, y: pixels of the full picture."""

    time = serializers.FloatField(min_value=0, max_value=1e6)
    x = serializers.FloatField(min_value=0, max_value=1e5)
    y = serializers.FloatField(min_value=0, max_value=1e5)


class LegSerializer(serializers.Serializer):
    """A stop of the likeliest route; certainty: 0 to 1. Metres, seconds, metres a second; no leg where there is no earlier stop."""

    number = serializers.IntegerField()
    sighting = SightingSerializer()
    certainty = serializers.FloatField()
    district = serializers.StringRelatedField(allow_null=True)
    distance_m = serializers.FloatField(source="leg.distance_m")
    duration_s = serializers.FloatField(source="leg.duration_s")
    speed = serializers.FloatField(source="leg.speed")
    crosses_border = serializers.BooleanField(source="leg.crosses")
    verdict = serializers.CharField(source="leg.verdict")


def jpeg_response(content: bytes) -> HttpResponse:
    """For this browser alone."""
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class SearchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfCase):
    """Searches of a case; a POST starts one."""

    serializer_class = SearchSerializer
    queryset = Search.objects.none()

    def get_queryset(self) -> Any:
        return self.case().searches.all()

    @extend_schema(request=None, responses={201: SearchSerializer})
    def create(self, request: Request, number: str) -> Response:
        """409 when the case is not authorised, or a search already runs."""
        case = self.case()
        search = done(lambda: services.start_search(case, request.user))
        log(request, AccessLog.Action.SEARCH, case, f"search {search.pk}")
        return Response(self.get_serializer(search).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, number: str, pk: str) -> Response:
        """What was found stays with the case."""
        search = self.get_object()
        services.stop_search(search, request.user)
        log(request, AccessLog.Action.SEARCH, search.case, f"search {search.pk} stopped")
        return Response(self.get_serializer(self.get_object()).data)


class CandidateViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfCase):
    """People who may be the missing one; operators and supervisors only."""

    serializer_class = CandidateSerializer
    readers = CASE_WORKERS
    queryset = Candidate.objects.none()

    def get_queryset(self) -> Any:
        visible = Candidate.objects.visible_to(self.request.user).filter(case=self.case())
        return visible.select_related("tracklet__recording__camera", "case").defer(
            "tracklet__picture", "tracklet__times", "tracklet__boxes"
        )

    def _decide(self, request: Request, decide: Any) -> Response:
        candidate = self.get_object()
        decided = done(lambda: decide(candidate, request.user))
        log(request, AccessLog.Action.DECISION, decided.case, f"candidate {decided.pk}: {decided.decision}")
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, number: str, pk: str) -> Response:
        """It is the person: the sighting enters the route."""
        return self._decide(request, decisions.confirm)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def perhaps(self, request: Request, number: str, pk: str) -> Response:
        """It may be the person: the search reckons with both."""
        return self._decide(request, decisions.perhaps)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, number: str, pk: str) -> Response:
        """It is somebody else."""
        return self._decide(request, decisions.reject)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, number: str, pk: str) -> Response:
        """Takes the decision back."""
        return self._decide(request, decisions.undo)

    @extend_schema(request=PointSerializer)
    @action(detail=True, methods=["post"])
    def point(self, request: Request, number: str, pk: str) -> Response:
        """Another person in this candidate's clip becomes a candidate: find this one elsewhere. 404 where nobody was
        followed."""
        candidate, wanted = self.get_object(), PointSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        other = done(lambda: decisions.point_at(candidate, request.user, **wanted.validated_data))
        if other is None:
            raise NotFound(_("Nobody was followed there. Choose a picture in which the person is seen better."))
        log(request, AccessLog.Action.DECISION, candidate.case, f"candidate {other.pk}: pointed at")
        return Response(self.get_serializer(self.get_queryset().get(pk=other.pk)).data)

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(detail=True)
    def picture(self, request: Request, number: str, pk: str) -> HttpResponse:
        """The best picture of the person, JPEG."""
        candidate = self.get_object()
        log(request, AccessLog.Action.PICTURE_VIEWED, candidate.case, f"candidate {candidate.pk}")
        return jpeg_response(bytes(candidate.tracklet.picture))

    @extend_schema(
        responses={(200, "video/mp4"): OpenApiTypes.BINARY, 410: OpenApiTypes.OBJECT, 503: OpenApiTypes.OBJECT}
    )
    @action(detail=True)
    def clip(self, request: Request, number: str, pk: str) -> HttpResponse:
        """The passage as a film, two seconds more on each side, MP4; ``X-Clip`` holds where it begins (seconds of the
        recording) and full-size pixels for each of its own."""
        candidate = self.get_object()
        passage = candidate.tracklet
        begin = (passage.start - passage.recording.start).total_seconds() - MARGIN_S
        end = (passage.end - passage.recording.start).total_seconds() + MARGIN_S
        log(request, AccessLog.Action.CLIP_VIEWED, candidate.case, f"candidate {candidate.pk}")
        if not _CUTTING.acquire(timeout=WAIT_S):
            raise Busy
        try:
            made = clip(passage.recording.path, Window(max(begin, 0.0), end))
        except PipelineError as error:
            raise Gone(text_of(error.problem)) from error
        finally:
            _CUTTING.release()
        response = HttpResponse(made.content, content_type="video/mp4")
        response["X-Clip"] = f"{made.start:.3f} {made.scale:.4f}"
        response["Cache-Control"] = "private, max-age=600"
        return response

    @extend_schema(responses=TrackSerializer)
    @action(detail=True)
    def track(self, request: Request, number: str, pk: str) -> Response:
        """Where the person is in the picture, moment by moment."""
        passage = Tracklet.objects.only("times", "boxes").get(pk=self.get_object().tracklet_id)
        return Response({"times": passage.times, "boxes": passage.boxes})


class RouteViewSet(OfCase):
    """The route through confirmed sightings."""

    serializer_class = LegSerializer
    pagination_class = None
    queryset = Candidate.objects.none()

    @extend_schema(responses=LegSerializer(many=True))
    def list(self, request: Request, number: str) -> Response:
        """Stops in order of time, each with the leg that led there."""
        return Response(LegSerializer(route_of(self.case()).stops, many=True).data)
