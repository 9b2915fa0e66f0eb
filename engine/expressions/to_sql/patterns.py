"""Regular expressions of Java for PostgreSQL: those of which both must say the same.

For a whole text it matters only which texts a pattern describes, so everything regular can be taken over:
characters, sets of characters, groups, alternatives and repetition. Where the place of a match matters (replace,
split), PostgreSQL prefers the longest match and Java the first alternative, so only what has one possible end is taken
over: characters and sets in a row, of which the last may be repeated greedily.
"""

import re
from dataclasses import dataclass

MOST_REPETITIONS = 255  # PostgreSQL knows no more

_TOKEN = re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|\Z)"
    r"|\\(?P<kind>[dwsDWS])"
    r"|\\u(?P<code>[0-9A-Fa-f]{4})|\\x(?P<short>[0-9A-Fa-f]{2})"
    r"|\\(?P<control>[tnrf])"
    r"|\\(?P<sign>[^A-Za-z0-9\s])"
    r"|(?P<dot>\.)"
    r"|(?P<set>\[\^?(?:[^\[\]\\&^-]|\\[dwst nrf]|\\[^A-Za-z0-9\s]|(?<=[A-Za-z0-9])-(?=[A-Za-z0-9]))+\])"
    r"|(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))|(?P<or>\|)"
    r"|(?P<repeat>[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})(?P<lazy>\??)(?![+*?{])"
    r"|(?P<plain>[^\\\[\](){}*+?.|^$])",
    re.DOTALL,
)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_SETS = {"d": "0-9", "w": "a-zA-Z0-9_", "s": " \\t\\n\\u000b\\f\\r"}
_IN_SET = re.compile(r"\\([dws])|\\([tnrf])|\\(.)|([A-Za-z0-9]-[A-Za-z0-9])|(.)", re.DOTALL)
_DOT = "[^\\n\\r\\u0085\\u2028\\u2029]"


@dataclass(frozen=True, slots=True)
class Translated:
    """A pattern for PostgreSQL. `has_one_end`: a match that begins somewhere can only end in one place."""

    text: str
    has_one_end: bool


def translate(pattern: str) -> Translated | None:
    """The pattern for PostgreSQL, or None when it may mean something else there."""
    out: list[str] = []
    position, depth = 0, 0
    has_one_end, is_repeatable, is_repeated = True, False, False
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return None
        position = token.end()
        kind = token.lastgroup
        if kind == "lazy":  # the group behind `repeat`
            if not is_repeatable or not _is_countable(token["repeat"]):
                return None
            has_one_end = has_one_end and not token["lazy"] and position == len(pattern) and token["repeat"] != "?"
            has_one_end = has_one_end and (len(out) > 1 or token["repeat"] == "+")
            out.append(token["repeat"] + token["lazy"])
            is_repeatable, is_repeated = False, True
            continue
        if kind in ("open", "close", "or"):
            has_one_end = False
            depth += {"open": 1, "close": -1, "or": 0}[kind]
            if depth < 0:
                return None
            out.append("(?:" if kind == "open" else token[0])
            is_repeatable = kind == "close"
            continue
        written = _atom(token)
        if written is None:
            return None
        out += written
        is_repeatable = bool(written)
    if depth or "\0" in pattern:
        return None
    return Translated("".join(out), has_one_end and bool(out) and not (is_repeated and len(out) < 2))


def _is_countable(repeat: str) -> bool:
    numbers = [int(number) for number in re.findall(r"[0-9]+", repeat)]
    return all(number <= MOST_REPETITIONS for number in numbers) and numbers == sorted(numbers)


def _atom(token: re.Match[str]) -> list[str] | None:
    """One character or one set of characters each."""
    if token["quoted"] is not None:
        return [_literal(character) for character in token["quoted"]]
    if token["kind"]:
        letter = token["kind"]
        return [f"[{'^' if letter.isupper() else ''}{_SETS[letter.lower()]}]"]
    if token["code"] or token["short"]:
        number = int(token["code"] or token["short"], 16)
        return None if number == 0 or 0xD800 <= number < 0xE000 else [_literal(chr(number))]
    if token["control"]:
        return [_literal(_CONTROLS[token["control"]])]
    if token["sign"]:
        return [_literal(token["sign"])]
    if token["dot"]:
        return [_DOT]
    if token["set"]:
        return [_set(token["set"])]
    return [_literal(token["plain"])]


def _set(written: str) -> str:
    negated = written.startswith("[^")
    pieces = []
    for kind, control, sign, both, plain in _IN_SET.findall(written[2 if negated else 1 : -1]):
        if kind:
            pieces.append(_SETS[kind])
        elif both:
            pieces.append(both)
        else:
            pieces.append(_literal(_CONTROLS[control] if control else sign or plain))
    return f"[{'^' if negated else ''}{''.join(pieces)}]"


def _literal(character: str) -> str:
    code = ord(character)
    if character.isascii() and character.isalnum():
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
