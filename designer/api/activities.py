"""The catalogue: every activity with its settings, ports and face. The palette and the forms are made from it."""

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from engine import control


class Activities(APIView):
    @extend_schema(operation_id="activities", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(control.catalogue())
