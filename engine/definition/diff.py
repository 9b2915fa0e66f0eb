"""What changed between two versions, as a person means it: "Wait: 2 days became 3 days"."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.activities import all_types
from engine.activities.durations import in_words
from engine.definition.graph import Graph, Node
from engine.definition.properties import TITLES

Kind = Literal["added", "removed", "changed"]
THERE = object()  # a row that only one side has
LONGEST = 80  # characters of a value that is quoted


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One meant change. `node` is None for what concerns the journey as a whole."""

    kind: Kind
    node: str | None
    sentence: str

    def as_json(self) -> dict[str, str | None]:
        return {"kind": self.kind, "node": self.node, "sentence": self.sentence}


def changes(
    before: Graph, after: Graph, *, properties_before: Mapping[str, Any], properties_after: Mapping[str, Any]
) -> list[Change]:
    """Every change of meaning, the journey's own first, then step by step; where a step stands means nothing."""
    return [
        *_properties(properties_before, properties_after),
        *(change for node in after.nodes if node.id in before.node for change in _step(before.node[node.id], node)),
        *(
            Change(kind="added", node=node.id, sentence=f"{_name(node)} is new.")
            for node in after.nodes
            if node.id not in before.node
        ),
        *(
            Change(kind="removed", node=node.id, sentence=f"{_name(node)} is gone.")
            for node in before.nodes
            if node.id not in after.node
        ),
        *_lines(before, after),
        *_ends(before, after),
    ]


def _name(node: Node) -> str:
    """`Wait “Two days”`, or `Wait (wait-1)` when it has no label."""
    kind = all_types().get(node.type)
    title = kind.face.label if kind else node.type
    return f"{title} “{node.label}”" if node.label else f"{title} ({node.id})"


def _properties(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, title in TITLES.items():
        old, new = before.get(name), after.get(name)
        if old != new:
            yield Change(kind="changed", node=None, sentence=f"{title}: {_said(old)} became {_said(new)}.")


def _step(before: Node, after: Node) -> Iterator[Change]:
    name = _name(after)
    if before.type != after.type:
        yield Change(kind="changed", node=after.id, sentence=f"{_name(before)} became {name}.")
        return
    if before.label != after.label:
        yield Change(
            kind="changed", node=after.id, sentence=f"{_name(before)} is now called {_said(after.label or after.id)}."
        )
    if before.description != after.description:
        yield Change(kind="changed", node=after.id, sentence=f"{name} has another description.")
    kind = all_types().get(after.type)
    schema = kind.model_json_schema() if kind else {}
    for title, old, new in _differences(before.settings, after.settings, schema, schema):
        yield Change(kind="changed", node=after.id, sentence=_became(name, title, old, new))


def _became(name: str, title: str, old: Any, new: Any) -> str:
    if THERE in (old, new):
        return f"{name}: {title} is {'new' if new is THERE else 'gone'}."
    if old in (None, "", []):
        return f"{name}: {title} is now {_said(new)}."
    if new in (None, "", []):
        return f"{name}: {title} was {_said(old)} and is empty now."
    return f"{name}: {title}: {_said(old)} became {_said(new)}."


def _differences(
    before: Any, after: Any, schema: Mapping[str, Any], root: Mapping[str, Any], title: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """(what it is called, old, new) of every setting that differs, as deep as it takes."""
    if before == after:
        return
    schema = _meant(schema, root)
    if isinstance(before, dict) and isinstance(after, dict):
        known = schema.get("properties", {})
        for name in dict.fromkeys([*known, *before, *after]):
            inner = known.get(name, {})
            called = _meant(inner, root).get("title") or inner.get("title") or name
            place = f"{title}, {called}" if title else called
            yield from _differences(before.get(name), after.get(name), inner, root, place)
        return
    if _are_rows(before) and _are_rows(after):
        old, new = ({row["id"]: row for row in rows} for rows in (before, after))
        item = schema.get("items", {})
        for id in dict.fromkeys([*old, *new]):
            row = new.get(id) or old[id]
            called = f"{title}, {row.get('label') or id}"
            if id in old and id in new:
                yield from _differences(old[id], new[id], item, root, called)
            else:
                yield called, old.get(id) and THERE, new.get(id) and THERE
        if [id for id in old if id in new] != [id for id in new if id in old]:
            yield f"{title}, order", ", ".join(old), ", ".join(new)
        return
    yield title, before, after


def _meant(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference, or behind "this or nothing"."""
    for _ in range(8):
        choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        if "$ref" in schema:
            found = root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {})
            schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
        elif len(choices) == 1:
            schema = {**choices[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
        else:
            break
    return schema


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in value)


def _said(value: Any) -> str:
    """A value in words."""
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return in_words(value) or _quoted(value)
    return _quoted(json.dumps(value, ensure_ascii=False))


def _quoted(text: str) -> str:
    return f"“{text if len(text) <= LONGEST else f'{text[:LONGEST]}…'}”"


def _lines(before: Graph, after: Graph) -> Iterator[Change]:
    """Lines between steps that are there in both."""
    old, new = ({(edge.source.node, edge.source.port, edge.to) for edge in graph.edges} for graph in (before, after))
    both = before.node.keys() & after.node.keys()
    for node, port, to in sorted(new - old):
        if node in both or to in both:
            sentence = f"{_way(after, node, port)} leads to {_name(after.node[to])}."
            yield Change(kind="added", node=node, sentence=sentence)
    for node, port, to in sorted(old - new):
        if node in both and to in both:
            sentence = f"{_way(before, node, port)} leads to {_name(before.node[to])} no more."
            yield Change(kind="removed", node=node, sentence=sentence)


def _way(graph: Graph, node: str, port: str) -> str:
    name = _name(graph.node[node])
    return name if port == "next" else f"{name}, path {port},"


def _ends(before: Graph, after: Graph) -> Iterator[Change]:
    old, new = ({(end.source.node, end.source.port): end.label for end in graph.ends} for graph in (before, after))
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place, ""), new.get(place, "")
        if was != now and place[0] in after.node:
            sentence = (
                f"The end after {_way(after, *place).rstrip(',')} is called {_said(now)} instead of {_said(was)}."
            )
            yield Change(kind="changed", node=place[0], sentence=sentence)
