"""Cases: an expression with what is known when it is evaluated, and what should come out, as JSON objects.

{"id": "vip", "expr": "@event{Order.total} > 100.0", "context": {"events": {"Order": {"total": 150.5}}}, "expect": true}

The format is described in docs/reference/expressions.md, "Test cases". Nothing here needs a database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import isclose
from typing import Any

from engine.expressions import temporal
from engine.expressions.checking import check
from engine.expressions.compiled import compile_checked
from engine.expressions.facts import Facts, Group, Payload
from engine.expressions.operators import equal
from engine.expressions.paths import joined, segment, split_path
from engine.expressions.problems import EvaluationError, ExpressionProblem
from engine.expressions.schema import Schema, Scope
from engine.expressions.types import (
    BOOLEAN,
    DATE_TIME_ONLY,
    DECIMAL,
    LIST_OF_NULLS,
    NULL,
    OBJECT,
    UNKNOWN,
    Type,
    list_of,
    parse_type,
)
from engine.expressions.values import Value, reader_of, to_json, type_of

USAGES: Mapping[str, Type | None] = {"condition": BOOLEAN, "customWait": DATE_TIME_ONLY, "parameter": None}
MOST_DEPTH = 40  # of the payloads in a context


class CaseError(ValueError):
    """A case that says something which is no case; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an expression came to: a value in its JSON form with the name of its type, or the problems with it."""

    value: Value = None
    type: str = ""
    error: str = ""
    message: str = ""
    problems: tuple[ExpressionProblem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """`{"result", "type"}`, or `{"error", "at", "message", "hint"}`; `at` is null for an error of the data."""
        if not self.error:
            return {"result": self.value, "type": self.type}
        first = self.problems[0] if self.problems else None
        return {
            "error": self.error,
            "at": {"line": first.line, "column": first.column} if first else None,
            "message": self.message,
            "hint": first.hint if first else "",
        }


def answer(case: Mapping[str, Any], now: datetime) -> Answer:
    """What the case's expression evaluates to. `now` counts when the context names none. CaseError when it is none."""
    text, usage = case.get("expr"), case.get("usage", "parameter")
    if not isinstance(text, str):
        raise CaseError("A case has its expression in `expr`, as a text.")
    if usage not in USAGES:
        raise CaseError(f"`usage` is one of {', '.join(USAGES)}.")
    scope, facts = read_context(case.get("context") or {}, now)
    return evaluate(text, scope, facts, USAGES[usage])


def evaluate(text: str, scope: Scope, facts: Facts, expect: Type | None = None) -> Answer:
    """What the expression comes to at a place with this scope, for the person whom the facts are about."""
    checked = check(text, scope, expect)
    if checked.problems:
        first = checked.problems[0]
        return Answer(error=first.code, message=first.message, problems=checked.problems)
    try:
        value = compile_checked(checked, expect)(facts)
    except EvaluationError as error:
        return Answer(error=error.code, message=error.message)
    return Answer(value=to_json(value), type=type_name(value, expect if expect == BOOLEAN else checked.type))


def type_name(value: Value, known: Type) -> str:
    """The type of a result in words: what is known from the schema, or else what the value shows."""
    found = known if not known.is_open else type_of(value)
    if found.name == "map":
        return "object"
    return "listAny" if found.is_list and found.element == UNKNOWN else str(found)


# --- Whether an answer is the one expected ------------------------------------------------------------------------


def disagreement(case: Mapping[str, Any], given: Answer) -> str:
    """How the answer differs from what the case expects, in a sentence; '' when it does not, or nothing is expected.

    Decimals may differ by 1e-9 of their size; dateTimes are the same instant with the same offset; a null fits every
    type.
    """
    if "expect_error" in case:
        wanted = case["expect_error"]
        if given.error == wanted:
            return ""
        return f"expected the error {wanted}, got {given.error or _shown(given.value)}"
    if "expect" not in case:
        return ""
    if given.error:
        return f"expected {_shown(case['expect'])}, got the error {given.error}: {given.message}"
    type_ = case.get("expect_type", given.type)
    if not _are_same(case["expect"], given.value, type_):
        return f"expected {_shown(case['expect'])}, got {_shown(given.value)}"
    if given.value is not None and _type_text(type_) != _type_text(given.type):
        return f"expected the type {type_}, got {given.type}"
    return ""


def _type_text(name: str) -> str:
    try:
        return str(parse_type(name))
    except ValueError:
        return name


def _shown(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."


def _are_same(wanted: Value, found: Value, type_: str) -> bool:
    if isinstance(wanted, list) and isinstance(found, list):
        element = type_.removeprefix("list").strip("<>")
        element = element[:1].lower() + element[1:]
        return len(wanted) == len(found) and all(
            _are_same(one, other, element) for one, other in zip(wanted, found, strict=True)
        )
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return wanted == found or (isinstance(found, float) and isclose(wanted, found, rel_tol=1e-9))
    if type_ in _MOMENTS and isinstance(wanted, str) and isinstance(found, str):
        read = reader_of(parse_type(type_))
        one, other = read(wanted), read(found)
        if isinstance(one, datetime) and isinstance(other, datetime):
            return one == other and one.utcoffset() == other.utcoffset()
        return one == other
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(_are_same(wanted[key], found[key], "") for key in wanted)
    return type(wanted) is type(found) and wanted == found


_MOMENTS = ("dateTime", "dateTimeOnly", "dateOnly", "duration")

# --- Reading a context --------------------------------------------------------------------------------------------


_ROOTS = ("events", "actions", "datasetLookups", "decisions")
_KEYS = (*_ROOTS, "datasources", "journey", "audiences", "types", "closedSchema", "now")


def read_context(context: object, now: datetime) -> tuple[Scope, Facts]:
    """The names that a context makes known, with the types its JSON shows or `types` declares; and the facts.

    CaseError when it is no context.
    """
    if not isinstance(context, Mapping):
        raise CaseError("`context` is an object.")
    unknown = next((key for key in context if key not in _KEYS), None)
    if unknown is not None:
        raise CaseError(f"`context` has no key `{unknown}`; known are {', '.join(_KEYS)}.")
    types = _Types(context)
    payloads = {key: _objects(context, key) for key in _ROOTS}
    schemas = {
        key: {name: types.schema((key, name), payloads[key].get(name)) for name in types.names((key,), payloads[key])}
        for key in _ROOTS
    }
    sources = _objects(context, "datasources")
    groups = {name: _objects(sources, name) for name in types.names(("datasources",), sources)}
    scope = Scope(
        events=schemas["events"],
        actions=schemas["actions"],
        lookups=schemas["datasetLookups"],
        decisions=schemas["decisions"],
        sources={
            source: {
                group: _group_schema(types, ("datasources", source, group), found.get(group))
                for group in types.names(("datasources", source), found)
            }
            for source, found in groups.items()
        },
    )
    audiences = _objects(context, "audiences")
    facts = Facts(
        {name: _payload(payload) for name, payload in payloads["events"].items()},
        {source: {name: _group(data) for name, data in found.items()} for source, found in groups.items()},
        {name: _payload(payload) for name, payload in payloads["actions"].items()},
        {name: _payload(payload) for name, payload in payloads["datasetLookups"].items()},
        {name: _payload(payload) for name, payload in payloads["decisions"].items()},
        dict(_objects(context, "journey")),
        {name: status for name, status in audiences.items() if isinstance(status, str)},
        _now(context, now),
    )
    return scope, facts


def _objects(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = holder.get(key)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise CaseError(f"`{key}` is an object.")
    return found


def _now(context: Mapping[str, Any], now: datetime) -> datetime:
    text = context.get("now")
    if text is None:
        return now
    found = temporal.parse_instant(text) if isinstance(text, str) else None
    if found is None:
        raise CaseError("`now` is a date-time with an offset, such as 2026-01-15T10:00:00Z.")
    return found.astimezone(UTC)


def _payload(data: object) -> Payload:
    return data if isinstance(data, dict) else {}


# --- Field groups with parameters ---------------------------------------------------------------------------------


def _by_params(data: object) -> Sequence[Mapping[str, Any]] | None:
    """The answers of a field group with parameters: [{"params": {...}, "data": {...}}]; None for a plain one."""
    if not isinstance(data, Mapping) or "$byParams" not in data:
        return None
    answers = data["$byParams"]
    if not isinstance(answers, list) or not all(
        isinstance(one, Mapping) and isinstance(one.get("params"), Mapping) for one in answers
    ):
        raise CaseError('`$byParams` is a list of {"params": {...}, "data": {...}}.')
    return answers


def _group(data: object) -> Group:
    answers = _by_params(data)
    return _payload(data) if answers is None else partial(_asked, answers)


def _asked(answers: Sequence[Mapping[str, Any]], params: Mapping[str, Value]) -> Payload | None:
    given = {name: to_json(value) for name, value in params.items()}
    return next((_payload(one.get("data")) for one in answers if equal(dict(one["params"]), given)), None)


def _group_schema(types: "_Types", place: tuple[str, ...], data: object) -> Schema:
    answers = _by_params(data)
    if answers is None:
        return types.schema(place, data)
    names = [tuple(one["params"]) for one in answers]
    known = names[0] if names and all(set(one) == set(names[0]) for one in names) else None
    return types.schema(place, *(one.get("data") for one in answers), params=known)


# --- Types --------------------------------------------------------------------------------------------------------


class _Types:
    """The types of a context's fields: declared in `types`, or what the JSON shows."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.closed = context.get("closedSchema") is True
        self.declared: list[tuple[tuple[str, ...], Type]] = []
        for path, name in _objects(context, "types").items():
            try:
                self.declared.append((tuple(split_path(path)), OBJECT if name == "map" else parse_type(name)))
            except (ValueError, AttributeError):
                raise CaseError(f"`types` says of `{path}` what is no type: {name!r}.") from None

    def names(self, root: tuple[str, ...], payloads: Mapping[str, Any]) -> list[str]:
        """The names below a root: those that have data, and those of which only types are declared."""
        size = len(root)
        declared = [path[size] for path, _ in self.declared if path[:size] == root and len(path) > size]
        return list(dict.fromkeys([*payloads, *declared]))

    def schema(self, root: tuple[str, ...], *payloads: object, params: tuple[str, ...] | None = ()) -> Schema:
        fields: dict[str, Type | str] = {}
        blank = []  # fields that are there, and show no type
        for payload in payloads:
            for path, found in _shown_by(payload, "", 0):
                if found in (NULL, LIST_OF_NULLS):
                    blank.append(path)
                    continue
                known = fields.get(path, found)
                fields[path] = found if known == found else _joined(known, found)
        size = len(root)
        for names, declared in self.declared:
            if names[:size] == root and len(names) > size:
                fields[joined(names[size:])] = declared
        for path in blank if self.closed else ():
            if path not in fields and not any(other.startswith(f"{path}.") for other in fields):
                fields[path] = UNKNOWN
        return Schema(fields, closed=self.closed, params=params)


def _shown_by(value: object, place: str, depth: int) -> Iterator[tuple[str, Type]]:
    """(path, type) of every field that a payload shows."""
    if depth > MOST_DEPTH:
        raise CaseError(f"The context nests more than {MOST_DEPTH} levels deep.")
    if isinstance(value, list):
        for item in value:
            yield from _shown_by(item, place, depth + 1) if isinstance(item, dict) else ()
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{place}.{segment(name)}" if place else segment(name)
            yield path, type_of(inner)
            yield from _shown_by(inner, path, depth + 1)


def _joined(one: Type | str, other: Type) -> Type:
    """The type of a field of which two types were seen."""
    if isinstance(one, Type):
        if one.is_numeric and other.is_numeric:
            return DECIMAL
        if one.element and other.element:
            return list_of(_joined(one.element, other.element))
    return UNKNOWN
