"""What a request may reach: objects of the user's sandboxes, and nothing else. What it may not reach is a 404."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from designer import queries
from designer.errors import NotAllowed
from designer.models import Journey, Version
from engine.models import Instance, Sandbox


def version(request: Request, pk: int) -> Version:
    return get_object_or_404(queries.versions_of(request.user), pk=pk)


def journey(request: Request, pk: int) -> Journey:
    return get_object_or_404(queries.journeys_of(request.user), pk=pk)


def instance(request: Request, pk: int) -> Instance:
    found = queries.instance_of(request.user, pk)
    if found is None:
        raise Http404
    return found


def sandbox(request: Request) -> Sandbox:
    """The sandbox that the user works in. Raises NotAllowed for who belongs to none."""
    found: Sandbox | None = request.workplace.sandbox
    if found is None:
        raise NotAllowed("You belong to no sandbox yet.", hint="Ask an administrator to make you a member of one.")
    return found


@extend_schema_field(OpenApiTypes.STR)
class Id(serializers.Field):  # type: ignore[type-arg]
    """A number in the database, a string outside: JavaScript cannot hold every 64-bit number."""

    def to_representation(self, value: Any) -> str:
        return str(value)

    def to_internal_value(self, data: Any) -> int:
        try:
            return int(str(data))
        except ValueError:
            raise serializers.ValidationError("Give the id: a number.") from None


@extend_schema_field(serializers.ListField(child=serializers.CharField()))
class TagNames(serializers.Field):  # type: ignore[type-arg]
    """The names of a journey's tags."""

    def to_representation(self, tags: Any) -> list[str]:
        return [tag.name for tag in tags.all()]


class ProblemShown(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning"])
    message = serializers.CharField()
    hint = serializers.CharField()
    node = serializers.CharField(allow_null=True)
    field = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)


class Failure(serializers.Serializer):  # type: ignore[type-arg]
    """Every answer of 400 and above."""

    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField()
    problems = ProblemShown(many=True)
