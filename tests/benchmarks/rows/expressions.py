"""Expressions: evaluated, compiled, read as cases; and the worst ones we know."""

import json
import subprocess
import sys
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import repeat

from engine.expressions import BOOLEAN, EvaluationError, Facts, Schema, Scope, compile
from tests.benchmarks.ground import ROOT
from tests.benchmarks.results import Row
from tests.engine.expressions import hostile

SCOPE = Scope(
    events={"Order": Schema({"total": "decimal", "count": "integer", "city": "string"}, closed=True)},
    sources={"Profile": {"attributes": Schema({"city": "string", "age": "integer"})}},
)
FIVE = (
    '@event{Order.total} >= 100.0 and @event{Order.count} > 2 and #{Profile.attributes.city} == "Bern"'
    ' and @event{Order.city} != "Paris" and #{Profile.attributes.age} < 65'
)


def measure(*, quick: bool) -> Iterator[Row]:
    order = {"total": 150.5, "count": 3, "city": "Bern"}
    profile = {"attributes": {"city": "Bern", "age": 30}}
    facts = Facts({"Order": order}, {"Profile": profile}, {}, {}, {}, {}, {}, datetime.now(UTC))
    evaluate = compile(FIVE, SCOPE, BOOLEAN)
    assert evaluate(facts) is True
    count = 200_000 if quick else 2_000_000
    seconds = _timed(lambda: deque(map(evaluate, repeat(facts, count)), 0))
    yield Row(
        what="a condition of five comparisons over event and profile, all five evaluated",
        figure=f"{count / seconds:,.0f}/s",
        budget=">= 1,000,000/s",
        size=f"{count:,}",
    )
    count = 100 if quick else 1_000
    seconds = _timed(lambda: [compile(f"{FIVE} and {one} > 0", SCOPE, BOOLEAN) for one in range(count)])
    yield Row(
        what="compiling it, each with another constant",
        figure=f"{seconds / count * 1e3:.2f} ms",
        budget="<= 5 ms",
        size=f"{count:,}",
    )
    yield _cases(2_000 if quick else 20_000)
    yield _worst()


_SHAPES = (
    "count(@event{Order.items.all(currentEventField.price > N.5)}) > N",
    '@event{Order.items.first().name} == "thing N" and now() > date("2024-01-01T00:00:00Z")',
    'if (sum(@event{Order.items.price}) >= N.0) then (true) else (contain("N", @event{Order.items.last().name}))',
    'in("N", split("a,b,c", ",")) or length(concat("a", "N")) == N',
    "not (1 + 2 * 3 < N or @event{Order.items.at(1).price, defaultValue : 1.0} is null)",
)


def _cases(count: int) -> Row:
    items = [{"price": price + 0.0, "name": "thing"} for price in range(5)]
    context = {"events": {"Order": {"items": items}}}
    given = "\n".join(
        json.dumps({"id": str(one), "expr": _SHAPES[one % len(_SHAPES)].replace("N", str(one)), "context": context})
        for one in range(count)
    )
    command = [sys.executable, "manage.py", "evaluate", "--jsonl"]
    done: list[subprocess.CompletedProcess[str]] = []
    seconds = _timed(
        lambda: done.append(subprocess.run(command, input=given, capture_output=True, text=True, cwd=ROOT, check=True))
    )
    assert done[0].stdout.count('"type":"boolean"') == count
    return Row(
        what="manage.py evaluate --jsonl, each case another expression, start of the process included",
        figure=f"{count / seconds:,.0f} cases/s",
        budget=">= 2,000/s",
        size=f"{count:,}",
    )


def _worst() -> Row:
    """The longest evaluation, and the one that takes the most memory, each the better of two runs."""
    scope, facts = hostile.known()
    longest, largest = (0.0, ""), (0, "")
    for name, text in hostile.EXPRESSIONS.items():
        evaluate = partial(_try, compile(text, scope), facts)
        longest = max(longest, (min(_timed(evaluate) for _ in range(2)), name))
        tracemalloc.start()
        evaluate()
        largest = max(largest, (tracemalloc.get_traced_memory()[1], name))
        tracemalloc.stop()
    return Row(
        what=f"the worst of {len(hostile.EXPRESSIONS)} hostile expressions over an event of 3 MB",
        figure=f"{longest[0] * 1e3:.0f} ms ({longest[1]}), {largest[0] / 1e6:.1f} MB ({largest[1]})",
        budget="<= 50 ms, <= 10 MB",
        size="20,000 elements, texts of 500,000 characters",
    )


def _try(evaluate: Callable[[Facts], object], facts: Facts) -> None:
    try:
        evaluate(facts)
    except EvaluationError:
        return


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
