"""What streaming audiences cost the engine: the same journey without any, and with fifty that all have to be asked."""

from collections.abc import Iterator

from engine import clock, control
from engine.models import Audience, Sandbox
from journeyopt.capacity import invented
from tests.benchmarks import ground
from tests.benchmarks.results import Row
from tests.benchmarks.rows.engine import JOURNEY, run_engines, start_over

AUDIENCES = 50
TYPES = {"plan": "string"}


def measure(*, quick: bool) -> Iterator[Row]:
    count = 20_000 if quick else 200_000
    sandbox = ground.empty()
    invented.define(sandbox)
    invented.deploy(sandbox, JOURNEY)
    invented.people(sandbox, count)
    invented.events(sandbox, count)
    invented.settle()
    without = count / run_engines(1)
    start_over(count)
    fifty_audiences(sandbox)
    with_them = count / run_engines(1)
    members = invented.sql("SELECT count(*) FROM engine_membership WHERE is_member")[0][0]
    yield Row(
        what=f"4-node journey with {AUDIENCES} streaming audiences, all asked for every person; one worker",
        figure=f"{with_them:,.0f} instances/s, {with_them / without:.2f} of {without:,.0f} without; "
        f"{members / count:.1f} memberships a person",
        budget=">= 0.60 of the engine without",
        size=f"{count:,} people",
    )


def fifty_audiences(sandbox: Sandbox) -> None:
    """40 over an attribute that the journey changes, 8 over events in a period, 2 over other audiences."""
    rules = [f'#{{Profile.attributes.plan}} == "plan {number}"' for number in range(37)]
    rules += [f'#{{Profile.attributes.plan}} == "{plan}"' for plan in ("small", "EUR", "USD")]
    rules += [
        f"count(#{{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, {days}))}}) >= {least}"
        for days in (1, 7, 30, 90)
        for least in (1, 3)
    ]
    rules += ['inAudience("A37") or inAudience("A38")', 'inAudience("A40") and not inAudience("A41")']
    now = clock.now()
    for number, rule in enumerate(rules):
        Audience.objects.create(
            sandbox=sandbox, name=f"A{number}", kind="rule", evaluation="streaming", rule=rule, types=TYPES,
            created_at=now, updated_at=now,
        )  # fmt: skip
    assert len(rules) == AUDIENCES
    control.changed()
