"""Liquid, for the texts of messages: `{{ profile.first_name }}`, `{{ event.properties.total }}`, `{{ journey.name }}`.

Templates are compiled once per published version. What a person's data holds is never markup: values are escaped in
HTML. Loops, output, variables and filters are bounded, so that no template can hold a courier up.
"""

from collections.abc import Mapping
from typing import Any

from liquid import DictLoader, Environment
from liquid.exceptions import LiquidError

from engine.activities.template_limits import (
    Unreadable,
    allowance,
    bound_filters,
    require_ranges_in_loops,
    require_readable,
)
from engine.expressions import Facts


class _Bounded(Environment):
    context_depth_limit = 20
    loop_iteration_limit = 10_000
    local_namespace_limit = 500_000
    output_stream_limit = 2_000_000


_text = _Bounded(autoescape=False, loader=DictLoader({}))
_html = _Bounded(autoescape=True, loader=DictLoader({}))
for _environment in (_text, _html):
    bound_filters(_environment)


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
            require_readable(source)
            self._template = (_html if html else _text).from_string(source)
            require_ranges_in_loops(self._template)
        except Unreadable as error:
            raise TemplateProblem(error.message, source.count("\n", 0, error.place) + 1) from error
        except LiquidError as error:
            raise _problem(error) from error
        except RecursionError as error:
            raise TemplateProblem("The template is nested too deeply.") from error

    def render(self, values: Mapping[str, Any]) -> str:
        """The text for these values. Raises TemplateProblem, whatever the filters make of somebody's data."""
        try:
            with allowance():
                return str(self._template.render(**values))
        except LiquidError as error:
            raise _problem(error) from error
        except Exception as error:  # `floor` of "1e999" is an OverflowError, and so on: the library lets them through
            raise TemplateProblem(f"{type(error).__name__}: {error}") from error


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
