"""No template holds a process up: not while it is read, and not while it is rendered for somebody."""

import pytest

from engine.activities.template_limits import LONGEST_MARKUP
from engine.activities.templating import Template, TemplateProblem

# Each takes minutes, gigabytes or both without the limits; with them it is refused at once.
EVENT = {"s": "x" * 100_000, "lines": [{"sku": str(number)} for number in range(5_000)], "endless": "1e999"}
NEVER_READ = [
    "{{" * 100_000, "{" * 200_000, "{{ a {{ b " * 20_000, "{% raw %}" * 22_000, "{% doc %}" * 22_000,
    "{%- raw -%}{{" * 15_000,
    "{{" + " " * 199_000 + "}}", "{% liquid" + "\n" * 190_000 + "%}", "{% raw %}{{" * 18_000 + "}}",
    "{{ a }}" + "{{" * 99_000,
    "{{ " + "a." * 90_000 + "b }}", "{% if " + "a and " * 30_000 + "a %}{% endif %}",
]  # fmt: skip
NEVER_RENDERED = [
    "{% assign a = (1..1000000000) | join: '' %}",
    "{{ (1..300000000) | sort | first }}",
    "{% assign many = (1..100000000) %}{% if many contains 'x' %}{% endif %}",
    "{% if (1..1000000000) contains 'x' %}{% endif %}",
    "{{ event.s | replace: '', event.s }}",
    "{{ event.s | replace: 'x', event.s }}",
    "{{ event.s | split: '' | join: event.s }}",
    "{{ event.lines | map: 'sku' | uniq | size }}",
    "{% for i in (1..9999) %}{{ event | slice: 0 }}{% endfor %}",
    "{% for i in (1..9999) %}{% assign a = event.s | split: '' | sort | size %}{% endfor %}",
    "{% assign a = event.s | split: 'z' %}{% for i in (1..30) %}{% assign a = a | concat: a %}{% endfor %}"
    "{{ a | join }}",
    "{% assign n = 9 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
]


@pytest.mark.parametrize("source", NEVER_READ, ids=lambda source: repr(source[:16]))
def test_what_would_take_for_ever_to_read_is_refused_at_once(source: str) -> None:
    with pytest.raises(TemplateProblem) as found:
        Template(source, html=True)

    assert found.value.message


@pytest.mark.parametrize("source", NEVER_RENDERED)
def test_what_would_take_for_ever_to_render_is_stopped(source: str) -> None:
    with pytest.raises(TemplateProblem):
        Template(source, html=True).render({"event": EVENT})


@pytest.mark.parametrize(
    "source",
    ["{{ event.endless | floor }}", "{{ event.endless | round }}", "{{ -99999999999 | date: '%Y' }}",
     "{{ '/w==' | base64_decode }}", "{{ 1 | divided_by: 0 }}"],
)  # fmt: skip
def test_a_filter_that_somebodys_data_breaks_is_a_problem_with_this_message(source: str) -> None:
    with pytest.raises(TemplateProblem) as found:
        Template(source).render({"event": EVENT})

    assert found.value.message


@pytest.mark.parametrize("path", ["/etc/passwd", "../../manage.py", "x", "file:///etc/passwd"])
@pytest.mark.parametrize("tag", ["include", "render"])
def test_no_template_reads_a_file(tag: str, path: str) -> None:
    with pytest.raises(TemplateProblem):
        Template(f"{{% {tag} '{path}' %}}").render({})


@pytest.mark.parametrize(
    "place",
    ["profile.__class__", "profile['__class__']", "event.s.upper", "event.__init__.__globals__", "journey.__doc__",
     "event.lines.append", "forloop.__class__", "self", "env", "loader", "settings"],
)  # fmt: skip
def test_no_template_reaches_behind_the_data(place: str) -> None:
    assert Template(f"[{{{{ {place} }}}}]").render({"profile": {}, "event": EVENT, "journey": {}}) == "[]"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% for i in (1..3) %}{{ i }}{% endfor %}", "123"),
        ("{% for i in (1..event.n) reversed limit: 2 %}{{ i }}{% endfor %}", "21"),
        ("{% tablerow i in (1..2) cols: 2 %}{{ i }}{% endtablerow %}", "1"),
        ("{{ event.lines | map: 'sku' | join: ', ' }}", "0, 1, 2"),
        ("{{ event.s | replace: 'x', 'yy' | size }}", "200"),
        ("{% raw %}{{ x }}{% endraw %}|{% comment %}{{ y }}{% endcomment %}", "{{ x }}|"),
        ("{{ event.lines | map: 'sku' | uniq | reverse | first | append: '!' | upcase }}", "2!"),
        ("{{ 'a' | times: 3 }}{{ 3.7 | floor }}{{ 'now' | date: '%Y' | size }}", "034"),
        (f"{{{{ 'x' }}}}{' ' * 5_000}{{{{ 'y' }}}}", "x"),
        (f"{{{{ '{'x' * (LONGEST_MARKUP - 100)}' | size }}}}", "19900"),
    ],
)
def test_what_letters_are_made_of_works(source: str, text: str) -> None:
    event = {"n": 4, "lines": [{"sku": str(number)} for number in range(3)], "s": "x" * 100}

    assert text in Template(source).render({"event": event})


def test_the_problem_says_in_which_line() -> None:
    with pytest.raises(TemplateProblem) as found:
        Template("Hello\n{{ name }}\n{{ oops")

    assert found.value.line == 3


def test_one_rendering_does_not_pay_for_another() -> None:
    template = Template("{{ event.s | upcase | size }}")

    assert {template.render({"event": EVENT}) for _ in range(100)} == {"100000"}
