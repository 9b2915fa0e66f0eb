"""One version: read it, save its draft, save its labels."""

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer import permissions
from designer.actions.save_draft import save_draft
from designer.actions.save_labels import save_labels
from designer.api import scope
from designer.errors import RevisionMissing
from designer.graphs import DESCRIPTION_LENGTH, LABEL_LENGTH
from designer.models import Version
from designer.pages.addresses import canvas_url
from designer.states import CURRENT, MOVES, Status
from designer.version_rules import problems_of
from engine import clock, control


class JourneyOfVersion(serializers.Serializer):  # type: ignore[type-arg]
    id = scope.Id()
    name = serializers.CharField()
    description = serializers.CharField()
    tags = scope.TagNames()


class PermissionsShown(serializers.Serializer):  # type: ignore[type-arg]
    """What this user may do with this version now: their role and its status together."""

    edit = serializers.BooleanField()
    label = serializers.BooleanField()
    rename = serializers.BooleanField()
    publish = serializers.BooleanField()
    pause = serializers.BooleanField()
    resume = serializers.BooleanField()
    close = serializers.BooleanField()
    stop = serializers.BooleanField()
    attribute_exit = serializers.BooleanField()
    new_version = serializers.BooleanField()
    duplicate = serializers.BooleanField()
    scale = serializers.BooleanField(help_text="Give everybody one treatment of an experiment.")
    set_timeouts = serializers.BooleanField()
    dismiss_alerts = serializers.BooleanField()


class VersionSummary(serializers.Serializer):  # type: ignore[type-arg]
    id = scope.Id()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    url = serializers.SerializerMethodField()

    def get_url(self, version: Version) -> str:
        return canvas_url(version)


class PauseShown(serializers.Serializer):  # type: ignore[type-arg]
    """The last pause: how, since when and by whom, until when; and who ended it (nobody: its time was over)."""

    mode = serializers.CharField(source="pause_mode")
    paused_at = serializers.DateTimeField()
    paused_by = serializers.CharField(allow_null=True)
    resumes_at = serializers.DateTimeField(allow_null=True)
    resumed_at = serializers.DateTimeField(allow_null=True)
    resumed_by = serializers.CharField(allow_null=True)


class AttributeExitShown(serializers.Serializer):  # type: ignore[type-arg]
    """People of whom the condition is true leave at the next step that acts."""

    condition = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        # `label` would hide an attribute of DRF's own.
        return {"label": serializers.CharField(), **super().get_fields()}


class VersionShown(VersionSummary):
    revision = serializers.IntegerField()
    graph = serializers.JSONField()
    properties = serializers.JSONField()
    pause = serializers.SerializerMethodField()
    attribute_exit = serializers.SerializerMethodField()
    problems = scope.ProblemShown(many=True)
    payload_bytes = serializers.IntegerField()
    journey = JourneyOfVersion()
    permissions = PermissionsShown()
    versions = VersionSummary(many=True)
    jumped_from = serializers.ListField(child=serializers.CharField(), help_text="Live journeys that jump into it.")
    saved_at = serializers.DateTimeField()
    saved_by = serializers.CharField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(allow_null=True)

    @extend_schema_field(PauseShown(allow_null=True))
    def get_pause(self, version: Version) -> dict[str, Any] | None:
        return None if version.paused_at is None else dict(PauseShown(version).data)

    @extend_schema_field(AttributeExitShown(allow_null=True))
    def get_attribute_exit(self, version: Version) -> dict[str, str] | None:
        # Only a pause can have brought one.
        return None if version.paused_at is None else control.attribute_exit(version.pk) or None


def shown(version: Version, request: Request) -> dict[str, Any]:
    """Everything the canvas needs to open a version."""
    siblings = list(version.journey.versions.select_related("journey").order_by("-major", "-minor"))
    version.problems = [problem.as_json() for problem in problems_of(version)]  # type: ignore[attr-defined]
    version.versions = siblings  # type: ignore[attr-defined]
    jumps = control.jumps_into(sandbox_id=version.journey.sandbox_id, journey_id=version.journey_id)
    version.jumped_from = [name for _, name in jumps]  # type: ignore[attr-defined]
    version.permissions = abilities(  # type: ignore[attr-defined]
        version, permissions.role_in(request.user, version.journey.sandbox_id), is_latest=siblings[0].pk == version.pk
    )
    return VersionShown(version).data


def abilities(version: Version, role: str | None, *, is_latest: bool) -> dict[str, bool]:
    """What may be done with this version now by somebody of this role."""

    def can(verb: permissions.Verb, here: bool = True) -> bool:
        return here and permissions.may(role, verb)

    def reachable(verb: str) -> bool:
        return version.status in MOVES[verb].sources

    return {
        "edit": can("edit", version.status == Status.DRAFT),
        "label": can("label"),
        "rename": can("rename"),
        "publish": can("publish", reachable("publish")),
        "pause": can("pause", reachable("pause")),
        "resume": can("resume", reachable("resume")),
        "close": can("close", reachable("close")),
        "stop": can("stop", reachable("stop")),
        "attribute_exit": can("pause", version.status == Status.PAUSED),
        "new_version": can("new_version", is_latest and version.status != Status.DRAFT),
        "duplicate": can("duplicate"),
        "scale": can("publish", version.status in CURRENT),
        "set_timeouts": can("set_timeouts", version.status == Status.DRAFT),
        "dismiss_alerts": can("dismiss_alerts"),
    }


class OneVersion(APIView):
    @extend_schema(operation_id="version", responses={200: VersionShown, 404: scope.Failure})
    def get(self, request: Request, pk: int) -> Response:
        """The version with its graph and problems. Its ETag is the revision, for the next save."""
        version = scope.version(request, pk)
        return Response(shown(version, request), headers={"ETag": etag(version.revision)})


class DraftGiven(serializers.Serializer):  # type: ignore[type-arg]
    graph = serializers.JSONField()
    properties = serializers.JSONField(required=False, allow_null=True, default=None)


class DraftSaved(serializers.Serializer):  # type: ignore[type-arg]
    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    problems = scope.ProblemShown(many=True)


class CurrentDraft(serializers.Serializer):  # type: ignore[type-arg]
    revision = serializers.IntegerField()
    graph = serializers.JSONField()
    properties = serializers.JSONField()
    saved_by = serializers.CharField()
    saved_at = serializers.DateTimeField()


class Conflict(scope.Failure):
    current = CurrentDraft()


class Draft(APIView):
    @extend_schema(
        operation_id="save_draft",
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
        request=DraftGiven,
        responses={
            200: DraftSaved,
            400: scope.Failure,
            409: scope.Failure,
            412: Conflict,
            413: scope.Failure,
            428: scope.Failure,
        },
    )
    def put(self, request: Request, pk: int) -> Response:
        """Save the graph, and the properties if they are sent, unless somebody saved since the revision in If-Match.

        An unfinished graph is welcome.
        """
        version = scope.version(request, pk)
        given = DraftGiven(data=request.data)
        given.is_valid(raise_exception=True)
        saved = save_draft(
            version,
            graph=given.validated_data["graph"],
            properties=given.validated_data["properties"],
            revision=revision_in(request.META.get("HTTP_IF_MATCH", "")),
            by=request.user,
            now=clock.now(),
        )
        body = {
            "revision": saved.revision,
            "saved_at": saved.saved_at,
            "problems": [problem.as_json() for problem in saved.problems],
        }
        return Response(DraftSaved(body).data, headers={"ETag": etag(saved.revision)})


class ChangeShown(serializers.Serializer):  # type: ignore[type-arg]
    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    node = serializers.CharField(allow_null=True)
    sentence = serializers.CharField()


class ChangesShown(serializers.Serializer):  # type: ignore[type-arg]
    since = VersionSummary()
    changes = ChangeShown(many=True)
    new_steps = serializers.ListField(child=serializers.CharField(), help_text="Ids of the steps the other has not.")


class Changes(APIView):
    @extend_schema(
        operation_id="changes",
        parameters=[OpenApiParameter("since", int, description="Another version of the journey; else the one before.")],
        responses={200: ChangesShown, 404: scope.Failure},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What this version does otherwise than another version of its journey, in sentences."""
        version = scope.version(request, pk)
        asked = request.query_params.get("since", "")
        others = version.journey.versions.exclude(pk=version.pk)
        if asked.isdecimal() and len(asked) < 19:
            since = others.filter(pk=int(asked)).first()
        else:
            earlier = Q(major__lt=version.major) | Q(major=version.major, minor__lt=version.minor)
            since = others.filter(earlier).order_by("-major", "-minor").first()
        if since is None:
            raise NotFound("There is no such version of this journey to compare with.")
        found = control.differences(
            since.graph,
            version.graph,
            properties_before=since.properties,
            properties_after=version.properties,
        )
        known = {node["id"] for node in since.graph["nodes"]}
        new_steps = [node["id"] for node in version.graph["nodes"] if node["id"] not in known]
        return Response(ChangesShown({"since": since, "changes": found, "new_steps": new_steps}).data)


class NodeLabels(serializers.Serializer):  # type: ignore[type-arg]
    # Named by get_fields: `label` would hide an attribute of DRF's own.
    description = serializers.CharField(allow_blank=True, max_length=DESCRIPTION_LENGTH, required=False)

    def get_fields(self) -> dict[str, Any]:
        text = serializers.CharField(allow_blank=True, max_length=LABEL_LENGTH, required=False)
        return {"label": text, **super().get_fields()}


class Outlet(serializers.Serializer):  # type: ignore[type-arg]
    node = serializers.CharField()
    port = serializers.CharField()


class EndLabel(serializers.Serializer):  # type: ignore[type-arg]
    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python's.
        return {
            "from": Outlet(),
            "label": serializers.CharField(allow_blank=True, max_length=LABEL_LENGTH),
        }


class LabelsGiven(serializers.Serializer):  # type: ignore[type-arg]
    nodes = serializers.DictField(child=NodeLabels(), required=False, default=dict)
    ends = EndLabel(many=True, required=False, allow_null=True)


class LabelsSaved(serializers.Serializer):  # type: ignore[type-arg]
    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()


class Labels(APIView):
    @extend_schema(operation_id="save_labels", request=LabelsGiven, responses={200: LabelsSaved, 400: scope.Failure})
    def put(self, request: Request, pk: int) -> Response:
        """Save labels and descriptions, in any status. What people walk through does not change."""
        version = scope.version(request, pk)
        given = LabelsGiven(data=request.data)
        given.is_valid(raise_exception=True)
        version = save_labels(
            version,
            nodes={node: dict(labels) for node, labels in given.validated_data["nodes"].items()},
            ends=given.validated_data.get("ends"),
            by=request.user,
            now=clock.now(),
        )
        return Response(LabelsSaved(version).data, headers={"ETag": etag(version.revision)})


def etag(revision: int) -> str:
    return f'"{revision}"'


def revision_in(if_match: str) -> int:
    """The revision that an If-Match header names. Raises RevisionMissing."""
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isdecimal():
        raise RevisionMissing(
            "Which revision do you save over?", hint='Send it in the header If-Match, as in If-Match: "7".'
        )
    return int(text)
