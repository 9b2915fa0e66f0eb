"""Messages: every delivery, what became of it, and what exactly was sent."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api import scope
from designer.pages import inputs
from engine import control
from engine.models import Delivery

STATES = (*Delivery.State.values, control.OUTCOME_UNKNOWN)


class MessageShown(serializers.Serializer):  # type: ignore[type-arg]
    """`outcomes_unknown`: attempts that may have arrived although another followed, under the same key.

    `duplicates_prevented`: attempts or results that would have come twice, and were held back.
    """

    id = scope.Id()
    channel = serializers.CharField()
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    recipient = serializers.CharField()
    subject = serializers.CharField()
    profile_id = scope.Id()
    person = serializers.CharField()
    journey_id = scope.Id()
    version_id = scope.Id()
    node = serializers.CharField()
    attempts = serializers.IntegerField()
    outcomes_unknown = serializers.IntegerField()
    duplicates_prevented = serializers.IntegerField()
    error_code = serializers.CharField()
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class OneMessageShown(MessageShown):
    """`content`: what was sent, without secrets; empty until it was made. `response`: what was answered."""

    content = serializers.DictField()
    response = serializers.DictField(allow_null=True)


class MessagesShown(serializers.Serializer):  # type: ignore[type-arg]
    results = MessageShown(many=True)
    next = serializers.CharField(allow_null=True)
    is_partial = serializers.BooleanField()


class Messages(APIView):
    @extend_schema(
        operation_id="messages",
        parameters=[
            OpenApiParameter("state", str, enum=STATES, description="`unknown`: those that may have arrived twice."),
            OpenApiParameter("channel", str, enum=["email", "http"]),
            OpenApiParameter("journey", str),
            OpenApiParameter("q", str, description="Part of an address, or the beginning of an identity."),
            OpenApiParameter("cursor", str, description="`next` of the answer before."),
        ],
        responses=MessagesShown,
    )
    def get(self, request: Request) -> Response:
        """Messages of your sandbox, the newest first, fifty at a time."""
        asked = request.query_params
        found = control.list_messages(
            sandbox_id=scope.sandbox(request).pk,
            state=inputs.one_of(asked, "state", STATES),
            channel=inputs.one_of(asked, "channel", ("email", "http")),
            journey_id=inputs.number(asked, "journey"),
            recipient=inputs.text(asked, "q"),
            cursor=inputs.text(asked, "cursor", 100),
        )
        shown = {"results": found.rows, "next": found.next or None, "is_partial": found.is_partial}
        return Response(MessagesShown(shown).data)


class OneMessage(APIView):
    @extend_schema(operation_id="message", responses={200: OneMessageShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """One message with what was sent and what was answered."""
        found = control.message_of(sandbox_id=scope.sandbox(request).pk, delivery_id=pk)
        if found is None:
            raise Http404
        return Response(OneMessageShown(found).data)
