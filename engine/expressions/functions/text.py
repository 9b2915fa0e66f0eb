"""Text."""

from engine.expressions.signatures import Family

FAMILY = Family("Text")


@FAMILY.function(
    "contain",
    "(string, string) -> boolean",
    doc="True when the second text stands inside the first.",
    example=('contain("rowing is great", "great")', "true"),
    nulls="false",
)
def contain(text: str, part: str) -> bool:
    return part in text
