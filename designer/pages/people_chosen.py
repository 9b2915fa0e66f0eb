"""Whose rows a list shows: everybody's, those of one profile (a link said so), or of whom a search means."""

from dataclasses import dataclass

from django.http import Http404

from designer.pages import inputs
from designer.pages.access import Request
from engine import control


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """`profile_ids` is None for everybody. `name` and `profile_id` are those of one profile."""

    profile_ids: list[int] | None = None
    person: str = ""
    profile_id: int | None = None
    name: str = ""


def chosen(request: Request) -> Chosen:
    sandbox_id = request.workplace.sandbox.pk
    if request.GET.get("profile"):
        pk = inputs.number(request.GET, "profile")
        profile = control.profile_of(sandbox_id=sandbox_id, profile_id=pk) if pk is not None else None
        if profile is None:
            raise Http404
        return Chosen(profile_ids=[profile["id"]], profile_id=profile["id"], name=profile["name"])
    person = inputs.text(request.GET, "person")
    if person:
        return Chosen(profile_ids=control.people_meant(sandbox_id, person), person=person)
    return Chosen()
