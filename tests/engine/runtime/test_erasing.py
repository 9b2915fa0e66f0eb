"""Erasing a person: nothing of them is left anywhere, and everything else is as it was."""

from django.db import connection

from engine import clock, control
from engine.activities.base import Mail
from engine.audiences.applying import _Applying
from engine.delivery.mail_catcher import read
from engine.delivery.wire import on_the_wire
from engine.models import (
    AudienceImport,
    CaughtMail,
    Delivery,
    Identity,
    InboxItem,
    Instance,
    Membership,
    Profile,
    ReadMember,
)
from engine.shards import shard_of
from engine.store import connection as connections
from tests.cast import graph, node
from tests.conftest import PEOPLE
from tests.lists import makes_list, uploads

KEEPS_NOTHING_OF_A_PERSON = {"engine_counter", "engine_cap", "engine_seen_message", "engine_read_count"}
NAMES_NO_PROFILE = {"engine_import_row"}  # but keys: see tests/engine/audiences/test_importing.py


def mentions(profile_id: int) -> dict[str, int]:
    """Table -> rows that name this profile, over every table that can."""
    found = {}
    with connection.cursor() as cursor:
        for table in PEOPLE.split(", "):
            if table in KEEPS_NOTHING_OF_A_PERSON | NAMES_NO_PROFILE:
                continue
            column = "id" if table == "engine_profile" else "profile_id"
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [profile_id])
            found[table] = cursor.fetchone()[0]
    return found


def profile_of(value: str) -> int:
    return Identity.objects.get(value=value).profile_id


def catch(*, key: str, sender: str) -> None:
    """A mail as the courier sends it, taken in."""
    mail = Mail(to="ana@example.org", subject="Hi", html="", text="Hello")
    read(on_the_wire(mail, sender=sender, key=key), sender=sender, recipient=mail.to, now=clock.now()).save()


def story(shop) -> int:
    """Two people who left a trace in every table."""
    shop.defines("Order")
    shop.defines("Cart")
    nodes = [
        node("event-1", event="Order"),
        node("experiment-1", success="Cart", treatments=[{"id": "a", "share": 50}, {"id": "b", "share": 50}]),
        node("custom-action-1", url="http://127.0.0.1:9/"),
        node("event-2", event="Cart"),
    ]
    version = shop.publishes(
        graph(
            nodes,
            "event-1 > experiment-1",
            "experiment-1.a > custom-action-1",
            "experiment-1.b > custom-action-1",
            "custom-action-1 > event-2",
        )
    )
    for user in ("ana", "ben"):
        shop.identifies(user, email=f"{user}@example.org")
        shop.tracks("Order", user)
        shop.tracks("Order", user)
    shop.runs()
    uploads(makes_list(shop), "id\nana\nben\n")
    with connections.connect(autocommit=True) as own:
        _Applying(own, AudienceImport.objects.select_related("audience").get()).step()  # recognised, and not yet in
    for user in ("ana", "ben"):
        shop.tracks("Cart", user)
        id = profile_of(user)
        Membership.objects.create(
            shard=shard_of(id), profile_id=id, audience_id=1, is_member=True, changed_at=clock.now()
        )
        ReadMember.objects.create(run_id=1, profile_id=id)
    return version


def test_nothing_is_left_and_others_keep_everything(shop):
    story(shop)
    ana, ben = profile_of("ana"), profile_of("ben")
    before = mentions(ben)
    assert all(before.values()), before

    removed = control.erase_profile(sandbox_id=shop.sandbox.pk, profile_id=ana, by="admin", now=clock.now())

    assert removed == sum(before.values())
    assert set(mentions(ana).values()) == {0}
    assert mentions(ben) == before


def test_the_mail_that_the_local_catcher_took_in_goes_with_them(shop):
    shop.defines("Order")
    nodes = [node("event-1", event="Order"), node("email-1", subject="Hi", text="{{ profile.email }}")]
    shop.publishes(graph(nodes, "event-1 > email-1"))
    for user in ("ana", "ben"):
        shop.identifies(user, email=f"{user}@example.org")
        shop.tracks("Order", user)
    shop.runs()
    ana, ben = profile_of("ana"), profile_of("ben")
    of_ana, of_ben = (Delivery.objects.get(profile_id=person).id for person in (ana, ben))
    for key, domain in ((of_ana, "shop.example"), (of_ana, "old.example"), (of_ben, "shop.example"),
                        (f"{of_ana}0", "shop.example"), (f"x{of_ana}", "shop.example")):  # fmt: skip
        catch(key=str(key), sender=f"hello@{domain}")

    control.erase_profile(sandbox_id=shop.sandbox.pk, profile_id=ana, by="admin", now=clock.now())

    left = set(CaughtMail.objects.values_list("message_id", flat=True))
    assert left == {f"<{of_ben}@shop.example>", f"<{of_ana}0@shop.example>", f"<x{of_ana}@shop.example>"}


def test_the_counts_know_that_somebody_left(shop):
    version = story(shop)
    control.erase_profile(sandbox_id=shop.sandbox.pk, profile_id=profile_of("ana"), by="admin", now=clock.now())

    counts = shop.counts(version)
    assert counts["journey"]["active"] == 1 == Instance.objects.filter(ended_at__isnull=True).count()
    assert counts["nodes"]["custom-action-1"]["waiting"] == 1


def test_whoever_was_merged_into_them_is_erased_with_them(shop):
    shop.post("/v1/track", {"anonymousId": "a", "event": "Visit"})
    shop.post("/v1/track", {"userId": "ana", "event": "Visit"})
    shop.post("/v1/identify", {"userId": "ana", "anonymousId": "a"})
    shop.runs()

    control.erase_profile(sandbox_id=shop.sandbox.pk, profile_id=profile_of("ana"), by="admin", now=clock.now())

    assert not Profile.objects.exists()
    assert not Identity.objects.exists()


def test_who_is_not_there_cannot_be_erased_and_who_is_elsewhere_is_not(shop):
    story(shop)
    ana = profile_of("ana")

    assert control.erase_profile(sandbox_id=shop.sandbox.pk, profile_id=999_999, by="admin", now=clock.now()) == 0
    assert control.erase_profile(sandbox_id=shop.sandbox.pk + 1, profile_id=ana, by="admin", now=clock.now()) == 0
    assert mentions(ana)["engine_profile"] == 1


def test_they_may_come_back_as_somebody_new(shop):
    story(shop)
    before = profile_of("ana")
    control.erase_profile(sandbox_id=shop.sandbox.pk, profile_id=before, by="admin", now=clock.now())
    shop.tracks("Order", "ana")
    shop.runs()

    assert profile_of("ana") != before
    assert not InboxItem.objects.exists()


def test_what_waits_can_be_read_as_a_row(shop):
    shop.tracks("Visit", "ana")

    assert InboxItem.objects.get().payload["n"] == "Visit"
