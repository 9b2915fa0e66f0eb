"""The form of an event definition between two requests: what is in its boxes, also while it makes no sense yet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from designer.event_definitions import NAME, Given, Schema, schema_problem, selectable, shape_of
from designer.pages import inputs
from designer.rules import (
    MOST_ROWS,
    OPERATORS,
    WITHOUT_VALUE,
    Kind,
    Row,
    Rows,
    kind_of,
    reference,
    rows_of,
    text_of,
    value_problem,
)
from engine.definition.inference import infer, payload_in
from engine.definition.world import ENVELOPE
from engine.models import EventDefinition
from engine.problems import Problem

LONGEST = 250_000
EMPTY_ROW = Row(field="event", operator="is")


@dataclass(frozen=True, kw_only=True)
class EventForm:
    """`by_rows`: the rule is edited as rows, not as text. `all_fields`: journeys receive every field."""

    name: str = ""
    description: str = ""
    type: str = EventDefinition.Type.UNITARY
    id_type: str = EventDefinition.IdType.RULE_BASED
    namespace: str = "userId"
    key_expression: str = ""
    supplemental_namespace: str = ""
    supplemental_expression: str = ""
    schema_text: str = ""
    sample_text: str = ""
    sample_problem: str = ""
    all_fields: bool = True
    fields: tuple[str, ...] = ()
    by_rows: bool = True
    join: str = "and"
    rows: tuple[Row, ...] = (EMPTY_ROW,)
    rule_text: str = ""
    rows_problem: str = ""
    errors: Mapping[str, list[Problem]] = field(default_factory=dict)

    @classmethod
    def of(cls, definition: EventDefinition) -> "EventForm":
        """The form of a definition as it is kept."""
        schema = definition.schema if isinstance(definition.schema, dict) else {}
        form = cls(
            name=definition.name,
            description=definition.description,
            type=definition.type,
            id_type=definition.id_type,
            namespace=definition.namespace,
            key_expression=definition.key_expression,
            supplemental_namespace=definition.supplemental_namespace,
            supplemental_expression=definition.supplemental_expression,
            schema_text=json.dumps(schema, indent=2, ensure_ascii=False) if schema else "",
            all_fields=not definition.fields,
            fields=tuple(definition.fields),
            rule_text=definition.rule,
            by_rows=False,
        )
        return form.as_rows() if definition.rule else replace(form, by_rows=True)

    @classmethod
    def read(cls, posted: QueryDict) -> "EventForm":
        """The form as it was sent."""
        columns = zip(posted.getlist("field"), posted.getlist("operator"), posted.getlist("value"), strict=False)
        rows = tuple(
            Row(field=clean(path, 500), operator=clean(operator, 20), value=clean(value, 2000))
            for path, operator, value in list(columns)[:MOST_ROWS]
        )
        form = cls(
            name=inputs.text(posted, "name", 200),
            description=inputs.text(posted, "description", 5000),
            type=inputs.one_of(posted, "type", EventDefinition.Type.values, EventDefinition.Type.UNITARY),
            id_type=inputs.one_of(posted, "id_type", EventDefinition.IdType.values, EventDefinition.IdType.RULE_BASED),
            namespace=inputs.text(posted, "namespace"),
            key_expression=inputs.text(posted, "key_expression", LONGEST),
            supplemental_namespace=inputs.text(posted, "supplemental_namespace"),
            supplemental_expression=inputs.text(posted, "supplemental_expression", LONGEST),
            schema_text=inputs.text(posted, "schema", LONGEST),
            sample_text=inputs.text(posted, "sample", LONGEST),
            all_fields=posted.get("which_fields", "all") != "some",
            fields=tuple(clean(path, 500) for path in posted.getlist("fields")[:5000]),
            by_rows=posted.get("rule_mode", "rows") != "text",
            join="or" if posted.get("join") == "or" else "and",
            rows=rows,
            rule_text=inputs.text(posted, "rule_text", LONGEST),
        )
        return form.of_nobody() if form.is_business else form

    # What is in it ---------------------------------------------------------------------------------------------------

    @property
    def is_business(self) -> bool:
        return self.type == EventDefinition.Type.BUSINESS

    @property
    def event(self) -> str:
        """The name to write expressions with, also while the real one is missing."""
        return self.name if NAME.match(self.name) else "Event"

    @property
    def rule_example(self) -> str:
        return f'{reference(self.event, "event")} == "Order Placed"'

    @property
    def key_example(self) -> str:
        return reference(self.event, "userId")

    @property
    def supplemental_example(self) -> str:
        return reference(self.event, "properties.bookingId")

    @property
    def schema(self) -> object:
        """The schema; None when the text in its box is no JSON."""
        if not self.schema_text:
            return {}
        try:
            return json.loads(self.schema_text)
        except (ValueError, RecursionError):
            return None

    @property
    def usable_schema(self) -> Schema:
        """The schema, or an empty one while there is something wrong with it."""
        schema = self.schema
        return schema if isinstance(schema, dict) and not schema_problem(schema) else {}

    @property
    def kinds(self) -> dict[str, Kind]:
        return {path: kind_of(kind) for path, kind in shape_of(self.usable_schema).items()}

    @property
    def rule(self) -> str:
        """The rule as an expression."""
        if self.id_type != EventDefinition.IdType.RULE_BASED:
            return ""
        if not self.by_rows:
            return self.rule_text
        return text_of(Rows(rows=self.rows, join=self.join), self.event, self.kinds)  # type: ignore[arg-type]

    @property
    def row_problems(self) -> list[Problem]:
        """Rows whose value is missing, or no number or time where one is asked for."""
        if not self.by_rows or self.id_type != EventDefinition.IdType.RULE_BASED:
            return []
        kinds = self.kinds
        compared = [row for row in self.rows if row.field and row.operator not in WITHOUT_VALUE]
        messages = [message for row in compared if (message := value_problem(row, kinds.get(row.field, "text")))]
        return [Problem(code="event.rule", message=message, field="rule") for message in messages]

    @property
    def shown_rows(self) -> list[dict[str, Any]]:
        """The rows with what each may ask, for drawing them."""
        kinds, known = self.kinds, list(shape_of(self.usable_schema))
        return [
            {
                "row": row,
                "operators": OPERATORS[kinds.get(row.field, "text")],
                "has_value": row.operator not in WITHOUT_VALUE,
                "fields": known if row.field in known or not row.field else [row.field, *known],
                "kind": kinds.get(row.field, "text"),
            }
            for row in self.rows
        ]

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The fields among which to choose, with their types."""
        chosen = set(self.fields)
        return [
            {"path": path, "type": kind, "chosen": self.all_fields or path in chosen}
            for path, kind in selectable(self.usable_schema)
        ]

    def given(self) -> Given:
        """What it says, for the actions. The envelope is always among the chosen fields."""
        chosen = {path for path, _ in selectable(self.usable_schema)} & set(self.fields)
        return Given(
            name=self.name,
            description=self.description,
            type=self.type,
            id_type=self.id_type,
            rule=self.rule,
            schema=self.schema,  # type: ignore[arg-type]
            fields=() if self.all_fields else tuple(sorted({*chosen, *ENVELOPE})),
            namespace=self.namespace,
            key_expression=self.key_expression,
            supplemental_namespace=self.supplemental_namespace,
            supplemental_expression=self.supplemental_expression,
        )

    # What can be done in it ------------------------------------------------------------------------------------------

    def does(self, what: str) -> "EventForm":
        """The form after one of its buttons; anything else leaves it as it is."""
        verb, _, place = what.partition(":")
        match verb:
            case "add-row" if len(self.rows) < MOST_ROWS:
                return replace(self, rows=(*self.rows, EMPTY_ROW))
            case "remove-row" if place.isdecimal() and len(place) < 4:
                rows = tuple(row for number, row in enumerate(self.rows) if number != int(place))
                return replace(self, rows=rows)
            case "as-text":
                return replace(self, by_rows=False, rule_text=self.rule)
            case "as-rows":
                return self.as_rows()
            case "read-sample":
                return self.with_sample()
        return self.tidied()

    def of_nobody(self) -> "EventForm":
        """Without what says whose it is: those boxes are out of sight."""
        return replace(
            self, id_type=EventDefinition.IdType.RULE_BASED, namespace="", key_expression="",
            supplemental_namespace="", supplemental_expression="",
        )  # fmt: skip

    def as_rows(self) -> "EventForm":
        """Edit the rule as rows, if rows can say it."""
        if not self.rule_text.strip():
            return replace(self, by_rows=True, rows=(EMPTY_ROW,))
        found = rows_of(self.rule_text, self.event, self.kinds)
        if found is None:
            return replace(self, by_rows=False, rows_problem="Rows cannot say this; it stays a text.")
        return replace(self, by_rows=True, join=found.join, rows=found.rows)

    def with_sample(self) -> "EventForm":
        """Take the schema from the sample payload."""
        try:
            payload = payload_in(json.loads(self.sample_text))
            if payload is None:
                return replace(self, sample_problem="A payload is a JSON object.")
        except ValueError as error:
            return replace(self, sample_problem=f"This is not JSON: {error}.")
        except RecursionError:
            return replace(self, sample_problem="This JSON nests too deeply.")
        schema = infer(payload)
        problem = schema_problem(schema)
        if problem:
            return replace(self, sample_problem=problem)
        form = replace(self, schema_text=json.dumps(schema, indent=2, ensure_ascii=False), sample_text="")
        event = json.loads(self.sample_text)
        name = event.get("event") if isinstance(event, dict) else None
        if isinstance(name, str) and form.rows == (EMPTY_ROW,):
            form = replace(form, rows=(replace(EMPTY_ROW, value=clean(name, 200)),))
        return form.tidied()

    def tidied(self) -> "EventForm":
        """Every row asks something that fits its field."""
        kinds = self.kinds
        rows = []
        for row in self.rows:
            offered = [operator for operator, _ in OPERATORS[kinds.get(row.field, "text")]]
            rows.append(row if row.operator in offered else replace(row, operator=offered[0]))
        return replace(self, rows=tuple(rows))

    def with_problems(self, problems: list[Problem]) -> "EventForm":
        by_field: dict[str, list[Problem]] = {}
        for problem in problems:
            by_field.setdefault(problem.field or "", []).append(problem)
        return replace(self, errors=by_field)


def clean(text: str, most: int) -> str:
    """A text that can be shown and kept: no zero characters, no halves of characters."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "").strip()[:most]
