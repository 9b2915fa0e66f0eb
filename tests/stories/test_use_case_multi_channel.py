"""The first use case: those born after 1980 in three cities get a mail; who buys is thanked, the others reminded."""

from datetime import timedelta

import pytest

from engine import clock, tasks
from engine.audiences import reading
from engine.audiences.keeping import Wanted, keep
from engine.models import Discard, Identity, Instance
from tests.cast import graph, node

PEOPLE = {
    "ana": ("Seattle", 1985),
    "bob": ("Atlanta", 1990),
    "cai": ("San Francisco", 1981),
    "dee": ("Seattle", 1980),
    "eve": ("Paris", 1992),
    "fay": ("Seattle", 1993),
}
WEST = (
    'in(#{Profile.attributes.city}, ["Atlanta", "San Francisco", "Seattle"]) and #{Profile.attributes.birthYear} > 1980'
)
THANKED = '@event{Purchase.properties.purchaseMessage} == "thank you"'
JOURNEY = graph(
    [
        node("read-audience-1", audience="West_post1980", namespace="userId"),
        node("email-1", subject="First", text="Hello {{ profile.email }}"),
        node("event-1", event="Purchase", timeout="P1D", timeout_path=True),
        node("email-2", subject="Thanks for {{ event.properties.productName }}", text="Enjoy it."),
        node("email-3", subject="Follow-up", text="Still there?"),
    ],
    "read-audience-1 > email-1",
    "email-1 > event-1",
    "event-1 > email-2",
    "event-1.timeout > email-3",
)


@pytest.fixture
def published(shop):
    shop.defines("Purchase", rule=THANKED)
    for user, (city, year) in PEOPLE.items():
        assert shop.identifies(user, city=city, birthYear=year, email=f"{user}@example.org").status == 200
    shop.runs()
    keep(sandbox_id=shop.sandbox.pk, wanted=Wanted(name="West_post1980", rule=WEST), by="ana")
    tasks.evaluate_audiences()
    return shop.publishes(JOURNEY)


def users(**found):
    ids = Instance.objects.filter(**found).values_list("profile_id", flat=True)
    return sorted(Identity.objects.filter(profile_id__in=ids, namespace="userId").values_list("value", flat=True))


def is_waiting():
    """Whether every first mail is out, and its result was heard."""
    return Instance.objects.filter(node="email-1").exclude(port=None).count() == 4


def is_over():
    return not Instance.objects.filter(ended_at=None).exists()


def subjects(post, user):
    return [mail.partition("Subject: ")[2].partition("\n")[0].strip() for to, mail in post.mails if to.startswith(user)]


def test_the_audience_is_read_once_and_each_goes_the_way_of_what_they_do(shop, published, carry, post):
    reading.carry_on(clock.now())
    shop.runs()
    carry(is_waiting, port=post.port)
    with clock.travel(timedelta(hours=5)):
        reading.carry_on(clock.now())  # it is read once
        shop.tracks("Purchase", "ana", purchaseMessage="thank you", productName="Tea")
        shop.tracks("Purchase", "bob", purchaseMessage="Thank You", productName="Tea")
        shop.runs()
        moved = users(node="email-2")
    with clock.travel(timedelta(days=1, hours=1)):
        shop.runs()
        carry(is_over, port=post.port)

    assert users(version_id=published) == ["ana", "bob", "cai", "fay"]
    assert not Discard.objects.filter(version_id=published, code="reentranceNotAllowed").exists()
    assert moved == ["ana"]
    assert subjects(post, "ana") == ["First", "Thanks for Tea"]
    for user in ("bob", "cai", "fay"):
        assert subjects(post, user) == ["First", "Follow-up"]
    assert {to for to, _ in post.mails} == {f"{user}@example.org" for user in ("ana", "bob", "cai", "fay")}
