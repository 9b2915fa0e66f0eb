"""Making, changing and deleting audiences, with everything that may stand in the way; evaluating them on demand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from engine import clock, queue
from engine.definition.audience import audiences_in, check_rule, problems_of, rule_of, types_read
from engine.errors import JourneyOptError
from engine.models import Audience, Namespace, Sandbox
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
LONGEST_RULE = 10_000
MOST_COLUMNS = 50
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

    @classmethod
    def of(cls, audience: Audience) -> "Wanted":
        """What is wanted of an audience that is kept already. The rule of a composition is its parts'."""
        kept = {one.name: getattr(audience, one.name) for one in fields(cls)}
        return cls(**kept).whole()

    def whole(self) -> "Wanted":
        """Without what its kind has no use for."""
        if self.kind == Audience.Kind.UPLOAD:
            return replace(self, rule="", composition={}, evaluation=Audience.Evaluation.BATCH, every=None)
        is_composition = self.kind == Audience.Kind.COMPOSITION
        given = replace(self, namespace="", columns=())
        return replace(given, rule="") if is_composition else replace(given, composition={})

    def differs_from(self, other: "Wanted") -> list[str]:
        """The names of what is different, in their order."""
        return [one.name for one in fields(self) if _plain(getattr(self, one.name)) != _plain(getattr(other, one.name))]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


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


def problems_with(*, sandbox_id: int, wanted: Wanted, audience_id: int | None = None) -> list[Problem]:
    """Why this cannot be kept, for a form that is not sent yet."""
    audience = _found(sandbox_id, audience_id) if audience_id is not None else Audience(sandbox_id=sandbox_id)
    return _checked(sandbox_id, audience, wanted)[1]


def rule_wanted(wanted: Wanted) -> str:
    """The rule that such an audience has: of a composition, the one that its parts write. NotAnAudience without one."""
    if wanted.kind != Audience.Kind.COMPOSITION:
        return "" if wanted.kind == Audience.Kind.UPLOAD else wanted.rule
    try:
        return rule_of(wanted.composition)
    except ValueError as error:
        hint = "Choose how they are composed, and at least two."
        problem = Problem(code="ERR_AUDIENCE_COMPOSITION", message=str(error), hint=hint, field="composition")
        raise NotAnAudience(str(error), hint=hint, problems=[problem]) from error


def _checked(sandbox_id: int, audience: Audience, wanted: Wanted) -> tuple[str, list[Problem]]:
    """The rule, and every problem."""
    problems: list[Problem] = []

    def wrong(code: str, message: str, field: str, hint: str = "") -> None:
        problems.append(Problem(code=f"ERR_AUDIENCE_{code}", message=message, hint=hint, field=field))

    name = wanted.name
    if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        wrong("NAME", f"An audience needs a name of at most {LONGEST_NAME} characters, in one line.", "name")
    elif Audience.objects.filter(sandbox_id=sandbox_id, name=name).exclude(pk=audience.pk).exists():
        wrong("NAME_TAKEN", f"There is an audience “{name}” already. Choose another name.", "name")
    if len(wanted.description) > LONGEST_DESCRIPTION or "\0" in wanted.description:
        wrong("DESCRIPTION", f"A description has at most {LONGEST_DESCRIPTION} characters.", "description")
    if wanted.kind not in Audience.Kind.values:
        wrong("KIND", f"{wanted.kind!r} is no kind of audience.", "kind", f"One of {', '.join(Audience.Kind.values)}.")
    elif audience.pk and wanted.kind != audience.kind and Audience.Kind.UPLOAD in (wanted.kind, audience.kind):
        wrong("KIND", "A list and a rule do not become each other.", "kind", "Make a new audience.")
    if wanted.evaluation not in Audience.Evaluation.values:
        wrong("EVALUATION", f"{wanted.evaluation!r} is no way to evaluate.", "evaluation", "Batch or streaming.")
    if wanted.every is not None and not SHORTEST <= wanted.every <= LONGEST:
        wrong("EVERY", "An audience is evaluated every hour at most, and every 7 days at least.", "every")
    if wanted.kind == Audience.Kind.UPLOAD:
        _check_list(sandbox_id, wanted, wrong)
        return "", problems
    try:
        rule = rule_wanted(wanted)
    except NotAnAudience as error:
        return "", [*problems, *error.problems]
    if not rule.strip():
        wrong("RULE", "Say who is in it.", "rule")
    elif len(rule) > LONGEST_RULE or "\0" in rule:
        wrong("RULE", f"A rule has at most {LONGEST_RULE:,} characters.", "rule")
    else:
        world = world_of(sandbox_id)
        if audience.pk and audience.rule == rule:  # it means what it meant, whatever attributes are by now
            world = replace(world, profile_fields=audience.types)
        at = "composition" if wanted.kind == Audience.Kind.COMPOSITION else "rule"
        problems += [replace(problem, field=at) for problem in problems_of(name, rule, world)]
    return rule, problems


def _check_list(sandbox_id: int, wanted: Wanted, wrong: Callable[[str, str, str], None]) -> None:
    people = Namespace.objects.filter(sandbox=sandbox_id, code=wanted.namespace, is_people_based=True)
    if "\0" in wanted.namespace or not people.exists():
        wrong("NAMESPACE", "Choose what the people of the list are known by.", "namespace")
    columns = list(wanted.columns)
    if len(columns) > MOST_COLUMNS or len(set(columns)) < len(columns):
        wrong("COLUMNS", f"A list has at most {MOST_COLUMNS} columns, each with a name of its own.", "columns")
    if not all(column.strip() and column.isprintable() and len(column) <= LONGEST_NAME for column in columns):
        wrong("COLUMNS", f"A column has a name of at most {LONGEST_NAME} characters.", "columns")


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
