"""Logs as JSON: every line of every process is one object, and says by ids what it is about."""

import json
import logging
import logging.config
from copy import deepcopy

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from engine.models import Instance, RejectedEvent
from journeyopt import env
from tests.cast import Shop, graph, node
from tests.processes import ROOT, Product, wait_until

PROCESSES = ("web", "engine", "courier", "background")


@pytest.fixture
def product(committed, tmp_path):
    product = Product(tmp_path, LOG_FORMAT="json", GRANIAN_LOG_CONFIG=str(ROOT / "journeyopt/granian_logs.json"))
    yield product
    product.stop()


def lines(product, name):
    return [json.loads(line) for line in (product.folder / f"{name}.log").read_text().splitlines()]


def test_every_line_of_every_process_is_one_object(product):
    product.start(*PROCESSES)
    shop = Shop()
    shop.defines("Order")
    shop.publishes(graph([node("event-1", event="Order"), node("wait-1", duration="PT1H")], "event-1 > wait-1"))
    shop.tracks("Order", "ana")
    wait_until(Instance.objects.exists, "ana is inside")
    with connection.cursor() as cursor:  # what nobody can process
        cursor.execute('UPDATE engine_instance SET timers = \'{"wait-1": "no moment"}\', wake_at = now()')
    instance = Instance.objects.get()

    wait_until(lambda: Instance.objects.get().state == "error", "it is set aside", lambda: product.log("engine"))
    product.stop()

    for name in PROCESSES:
        found = lines(product, name)
        assert found, name
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in found), name
    (set_aside,) = [line for line in lines(product, "engine") if "is set aside" in line["message"]]
    assert set_aside["level"] == "ERROR"
    assert {name: set_aside[name] for name in ("sandbox", "journey", "version", "instance", "profile")} == {
        "sandbox": instance.sandbox_id,
        "journey": instance.journey_id,
        "version": instance.version_id,
        "instance": instance.id,
        "profile": instance.profile_id,
    }
    assert "Traceback" in set_aside["exc_info"]
    assert not RejectedEvent.objects.exists()


def formatter() -> logging.Formatter:
    configured = deepcopy(settings.LOGGING)
    return logging.config.DictConfigurator(configured).configure_formatter(configured["formatters"]["json"])


def test_a_request_of_django_is_left_out_and_what_breaks_lines_does_not():
    record = logging.makeLogRecord(
        {"msg": "one\ntwo %s", "args": ("“three”",), "request": object(), "status_code": 500}
    )

    (line,) = formatter().format(record).splitlines()

    said = json.loads(line)
    assert (said["message"], said["status_code"]) == ("one\ntwo “three”", 500)
    assert "request" not in said


def test_another_format_is_refused(monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "xml")

    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT must be one of text, json; it is 'xml'"):
        env.choice("LOG_FORMAT", ("text", "json"))


def test_without_the_setting_lines_are_text():
    assert settings.LOG_FORMAT == "text"
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "text"
