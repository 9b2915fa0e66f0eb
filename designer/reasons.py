"""What the engine's codes mean, in sentences that a person can act on."""

from typing import Any

# Why a journey refused an event or an entrance.
REFUSALS = {
    "reentranceNotAllowed": "May not enter again",
    "outsideDates": "The journey's dates do not include this moment",
    "notSuitableInitialEvent": "Is inside, but does not wait for this event",
    "EXTERNAL_KEY_COMPUTATION_ERROR": "The event does not say whose it is: its key could not be computed",
    "maxInstanceStackEventsReached": "Too many events came at once while an action was under way",
    "EVENT_WITH_NO_JOURNEY": "No published journey uses this event",
    "PAUSED_JOURNEY_VERSION": "The journey is paused",
    "JOURNEY_IN_PAUSED_STATE": "The journey is paused",
    "ERROR_INSTANCE_BAD_NAMESPACE": "Has no identity of the namespace that the journey knows people by",
    "maxConcurrentInstances": "Is inside as often at once as anybody may be",
    "answeredBefore": "The first event had the audience read, and further ones are not allowed to",
    "CAP_REACHED": "Came as often as the rule set of the journey allows",
}
REENTRANCE = {
    "still inside": "Is still inside",
    "was inside before": "Was inside before, and the journey lets people in once",
    "within the re-entrance wait period": "Was inside a moment ago: too early to enter again",
}

# Why a message was not sent.
FAILURES = {
    "notWanted": "Not needed any more",
    "no_address": "No address",
    "template": "The message could not be rendered",
    "timedOut": "Timed out",
    "error": "Failed",
    "header": "A header could not be sent",
}


def of_refusal(code: str, details: dict[str, Any] | None = None) -> str:
    """Why a journey refused; a code that we do not know is shown as it is."""
    if code == "reentranceNotAllowed":
        return REENTRANCE.get((details or {}).get("reason", ""), REFUSALS[code])
    if code == "CAP_REACHED" and details and "ruleSet" in details:
        return f"Rule set “{details['ruleSet']}”: {details['reason']}"
    return REFUSALS.get(code, code)


def of_outcome(outcome: dict[str, Any]) -> dict[str, str]:
    """What an event did in one journey: the words, their tone, and where."""
    did, journey = str(outcome.get("did", "")), str(outcome.get("journey", ""))
    tone, words = {
        "entered": ("ok", "entered"),
        "moved": ("accent", "moved on in"),
        "noExitCriterionMet": ("quiet", "met no exit criterion of"),
        "read": ("ok", "has its audience read for"),
    }.get(did, ("", ""))
    if did == "EVENT_WITH_NO_JOURNEY":
        return {"tone": "quiet", "words": "no journey uses it", "journey": "", "why": ""}
    if did == "business":
        return {"tone": "quiet", "words": "a business event", "journey": "", "why": ""}
    if not tone:
        return {"tone": "warn", "words": "refused by", "journey": journey, "why": of_refusal(did)}
    return {"tone": tone, "words": words, "journey": journey, "why": ""}


def of_failure(code: str) -> str:
    return FAILURES.get(code, f"Answered {code}" if code.isdecimal() else code)
