"""Pieces of SQL: a value, or the rows of a list, and what is known about them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import count

from engine.expressions.to_sql.ground import Moment
from engine.expressions.types import (
    BOOLEAN,
    DATE_ONLY,
    DATE_TIME,
    DATE_TIME_ONLY,
    DECIMAL,
    DURATION,
    INTEGER,
    STRING,
    Type,
)

# How the types of the language stand in SQL (engine/sql/schema/expressions.sql says more). All others are jsonb.
SQL_TYPES = {
    STRING: "text",
    INTEGER: "numeric",
    DECIMAL: "float8",
    BOOLEAN: "boolean",
    DATE_ONLY: "date",
    DATE_TIME_ONLY: "timestamp",
    DATE_TIME: "timestamp",
    DURATION: "numeric",
}


def sql_type(type_: Type) -> str:
    return SQL_TYPES.get(type_, "jsonb")


class Unknown:
    """Stands for: not a constant."""


UNKNOWN_VALUE = Unknown()


@dataclass(frozen=True, slots=True)
class Scalar:
    """SQL of one value, NULL for null.

    `is_definite`: a boolean that is never null. `bare`: the same as a condition in which NULL may stand for false,
    which is what an index can serve. `offset`: of a dateTime, SQL of its seconds.
    `constant`: the value, when it does not depend on the person.
    """

    text: str
    is_definite: bool = False
    bare: str = ""
    offset: str = "0"
    moment: Moment | None = None
    constant: object = UNKNOWN_VALUE

    @property
    def is_constant(self) -> bool:
        return self.constant is not UNKNOWN_VALUE

    @property
    def size(self) -> int:
        return len(self.text) + len(self.offset)


NULL = Scalar("NULL", constant=None)


def definite(text: str) -> Scalar:
    """A boolean that is never null."""
    return Scalar(text, is_definite=True)


def predicate(text: str) -> Scalar:
    """A boolean for which null counts as false."""
    return Scalar(f"coalesce({text}, false)", is_definite=True, bare=text)


FALSE = definite("false")
# Which rows an aggregate looks at is not known when it is written: behind it, and in a filter of its own.
FILTER, ALSO = "{filter}", "{also}"
ALIAS = re.compile(r"\bt_\d+\b")


def compared_moment(moment: Moment, operator: str, bound: str) -> str:
    """A dateTime that columns hold, compared with a constant: on bare columns, for their statistics and indexes."""
    columns = [moment.column, *([moment.not_after] if moment.not_after and operator in (">", ">=") else [])]
    return " AND ".join(f"{column} {operator} ({bound} AT TIME ZONE 'UTC')" for column in columns)


def as_text(found: Scalar, type_: Type) -> str:
    """The text of a value, as `toString` and `+` write it."""
    if type_ == STRING:
        return found.text
    if type_ == BOOLEAN:
        return f"CASE {found.text} WHEN true THEN 'true' WHEN false THEN 'false' END"
    if type_ == DECIMAL:
        return f"engine_expression_decimal_text({found.text})"
    if type_ == DATE_TIME:
        return f"engine_expression_instant_text({found.text}, {found.offset})"
    if type_ == DATE_TIME_ONLY:
        return f"engine_expression_clock_text({found.text})"
    if type_ == DURATION:
        return f"engine_expression_duration_text({found.text})"
    if type_ == INTEGER:
        return f"({found.text})::text"
    return f"to_char({found.text}, 'YYYY-MM-DD')"


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are ordered by, first to last."""

    text: str
    falling: bool = False

    def sql(self, backwards: bool = False) -> str:
        return f"{self.text} DESC" if self.falling != backwards else self.text


@dataclass(frozen=True, slots=True)
class Bound:
    """A loop variable of the language, the SQL of the element it stands for, and the element's type.

    `moments`: fields of the element that columns hold.
    """

    variable: str
    element: str
    type: Type
    moments: Mapping[str, Moment]


@dataclass(frozen=True, slots=True)
class Rows:
    """The elements of a list as rows: what stands in FROM and WHERE, the value of an element, their order.

    `keep`: which rows are elements; it stands in WHERE or behind an aggregate. `is_null`: whether there is no list at
    all; there are no rows then. `empty_is_null`: where no row passes `where`, there is no list.
    `only_objects`: every element is an object. `moments`: fields of the elements that columns hold.
    `belongs`: of rows that tables hold for all people, what makes them those of one; `is_alone`: nothing else in them
    looks at the person; `first`: true of one of the rows that a row of the table has become, where it may be several.
    """

    source: str
    value: str
    order: tuple[Order, ...]
    where: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    is_null: str = "false"
    empty_is_null: bool = False
    only_objects: bool = False
    moments: Mapping[str, Moment] = field(default_factory=dict)
    belongs: tuple[tuple[str, str], ...] = ()
    is_alone: bool = True
    first: str = ""
    offset: str = "0"

    @property
    def size(self) -> int:
        return len(self.body) + len(self.value) + len(self.is_null)

    def filtered(self, *conditions: str) -> "Rows":
        return replace(self, keep=(*self.keep, *conditions))

    def null_when_empty(self) -> "Rows":
        return replace(self, where=(*self.where, *self.keep), keep=(), is_null="false", empty_is_null=True)

    @property
    def body(self) -> str:
        """FROM and WHERE."""
        return f"FROM {self.source}{_where((*self._outer, *self.keep))}"

    @property
    def _outer(self) -> tuple[str, ...]:
        return (*(f"{column} = {of_profile}" for column, of_profile in self.belongs), *self.where)

    def ordered(self, backwards: bool = False) -> str:
        return ", ".join(order.sql(backwards) for order in self.order)

    def pick(self, what: str, *, backwards: bool = False, offset: str = "") -> str:
        """One value of the first row, or of the one after `offset` others."""
        skip = f" OFFSET {offset}" if offset else ""
        return f"(SELECT {what} {self.body} ORDER BY {self.ordered(backwards)}{skip} LIMIT 1)"

    def aggregate(self, what: str, *, unless_null: bool = False) -> str:
        """One value over all rows, with `FILTER` behind every aggregate in `what`; NULL for no list if asked for."""
        if unless_null and self.empty_is_null:
            # Asked in the same pass: all rows are read, and those that are no elements are left out one aggregate at
            # a time.
            kept = f" FILTER (WHERE {' AND '.join(self.keep)})" if self.keep else ""
            also = "".join(f" AND {condition}" for condition in self.keep)
            value = f"CASE WHEN count(*) > 0 THEN {what.replace(FILTER, kept).replace(ALSO, also)} END"
            return f"(SELECT {value} FROM {self.source}{_where(self._outer)})"
        text = f"(SELECT {what.replace(FILTER, '').replace(ALSO, '')} {self.body})"
        return self.unless_null(text) if unless_null else text

    @property
    def exists(self) -> str:
        return f"EXISTS (SELECT {self.body})"

    @property
    def null(self) -> str:
        """Whether there is no list."""
        return f"NOT EXISTS (SELECT FROM {self.source}{_where(self._outer)})" if self.empty_is_null else self.is_null

    def unless_null(self, text: str) -> str:
        """The value, or NULL where there is no list."""
        return text if self.null == "false" else f"CASE WHEN NOT {self.null} THEN {text} END"


def _where(conditions: tuple[str, ...]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


class Aliases:
    """Names for parts of FROM, each given out once."""

    def __init__(self) -> None:
        self._names: Iterator[str] = (f"t_{number}" for number in count(1))

    def new(self) -> str:
        return next(self._names)


def named(kind: str, *texts: str) -> str:
    """A name for what these texts say: what says the same has the same name, in every condition."""
    digest = blake2b("\0".join(texts).encode(), digest_size=8)
    return f"{kind}_{digest.hexdigest()}"


def columns(rows: Rows, number: str) -> str:
    """A SELECT of the values as `v`, of dateTimes the offsets as `o`, and a number of each as `n`."""
    return f"SELECT {rows.value} AS v, {rows.offset} AS o, {number} AS n {rows.body}"


def derived(rows: Rows, select: str, alias: str) -> Rows:
    """Rows made of other ones by a SELECT of the columns `v`, `o` and `n`."""
    return Rows(
        f"({select}) AS {alias}",
        f"{alias}.v",
        (Order(f"{alias}.n"),),
        is_null=rows.null,
        only_objects=rows.only_objects,
        offset=f"{alias}.o",
    )


def numbered(rows: Rows, alias: str) -> Rows:
    """The same rows with their values as columns."""
    return derived(rows, columns(rows, f"row_number() OVER (ORDER BY {rows.ordered()})"), alias)
