"""What a rule asks of one attribute before anything else: whoever lacks it need not be asked."""

import pytest

from engine.definition.audience import Reads, Required, check_rule, required_of
from engine.definition.streaming import Audiences, Streamed
from engine.definition.world import EventShape, World

PEOPLE = World(
    profile_fields={"city": "string", "plan": "string", "age": "integer", "home.city": "string"},
    events={"Order": EventShape(name="Order", json_schema={})},
)
CITY, AGE = "#{Profile.attributes.city}", "#{Profile.attributes.age}"


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        (f'{CITY} == "Bern"', ["Bern"]),
        (f'"Bern" == {CITY}', ["Bern"]),
        (f'({CITY} == "Bern") and {AGE} > 3', ["Bern"]),
        (f'count(#{{Profile.events.Order.all()}}) > 1 and {CITY} == "Bern"', ["Bern"]),
        (f'{CITY} == "Bern" or {CITY} == "Oslo" or {CITY} == "Bern"', ["Bern", "Oslo"]),
        (f'({CITY} == "Bern" or {CITY} == "Oslo") and not {CITY} == "Oslo"', ["Bern", "Oslo"]),
    ],
)
def test_one_of_these_texts_is_required(rule: str, texts: list[str]) -> None:
    checked = check_rule(rule, PEOPLE)

    assert not checked.problems
    assert required_of(checked) == Required(attribute="city", texts=tuple(texts))


@pytest.mark.parametrize(
    "rule",
    [
        f'{CITY} != "Bern"',
        f'not ({CITY} == "Bern")',
        f'{CITY} == "Bern" or {AGE} > 3',
        f'{CITY} == "Bern" or #{{Profile.attributes.plan}} == "gold"',
        f"{CITY} == null",
        f"{CITY} == #{{Profile.attributes.plan}}",
        f"{AGE} == 3",
        '#{Profile.attributes.home.city} == "Bern"',
        f'startWith({CITY}, "Bern")',
        'inAudience("A")',
    ],
)
def test_nothing_is_required(rule: str) -> None:
    checked = check_rule(rule, PEOPLE)

    assert not checked.problems
    assert required_of(checked) is None


def test_only_those_are_asked_whose_answer_may_change():
    required = {"Bern": ("Bern",), "Oslo or Rome": ("Oslo", "Rome"), "Anybody": (), "Away": ("Away",)}
    audiences = Audiences(
        dict(enumerate(required)),
        [
            Streamed(
                id=id, name=name, is_met=bool, reads=Reads(attributes=frozenset({"city"})),
                required=Required(attribute="city", texts=texts) if texts else None,
            )
            for id, (name, texts) in enumerate(required.items())
        ],
    )  # fmt: skip

    def asked(city, *members, places=(0, 1, 2, 3)):
        return [
            audiences.streamed[place].name
            for place in audiences.worth_asking(frozenset(places), {"city": city}, members)
        ]

    assert asked("Rome") == ["Oslo or Rome", "Anybody"]
    assert asked("Rome", "Bern") == ["Bern", "Oslo or Rome", "Anybody"]  # they leave it
    assert asked(["Rome"]) == ["Anybody"]
    assert asked(None) == ["Anybody"]
    assert asked("Bern", "Bern", places=(2, 3)) == ["Anybody"]
