"""Help while writing expressions: what is wrong with a text, and what may be said at a place."""

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from designer.graphs import accepted
from engine import control
from engine.expressions import parse_type

LONGEST = 64 * 1024


class PlaceGiven(serializers.Serializer):  # type: ignore[type-arg]
    """A node of a version; with `graph`, of the graph as it stands in the browser, saved or not."""

    version = scope.Id()
    node = serializers.CharField(allow_blank=True, allow_null=True, required=False, default="")
    graph = serializers.JSONField(required=False, allow_null=True, default=None)


class ExpressionGiven(PlaceGiven):
    text = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=LONGEST)
    expect = serializers.CharField(allow_blank=True, required=False, default="any", max_length=40)

    def validate_expect(self, text: str) -> str:
        try:
            parse_type(text or "any")
        except ValueError as error:
            raise serializers.ValidationError(f"{error}.") from None
        return text


class CheckExpression(APIView):
    @extend_schema(operation_id="check_expression", request=ExpressionGiven, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """The type of an expression and every problem in it, as it would stand at this node."""
        given = ExpressionGiven(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        version = scope.version(request, asked["version"])
        return Response(
            control.check_expression(
                sandbox_id=version.journey.sandbox_id,
                graph=version.graph if asked["graph"] is None else accepted(asked["graph"]),
                node=asked["node"] or "",
                text=asked["text"],
                expect=asked["expect"] or "any",
            )
        )


class Vocabulary(APIView):
    @extend_schema(operation_id="vocabulary", request=PlaceGiven, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """Every field and function that an expression at this node may use."""
        given = PlaceGiven(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        version = scope.version(request, asked["version"])
        return Response(
            control.vocabulary(
                sandbox_id=version.journey.sandbox_id,
                graph=version.graph if asked["graph"] is None else accepted(asked["graph"]),
                node=asked["node"] or "",
            )
        )
