"""Text -> tree. Every text is answered, with a tree or with problems; none raises."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from engine.expressions import temporal, tree
from engine.expressions.explaining import explain
from engine.expressions.problems import ExpressionProblem, problem_at
from engine.expressions.tree import Node
from engine.expressions.types import BOOLEAN, DATE_ONLY, DATE_TIME, DATE_TIME_ONLY, DECIMAL, INTEGER, NULL, STRING
from engine.expressions.values import LARGEST, SMALLEST

MAX_CHARACTERS = 65_536
MAX_DEPTH = 100
MAX_SEGMENTS = 50  # of one path

_SOURCES: dict[str, tree.Source] = {
    "@": "event",
    "@event": "event",
    "@action": "action",
    "@datasetLookup": "lookup",
    "@datasetlookup": "lookup",
    "@decision": "decision",
    "#": "source",
}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'", "/": "/"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.?))", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Node | None, tuple[ExpressionProblem, ...]]:
    """The tree of the text, or what is wrong with its form.

    Remembered: parsing is half of checking, and the same text is checked again and again while a journey is drawn.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"The expression has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed."
        return None, (problem_at(text, "syntax", 0, len(text), message, "Split it into several conditions."),)
    surrogate = _SURROGATE.search(text)
    if surrogate:
        message = "Half of a character (a lone surrogate) stands here."
        return None, (problem_at(text, "syntax", *surrogate.span(), message, "Type the character again."),)
    try:
        root = cast(Node, _parser().parse(text))
    except UnexpectedInput as error:
        return None, (explain(text, error),)
    problems = _check_form(text, root)
    return (None, tuple(problems)) if problems else (root, ())


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", keep_all_tokens=True, transformer=_Builder())


Part = Token | Node


def _start(part: Part) -> int:
    return part.start if isinstance(part, Node) else cast(int, part.start_pos)


def _end(part: Part) -> int:
    return part.end if isinstance(part, Node) else cast(int, part.end_pos)


def _span(parts: list[Part]) -> tuple[int, int]:
    return _start(parts[0]), _end(parts[-1])


def _nodes(parts: list[Part]) -> tuple[Node, ...]:
    return tuple(part for part in parts if isinstance(part, Node))


@dataclass(frozen=True, slots=True, eq=False)
class _Options(Node):
    """An option of a reference on its way into the reference; no part of the finished tree."""

    default: Node | None
    params: tuple[tree.Param, ...] | None


class _Builder(Transformer[Token, Node]):
    """One method per rule of the grammar, called while parsing, bottom up."""

    def start(self, parts: list[Part]) -> Node:
        return cast(Node, parts[0])

    def string(self, parts: list[Token]) -> Node:
        token = parts[0]
        value = _unescape(token)
        return value if isinstance(value, tree.Bad) else tree.Literal(*_span([token]), value, STRING)

    def integer(self, parts: list[Token]) -> Node:
        digits = str(parts[0])
        # 40 digits are far outside already; int() of very long ones would refuse.
        if len(digits) > 40 or not SMALLEST <= int(digits) <= LARGEST:
            return tree.Bad(*_span([*parts]), "The number is outside the 64-bit range of integers.", "")
        return tree.Literal(*_span([*parts]), int(digits), INTEGER)

    def decimal(self, parts: list[Token]) -> Node:
        value = float(parts[0])
        if value in (float("inf"), float("-inf")):
            return tree.Bad(*_span([*parts]), "The number is too large for a decimal.", "")
        return tree.Literal(*_span([*parts]), value, DECIMAL)

    def true(self, parts: list[Part]) -> Node:
        return tree.Literal(*_span(parts), True, BOOLEAN)

    def false(self, parts: list[Part]) -> Node:
        return tree.Literal(*_span(parts), False, BOOLEAN)

    def null(self, parts: list[Part]) -> Node:
        return tree.Literal(*_span(parts), None, NULL)

    def group(self, parts: list[Part]) -> Node:
        return tree.Group(*_span(parts), _nodes(parts)[0])

    def list_literal(self, parts: list[Part]) -> Node:
        return tree.ListLiteral(*_span(parts), _nodes(parts))

    def call(self, parts: list[Part]) -> Node:
        name = str(parts[0])
        arguments = _nodes(parts)
        return _date(parts, arguments) if name == "date" else tree.Call(*_span(parts), name, arguments)

    def conditional(self, parts: list[Part]) -> Node:
        condition, then, otherwise = _nodes(parts)
        return tree.Conditional(*_span(parts), condition, then, otherwise)

    def or_expr(self, parts: list[Part]) -> Node:
        return tree.Logic(*_span(parts), "or", _nodes(parts))

    def and_expr(self, parts: list[Part]) -> Node:
        return tree.Logic(*_span(parts), "and", _nodes(parts))

    def negation(self, parts: list[Part]) -> Node:
        return tree.Not(*_span(parts), _nodes(parts)[0])

    def comparison(self, parts: list[Part]) -> Node:
        left, right = _nodes(parts)
        return tree.Comparison(*_span(parts), str(parts[1]), left, right)

    def arithmetic(self, parts: list[Part]) -> Node:
        left, right = _nodes(parts)
        return tree.Arithmetic(*_span(parts), str(parts[1]), left, right)

    def is_null(self, parts: list[Part]) -> Node:
        return tree.IsNull(*_span(parts), _nodes(parts)[0], False)

    def is_not_null(self, parts: list[Part]) -> Node:
        return tree.IsNull(*_span(parts), _nodes(parts)[0], True)

    def is_kind(self, parts: list[Part]) -> Node:
        return tree.IsKind(*_span(parts), _nodes(parts)[0], str(parts[2]))

    def has_null(self, parts: list[Part]) -> Node:
        return tree.HasNull(*_span(parts), _nodes(parts)[0])

    def name(self, parts: list[Token]) -> Node:
        return tree.Name(*_span([*parts]), str(parts[0]))

    def quoted_name(self, parts: list[Token]) -> Node:
        value = _unescape(parts[0])
        return value if isinstance(value, tree.Bad) else tree.Name(*_span([*parts]), value)

    def method(self, parts: list[Part]) -> Node:
        return tree.Method(*_span(parts), str(parts[0]), _nodes(parts))

    def loop(self, parts: list[Part]) -> Node:
        segments = cast(tuple[tree.Name | tree.Method, ...], _nodes(parts))
        return tree.Loop(*_span(parts), str(parts[0]), segments)

    def journey_property(self, parts: list[Part]) -> Node:
        return tree.Property(*_span(parts), str(parts[1]))

    def param(self, parts: list[Part]) -> Node:
        token, value = cast(Token, parts[0]), cast(Node, parts[-1])
        if token.type == "STRING":
            name = _unescape(token)
            return name if isinstance(name, tree.Bad) else tree.Param(*_span(parts), name, value)
        return tree.Param(*_span(parts), str(token), value)

    def default_value(self, parts: list[Part]) -> Node:
        return _Options(*_span(parts), _nodes(parts)[0], None)

    def params(self, parts: list[Part]) -> Node:
        return _Options(*_span(parts), None, cast(tuple[tree.Param, ...], _nodes(parts)))

    def reference(self, parts: list[Part]) -> Node:
        nodes = _nodes(parts)
        segments = tuple(node for node in nodes if not isinstance(node, _Options))
        options = [node for node in nodes if isinstance(node, _Options)]
        defaults = [option.default for option in options if option.default is not None]
        params = [option.params for option in options if option.params is not None]
        if len(defaults) > 1 or len(params) > 1:
            return tree.Bad(*_span([options[-1]]), "An option is given twice.", "Give each option once.")
        if not isinstance(segments[0], tree.Name | tree.Bad):
            return tree.Bad(*_span([segments[0]]), "A reference starts with a name.", "")
        return tree.Reference(
            *_span(parts),
            _SOURCES[str(parts[0])],
            cast(tuple[tree.Name | tree.Method, ...], segments),
            defaults[0] if defaults else None,
            params[0] if params else None,
        )


def _unescape(token: Token) -> str | tree.Bad:
    """The characters that a quoted text stands for."""
    start = cast(int, token.start_pos)
    body = token[1:-1]
    for offset, character in enumerate(body):
        if (character < " " and character not in "\t\r\n") or character == "\x7f":
            hint = f"Write it as \\u{ord(character):04x}."
            return tree.Bad(start + 1 + offset, start + 2 + offset, "A control character stands in the text.", hint)
    if "\\" not in body:
        return body
    pieces, position = [], 0
    for match in _ESCAPE.finditer(body):
        pieces.append(body[position : match.start()])
        position = match.end()
        if match[1]:
            pieces.append(chr(int(match[1], 16)))
        elif match[2] in _ESCAPES:
            pieces.append(_ESCAPES[match[2]])
        else:
            message = f"`{match[0]}` is not an escape."
            hint = "Known: \\\\ \\\" \\' \\/ \\b \\f \\n \\r \\t \\uXXXX. A backslash itself is written twice."
            return tree.Bad(start + 1 + match.start(), start + 1 + match.end(), message, hint)
    pieces.append(body[position:])
    # Two escapes may be the halves of one character; a half alone is no text.
    try:
        return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return tree.Bad(*_span([token]), "The text contains half of a character (a lone surrogate).", "")


def _date(parts: list[Part], arguments: tuple[Node, ...]) -> Node:
    """`date("...")` is a constant; its type follows from its text."""
    argument = tree.bare(arguments[0]) if len(arguments) == 1 else None
    if isinstance(argument, tree.Bad):
        return argument
    if not isinstance(argument, tree.Literal) or not isinstance(argument.value, str):
        return tree.Call(*_span(parts), "date", arguments)  # which has no type
    text = argument.value
    for read, type_ in (
        (temporal.parse_date, DATE_ONLY),
        (temporal.parse_local, DATE_TIME_ONLY),
        (temporal.parse_instant, DATE_TIME),
    ):
        value = read(text)
        if value is not None:
            return tree.Literal(*_span(parts), value, type_)
    hint = "Write 2024-02-19, 2024-02-19T10:30:00 or 2024-02-19T10:30:00+01:00."
    return tree.Bad(*_span([argument]), f"`{text[:80]}` is not a date.", hint)


def _check_form(text: str, root: Node) -> list[ExpressionProblem]:
    """What the grammar does not say: constants that are none, depth, and where a bare call may not stand."""
    problems = []
    for node, depth in tree.walk(root):
        if depth > MAX_DEPTH:
            message = f"The expression nests more than {MAX_DEPTH} levels deep."
            return [problem_at(text, "syntax", node.start, node.end, message, "Split it into several conditions.")]
        if isinstance(node, tree.Reference | tree.Loop) and len(node.segments) > MAX_SEGMENTS:
            message = f"The path has {len(node.segments):,} parts; {MAX_SEGMENTS} are allowed."
            problems.append(problem_at(text, "syntax", node.start, node.end, message, "Shorten the path."))
        if isinstance(node, tree.Bad):
            problems.append(problem_at(text, "syntax", node.start, node.end, node.message, node.hint))
        suspects: list[tuple[Node | None, str]] = []
        if isinstance(node, tree.Arithmetic) and node.operator == "+":
            suspects = [(node.left, "as an operand of `+`"), (node.right, "as an operand of `+`")]
        elif isinstance(node, tree.Reference):
            suspects = [(node.default, "as a default value")]
        for suspect, place in suspects:
            if isinstance(suspect, tree.Call):
                message = f"The function call `{suspect.name}(...)` {place} needs parentheses around it."
                hint = f"Write `({text[suspect.start : suspect.end][:80]})`."
                problems.append(problem_at(text, "syntax", suspect.start, suspect.end, message, hint))
    return problems
