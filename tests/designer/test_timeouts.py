"""The timeout of a journey's actions: data engineers and administrators set it, others leave it as it is."""

from typing import Any

import pytest
from django.test import Client

from designer.models import Version
from tests.designer.conftest import GRAPH, logged_in, member


def saves(client: Client, draft: Version, **properties: Any) -> Any:
    draft.refresh_from_db()
    return client.put(
        f"/api/versions/{draft.pk}/draft/",
        {"graph": GRAPH, "properties": properties},
        content_type="application/json",
        headers={"If-Match": f'"{draft.revision}"'},
    )


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("marketer", 403), ("engineer", 200), ("administrator", 200)]
)
def test_each_role_may_or_may_not_set_it(shop: Any, draft: Version, role: str, status: int) -> None:
    client = logged_in(member("vera", shop, role))

    answer = saves(client, draft, activity_timeout="PT5S")

    shown = client.get(f"/api/versions/{draft.pk}/").json()
    assert answer.status_code == status
    assert shown["permissions"]["set_timeouts"] is (status == 200)
    assert shown["properties"].get("activity_timeout") == ("PT5S" if status == 200 else None)


def test_a_marketer_saves_everything_else_whatever_it_is(shop: Any, browser: Client, draft: Version) -> None:
    marketer = logged_in(member("tom", shop, "marketer"))

    written_out = saves(marketer, draft, activity_timeout="PT30S", reentrance=False)
    saves(browser, draft, activity_timeout="PT5S")
    kept = saves(marketer, draft, activity_timeout="PT5S", priority=10)
    taken_out = saves(marketer, draft, priority=10)

    assert [answer.status_code for answer in (written_out, kept, taken_out)] == [200, 200, 403]
    assert taken_out.json()["message"] == "Your role may not change the timeout of actions."
