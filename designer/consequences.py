"""What a move would mean for people, said before it is made."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.humanize.templatetags.humanize import intcomma

from designer import permissions
from designer.models import Journey, Version
from designer.states import CURRENT, DELETABLE, MOVES
from designer.version_rules import problems_of
from engine import control
from engine.problems import errors_in


@dataclass(frozen=True, kw_only=True)
class Consequences:
    title: str
    sentences: list[str]
    people: int
    allowed: bool


def consequences_of(version: Version, verb: str, *, role: str | None) -> Consequences:
    """The sentences of the confirmation. `allowed` is False when the move cannot be made now, or not by this role."""
    means = {"publish": _publish, "pause": _pause, "resume": _resume, "close": _close, "stop": _stop}
    sentences, people = means[verb](version)
    allowed = version.status in MOVES[verb].sources
    if not allowed:
        sentences = [f"Version {version.number} is {version.get_status_display().lower()}: there is nothing to {verb}."]
    elif not permissions.may(role, cast(permissions.Verb, verb)):
        allowed = False
        sentences = [*sentences, f"Your role may not {permissions.SENTENCES[verb]}."]
    elif verb == "publish":
        errors = errors_in(problems_of(version))
        if errors:
            allowed = False
            sentences = [
                "It cannot go live yet: " + _count(len(errors), "problem has", "problems have") + " to be mended."
            ]
    return Consequences(title=TITLES[verb].format(version.number), sentences=sentences, people=people, allowed=allowed)


def consequences_of_several(versions: list[Version], verb: str, *, role: str | None) -> Consequences:
    """The sentences before several versions are paused or resumed together."""
    each = {version: consequences_of(version, verb, role=role) for version in versions}
    able = {version: means for version, means in each.items() if means.allowed}
    people = sum(means.people for means in able.values())
    names = ", ".join(f"“{version.journey.name}” {version.number}" for version in able)
    sentences = [f"{names}."] if names else ["None of them can be."]
    if verb == "pause" and able:
        sentences += [
            "Nobody enters them; events that would let people in are discarded.",
            f"{_people(people)} inside. Waits and conditions go on; at the next message, call or profile update they "
            "are held, or taken out, as you choose."
            if people
            else "Nobody is inside.",
        ]
    elif able:
        sentences += [
            "People who qualify enter again.",
            f"{_people(people)} held; they go on from where they are." if people else "Nobody is held.",
        ]
    if len(able) < len(each):
        left = len(each) - len(able)
        sentences.append(f"{_count(left, 'of the journeys chosen is', 'of the journeys chosen are')} left as it is.")
    title = f"{verb.capitalize()} {_count(len(able), 'journey', 'journeys')}?"
    return Consequences(title=title, sentences=sentences, people=people, allowed=bool(able))


def consequences_of_deletion(journey: Journey, *, role: str | None) -> Consequences:
    """The sentences before a journey is deleted with all its versions."""
    versions = list(journey.versions.values_list("status", flat=True))
    title = f"Delete “{journey.name}”?"
    allowed = all(status in DELETABLE for status in versions)
    if not permissions.may(role, "delete"):
        allowed, sentences = False, [f"Your role may not {permissions.SENTENCES['delete']}."]
    elif not allowed:
        sentences = ["Only journeys whose versions are all drafts or finished can be deleted. This one has others."]
    else:
        sentences = [
            f"{_count(len(versions), 'version is', 'versions are')} deleted with it.",
            "What happened to people in it stays in their history.",
            "This cannot be undone.",
        ]
    return Consequences(title=title, sentences=sentences, people=0, allowed=allowed)


TITLES = {
    "publish": "Publish version {}?",
    "pause": "Pause version {}?",
    "resume": "Resume version {}?",
    "close": "Close version {} to new entrances?",
    "stop": "Stop version {}?",
}


def _publish(version: Version) -> tuple[list[str], int]:
    sentences = [f"People who qualify enter version {version.number} from now on."]
    people = 0
    live = version.journey.versions.filter(status__in=CURRENT).exclude(pk=version.pk).first()
    if live is not None:
        people = _inside(live)
        sentences.append(f"Version {live.number} is closed: nobody new enters it.")
        if people:
            sentences.append(f"{_people(people)} inside version {live.number}; they finish there.")
    sentences.append("A published version does not change any more. For changes, make a new version.")
    return sentences, people


def _pause(version: Version) -> tuple[list[str], int]:
    people = _inside(version)
    return [
        "Nobody enters while it is paused; events that would let people in are discarded.",
        f"{_people(people)} inside. Waits and conditions go on; at the next message, call or profile update they are "
        "held, or taken out, as you choose."
        if people
        else "Nobody is inside.",
        "It resumes by itself after the days you choose.",
    ], people


def _resume(version: Version) -> tuple[list[str], int]:
    held = int(control.people_held([version.pk]).get(version.pk, 0))
    return [
        "People who qualify enter again.",
        f"{_people(held)} held; they go on from where they are, 5,000 a second, with their attributes as they are now."
        if held
        else "Nobody is held.",
    ], held


def _close(version: Version) -> tuple[list[str], int]:
    people = _inside(version)
    return [
        "Nobody new enters.",
        f"{_people(people)} inside; they go on to the end." if people else "Nobody is inside.",
        "It cannot be opened again. For that, make a new version.",
    ], people


def _stop(version: Version) -> tuple[list[str], int]:
    people = _inside(version)
    return [
        f"{_people(people)} inside; they are taken out at once and get nothing more."
        if people
        else "Nobody is inside.",
        "Messages that are already on their way are not called back.",
        "This cannot be undone.",
    ], people


def _inside(version: Version) -> int:
    counts: dict[int, Any] = control.people_inside([version.pk])
    return int(counts.get(version.pk, 0))


def _people(count: int) -> str:
    return _count(count, "person is", "people are")


def _count(count: int, one: str, many: str) -> str:
    return f"{intcomma(count)} {one if count == 1 else many}"
