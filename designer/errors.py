"""What the designer refuses, each with its code and its HTTP status."""

from engine.errors import JourneyOptError


class NotAllowed(JourneyOptError):
    code = "permission.denied"
    status = 403


class NotAGraph(JourneyOptError):
    code = "graph.malformed"
    status = 400


class TooLarge(JourneyOptError):
    code = "version.too_large"
    status = 413


class NotAJourney(JourneyOptError):
    code = "journey.unreadable"
    status = 400


class NotADraft(JourneyOptError):
    code = "version.not_a_draft"
    status = 409


class RevisionMissing(JourneyOptError):
    code = "version.revision_missing"
    status = 428


class VersionConflict(JourneyOptError):
    code = "version.conflict"
    status = 412


class IllegalMove(JourneyOptError):
    code = "version.illegal_move"
    status = 409


class BadPause(JourneyOptError):
    code = "version.bad_pause"
    status = 400


class NotPublishable(JourneyOptError):
    code = "version.not_publishable"
    status = 422


class NameTaken(JourneyOptError):
    code = "journey.name_taken"
    status = 409


class NameMissing(JourneyOptError):
    code = "journey.name_missing"
    status = 400


class BadTags(JourneyOptError):
    code = "journey.bad_tags"
    status = 400


class InUse(JourneyOptError):
    code = "in_use"
    status = 409


class NotDefinable(JourneyOptError):
    code = "event_definition.invalid"
    status = 422


class BadNamespace(JourneyOptError):
    code = "namespace.invalid"
    status = 422


class BadRuleSet(JourneyOptError):
    code = "rule_set.invalid"
    status = 422


class BadMember(JourneyOptError):
    code = "member.invalid"
    status = 422


class LastAdministrator(JourneyOptError):
    code = "member.last_administrator"
    status = 409
