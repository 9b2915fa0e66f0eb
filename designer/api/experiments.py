"""How the experiments of a version stand, and the word that gives everybody one treatment."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import permissions
from designer.actions.scale_treatment import scale_treatment
from designer.api import scope
from engine import clock, control


class TreatmentShown(serializers.Serializer):  # type: ignore[type-arg]
    """`share`: of the people who come now; `chance`: to be the best. Both from 0 to 1."""

    id = serializers.CharField()
    share = serializers.FloatField()
    assigned = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    chance = serializers.FloatField()

    def get_fields(self) -> dict[str, Any]:
        # `label` would hide an attribute of DRF's own.
        return {"label": serializers.CharField(), **super().get_fields()}


class ExperimentShown(serializers.Serializer):  # type: ignore[type-arg]
    """`holdout`: how many were kept out, and how many of them succeeded all the same; null when nobody is."""

    node = serializers.CharField()
    success = serializers.CharField()
    method = serializers.CharField()
    treatments = TreatmentShown(many=True)
    holdout = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    winner = serializers.CharField(allow_blank=True)
    scaled_at = serializers.DateTimeField(allow_null=True)
    scaled_by = serializers.CharField(allow_blank=True)
    reweighed_at = serializers.DateTimeField(allow_null=True)


class ExperimentsShown(serializers.Serializer):  # type: ignore[type-arg]
    results = ExperimentShown(many=True)


class Experiments(APIView):
    @extend_schema(operation_id="experiments", responses={200: ExperimentsShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """The experiments of a published version that name a success, each with its treatments."""
        version = scope.version(request, pk)
        return Response(ExperimentsShown({"results": control.experiments(version.pk)}).data)


class ScaleGiven(serializers.Serializer):  # type: ignore[type-arg]
    node = serializers.CharField(max_length=64)
    treatment = serializers.CharField(max_length=64)


class Scale(APIView):
    @extend_schema(
        operation_id="scale_treatment",
        request=ScaleGiven,
        responses={200: ExperimentsShown, 403: scope.Failure, 409: scope.Failure, 422: scope.Failure},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Give everybody this treatment from now on."""
        version = scope.version(request, pk)
        permissions.require(request.user, "publish", version.journey.sandbox_id)
        given = ScaleGiven(data=request.data)
        given.is_valid(raise_exception=True)
        scale_treatment(version, by=request.user, now=clock.now(), **given.validated_data)
        return Response(ExperimentsShown({"results": control.experiments(version.pk)}).data)
