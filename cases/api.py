"""Cases, their events and sightings over REST."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from seoulcctv.roles import CASE_READERS, CASE_WORKERS, ByRole, role_of

from . import services
from .access import log
from .forms import CaseForm, DescriptionForm, EndForm, LinkForm
from .links import make_link, revoke_link
from .models import AccessLog, Case, CaseEvent, Description, ShareLink, Sighting
from .models.description import UNSURE_CHOICES
from .of_case import done

EVENTS_AT_ONCE = 500


class DescriptionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Description
        exclude = ["id", "case"]


class CaseSerializer(serializers.ModelSerializer):
    """lon, lat: WGS84 degrees; direction: degrees from north."""

    lon = serializers.FloatField(source="last_seen_point.x", read_only=True)
    lat = serializers.FloatField(source="last_seen_point.y", read_only=True)
    description = DescriptionSerializer(read_only=True)
    opened_by = serializers.StringRelatedField()
    authorised_by = serializers.StringRelatedField()
    lead_district = serializers.StringRelatedField()

    class Meta:
        model = Case
        fields = [
            "number", "category", "agency", "reference", "informed", "legal_basis", "lead_district", "status", "opened_at", "opened_by",
            "authorised_by", "authorised_at", "emergency_until", "ended_at", "last_seen_at", "lon", "lat",
            "last_seen_address", "direction", "mobility", "last_event", "description",
        ]  # fmt: skip
        read_only_fields = fields


class NewCaseSerializer(serializers.Serializer):
    """What a new case needs; the description's fields beside the case's own."""

    category = serializers.ChoiceField(Case.Category)
    legal_basis = serializers.ChoiceField(Case.LegalBasis)
    agency = serializers.CharField()
    reference = serializers.CharField()
    informed = serializers.CharField(required=False)
    last_seen_at = serializers.DateTimeField()
    last_seen_address = serializers.CharField(required=False)
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    direction = serializers.FloatField(required=False)
    mobility = serializers.ChoiceField(Case.Mobility)
    upper_colour = serializers.CharField(required=False)
    upper_second_colour = serializers.CharField(required=False)
    lower_colour = serializers.CharField(required=False)
    lower_second_colour = serializers.CharField(required=False)
    bag = serializers.CharField(required=False)
    aid = serializers.CharField(required=False)
    height_min = serializers.IntegerField(required=False)
    height_max = serializers.IntegerField(required=False)
    unsure = serializers.ListField(child=serializers.ChoiceField(UNSURE_CHOICES), required=False)


class EventSerializer(serializers.Serializer):
    """As the socket sends it."""

    kind = serializers.CharField()
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    data = serializers.JSONField()

    def to_representation(self, instance: CaseEvent) -> dict[str, Any]:
        return instance.payload()


class SightingSerializer(serializers.ModelSerializer):
    """lon, lat: WGS84 degrees; heading: degrees from north; camera: null where people saw the person, then reporter says
    who; certainty: 0 to 1."""

    camera = serializers.StringRelatedField(allow_null=True)
    lon = serializers.FloatField(source="point.x")
    lat = serializers.FloatField(source="point.y")
    confirmed_by = serializers.StringRelatedField()

    class Meta:
        model = Sighting
        fields = [
            "id", "camera", "reporter", "certainty", "lon", "lat", "time", "end", "heading", "confirmed_by",
            "confirmed_at",
        ]  # fmt: skip
        read_only_fields = fields


class LinkSerializer(serializers.ModelSerializer):
    """A share link, without its token."""

    class Meta:
        model = ShareLink
        fields = [
            "id",
            "name",
            "pictures",
            "live",
            "alerts",
            "may_report",
            "expires_at",
            "created_at",
            "revoked_at",
            "views",
            "viewed_at",
        ]
        read_only_fields = fields


class NewLinkSerializer(serializers.Serializer):
    """hours: 1, 6, 12, 24 or 72."""

    name = serializers.CharField(max_length=80)
    hours = serializers.IntegerField()
    pictures = serializers.BooleanField(required=False)
    live = serializers.BooleanField(required=False)
    alerts = serializers.BooleanField(required=False)
    may_report = serializers.BooleanField(required=False)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class EndSerializer(serializers.Serializer):
    """found_at, found_where: only of somebody found; helped: whether the search did."""

    outcome = serializers.ChoiceField(Case.Outcome)
    found_at = serializers.DateTimeField(required=False)
    found_where = serializers.CharField(required=False)
    helped = serializers.BooleanField(required=False)


class ShareSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Cases that the account may see."""

    serializer_class = CaseSerializer
    permission_classes = [ByRole]
    readers = CASE_READERS
    writers = CASE_WORKERS
    lookup_field = "number"
    lookup_value_regex = "[0-9]{4}-[0-9]{4,7}"
    queryset = Case.objects.none()

    def get_queryset(self) -> Any:
        return Case.objects.visible_to(self.request.user).select_related("description", "opened_by", "authorised_by")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        case = self.get_object()
        log(request, AccessLog.Action.CASE_VIEWED, case, "API")
        return Response(self.get_serializer(case).data)

    @extend_schema(request=NewCaseSerializer, responses={201: CaseSerializer})
    def create(self, request: Request) -> Response:
        """Opens a case; a supervisor then authorises it."""
        form, description = CaseForm(request.data), DescriptionForm(request.data)
        if not all([form.is_valid(), description.is_valid()]):
            raise serializers.ValidationError({**form.errors, **description.errors})
        case = services.open_case(request.user, form.save(commit=False), description.save(commit=False))
        log(request, AccessLog.Action.CASE_CHANGED, case, "opened")
        return Response(self.get_serializer(case).data, status=status.HTTP_201_CREATED)

    def _act(self, what: str, change: Any) -> Response:
        case = self.get_object()
        done(lambda: change(case))
        log(self.request, AccessLog.Action.CASE_CHANGED, case, what)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def authorise(self, request: Request, number: str) -> Response:
        return self._act("authorised", lambda case: services.authorise(case, request.user))

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def emergency(self, request: Request, number: str) -> Response:
        reason = str(request.data.get("reason", ""))
        return self._act("emergency start", lambda case: services.start_emergency(case, request.user, reason))

    @extend_schema(request=ShareSerializer)
    @action(detail=True, methods=["post"])
    def share(self, request: Request, number: str) -> Response:
        who = services.account_named(str(request.data.get("username", "")))
        return self._act(f"shared with {who}", lambda case: services.share(case, who, request.user))

    @extend_schema(request=EndSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, number: str) -> Response:
        form = EndForm(request.data)
        if not form.is_valid():
            self.get_object()
            raise serializers.ValidationError(form.errors)
        return self._act("ended", lambda case: services.end_case(case, request.user, form.instance))

    @extend_schema(request=NewLinkSerializer, responses=LinkSerializer(many=True))
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def links(self, request: Request, number: str) -> Response:
        """Share links; a POST makes one, and its answer alone holds address and passcode."""
        case = self.get_object()
        if request.method == "GET":
            if role_of(request.user) not in CASE_WORKERS:
                raise PermissionDenied
            return Response(LinkSerializer(case.links.all(), many=True).data)
        form = LinkForm(request.data)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        link, token, passcode = done(lambda: make_link(case, request.user, form.instance, form.cleaned_data["hours"]))
        log(request, AccessLog.Action.CASE_CHANGED, case, f"link {link.pk} for {link.name}")
        address = request.build_absolute_uri(reverse("share")) + f"#{token}"
        made = LinkSerializer(link).data | {"address": address, "passcode": passcode}
        return Response(made, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={204: None}, parameters=[OpenApiParameter("link", OpenApiTypes.INT, "path")])
    @action(detail=True, methods=["post"], url_path="links/(?P<link>[0-9]+)/revoke")
    def revoke(self, request: Request, number: str, link: str) -> Response:
        """Open pages close at once."""
        case = self.get_object()
        one = get_object_or_404(case.links, pk=link)
        revoke_link(one, request.user)
        log(request, AccessLog.Action.CASE_CHANGED, case, f"link {one.pk} revoked")
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        responses=EventSerializer(many=True),
        parameters=[OpenApiParameter("after", OpenApiTypes.INT, description="only events after this number")],
    )
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, number: str) -> Response:
        """What happened, in order; at most 500 at once."""
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) <= 15):
            raise serializers.ValidationError({"after": "a number"})
        rows = self.get_object().events.filter(number__gt=int(after)).select_related("by")[:EVENTS_AT_ONCE]
        return Response([row.payload() for row in rows])

    @extend_schema(responses=SightingSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def sightings(self, request: Request, number: str) -> Response:
        """Sightings and reports in order of time."""
        rows = self.get_object().sightings.standing().select_related("camera", "confirmed_by")
        return Response(SightingSerializer(rows, many=True).data)
