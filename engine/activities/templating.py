"""Liquid, for the texts of messages: `{{ profile.first_name }}`, `{{ event.properties.total }}`, `{{ journey.name }}`.

Templates are compiled once per published version. What a person's data holds is never markup: values are escaped in
HTML. Loops and output are bounded, so that no template can hold a courier up.
"""

from collections.abc import Mapping
from typing import Any

from liquid import DictLoader, Environment
from liquid.exceptions import LiquidError

from engine.expressions import Facts


class _Bounded(Environment):
    context_depth_limit = 20
    loop_iteration_limit = 10_000
    local_namespace_limit = 500_000
    output_stream_limit = 2_000_000


_text = _Bounded(autoescape=False, loader=DictLoader({}))
_html = _Bounded(autoescape=True, loader=DictLoader({}))


class TemplateProblem(Exception):
    """The template cannot be read or rendered; the message says why, `line` where (from 1)."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Template:
    """A Liquid template, compiled. `html` turns escaping on."""

    def __init__(self, source: str, *, html: bool = False) -> None:
        try:
            self._template = (_html if html else _text).from_string(source)
        except LiquidError as error:
            raise _problem(error) from error
        except RecursionError as error:
            raise TemplateProblem("The template is nested too deeply.") from error

    def render(self, values: Mapping[str, Any]) -> str:
        try:
            return str(self._template.render(**values))
        except LiquidError as error:
            raise _problem(error) from error


def values_of(facts: Facts) -> dict[str, Any]:
    """What a template sees: the person, the last event, all events by name, the journey, action responses."""
    events = facts.events
    return {
        "profile": facts.sources.get("Profile", {}).get("attributes", {}),
        "event": next(reversed(events.values()), {}) if events else {},
        "events": events,
        "journey": facts.journey,
        "actions": facts.actions,
    }


def _problem(error: LiquidError) -> TemplateProblem:
    context = error.context() if hasattr(error, "context") else None
    return TemplateProblem(str(error.message if hasattr(error, "message") else error), context[0] if context else None)
