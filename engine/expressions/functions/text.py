"""Text. Lengths and positions count characters; regular expressions are those of Java."""

from collections.abc import Callable
from uuid import UUID

from engine.expressions import regular
from engine.expressions.effort import spend
from engine.expressions.facts import Facts
from engine.expressions.operators import bounded
from engine.expressions.signatures import Family, Nulls
from engine.expressions.values import LONGEST, Value

FAMILY = Family("Text")

MATCH = 40  # units of one match of a regular expression: 3 to 4 us


@FAMILY.function(
    "concat",
    "(string, string) -> string",
    "(list<string>) -> string",
    doc="Two texts, or all texts of a list that are not null, one after the other.",
    example=('concat("jour", "ney")', '"journey"'),
)
def concat(first: str | list[str | None], second: str = "") -> str | None:
    if isinstance(first, str):
        return bounded(first + second)
    texts = [text for text in first if text is not None]
    return "".join(texts) if sum(map(len, texts)) <= LONGEST else None


def _test(name: str, doc: str, example: tuple[str, str], run: Callable[[str, str], bool], nulls: Nulls) -> None:
    FAMILY.function(name, "(string, string) -> boolean", doc=doc, example=example, nulls=nulls)(run)


_test(
    "contain",
    "True when the second text stands inside the first.",
    ('contain("rowing is great", "great")', "true"),
    lambda text, part: part in text,
    "false",
)
_test(
    "containIgnoreCase",
    "True when the second text stands inside the first, in upper or lower case.",
    ('containIgnoreCase("rowing is great", "GREAT")', "true"),
    lambda text, part: part.lower() in text.lower(),
    "false",
)
_test(
    "endWith",
    "True when the first text ends with the second.",
    ('endWith("rowing is great", "great")', "true"),
    lambda text, part: text.endswith(part),
    "false",
)
_test(
    "endWithIgnoreCase",
    "True when the first text ends with the second, in upper or lower case.",
    ('endWithIgnoreCase("rowing is great", "GREAT")', "true"),
    lambda text, part: text.lower().endswith(part.lower()),
    "false",
)


def _equal_ignoring_case(left: str | None, right: str | None) -> bool:
    if left is None or right is None:
        return left is right
    return left.lower() == right.lower()


FAMILY.function(
    "equalIgnoreCase",
    "(string, string) -> boolean",
    doc="True when both texts are the same, in upper or lower case, or both are null.",
    example=('equalIgnoreCase("Paris", "PARIS")', "true"),
    nulls="handled",
)(_equal_ignoring_case)


@FAMILY.function(
    "indexOf",
    "(string, string) -> integer",
    doc="Where the second text first stands inside the first, counted from 0; -1 when it does not.",
    example=('indexOf("lemon, lime", "l")', "0"),
)
def index_of(text: str, part: str) -> int:
    return text.find(part)


@FAMILY.function(
    "isEmpty",
    "(string) -> boolean",
    doc='True for the empty text "". Null is not empty; `is null` asks for that.',
    example=('isEmpty("")', "true"),
    nulls="false",
)
def is_empty(text: str) -> bool:
    return text == ""


@FAMILY.function(
    "isNotEmpty",
    "(string) -> boolean",
    doc="True for a text with at least one character; a blank is one.",
    example=('isNotEmpty("a")', "true"),
    nulls="false",
)
def is_not_empty(text: str) -> bool:
    return text != ""


@FAMILY.function(
    "lastIndexOf",
    "(string, string) -> integer",
    doc="Where the second text last stands inside the first, counted from 0; -1 when it does not.",
    example=('lastIndexOf("lemon, lime", "l")', "7"),
)
def last_index_of(text: str, part: str) -> int:
    return text.rfind(part)


@FAMILY.function(
    "length",
    "(string) -> integer",
    doc="How many characters a text has; one outside of the basic plane, such as an emoji, counts once.",
    example=('length("journey")', "7"),
)
def length(text: str) -> int:
    return len(text)


@FAMILY.function(
    "lower",
    "(string) -> string",
    doc="The text in lower case, by the rules of no particular language.",
    example=('lower("Paris")', '"paris"'),
)
def lower(text: str) -> str | None:
    return bounded(text.lower())


@FAMILY.function(
    "matchRegExp",
    "(string, regex) -> boolean",
    doc="True when the whole text matches the regular expression. A constant that is no regular expression is a "
    "`type` mistake; a computed one makes the result null.",
    example=('matchRegExp("12345", "\\\\d+")', "true"),
    nulls="handled",
)
def matches(text: str | None, source: str | None) -> bool | None:
    if text is None or source is None:
        return False
    try:
        return regular.pattern(source).matches(text)
    except (regular.InvalidPatternError, TimeoutError, UnicodeError):
        return None


def _differ_ignoring_case(left: str | None, right: str | None) -> bool:
    return not _equal_ignoring_case(left, right)


FAMILY.function(
    "notEqualIgnoreCase",
    "(string, string) -> boolean",
    doc="True when the texts differ by more than upper and lower case, or one of them is null.",
    example=('notEqualIgnoreCase("Paris", "PARIS")', "false"),
    nulls="handled",
)(_differ_ignoring_case)


def _replaced(text: str, source: str, by: str, *, only_first: bool) -> str | None:
    try:
        pattern = regular.pattern(source)
        pieces = regular.replacement(by, pattern)
        out: list[str] = []
        position = size = 0
        for match in pattern.find(text):
            spend(MATCH)
            start, end = match.span()
            put = "".join(piece if isinstance(piece, str) else match.group(piece) or "" for piece in pieces)
            out += (text[position:start], put)
            size += start - position + len(put)
            position = end
            if size > LONGEST:
                return None
            if only_first:
                break
    except (regular.InvalidPatternError, TimeoutError, UnicodeError):
        return None
    out.append(text[position:])
    return bounded("".join(out))


@FAMILY.function(
    "replace",
    "(string, regex, string) -> string",
    doc="The text with the first match of the regular expression replaced. In the replacement `$1` stands for the "
    "first group, `$0` for the match, and a backslash takes the next character as it is.",
    example=('replace("Hello World", "o", "0")', '"Hell0 World"'),
)
def replace_first(text: str, source: str, by: str) -> str | None:
    return _replaced(text, source, by, only_first=True)


@FAMILY.function(
    "replaceAll",
    "(string, regex, string) -> string",
    doc="The text with every match of the regular expression replaced. In the replacement `$1` stands for the "
    "first group, `$0` for the match, and a backslash takes the next character as it is.",
    example=('replaceAll("Hello World", "o", "0")', '"Hell0 W0rld"'),
)
def replace_all(text: str, source: str, by: str) -> str | None:
    return _replaced(text, source, by, only_first=False)


@FAMILY.function(
    "split",
    "(string, regex) -> list<string>",
    doc="The parts of the text between matches of the regular expression; empty parts at the end are dropped.",
    example=('split("a;b;c;;", ";")', '["a", "b", "c"]'),
)
def split(text: str, source: str) -> list[Value] | None:
    parts: list[Value] = []
    position = 0
    try:
        for match in regular.pattern(source).find(text):
            spend(MATCH)
            start, end = match.span()
            if end == 0:
                continue  # an empty match at the beginning cuts nothing off
            parts.append(text[position:start])
            position = end
    except (regular.InvalidPatternError, TimeoutError, UnicodeError):
        return None
    if not parts:
        return [text]
    parts.append(text[position:])
    while parts and parts[-1] == "":
        parts.pop()
    return parts


_test(
    "startWith",
    "True when the first text begins with the second.",
    ('startWith("rowing is great", "row")', "true"),
    lambda text, part: text.startswith(part),
    "false",
)
_test(
    "startWithIgnoreCase",
    "True when the first text begins with the second, in upper or lower case.",
    ('startWithIgnoreCase("rowing is great", "ROW")', "true"),
    lambda text, part: text.lower().startswith(part.lower()),
    "false",
)


@FAMILY.function(
    "substr",
    "(string, integer) -> string",
    "(string, integer, integer) -> string",
    doc="The characters from the first position, counted from 0, up to, not including, the second. Positions "
    "outside of the text are moved to its ends.",
    example=('substr("journey", 0, 4)', '"jour"'),
)
def substr(text: str, begin: int, end: int | None = None) -> str:
    start = max(begin, 0)
    stop = len(text) if end is None else max(end, 0)
    return text[start:stop]


@FAMILY.function(
    "trim",
    "(string) -> string",
    doc="The text without white space at its beginning and end.",
    example=('trim("  journey ")', '"journey"'),
)
def trim(text: str) -> str:
    return text.strip()


@FAMILY.function(
    "upper",
    "(string) -> string",
    doc="The text in upper case, by the rules of no particular language.",
    example=('upper("Paris")', '"PARIS"'),
)
def upper(text: str) -> str | None:
    return bounded(text.upper())


@FAMILY.function(
    "uuid",
    "() -> string",
    doc="A random universally unique identifier (UUID), in small letters with hyphens.",
    example=("length(uuid())", "36"),
    reads_facts=True,
)
def uuid(facts: Facts) -> str:
    return str(UUID(int=facts.chance.getrandbits(128), version=4))
