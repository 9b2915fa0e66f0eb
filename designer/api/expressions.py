"""Help while writing expressions: what is wrong with a text, what may be said, how it reads in rows, what it yields."""

from typing import Any

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import rules
from designer.api import scope
from designer.graphs import accepted
from designer.models import Version
from engine import control
from engine.expressions import parse_type

LONGEST = 64 * 1024
DEEPEST = 100


class PlaceGiven(serializers.Serializer):  # type: ignore[type-arg]
    """A node of a version; with `graph`, of the graph as it stands in the browser, saved or not.

    Without a node: the properties of the journey. `@profile`: the profile alone, for who leaves by an attribute.
    """

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


class RowsGiven(PlaceGiven):
    text = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=LONGEST)


class ReasonShown(serializers.Serializer):  # type: ignore[type-arg]
    """Why rows cannot say it, and the part of the text that it is about."""

    message = serializers.CharField()
    line = serializers.IntegerField()
    column = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.IntegerField(), "to": serializers.IntegerField()}


class GroupShown(serializers.Serializer):  # type: ignore[type-arg]
    """Conditions that are joined. An item is another such group, or a row: field, type, operator, negated, values."""

    join = serializers.ChoiceField(choices=["and", "or"])
    negated = serializers.BooleanField()
    items = serializers.ListField(child=serializers.DictField())


class RowsShown(serializers.Serializer):  # type: ignore[type-arg]
    """Either of the two."""

    rows = GroupShown(required=False)
    reason = ReasonShown(required=False)


class EvaluationGiven(ExpressionGiven):
    """`profile`: an id, or `<namespace>:<value>`; `events`, `actions`: payloads to evaluate it with, by name."""

    profile = serializers.CharField(allow_blank=True, required=False, default="", max_length=2000)
    events = serializers.DictField(child=serializers.DictField(), required=False, default=dict)
    actions = serializers.DictField(child=serializers.DictField(), required=False, default=dict)

    def validate_events(self, payloads: dict[str, Any]) -> dict[str, Any]:
        return _shallow(payloads)

    def validate_actions(self, payloads: dict[str, Any]) -> dict[str, Any]:
        return _shallow(payloads)


def _shallow(payloads: dict[str, Any]) -> dict[str, Any]:
    """The payloads, if they nest as events do; what nests deeper would outgrow the stack of who compares it."""
    waiting: list[tuple[Any, int]] = [(payloads, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise serializers.ValidationError(f"A payload nests more than {DEEPEST} levels deep.")
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            waiting += [(one, depth + 1) for one in inner]
    return payloads


class PayloadShown(serializers.Serializer):  # type: ignore[type-arg]
    payload = serializers.DictField(required=False)
    origin = serializers.ChoiceField(choices=["given", "person", "latest", "example"])


class ChosenShown(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.CharField()
    identity = serializers.CharField()


class EvaluationFailure(serializers.Serializer):  # type: ignore[type-arg]
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)


class EvaluationShown(serializers.Serializer):  # type: ignore[type-arg]
    """What came out, or `error`, or `problems` as `check` says them; then what it was evaluated with.

    `is_cut`: the value is shown in part. `is_hidden`: secrets of the person were hidden from the expression.
    """

    has_value = serializers.BooleanField()
    value = serializers.JSONField(allow_null=True)
    type = serializers.CharField(allow_null=True)
    is_cut = serializers.BooleanField()
    error = EvaluationFailure(allow_null=True)
    problems = serializers.ListField(child=serializers.DictField())
    profile = ChosenShown(allow_null=True)
    attributes = serializers.DictField()
    events = serializers.DictField(child=PayloadShown())
    actions = serializers.DictField(child=PayloadShown())
    is_hidden = serializers.BooleanField()


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
                graph=_drawn(version, asked),
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
                graph=_drawn(version, asked),
                node=asked["node"] or "",
            )
        )


class ExpressionRows(APIView):
    @extend_schema(operation_id="expression_rows", request=RowsGiven, responses=RowsShown)
    def post(self, request: Request) -> Response:
        """An expression as rows of field, operator and value, or why rows cannot say it."""
        given = RowsGiven(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        version = scope.version(request, asked["version"])
        names = control.scope(
            sandbox_id=version.journey.sandbox_id, graph=_drawn(version, asked), node=asked["node"] or ""
        )
        found = rules.read(asked["text"], names)
        return Response({"reason" if isinstance(found, rules.Reason) else "rows": found.as_json()})


class PreviewExpression(APIView):
    @extend_schema(operation_id="preview_expression", request=EvaluationGiven, responses=EvaluationShown)
    def post(self, request: Request) -> Response:
        """What an expression at this node yields, for one profile or for nobody in particular."""
        given = EvaluationGiven(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        version = scope.version(request, asked["version"])
        node = asked["node"] or ""
        return Response(
            control.preview_expression(
                sandbox_id=version.journey.sandbox_id,
                graph=_drawn(version, asked),
                node=node,
                text=asked["text"],
                expect=asked["expect"] or "any",
                profile=asked["profile"],
                events=asked["events"],
                actions=asked["actions"],
                journey={
                    "journeyUID": str(version.journey_id),
                    "journeyVersionUID": str(version.pk),
                    "journeyVersionName": version.journey.name,
                    "journeyVersion": version.number,
                    "currentNodeId": node,
                },
            )
        )


def _drawn(version: Version, asked: dict[str, Any]) -> dict[str, Any]:
    """The graph as it stands in the browser; where it was not sent, as it is saved."""
    graph: dict[str, Any] = version.graph if asked["graph"] is None else accepted(asked["graph"])
    return graph
