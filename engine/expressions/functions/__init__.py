"""The functions of the language, one file per family. Each is declared once; pages and lists are made from that."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.expressions.functions import aggregation, audiences, conversion, dates, lists, maths, text
from engine.expressions.signatures import Family, Function

FAMILIES: tuple[Family, ...] = (
    audiences.FAMILY,
    aggregation.FAMILY,
    conversion.FAMILY,
    dates.FAMILY,
    lists.FAMILY,
    maths.FAMILY,
    text.FAMILY,
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {function.name: function for family in FAMILIES for function in family.functions}
)
