"""The namespaces of the sandbox: those that name people, or those that name things."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from engine.models import Namespace


class NamespaceShown(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField()
    title = serializers.CharField()


class NamespacesShown(serializers.Serializer):  # type: ignore[type-arg]
    results = NamespaceShown(many=True)


class Namespaces(APIView):
    @extend_schema(
        operation_id="namespaces",
        parameters=[
            OpenApiParameter("of", enum=["people", "things"], description="What they name; people by default.")
        ],
        responses=NamespacesShown,
    )
    def get(self, request: Request) -> Response:
        of_people = request.query_params.get("of") != "things"
        found = Namespace.objects.filter(sandbox=scope.sandbox(request), is_people_based=of_people)
        return Response(NamespacesShown({"results": found}).data)
