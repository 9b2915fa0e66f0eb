"""Making, changing and deleting audiences, with everything that may stand in the way; evaluating them on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from engine import clock, queue
from engine.definition.audience import audiences_in, check_rule, problems_of, rule_of, types_read
from engine.errors import JourneyOptError
from engine.models import Audience, Sandbox
from engine.problems import Problem
from engine.shards import SHARDS
from engine.store.catalogue import touch
from engine.store.lists import drop_staged
from engine.store.queries import query
from engine.store.world import world_of

SHORTEST, LONGEST, USUALLY = timedelta(hours=1), timedelta(days=7), timedelta(hours=24)
MOST_AT_ONCE = 20  # audiences evaluated on demand by one call
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 500
EVALUATE, FORGET = "engine.tasks.evaluate_some_audiences", "engine.tasks.forget_audience"


class NotAnAudience(JourneyOptError):
    """It cannot be kept like this; `problems` lists every reason."""

    code = "audience.invalid"
    status = 422


class AudienceInUse(JourneyOptError):
    """Other audiences read it by its name."""

    code = "audience.in_use"
    status = 409


class NoSuchAudience(JourneyOptError):
    code = "audience.unknown"
    status = 404


class TooMany(JourneyOptError):
    code = "audience.too_many"
    status = 422


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants an audience to be. `every`: None for on demand alone."""

    name: str
    description: str = ""
    kind: str = Audience.Kind.RULE
    evaluation: str = Audience.Evaluation.BATCH
    rule: str = ""
    composition: Mapping[str, Any] = field(default_factory=dict)
    namespace: str = ""
    columns: Sequence[str] = ()
    every: timedelta | None = USUALLY


def keep(*, sandbox_id: int, wanted: Wanted, by: str, audience_id: int | None = None) -> Audience:
    """Make an audience, or change one; it is evaluated at once. NotAnAudience, AudienceInUse, NoSuchAudience.

    Whoever keeps audiences of a sandbox waits for the one before: so two of them never make a circle together.
    """
    now = clock.now()
    with transaction.atomic():
        Sandbox.objects.select_for_update().get(pk=sandbox_id)
        audience = _found(sandbox_id, audience_id) if audience_id is not None else Audience(sandbox_id=sandbox_id)
        if audience.pk and wanted.name != audience.name:
            _refuse_if_read(sandbox_id, audience.name, "renamed")
        rule, problems = _checked(sandbox_id, audience, wanted)
        if problems:
            raise NotAnAudience(
                f"The audience {wanted.name!r} cannot be kept like this.",
                hint="Mend the problems listed.",
                problems=problems,
            )
        asks_the_same = audience.pk and (audience.rule, audience.kind) == (rule, wanted.kind)
        if not asks_the_same:
            world = world_of(sandbox_id)
            audience.types = types_read(check_rule(rule, world), world) if rule else {}
        audience.name, audience.description, audience.kind = wanted.name, wanted.description, wanted.kind
        audience.evaluation, audience.rule, audience.every = wanted.evaluation, rule, wanted.every
        audience.composition = dict(wanted.composition) if wanted.kind == Audience.Kind.COMPOSITION else {}
        audience.namespace, audience.columns = wanted.namespace, list(wanted.columns)
        if wanted.kind == Audience.Kind.UPLOAD:
            audience.every = audience.next_at = None
        else:
            audience.next_at = now
        if not audience.pk:
            audience.created_at, audience.created_by = now, by
        audience.updated_at, audience.updated_by = now, by
        audience.save()
        _touch()
        if audience.next_at:
            queue.soon(EVALUATE, [audience.pk], by)
    return audience


def delete(*, sandbox_id: int, audience_id: int) -> None:
    """The audience is gone at once, and who was in it is forgotten soon, a shard at a time."""
    with transaction.atomic():
        Sandbox.objects.select_for_update().get(pk=sandbox_id)
        audience = _found(sandbox_id, audience_id)
        # Held before its runs are: the other way round, an evaluation and this would wait for each other.
        list(Audience.objects.select_for_update().filter(pk=audience_id))
        _refuse_if_read(sandbox_id, audience.name, "deleted")
        imports = list(audience.imports.values_list("pk", flat=True))
        if imports:
            with connection.cursor() as cursor:
                drop_staged(cursor, imports)
        audience.delete()
        _touch()
        queue.soon(FORGET, audience_id)


def forget(audience_id: int) -> int:
    """Remove what is left of an audience that was deleted, a shard at a time; how many memberships that were."""
    removed = 0
    if Audience.objects.filter(pk=audience_id).exists():
        return removed
    for shard in range(SHARDS):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query("audiences/lock_shard").decode(), {"shard": shard})
            cursor.execute(query("audiences/forget").decode(), {"shard": shard, "audience": audience_id})
            removed += cursor.rowcount
    return removed


def ask_for_evaluation(*, sandbox_id: int, audience_ids: Sequence[int], by: str) -> None:
    """Have these audiences evaluated as soon as somebody is free."""
    wanted = list(dict.fromkeys(audience_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise TooMany(
            f"{len(wanted)} audiences at once are too many.", hint=f"Choose at most {MOST_AT_ONCE}.", most=MOST_AT_ONCE
        )
    with transaction.atomic():
        mine = Audience.objects.filter(sandbox_id=sandbox_id, pk__in=wanted)
        if mine.count() != len(wanted):
            raise NoSuchAudience("One of these audiences does not exist.", hint="Load the list again.")
        if mine.filter(kind=Audience.Kind.UPLOAD).exists():
            raise NotAnAudience("An uploaded list is not evaluated.", hint="Import it again to change who is in it.")
        mine.update(next_at=clock.now())
        queue.soon(EVALUATE, wanted, by)


def readers_of(sandbox_id: int, name: str) -> list[str]:
    """The audiences that read this one, by name."""
    rules = Audience.objects.filter(sandbox_id=sandbox_id).exclude(name=name).values_list("name", "rule")
    return sorted(reader for reader, rule in rules if name in audiences_in(rule))


def require_free_name(*, sandbox_id: int, name: str) -> None:
    """NotAnAudience, if another one is called so. For whoever has much to do before they can keep theirs."""
    if Audience.objects.filter(sandbox_id=sandbox_id, name=name).exists():
        problem = _name_taken(name)
        raise NotAnAudience(problem.message, hint=problem.hint, problems=[problem])


def _name_taken(name: str) -> Problem:
    return Problem(
        code="ERR_AUDIENCE_NAME_TAKEN", message=f"There is an audience {name!r} already.",
        hint="Choose another name.", field="name",
    )  # fmt: skip


def problems_with(*, sandbox_id: int, wanted: Wanted, audience_id: int | None = None) -> list[Problem]:
    """Why this cannot be kept, for a form that is not sent yet."""
    audience = _found(sandbox_id, audience_id) if audience_id is not None else Audience(sandbox_id=sandbox_id)
    return _checked(sandbox_id, audience, wanted)[1]


def _checked(sandbox_id: int, audience: Audience, wanted: Wanted) -> tuple[str, list[Problem]]:
    """The rule, and every problem."""
    problems: list[Problem] = []

    def wrong(code: str, message: str, hint: str, field: str) -> None:
        problems.append(Problem(code=f"ERR_AUDIENCE_{code}", message=message, hint=hint, field=field))

    name = wanted.name
    if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        wrong("NAME", "This is no name.", f"1 to {LONGEST_NAME} characters, without spaces around them.", "name")
    elif Audience.objects.filter(sandbox_id=sandbox_id, name=name).exclude(pk=audience.pk).exists():
        problems.append(_name_taken(name))
    if len(wanted.description) > LONGEST_DESCRIPTION or "\0" in wanted.description:
        wrong("DESCRIPTION", "It is too long.", f"At most {LONGEST_DESCRIPTION} characters.", "description")
    if wanted.kind not in Audience.Kind.values:
        wrong("KIND", f"{wanted.kind!r} is no kind of audience.", f"One of {', '.join(Audience.Kind.values)}.", "kind")
    elif audience.pk and wanted.kind != audience.kind and Audience.Kind.UPLOAD in (wanted.kind, audience.kind):
        wrong("KIND", "A list and a rule do not become each other.", "Make a new audience.", "kind")
    if wanted.evaluation not in Audience.Evaluation.values:
        wrong("EVALUATION", f"{wanted.evaluation!r} is no way to evaluate.", "Batch or streaming.", "evaluation")
    if wanted.every is not None and not SHORTEST <= wanted.every <= LONGEST:
        wrong("EVERY", "It cannot be evaluated so often, or so seldom.", "Every hour to every 7 days.", "every")
    rule = wanted.rule
    if wanted.kind == Audience.Kind.UPLOAD:
        rule = ""
        if not wanted.namespace:
            wrong("NAMESPACE", "It is not said what its people are known by.", "Choose a namespace.", "namespace")
    elif wanted.kind == Audience.Kind.COMPOSITION:
        try:
            rule = rule_of(wanted.composition)
        except ValueError as error:
            wrong("COMPOSITION", str(error), "Choose the audiences, and how they are put together.", "composition")
            return "", problems
    if wanted.kind != Audience.Kind.UPLOAD:
        world = world_of(sandbox_id)
        if audience.pk and audience.rule == rule:  # it means what it meant, whatever attributes are by now
            world = replace(world, profile_fields=audience.types)
        problems += problems_of(name, rule, world)
    return rule, problems


def _found(sandbox_id: int, audience_id: int) -> Audience:
    audience = Audience.objects.select_related("sandbox").filter(sandbox_id=sandbox_id, pk=audience_id).first()
    if audience is None:
        raise NoSuchAudience("There is no such audience.", hint="It may have been deleted.")
    return audience


def _refuse_if_read(sandbox_id: int, name: str, verb: str) -> None:
    readers = readers_of(sandbox_id, name)
    if readers:
        raise AudienceInUse(
            f"The audience {name!r} cannot be {verb}: {', '.join(readers[:5])} read it.",
            hint="Change those audiences first.",
            audiences=readers,
        )


def _touch() -> None:
    """Workers look at the audiences again."""
    with connection.cursor() as cursor:
        touch(cursor)
