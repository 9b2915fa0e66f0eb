"""One import of a list: how far it is, what it came to, and which rows were left out."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from designer import queries
from designer.pages.access import Request, page
from designer.pages.spreadsheets import as_csv
from engine.models import AudienceImport

SHOWN = 100  # rows that were left out
MOST = 1_000  # of them, that are kept


@page
def shown(request: Request, pk: int) -> HttpResponse:
    one = _import(request, pk)
    problems = list(one.problems.all()[: SHOWN + 1])
    return render(
        request,
        "designer/import.html",
        {
            "one": one,
            "audience": one.audience,
            "percent": int(one.progress * 100),
            "left_out": one.left_out,
            "problems": problems[:SHOWN],
            "has_more": len(problems) > SHOWN,
            "most": MOST,
            "columns": one.columns,
            "can_change": request.workplace.may("manage_audiences"),
        },
    )


@page
def problems(request: Request, pk: int) -> StreamingHttpResponse:
    one = _import(request, pk)
    rows = ([problem.line, problem.code, problem.message, problem.key] for problem in one.problems.all()[:MOST])
    return as_csv([["line", "code", "why", "key"], *rows], f"import-{one.pk}-left-out.csv")


def _import(request: Request, pk: int) -> AudienceImport:
    """The import, in whichever of the user's sandboxes it is; the request works there from here on."""
    mine = AudienceImport.objects.filter(audience__sandbox__in=queries.sandboxes_of(request.user))
    found: AudienceImport = get_object_or_404(mine.select_related("audience__sandbox"), pk=pk)
    request.workplace.enter(found.audience.sandbox)
    return found
