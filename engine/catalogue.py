"""What is published and defined, compiled once and looked at again when it changes."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import psycopg

from engine import expressions
from engine.capping import Period, RuleSet
from engine.definition.audience import audiences_in, check_rule, in_order, reads_of, required_of
from engine.definition.compile import Plan, compile_plan
from engine.definition.counting import counts_of
from engine.definition.graph import Graph
from engine.definition.matching import Matcher, taken_apart
from engine.definition.properties import Properties
from engine.definition.scope import PROFILE_ALONE, wanted
from engine.definition.streaming import Audiences, Streamed
from engine.definition.world import EventShape, World, world_in
from engine.instance import Pause, Regime
from engine.logs import about
from engine.store import audiences as audience_rows
from engine.store import catalogue as rows
from engine.store.audiences import AudienceRow
from engine.store.catalogue import EventDefinitionRow, ExperimentRow, RuleSetRow

log = logging.getLogger(__name__)


class Catalogue:
    """Plans and matchers by sandbox. `refresh` costs one query of one row when nothing changed."""

    def __init__(self) -> None:
        self._revision = -1
        self._plans: dict[int, Plan] = {}
        self.status: dict[int, str] = {}
        self.matchers: Mapping[int, list[Matcher]] = {}
        self.regimes: Mapping[int, Regime] = {}  # of versions for which something else holds than usually
        self.rule_sets: Mapping[int, RuleSet] = {}  # version -> the rule set it carries
        # (sandbox, signal) -> the plans it starts: of versions that are live, or paused, and then refuse whoever comes;
        # the highest priority first
        self.starting: Mapping[tuple[int, str], list[Plan]] = {}
        # (sandbox, event) -> (version, experiment) for which it counts as a success
        self.successes: Mapping[tuple[int, str], list[tuple[int, str]]] = {}
        self.open: Mapping[int, Plan] = {}  # journey -> the plan that people enter
        self.audiences: Mapping[int, Audiences] = {}  # sandbox -> its audiences, where there are any
        self.asked_for: frozenset[int] = frozenset()  # audiences that somebody's answer depends on

    def refresh(self, connection: psycopg.Connection[Any]) -> bool:
        """Look at the revision; when it moved, read what is published and defined again. Whether it did."""
        revision = rows.revision(connection)
        if revision == self._revision:
            return False
        defined = [row for row in rows.event_definitions(connection) if row.type != "business"]  # those have no person
        matchers: dict[int, list[Matcher]] = defaultdict(list)
        for row in defined:
            matcher = matcher_of(row)
            if matcher is not None:
                matchers[row.sandbox_id].append(matcher)
        self.matchers = matchers
        standings = rows.standings(connection)
        self.status = {version: status for version, status, _, _ in standings}
        open_ = [version for version, status in self.status.items() if status in ("live", "paused", "resuming")]
        starting: dict[tuple[int, str], list[Plan]] = defaultdict(list)
        self.open = {plan.journey_id: plan for plan in self._load(connection, open_).values()}
        for plan in self.open.values():
            for signal in plan.starts_on:
                starting[plan.sandbox_id, signal].append(plan)
        for plans in starting.values():
            plans.sort(key=_rank)
        self.starting = starting
        known = {(row.sandbox_id, row.name): rule_set_of(row) for row in rows.rule_sets(connection)}
        self.rule_sets = {
            version: known[sandbox, name]
            for version, sandbox, name in rows.carriers(connection)
            if (sandbox, name) in known
        }
        is_full = rows.holds_no_more(connection)
        experiments = rows.experiments(connection)
        self.regimes = {
            version: regime_of("discard" if mode == "hold" and is_full else mode, exit_, experiments.get(version, ()))
            for version, _, mode, exit_ in standings
            if mode or exit_ or version in experiments
        }
        walked = [version for version, status in self.status.items() if status != "stopped"]
        successes: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        for plan in self._load(connection, walked).values():
            for event, nodes in plan.successes.items():
                successes[plan.sandbox_id, event] += [(plan.version_id, node) for node in nodes]
        self.successes = successes
        self.audiences = audiences_of(audience_rows.audiences(connection), defined)
        self.asked_for = self._asked_for(exits=[exit_ for _, _, _, exit_ in standings])
        self._revision = revision
        return True

    def _asked_for(self, exits: Iterable[Mapping[str, str]]) -> frozenset[int]:
        """The audiences whose members plans, streaming audiences and exits by an attribute ask for."""
        names = {name for plan in self._plans.values() for name in plan.audiences}
        names |= {name for exit_ in exits if exit_ for name in audiences_in(exit_["condition"])}
        return frozenset(
            id
            for found in self.audiences.values()
            for id in (
                *(id for id, name in found.names.items() if name in names),
                *(one.id for one in found.streamed),
                *(id for one in found.streamed for id, name in found.names.items() if name in one.reads.audiences),
            )
        )

    def stopped(self) -> list[int]:
        """Versions that were stopped and are not known to be empty yet."""
        return [version for version, status in self.status.items() if status == "stopped"]

    def going_on(self) -> list[int]:
        """Versions in which nobody is to be held. While one is resuming, its people are released a part at a time."""
        return [version for version, status in self.status.items() if status in ("live", "closed")]

    @property
    def has_experiments(self) -> bool:
        """Whether anybody may be in an experiment that keeps what was drawn."""
        return bool(self.successes)

    @property
    def has_jumps(self) -> bool:
        """Whether any plan known so far leads into another journey."""
        return any(plan.jumps for plan in self._plans.values())

    def reached_from(self, plan: Plan) -> list[Plan]:
        """The plans into which its jumps lead, and the jumps of those, and so on."""
        found: dict[int, Plan] = {}
        ways = list(plan.jumps)
        while ways:
            target = self.open.get(ways.pop())
            if target is not None and target.version_id not in found:
                found[target.version_id] = target
                ways += target.jumps
        return list(found.values())

    def plans(self, connection: psycopg.Connection[Any], version_ids: set[int]) -> Mapping[int, Plan]:
        """The plans of these versions, compiled on first use and then kept."""
        if version_ids <= self._plans.keys():
            return self._plans
        self._load(connection, list(version_ids))
        return self._plans

    def plans_known(self) -> Mapping[int, Plan]:
        """The plans compiled so far."""
        return self._plans

    def _load(self, connection: psycopg.Connection[Any], version_ids: list[int]) -> dict[int, Plan]:
        missing = [version for version in version_ids if version not in self._plans]
        for row in rows.definitions(connection, missing) if missing else []:
            try:
                self._plans[row.version_id] = compile_plan(
                    Graph.model_validate(row.graph),
                    world_in(row.world),
                    version_id=row.version_id,
                    sandbox_id=row.sandbox_id,
                    sandbox_name=row.sandbox_name,
                    journey_id=row.journey_id,
                    name=row.journey_name,
                    number=row.number,
                    properties=Properties.model_validate(row.properties),
                )
            except Exception:
                # One broken definition must not hold up every other journey; its people wait, nothing is lost.
                log.exception(
                    "version %s of %s cannot be compiled", row.version_id, row.journey_name,
                    extra=about(sandbox=row.sandbox_id, journey=row.journey_id, version=row.version_id),
                )  # fmt: skip
        return {version: self._plans[version] for version in version_ids if version in self._plans}


def audiences_of(kept: Iterable[AudienceRow], defined: Iterable[EventDefinitionRow]) -> dict[int, Audiences]:
    """The audiences of every sandbox that has any. A rule with a mistake is left out, with a line in the log."""
    events: dict[int, dict[str, EventShape]] = defaultdict(dict)
    for definition in defined:
        events[definition.sandbox_id][definition.name] = _shape_of(definition)
    by_sandbox: dict[int, list[AudienceRow]] = defaultdict(list)
    for row in kept:
        by_sandbox[row.sandbox_id].append(row)
    found: dict[int, Audiences] = {}
    for sandbox, rows_there in by_sandbox.items():
        streamed: dict[str, Streamed] = {}
        for row in rows_there:
            if row.evaluation == "streaming":
                checked = check_rule(row.rule, World(events=events[sandbox], profile_fields=row.types))
                if checked.problems:
                    log.warning("audience %s of sandbox %s is not evaluated: %s", row.name, sandbox, checked.problems)
                    continue
                is_met = expressions.compiled.compile_checked(checked, expressions.BOOLEAN)
                streamed[row.name] = Streamed(
                    id=row.id,
                    name=row.name,
                    is_met=is_met,
                    reads=reads_of(checked),
                    required=required_of(checked),
                    counts=counts_of(checked),
                )
        levels = in_order({name: one.reads.audiences for name, one in streamed.items()})
        found[sandbox] = Audiences(
            {row.id: row.name for row in rows_there}, [streamed[name] for level in levels for name in level]
        )
    return found


def _shape_of(row: EventDefinitionRow) -> EventShape:
    return EventShape(name=row.name, json_schema=row.schema if isinstance(row.schema, dict) else {})


def _rank(plan: Plan) -> tuple[int, int]:
    """Where a plan stands among those that one event starts: by priority, then the newest version first."""
    priority = plan.properties.priority
    return 1 if priority is None else -priority, -plan.version_id


def rule_set_of(row: RuleSetRow) -> RuleSet:
    caps: dict[Period, int | None] = {
        "day": row.entries_per_day, "week": row.entries_per_week, "month": row.entries_per_month,
    }  # fmt: skip
    entries = {period: most for period, most in caps.items() if most is not None}
    return RuleSet(id=row.id, name=row.name, entries=entries, at_once=row.journeys_at_once)


def regime_of(pause: Pause, attribute_exit: Mapping[str, str], experiments: Iterable[ExperimentRow] = ()) -> Regime:
    """What holds for a version that is paused, whose people leave by an attribute, or whose experiments went on."""
    usual = Regime(
        pause=pause,
        shares={one.node: one.shares for one in experiments if one.shares},
        winners={one.node: one.winner for one in experiments if one.winner},
    )
    if not attribute_exit:
        return usual
    try:
        condition = expressions.compile(attribute_exit["condition"], PROFILE_ALONE, wanted("boolean"))
    except expressions.ExpressionError:
        log.exception("the exit by attribute %r cannot be compiled", attribute_exit.get("label"))
        return usual
    return replace(usual, exit_when=condition, exit_label=attribute_exit["label"])


def matcher_of(row: EventDefinitionRow) -> Matcher | None:
    """The definition, compiled; None (and a line in the log) when its rule or key has a mistake."""
    shape = _shape_of(row)
    scope = expressions.Scope(events={row.name: shape.schema})
    try:
        return Matcher(
            name=row.name,
            namespace=row.namespace,
            is_mine=expressions.compile(row.rule or "false", scope, wanted("boolean")),
            key=expressions.compile(row.key_expression, scope, None) if row.key_expression else None,
            fields=taken_apart(row.fields),
            event_id=row.event_id if row.id_type == "system_generated" else "",
            supplement=(
                expressions.compile(row.supplemental_expression, scope, None) if row.supplemental_expression else None
            ),
            supplemental_namespace=row.supplemental_namespace,
        )
    except expressions.ExpressionError as error:
        log.warning("event definition %s of sandbox %s is not used: %s", row.name, row.sandbox_id, error)
        return None
