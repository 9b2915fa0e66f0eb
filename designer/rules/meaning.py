"""Expressions compared by what they say, and followed through a new name."""

from dataclasses import fields

from engine.expressions import tree
from engine.expressions.parsing import parse


def renamed(text: str, old: str, new: str) -> str:
    """The expression about the same event under its new name. What cannot be read stays as it is."""
    root, _ = parse(text)
    if root is None:
        return text
    places = {
        (first.start, first.end)
        for node, _ in tree.walk(root)
        if isinstance(node, tree.Reference) and node.source == "event"
        for first in node.segments[:1]
        if isinstance(first, tree.Name) and first.text == old
    }
    for start, end in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def are_same(one: str, other: str) -> bool:
    """Whether two expressions say the same, however they are spaced and quoted."""
    if one == other:
        return True
    first, second = parse(one)[0], parse(other)[0]
    return first is not None and second is not None and _meaning(first) == _meaning(second)


def _meaning(node: tree.Node) -> tuple[object, ...]:
    """The tree without the places in the text. The parser bounds its depth."""
    node = tree.bare(node)
    said: list[object] = [type(node)]
    for part in fields(node):
        value = getattr(node, part.name)
        if part.name in ("start", "end"):
            continue
        if isinstance(value, tree.Node):
            said.append(_meaning(value))
        elif isinstance(value, tuple):
            said.append(tuple(_meaning(item) for item in value))
        else:
            said.append((type(value), value))
    return tuple(said)
