"""What people may be known by: the namespaces of the sandbox that name people."""

from drf_spectacular.utils import extend_schema
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
    @extend_schema(operation_id="namespaces", responses=NamespacesShown)
    def get(self, request: Request) -> Response:
        found = Namespace.objects.filter(sandbox=scope.sandbox(request), is_people_based=True)
        return Response(NamespacesShown({"results": found}).data)
