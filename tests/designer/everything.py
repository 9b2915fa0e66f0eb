"""One sandbox with one of everything in it, and every address of the product: for whoever tries them all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver

from designer.actions.create_journey import create_journey
from designer.actions.publish import publish
from designer.models import Membership, Role, Version
from engine import clock
from engine.models import (
    Alert,
    Audience,
    AudienceImport,
    Delivery,
    Event,
    EventDefinition,
    Identity,
    ImportProblem,
    Instance,
    ReadRun,
    RuleSet,
    WriteKey,
)
from tests.cast import Shop, graph, node
from tests.designer.conftest import member


@dataclass(frozen=True, kw_only=True)
class Address:
    """A pattern such as /journeys/{journey}/versions/{pk}/, under its name."""

    name: str
    pattern: str

    @property
    def takes_ids(self) -> bool:
        return "{" in self.pattern


class Full:
    """A shop where something of everything is there. `names`: what its people and things are called."""

    def __init__(self, name: str, *, text: str = "") -> None:
        self.shop = Shop(name)
        self.sandbox = self.shop.sandbox
        self.owner: User = member(f"{name}-owner", self.sandbox, Role.ADMINISTRATOR)
        text = text or name
        letter = f"{{% raw %}}{text}{{% endraw %}}"  # whatever the text is, it is no template
        self.shop.defines("Order", description=text)
        stored = text.replace("\0", "")[:60]
        RuleSet.objects.create(sandbox=self.sandbox, name=stored, description=stored, entries_per_day=3)
        Audience.objects.create(
            sandbox=self.sandbox, name=stored, description=stored, kind="rule", rule="true",
            created_at=clock.now(), updated_at=clock.now(),
        )  # fmt: skip
        members = Audience.objects.create(
            sandbox=self.sandbox, name=f"{stored} list", description=stored, kind="upload", namespace="userId",
            columns=[stored], created_at=clock.now(), updated_at=clock.now(),
        )  # fmt: skip
        self.imported = AudienceImport.objects.create(
            audience=members, file_name=stored, namespace="userId", key_column=stored, columns=[[stored, stored]],
            mode="replace", state="failed", error=stored, created_at=clock.now(),
        )  # fmt: skip
        ImportProblem.objects.create(audience_import=self.imported, line=2, code="no_key", message=stored, key=stored)
        drawn = graph(
            [
                {**node("event-1", event="Order"), "label": text, "description": text},
                {**node("email-1", subject=letter, html=f"<p>{letter}</p>", text=letter), "label": text},
                {**node("wait-1", duration="P1D"), "label": text},
            ],
            "event-1 > email-1", "email-1 > wait-1",
        )  # fmt: skip
        now = clock.now()
        version = create_journey(sandbox=self.sandbox, name=text, description=text, by=self.owner, now=now, graph=drawn)
        self.version: Version = publish(version, by=self.owner, now=now)
        ReadRun.objects.create(
            sandbox_id=self.sandbox.pk, journey_id=version.journey_id, version_id=version.pk, audience_name=stored,
            due_at=now, started_at=now, state="reading", total=2, read=1, rate=500, filled_at=now,
        )  # fmt: skip
        Alert.objects.create(
            sandbox=self.sandbox, journey_id=version.journey_id, code="people.late", message=stored, count=1,
            first_at=now, last_at=now,
        )  # fmt: skip
        self.shop.identifies("me", email="me@example.org", note=text, **{text.replace("\0", ""): text})
        self.shop.tracks("Order", "me", note=text)
        self.shop.tracks("Order", "me", note=text)
        self.shop.post("/v1/track", {"event": text, "properties": {text: text}})
        self.shop.runs()

    def ids(self, address: Address) -> dict[str, Any]:
        """The ids that make the address lead to something here."""
        profile = Identity.objects.get(sandbox=self.sandbox, value="me").profile_id
        pk: Any = self.version.pk
        match address.pattern.strip("/").split("/"):
            case ["events", *_]:
                pk = EventDefinition.objects.get(sandbox=self.sandbox, name="Order").pk
            case ["profiles", *_]:
                pk = profile
            case ["messages", *_]:
                pk = Delivery.objects.get(sandbox_id=self.sandbox.pk).id
            case ["stream", *_]:
                pk = Event.objects.filter(sandbox_id=self.sandbox.pk).latest("received_at").id
            case ["settings", "keys", *_]:
                pk = WriteKey.objects.filter(sandbox=self.sandbox).latest("pk").pk
            case ["settings", "rule-sets", *_]:
                pk = RuleSet.objects.get(sandbox=self.sandbox).pk
            case ["settings", "members", *_]:
                pk = Membership.objects.filter(sandbox=self.sandbox).latest("pk").pk
            case ["journeys", "alerts", *_] | ["api", "alerts", *_]:
                pk = Alert.objects.filter(sandbox=self.sandbox).latest("pk").pk
            case ["audiences", "readings", *_] | ["api", "readings", *_]:
                pk = ReadRun.objects.get(sandbox_id=self.sandbox.pk).pk
            case ["audiences", "imports", *_]:
                pk = self.imported.pk
            case ["audiences", _, "upload"] | ["api", "audiences", _, "import" | "imports", *_]:
                pk = self.imported.audience_id
            case ["audiences", *_] | ["api", "audiences", *_]:
                pk = Audience.objects.get(sandbox=self.sandbox, kind="rule").pk
            case ["api", "journeys", *_]:
                pk = self.version.journey_id
            case ["api", "instances", *_]:
                pk = Instance.objects.filter(sandbox_id=self.sandbox.pk).latest("id").id
        return {"pk": pk, "journey": self.version.journey_id, "number": self.imported.pk}

    def path(self, address: Address) -> str:
        return address.pattern.format(**self.ids(address))

    def path_of(self, name: str) -> str:
        return self.path(next(address for address in addresses() if address.name == name))

    def close(self) -> None:
        self.shop.close()


def addresses() -> list[Address]:
    """Every address, the administration left out."""
    found = [Address(name=name, pattern=f"/{pattern}") for name, pattern in _walk(get_resolver().url_patterns, "")]
    return [address for address in found if not address.pattern.startswith("/admin/")]


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        place = before + re.sub(r"<\w+:(\w+)>", r"{\1}", str(one.pattern))
        if isinstance(one, URLResolver):
            if not place.startswith("admin/"):
                yield from _walk(one.url_patterns, place)
        elif isinstance(one, URLPattern):
            yield str(one.name), place
