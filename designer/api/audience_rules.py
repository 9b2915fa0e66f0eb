"""The rule of an audience while it is written: the words it may use, and the rows that say the same."""

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import rules
from designer.api import scope
from designer.api.expressions import RowsShown
from engine import audience_control

LONGEST = 10_000


class RuleGiven(serializers.Serializer):  # type: ignore[type-arg]
    text = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=LONGEST)


class AudienceVocabulary(APIView):
    @extend_schema(operation_id="audience_vocabulary", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Every field and function that the rule of an audience may use; events as lists, below `Profile.events`."""
        return Response(audience_control.audience_vocabulary(scope.sandbox(request).pk))


class RuleRows(APIView):
    @extend_schema(operation_id="audience_rule_rows", request=RuleGiven, responses=RowsShown)
    def post(self, request: Request) -> Response:
        """A rule as rows, or why rows cannot say it. A group with `about` speaks of an event and its occurrences."""
        given = RuleGiven(data=request.data)
        given.is_valid(raise_exception=True)
        names = audience_control.audience_scope(scope.sandbox(request).pk)
        found = rules.read(given.validated_data["text"], names)
        return Response({"reason" if isinstance(found, rules.Reason) else "rows": found.as_json()})
