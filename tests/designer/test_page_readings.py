"""Readings: every run of a read audience with its progress and what came of it, on pages and through the interface."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.models import AuditEntry, Role, Version
from designer.readings import SENTENCES, WORDS, Told
from engine import audience_control, clock, tasks
from engine.audiences import reading
from engine.models import ReadMember, ReadRun
from tests.cast import Shop, graph, node
from tests.designer.conftest import logged_in, member
from tests.readers import joins, makes_audience, makes_people, reading_graph

SECOND = timedelta(seconds=1)


@pytest.fixture
def store(committed: None) -> Iterator[Shop]:
    shop = Shop("store")
    yield shop
    shop.close()


@pytest.fixture
def marketer(store: Shop) -> Client:
    return logged_in(member("mia", store.sandbox, Role.MARKETER))


def publishes(store: Shop, **settings: object) -> Version:
    drawn = reading_graph(node("wait-1", duration="P1D"), lines=("read-audience-1 > wait-1",), **settings)
    owner = member(f"owner-{settings.get('namespace', '')}", store.sandbox, Role.ADMINISTRATOR)
    version = create_journey(sandbox=store.sandbox, name="Win back", by=owner, now=clock.now(), graph=drawn)
    return publish(version, by=owner, now=clock.now())


def is_read(store: Shop, seconds: int) -> None:
    """The job, and then the engine so many seconds long."""
    reading.carry_on(clock.now())
    for second in range(seconds + 1):
        with clock.travel(second * SECOND):
            store.runs()


def test_what_is_being_read_says_how_far_it_is_and_asks_for_itself_again(store: Shop, marketer: Client) -> None:
    makes_audience(store, makes_people(store, 1_500))
    version = publishes(store, reading_rate=500)
    is_read(store, 1)
    read = ReadRun.objects.get().read  # about 500: time goes on while a test runs

    with clock.travel(SECOND):
        page = marketer.get(f"/journeys/{version.journey_id}/readings/").content.decode()
        shown = marketer.get(f"/api/journeys/{version.journey_id}/readings/").json()["results"]

    assert re.search(r"\d+ a second of 500, [\d.]+ s left", page)
    assert f'<progress class="run-progress" max="1500" value="{read}"' in page
    assert 'hx-trigger="load delay:2s"' in page
    assert [(run["state"], run["read"], run["entered"]) for run in shown] == [("reading", read, read)]
    assert shown[0]["pace"] * shown[0]["seconds_left"] == pytest.approx(1_500 - read)


def test_one_that_is_over_says_who_was_refused_and_why(store: Shop, marketer: Client) -> None:
    makes_audience(store, makes_people(store, 3))
    version = publishes(store, namespace="Email")
    is_read(store, 2)
    run = ReadRun.objects.get()

    page = marketer.get("/audiences/readings/").content.decode()
    why = marketer.get(f"/audiences/readings/{run.pk}/refused/").content.decode()
    counted = marketer.get(f"/api/readings/{run.pk}/refused/").json()["results"]

    assert run.state == "done"
    assert f'href="/journeys/{version.journey_id}/readings/">Win back' in page
    assert 'aria-label="3 refused: why"' in page
    assert 'hx-trigger="load delay:20s"' in page
    assert "Has no identity of the namespace" in why
    assert [(row["code"], row["count"]) for row in counted] == [("ERROR_INSTANCE_BAD_NAMESPACE", 3)]


def test_the_next_occurrence_is_announced_until_it_is_there(store: Shop, marketer: Client) -> None:
    makes_audience(store, makes_people(store, 1))
    version = publishes(store, schedule="daily")
    address = f"/api/journeys/{version.journey_id}/readings/"
    at_first = marketer.get(address).json()
    is_read(store, 1)

    afterwards = marketer.get(address).json()
    page = marketer.get(f"/journeys/{version.journey_id}/readings/").content.decode()

    opened_at = version.published_at
    assert opened_at is not None
    assert [one["at"] for one in at_first["coming"]] == [opened_at.isoformat().replace("+00:00", "Z")]
    next_day = (opened_at + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert [one["at"] for one in afterwards["coming"]] == [next_day]
    assert (len(at_first["results"]), len(afterwards["results"])) == (0, 1)
    assert "1.0 reads “Buyers” <b>" in page


def test_one_is_stopped_who_was_read_stays_and_it_is_on_record(store: Shop, marketer: Client) -> None:
    makes_audience(store, makes_people(store, 1_500))
    publishes(store, reading_rate=500)
    is_read(store, 1)
    run = ReadRun.objects.get()

    asked = marketer.get(f"/audiences/readings/{run.pk}/stop/").content.decode()
    stopped = marketer.post(f"/audiences/readings/{run.pk}/stop/")
    again = marketer.post(f"/audiences/readings/{run.pk}/stop/")
    is_read(store, 5)

    assert f"{run.read:,} of 1,500 were read: they stay in the journey" in asked
    assert f"{1_500 - run.read:,} people are not read" in asked
    assert (stopped.status_code, again.status_code) == (302, 409)
    left = 1_500 - run.read
    run.refresh_from_db()
    assert (run.state, run.reason, run.total - run.read) == ("dropped", "", left)
    assert not ReadMember.objects.exists()
    assert AuditEntry.objects.filter(verb="reading.stopped").values_list("by", "details").get() == (
        "mia", {"not_read": left},
    )  # fmt: skip
    assert "Somebody stopped it" in marketer.get("/audiences/readings/").content.decode()


def test_between_two_waves_it_says_when_the_next_begins(store: Shop, marketer: Client) -> None:
    makes_audience(store, makes_people(store, 4))
    publishes(store, waves="equal", wave_count=2, wave_interval="PT1H")
    is_read(store, 1)

    page = marketer.get("/audiences/readings/").content.decode()

    assert ReadRun.objects.get().state == "resting"
    assert "Between waves" in page
    assert re.search(r"Wave 2 of 2 begins in \d+ minutes", page)


def test_between_two_waves_it_says_when_the_next_begins_and_whom_a_stop_leaves_out(
    store: Shop, marketer: Client
) -> None:
    makes_audience(store, makes_people(store, 100))
    publishes(store, waves="equal", wave_count=2)
    is_read(store, 3)
    with clock.travel(60 * SECOND):
        reading.carry_on(clock.now())
    run = ReadRun.objects.get()

    page = marketer.get("/audiences/readings/").content.decode()
    asked = marketer.get(f"/audiences/readings/{run.pk}/stop/").content.decode()

    assert run.state == "resting"
    assert "Wave 2 of 2 begins in" in page
    assert '<progress class="run-progress" max="100" value="50"' in page
    assert "50 of 100 were read" in asked
    assert "50 people are not read." in asked


def test_whoever_only_looks_is_offered_no_stop(store: Shop) -> None:
    makes_audience(store, makes_people(store, 1_500))
    publishes(store, reading_rate=500)
    is_read(store, 1)
    viewer = logged_in(member("vera", store.sandbox, Role.VIEWER))

    page = viewer.get("/audiences/readings/").content.decode()
    refused = viewer.post(f"/audiences/readings/{ReadRun.objects.get().pk}/stop/")

    assert "Win back" in page
    assert "/stop/" not in page
    assert refused.status_code == 403
    assert ReadRun.objects.get().is_open


def test_without_any_it_says_what_they_are(browser: Client) -> None:
    page = browser.get("/audiences/readings/").content.decode()

    assert "Nothing was read yet" in page


@pytest.mark.parametrize("state", ReadRun.State.values)
@pytest.mark.parametrize("reason", ["", *ReadRun.Reason.values])
def test_every_end_that_the_engine_knows_has_a_word_and_a_sentence(state: str, reason: str) -> None:
    run = ReadRun(state=state, reason=reason, total=1, audience_name="Buyers", rate=500)
    found = audience_control.ReadingRun(
        run=run, journey="", version="", entered=0, refused=0, on_the_way=0, pace=None, left=None
    )

    told = Told.of(found, clock.now())

    assert (told.tone, told.word) == WORDS[ReadRun.State(state)]
    assert told.sentence or (state, reason) in SENTENCES or not reason


def test_a_long_list_comes_a_page_at_a_time(store: Shop, marketer: Client) -> None:
    makes_audience(store, [])
    version = publishes(store)
    for number in range(30):
        at = clock.now() - timedelta(days=number)
        ReadRun.objects.create(
            sandbox_id=store.sandbox.pk, journey_id=version.journey_id, version_id=version.pk, due_at=at,
            audience_name="Buyers", state="done", finished_at=at, rate=500,
        )  # fmt: skip
    address = f"/api/journeys/{version.journey_id}/readings/"

    first = marketer.get(address).json()
    second = marketer.get(address, {"cursor": first["next"]}).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (25, 5, None)


def test_why_people_were_refused_who_were_read_because_of_a_business_event(store: Shop) -> None:
    store.defines("PriceFell", type="business", namespace="")
    makes_audience(store, makes_people(store, 3))
    nodes = [
        node("business-event-1", event="PriceFell"),
        node("read-audience-1", audience="Buyers", namespace="Email"),
        node("wait-1", duration="P1D"),
    ]
    store.publishes(graph(nodes, "business-event-1 > read-audience-1", "read-audience-1 > wait-1"))
    store.tracks("PriceFell", "clerk")
    for second in range(3):
        with clock.travel(second * SECOND):
            tasks.answer_business_events()
            store.runs()

    why = audience_control.refusals(run=ReadRun.objects.get())

    assert why.counts == [("ERROR_INSTANCE_BAD_NAMESPACE", "no identity of Email", 3)]


def test_two_readings_at_once_each_tell_of_their_own_refusals(store: Shop) -> None:
    audience = makes_audience(store, makes_people(store, 3))
    publishes(store, namespace="Email", schedule="daily")
    is_read(store, 1)
    joins(audience, makes_people(store, 2, first=4))
    with clock.travel(timedelta(days=1)):
        is_read(store, 1)
    first, second = ReadRun.objects.order_by("pk")
    ReadRun.objects.update(started_at=first.started_at, finished_at=second.finished_at)

    counts = [audience_control.refusals(run=run).counts for run in ReadRun.objects.order_by("pk")]

    reason = ("ERROR_INSTANCE_BAD_NAMESPACE", "no identity of Email")
    assert counts == [[(*reason, 3)], [(*reason, 5)]]


def test_the_refusals_of_a_reading_are_found_by_it_and_not_by_looking_at_all(store: Shop) -> None:
    run = ReadRun(pk=7, sandbox_id=store.sandbox.pk, started_at=clock.now())
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        cursor.execute("SET enable_seqscan = off")
        audience_control.refusals(run=run)
        cursor.execute("EXPLAIN " + asked.captured_queries[-1]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")

    assert re.search(r"Index Scan .*_expr_at_idx", plan), plan
