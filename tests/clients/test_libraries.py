"""Unmodified client libraries, as their users call them, against the real web process: every call arrives."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.models import Event, Identity, Profile, RejectedEvent
from tests.cast import Shop
from tests.clients import install
from tests.processes import Product

PROGRAMS = Path(__file__).parent / "programs"
TRACKING = {"identify", "track", "page", "screen", "group", "alias"}


@dataclass(frozen=True, kw_only=True)
class Library:
    """A library, the program that uses it, and the calls that the program makes."""

    name: str
    program: str
    calls: frozenset[str]

    def __str__(self) -> str:
        return self.name


def library(name: str, program: str, *without: str) -> Library:
    return Library(name=name, program=program, calls=frozenset(TRACKING - set(without)))


LIBRARIES = [
    library("segment-analytics-python", "segment-analytics-python.py"),
    library("analytics-python", "analytics-python.py"),
    library("rudder-sdk-python", "rudder-sdk-python.py"),
    library("posthog", "posthog.py", "page", "screen"),
    library("@segment/analytics-node", "segment-analytics-node.cjs"),
    library("analytics-node", "analytics-node.cjs"),
    library("@rudderstack/rudder-sdk-node", "rudder-sdk-node.cjs"),
    library("posthog-node", "posthog-node.cjs", "page", "screen"),
    library("@customerio/cdp-analytics-node", "customerio-cdp-analytics-node.cjs"),
    library("@dittofeed/sdk-node", "dittofeed-sdk-node.cjs", "group", "alias"),
    library("@jitsu/js", "jitsu-js.cjs", "screen", "alias"),
]


@pytest.fixture
def shop(committed):
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def web(django_db_setup, tmp_path_factory):
    product = Product(tmp_path_factory.mktemp("product"))
    product.start("web")
    yield product
    product.stop()


@pytest.mark.parametrize("used", LIBRARIES, ids=str)
def test_an_unmodified_library_brings_every_call_home(used, shop, web):
    run(used, web.url, shop.key, "ana")
    shop.runs()

    assert not RejectedEvent.objects.values_list("code", "message", "item")
    person = Profile.objects.get(id=Identity.objects.get(namespace="userId", value="ana").profile_id)
    assert {name: person.attributes[name] for name in ("email", "plan")} == {"email": "ana@example.org", "plan": "pro"}
    events = {event.payload["type"]: event for event in Event.objects.filter(profile_id=person.id)}
    assert set(events) == used.calls
    assert len({event.message_id for event in events.values()}) == len(used.calls)
    order = events["track"]
    assert order.name == "Order Placed"
    assert order.payload["properties"].items() >= {"total": 12.5, "items": [{"sku": "a"}]}.items()
    assert abs((order.received_at - order.occurred_at).total_seconds()) < 60
    if "page" in used.calls:
        assert events["page"].name == "Start"
        assert events["page"].payload["properties"]["path"] == "/start"
    if "screen" in used.calls:
        assert events["screen"].payload["properties"]["tab"] == 1
    if "alias" in used.calls:
        assert Identity.objects.get(value="former-ana").profile_id == person.id


def run(used: Library, *arguments: str) -> None:
    """Run the library's program in a process of its own; it ends with an error when the library reports one."""
    program = str(PROGRAMS / used.program)
    environment = {**os.environ}
    if program.endswith(".py"):
        command = [sys.executable, program]
        environment["PYTHONPATH"] = str(install.python_library(used.name))
    else:
        modules = install.node_libraries()
        if modules is None:
            pytest.skip("node is not installed here; the npm libraries run where it is")
        command = ["node", program]
        environment["NODE_PATH"] = str(modules / "node_modules")
    done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rror" not in done.stderr, done.stderr
