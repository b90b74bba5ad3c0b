"""What others tell of a case over REST: reports, places to head for, reference pictures."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import log
from cases.api import SightingSerializer
from cases.forms import PlaceForm, ReportForm
from cases.models import AccessLog, KnownPlace, Sighting
from cases.of_case import OfCase, done
from seoulcctv.pictures import PictureError, as_jpeg
from seoulcctv.roles import CASE_WORKERS

from . import decisions
from .api import jpeg_response
from .models import Reference
from .references import add_reference, remove_reference


class NewReportSerializer(serializers.Serializer):
    """lon, lat: WGS84 degrees, in Seoul."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()
    time = serializers.DateTimeField()
    reporter = serializers.CharField(max_length=80)
    sure = serializers.ChoiceField(["sure", "likely", "unsure"])


class PlaceSerializer(serializers.ModelSerializer):
    """lon, lat: WGS84 degrees, in Seoul."""

    lon = serializers.FloatField(source="point.x")
    lat = serializers.FloatField(source="point.y")

    class Meta:
        model = KnownPlace
        fields = ["id", "name", "lon", "lat"]


class ReferenceSerializer(serializers.ModelSerializer):
    """state: waiting, person or nobody."""

    class Meta:
        model = Reference
        fields = ["id", "state", "added_at"]


class NewReferenceSerializer(serializers.Serializer):
    """picture: JPEG, PNG or WebP, at most 20 MB."""

    picture = serializers.FileField()


class ReportViewSet(OfCase):
    """What people say they saw."""

    serializer_class = SightingSerializer
    readers = CASE_WORKERS
    queryset = Sighting.objects.none()

    def get_queryset(self) -> Any:
        return self.case().sightings.select_related("case", "camera")

    @extend_schema(request=NewReportSerializer, responses={201: SightingSerializer})
    def create(self, request: Request, number: str) -> Response:
        """Enters one: the search reckons with it as far as it is believed."""
        case, form = self.case(), ReportForm(request.data)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        added = done(lambda: decisions.report_sighting(case, request.user, form.instance))
        log(request, AccessLog.Action.CASE_CHANGED, case, f"report {added.pk}")
        return Response(SightingSerializer(added).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, number: str, pk: str) -> Response:
        """It was wrong. Twice changes nothing."""
        report = self.get_object()
        done(lambda: decisions.withdraw_report(report, request.user))
        log(request, AccessLog.Action.CASE_CHANGED, report.case, f"report {report.pk} withdrawn")
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlaceViewSet(OfCase):
    """Where the person may head for."""

    serializer_class = PlaceSerializer
    pagination_class = None
    readers = CASE_WORKERS
    queryset = KnownPlace.objects.none()

    def get_queryset(self) -> Any:
        return self.case().places.select_related("case")

    def list(self, request: Request, number: str) -> Response:
        """As they were entered."""
        return Response(PlaceSerializer(self.get_queryset().standing(), many=True).data)

    @extend_schema(request=PlaceSerializer, responses={201: PlaceSerializer})
    def create(self, request: Request, number: str) -> Response:
        """Enters one: the ways there are searched, too."""
        case, form = self.case(), PlaceForm(request.data)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        added = done(lambda: decisions.add_place(case, request.user, form.instance))
        log(request, AccessLog.Action.CASE_CHANGED, case, f"place {added.pk}")
        return Response(PlaceSerializer(added).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, number: str, pk: str) -> Response:
        """It was none of the person's."""
        place = self.get_object()
        done(lambda: decisions.remove_place(place, request.user))
        log(request, AccessLog.Action.CASE_CHANGED, place.case, f"place {place.pk} removed")
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReferenceViewSet(OfCase):
    """Pictures that the family or the police have."""

    serializer_class = ReferenceSerializer
    pagination_class = None
    readers = CASE_WORKERS
    queryset = Reference.objects.none()

    def get_queryset(self) -> Any:
        return self.case().references.select_related("case")

    def list(self, request: Request, number: str) -> Response:
        """As they were added."""
        return Response(ReferenceSerializer(self.get_queryset().standing().defer("picture"), many=True).data)

    @extend_schema(request={"multipart/form-data": NewReferenceSerializer}, responses={201: ReferenceSerializer})
    def create(self, request: Request, number: str) -> Response:
        """Adds one; a worker reads it within seconds, unless all of them scan."""
        case, wanted = self.case(), NewReferenceSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            jpeg = as_jpeg(wanted.validated_data["picture"])
        except PictureError as error:
            raise serializers.ValidationError({"picture": [str(error)]}) from error
        added = done(lambda: add_reference(case, request.user, jpeg))
        log(request, AccessLog.Action.CASE_CHANGED, case, f"reference {added.pk}")
        return Response(ReferenceSerializer(added).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, number: str, pk: str) -> Response:
        """The picture is deleted."""
        reference = self.get_object()
        done(lambda: remove_reference(reference, request.user))
        log(request, AccessLog.Action.CASE_CHANGED, reference.case, f"reference {reference.pk} removed")
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(detail=True)
    def picture(self, request: Request, number: str, pk: str) -> HttpResponse:
        """JPEG."""
        reference = get_object_or_404(self.get_queryset().standing(), pk=pk)
        log(request, AccessLog.Action.PICTURE_VIEWED, reference.case, f"reference {reference.pk}")
        return jpeg_response(bytes(reference.picture))
