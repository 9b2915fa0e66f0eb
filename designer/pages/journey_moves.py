"""What can be done to a journey from the list: each asks first, in a dialog, and says what will happen."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from designer import consequences, queries
from designer.actions.close import close
from designer.actions.create_journey import NAME_LENGTH, create_journey
from designer.actions.delete_journey import delete_journey
from designer.actions.duplicate import duplicate, free_name
from designer.actions.new_version import new_version
from designer.actions.pause import LONGEST, SHORTEST, pause
from designer.actions.rename_journey import rename_journey
from designer.actions.resume import resume
from designer.actions.set_attribute_exit import LABEL_LENGTH, set_attribute_exit
from designer.actions.set_tags import set_tags, tags_in
from designer.actions.stop import stop
from designer.errors import BadTags, IllegalMove, NameMissing, NameTaken
from designer.models import Journey, Tag, Version
from designer.pages.access import Request, page
from designer.pages.addresses import canvas_url
from designer.pages.dialogs import confirm, dialog, done
from designer.states import Status
from engine import clock, control
from engine.errors import JourneyOptError
from engine.models.definition import PauseMode
from engine.problems import Problem

MOVES: dict[str, Any] = {
    "resume": (resume, "Resume version", "resumed"),
    "close": (close, "Close version", "closed"),
    "stop": (stop, "Stop version", "stopped"),
}


MOST_AT_ONCE = 10  # versions that are paused or resumed together


class Naming(forms.Form):
    name = forms.CharField(max_length=NAME_LENGTH, error_messages={"required": "Give it a name."})
    description = forms.CharField(max_length=2000, required=False)
    tags = forms.CharField(max_length=2000, required=False)


@page(needs="create")
def create(request: Request) -> HttpResponse:
    """A new journey leads straight to its canvas."""

    def act(name: str, description: str, tags: list[str]) -> HttpResponse:
        sandbox, now = request.workplace.sandbox, clock.now()
        with transaction.atomic():
            draft = create_journey(sandbox=sandbox, name=name, description=description, by=request.user, now=now)
            set_tags(draft.journey, tags, by=request.user, now=now)
        return done(request, canvas_url(draft))

    texts = {"title": "New journey", "label": "Create journey", "hint": "You can change it at any time."}
    return _named(
        request,
        texts,
        {},
        act,
    )


@page(needs="rename")
def rename(request: Request, journey: int) -> HttpResponse:
    found = _journey(request, journey)

    def act(name: str, description: str, tags: list[str]) -> HttpResponse:
        with transaction.atomic():
            rename_journey(found, name=name, description=description, by=request.user, now=clock.now())
            set_tags(found, tags, by=request.user, now=clock.now())
        return done(request, reverse("journeys"), f"Renamed to “{name}”.")

    texts = {"title": f"Rename “{found.name}”", "label": "Save"}
    return _named(
        request,
        texts,
        {"name": found.name, "description": found.description, "tags": ", ".join(tag.name for tag in found.tags.all())},
        act,
    )


@page(needs="duplicate")
def copy(request: Request, journey: int, pk: int) -> HttpResponse:
    version = _version(request, journey, pk)

    def act(name: str, description: str, tags: list[str]) -> HttpResponse:
        draft = duplicate(version, name=name, by=request.user, now=clock.now())
        return done(request, canvas_url(draft))

    texts = {
        "title": f"Duplicate “{version.journey.name}” {version.number}",
        "label": "Duplicate",
        "hint": "The copy is a journey of its own, with a draft 1.0 of the same graph. Nobody is inside.",
        "without_description": True,
    }
    return _named(request, texts, {"name": free_name(version.journey)}, act)


@page(needs="new_version")
def next_version(request: Request, journey: int, pk: int) -> HttpResponse:
    version = _version(request, journey, pk)
    if request.method == "POST":
        return done(request, canvas_url(new_version(version, by=request.user, now=clock.now())))
    return confirm(
        request,
        title=f"Make version {version.major + 1}.0 of “{version.journey.name}”?",
        sentences=[
            f"It begins as a draft with the graph of version {version.number}.",
            "Nothing changes for people until you publish it.",
        ],
        label="New version",
        danger=False,
        back=_back(version.journey_id),
    )


class Pausing(forms.Form):
    mode = forms.ChoiceField(choices=PauseMode.choices, initial=PauseMode.HOLD)
    days = forms.IntegerField(min_value=SHORTEST, max_value=LONGEST, initial=LONGEST)


@page(needs="pause")
def pause_version(request: Request, journey: int, pk: int) -> HttpResponse:
    """Asks how, and for how long at most."""
    version = _version(request, journey, pk)
    form = Pausing(request.POST) if request.method == "POST" else Pausing(initial={"mode": "hold", "days": LONGEST})
    if request.method == "POST" and form.is_valid():
        pause(version, by=request.user, now=clock.now(), **form.cleaned_data)
        return done(request, _back(version.journey_id), f"“{version.journey.name}” {version.number} is paused.")
    means = consequences.consequences_of(version, "pause", role=request.workplace.role)
    return dialog(
        request,
        "designer/pausing.html",
        {"form": form, "means": means, "title": means.title, "shortest": SHORTEST, "longest": LONGEST},
        back=_back(version.journey_id),
        status=422 if form.errors else 200,
    )


@page(needs="resume")
def resume_version(request: Request, journey: int, pk: int) -> HttpResponse:
    return _move(request, "resume", _version(request, journey, pk))


class Leaving(forms.Form):
    label = forms.CharField(max_length=LABEL_LENGTH, required=False)
    condition = forms.CharField(max_length=65_536, required=False, strip=False)


@page(needs="pause")
def attribute_exit(request: Request, journey: int, pk: int) -> HttpResponse:
    """Who is to leave while, and after, it is paused: a condition about the profile."""
    version = _version(request, journey, pk)
    form = Leaving(request.POST) if request.method == "POST" else Leaving(initial=control.attribute_exit(version.pk))
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            set_attribute_exit(version, by=request.user, now=clock.now(), **form.cleaned_data)
        except JourneyOptError as error:
            problems = error.problems or [Problem(code=error.code, message=error.message, hint=error.hint)]
        else:
            said = "is set" if form.cleaned_data["condition"].strip() else "is removed"
            return done(request, _back(version.journey_id), f"The exit by attribute of {version.number} {said}.")
    return dialog(
        request,
        "designer/attribute_exit.html",
        {"form": form, "problems": problems, "version": version, "is_paused": version.status == Status.PAUSED},
        back=_back(version.journey_id),
        status=422 if problems or form.errors else 200,
    )


@page(needs="pause")
def pause_versions(request: Request) -> HttpResponse:
    """Several at once, as they were ticked in the list."""
    form = Pausing(request.POST) if request.method == "POST" else Pausing(initial={"mode": "hold", "days": LONGEST})
    return _several(request, "pause", form)


@page(needs="resume")
def resume_versions(request: Request) -> HttpResponse:
    return _several(request, "resume", None)


def _several(request: Request, verb: str, form: Pausing | None) -> HttpResponse:
    """Ask once, then move each; what cannot be moved any more is named, and keeps nobody else back."""
    act = {"pause": pause, "resume": resume}[verb]
    chosen = _ticked(request)
    if request.method == "POST" and (form is None or form.is_valid()):
        refused = []
        for version in chosen:
            try:
                act(version, by=request.user, now=clock.now(), **(form.cleaned_data if form else {}))
            except IllegalMove as error:
                refused.append(f"“{version.journey.name}”: {error.message}")
        moved = len(chosen) - len(refused)
        said = f"{moved} {'journey is' if moved == 1 else 'journeys are'} {verb}d."
        return done(request, reverse("journeys"), " ".join([said, *refused]))
    means = consequences.consequences_of_several(chosen, verb, role=request.workplace.role)
    context = {"form": form, "means": means, "title": means.title, "shortest": SHORTEST, "longest": LONGEST}
    if form is None:
        return confirm(
            request, title=means.title, sentences=means.sentences, allowed=means.allowed, label="Resume",
            danger=False, back=reverse("journeys"),
        )  # fmt: skip
    return dialog(
        request, "designer/pausing.html", context, back=reverse("journeys"), status=422 if form.errors else 200
    )


def _ticked(request: Request) -> list[Version]:
    """The versions that the address names, in the sandbox that the list shows; at most MOST_AT_ONCE."""
    ids = [int(one) for one in request.GET.getlist("version") if one.isdecimal() and len(one) < 19][:MOST_AT_ONCE]
    found = queries.versions_of(request.user).filter(pk__in=ids, journey__sandbox=request.workplace.sandbox)
    return list(found.select_related("journey").order_by("journey__name"))


@page(needs="close")
def close_version(request: Request, journey: int, pk: int) -> HttpResponse:
    return _move(request, "close", _version(request, journey, pk))


@page(needs="stop")
def stop_version(request: Request, journey: int, pk: int) -> HttpResponse:
    return _move(request, "stop", _version(request, journey, pk))


@page(needs="delete")
def delete(request: Request, journey: int) -> HttpResponse:
    found = _journey(request, journey)
    if request.method == "POST":
        delete_journey(found, by=request.user, now=clock.now())
        return done(request, reverse("journeys"), f"“{found.name}” is deleted.")
    role = request.workplace.role
    means = consequences.consequences_of_deletion(found, role=role)
    return confirm(
        request, title=means.title, sentences=means.sentences, allowed=means.allowed, label="Delete journey",
        back=reverse("journeys"),
    )  # fmt: skip


def _move(request: Request, verb: str, version: Version) -> HttpResponse:
    act, label, participle = MOVES[verb]
    if request.method == "POST":
        act(version, by=request.user, now=clock.now())
        return done(request, _back(version.journey_id), f"“{version.journey.name}” {version.number} is {participle}.")
    means = consequences.consequences_of(version, verb, role=request.workplace.role)
    return confirm(
        request, title=means.title, sentences=means.sentences, allowed=means.allowed, label=label,
        danger=verb == "stop", back=_back(version.journey_id),
    )  # fmt: skip


def _named(request: Request, texts: dict[str, Any], initial: dict[str, str], act: Any) -> HttpResponse:
    """Ask for a name and a description, and act. What is wrong with the name is said beside it."""
    form = Naming(request.POST) if request.method == "POST" else Naming(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            return act(given["name"], given["description"], tags_in(given["tags"]))  # type: ignore[no-any-return]
        except (NameTaken, NameMissing) as error:
            form.add_error("name", f"{error.message} {error.hint}")
        except BadTags as error:
            form.add_error("tags", f"{error.message} {error.hint}")
    status = 422 if form.errors else 200
    known = Tag.objects.filter(sandbox=request.workplace.sandbox).values_list("name", flat=True)[:200]
    context = {"form": form, "known_tags": list(known), **texts}
    return dialog(request, "designer/naming.html", context, back=reverse("journeys"), status=status)


def _journey(request: Request, pk: int) -> Journey:
    """The journey, in whichever of the user's sandboxes it is; the request works there from here on."""
    found: Journey = get_object_or_404(queries.journeys_of(request.user), pk=pk)
    request.workplace.enter(found.sandbox)
    return found


def _version(request: Request, journey: int, pk: int) -> Version:
    found: Version = get_object_or_404(queries.versions_of(request.user), pk=pk, journey_id=journey)
    request.workplace.enter(found.journey.sandbox)
    return found


def _back(journey: int) -> str:
    return reverse("versions", args=[journey])
