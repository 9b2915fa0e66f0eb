"""Uploading a list: a file is chosen, its beginning is shown, and it is said what its columns are."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from designer.lists import guess
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.audience import audience_of
from engine import audience_control
from engine.models import OPEN_IMPORT, Audience, AudienceImport, Namespace

BEGINNING = 65_536  # bytes of a file that a browser sends to be looked at
SHOWN_CELL = 80  # characters
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column to keep, or not: what it is called in the file and in the list, and what stands in it first."""

    name: str
    called: str
    example: str
    is_kept: bool


@page
def create(request: Request) -> HttpResponse:
    return _upload(request, None)


@page
def change(request: Request, pk: int) -> HttpResponse:
    audience = audience_of(request, pk)
    if audience.kind != Audience.Kind.UPLOAD:
        raise audience_control.NotAnAudience(
            "Only a list takes a file in.", hint="Who is in this audience is said by its rule."
        )
    return _upload(request, audience)


@require_POST
@page(needs="manage_audiences")
def look(request: Request) -> HttpResponse:
    """What the beginning of a file shows, and what its columns seem to be; or why it cannot be read."""
    pk = inputs.number(request.GET, "audience")
    audience = audience_of(request, pk) if pk else None
    begin = request.read(BEGINNING)
    try:
        found = audience_control.beginning_of_list(begin, is_whole=request.GET.get("whole") == "yes")
    except audience_control.BadList as error:
        return render(request, "designer/parts/list_refused.html", {"error": error}, status=422)
    people = list(Namespace.objects.filter(sandbox=request.workplace.sandbox, is_people_based=True))
    last = audience.imports.first() if audience else None
    key, namespace = guess(
        found.header, found.rows, [one.code for one in people], preferred=audience.namespace if audience else ""
    )
    if last and last.key_column in found.header:
        key, namespace = last.key_column, last.namespace
    return render(
        request,
        "designer/parts/list_columns.html",
        {
            "audience": audience,
            "has_people": audience is not None and (audience.size > 0 or last is not None),
            "modes": AudienceImport.Mode,
            "header": found.header,
            "rows": [[cell[:SHOWN_CELL] for cell in row[: len(found.header)]] for row in found.rows],
            "delimiter": DELIMITERS[found.delimiter],
            "key": key,
            "namespace": namespace,
            "namespaces": people,
            "columns": _columns(found, key, last),
            "most_columns": audience_control.MOST_LIST_COLUMNS,
            "name": _name_from(inputs.text(request.GET, "file")),
        },
    )


def _upload(request: Request, audience: Audience | None) -> HttpResponse:
    under_way = audience.imports.filter(state__in=OPEN_IMPORT).first() if audience else None
    return render(
        request,
        "designer/upload_list.html",
        {
            "audience": audience,
            "under_way": under_way,
            "upload_url": reverse("api-import-list", args=[audience.pk]) if audience else reverse("api-create-list"),
            "limit": settings.LIST_LIMIT,
            "beginning": BEGINNING,
            "can_change": request.workplace.may("manage_audiences"),
        },
    )


def _columns(found: audience_control.BeginningOfList, key: str, last: AudienceImport | None) -> list[Column]:
    """Every column of the file; kept are all but the key, or those that the file before kept."""
    before = dict(last.columns) if last else {}
    made = []
    for at, name in enumerate(found.header):
        examples = (row[at][:SHOWN_CELL] for row in found.rows if len(row) > at and row[at])
        made.append(
            Column(
                name=name, called=before.get(name, name), example=next(examples, ""),
                is_kept=name in before if last else name != key and at < audience_control.MOST_LIST_COLUMNS,
            )
        )  # fmt: skip
    return made


def _name_from(file_name: str) -> str:
    """ "Spring_sale-2026.csv" as "Spring sale 2026"."""
    words = re.sub(r"[_\-\s]+", " ", PurePath(file_name).stem).strip()
    return (words[:1].upper() + words[1:])[: audience_control.LONGEST_AUDIENCE_NAME] if words.isprintable() else ""
