"""Files of lists: uploading one, and how far its import is."""

import io
import json
from typing import IO, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import permissions, queries
from designer.actions.cancel_import import cancel_import
from designer.actions.create_list import create_list
from designer.actions.import_list import import_list
from designer.api import scope
from designer.lists import Upload
from engine import clock
from engine.models import Audience, AudienceImport

MOST = 100  # imports listed


class CsvStream(BaseParser):
    """A file that is read by whoever takes it in, a piece at a time."""

    media_type = "text/csv"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> IO[bytes]:
        return stream


class ColumnsGiven(serializers.CharField):
    """A JSON object, as text: a query has nothing else."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            found = json.loads(super().to_internal_value(data))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(
            isinstance(name, str) and "\0" not in name for name in found.values()
        ):
            raise serializers.ValidationError('Give a JSON object of texts: {"as in the file": "as in the list"}.')
        return found


class UploadAsked(serializers.Serializer):  # type: ignore[type-arg]
    key = serializers.CharField(max_length=100, help_text="The column that says who people are.")
    namespace = serializers.CharField(
        max_length=60, required=False, help_text="What they are known by in it; without: as in the list so far."
    )
    columns = ColumnsGiven(
        max_length=20_000, required=False,
        help_text='The further columns to keep, as JSON: `{"as in the file": "as in the list"}`.',
    )  # fmt: skip
    mode = serializers.ChoiceField(
        choices=AudienceImport.Mode.choices, required=False, help_text="`replace`: who is not in the file leaves."
    )
    file_name = serializers.CharField(max_length=255, required=False)


class ImportListed(serializers.Serializer):  # type: ignore[type-arg]
    """`progress`: from 0 to 1. `bad`: rows that name nobody. `duplicates`: rows of somebody from an earlier one."""

    id = scope.Id()
    audience = scope.Id(source="audience_id")
    file_name = serializers.CharField()
    namespace = serializers.CharField()
    key_column = serializers.CharField()
    mode = serializers.ChoiceField(choices=AudienceImport.Mode.choices)
    state = serializers.ChoiceField(choices=AudienceImport.State.choices)
    progress = serializers.FloatField()
    rows = serializers.IntegerField()
    bad = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    new_people = serializers.IntegerField()
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    stayed = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    finished_at = serializers.DateTimeField(allow_null=True)
    error_code = serializers.CharField()
    error = serializers.CharField()


class ImportsListed(serializers.Serializer):  # type: ignore[type-arg]
    results = ImportListed(many=True)


class RowProblemShown(serializers.Serializer):  # type: ignore[type-arg]
    line = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()
    key = serializers.CharField()


class ImportShown(ImportListed):
    """With the rows that were left out: the first 1,000; `bad` and `duplicates` count them all."""

    columns = serializers.SerializerMethodField()
    problems = RowProblemShown(many=True, source="problems.all")

    def get_columns(self, one: AudienceImport) -> dict[str, str]:
        return dict(one.columns)


class NewListAsked(UploadAsked):
    name = serializers.CharField(max_length=100, help_text="Of the list.")
    description = serializers.CharField(max_length=500, required=False)
    namespace = serializers.CharField(max_length=60, help_text="What people are known by in the key column.")


class NewList(APIView):
    parser_classes = [CsvStream]

    @extend_schema(
        operation_id="create_list",
        parameters=[NewListAsked],
        request={"text/csv": OpenApiTypes.BINARY},
        responses={
            202: ImportListed, 400: scope.Failure, 403: scope.Failure, 413: scope.Failure, 422: scope.Failure,
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Make a list from its first file: the body is the file. It is read whole, or there is no list."""
        sandbox = scope.sandbox(request)
        permissions.require(request.user, "manage_audiences", sandbox.pk)
        asked = NewListAsked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        named = {"name": said.pop("name"), "description": said.pop("description", "")}
        made = create_list(
            _body(request), Upload(**said), **named, sandbox=sandbox, length=_length(request), by=request.user,
            now=clock.now(),
        )  # fmt: skip
        return Response(ImportListed(made).data, status=status.HTTP_202_ACCEPTED)


class Import(APIView):
    parser_classes = [CsvStream]

    @extend_schema(
        operation_id="import_list",
        parameters=[UploadAsked],
        request={"text/csv": OpenApiTypes.BINARY},
        responses={
            202: ImportListed, 400: scope.Failure, 403: scope.Failure, 404: scope.Failure, 409: scope.Failure,
            413: scope.Failure, 422: scope.Failure,
        },
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Take a file into a list: the body is the file. It is read whole, or nothing of it is kept.

        Its people are let in afterwards, in the background; the import says how far that is.
        """
        audience = _audience(request, pk)
        permissions.require(request.user, "manage_audiences", audience.sandbox_id)
        asked = UploadAsked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        upload = Upload(**{"namespace": audience.namespace, **asked.validated_data})
        made = import_list(_body(request), upload, audience, length=_length(request), by=request.user, now=clock.now())
        return Response(ImportListed(made).data, status=status.HTTP_202_ACCEPTED)


class Imports(APIView):
    @extend_schema(operation_id="imports", responses={200: ImportsListed, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """The files that were taken into a list, the last first, 100 at most."""
        rows = list(AudienceImport.objects.filter(audience=_audience(request, pk))[:MOST])
        return Response(ImportsListed({"results": rows}).data)


class OneImport(APIView):
    @extend_schema(operation_id="import", responses={200: ImportShown, 404: scope.Failure})
    def get(self, request: Request, pk: int, number: int) -> Response:
        """One of them: how far it is, what it came to, and which rows were left out."""
        return Response(ImportShown(_import(request, pk, number)).data)


class Cancel(APIView):
    @extend_schema(
        operation_id="cancel_import", request=None,
        responses={200: ImportListed, 403: scope.Failure, 404: scope.Failure, 409: scope.Failure},
    )  # fmt: skip
    def post(self, request: Request, pk: int, number: int) -> Response:
        """Cancel one, as long as it has let nobody in: the list stays as it was before the file came."""
        cancelled = cancel_import(_import(request, pk, number), by=request.user, now=clock.now())
        return Response(ImportListed(cancelled).data)


def _body(request: Request) -> IO[bytes]:
    """The file; an empty one where nothing was sent."""
    return request.data if hasattr(request.data, "read") else io.BytesIO()


def _length(request: Request) -> int | None:
    """How many bytes are announced, if any are."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdecimal() else None


def _import(request: Request, pk: int, number: int) -> AudienceImport:
    mine = AudienceImport.objects.filter(audience=_audience(request, pk)).select_related("audience")
    found: AudienceImport = get_object_or_404(mine, pk=number)
    return found


def _audience(request: Request, pk: int) -> Audience:
    found: Audience = get_object_or_404(Audience, pk=pk, sandbox__in=queries.sandboxes_of(request.user))
    return found
