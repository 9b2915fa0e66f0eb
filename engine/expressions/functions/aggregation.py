"""From many values to one."""

from engine.expressions.signatures import Family

FAMILY = Family("Aggregation")
