"""Two sandboxes with the same names in them: whoever works in one finds nothing of the other, at any address."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from designer.models import AuditEntry, Membership, Role, Version
from engine.models import Alert, Audience, AudienceImport, EventDefinition, Identity, RuleSet, WriteKey
from tests.designer.conftest import logged_in, member
from tests.designer.everything import Address, Full, addresses

WITH_IDS = [address for address in addresses() if address.takes_ids]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
FORM = {"name": "Mine", "do": "save", "typed": "me@example.org", "role": "administrator", "rule_text": "true"}
ROLES = [Role.VIEWER, Role.MARKETER, Role.ENGINEER, Role.ADMINISTRATOR]


@pytest.fixture
def ours(committed: None) -> Iterator[Full]:
    shop = Full("shop")
    yield shop
    shop.close()


@pytest.fixture
def theirs(ours: Full) -> Iterator[Full]:
    shop = Full("other", text="shop")
    yield shop
    shop.close()


@pytest.fixture
def stranger(theirs: Full) -> Client:
    """May do everything in the other sandbox, and nothing in ours."""
    return logged_in(theirs.owner)


def state(full: Full) -> Any:
    """What must not have moved."""
    versions = Version.objects.filter(journey__sandbox=full.sandbox)
    return (
        list(versions.values_list("pk", "status", "revision", "graph", "journey__name")),
        list(EventDefinition.objects.filter(sandbox=full.sandbox).values("name", "rule", "description")),
        list(RuleSet.objects.filter(sandbox=full.sandbox).values_list("pk", "name", "entries_per_day")),
        list(Audience.objects.filter(sandbox=full.sandbox).values_list("pk", "name", "rule")),
        AudienceImport.objects.filter(audience__sandbox=full.sandbox).count(),
        list(WriteKey.objects.filter(sandbox=full.sandbox).values_list("pk", "revoked_at")),
        list(Membership.objects.filter(sandbox=full.sandbox).values_list("user", "role")),
        list(Identity.objects.filter(sandbox=full.sandbox).values_list("namespace", "value").order_by("value")),
        list(Alert.objects.filter(sandbox=full.sandbox).values_list("pk", "dismissed_at")),
        AuditEntry.objects.filter(sandbox_id=full.sandbox.pk).count(),
    )


def test_no_address_leads_to_something_of_another_sandbox(ours: Full, stranger: Client) -> None:
    before, found = state(ours), []

    for address in WITH_IDS:
        path = ours.path(address)
        body = json.dumps({"name": "Mine", "graph": {"nodes": [], "edges": [], "ends": []}, "revision": 2})
        answers = [
            stranger.post(path, FORM),
            *(stranger.generic(method, path, body, content_type="application/json") for method in METHODS),
        ]
        found += [(address.name, answer.status_code) for answer in answers if answer.status_code not in (404, 405, 415)]

    assert found == []
    assert state(ours) == before


@pytest.mark.parametrize("name", [address.name for address in WITH_IDS if "journey}" in address.pattern])
def test_the_parts_of_an_address_belong_together(ours: Full, theirs: Full, stranger: Client, name: str) -> None:
    address = next(address for address in WITH_IDS if address.name == name)
    mixed = address.pattern.format(pk=ours.version.pk, journey=theirs.version.journey_id)
    other = address.pattern.format(pk=theirs.version.pk, journey=ours.version.journey_id)

    assert stranger.get(other).status_code == 404
    if "{pk}" in address.pattern:
        assert stranger.get(mixed).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        ("expressions/check", {"text": "true", "expect": "boolean"}),
        ("expressions/vocabulary", {}),
        ("expressions/rows", {"text": "true"}),
        ("expressions/preview", {"text": "#{Profile.attributes.note}", "profile": "userId:me"}),
        ("email/preview", {"settings": {"subject": "{{ profile.note }}"}, "profile": "userId:me"}),
    ],
)
def test_a_version_named_in_a_body_is_looked_for_among_ones_own(
    ours: Full, stranger: Client, body: tuple[str, dict[str, Any]]
) -> None:
    path, asked = body

    answer = stranger.post(f"/api/{path}/", {**asked, "version": ours.version.pk}, content_type="application/json")

    assert answer.status_code == 404


def test_a_profile_of_another_sandbox_is_nobody_in_a_preview(ours: Full, theirs: Full, stranger: Client) -> None:
    profile = Identity.objects.get(sandbox=ours.sandbox, value="me").profile_id
    ours.shop.identifies("secret", secret="sesame")
    ours.shop.runs()
    hidden = Identity.objects.get(sandbox=ours.sandbox, value="secret").profile_id

    for person in (profile, hidden, "userId:secret"):
        asked = {"settings": {"subject": "[{{ profile.secret }}{{ profile.email }}]"}, "profile": str(person)}
        answer = stranger.post(
            "/api/email/preview/", {**asked, "version": theirs.version.pk}, content_type="application/json"
        )
        assert "sesame" not in answer.content.decode()
        asked = {"text": "#{Profile.attributes.secret} + #{Profile.attributes.email}", "profile": str(person)}
        answer = stranger.post(
            "/api/expressions/preview/", {**asked, "version": theirs.version.pk}, content_type="application/json"
        )
        assert answer.json()["profile"] is None or answer.json()["profile"]["id"] != str(person)
        assert "sesame" not in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/profiles/?q=", "/messages/?person=", "/stream/?person=", "/stream/discards/?person="]
)
def test_no_search_finds_who_is_only_known_elsewhere(ours: Full, stranger: Client, path: str) -> None:
    ours.shop.identifies("only-here", email="only-here@example.org")
    ours.shop.tracks("Order", "only-here")
    ours.shop.runs()
    hidden = Identity.objects.get(sandbox=ours.sandbox, value="only-here").profile_id

    assert "only-here@" not in stranger.get(f"{path}only-here").content.decode()
    assert "only-here@" not in stranger.get(path.partition("?")[0]).content.decode()
    answer = stranger.get(path.partition("?")[0], {"profile": hidden, "newest": "2026-01-01T00:00:00+00:00~0"})
    assert answer.status_code == 404 or f"/profiles/{hidden}/" not in answer.content.decode()


def test_the_sandbox_of_others_cannot_be_chosen(ours: Full, stranger: Client) -> None:
    answer = stranger.post("/preferences/sandbox/", {"sandbox": ours.sandbox.pk})

    assert answer.status_code == 404
    assert "Sandbox: Other" in stranger.get("/journeys/").content.decode()


def test_a_write_key_opens_its_own_sandbox_only(ours: Full, theirs: Full) -> None:
    theirs.shop.identifies("newcomer")
    theirs.shop.runs()

    assert Identity.objects.filter(value="newcomer").values_list("sandbox", flat=True).get() == theirs.sandbox.pk


# Roles: what a page offers, and what the server takes.

# Address -> the roles that may do it by POST; every other one is for looking.
MAY: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("new-journey", "rename-journey", "delete-journey", "duplicate-version", "next-version", "close-version",
         "stop-version", "pause-version", "resume-version", "pause-versions", "resume-versions", "attribute-exit",
         "api-journeys", "api-audiences", "new-audience", "change-audience",
         "evaluate-audience", "delete-audience", "stop-reading", "api-evaluate-audience", "api-import-list",
         "cancel-import", "api-cancel-import",
         "api-create-list", "look-at-list",
         "api-publish", "api-pause", "api-resume", "api-close", "api-stop", "api-new-version", "api-duplicate",
         "api-scale-treatment", "dismiss-alert", "api-dismiss-alert"),
        frozenset({Role.MARKETER, Role.ENGINEER, Role.ADMINISTRATOR}),
    ),
    **dict.fromkeys(
        ("new-event", "event", "delete-event", "settings", "revoke-key", "namespaces", "export-profile",
         "export-members", "new-rule-set", "rule-set", "delete-rule-set"),
        frozenset({Role.ENGINEER, Role.ADMINISTRATOR}),
    ),
    **dict.fromkeys(("erase-profile", "members", "member-role", "remove-member"), frozenset({Role.ADMINISTRATOR})),
}  # fmt: skip
FOR_EVERYBODY = {"login", "logout", "choose-theme", "choose-sandbox", "new-sandbox", "journey-columns",
                 "api-check-expression", "api-vocabulary", "api-expression-rows", "api-preview-expression",
                 "api-email-preview", "api-estimate-audience", "api-audience-rows"}  # fmt: skip
BY_NAME: dict[str, Address] = {address.name: address for address in addresses()}


@pytest.mark.parametrize("role", ROLES)
def test_whoever_may_not_do_something_is_refused_at_every_address(ours: Full, role: str) -> None:
    client = logged_in(member("tom", ours.sandbox, role))
    before, wrong = state(ours), []

    for name, able in MAY.items():
        if role in able:
            continue
        address = BY_NAME[name]
        kind = {"content_type": "application/json"} if name.startswith("api-") else {}
        answer = client.post(ours.path(address), {"name": "x", "typed": "me@example.org"}, **kind)  # type: ignore[arg-type]
        if answer.status_code != 403:
            wrong.append((name, answer.status_code))

    assert wrong == []
    assert state(ours) == before


@pytest.mark.parametrize(("method", "name"), [("put", "api-draft"), ("put", "api-labels"), ("patch", "api-journey"),
                                              ("patch", "api-audience"), ("delete", "api-audience")])  # fmt: skip
def test_a_viewer_changes_nothing_through_the_interface(ours: Full, method: str, name: str) -> None:
    client = logged_in(member("vera", ours.sandbox, Role.VIEWER))
    before = state(ours)
    body = {"graph": {"nodes": [], "edges": [], "ends": []}, "nodes": {"wait-1": {"label": "x"}}, "name": "x"}

    answer = getattr(client, method)(
        ours.path(BY_NAME[name]), body, content_type="application/json", headers={"If-Match": '"1"'}
    )

    assert answer.status_code == 403
    assert state(ours) == before


def test_the_table_of_roles_knows_every_address_that_takes_a_post(ours: Full) -> None:
    client = logged_in(ours.owner)
    looked_at = {"journeys", "journey-calendar", "journey", "versions", "canvas", "events", "profiles", "profile",
                 "messages", "message", "message-html", "rule-sets", "stream", "stream-newer", "stream-event",
                 "rejected", "discards", "home", "audiences", "audience", "readings", "journey-readings",
                 "refused-in-reading", "new-list", "change-list", "import", "import-problems",
                 "operations"}  # fmt: skip

    taking = {
        address.name
        for address in addresses()
        if address.name not in MAY.keys() | FOR_EVERYBODY | looked_at
        and client.post(ours.path(address), {}, content_type="application/json").status_code != 405
    }

    assert taking == set()
