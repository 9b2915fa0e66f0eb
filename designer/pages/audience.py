"""One audience: its rule, what its evaluations came to, who is in it; evaluating, exporting and deleting it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from designer import queries
from designer.actions.delete_audience import delete_audience
from designer.actions.evaluate_audience import evaluate_audience
from designer.actions.export_members import export_members
from designer.audiences import Users, users_of
from designer.event_definitions import listed as in_words
from designer.pages import inputs
from designer.pages.access import Request, page
from designer.pages.audience_form import AudienceForm
from designer.pages.dialogs import confirm, done
from designer.pages.spreadsheets import as_csv
from engine import audience_control, clock
from engine.models import Audience, AudienceRun

RUNS, MEMBERS = 10, 50
SHOWN = timedelta(days=30)  # of its sizes
WIDTH, HEIGHT = 600, 120
COMPOSED = {
    "union": "Whoever is in any of these:",
    "intersection": "Whoever is in all of these:",
    "exclusion": "Whoever is in the first of these, and in none of the others:",
}


@page
def shown(request: Request, pk: int) -> HttpResponse:
    audience = audience_of(request, pk)
    text, now = inputs.text(request.GET, "q"), clock.now()
    runs = audience_control.audience_runs(audience_id=pk, limit=RUNS).rows
    for run in runs:
        run.took = run.finished_at - run.started_at if run.finished_at else None  # type: ignore[attr-defined]
    is_due = audience.next_at is not None and audience.next_at <= now
    members = audience_control.audience_members(
        sandbox_id=audience.sandbox_id, audience_id=pk, text=text, cursor=inputs.text(request.GET, "after"),
        limit=MEMBERS,
    )  # fmt: skip
    for row in members.rows:  # in the order of the columns
        row["said"] = [(name, row["attributes"][name]) for name in audience.columns if name in row["attributes"]]
    imports = list(audience.imports.all()[:RUNS]) if audience.kind == Audience.Kind.UPLOAD else []
    return render(
        request,
        "designer/audience.html",
        {
            "audience": audience,
            "how_often": _how_often(audience),
            "composed": COMPOSED.get(audience.composition.get("operator"), ""),
            "parts": _parts(audience),
            "users": users_of(audience.sandbox_id).get(audience.name, Users()),
            "runs": runs,
            "imports": imports,
            "is_moving": is_due
            or any(run.state == AudienceRun.State.RUNNING for run in runs[:1])
            or any(one.is_open for one in imports[:1]),
            "plot": plot_of(audience_control.audience_sizes(audience_id=pk, since=now - SHOWN)),
            "days": SHOWN.days,
            "members": members,
            "q": text,
            "can_change": request.workplace.may("manage_audiences"),
            "can_export": request.workplace.may("export_members"),
        },
    )  # fmt: skip


@require_POST
@page(needs="manage_audiences")
def evaluate(request: Request, pk: int) -> HttpResponse:
    evaluate_audience(audience_of(request, pk), by=request.user, now=clock.now())
    return shown(request, pk) if request.htmx else done(request, reverse("audience", args=[pk]), "It is evaluated now.")


@require_POST
@page(needs="export_members")
def export(request: Request, pk: int) -> StreamingHttpResponse:
    rows = export_members(audience_of(request, pk), by=request.user, now=clock.now())
    return as_csv(rows, f"audience-{pk}.csv")


@page(needs="manage_audiences")
def delete(request: Request, pk: int) -> HttpResponse:
    audience = audience_of(request, pk)
    if request.method == "POST":
        delete_audience(audience, by=request.user, now=clock.now())
        return done(request, reverse("audiences"), f"The audience “{audience.name}” is deleted.")
    users = users_of(audience.sandbox_id).get(audience.name, Users())
    if users.holding:
        sentences = [f"It cannot be deleted while it is used by {in_words(users.holding)}."]
    else:
        people = "1 person is" if audience.size == 1 else f"{audience.size:,} people are"
        sentences = [f"{people} in it: who that was is forgotten.", "The people themselves stay as they are."]
        if users.drafts:
            sentences.append(f"The drafts of {in_words(users.drafts)} name it: they cannot be published as they are.")
        sentences.append("This cannot be undone.")
    return confirm(
        request, title=f"Delete the audience “{audience.name}”?", sentences=sentences, label="Delete audience",
        back=reverse("audience", args=[pk]), allowed=request.workplace.may("manage_audiences") and not users.holding,
    )  # fmt: skip


def audience_of(request: Request, pk: int) -> Audience:
    """The audience, in whichever of the user's sandboxes it is; the request works there from here on."""
    mine = Audience.objects.filter(sandbox__in=queries.sandboxes_of(request.user)).select_related("sandbox")
    found: Audience = get_object_or_404(mine, pk=pk)
    request.workplace.enter(found.sandbox)
    return found


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A line of sizes in a box of `width` and `height`, and the area below it, as SVG paths."""

    line: str
    area: str
    first: int
    last: int
    most: int
    since: datetime
    until: datetime
    width: int = WIDTH
    height: int = HEIGHT


def plot_of(sizes: list[tuple[datetime, int, int, int]]) -> Plot | None:
    """The line through these sizes; None where there are too few for one."""
    if len(sizes) < 2:
        return None
    since, until = sizes[0][0], sizes[-1][0]
    span, most = (until - since).total_seconds() or 1.0, max(size for _, size, _, _ in sizes)
    points = [
        (WIDTH * (at - since).total_seconds() / span, HEIGHT - (HEIGHT - 4) * size / (most or 1))
        for at, size, _, _ in sizes
    ]
    line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Plot(
        line=line, area=f"{line} V{HEIGHT} H0 Z", first=sizes[0][1], last=sizes[-1][1], most=most,
        since=since, until=until,
    )  # fmt: skip


def _how_often(audience: Audience) -> str:
    form = AudienceForm.of(audience)
    return dict(form.ways)[form.every].lower() if form.every is not None else "on demand"


def _parts(audience: Audience) -> list[tuple[str, int | None]]:
    """The audiences that it is composed of, each with its id as long as it is there."""
    names = audience.composition.get("audiences", [])
    known = dict(Audience.objects.filter(sandbox=audience.sandbox_id, name__in=names).values_list("name", "pk"))
    return [(name, known.get(name)) for name in names]
