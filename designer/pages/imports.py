"""One import of a list: how far it is, what it came to, and which rows were left out."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from designer import queries
from designer.actions.cancel_import import cancel_import
from designer.pages.access import Request, page
from designer.pages.dialogs import confirm, done
from designer.pages.spreadsheets import as_csv
from engine import clock
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


@page(needs="manage_audiences")
def cancel(request: Request, pk: int) -> HttpResponse:
    one, back = _import(request, pk), reverse("import", args=[pk])
    name = one.file_name or "the file"
    if request.method == "POST":
        cancel_import(one, by=request.user, now=clock.now())
        return done(request, back, f"{name} is cancelled: nobody was let in.")
    return confirm(
        request, title=f"Cancel the import of {name}?", sentences=_means(one), label="Cancel the import",
        cancel="Keep it", back=back, allowed=one.can_be_cancelled and request.workplace.may("manage_audiences"),
    )  # fmt: skip


def _means(one: AudienceImport) -> list[str]:
    if not one.is_open:
        return ["This import has ended already."]
    if not one.can_be_cancelled:
        return ["Its people are being let in: it cannot be cancelled any more.",
                "Once everybody is in, the file that is right can replace the list."]  # fmt: skip
    said = [
        "Nobody was let in yet, and nobody will be.",
        f"“{one.audience.name}” stays as it was before the file came.",
    ]
    if one.recognised:
        said.append("People whom nobody knew before are people now, and stay so, in no list.")
    return [*said, "What was read of the file is thrown away: to take it in after all, upload it again."]


def _import(request: Request, pk: int) -> AudienceImport:
    """The import, in whichever of the user's sandboxes it is; the request works there from here on."""
    mine = AudienceImport.objects.filter(audience__sandbox__in=queries.sandboxes_of(request.user))
    found: AudienceImport = get_object_or_404(mine.select_related("audience__sandbox"), pk=pk)
    request.workplace.enter(found.audience.sandbox)
    return found
