"""Membership of audiences."""

from engine.expressions.facts import Facts
from engine.expressions.signatures import Family

FAMILY = Family("Audiences")


@FAMILY.function(
    "inSegment",
    "(constant) -> boolean",
    doc="The former name of `inAudience`.",
    example=('inSegment("Gold customers")', "true"),
    reads_facts=True,
    deprecated=True,
)
@FAMILY.function(
    "inAudience",
    "(constant) -> boolean",
    doc="True when the profile is in the audience of exactly that name; false when it has left it, or never was in it.",
    example=('inAudience("Gold customers")', "true"),
    reads_facts=True,
)
def is_in_audience(facts: Facts, name: str) -> bool:
    return facts.audiences.get(name) == "realized"
