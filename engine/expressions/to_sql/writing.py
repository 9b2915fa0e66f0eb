"""Tree -> SQL: literals, operators, conditionals. Paths and functions have files of their own beside this one.

The SQL is made from the typed tree alone; everything an author wrote becomes a parameter. What does not depend on the
person is evaluated by the other compiler, now, and bound as its value.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from engine.expressions import tree
from engine.expressions.checking import Checked
from engine.expressions.facts import Facts
from engine.expressions.problems import EvaluationError, ExpressionProblem, problem_at
from engine.expressions.to_python import to_python
from engine.expressions.to_sql import functions, grouping, operators, paths
from engine.expressions.to_sql.constants import bound, has_zero, offset_of
from engine.expressions.to_sql.ground import Ground
from engine.expressions.to_sql.grouping import Join
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
    named,
    numbered,
    predicate,
    sql_type,
)
from engine.expressions.tree import Node, bare, children
from engine.expressions.types import (
    BOOLEAN,
    DATE_TIME,
    DECIMAL,
    INTEGER,
    STRING,
    UNKNOWN,
    Type,
)
from engine.expressions.values import type_of

MOST_SQL = 200_000  # characters: what is larger was not written by a person
PERSONAL = frozenset({"inAudience", "inSegment", "random", "uuid"})  # functions that no constant decides


class Writer:
    """Writes one expression. What SQL cannot say is noted in `problems`, all of it."""

    def __init__(self, checked: Checked, ground: Ground, now: datetime, for_everybody: bool = False) -> None:
        self.text = checked.text
        self.notes = checked.notes
        self.types = checked.notes.types
        self.ground = ground
        self.now = now.astimezone(UTC)
        self.parameters: dict[str, object] = {}
        self.problems: list[ExpressionProblem] = []
        self.loops: list[Bound] = []
        self.reads = 0  # how often the SQL written so far looks at the person
        self.joins: list[Join] | None = [] if for_everybody else None
        self.aliases = Aliases()
        self._pieces: dict[Node, Scalar | Rows] = {}
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
            name = named("p", *map(str, key))
            self.parameters[name] = value
            self._names[key] = f"%({name})s::{sql}"
        return self._names[key]

    # --- Values ---------------------------------------------------------------------------------------------------

    def piece(self, node: Node) -> Scalar | Rows:
        """SQL of the value of a node."""
        node = bare(node)
        if node not in self._personal:
            return self.constant(node)
        if node not in self._pieces:
            found = self._piece(node)
            if found.size > MOST_SQL:
                # Said as soon as it happens: what is written twice at every level grows without bound.
                hint = "Split it into several audiences."
                found = self.refuse(node, "The SQL of this expression is too long.", hint)
            self._pieces[node] = found
        return self._pieces[node]

    def _piece(self, node: Node) -> Scalar | Rows:
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
                return operators.arithmetic(self, node)
            case tree.Comparison():
                return operators.comparison(self, node)
            case tree.IsNull():
                return self.is_null(node)
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
        found = self.constant(bare(node), element) if bare(node) not in self._personal else self.piece(node)
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
        if self.joins is None or not self.is_joined(rows):
            return rows.aggregate(what(rows), unless_null=unless_null)
        if unless_null and rows.empty_is_null:
            empty = "NULL"
        found = grouping.aggregate(rows, what, empty=empty, unless_null=unless_null)
        self.joins.append(found)
        return found.text if empty == "NULL" else f"CASE WHEN {found.is_nowhere} THEN {empty} ELSE {found.text} END"

    def is_joined(self, rows: Rows) -> bool:
        """Whether they are read for everybody at once."""
        return self.joins is not None and not self.loops and grouping.is_possible(rows)

    def pick(self, rows: Rows, is_last: bool) -> str:
        """The value of the first or the last row."""
        if self.joins is None or not self.is_joined(rows):
            return rows.pick(rows.value, backwards=is_last)
        found = grouping.pick(rows, is_last)
        self.joins.append(found)
        return found.text

    # --- Constants ------------------------------------------------------------------------------------------------

    def constant(self, node: Node, element: Type = UNKNOWN) -> Scalar | Rows:
        """What does not depend on the person, evaluated now."""
        type_ = self.types[node]
        if isinstance(node, tree.Literal) and not has_zero(node.value):
            return self.literal(node.value, type_)
        evaluate = to_python(Checked(self.text, node, type_, (), self.notes), None)
        try:
            value = evaluate(Facts({}, {}, {}, {}, {}, {}, {}, self.now))
        except EvaluationError as error:
            return self.refuse(node, error.message, "This fails for everybody: correct it.")
        if has_zero(value):
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
            offset = self.bind(offset_of(value), "numeric")
        return Scalar(self.bind(bound(value, type_), sql_type(type_)), offset=offset, constant=value)

    def _constant_rows(self, values: list[object], element: Type) -> Rows:
        alias = self.aliases.new()
        taken = [bound(value, element) for value in values]
        if element == DATE_TIME and any(isinstance(value, str) for value in taken):
            taken = [value if value is None else str(value) for value in taken]  # the driver wants one class
        unnested, columns = self.bind(taken, f"{sql_type(element)}[]"), "v, n"
        if element == DATE_TIME:
            offsets = [offset_of(value) if isinstance(value, datetime) else None for value in values]
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
        then, other = (
            self.widened(self.scalar(part), self.types[bare(part)], type_) for part in (node.then, node.otherwise)
        )
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

    def is_null(self, node: tree.IsNull) -> Scalar:
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
