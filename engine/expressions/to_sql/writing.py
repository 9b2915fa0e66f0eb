"""Tree -> SQL: literals, operators, conditionals. Paths and functions have files of their own beside this one.

The SQL is made from the typed tree alone; everything an author wrote becomes a parameter. What does not depend on the
person is evaluated by the other compiler, now, and bound as its value.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

from engine.expressions import tree
from engine.expressions.checking import Checked
from engine.expressions.facts import Facts
from engine.expressions.problems import EvaluationError, ExpressionProblem, problem_at
from engine.expressions.to_python import to_python
from engine.expressions.to_sql import functions, grouping, lists, paths
from engine.expressions.to_sql.ground import Ground
from engine.expressions.to_sql.pieces import (
    FALSE,
    NULL,
    Aliases,
    Bound,
    Order,
    Rows,
    Scalar,
    columns,
    definite,
    derived,
    numbered,
    predicate,
    sql_type,
)
from engine.expressions.tree import Node, bare, children
from engine.expressions.types import (
    BOOLEAN,
    DATE_TIME,
    DATE_TIME_ONLY,
    DECIMAL,
    DURATION,
    INTEGER,
    STRING,
    UNKNOWN,
    Type,
)
from engine.expressions.types import NULL as NULL_TYPE
from engine.expressions.values import type_of

MOST_SQL = 1_000_000  # characters: what is larger was not written by a person
PERSONAL = frozenset({"inAudience", "inSegment", "random", "uuid"})  # functions that no constant decides


class Writer:
    """Writes one expression. What SQL cannot say is noted in `problems`, all of it."""

    def __init__(
        self, checked: Checked, ground: Ground, now: datetime, prefix: str, for_everybody: bool = False
    ) -> None:
        self.text = checked.text
        self.notes = checked.notes
        self.types = checked.notes.types
        self.ground = ground
        self.now = now.astimezone(UTC)
        self.prefix = prefix
        self.parameters: dict[str, object] = {}
        self.problems: list[ExpressionProblem] = []
        self.loops: list[Bound] = []
        self.reads = 0  # how often the SQL written so far looks at the person
        self.joins: list[str] | None = [] if for_everybody else None
        self.aliases = Aliases(f"{prefix}_")
        self._names: dict[tuple[type, object, str], str] = {}
        self._personal: set[Node] = set()
        assert checked.tree is not None
        self._find_personal(checked.tree)

    def _find_personal(self, node: Node) -> bool:
        """Note which parts depend on the person."""
        below = [self._find_personal(child) for child in children(node)]
        is_source = isinstance(node, tree.Reference | tree.Loop | tree.Property)
        if is_source or any(below) or (isinstance(node, tree.Call) and node.name in PERSONAL):
            self._personal.add(node)
        return node in self._personal

    def is_personal(self, node: Node) -> bool:
        """Whether the value depends on the person."""
        return bare(node) in self._personal

    def refuse(self, node: Node, message: str, hint: str) -> Scalar:
        """Note that SQL cannot say this."""
        self.problems.append(problem_at(self.text, "unsupported", node.start, node.end, message, hint))
        return NULL

    def bind(self, value: object, sql: str) -> str:
        """A parameter with this value."""
        key = (type(value), repr(value), sql)
        if key not in self._names:
            name = f"{self.prefix}{len(self.parameters) + 1}"
            self.parameters[name] = value
            self._names[key] = f"%({name})s::{sql}"
        return self._names[key]

    # --- Values ---------------------------------------------------------------------------------------------------

    def piece(self, node: Node) -> Scalar | Rows:
        """SQL of the value of a node."""
        node = bare(node)
        if node not in self._personal:
            return self._constant(node)
        match node:
            case tree.Reference() | tree.Loop() | tree.Property():
                return paths.read(self, node)
            case tree.Call():
                return functions.call(self, node)
            case tree.Conditional():
                return self._conditional(node)
            case tree.ListLiteral():
                return self._list(node)
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.Comparison():
                return self._comparison(node)
            case tree.IsNull():
                return self._is_null(node)
            case tree.IsKind():
                return self._is_kind(node)
            case tree.HasNull():
                return self._has_null(node)
            case _:
                return definite(self.condition(node, strictly=True))

    def scalar(self, node: Node) -> Scalar:
        found = self.piece(node)
        return found if isinstance(found, Scalar) else self.refuse(node, "A list stands here.", "Use a single value.")

    def rows(self, node: Node, element: Type) -> Rows:
        """The rows of a list. `element`: what a list that does not say so itself is a list of."""
        found = self._constant(bare(node), element) if bare(node) not in self._personal else self.piece(node)
        if isinstance(found, Rows):
            return found
        return paths.no_rows(element, self.aliases.new())

    def condition(self, node: Node, *, strictly: bool = False) -> str:
        """SQL that is true or false. Where it is not asked strictly, NULL may stand for false."""
        node = bare(node)
        if isinstance(node, tree.Logic):
            return f"({f' {node.operator.upper()} '.join(self.condition(o, strictly=strictly) for o in node.operands)})"
        if isinstance(node, tree.Not):
            return f"(NOT {self.condition(node.operand, strictly=True)})"
        if isinstance(node, tree.Conditional) and self.types[node] == BOOLEAN:
            test = self.condition(node.condition)
            then, other = (self.condition(part, strictly=strictly) for part in (node.then, node.otherwise))
            return f"CASE WHEN {test} THEN {then} ELSE {other} END"
        if self.types[node] == UNKNOWN:
            self.undeclared(node)
        found = self.scalar(node)
        if found.is_constant:
            return "true" if found.constant is True else "false"
        if not strictly:
            return found.bare or found.text
        return found.text if found.is_definite else f"coalesce({found.text}, false)"

    def undeclared(self, node: Node) -> Scalar:
        """Refuse a value that would have to be looked at before anybody knows whether it fits."""
        return self.refuse(
            node,
            "The type of this value is not known, and SQL wants to know it before.",
            "Declare the type of the field.",
        )

    # --- Rows to values -------------------------------------------------------------------------------------------

    def aggregate(
        self, rows: Rows, what: Callable[[Rows], str], *, empty: str = "NULL", unless_null: bool = False
    ) -> str:
        """One value over all rows, `empty` over none; NULL for no list if that is asked for."""
        if self.joins is None or self.loops or not grouping.is_possible(rows):
            return rows.aggregate(what(rows), unless_null=unless_null)
        alias, joined = grouping.aggregate(rows, what, unless_null, self.aliases)
        self.joins.append(joined)
        if empty == "NULL" or (unless_null and rows.empty_is_null):
            return f"{alias}.v"
        return f"CASE WHEN {alias}.k1 IS NULL THEN {empty} ELSE {alias}.v END"

    def pick(self, rows: Rows, is_last: bool) -> str:
        """The value of the first or the last row."""
        if self.joins is None or self.loops or not grouping.is_possible(rows):
            return rows.pick(rows.value, backwards=is_last)
        alias, joined = grouping.pick(rows, is_last, self.aliases)
        self.joins.append(joined)
        return f"{alias}.v"

    # --- Constants ------------------------------------------------------------------------------------------------

    def _constant(self, node: Node, element: Type = UNKNOWN) -> Scalar | Rows:
        """What does not depend on the person, evaluated now."""
        type_ = self.types[node]
        if isinstance(node, tree.Literal) and not _has_zero(node.value):
            return self.literal(node.value, type_)
        evaluate = to_python(Checked(self.text, node, type_, (), self.notes), None)
        try:
            value = evaluate(Facts({}, {}, {}, {}, {}, {}, {}, self.now))
        except EvaluationError as error:
            return self.refuse(node, error.message, "This fails for everybody: correct it.")
        if _has_zero(value):
            return self.refuse(node, "No text in the database holds the character U+0000.", "Leave it out.")
        if isinstance(value, list):
            known = type_.element if type_.element and type_.element.is_scalar else element
            return self._constant_rows(value, known if known.is_scalar else STRING)
        if type_.is_list:
            return paths.no_rows(type_.element or STRING, self.aliases.new())
        return self.literal(value, type_ if type_.is_scalar else type_of(value))

    def literal(self, value: object, type_: Type) -> Scalar:
        """A value of ours as a parameter."""
        if value is None:
            return Scalar(f"NULL::{sql_type(type_)}", constant=None)
        offset = "0"
        if isinstance(value, datetime) and value.tzinfo is not None:
            offset = self.bind(_offset(value), "numeric")
        return Scalar(self.bind(_bound(value, type_), sql_type(type_)), offset=offset, constant=value)

    def _constant_rows(self, values: list[object], element: Type) -> Rows:
        alias = self.aliases.new()
        bound = [_bound(value, element) for value in values]
        if element == DATE_TIME and any(isinstance(value, str) for value in bound):
            bound = [value if value is None else str(value) for value in bound]
        unnested, columns = self.bind(bound, f"{sql_type(element)}[]"), "v, n"
        if element == DATE_TIME:
            offsets = [_offset(value) if isinstance(value, datetime) else None for value in values]
            unnested, columns = f"{unnested}, {self.bind(offsets, 'numeric[]')}", "v, o, n"
        source = f"unnest({unnested}) WITH ORDINALITY AS {alias}({columns})"
        offset = f"{alias}.o" if element == DATE_TIME else "0"
        return Rows(source, f"{alias}.v", (Order(f"{alias}.n"),), offset=offset)

    def _list(self, node: tree.ListLiteral) -> Rows:
        element = self.types[node].element or STRING
        if not element.is_scalar:
            self.undeclared(node)
        return self.values([self.scalar(item) for item in node.items], element)

    def values(self, items: Sequence[Scalar], element: Type) -> Rows:
        """Rows of single values."""
        alias = self.aliases.new()
        written = ", ".join(
            f"({number}, ({item.text})::{sql_type(element)}, ({item.offset})::numeric)"
            for number, item in enumerate(items, 1)
        )
        source = f"(VALUES {written}) AS {alias}(n, v, o)"
        return Rows(source, f"{alias}.v", (Order(f"{alias}.n"),), offset=f"{alias}.o")

    # --- Conditionals and questions -------------------------------------------------------------------------------

    def _conditional(self, node: tree.Conditional) -> Scalar | Rows:
        type_ = self.types[node]
        if type_.is_list:
            test = self.condition(node.condition, strictly=True)
            branches = [self.rows(branch, type_.element or STRING) for branch in (node.then, node.otherwise)]
            return self.either(test, branches[0], branches[1])
        if type_ == UNKNOWN:
            return self.undeclared(node)
        if type_ == BOOLEAN:
            return Scalar(self._case(node, *(self.scalar(part).text for part in (node.then, node.otherwise))))
        then, other = (self.widened(self.scalar(part), self.types[bare(part)], type_) for part in node_parts(node))
        text = self._case(node, f"({then.text})::{sql_type(type_)}", other.text)
        return Scalar(text, offset=self._case(node, then.offset, other.offset) if type_ == DATE_TIME else "0")

    def _case(self, node: tree.Conditional, then: str, other: str) -> str:
        return f"CASE WHEN {self.condition(node.condition)} THEN {then} ELSE {other} END"

    def either(self, test: str, then: Rows, other: Rows) -> Rows:
        """The rows of one of two lists."""
        one, two = (numbered(part, self.aliases.new()) for part in (then, other))
        parts = (
            columns(part.filtered(asked), part.order[0].text) for part, asked in ((one, test), (two, f"NOT {test}"))
        )
        return replace(
            derived(then, " UNION ALL ".join(parts), self.aliases.new()),
            is_null=f"CASE WHEN {test} THEN {then.null} ELSE {other.null} END",
            only_objects=then.only_objects and other.only_objects,
        )

    def widened(self, found: Scalar, from_: Type, to: Type) -> Scalar:
        """An integer where a decimal is wanted."""
        if from_ == INTEGER and to == DECIMAL:
            return replace(found, text=f"({found.text})::float8")
        return found

    def _is_null(self, node: tree.IsNull) -> Scalar:
        found = self.piece(node.operand)
        if isinstance(found, Rows):
            return definite(f"(NOT {found.null})" if node.negated else f"({found.null})")
        return definite(f"({found.text} IS {'NOT ' if node.negated else ''}NULL)")

    def _is_kind(self, node: tree.IsKind) -> Scalar:
        type_ = self.types[bare(node.operand)]
        found = self.piece(node.operand)
        if isinstance(found, Rows):
            return FALSE
        if type_ == UNKNOWN:
            fraction = {"numeric": "", "integer": " AND NOT", "decimal": " AND"}[node.kind]
            number = f"jsonb_typeof({found.text}) = 'number'"
            # Not all at once: the cast of what is no number raises.
            asked = f"CASE WHEN {number} THEN scale(({found.text})::numeric) > 0 END"
            return predicate(f"({number}{f'{fraction} {asked}' if fraction else ''})")
        wanted = {"numeric": (INTEGER, DECIMAL), "integer": (INTEGER,), "decimal": (DECIMAL,)}[node.kind]
        return definite(f"({found.text} IS NOT NULL)") if type_ in wanted else FALSE

    def _has_null(self, node: tree.HasNull) -> Scalar:
        type_ = self.types[bare(node.operand)]
        if not type_.is_list:
            return self.undeclared(node.operand)
        rows = self.rows(node.operand, STRING)
        return definite(rows.filtered(f"{rows.value} IS NULL").exists)

    # --- Comparison -----------------------------------------------------------------------------------------------

    def _comparison(self, node: tree.Comparison) -> Scalar:
        left, right = bare(node.left), bare(node.right)
        if node.operator in ("==", "!="):
            found = self._equality(node, left, right)
            if node.operator == "!=":
                return definite(f"(NOT {found.text})")
            return found
        types = [self.types[left], self.types[right]]
        if NULL_TYPE in types:
            return FALSE
        for operand, type_ in zip((left, right), types, strict=True):
            if type_ == UNKNOWN:
                return self.undeclared(operand)
        return lists.short_count(self, node) or predicate(self._compared(node.operator, left, right))

    def _compared(self, operator: str, left: Node, right: Node) -> str:
        """Two numbers or two moments, compared; NULL for null."""
        types = self.types[left], self.types[right]
        one, two = self.scalar(left), self.scalar(right)
        if types[0] == types[1]:
            return f"({one.text} {operator} {two.text})"
        if types == (DECIMAL, INTEGER):
            return self._mixed({"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator), two, one)
        return self._mixed(operator, one, two)

    def _mixed(self, operator: str, integer: Scalar, decimal: Scalar) -> str:
        """An integer and a decimal, compared without rounding either."""
        if integer.is_constant and isinstance(integer.constant, int):
            as_float = float(integer.constant)
            if as_float == integer.constant:
                return f"({self.bind(as_float, 'float8')} {operator} {decimal.text})"
        if decimal.is_constant and isinstance(decimal.constant, float):
            return f"({integer.text} {operator} {self.bind(Decimal(decimal.constant), 'numeric')})"
        return f"(engine_expression_order({integer.text}, {decimal.text}) {operator} 0)"

    def _equality(self, node: tree.Comparison, left: Node, right: Node) -> Scalar:
        """Equality, for which null is a value like others. Its text is never NULL."""
        types = self.types[left], self.types[right]
        if self._is_null_constant(right) or self._is_null_constant(left):
            operand = left if self._is_null_constant(right) else right
            return self._is_null(tree.IsNull(node.start, node.end, operand, False))
        if types[0].is_list or types[1].is_list:
            return self._equal_lists(node, left, right)
        if right not in self._personal or left not in self._personal:
            constant, operand = (right, left) if right not in self._personal else (left, right)
            found = lists.short_count(self, node) or self._equals_constant(operand, constant)
            if found is not None:
                return found
        if UNKNOWN in types:
            return self._equal_unknown(node, left, right)
        if any(not type_.is_scalar for type_ in types):
            return self.refuse(node, "Whole objects are not compared in SQL.", "Compare fields of theirs.")
        one, two = self.scalar(left), self.scalar(right)
        if types[0] == types[1]:
            return definite(f"({one.text} IS NOT DISTINCT FROM {two.text})")
        both_null = f"({one.text} IS NULL AND {two.text} IS NULL)"
        if types[0].is_numeric and types[1].is_numeric:
            return definite(f"(coalesce({self._compared('=', left, right)}, false) OR {both_null})")
        return definite(both_null)

    def _is_null_constant(self, node: Node) -> bool:
        if node in self._personal or self.types[node].is_list:
            return False
        found = self._constant(node)
        return isinstance(found, Scalar) and found.constant is None

    def _equals_constant(self, operand: Node, constant: Node) -> Scalar | None:
        """A value that is compared with one that is not null; None when it takes more than that."""
        value = cast(Scalar, self._constant(constant))
        type_, wanted = self.types[operand], self.types[constant]
        if not wanted.is_scalar:
            return None
        contained = paths.containment(self, operand, value.constant)
        if contained and type_ in (UNKNOWN, wanted):
            return definite(contained)
        if type_ == UNKNOWN:
            found = self.scalar(operand)
            if isinstance(value.constant, str | bool):
                return predicate(f"({found.text} = to_jsonb({value.text}))")
            if isinstance(value.constant, int | float):
                exact = self.bind(Decimal(value.constant), "numeric")
                as_float = float(value.constant) if float(value.constant) == value.constant else None
                floating = self.bind(as_float, "float8")
                return predicate(f"engine_expression_is_number({found.text}, {exact}, {floating})")
            return FALSE  # JSON has no dates: a text is no date
        if type_ == wanted or (type_.is_numeric and wanted.is_numeric):
            return predicate(self._compared("=", operand, constant))
        return FALSE if type_.is_scalar else None

    def _equal_unknown(self, node: tree.Comparison, left: Node, right: Node) -> Scalar:
        """A value of unknown type next to a text or a boolean that is computed."""
        known, operand = (right, left) if self.types[left] == UNKNOWN else (left, right)
        if self.types[known] not in (STRING, BOOLEAN):
            return self.undeclared(operand)
        one, two = self.scalar(operand), self.scalar(known)
        return definite(f"({one.text} IS NOT DISTINCT FROM to_jsonb({two.text}))")

    def _equal_lists(self, node: tree.Comparison, left: Node, right: Node) -> Scalar:
        types = [self.types[operand] for operand in (left, right)]
        elements = [type_.element for type_ in types]
        if not all(type_.is_list for type_ in types) or elements[0] != elements[1] or not elements[0].is_scalar:  # type: ignore[union-attr]
            hint = "Compare two lists of single values of one and the same declared type."
            return self.refuse(node, "These lists are not compared in SQL.", hint)
        pair = [self.rows(operand, cast(Type, elements[0])) for operand in (left, right)]
        whole = [rows.unless_null(f"ARRAY(SELECT {rows.value} {rows.body} ORDER BY {rows.ordered()})") for rows in pair]
        return definite(f"({whole[0]} IS NOT DISTINCT FROM {whole[1]})")

    # --- Arithmetic -----------------------------------------------------------------------------------------------

    def _arithmetic(self, node: tree.Arithmetic) -> Scalar:
        left, right = bare(node.left), bare(node.right)
        types = self.types[left], self.types[right]
        one, two = self.scalar(left), self.scalar(right)
        if NULL_TYPE in types:
            return Scalar(f"NULL::{sql_type(self.types[node])}")
        for operand, type_ in zip((left, right), types, strict=True):
            if type_ == UNKNOWN:
                return self.undeclared(operand)
        if node.operator == "+" and STRING in types:
            return Scalar(f"engine_expression_joined({self.as_text(one, types[0])}, {self.as_text(two, types[1])})")
        if node.operator == "+" and types[1] == DURATION:
            if types[0] == DURATION:
                return Scalar(f"engine_expression_duration({one.text} + {two.text})")
            return Scalar(f"engine_expression_moved({one.text}, {two.text}, {one.offset})", offset=one.offset)
        if types == (INTEGER, INTEGER):
            return Scalar(_INTEGER_ARITHMETIC[node.operator].format(one.text, two.text))
        if node.operator == "%":
            hint = "Use integers: convert with toInteger or round."
            return self.refuse(node, "SQL has no exact remainder of decimals.", hint)
        one, two = self.widened(one, types[0], DECIMAL), self.widened(two, types[1], DECIMAL)
        return Scalar(_DECIMAL_ARITHMETIC[node.operator].format(one.text, two.text))

    def as_text(self, found: Scalar, type_: Type) -> str:
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


_INTEGER_ARITHMETIC = {
    "+": "engine_expression_whole({} + {})",
    "-": "engine_expression_whole({} - {})",
    "*": "engine_expression_whole({} * {})",
    "/": "engine_expression_quotient({}, {})",
    "%": "engine_expression_remainder({}, {})",
}
_DECIMAL_ARITHMETIC = {
    "+": "engine_expression_add({}, {})",
    "-": "engine_expression_add({}, -({}))",
    "*": "engine_expression_multiply({}, {})",
    "/": "engine_expression_divide({}, {})",
}


def node_parts(node: tree.Conditional) -> tuple[Node, Node]:
    return node.then, node.otherwise


def _offset(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta(0)).total_seconds())


def _bound(value: object, type_: Type) -> object:
    """The value as PostgreSQL's driver takes it for our SQL type."""
    if isinstance(value, datetime):
        return instant(value) if value.tzinfo is not None else value
    if isinstance(value, timedelta):
        return Decimal((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds)
    if type_ == DECIMAL and isinstance(value, int):
        return float(value)
    if type_ == INTEGER and isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str | bool | float | date | None):
        return value
    raise AssertionError(value)


def instant(moment: datetime) -> object:
    """An instant in UTC; as text where UTC lies outside of Python's calendar."""
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        offset = moment.utcoffset() or timedelta(0)
        wall = moment.replace(tzinfo=None)
        if wall.year == 1:
            rest = (wall - datetime(1, 1, 1) - offset) + timedelta(days=366)
            return f"{datetime(4, 1, 1) + rest:0001-%m-%d %H:%M:%S.%f} BC"
        rest = wall - datetime(9999, 1, 1) - offset - timedelta(days=365)
        return f"{datetime(2001, 1, 1) + rest:10000-%m-%d %H:%M:%S.%f}"


def _has_zero(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_has_zero, value))
    return isinstance(value, str) and "\0" in value
