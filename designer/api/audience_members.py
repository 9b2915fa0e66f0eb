"""Who is in an audience, what its evaluations came to, and how many a rule would be true of."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from designer.api.audiences import CompositionGiven, audience_of
from designer.api.paging import CURSOR, Page, cursor
from designer.pages import inputs
from designer.pages.addresses import profile_url
from engine import audience_control, clock
from engine.models import Audience, AudienceRun


class RunShown(serializers.Serializer):  # type: ignore[type-arg]
    """`shards_done`: of 64. `asked_by`: empty when it was due. `is_incremental`: only who changed was looked at."""

    id = scope.Id()
    state = serializers.ChoiceField(choices=AudienceRun.State.choices)
    is_incremental = serializers.BooleanField()
    asked_by = serializers.CharField(allow_blank=True)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    shards_done = serializers.IntegerField()
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    stayed = serializers.IntegerField()
    size = serializers.IntegerField()
    error = serializers.CharField(allow_blank=True)


class RunsShown(Page):
    results = RunShown(many=True)


class MemberShown(serializers.Serializer):  # type: ignore[type-arg]
    """`attributes`: the columns of an uploaded list."""

    profile_id = serializers.CharField()
    identity = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField()
    attributes = serializers.DictField()
    url = serializers.CharField()


class MembersShown(Page):
    results = MemberShown(many=True)


class EstimateAsked(serializers.Serializer):  # type: ignore[type-arg]
    """A rule, or a composition. `name`: of the audience that it is of, if it is kept already."""

    name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    rule = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False, required=False)
    composition = CompositionGiven(required=False)


class EstimateShown(serializers.Serializer):  # type: ignore[type-arg]
    """`margin`: the size is this much more or less, in 19 of 20 cases; 0 when everybody was asked."""

    size = serializers.IntegerField()
    is_exact = serializers.BooleanField()
    margin = serializers.IntegerField()
    took = serializers.DurationField()


class Runs(APIView):
    @extend_schema(operation_id="audience_runs", parameters=[CURSOR], responses={200: RunsShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """The evaluations of an audience, the newest first."""
        audience = audience_of(request, pk)
        found = audience_control.audience_runs(audience_id=audience.pk, cursor=cursor(request))
        return Response(RunsShown({"results": found.rows, "next": found.next or None}).data)


class Members(APIView):
    @extend_schema(
        operation_id="audience_members",
        parameters=[
            OpenApiParameter("q", str, description="Whose identity or e-mail address begins with it."),
            CURSOR,
        ],
        responses={200: MembersShown, 404: scope.Failure},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Who is in an audience, by the ids of the profiles."""
        audience = audience_of(request, pk)
        found = audience_control.audience_members(
            sandbox_id=audience.sandbox_id, audience_id=audience.pk, text=inputs.text(request.query_params, "q"),
            cursor=cursor(request),
        )  # fmt: skip
        rows = [{**row, "url": profile_url(row["profile_id"])} for row in found.rows]
        return Response(MembersShown({"results": rows, "next": found.next or None}).data)


class Estimates(APIView):
    @extend_schema(
        operation_id="estimate_audience",
        request=EstimateAsked,
        responses={200: EstimateShown, 400: scope.Failure, 422: scope.Failure},
    )
    def post(self, request: Request) -> Response:
        """How many people a rule is true of now. Of more than 20,000 people some are asked; nothing is kept."""
        asked = EstimateAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        kind = Audience.Kind.COMPOSITION if "composition" in given else Audience.Kind.RULE
        wanted = audience_control.AudienceWanted(**{"name": "", "kind": kind, **given})
        found = audience_control.estimate_audience(
            sandbox_id=scope.sandbox(request).pk,
            rule=audience_control.audience_rule(wanted),
            name=wanted.name,
            now=clock.now(),
        )
        return Response(EstimateShown(found).data)
