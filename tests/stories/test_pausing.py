"""A journey is paused for a weekend: nobody enters, nobody is written to, and on Monday everybody goes on."""

from datetime import timedelta

from engine import clock, control
from engine.clock import travel
from engine.models import Definition, Delivery, Discard, Instance
from tests.cast import graph, node

HOUR = timedelta(hours=1)
FLOW = graph(
    [node("event-1", event="Signup"), node("wait-1", duration="PT1H"),
     node("update-profile-1", fields=[{"field": "welcomed", "value": "#{Profile.attributes.name}"}]),
     node("email-1", subject="Hi", html="<p>Hi</p>")],
    "event-1 > wait-1", "wait-1 > update-profile-1", "update-profile-1 > email-1",
)  # fmt: skip


def states() -> list[tuple[str, str]]:
    return sorted(Instance.objects.values_list("state", "node"))


def test_people_are_held_and_released_with_their_attributes_as_they_are_then(shop):
    shop.defines("Signup")
    version = shop.publishes(FLOW)
    shop.identifies("ana", name="Ana", email="ana@example.org")
    shop.tracks("Signup", "ana")
    shop.runs()

    control.pause(version_id=version, mode="hold", now=clock.now())
    with travel(2 * HOUR):
        shop.tracks("Signup", "bob")
        shop.runs()
        assert states() == [("held", "update-profile-1")]
        assert Discard.objects.get().code == "PAUSED_JOURNEY_VERSION"
        assert control.people_held([version]) == {version: 1}
        assert shop.counts(version)["nodes"]["update-profile-1"]["waiting"] == 1

    with travel(3 * HOUR):
        shop.identifies("ana", name="Anna")
        shop.runs()
        control.resume(version_id=version, now=clock.now())
        shop.tracks("Signup", "bob")
        assert control.release(version_id=version, after=0, most=10, now=clock.now())[0] == 1
        control.settle(version_id=version)
        shop.runs()

        assert states() == [("active", "email-1"), ("active", "event-1")]
        assert Delivery.objects.get().node == "email-1"
        profile = Instance.objects.get(node="email-1").profile_id
        assert control.profile_of(sandbox_id=shop.sandbox.id, profile_id=profile)["attributes"]["welcomed"] == "Anna"
        assert Definition.objects.get().status == "live"
        assert control.people_held([version]) == {version: 0}


def test_whoever_was_just_being_held_when_it_was_resumed_is_not_forgotten(shop):
    shop.defines("Signup")
    version = shop.publishes(FLOW)
    shop.tracks("Signup", "ana")
    shop.runs()
    control.pause(version_id=version, mode="hold", now=clock.now())
    with travel(2 * HOUR):
        shop.runs()
        # Nobody was held yet when the others were released: their turn was still under way.
        control.resume(version_id=version, now=clock.now())
        control.settle(version_id=version)
        shop.runs()

    assert states() == [("active", "email-1")]


def test_with_discard_they_leave_and_whoever_only_waits_is_untouched(shop):
    shop.defines("Signup")
    version = shop.publishes(FLOW)
    shop.tracks("Signup", "ana")
    shop.runs()
    with travel(HOUR / 2):
        shop.tracks("Signup", "bob")
        shop.runs()
        control.pause(version_id=version, mode="discard", now=clock.now())
    with travel(HOUR * 1.2):
        shop.runs()
        assert states() == [("active", "event-1"), ("exited", "update-profile-1")]
        control.resume(version_id=version, now=clock.now())
        control.settle(version_id=version)
    with travel(2 * HOUR):
        shop.runs()

    assert states() == [("active", "email-1"), ("exited", "update-profile-1")]
    assert Discard.objects.get().code == "JOURNEY_IN_PAUSED_STATE"


def test_a_paused_version_is_stopped_directly_and_nobody_is_left_in_it(shop):
    shop.defines("Signup")
    version = shop.publishes(FLOW)
    shop.tracks("Signup", "ana")
    shop.runs()
    control.pause(version_id=version, mode="hold", now=clock.now())
    with travel(2 * HOUR):
        shop.runs()
        control.stop(version_id=version, now=clock.now())
        shop.runs()

    assert states() == [("stopped", "update-profile-1")]


def test_whoever_has_the_attribute_leaves_when_the_journey_resumes(shop):
    shop.defines("Signup")
    version = shop.publishes(FLOW)
    shop.identifies("ana", tier="gold")
    for person in ("ana", "bob"):
        shop.tracks("Signup", person)
    shop.runs()
    control.pause(version_id=version, mode="hold", now=clock.now())
    with travel(2 * HOUR):
        shop.runs()
        control.exit_by_attribute(version_id=version, label="Gold", condition='#{Profile.attributes.tier} == "gold"')
        control.resume(version_id=version, now=clock.now())
        control.release(version_id=version, after=0, most=10, now=clock.now())
        shop.runs()

    assert states() == [("active", "email-1"), ("exited", "update-profile-1")]


def test_an_exit_criterion_takes_a_person_out_and_counts_them(shop):
    shop.defines("Signup")
    shop.defines("Bought")
    criterion = {"label": "Bought", "event": "Bought", "condition": "@event{Bought.properties.total} > 10"}
    version = shop.publishes(FLOW, exit_criteria=[criterion])
    shop.tracks("Signup", "ana")
    shop.runs()

    shop.tracks("Bought", "ana", total=5)
    shop.runs()
    assert states() == [("active", "event-1")]
    shop.tracks("Bought", "ana", total=50)
    shop.runs()

    assert states() == [("exited", "event-1")]
    assert not Discard.objects.exists()
    assert shop.counts(version)["journey"]["active"] == 0


def test_at_the_end_date_everybody_leaves_and_nobody_enters(shop):
    shop.defines("Signup")
    ends_at = clock.now() + HOUR / 2
    shop.publishes(FLOW, ends_at=ends_at.isoformat())
    shop.tracks("Signup", "ana")
    shop.runs()

    with travel(HOUR / 2 + timedelta(seconds=1)):
        shop.tracks("Signup", "bob")
        shop.runs()

    assert states() == [("exited", "event-1")]
    assert Discard.objects.get().code == "outsideDates"
