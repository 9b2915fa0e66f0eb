"""What an audience is: the rule that says who is in it, what the rule reads, and what stands in its way. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import expressions
from engine.definition.scope import wanted
from engine.definition.unknown import unknown_audience
from engine.definition.world import AudienceShape, World
from engine.expressions import STRING, Checked, Schema, Scope, Type, tree
from engine.expressions.functions import FUNCTIONS
from engine.expressions.paths import quoted, segment, split_path
from engine.expressions.to_sql import check_sql
from engine.problems import Problem

UNION, INTERSECTION, EXCLUSION = "union", "intersection", "exclusion"
OPERATORS = (UNION, INTERSECTION, EXCLUSION)
MOST_PARTS = 20  # audiences in one composition
MEMBERSHIP = ("inAudience", "inSegment")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reads:
    """What an answer of a rule depends on. `attributes`: their first names; '' among them: all of the person's."""

    attributes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    clock: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Required:
    """Without one of these texts in this attribute, nobody is in an audience: its rule need not be asked."""

    attribute: str
    texts: tuple[str, ...]


def rule_of(composition: Mapping[str, Any]) -> str:
    """The rule of a composition: {"operator": "union" | "intersection" | "exclusion", "audiences": [name, ...]}.

    An exclusion is who is in the first, and in none of the others. ValueError for what is no composition.
    """
    operator, names = composition.get("operator"), composition.get("audiences")
    if operator not in OPERATORS or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("A composition has an operator, and a list of audiences.")
    if not 2 <= len(set(names)) == len(names) <= MOST_PARTS:
        raise ValueError(f"A composition has 2 to {MOST_PARTS} different audiences.")
    asked = [f"inAudience({quoted(name)})" for name in names]
    if operator == EXCLUSION:
        return " and ".join([asked[0], *(f"not {one}" for one in asked[1:])])
    return {UNION: " or ", INTERSECTION: " and "}[operator].join(asked)


def scope_of_audience(world: World) -> Scope:
    """The names that a rule may use: attributes, and by definition the events that matched it, newest first."""
    events: dict[str, Any] = {}
    for name, shape in world.events.items():
        if shape.is_business:
            continue  # nobody did it
        place = segment(name)
        events[place] = "list<object>"
        events.update({f"{place}.{path}": type_ for path, type_ in shape.schema.fields.items()})
    return Scope(sources={"Profile": {"attributes": world.profile, "events": Schema(events, closed=True)}}, journey={})


def check_rule(text: str, world: World) -> Checked:
    """The rule, read and checked as a condition about one person."""
    return expressions.check(text, scope_of_audience(world), wanted("boolean"))


def audiences_in(text: str) -> frozenset[str]:
    """The audiences that a rule reads, whatever else may be wrong with it."""
    return expressions.references(expressions.check(text, Scope()).tree).audiences


def reads_of(checked: Checked) -> Reads:
    """What the answer depends on."""
    uses = expressions.references(checked.tree)
    attributes, events = set[str](), set[str]()
    for found in uses.fields:
        if found.source == "source" and found.path[:2] == ("Profile", "events"):
            events.update(found.path[2:3])
        elif found.source == "source" and found.path[:1] == ("Profile",):
            attributes.add(found.path[2] if len(found.path) > 2 else "")
    return Reads(
        attributes=frozenset(attributes),
        events=frozenset(events),
        audiences=uses.audiences,
        clock=any(FUNCTIONS[name].reads_facts for name in uses.functions if name not in MEMBERSHIP),
    )


def required_of(checked: Checked) -> Required | None:
    """What a rule asks of one attribute before anything else, if it does: `city == "Bern" and ...`, `a or b` of one."""
    return _required(checked.tree, checked.notes.types) if checked.tree is not None else None


def _required(node: tree.Node, types: Mapping[tree.Node, Type]) -> Required | None:
    match tree.bare(node):
        case tree.Logic(operator="and", operands=operands):
            return next((found for one in operands if (found := _required(one, types))), None)
        case tree.Logic(operator="or", operands=operands):
            each = [_required(one, types) for one in operands]
            if all(found and each[0] and found.attribute == each[0].attribute for found in each):
                texts = dict.fromkeys(text for found in each if found for text in found.texts)
                return Required(attribute=each[0].attribute, texts=tuple(texts)) if each[0] else None
        case tree.Comparison(operator="==", left=left, right=right):
            for one, other in ((tree.bare(left), tree.bare(right)), (tree.bare(right), tree.bare(left))):
                attribute = _attribute(one)
                if attribute and types.get(one) == STRING and isinstance(other, tree.Literal):
                    return Required(attribute=attribute, texts=(other.value,)) if type(other.value) is str else None
        case _:
            pass
    return None


def _attribute(node: tree.Node) -> str:
    """The name of the attribute that a node reads, and nothing below it; '' for any other node."""
    if not isinstance(node, tree.Reference) or node.source != "source" or node.default is not None or node.params:
        return ""
    names = [segment.text for segment in node.segments if isinstance(segment, tree.Name)]
    is_plain = len(names) == len(node.segments) == 3 and names[:2] == ["Profile", "attributes"]
    return names[2] if is_plain else ""


def types_read(checked: Checked, world: World) -> dict[str, str]:
    """The attributes that a rule may read, path -> type, to be kept with it. What they are guessed from changes."""
    attributes = reads_of(checked).attributes
    return {
        path: type_
        for path, type_ in world.profile_fields.items()
        if "" in attributes or next(split_path(path), "") in attributes
    }


def problems_of(name: str, text: str, world: World) -> Iterator[Problem]:
    """Why an audience of this name cannot have this rule: mistakes, what SQL cannot say, unknown parts, a circle."""
    checked = check_rule(text, world)
    for found in checked.problems or check_sql(checked):
        yield Problem(
            code=f"ERR_EXPRESSION_{found.code.upper()}", message=found.message, hint=found.hint, field="rule",
            line=found.line, column=found.column,
        )  # fmt: skip
    parts = expressions.references(checked.tree).audiences
    for part in sorted(parts - world.audiences.keys() - {name}):
        yield unknown_audience(part, world.audiences, field="rule")
    ring = circle(name, parts, world.audiences)
    if ring:
        yield Problem(
            code="ERR_AUDIENCE_CIRCLE",
            message=f"The audience would depend on itself: {' → '.join(ring)}.",
            hint="Leave one of these out.",
            field="rule",
        )


def circle(name: str, parts: Collection[str], known: Mapping[str, AudienceShape]) -> tuple[str, ...]:
    """The way on which an audience with these parts comes back to itself: (name, ..., name); () when there is none."""
    ways: list[tuple[str, ...]] = [(name, part) for part in sorted(parts)]
    seen = set[str]()
    while ways:
        way = ways.pop()
        here = way[-1]
        if here == name:
            return way
        if here not in seen and here in known:
            seen.add(here)
            ways += [(*way, part) for part in sorted(known[here].parts)]
    return ()


def in_order(audiences: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Audiences (name -> the audiences it reads) in levels: each reads none but those of the levels before.

    Names that are not among the keys do not count. What stands in a circle is left out.
    """
    left = {name: {part for part in parts if part in audiences} for name, parts in audiences.items()}
    levels: list[list[str]] = []
    while ready := sorted(name for name, parts in left.items() if not parts & left.keys()):
        levels.append(ready)
        for name in ready:
            del left[name]
    return levels
