"""Lists."""

from engine.expressions.signatures import Family

FAMILY = Family("Lists")
