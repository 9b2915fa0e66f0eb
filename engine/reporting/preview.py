"""An e-mail as one person would get it, before it is sent to anybody."""

from typing import Any

from pydantic import ValidationError

from engine import clock
from engine.activities.base import Mail, NotDeliverable
from engine.activities.email import Email
from engine.definition.graph import Graph
from engine.definition.scope import scope_anywhere, wanted
from engine.expressions import EvaluationError, ExpressionError, Facts
from engine.expressions import compile as compile_expression
from engine.problems import Problem
from engine.reporting.chosen import latest_of_nobody, latest_payloads, person_named
from engine.store.world import world_of

NOBODY = {"email": "preview@example.org"}


def preview_email(*, sandbox_id: int, graph: Graph, settings: dict[str, Any], profile: str) -> dict[str, Any]:
    """{"to", "subject", "html", "text", "problems"}. `profile`: 'namespace:value', an id, or '' for nobody special.

    The person is as they are now; of every event of the journey they last sent, that one is taken. What cannot be
    rendered is a problem, never an error.
    """
    try:
        email = Email.model_validate(settings)
        scope = scope_anywhere(graph, world_of(sandbox_id))
        behaviour = email.compile(lambda text, expect: compile_expression(text, scope, wanted(expect)))
    except ValidationError as error:
        return _refused(*_problems(error))
    except (ValueError, ExpressionError) as error:
        return _refused(Problem(code="ERR_SETTING", message=str(error)))
    except Exception as error:  # a template that cannot be read
        return _refused(Problem(code="ERR_TEMPLATE", message=str(error), field="html"))
    chosen = person_named(sandbox_id=sandbox_id, text=profile)
    own = latest_payloads(chosen, scope.events) if chosen else {}
    events = {**latest_of_nobody(sandbox_id, scope.events), **own}
    person = {"attributes": {**NOBODY, **(chosen.attributes if chosen else {})}}
    facts = Facts(events, {"Profile": {**person}}, {}, {}, {}, {"name": "Preview"}, {}, clock.now())
    assert behaviour.build is not None
    try:
        mail = behaviour.build(facts)
    except (NotDeliverable, EvaluationError) as error:
        return _refused(Problem(code="ERR_PREVIEW", message=error.message))
    assert isinstance(mail, Mail)
    return {**mail.as_json(), "problems": []}


def _refused(*problems: Problem) -> dict[str, Any]:
    shown = [problem.as_json() for problem in problems]
    return {"to": "", "subject": "", "html": "", "text": "", "problems": shown}


def _problems(error: ValidationError) -> list[Problem]:
    """Each setting that is wrong, by its name, in one line."""
    wrong = [
        (".".join(map(str, one["loc"])), one["msg"])
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return [Problem(code="ERR_SETTING", message=f"{field}: {why}.", field=field) for field, why in wrong]
