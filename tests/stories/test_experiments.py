"""An experiment over the weeks: who succeeded, which treatment is ahead, and who gets it then."""

from datetime import timedelta

import pytest
from django.db import transaction

from engine import clock, control
from engine.clock import travel
from engine.models import Experiment, Instance, Profile
from engine.reporting.chances import chances_of_best, shares_by
from tests.cast import graph, node

TREATMENTS = [{"id": "a", "label": "Plain", "share": 50}, {"id": "b", "label": "Bold", "share": 50}]


def published(shop, **settings):
    """People sign up and are assigned; who buys is a success."""
    shop.defines("Signup")
    shop.defines("Bought")
    flow = graph(
        [node("event-1", event="Signup"),
         node("experiment-1", treatments=TREATMENTS, success="Bought", **settings),
         node("wait-1", duration="P1D"), node("wait-2", duration="P1D")],
        "event-1 > experiment-1", "experiment-1.a > wait-1", "experiment-1.b > wait-2",
    )  # fmt: skip
    return shop.publishes(flow, reentrance_wait="PT0S")


def ways(version):
    """Person -> the treatment by which they went last."""
    return dict(Instance.objects.filter(version_id=version).order_by("id").values_list("key", "port"))


def enters(shop, *people):
    with shop.stays_open():
        for person in people:
            shop.tracks("Signup", person)
    shop.runs()


def buys(shop, *people):
    with shop.stays_open():
        for person in people:
            shop.tracks("Bought", person)
    shop.runs()


def look():
    with transaction.atomic():
        return control.look_at_experiments(clock.now())


def standing(version):
    [found] = control.experiments(version)
    return {one.id: (one.assigned, one.succeeded) for one in found.treatments}


def test_who_buys_within_seven_days_counts_once_for_their_treatment(shop):
    with travel(timedelta()):
        version = published(shop)
        people = [f"p{number}" for number in range(20)]
        buys(shop, "p0")  # before they were assigned: for nothing
        enters(shop, *people)
        by_way = ways(version)
    with travel(timedelta(days=6)):
        buys(shop, "p0", "p1", "p0")
    with travel(timedelta(days=8)):
        buys(shop, "p2")

        expected = {way: [list(by_way.values()).count(way), 0] for way in "ab"}
        for person in ("p0", "p1"):
            expected[by_way[person]][1] += 1
        assert standing(version) == {way: tuple(numbers) for way, numbers in expected.items()}


def test_the_event_that_starts_the_journey_is_no_success_of_the_run_it_starts(shop):
    shop.defines("Signup")
    flow = graph(
        [node("event-1", event="Signup"), node("experiment-1", treatments=TREATMENTS, success="Signup")],
        "event-1 > experiment-1",
    )
    version = shop.publishes(flow, reentrance_wait="PT0S")

    enters(shop, "ana")
    assert sorted(standing(version).values()) == [(0, 0), (1, 0)]
    enters(shop, "ana")
    assert sorted(standing(version).values()) == [(0, 0), (1, 1)]


def test_a_bandit_gives_more_people_to_what_succeeds_and_nobody_changes_their_treatment(shop):
    with travel(timedelta()):
        version = published(shop, method="bandit")
        early = [f"p{number}" for number in range(120)]
        enters(shop, *early)
        before = ways(version)
        buys(shop, *[person for person, way in before.items() if way == "b"])
        look()
        assert not Experiment.objects.exists()  # its week is not over
    with travel(timedelta(days=7, minutes=1)):
        assert look() == []
        late = [f"q{number}" for number in range(200)]
        enters(shop, *late, *early)

        after = ways(version)
        assert {person: after[person] for person in early} == before
        assert [after[person] for person in late].count("b") > 175  # 95 of 100 are expected
        [found] = control.experiments(version)
        assert [one.share for one in found.treatments] == pytest.approx([0.05, 0.95])


def test_the_winner_gets_everybody_as_soon_as_there_is_one(shop):
    version = published(shop, auto_scale=True)
    few = [f"p{number}" for number in range(60)]
    enters(shop, *few)
    buys(shop, *[person for person, way in ways(version).items() if way == "a"])
    assert look() == []  # too few to be sure
    many = [f"q{number}" for number in range(240)]  # 100 of each are asked: of 180, one run in a hundred fell short
    enters(shop, *many)
    buys(shop, *[person for person, way in ways(version).items() if way == "a"])

    assert [(one.node, one.treatment) for one in look()] == [("experiment-1", "a")]
    assert look() == []
    with travel(timedelta(days=2)):
        shop.runs()
        enters(shop, *few, "new")
        after = ways(version)
        assert {after[person] for person in (*few, "new")} == {"a"}


def test_after_its_time_the_one_ahead_gets_everybody(shop):
    with travel(timedelta()):
        version = published(shop, auto_scale=True, scale_after="P3D")
        enters(shop, *[f"p{number}" for number in range(20)])  # of five, all went one way once in sixteen runs
        way = ways(version)["p0"]
        buys(shop, "p0")
        assert look() == []
    with travel(timedelta(days=4)):
        assert [one.treatment for one in look()] == [way]


def test_who_was_kept_out_stays_out_and_is_compared_with(shop):
    version = published(shop, has_holdout=True, holdout=50)
    people = [f"p{number}" for number in range(40)]
    enters(shop, *people)
    out = [person for person, way in ways(version).items() if way is None]
    buys(shop, out[0])
    with transaction.atomic():
        control.scale_treatment(version_id=version, node="experiment-1", treatment="b", by="ada", now=clock.now())
    with travel(timedelta(days=2)):
        shop.runs()
        enters(shop, *people)

        after = ways(version)
        assert {after[person] for person in out} == {None}
        assert {after[person] for person in people if person not in out} == {"b"}
        [found] = control.experiments(version)
        assert (found.holdout, found.winner, found.scaled_by) == ((len(out), 1), "b", "ada")


def test_what_is_no_treatment_is_refused(shop):
    version = published(shop)
    with pytest.raises(control.NoSuchTreatment):
        control.scale_treatment(version_id=version, node="experiment-1", treatment="c", by="ada", now=clock.now())
    assert not Experiment.objects.exists()


def test_two_profiles_that_become_one_keep_the_treatment_of_the_older(shop):
    version = published(shop)
    for number in range(8):
        shop.tracks("Signup", f"p{number}")
    shop.runs()
    older, younger = Profile.objects.order_by("id")[:2]
    from django.db import connection

    shop.post("/v1/alias", {"previousId": "p1", "userId": "p0"})
    shop.runs()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM engine_assignment WHERE profile_id = %s", [younger.pk])
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT treatment FROM engine_assignment WHERE profile_id = %s", [older.pk])
        assert [treatment for (treatment,) in cursor.fetchall()] == [ways(version)["p0"]]


@pytest.mark.parametrize(
    ("results", "chances"),
    [
        ([(0, 0), (0, 0)], [0.5, 0.5]),
        ([(100, 50), (100, 5)], [1.0, 0.0]),
        ([(1000, 100), (1000, 110)], [0.23, 0.77]),  # 0.767 for the second by the normal approximation
    ],
)
def test_the_chance_to_be_the_best(results, chances):
    assert chances_of_best(results) == pytest.approx(chances, abs=0.03)
    assert sum(shares_by(chances_of_best(results))) == pytest.approx(1)
