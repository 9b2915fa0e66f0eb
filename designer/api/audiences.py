"""The audiences of the sandbox: to choose from, to make, to change, to delete."""

from dataclasses import replace
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import queries
from designer.actions.change_audience import change_audience
from designer.actions.create_audience import create_audience
from designer.actions.delete_audience import delete_audience
from designer.actions.evaluate_audience import evaluate_audience
from designer.api import scope
from designer.audiences import Users, users_of
from engine import audience_control, clock
from engine.models import Audience

MOST = 1000


class AudienceListed(serializers.Serializer):  # type: ignore[type-arg]
    id = scope.Id()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Audience.Kind.choices)
    evaluation = serializers.ChoiceField(choices=Audience.Evaluation.choices)
    size = serializers.IntegerField()
    evaluated_at = serializers.DateTimeField(allow_null=True)


class AudiencesListed(serializers.Serializer):  # type: ignore[type-arg]
    results = AudienceListed(many=True)


class CompositionGiven(serializers.Serializer):  # type: ignore[type-arg]
    operator = serializers.ChoiceField(choices=["union", "intersection", "exclusion"])
    audiences = serializers.ListField(child=serializers.CharField(max_length=100), min_length=2, max_length=20)


class AudienceGiven(serializers.Serializer):  # type: ignore[type-arg]
    """`rule` of a rule, `composition` of a composition, `namespace` and `columns` of an uploaded list."""

    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=500, allow_blank=True, required=False)
    kind = serializers.ChoiceField(choices=Audience.Kind.choices, required=False)
    evaluation = serializers.ChoiceField(choices=Audience.Evaluation.choices, required=False)
    rule = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False, required=False)
    composition = CompositionGiven(required=False)
    namespace = serializers.CharField(max_length=60, allow_blank=True, required=False)
    columns = serializers.ListField(child=serializers.CharField(max_length=100), max_length=50, required=False)
    every = serializers.DurationField(allow_null=True, required=False)


class UsersShown(serializers.Serializer):  # type: ignore[type-arg]
    published = serializers.ListField(child=serializers.CharField())
    drafts = serializers.ListField(child=serializers.CharField())
    audiences = serializers.ListField(child=serializers.CharField())


class AudienceShown(AudienceListed):
    description = serializers.CharField()
    rule = serializers.CharField()
    composition = serializers.DictField()
    namespace = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    every = serializers.DurationField(allow_null=True)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    updated_at = serializers.DateTimeField()
    updated_by = serializers.CharField()
    used_by = UsersShown()


class Audiences(APIView):
    @extend_schema(operation_id="audiences", responses=AudiencesListed)
    def get(self, request: Request) -> Response:
        """The audiences by name."""
        rows = list(Audience.objects.filter(sandbox=scope.sandbox(request))[:MOST])
        return Response(AudiencesListed({"results": rows}).data)

    @extend_schema(
        operation_id="create_audience",
        request=AudienceGiven,
        responses={201: AudienceShown, 400: scope.Failure, 403: scope.Failure, 409: scope.Failure, 422: scope.Failure},
    )
    def post(self, request: Request) -> Response:
        """Make one. What is wrong with it comes in `problems`, each with its field."""
        asked = AudienceGiven(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = audience_control.AudienceWanted(**{"every": None, **asked.validated_data})
        made = create_audience(wanted, sandbox=scope.sandbox(request), by=request.user, now=clock.now())
        return Response(_shown(made), status=status.HTTP_201_CREATED)


class OneAudience(APIView):
    @extend_schema(operation_id="audience", responses={200: AudienceShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """One audience, with who names it."""
        return Response(_shown(audience_of(request, pk)))

    @extend_schema(
        operation_id="change_audience",
        request=AudienceGiven(partial=True),
        responses={200: AudienceShown, 400: scope.Failure, 403: scope.Failure, 409: scope.Failure, 422: scope.Failure},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent, all of it or nothing."""
        audience = audience_of(request, pk)
        asked = AudienceGiven(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        wanted = replace(audience_control.AudienceWanted.of(audience), **asked.validated_data)
        return Response(_shown(change_audience(audience, wanted, by=request.user, now=clock.now())))

    @extend_schema(operation_id="delete_audience", responses={204: None, 403: scope.Failure, 409: scope.Failure})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete it, unless a published journey or another audience uses it."""
        delete_audience(audience_of(request, pk), by=request.user, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Evaluations(APIView):
    @extend_schema(
        operation_id="evaluate_audience",
        request=None,
        responses={202: AudienceShown, 403: scope.Failure, 404: scope.Failure, 422: scope.Failure},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have it evaluated as soon as somebody is free; `evaluated_at` and `size` say when it was."""
        audience = audience_of(request, pk)
        evaluate_audience(audience, by=request.user, now=clock.now())
        return Response(_shown(audience), status=status.HTTP_202_ACCEPTED)


def audience_of(request: Request, pk: int) -> Audience:
    found: Audience = get_object_or_404(Audience, pk=pk, sandbox__in=queries.sandboxes_of(request.user))
    return found


def _shown(audience: Audience) -> Any:
    audience.used_by = users_of(audience.sandbox_id).get(audience.name, Users())  # type: ignore[attr-defined]
    return AudienceShown(audience).data
