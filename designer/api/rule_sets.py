"""The rule sets of the sandbox, for the properties of a journey to choose from."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from designer.queries.settings import rule_sets_of


class RuleSetShown(serializers.Serializer):  # type: ignore[type-arg]
    id = scope.Id()
    name = serializers.CharField()
    description = serializers.CharField()
    entries_per_day = serializers.IntegerField(allow_null=True)
    entries_per_week = serializers.IntegerField(allow_null=True)
    entries_per_month = serializers.IntegerField(allow_null=True)
    journeys_at_once = serializers.IntegerField(allow_null=True)


class RuleSetsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = RuleSetShown(many=True)


class RuleSets(APIView):
    @extend_schema(operation_id="rule_sets", responses=RuleSetsShown)
    def get(self, request: Request) -> Response:
        return Response(RuleSetsShown({"results": rule_sets_of(scope.sandbox(request))}).data)
