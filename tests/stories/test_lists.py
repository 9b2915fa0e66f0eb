"""People who were uploaded: they enter journeys with what their rows say, and whoever follows the list follows them."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from designer.models import Membership as Member
from designer.models import Role
from engine import clock, tasks
from engine.audiences import reading
from engine.audiences.keeping import Wanted, keep
from engine.models import Identity, Instance, Membership, Namespace
from tests.cast import graph, node
from tests.lists import makes_list
from tests.readers import reading_graph


@pytest.fixture
def upload(shop):
    """Uploads a file to a list by the interface, as a program would, and lets the background work."""
    for code in ("userId", "Email"):
        Namespace.objects.create(sandbox=shop.sandbox, code=code)
    user = User.objects.create_user("ada")
    Member.objects.create(user=user, sandbox=shop.sandbox, role=Role.MARKETER)
    client = Client()
    client.force_login(user)

    def send(audience, content, *, columns=(), **asked):
        query = urlencode({**asked, "columns": json.dumps(dict(columns))})
        answer = client.post(f"/api/audiences/{audience.pk}/import/?{query}", content, content_type="text/csv")
        assert answer.status_code == 202, answer.content
        tasks.import_lists()
        shown = client.get(f"/api/audiences/{audience.pk}/imports/{answer.json()['id']}/").json()
        assert shown["state"] == "done"
        return shown

    return send


def inside(version):
    """Who is in a journey, by what they are known by, and the port at which they stand."""
    found = Instance.objects.filter(version_id=version, ended_at__isnull=True).values_list("profile_id", "port")
    names = dict(Identity.objects.values_list("profile_id", "value"))
    return {names[profile]: port for profile, port in found}


def is_read(shop):
    reading.carry_on(clock.now())
    shop.runs()
    with clock.travel(timedelta(seconds=1)):
        shop.runs()


def names_in(audience):
    inside = Membership.objects.filter(audience_id=audience.pk, is_member=True).values_list("profile_id", flat=True)
    return set(Identity.objects.filter(profile_id__in=inside).values_list("value", flat=True))


def test_what_a_row_says_of_somebody_decides_their_way_through_a_journey(shop, upload):
    audience = makes_list(shop, namespace="Email")
    upload(
        audience, "E-mail;Plan\nana@example.org;gold\nbob@example.org;silver\ncy@example.org;\n",
        key="E-mail", columns={"Plan": "plan"},
    )  # fmt: skip
    is_gold = '@event{read_audience_1.plan} == "gold"'
    unsaid = "@event{read_audience_1.plan} is null"
    paths = [{"id": "gold", "condition": is_gold}, {"id": "unsaid", "condition": unsaid}]
    version = shop.publishes(
        reading_graph(
            node("condition-1", paths=paths), node("wait-1", duration="P1D"),
            lines=("read-audience-1 > condition-1", "condition-1.gold > wait-1", "condition-1.unsaid > wait-1",
                   "condition-1.other > wait-1"),
            audience="Members", namespace="Email",
        )
    )  # fmt: skip

    is_read(shop)

    assert inside(version) == {"ana@example.org": "gold", "bob@example.org": "other", "cy@example.org": "unsaid"}


def test_what_a_journey_was_told_stays_when_the_list_changes(shop, upload):
    audience = makes_list(shop)
    upload(audience, "id,Plan\nana,gold\n", key="id", columns={"Plan": "plan"})
    paths = [{"id": "gold", "condition": '@event{read_audience_1.plan} == "gold"'}]
    version = shop.publishes(
        reading_graph(
            node("wait-1", duration="P1D"), node("condition-1", paths=paths), node("wait-2", duration="P9D"),
            lines=("read-audience-1 > wait-1", "wait-1 > condition-1", "condition-1.gold > wait-2",
                   "condition-1.other > wait-2"),
            audience="Members",
        )
    )  # fmt: skip
    is_read(shop)
    upload(audience, "id,Plan\nana,silver\n", key="id", columns={"Plan": "plan"})

    with clock.travel(timedelta(days=2)):
        shop.runs()

    assert inside(version) == {"ana": "gold"}


def test_a_streaming_audience_follows_a_list_at_once(shop, upload):
    audience = makes_list(shop)
    kept = {"sandbox_id": shop.sandbox.pk, "by": "ana"}
    bern = 'inAudience("Members") and #{Profile.attributes.city} == "Bern"'
    follows = keep(**kept, wanted=Wanted(name="Members in Bern", rule=bern, evaluation="streaming"))
    others = keep(**kept, wanted=Wanted(name="Others", rule='not inAudience("Members")', evaluation="streaming"))
    for person, city in (("ana", "Bern"), ("bob", "Rome"), ("cy", "Bern")):
        shop.identifies(person, city=city)
    shop.runs()

    upload(audience, "id\nana\nbob\n", key="id")
    shop.runs()
    assert (names_in(follows), names_in(others)) == ({"ana"}, {"cy"})
    upload(audience, "id\nbob\ncy\nnew\n", key="id")
    shop.runs()

    assert (names_in(follows), names_in(others)) == ({"cy"}, {"ana"})


def test_whoever_a_file_brings_in_or_takes_out_qualifies(shop, upload):
    audience = makes_list(shop)
    upload(audience, "id\nana\n", key="id")
    begins = node("audience-qualification-1", audience="Members", namespace="userId", behaviour="both")
    version = shop.publishes(graph([begins, node("wait-1", duration="P1D")], "audience-qualification-1 > wait-1"))
    shop.runs()

    upload(audience, "id\nbob\n", key="id")
    shop.runs()

    assert set(inside(version)) == {"ana", "bob"}
