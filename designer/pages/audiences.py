"""Audiences: the list."""

from django.http import HttpResponse
from django.shortcuts import render

from designer.pages import inputs
from designer.pages.access import Request, page
from designer.queries import audiences
from engine.models import Audience

SORTS = frozenset(f"{sign}{key}" for key in audiences.SORTS for sign in ("", "-"))


@page
def listed(request: Request) -> HttpResponse:
    sandbox = request.workplace.sandbox
    text, kind = inputs.text(request.GET, "q"), inputs.one_of(request.GET, "kind", Audience.Kind.values)
    sort = inputs.one_of(request.GET, "sort", SORTS, "name")
    after = inputs.text(request.GET, "after", 1000)
    found = audiences.listed(sandbox, text=text, kind=kind, sort=sort, after=after)
    return render(
        request,
        "designer/audiences.html",
        {
            "page": found, "q": text, "kind": kind, "kinds": Audience.Kind.choices, "sort": sort,
            "is_empty": not found.rows and not Audience.objects.filter(sandbox=sandbox).exists(),
        },
    )  # fmt: skip
