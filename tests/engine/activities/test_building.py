"""What actions make for a person: templates, mails, calls, and the values in them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import expressions
from engine.activities import all_types
from engine.activities.base import NotDeliverable
from engine.activities.custom_action import CustomAction
from engine.activities.durations import LONGEST, iso
from engine.activities.email import Email, as_text
from engine.activities.json_values import in_json, in_text
from engine.activities.templating import Template, TemplateProblem
from engine.activities.wait import Wait
from engine.expressions import Facts, Scope

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def facts(event=None, **attributes):
    return Facts({"Order": event or {}}, {"Profile": {"attributes": attributes}}, {}, {}, {}, {"name": "J"}, {}, NOW)


def build(activity, seen):
    scope = Scope(events={"Order": expressions.Schema()}, sources={"Profile": {"attributes": expressions.Schema()}})
    return activity.compile(lambda text, expect: expressions.compile(text, scope)).build(seen)


def call(event=None, **settings):
    return build(CustomAction(**{"url": "https://example.org/a", **settings}), facts(event, city="Bern"))


def test_a_body_is_made_of_constants_and_expressions_and_dotted_names():
    found = call(
        {"total": 12.5, "items": [{"sku": "a"}, None], "when": "2026-01-01"},
        body=[
            {"name": "source", "value": '"web"'},
            {"name": "order.total", "value": "@event{Order.total}"},
            {"name": "order.items", "value": "@event{Order.items}"},
            {"name": "order.missing", "value": "@event{Order.nope}"},
            {"name": "at", "value": "now()"},
            {"name": "wait", "value": 'toDuration("PT90M")'},
            {"name": "who.city", "value": "#{Profile.attributes.city}"},
        ],
    )

    assert found.body == {
        "source": "web",
        "order": {"total": 12.5, "items": [{"sku": "a"}]},
        "at": "2026-11-24T12:00:00Z",
        "wait": "PT1H30M",
        "who": {"city": "Bern"},
    }


def test_a_longer_name_replaces_a_shorter_one():
    found = call(body=[{"name": "a", "value": "1"}, {"name": "a.b", "value": "2"}])

    assert found.body == {"a": {"b": 2}}


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "https://example.org/a"),
        ({"path": '"/b"'}, "https://example.org/a/b"),
        ({"url": "https://example.org/a?x=1", "path": '"/b c?d#e"'}, "https://example.org/a/b%20c%3Fd%23e?x=1"),
        ({"query": [{"name": "q", "value": '"a b&c"'}]}, "https://example.org/a?q=a+b%26c"),
        (
            {"url": "https://example.org/a?x=1", "query": [{"name": "q", "value": "true"}]},
            "https://example.org/a?x=1&q=true",
        ),
        ({"query": [{"name": "q", "value": "@event{Order.nope}"}]}, "https://example.org/a"),
        ({"path": "@event{Order.nope}"}, "https://example.org/a"),
    ],
)
def test_an_address(settings, url):
    assert call(**settings).url == url


@pytest.mark.parametrize("value", ["..", "../admin", "a/../../admin", "%2e%2E/admin", "./a", "/.%2e"])
def test_a_persons_data_cannot_climb_out_of_the_address(value):
    with pytest.raises(NotDeliverable, match="only dots"):
        call({"id": value}, path="@event{Order.id}")


def test_dots_within_a_path_are_harmless():
    assert call({"id": "/a..b/v1.2/...c"}, path="@event{Order.id}").url == "https://example.org/a/a..b/v1.2/...c"


def test_a_header_cannot_be_broken_into_two():
    with pytest.raises(NotDeliverable) as refused:
        call({"a": "x\r\nEvil: yes"}, headers=[{"name": "X", "value": "@event{Order.a}"}])

    assert refused.value.code == "header"


def test_a_get_call_has_no_body():
    assert call(method="GET").body is None


@pytest.mark.parametrize(
    ("value", "json", "text"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        (date(2026, 1, 1), "2026-01-01", "2026-01-01"),
        (timedelta(days=1, hours=6), "P1DT6H", "P1DT6H"),
        ([1, None, 2], [1, 2], "[1, 2]"),
        (True, True, "true"),
        (4.5, 4.5, "4.5"),
    ],
)
def test_values_as_others_read_them(value, json, text):
    assert in_json(value) == json
    assert in_text(value) == text


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(seconds=45), "PT45S"),
        (timedelta(minutes=30), "PT30M"),
        (timedelta(hours=3), "PT3H"),
        (timedelta(days=2), "P2D"),
        (timedelta(days=1, hours=6, minutes=1, seconds=2), "P1DT6H1M2S"),
        (timedelta(0), "PT0S"),
    ],
)
def test_durations_as_text(duration, text):
    assert iso(duration) == text


@pytest.mark.parametrize("duration", ["PT0S", "-PT1H", "P91D", "soon", ""])
def test_durations_that_are_refused(duration):
    with pytest.raises(ValueError, match=r".+"):
        Wait(duration=duration)


def test_the_longest_duration_is_taken():
    assert Wait(duration="P90D").duration == LONGEST


def test_what_a_persons_data_holds_is_never_markup():
    mail = build(
        Email(subject="Hi {{ profile.name }}", html="<p>{{ profile.name }}</p>", text="{{ profile.name }}"),
        facts(email="a@example.org", name="<b>\nAna</b>"),
    )

    assert mail.subject == "Hi <b> Ana</b>"
    assert mail.html == "<p>&lt;b&gt;\nAna&lt;/b&gt;</p>"
    assert mail.text == "<b>\nAna</b>"


def test_a_template_sees_the_person_the_last_event_and_the_journey():
    mail = build(
        Email(subject="{{ journey.name }}: {{ event.total }} {{ events.Order.total }} {{ nothing.at.all }}!", html="x"),
        facts({"total": 5}, email="a@example.org"),
    )

    assert mail.subject == "J: 5 5 !"


@pytest.mark.parametrize(
    "source", ["{{", "{% if %}", "{% for x in %}", "{% nope %}", "{{ a | nope }}", "{% if a %}", "{% include 'x' %}"]
)
def test_a_template_that_cannot_be_read_or_rendered_is_said(source):
    with pytest.raises(TemplateProblem) as found:
        Template(source).render({"a": 1})

    assert found.value.message


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}",
        "{% for a in (1..9000) %}{{ long }}{% endfor %}",
        "{% assign a = 'x' %}{% for i in (1..9000) %}{% assign a = a | append: a %}{% endfor %}",
    ],
    ids=["loops", "output", "memory"],
)
def test_no_template_holds_a_courier_up(source):
    with pytest.raises(TemplateProblem):
        Template(source).render({"long": "x" * 10_000})


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>Hi</p><p>there</p>", "Hi\nthere"),
        ('<a href="https://example.org">look</a>', "look (https://example.org)"),
        ("<style>p{}</style><p>a &amp; b<br>c</p>", "a & b\nc"),
        ("<!doctype html><html><head><title>T</title></head><body>a<BR/>b</body></html>", "a\nb"),
        (
            '<A class="x" HREF="https://example.org/?a=1&amp;b=2">look</A> <a>here</a>',
            "look (https://example.org/?a=1&b=2) here",
        ),
        ("<head>never closed <b>bold</b>", "never closed bold"),
        ("<script>if (a<b) alert('<p>no</p>')</script>yes", "yes"),
        ("1 < 2 and 3 > 2 <3", "1 < 2 and 3 > 2 <3"),
        ("<table><tr><td>a</td> <td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    ],
)
def test_the_plain_reading_of_a_page(page, text):
    assert as_text(page) == text


@pytest.mark.parametrize(
    "part", ["<script", '<a href="">', "<a ", "<", '<a href="', "<head>", '<a href="x">y', "<br", "</a>"]
)
def test_no_page_takes_long_to_read(part):
    page = part * (2_000_000 // len(part))  # as much as a template may make; with backtracking it takes hours

    assert isinstance(as_text(page), str)


@pytest.mark.parametrize("kind", all_types())
def test_an_activity_says_everything_the_canvas_needs(kind):
    activity = all_types()[kind]
    face = activity.face

    assert face.label
    assert face.description
    assert face.icon
    assert activity.model_json_schema()["type"] == "object"
    named = {rule.when for rule in face.ports if rule.when} | {rule.each for rule in face.ports if rule.each}
    assert named | set(face.in_flow_only) | set(face.initial) <= set(activity.model_fields)
