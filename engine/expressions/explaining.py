"""What the parser stumbled over, in the author's words: the place to look at, what is wrong there, what to write."""

import re
import unicodedata
from dataclasses import dataclass

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from engine.expressions.functions import FUNCTIONS
from engine.expressions.problems import ExpressionProblem, did_you_mean, problem_at

_KEYWORDS = ("and", "or", "not", "is", "has", "if", "then", "else", "true", "false", "null", "numeric", "integer")
_LOOPS = ("currentEventField", "currentDataPackField", "currentActionField", "currentDatasetLookupField")
_OPTIONS = ("defaultValue", "params")
_OF_ANOTHER_LANGUAGE = {
    "=": "Equality is written `==`.",
    "===": "Equality is written `==`.",
    "!==": "Inequality is written `!=`.",
    "<>": "Inequality is written `!=`.",
    "=<": "Write `<=`.",
    "=>": "Write `>=`.",
    "&": "Write `and`.",
    "&&": "Write `and`.",
    "|": "Write `or`.",
    "||": "Write `or`.",
    "!": "Write `not`, or `!=` for inequality.",
    "?": "Write `if (condition) then (a) else (b)`.",
    ";": "One expression stands alone; join conditions with `and` or `or`.",
    "like": "Use contain, startWith, endWith or matchRegExp.",
    "in": "It is a function: `in(value, list)`.",
    "between": "Write `x >= a and x <= b`.",
    "contains": "Use the function `contain(text, part)`.",
    "empty": "Use `isEmpty(text)`, or `is null`.",
    "xor": "Write `!=` between the two conditions.",
    "mod": "Write `%`.",
    "div": "Write `/`.",
}
_SIGNS = {
    "+": "There is no sign `+`; a number without a sign is positive.",
    "-": "A minus sign belongs to the digits of a number; for other values write `0 - value`.",
    "@": "References are written @event{...}, @action{...}, @datasetLookup{...} or @decision{...}.",
    "#": "Fields of data sources are written #{DataSource.fieldGroup.field}.",
    "$": "Journey properties are written ${name}.",
    "{": "Braces belong to references: @event{...}, #{...}, ${...}.",
    ".": "Decimals have digits before and after the point: 0.5.",
    ")": "Its opening parenthesis is missing.",
    "]": "Its opening bracket is missing.",
    "}": "Its opening brace is missing.",
}
_CURLY = "“”„‘’‚«»`´"
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")
_NAMES = {
    "STRING": "a text",
    "INTEGER": "a number",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "RBRACE": "`}`",
    "LBRACE": "`{`",
    "RSQB": "`]`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "COLON": "`:`",
    "THEN": "`then`",
    "ELSE": "`else`",
    "NAME": "a field name",
    "COMPARE": "an operator",
    "NULL": "`null`",
    "FUNCTION": "a function",
    "SOURCE": "a reference",
    "DEFAULT_VALUE": "`defaultValue`",
    "PARAMS": "`params`",
}
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[=&|!<>]+|.", re.DOTALL)
_IN_WORD = re.compile(r"[A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class _Stumble:
    """Where the parser stopped: before this place everything could be read."""

    text: str
    start: int
    found: str  # '' at the end of the text
    expected: frozenset[str]  # the terminals that could have stood here

    @property
    def before(self) -> str:
        return self.text[: self.start].rstrip()

    @property
    def wants_value(self) -> bool:
        return {"NULL", "STRING"} <= self.expected

    def problem(self, message: str, hint: str = "", *, start: int = -1, end: int = -1) -> ExpressionProblem:
        """The problem at what was found, or from `start` to `end`."""
        if start < 0:
            start, end = self.start, self.start + len(self.found)
        return problem_at(self.text, "syntax", start, end, message, hint)


def explain(text: str, error: UnexpectedInput) -> ExpressionProblem:
    """What is wrong with the text at the place where it could not be read any further."""
    stumble = _stumble(text, error)
    return _bare_name(stumble) or (_end(stumble) if not stumble.found else _unexpected(stumble))


def _stumble(text: str, error: UnexpectedInput) -> _Stumble:
    expected: set[str] | None = None
    if isinstance(error, UnexpectedToken):
        start = len(text) if error.token.type == "$END" else error.token.start_pos or 0
        expected = error.accepts or error.expected
    else:
        start = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        if isinstance(error, UnexpectedCharacters):
            expected = error.allowed
    while 0 < start < len(text) and text[start] in "=<>!&|" and text[start - 1] in "=<>!&|":
        start -= 1  # the parser took the first half of `<>` or `===` for an operator
    word = _WORD.match(text, start)
    return _Stumble(text, start, word[0] if word else "", frozenset(expected or ()))


def _bare_name(at: _Stumble) -> ExpressionProblem | None:
    """A name that stands where a value should; the parser took it for a function, and missed its parenthesis."""
    end = start = len(at.before)
    while start and _IN_WORD.match(at.text, start - 1):
        start -= 1
    if at.expected != {"LPAR"} or start == end:
        return None
    name, place = at.text[start:end], {"start": start, "end": end}
    if name == "if":
        return at.problem("The condition of `if` stands in parentheses.", "Write `if (condition) then (a) else (b)`.")
    if name in ("then", "else"):
        return at.problem(f"What follows `{name}` stands in parentheses.", "Write `if (condition) then (a) else (b)`.")
    if name.lower() in _KEYWORDS:
        return at.problem(f"`{name}` is not known.", _lower_case(name), **place)
    hint = did_you_mean(name, _LOOPS)
    if not hint and name in FUNCTIONS:
        hint = f"Write `{name}(...)`: functions are called with parentheses."
    hint = hint or 'A text stands in quotes: "text". A field is read by a reference, such as @event{Event.field}.'
    return at.problem(f"`{name[:80]}` is no value.", hint, **place)


def _end(at: _Stumble) -> ExpressionProblem:
    if not at.text.strip():
        return at.problem("The expression is empty.")
    return at.problem(f"The expression ends too early{_wanted(at)}.")


def _unexpected(at: _Stumble) -> ExpressionProblem:
    found, first = at.found, at.found[0]
    if first in "\"'" and "STRING" in at.expected:
        return at.problem("The text that begins here is not closed.", f"Its end quote {first} is missing.")
    if first in _CURLY:
        hint = "Texts stand between straight quotes: \" or '."
        return at.problem(f"`{first}` is not a quote of the language.", hint)
    if unicodedata.category(first) in _INVISIBLE and first not in " \t\r\n":
        return at.problem(f"An invisible character (U+{ord(first):04X}) stands here.", "Delete it.")
    message = f"`{found[:40]}` is not expected here"
    hint = _hint(at)
    return at.problem(f"{message}." if hint else f"{message}{_wanted(at)}.", hint)


def _hint(at: _Stumble) -> str:
    """What to write instead, for the mistakes that are made every day."""
    found, first = at.found, at.found[0]
    if found.lower() in _KEYWORDS and found not in _KEYWORDS:
        return _lower_case(found)
    if "DEFAULT_VALUE" in at.expected and found[0].isalpha():
        return "The options are `defaultValue : value` and `params : {name : value}`."
    if "RBRACE" in at.expected and "COMPARE" not in at.expected:
        return _inside_a_reference(at)
    if "NAME" in at.expected and found not in ".,}":
        return 'A name that is not made of letters, digits, _ and - alone stands in quotes: "1st".'
    if found in _OF_ANOTHER_LANGUAGE:
        return _OF_ANOTHER_LANGUAGE[found]
    if at.expected == {"LBRACE"}:
        return "What is read stands in braces: @event{Event.field}."
    if first in "eE" and at.before[-1:].isdigit():
        return "Numbers have no exponent; write all of their digits."
    if first == "[" and not at.wants_value:
        return "Use `.at(0)` in the path, or `getListItem(list, 0)`."
    if found in ("numeric", "decimal", "integer") and at.before.endswith("not"):
        return f"Write `not value is {found}`."
    if first == "." and at.before[-1:] not in "0123456789" and not at.wants_value:
        return "Fields are read inside of the braces of a reference; nothing follows a value."
    if first == ")" and at.wants_value:
        return "A value is missing before it."
    if first in _SIGNS and (at.wants_value or first in ")]}."):
        return _SIGNS[first]
    if "COMPARE" in at.expected and (first.isalnum() or first in "_\"'@#$("):
        return "Two values stand side by side; an operator is missing between them."
    return ""


def _inside_a_reference(at: _Stumble) -> str:
    """What is wrong between the braces of a reference."""
    found = at.found
    if found in _OPTIONS:
        return f"A comma is missing before `{found}`."
    if found == "[":
        return "Elements of a list are read by `.at(0)`."
    if found[0].isalnum() or found[0] in "_-:\"'":
        return 'A name that is not made of letters, digits, _ and - alone stands in quotes: "first name".'
    return "The reference is not closed: its `}` is missing."


def _lower_case(name: str) -> str:
    return f"Write `{name.lower()}`: keywords are in lower case."


def _wanted(at: _Stumble) -> str:
    if at.wants_value:
        return "; a value is missing"
    if "COMPARE" in at.expected and at.found:
        return "; expected an operator"
    names = [name for terminal, name in _NAMES.items() if terminal in at.expected]
    return f"; expected {' or '.join(names[:4])}" if names else ""
