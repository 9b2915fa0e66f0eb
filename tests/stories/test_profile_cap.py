"""A cap on people is exact, however many workers give its places away."""

from threading import Thread

from engine.models import Instance
from engine.runtime.worker import Worker
from tests.cast import graph, node

CAP, PEOPLE = 30, 100


def test_a_hundred_people_and_thirty_places_given_away_by_two_workers_at_once(shop):
    shop.defines("Signup")
    flow = graph(
        [node("event-1", event="Signup"), node("profile-cap-1", limit=CAP), node("wait-1", duration="P1D"),
         node("wait-2", duration="P2D")],
        "event-1 > profile-cap-1", "profile-cap-1.nominal > wait-1", "profile-cap-1.alternate > wait-2",
    )  # fmt: skip
    shop.publishes(flow)
    with shop.stays_open():
        for number in range(PEOPLE):
            shop.tracks("Signup", f"person-{number}")

    workers = [Worker(limit=4) for _ in range(2)]
    threads = [Thread(target=worker.run_until_idle) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for worker in workers:
        worker._drop_connection()
    shop.runs()

    ways = [port for (port,) in Instance.objects.values_list("port")]
    assert (ways.count("nominal"), ways.count("alternate")) == (CAP, PEOPLE - CAP)


def test_the_next_version_begins_at_zero(shop):
    shop.defines("Signup")
    flow = graph(
        [node("event-1", event="Signup"), node("profile-cap-1", limit=1), node("wait-1", duration="P1D")],
        "event-1 > profile-cap-1", "profile-cap-1.nominal > wait-1",
    )  # fmt: skip
    shop.publishes(flow)
    for person in ("ana", "bob"):
        shop.tracks("Signup", person)
        shop.runs()
    shop.publishes(flow)
    shop.tracks("Signup", "cy")
    shop.runs()

    assert sorted(Instance.objects.values_list("state", flat=True)) == ["active", "active", "completed"]
