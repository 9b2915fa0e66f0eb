"""An audience from its rule to its people: they enter, stay and leave, and every evaluation says how many did."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from engine import audience_control, clock, tasks
from engine.audiences import estimating
from engine.audiences.evaluating import evaluate
from engine.audiences.keeping import AudienceInUse, NotAnAudience, Wanted, delete, forget, keep, readers_of
from engine.clock import travel
from engine.errors import JourneyOptError
from engine.models import Audience, AudienceRun, Identity, Membership
from engine.store.connection import connect
from tests.cast import graph, node

OFTEN = "count(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 7))}) >= 2"
BERN = '#{Profile.attributes.city} == "Bern"'


@pytest.fixture
def makes(shop):
    """Makes an audience, and evaluates it as the minutely job does."""

    def make(name, rule="", **more):
        audience = keep(sandbox_id=shop.sandbox.pk, wanted=Wanted(name=name, rule=rule, **more), by="ana")
        tasks.evaluate_audiences()
        audience.refresh_from_db()
        return audience

    return make


def members(audience):
    inside = Membership.objects.filter(audience_id=audience.pk, is_member=True).values_list("profile_id", flat=True)
    return set(Identity.objects.filter(profile_id__in=inside, namespace="userId").values_list("value", flat=True))


def latest(audience):
    run = AudienceRun.objects.filter(audience=audience).latest("pk")
    return run.state, run.is_incremental, run.entered, run.left, run.stayed, run.size


def test_people_enter_stay_and_leave_an_audience_by_their_attributes(shop, makes):
    for person in ("ana", "bob"):
        shop.identifies(person, city="Bern")
    shop.identifies("cy", city="Rome")
    shop.runs()
    audience = makes("In Bern", BERN)
    assert members(audience) == {"ana", "bob"}
    assert latest(audience) == ("done", False, 2, 0, 0, 2)

    shop.identifies("bob", city="Rome")
    shop.identifies("cy", city="Bern")
    shop.runs()
    with travel(timedelta(hours=25)):
        tasks.evaluate_audiences()

    assert members(audience) == {"ana", "cy"}
    assert latest(audience) == ("done", True, 1, 1, 1, 2)
    audience.refresh_from_db()
    assert audience.size == 2
    assert audience.next_at > clock.now() + timedelta(hours=48)


def test_when_a_period_passes_people_leave(shop, makes):
    shop.defines("Order")
    for person, times in (("ana", 2), ("bob", 1)):
        for _ in range(times):
            shop.tracks("Order", person)
    shop.runs()
    audience = makes("Often", OFTEN)
    assert members(audience) == {"ana"}

    with travel(timedelta(days=8)):
        tasks.evaluate_audiences()

    assert members(audience) == set()
    assert latest(audience) == ("done", False, 0, 1, 0, 0)


def test_audiences_of_audiences_are_evaluated_in_one_go_in_their_order(shop, makes):
    for person, city, vip in (("ana", "Bern", True), ("bob", "Bern", False)):
        shop.identifies(person, city=city, vip=vip)
    shop.runs()
    shop_id = shop.sandbox.pk
    for name, rule in (("Z", BERN), ("Y", "#{Profile.attributes.vip} == true")):
        keep(sandbox_id=shop_id, wanted=Wanted(name=name, rule=rule), by="ana")
    both = makes("A", kind="composition", composition={"operator": "exclusion", "audiences": ["Z", "Y"]})

    assert members(both) == {"bob"}
    assert readers_of(shop_id, "Z") == ["A"]


def test_an_audience_that_is_read_is_neither_renamed_nor_deleted_and_no_circle_is_kept(shop, makes):
    shop.identifies("ana", city="Bern")
    shop.runs()
    base = makes("Base", BERN)
    makes("Above", 'inAudience("Base")')
    sandbox = shop.sandbox.pk

    with pytest.raises(AudienceInUse):
        keep(sandbox_id=sandbox, wanted=Wanted(name="Other", rule=BERN), by="ana", audience_id=base.pk)
    with pytest.raises(AudienceInUse):
        delete(sandbox_id=sandbox, audience_id=base.pk)
    with pytest.raises(NotAnAudience) as refused:
        keep(sandbox_id=sandbox, wanted=Wanted(name="Base", rule='inAudience("Above")'), by="a", audience_id=base.pk)

    assert [problem.code for problem in refused.value.problems] == ["ERR_AUDIENCE_CIRCLE"]
    assert members(base) == {"ana"}


def test_an_audience_cannot_be_deleted_in_the_moment_in_which_a_journey_with_it_is_published(shop, makes):
    shop.identifies("ana", city="Bern")
    shop.runs()
    audience = makes("In Bern", BERN)
    drawn = graph(
        [
            node("read-audience-1", audience="In Bern", namespace="userId"),
            node("wait-1", duration="P1D"),
        ],
        "read-audience-1 > wait-1",
    )

    with transaction.atomic(), connect(autocommit=True) as another:
        shop.publishes(drawn)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            another.execute("SELECT FROM engine_audience WHERE id = %s FOR UPDATE NOWAIT", [audience.pk])

    assert audience_control.audiences_in_use(shop.sandbox.pk) == {"In Bern": ["Journey"]}


def test_a_deleted_audience_is_forgotten_with_its_people(shop, makes):
    shop.identifies("ana", city="Bern")
    shop.runs()
    audience = makes("In Bern", BERN)

    delete(sandbox_id=shop.sandbox.pk, audience_id=audience.pk)

    assert forget(audience.pk) == 1
    assert not Membership.objects.exists()
    assert not Audience.objects.exists()


def test_a_run_that_fell_silent_has_failed_and_the_next_one_makes_it_right(shop, makes):
    shop.identifies("ana", city="Bern")
    shop.runs()
    audience = makes("In Bern", BERN)
    now = clock.now()
    stuck = AudienceRun.objects.create(audience=audience, state="running", started_at=now, beat_at=now)
    assert evaluate([audience.pk]) == []

    with travel(timedelta(minutes=11)):
        (run,) = evaluate([audience.pk])

    stuck.refresh_from_db()
    assert (stuck.state, run.state, run.stayed, run.shards_done) == ("failed", "done", 1, 64)


def test_an_audience_whose_event_is_gone_fails_alone(shop, makes):
    event = shop.defines("Order")
    shop.identifies("ana", city="Bern")
    shop.runs()
    broken = makes("Often", OFTEN)
    event.delete()
    fine = makes("In Bern", BERN)
    with travel(timedelta(hours=25)):
        tasks.evaluate_audiences()

    assert latest(broken)[0] == "failed"
    assert latest(fine)[0] == "done"


def test_people_who_turn_out_to_be_one_are_a_member_where_either_was(shop, makes):
    shop.defines("Order", namespace="")
    shop.identifies("ana", plan="gold")
    shop.post("/v1/track", {"anonymousId": "a1", "event": "Order", "properties": {}})
    shop.post("/v1/track", {"anonymousId": "a1", "event": "Order", "properties": {}})
    shop.runs()
    audience = makes("Often", OFTEN)
    assert latest(audience)[-1] == 1

    shop.post("/v1/identify", {"anonymousId": "a1", "userId": "ana", "traits": {}})
    shop.runs()
    assert members(audience) == {"ana"}
    evaluate([audience.pk])

    assert members(audience) == {"ana"}
    assert latest(audience) == ("done", False, 0, 0, 1, 1)


def test_the_people_of_an_audience_are_listed_found_and_written_out(shop, makes):
    for number in range(5):
        shop.identifies(f"ana{number}", city="Bern", email=f"ana{number}@example.org")
    shop.identifies("bob", city="Rome")
    shop.runs()
    audience = makes("In Bern", BERN)
    where = {"sandbox_id": shop.sandbox.pk, "audience_id": audience.pk}

    first = audience_control.audience_members(**where, limit=3)
    second = audience_control.audience_members(**where, limit=3, cursor=first.next)
    (found,) = audience_control.audience_members(**where, text="ana3").rows
    titles, *lines = audience_control.audience_export(**where)

    listed = [row["email"] for row in (*first.rows, *second.rows)]
    assert (listed, second.next) == ([f"ana{number}@example.org" for number in range(5)], "")
    assert found["email"] == "ana3@example.org"
    assert titles == ["profile", "identity", "email", "since"]
    assert [line[1] for line in lines] == [f"ana{number}" for number in range(5)]
    assert [run.entered for run in audience_control.audience_runs(audience_id=audience.pk).rows] == [5]
    other = audience_control.audience_members(sandbox_id=shop.sandbox.pk + 1, audience_id=audience.pk)
    assert other.rows == []


def test_a_rule_is_estimated_before_it_is_kept(shop):
    for number in range(12):
        shop.identifies(f"ana{number}", city="Bern", email=f"ana{number}@example.org")
    shop.identifies("bob", city="Rome")
    shop.runs()

    found = audience_control.estimate_audience(sandbox_id=shop.sandbox.pk, rule=BERN, now=clock.now())

    assert (found.size, found.is_exact, found.margin, len(found.people)) == (12, True, 0, 10)
    assert all(name.startswith("ana") and email.startswith(name) for _, name, email in found.people)
    with pytest.raises(JourneyOptError) as refused:
        audience_control.estimate_audience(sandbox_id=shop.sandbox.pk, rule='uuid() == "a"', now=clock.now())
    assert [problem.code for problem in refused.value.problems] == ["ERR_EXPRESSION_UNSUPPORTED"]


def test_of_many_people_some_are_asked_and_the_rest_is_reckoned(shop, monkeypatch):
    monkeypatch.setattr(estimating, "ENOUGH", 1_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at) "
            "SELECT id %% 64, id, %s, "
            "jsonb_build_object('city', CASE WHEN id / 64 %% 4 = 0 THEN 'Bern' ELSE 'Rome' END), now(), now() "
            "FROM generate_series(1, 20000) AS id",
            [shop.sandbox.pk],
        )

    found = audience_control.estimate_audience(sandbox_id=shop.sandbox.pk, rule=BERN, now=clock.now())

    assert not found.is_exact
    assert abs(found.size - 5_000) <= found.margin <= 1_500


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(name="", rule=BERN), "name"),
        (Wanted(name=" a", rule=BERN), "name"),
        (Wanted(name="a\0b", rule=BERN), "name"),
        (Wanted(name="a", rule=BERN, every=timedelta(minutes=5)), "every"),
        (Wanted(name="a", rule=BERN, kind="list"), "kind"),
        (Wanted(name="a", rule=BERN, evaluation="never"), "evaluation"),
        (Wanted(name="a", rule=""), "rule"),
        (Wanted(name="a", kind="upload"), "namespace"),
        (Wanted(name="a", kind="composition", composition={"operator": "sum"}), "composition"),
        (Wanted(name="a", rule=BERN, description="x" * 501), "description"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field_and_nothing_is_kept(shop, wanted, field):
    with pytest.raises(NotAnAudience) as refused:
        keep(sandbox_id=shop.sandbox.pk, wanted=wanted, by="ana")

    assert field in {problem.field for problem in refused.value.problems}
    assert not Audience.objects.exists()


def test_more_than_twenty_at_once_and_audiences_of_others_are_not_evaluated_on_demand(shop, makes):
    audience = makes("In Bern", BERN)

    with pytest.raises(JourneyOptError, match="too many"):
        audience_control.evaluate_audiences(sandbox_id=shop.sandbox.pk, audience_ids=range(21), by="ana")
    with pytest.raises(audience_control.NoSuchAudience):
        audience_control.evaluate_audiences(sandbox_id=shop.sandbox.pk + 1, audience_ids=[audience.pk], by="ana")
