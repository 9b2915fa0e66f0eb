"""Whatever is written into an address, a form or a JSON body: the answer is never a crash."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client

from tests.designer.conftest import logged_in
from tests.designer.everything import Address, Full, addresses

TEXTS = ["\0", "a:b\0", "\ud800", "1" * 31, "-1", "9" * 5000, "²", "٣", "😀" * 100, "\u202eevil", "'\"<>&", "[]",
         "{}", "1e400", "nan", "\r\n", "list<" * 8, "(((((", "\\", "%", "1970-01-01T00:00:00+00:00~5",
         "W251bGwsIG51bGxd"]  # fmt: skip
LARGE = "x" * 1_000_000
NEVER = {"logout", "login", "delete-event", "delete-journey", "remove-member", "erase-profile"}  # what ends the story

# What stands in addresses and forms, all of it at once on every page.
QUERY = ["q", "after", "status", "sort", "state", "channel", "journey", "person", "name", "operator", "value", "newest",
         "cursor", "node", "move", "next", "version", "lang", "format"]  # fmt: skip
FORM = ["name", "description", "id_type", "namespace", "key_expression", "schema", "sample", "which_fields", "fields",
        "rule_mode", "join", "field", "operator", "value", "rule_text", "do", "title", "kind", "username", "role",
        "code", "is_people_based", "typed", "theme", "sandbox", "next"]  # fmt: skip
# Some questions are only asked when another one is answered properly.
ASKED = {
    "stream-newer": [{"newest": "2026-01-01T00:00:00+00:00~5"}],
    "profiles": [{"operator": "is", "value": "x"}, {"operator": "more", "name": "age"}, {"operator": "set"}],
    "api-people": [{"state": state} for state in ("waiting", "entered", "error", "ended")],
    "messages": [{"profile": ""}],
    "event": [{"do": "save", "rule_mode": "text"}, {"do": "read-sample"}, {"do": "as-rows", "rule_mode": "text"},
              {"do": "save", "which_fields": "some", "name": "X", "namespace": "userId"}],
}  # fmt: skip
ASKED["new-event"] = ASKED["event"]

VALUES: list[Any] = [None, -1, 10**30, 1e308, True, "", "x", *TEXTS, "x" * 300_000, [], {}, [[]], {"a": {}}, 
                     [1, "x", None], {"\0": "\0"}]  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "api-journeys": {"name": "N", "description": ""},
    "api-journey": {"name": "N", "description": ""},
    "api-draft": {"graph": {"nodes": [], "edges": [], "ends": []}, "revision": 1},
    "api-labels": {"nodes": {}, "ends": []},
    "api-duplicate": {"name": ""},
    "api-check-expression": {"version": "{version}", "node": "event-1", "graph": None, "text": "true", "expect": "any"},
    "api-vocabulary": {"version": "{version}", "node": "event-1", "graph": None},
    "api-expression-rows": {"version": "{version}", "node": "event-1", "graph": None, "text": "true"},
    "api-preview-expression": {
        "version": "{version}",
        "node": "wait-1",
        "graph": None,
        "text": "@event{Order.userId}",
        "expect": "any",
        "profile": "userId:me",
        "events": {"Order": {}},
        "actions": {},
    },
    "api-email-preview": {"version": "{version}", "settings": {"subject": "x"}, "profile": ""},
}
RAW = [
    "",
    "[",
    "null",
    "[]",
    "1",
    '"x"',
    "[" * 100_000,
    '{"name":' * 5000,
    '{"version":' + "1" * 5000 + "}",
    '{"a":1e999}',
    "\xff",
]


@pytest.fixture
def full(committed: None) -> Iterator[Full]:
    shop = Full("shop")
    shop.owner.is_superuser = True
    shop.owner.save()
    yield shop
    shop.close()


@pytest.fixture
def hostile(full: Full) -> Iterator[Client]:
    """Somebody who may do everything, and means no good."""
    client = logged_in(full.owner)
    client.raise_request_exception = False
    logging.disable(logging.CRITICAL)
    yield client
    logging.disable(logging.NOTSET)


def percent(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def targets() -> list[Address]:
    return [address for address in addresses() if address.name not in NEVER]


def test_no_question_in_an_address_breaks_a_page(full: Full, hostile: Client) -> None:
    broken = []

    for address in targets():
        path = full.path(address)
        for text in (*TEXTS, LARGE[:2000]):
            for proper in ASKED.get(address.name, [{}]):
                asked = "&".join(f"{name}={percent(proper.get(name, text))}" for name in [*QUERY, *proper])
                answer = hostile.get(f"{path}?{asked}")
                if answer.status_code >= 500:
                    broken.append((address.name, text[:20], answer.exc_info[1]))  # type: ignore[attr-defined]

    assert broken == []


def test_no_form_breaks_a_page(full: Full, hostile: Client) -> None:
    broken = []

    for address in targets():
        if address.pattern.startswith("/api/"):
            continue
        path = full.path(address)
        for text in (*TEXTS, LARGE):
            for proper in ASKED.get(address.name, [{}]):
                form = {**dict.fromkeys(FORM, text.encode("utf-8", "replace").decode()), **proper}
                answer = hostile.post(path, form)
                if answer.status_code >= 500:
                    broken.append((address.name, text[:20], answer.exc_info[1]))  # type: ignore[attr-defined]

    assert broken == []


def test_no_value_in_a_body_breaks_the_interface(full: Full, hostile: Client) -> None:
    broken = []

    for address in targets():
        for name in BODIES.get(address.name, ()):
            for value in VALUES:
                body = json.dumps({**BODIES[address.name], name: value}).replace("{version}", str(full.version.pk))
                for method in (hostile.post, hostile.put, hostile.patch):
                    answer = method(
                        full.path(address), body, content_type="application/json", headers={"If-Match": "1"}
                    )
                    if answer.status_code >= 500:
                        broken.append((address.name, name, repr(value)[:20], answer.exc_info[1]))

    assert broken == []


def test_no_body_breaks_the_interface(full: Full, hostile: Client) -> None:
    broken = []
    # All of them before the first: what can be deleted is gone after its turn.
    paths = [(one, full.path(one)) for one in targets() if one.pattern.startswith("/api/") and one.name != "openapi"]

    for address, path in paths:
        for raw in RAW:
            for method in (hostile.post, hostile.put, hostile.patch, hostile.delete):
                answer = method(path, raw, content_type="application/json", headers={"If-Match": raw[:9]})
                if answer.status_code >= 500:
                    broken.append((address.name, raw[:20], answer.exc_info[1]))
                elif answer.status_code >= 400:
                    assert {"code", "message", "hint", "problems"} <= set(answer.json()), (address.name, raw[:20])

    assert broken == []


@pytest.mark.parametrize("name", ["1", "10", "-1", "9" * 40])
def test_an_attribute_called_by_a_number_is_found(full: Full, hostile: Client, name: str) -> None:
    full.shop.identifies("odd", **{name: "seven"})
    full.shop.runs()

    page = hostile.get("/profiles/", {"name": name, "operator": "is", "value": "seven"}).content.decode()

    assert page.count('class="row-link"') == 1
