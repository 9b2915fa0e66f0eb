"""What may be said in an event definition, and what may still change once journeys use it."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from designer.graphs import ZERO
from designer.models import Version
from designer.queries.journey_filters import uses_event
from designer.rules import are_same, renamed
from designer.states import Status
from engine import control
from engine.definition.world import ENVELOPE, EventShape
from engine.models import EventDefinition, Namespace
from engine.problems import Problem, errors_in

NAME = re.compile(r"[A-Za-z0-9_]{1,30}\Z")
LARGEST_SCHEMA = 200_000
DEEPEST_SCHEMA = 40
LONGEST_EXPRESSION = 10_000
MOST_NAMED = 3  # journeys in a sentence

Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Given:
    """An event definition as somebody wants it. `fields`: dotted paths that journeys receive; none: all.

    `type`: an event of a person, or a business event, which belongs to nobody.
    """

    name: str
    description: str = ""
    type: str = EventDefinition.Type.UNITARY
    id_type: str = EventDefinition.IdType.RULE_BASED
    rule: str = ""
    schema: Schema = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    namespace: str = ""
    key_expression: str = ""
    supplemental_namespace: str = ""
    supplemental_expression: str = ""

    @classmethod
    def of(cls, definition: EventDefinition) -> "Given":
        return cls(
            **{name: getattr(definition, name) for name in FIELDS if name != "fields"}, fields=tuple(definition.fields)
        )

    def columns(self) -> dict[str, Any]:
        return {**asdict(self), "fields": list(self.fields)}

    def about(self, name: str) -> "Given":
        """The same under another name: its own expressions follow."""
        columns = {**asdict(self), "name": name}
        columns["rule"] = renamed(self.rule, self.name, name)
        columns["key_expression"] = renamed(self.key_expression, self.name, name)
        columns["supplemental_expression"] = renamed(self.supplemental_expression, self.name, name)
        return Given(**columns)


FIELDS = (
    *("name", "description", "type", "id_type", "rule", "schema", "fields", "namespace", "key_expression"),
    *("supplemental_namespace", "supplemental_expression"),
)


def problems_of(given: Given, *, sandbox_id: int, now: EventDefinition | None = None) -> list[Problem]:
    """Every reason why this cannot be kept, each with its field. `now`: the definition that it would replace."""
    in_schema = _schema(given)
    if in_schema:
        given = replace(given, schema={}, fields=())
    return [
        *_naming(given, sandbox_id, now),
        *in_schema,
        *_belonging(given),
        *_recognising(given, sandbox_id),
        *(_frozen(given, sandbox_id, now) if now is not None and not in_schema else []),
    ]


def shape_of(schema: Schema) -> dict[str, str]:
    """Dotted path -> type, of every field of a payload, the envelope's first."""
    shape = EventShape(name="", json_schema=schema)
    return {path: str(type_) for path, type_ in shape.schema.fields.items()}


def selectable(schema: Schema) -> list[tuple[str, str]]:
    """The fields among which an author may choose: the leaves. The envelope always comes along."""
    return [(path, kind) for path, kind in _leaves(schema) if path not in ENVELOPE]


def received(definition: EventDefinition) -> list[tuple[str, str]]:
    """The fields that journeys receive, each with its type."""
    schema = definition.schema if isinstance(definition.schema, dict) else {}
    return [(path, kind) for path, kind in _leaves(schema) if not definition.fields or path in definition.fields]


def _leaves(schema: Schema) -> list[tuple[str, str]]:
    """The fields that have no field below them."""
    found = shape_of(schema)
    above = {path for path, kind in found.items() if kind == "object" and _has_below(path, found)}
    return [(path, kind) for path, kind in found.items() if path not in above]


def _has_below(path: str, among: Iterable[str]) -> bool:
    return any(other.startswith(f"{path}.") for other in among)


def used_by(sandbox_id: int, name: str) -> tuple[list[str], list[str]]:
    """The journeys that use an event: published ones that may still hold people, and drafts."""
    drafts = Version.objects.filter(uses_event(name), journey__sandbox=sandbox_id, status=Status.DRAFT)
    names = sorted(set(drafts.values_list("journey__name", flat=True)))
    return control.event_definitions_in_use(sandbox_id).get(name, []), names


def listed(names: list[str]) -> str:
    """“A”, “B” and 3 more."""
    shown = [f"“{name}”" for name in names[:MOST_NAMED]]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _naming(given: Given, sandbox_id: int, now: EventDefinition | None) -> list[Problem]:
    found = []
    if not NAME.match(given.name):
        message = "Use letters, digits and _, at most 30." if given.name else "Give it a name."
        found.append(Problem(code="event.name", message=message, field="name"))
    elif EventDefinition.objects.filter(sandbox=sandbox_id, name=given.name).exclude(pk=now and now.pk).exists():
        message = f"There is an event called {given.name} already. Choose another name."
        found.append(Problem(code="event.name_taken", message=message, field="name"))
    if len(given.description) > 500:
        message = f"This has {len(given.description)} characters; 500 are allowed."
        found.append(Problem(code="event.description", message=message, field="description"))
    return found


def _schema(given: Given) -> list[Problem]:
    message = schema_problem(given.schema)
    if message:
        return [Problem(code="event.schema", message=message, field="schema")]
    unknown = sorted(set(given.fields) - shape_of(given.schema).keys())
    if unknown:
        message = f"The schema has no field {unknown[0]}."
        return [Problem(code="event.fields", message=message, field="fields")]
    return []


def schema_problem(schema: object) -> str:
    """Why this is no schema for us, in a sentence; '' when it is one."""
    if not isinstance(schema, dict):
        return "A JSON Schema is an object."
    if _depth(schema) > DEEPEST_SCHEMA:
        return f"This schema nests more than {DEEPEST_SCHEMA} levels deep."
    try:
        text = json.dumps(schema, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except ValueError:
        return "A number in this schema is endless, or a text is broken."
    if size > LARGEST_SCHEMA:
        return f"This schema is larger than {LARGEST_SCHEMA // 1000} kB."
    if ZERO.search(text):
        return "A text in this schema holds a zero character."
    if schema and not isinstance(schema.get("properties"), dict):
        return "This schema names no fields: it has no `properties`. Name some, or leave the schema empty."
    return ""


def _belonging(given: Given) -> list[Problem]:
    """A business event belongs to nobody, and is always recognised by a rule."""
    if given.type not in EventDefinition.Type.values:
        return [Problem(code="event.type", message="Choose what it is.", field="type")]
    if given.type != EventDefinition.Type.BUSINESS:
        return []
    found = []
    if given.id_type != EventDefinition.IdType.RULE_BASED:
        message = "A business event is recognised by a rule."
        found.append(Problem(code="event.id_type", message=message, field="id_type"))
    for place in ("namespace", "key_expression", "supplemental_namespace", "supplemental_expression"):
        if getattr(given, place):
            message = "A business event belongs to nobody: it has neither a namespace nor a key."
            found.append(Problem(code="event.business", message=message, field=place))
    return found


def _recognising(given: Given, sandbox_id: int) -> list[Problem]:
    found: list[Problem] = []
    if given.id_type not in EventDefinition.IdType.values:
        found.append(Problem(code="event.id_type", message="Choose how it is recognised.", field="id_type"))
    if given.namespace and not Namespace.objects.filter(sandbox=sandbox_id, code=given.namespace).exists():
        message = f"There is no namespace {given.namespace} in this sandbox."
        found.append(Problem(code="event.namespace", message=message, field="namespace"))
    if given.id_type == EventDefinition.IdType.RULE_BASED and not given.rule.strip():
        message = "Say how it is recognised: add a condition."
        found.append(Problem(code="event.rule", message=message, field="rule"))
    name = given.name if NAME.match(given.name) else "Event"
    found += _supplemental(given, sandbox_id)
    for place, text, expect in (
        ("rule", given.rule, "boolean"), ("key_expression", given.key_expression, "any"),
        ("supplemental_expression", given.supplemental_expression, "any"),
    ):  # fmt: skip
        if place == "rule" and given.id_type != EventDefinition.IdType.RULE_BASED:
            continue
        found += expression_problems(sandbox_id, name, given.schema, place, text, expect)
    return found


def _supplemental(given: Given, sandbox_id: int) -> list[Problem]:
    """A supplemental id has a namespace that names things, and an expression that gives it: both or neither."""
    code, text = given.supplemental_namespace, given.supplemental_expression.strip()
    if text and not code:
        message = "Choose the namespace of the supplemental id."
        return [Problem(code="event.supplemental_namespace", message=message, field="supplemental_namespace")]
    if not code:
        return []
    if not Namespace.objects.filter(sandbox=sandbox_id, code=code, is_people_based=False).exists():
        message = f"There is no namespace {code} of things in this sandbox: a supplemental id does not name a person."
        return [Problem(code="event.supplemental_namespace", message=message, field="supplemental_namespace")]
    if not text:
        message = "Say which field of the event holds it."
        return [Problem(code="event.supplemental_expression", message=message, field="supplemental_expression")]
    return []


def expression_problems(
    sandbox_id: int, name: str, schema: Schema, place: str, text: str, expect: str
) -> list[Problem]:
    """What is wrong with a rule or a key, each with its line and column."""
    if not text.strip():
        return []
    if len(text) > LONGEST_EXPRESSION:
        message = f"This has {len(text)} characters; {LONGEST_EXPRESSION} are allowed."
        return [Problem(code="event.too_long", message=message, field=place)]
    checked = control.check_rule(sandbox_id=sandbox_id, event=name, text=text, expect=expect, schema=schema)
    keep = ("code", "message", "hint", "severity", "line", "column")
    found = [Problem(**{key: problem[key] for key in keep}, field=place) for problem in checked["problems"]]
    return errors_in(found)


def _frozen(given: Given, sandbox_id: int, now: EventDefinition) -> list[Problem]:
    """While people walk by it, an event keeps its meaning: only its description and more fields may change."""
    published, drafts = used_by(sandbox_id, now.name)
    found = []
    if given.name != now.name and (published or drafts):
        message = f"The name cannot change: {listed(sorted({*published, *drafts}))} know it by this name."
        found.append(Problem(code="event.in_use", message=message, field="name"))
    if given.type != now.type and (published or drafts):
        message = f"The type cannot change: it is used by {listed(sorted({*published, *drafts}))}."
        found.append(Problem(code="event.in_use", message=message, field="type"))
    if not published:
        return found
    why = f"while {listed(published)} may hold people"
    before = Given.of(now).about(given.name)
    for place, what in (
        ("id_type", "How it is recognised"), ("rule", "The rule"), ("namespace", "The namespace"),
        ("key_expression", "The key"), ("supplemental_namespace", "The supplemental id"),
        ("supplemental_expression", "The supplemental id"),
    ):  # fmt: skip
        if not are_same(getattr(given, place), getattr(before, place)):
            found.append(Problem(code="event.in_use", message=f"{what} cannot change {why}.", field=place))
    had, has = shape_of(before.schema), shape_of(given.schema)
    lost = next((path for path, kind in had.items() if has.get(path) != kind), None)
    if lost:
        message = f"The field {lost} cannot be taken away or change its type {why}. New fields may be added."
        found.append(Problem(code="event.in_use", message=message, field="schema"))
    if given.fields and (not before.fields or set(before.fields) - set(given.fields)):
        message = f"Fields cannot be taken away {why}. More may be added."
        found.append(Problem(code="event.in_use", message=message, field="fields"))
    return found


def _depth(schema: object) -> int:
    """How deep it nests, without recursion."""
    deepest, waiting = 0, [(schema, 1)]
    while waiting:
        value, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(value, dict):
            waiting += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]
    return deepest
