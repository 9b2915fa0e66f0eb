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
from engine.models import Event, Identity
from engine.problems import Problem
from engine.reporting.paging import id_in
from engine.store import profiles
from engine.store.world import world_of

LOOK = 100  # of the person's latest events, for one of each that the journey uses
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
    attributes, events = _person(sandbox_id, profile, set(scope.events))
    person = {"attributes": {**NOBODY, **attributes}}
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


def _person(sandbox_id: int, profile: str, names: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The attributes of the person named, or of nobody; and {event definition: payload}, the latest event last."""
    namespace, colon, value = profile.replace("\0", "").partition(":")
    if colon:
        found = Identity.objects.filter(sandbox_id=sandbox_id, namespace=namespace, value=value).first()
        profile_id = found.profile_id if found else 0
    else:
        profile_id = id_in(profile) or 0
    person = profiles.find(sandbox_id=sandbox_id, profile_id=profile_id) if profile_id else None
    if person is None:
        return {}, {}
    events: dict[str, Any] = {}
    for event in Event.objects.filter(profile_id=person.id).order_by("-received_at")[:LOOK]:
        for outcome in event.outcomes:
            if outcome.get("definition") in names:
                events.setdefault(outcome["definition"], event.payload)
    return person.attributes, dict(reversed(events.items()))
