"""Numbers."""

from math import floor

from engine.expressions.facts import Facts
from engine.expressions.signatures import Family
from engine.expressions.values import LARGEST, SMALLEST

FAMILY = Family("Maths")


@FAMILY.function(
    "random",
    "() -> decimal",
    doc="A random number from 0, included, to 1, excluded.",
    example=("random() < 1", "true"),
    reads_facts=True,
)
def random(facts: Facts) -> float:
    return facts.chance.random()


@FAMILY.function(
    "round",
    "(decimal) -> integer",
    "(integer) -> integer",
    doc="The nearest integer; a half goes up: `round(-2.5)` is -2. Null outside of 64 bits.",
    example=("round(3.5)", "4"),
)
def to_nearest(number: int | float) -> int | None:
    if isinstance(number, int):
        return number
    if not SMALLEST <= number <= LARGEST:
        return None
    whole = floor(number)
    nearest = whole + 1 if number - whole >= 0.5 else whole
    return nearest if nearest <= LARGEST else None
