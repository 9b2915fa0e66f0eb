r"""Regular expressions that no text can make run away.

Patterns are written by authors, the texts come from anywhere, and one evaluation happens under a lock. So nearly every
pattern runs on RE2 (`google-re2`), whose time is linear in the text whatever the pattern, and whose answer does not
depend on how busy the machine is. What RE2 leaves out (look-around, back-references, possessive quantifiers, atomic
groups, nested sets) runs on `regex`, whose V1 dialect knows them as Java does, under a time limit; past it the result
is null. `re` of the standard library was no choice: it has no limit. What only Java writes (`\Q...\E`, `\h`, `\R`,
`\p{Alpha}`, ...) is rewritten first.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from time import perf_counter
from typing import Protocol

import re2
import regex  # type: ignore[import-untyped]

from engine.expressions.effort import spend

TIME_LIMIT = 0.02  # seconds for one search, for patterns that RE2 cannot run
LONGEST_PATTERN = 2_000
MOST_COPIES = 100_000  # of one part of a pattern, for the same


class Match(Protocol):
    """What both engines say about a match."""

    def span(self) -> tuple[int, int]: ...
    def group(self, group: int | str, /) -> str | None: ...


class Pattern(Protocol):
    """A compiled pattern. Using it may raise TimeoutError, and UnicodeError for a text that is no Unicode."""

    groups: int
    names: Mapping[str, int]

    def __hash__(self) -> int: ...

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""

    def find(self, text: str) -> Iterator[Match]:
        """The matches from left to right."""


class _Linear:
    """A pattern for RE2."""

    __slots__ = ("_compiled", "groups", "names")

    def __init__(self, source: str) -> None:
        options = re2.Options()
        options.log_errors = False
        self._compiled = re2.compile(source, options)
        self.groups: int = self._compiled.groups
        self.names: Mapping[str, int] = dict(self._compiled.groupindex)

    def matches(self, text: str) -> bool:
        # Bytes spare RE2's Python side from translating positions that nobody asks for: 12.6 -> 4.2 us.
        return self._compiled.fullmatch(text.encode()) is not None

    def find(self, text: str) -> Iterator[Match]:
        found: Iterator[Match] = self._compiled.finditer(text)
        return found


class _Backtracking:
    """A pattern for `regex`, under a time limit."""

    __slots__ = ("_compiled", "groups", "names")

    def __init__(self, source: str) -> None:
        self._compiled = regex.compile(source, regex.V1)
        self.groups: int = self._compiled.groups
        self.names: Mapping[str, int] = dict(self._compiled.groupindex)

    def matches(self, text: str) -> bool:
        began = perf_counter()
        try:
            return self._compiled.fullmatch(text, timeout=TIME_LIMIT) is not None
        finally:
            spend(_units(perf_counter() - began))

    def find(self, text: str) -> Iterator[Match]:
        began = perf_counter()
        try:
            for match in self._compiled.finditer(text, timeout=TIME_LIMIT):
                spend(_units(perf_counter() - began))
                yield match
                began = perf_counter()
        except TimeoutError:
            spend(_units(perf_counter() - began))
            raise


def _units(seconds: float) -> int:
    """What a search that backtracks has cost: nothing but the clock can tell."""
    return int(seconds * 10_000_000)


class InvalidPatternError(ValueError):
    """The text is not a regular expression; the message says why."""


@lru_cache(maxsize=512)
def _compile(source: str) -> Pattern | str:
    """The pattern, or what is wrong with it."""
    if len(source) > LONGEST_PATTERN:
        return f"it is longer than {LONGEST_PATTERN:,} characters"
    translated, nested = _from_java(source, linear=True)
    if not nested:
        try:
            return _Linear(translated)
        except (re2.error, ValueError):
            pass  # nothing RE2 knows; perhaps something that only `regex` does
    if _is_too_large(source):
        return "it repeats or nests too much"
    try:
        return _Backtracking(_from_java(source, linear=False)[0])
    except regex.error as error:
        return str(error)
    except (ValueError, OverflowError, RecursionError, MemoryError, IndexError, KeyError):
        return "it cannot be compiled"


def _is_too_large(source: str) -> bool:
    """Whether `regex`, which copies what is repeated a counted number of times, could take long to compile this."""
    copies = 1
    for numbers in re.findall(r"\{([0-9]*)(?:,([0-9]*))?\}", source):
        copies *= max(2, *(int(number[:6]) for number in numbers if number), 2)
        if copies > MOST_COPIES:
            return True
    return source.count("(") > 200 or source.count("[") > 200


def find_fault(source: str) -> str:
    """What is wrong with a pattern, or ''."""
    compiled = _compile(source)
    return compiled if isinstance(compiled, str) else ""


def pattern(source: str) -> Pattern:
    compiled = _compile(source)
    if isinstance(compiled, str):
        raise InvalidPatternError(compiled)
    return compiled


@lru_cache(maxsize=512)
def replacement(source: str, used_with: Pattern) -> tuple[str | int, ...]:
    r"""The pieces of a Java replacement: texts, and numbers of groups. `$1` and `${name}` are groups, `\x` is x."""
    pieces: list[str | int] = []
    position = 0
    while position < len(source):
        character = source[position]
        position += 1
        if character == "\\":
            if position == len(source):
                raise InvalidPatternError("the replacement ends with a backslash")
            pieces.append(source[position])
            position += 1
        elif character == "$":
            name = re.compile(r"\{([A-Za-z][A-Za-z0-9]*)\}").match(source, position)
            digits = re.compile(r"[0-9]+").match(source, position)
            if name and name[1] in used_with.names:
                pieces.append(used_with.names[name[1]])
                position = name.end()
            elif digits and int(digits[0][0]) <= used_with.groups:
                # As many digits as still name a group.
                length = max(n for n in range(1, min(len(digits[0]), 4) + 1) if int(digits[0][:n]) <= used_with.groups)
                pieces.append(int(digits[0][:length]))
                position += length
            else:
                raise InvalidPatternError("the replacement names a group that the pattern does not have")
        else:
            pieces.append(character)
    return tuple(pieces)


# Java's names for sets of characters, as what stands inside of `[...]`.
_SETS = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "ASCII": r"\x00-\x7f",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t-\r",
}
_PROPERTIES = {"javaLowerCase": "Ll", "javaUpperCase": "Lu", "javaWhitespace": "Z", "IsDigit": "Nd", "IsLetter": "L"}
_HORIZONTAL = " \t\u00a0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
_LINE_END = "\n\u000b\u000c\r\u0085\u2028\u2029"
_TOKEN = re.compile(
    r"\\Q(?P<literal>.*?)(?:\\E|\Z)"
    r"|\\(?P<sign>[pP])\{(?P<set>[A-Za-z_]+)\}"
    r"|\\k<(?P<again>[A-Za-z][A-Za-z0-9]*)>"
    r"|\\u(?P<code>[0-9A-Fa-f]{4})|\\x\{(?P<long>[0-9A-Fa-f]{1,6})\}|\\x(?P<short>[0-9A-Fa-f]{2})"
    r"|\\(?P<escape>.)|\(\?<(?P<group>[A-Za-z][A-Za-z0-9]*)>|(?P<flags>\(\?[a-zA-Z]*s)|(?P<other>.)",
    re.DOTALL,
)


def _from_java(source: str, *, linear: bool) -> tuple[str, bool]:
    """The pattern as RE2 and `regex` write it, and whether it contains sets within sets."""
    out: list[str] = []
    depth, nested, dot_is_all = 0, False, False
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "literal":
            out.append("".join(map(_literal, token["literal"])))
        elif kind == "set":
            name = token["set"]
            negated = token["sign"] == "P"
            if name in _SETS and not (negated and depth):
                out.append(_SETS[name] if depth else f"[{'^' if negated else ''}{_SETS[name]}]")
            else:
                name = _PROPERTIES.get(name, name)
                out.append(f"\\{token['sign']}{{{name[2:] if name.startswith('Is') and len(name) > 2 else name}}}")
        elif kind == "again":
            out.append(f"(?P={token['again']})")
        elif kind in ("code", "long", "short"):
            number = int(token[kind], 16)
            out.append(_literal(chr(number)) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else token[0])
        elif kind == "escape":
            out.append(_escape(token["escape"], depth > 0, linear))
        elif kind == "group":
            out.append(f"(?P<{token['group']}>")
        elif kind == "flags":
            dot_is_all = True
            out.append(token[0])
        else:
            character = token[0]
            if character == "[":
                nested = nested or depth > 0
                depth += 1
            elif character == "]" and depth:
                depth -= 1
            elif character == "." and not depth and not dot_is_all:
                character = "[^\n\r\u0085\u2028\u2029]"
            elif character == "&" and depth and source[token.end() : token.end() + 1] == "&":
                nested = True
            out.append(character)
    return "".join(out), nested


def _literal(character: str) -> str:
    return character if character.isalnum() or ord(character) > 127 else f"\\x{ord(character):02x}"


_ASCII_SETS = {"d": "0-9", "w": "a-zA-Z0-9_", "s": " \\t-\\r"}


def _escape(character: str, inside_set: bool, linear: bool) -> str:
    if not linear and character.lower() in _ASCII_SETS:  # RE2 and Java mean ASCII by \\d, \\w and \\s
        members = _ASCII_SETS[character.lower()]
        if character.isupper():
            return f"[^{members}]"
        return members if inside_set else f"[{members}]"
    if not linear and character == "z":
        return r"\Z"
    if character == "h":
        return _HORIZONTAL if inside_set else f"[{_HORIZONTAL}]"
    if character == "H" and not inside_set:
        return f"[^{_HORIZONTAL}]"
    if character == "v":
        return _LINE_END if inside_set else f"[{_LINE_END}]"
    if character == "R" and not inside_set:
        return f"(?:\r\n|[{_LINE_END}])"
    if character == "Z" and not inside_set:
        return f"(?=(?:\r\n|[{_LINE_END}])?\\Z)"
    if character == "e":
        return r"\x1b"
    return f"\\{character}"
