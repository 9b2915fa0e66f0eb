"""Dotted paths: how the fields of a payload are called, in expressions and wherever one field is meant.

properties.total        properties."order.id"        context."1st visit"
"""

import json
import re
from collections.abc import Iterable, Iterator

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.S)
_CONTROL = re.compile(r"[\x7f-\x9f]")


def segment(name: str) -> str:
    """One name of a path: in quotes when the language cannot read it bare."""
    return name if _BARE.match(name) else quoted(name)


def joined(names: Iterable[str]) -> str:
    """The path of these names; `split_path` takes it apart again."""
    return ".".join(map(segment, names))


def split_path(path: str) -> Iterator[str]:
    """`a."b.c".d` -> a, b.c, d. A name that could do with quotes, but has none, goes up to the next dot."""
    place = 0
    while place < len(path):
        found = _QUOTED.match(path, place)
        end = found.end() if found else path.find(".", place)
        end = len(path) if end < 0 else end
        yield _meant(path[place:end]) if found else path[place:end]
        place = end + 1 if path[end : end + 1] == "." else end


def quoted(text: str) -> str:
    """A text of the language. Control characters stand in it in their written form only."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))


def _meant(text: str) -> str:
    """What stands between the quotes; as it is written when an escape makes no sense."""
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return text[1:-1]
