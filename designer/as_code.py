"""Journeys as text: YAML in one order, both ways without loss, so that they can be kept and compared like code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from designer.errors import NotAJourney

FORMAT = 1
MOST_BYTES = 4_000_000
_KEYS = ("journeyopt", "name", "description", "version", "properties", "steps", "ends")
_STEP = ("id", "type", "label", "description", "settings", "position", "leads_to")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A journey as a text says it. `version` is where it came from, and says nothing of where it goes."""

    name: str
    description: str = ""
    version: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    graph: Mapping[str, Any] = field(default_factory=dict)


def to_yaml(written: Written) -> str:
    """The text of a journey whose graph is canonical (`control.canonical`)."""
    graph = written.graph
    leads: dict[str, dict[str, list[str]]] = {}
    for edge in graph["edges"]:
        leads.setdefault(edge["from"]["node"], {}).setdefault(edge["from"]["port"], []).append(edge["to"])
    document: dict[str, Any] = {"journeyopt": FORMAT, "name": written.name}
    document |= {"description": written.description} if written.description else {}
    document |= {"version": written.version} if written.version else {}
    document |= {"properties": dict(written.properties)} if written.properties else {}
    document["steps"] = [_step(node, leads.get(node["id"], {})) for node in graph["nodes"]]
    if graph["ends"]:
        document["ends"] = [{"after": _port(end["from"]), "label": end["label"]} for end in graph["ends"]]
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))


def _step(node: Mapping[str, Any], leads_to: Mapping[str, list[str]]) -> dict[str, Any]:
    step: dict[str, Any] = {"id": node["id"], "type": node["type"]}
    step |= {key: node[key] for key in ("label", "description") if node[key]}
    step |= {"settings": node["settings"]} if node["settings"] else {}
    step |= {"leads_to": dict(leads_to)} if leads_to else {}
    return step | {"position": [node["position"]["x"], node["position"]["y"]]}


def _port(place: Mapping[str, str]) -> str:
    return f"{place['node']}.{place['port']}"


def from_yaml(text: str) -> Written:
    """The journey that a text says. NotAJourney, with the line, when it says none."""
    if len(text.encode()) > MOST_BYTES:
        raise NotAJourney(f"The text is larger than {MOST_BYTES:,} bytes.", hint="Export it again.")
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise NotAJourney(f"The text is no YAML{line}: {error.problem}.", hint="Correct the text.") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise NotAJourney(f"The text is no YAML: {error}.", hint="Correct the text.") from None
    if not isinstance(document, dict) or document.get("journeyopt") != FORMAT:
        raise NotAJourney("The text says no journey.", hint=f"It begins with `journeyopt: {FORMAT}`.")
    _only(document, _KEYS, "A journey")
    name, description = document.get("name"), document.get("description", "")
    if not isinstance(name, str) or not isinstance(description, str):
        raise NotAJourney("`name` and `description` are texts.", hint="Put them in quotes.")
    properties = document.get("properties", {})
    if not isinstance(properties, dict):
        raise NotAJourney("`properties` says which properties there are, by name.", hint="Export a journey to see how.")
    nodes, edges = _steps(document.get("steps", []))
    return Written(
        name=name,
        description=description,
        version=str(document.get("version", "")),
        properties=properties,
        graph={"nodes": nodes, "edges": edges, "ends": _ends(document.get("ends", []))},
    )


def _steps(steps: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    if not isinstance(steps, list):
        raise NotAJourney("`steps` is a list.", hint="Begin each step with `- id:`.")
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("id"), str):
            raise NotAJourney("A step has an `id` and a `type`.", hint="Export a journey to see how.")
        _only(step, _STEP, f"The step {step['id']}")
        place = step.get("position", [0, 0])
        if not isinstance(place, list) or len(place) != 2:
            raise NotAJourney(f"The position of {step['id']} is two numbers.", hint="Write [x, y], or leave it out.")
        nodes.append(
            {key: step[key] for key in ("id", "type", "label", "description", "settings") if key in step}
            | {"position": {"x": place[0], "y": place[1]}}
        )
        leads_to = step.get("leads_to", {})
        if not isinstance(leads_to, dict) or not all(isinstance(targets, list) for targets in leads_to.values()):
            raise NotAJourney(f"`leads_to` of {step['id']} names steps for each port.", hint="Write next: [wait-1].")
        edges += [
            {"from": {"node": step["id"], "port": port}, "to": target}
            for port, targets in leads_to.items()
            for target in targets
        ]
    return nodes, edges


def _ends(ends: Any) -> list[dict[str, Any]]:
    found = []
    for end in ends if isinstance(ends, list) else [None]:
        if not isinstance(end, dict) or not isinstance(end.get("after"), str) or "." not in end["after"]:
            raise NotAJourney("An end stands after a port of a step.", hint="Write after: wait-1.next, and a label.")
        node, _, port = end["after"].partition(".")
        found.append({"from": {"node": node, "port": port}, "label": end.get("label", "")})
    return found


def _only(given: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    strange = next((key for key in given if key not in known), None)
    if strange is not None:
        raise NotAJourney(f"{what} has no `{strange}`.", hint=f"Known: {', '.join(known)}.")


_STRANGE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, short lists of plain values on one line, no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    if _STRANGE.search(text):  # in quotes it is written as an escape
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    is_block = "\n" in text.rstrip("\n") and not any(line.endswith(" ") for line in text.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if is_block else None)


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    is_short = all(isinstance(item, str | int | float) for item in items) and len(str(items)) < 80
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


class _Loader(yaml.SafeLoader):
    """YAML without aliases, which can make a small text enormous, without keys that stand twice, and without dates:
    settings are JSON."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem="aliases (`*name`) are not read", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"`{key.value}` stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
