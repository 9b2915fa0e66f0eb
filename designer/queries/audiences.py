"""The audiences of a sandbox, with who uses them."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from designer.audiences import Users, users_of
from designer.paging import Page, a_number, a_text, a_time, page_of
from engine.models import Audience, Sandbox

PAGE = 50
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SORTS: dict[str, Any] = {"name": a_text, "size": a_number, "last": a_time}


def listed(sandbox: Sandbox, *, text: str, kind: str, sort: str, after: str, size: int = PAGE) -> Page[Audience]:
    """One page, each with its `users`. `sort`: a key of SORTS, with a minus for the other way round."""
    rows = Audience.objects.filter(sandbox=sandbox).annotate(last=Coalesce("evaluated_at", NEVER))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(description__icontains=text) | Q(rule__icontains=text))
    if kind:
        rows = rows.filter(kind=kind)
    key = sort.removeprefix("-")
    page = page_of(rows, by=key, kind=SORTS[key], descending=sort.startswith("-"), after=after, size=size)
    users = users_of(sandbox.pk) if page.rows else {}
    for row in page.rows:
        row.users = users.get(row.name, Users())
    return page
