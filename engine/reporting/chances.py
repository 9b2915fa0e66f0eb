"""How sure it is that one treatment is better than the others. Pure."""

from collections.abc import Sequence
from random import Random

DRAWS = 4_000  # a chance of 95 % is then known to 0.35 percentage points (its standard error)
LEAST_SHARE = 0.05  # so that a treatment that began badly can still show what it is worth


def chances_of_best(results: Sequence[tuple[int, int]]) -> list[float]:
    """The chance of each treatment to succeed most often, given (assigned, succeeded) of each; they add up to 1.

    The rates are taken to be Beta(1 + succeeded, 1 + failed), as after a uniform prior; the chance is how often each
    one's draw is the highest of all. The same results give the same chances.
    Source: Scott, "A modern Bayesian look at the multi-armed bandit", 2010, section 3.
    """
    random = Random(repr(results))
    best = [0] * len(results)
    rates = [(1 + succeeded, 1 + max(0, assigned - succeeded)) for assigned, succeeded in results]
    for _ in range(DRAWS):
        drawn = [random.betavariate(yes, no) for yes, no in rates]
        best[drawn.index(max(drawn))] += 1
    return [count / DRAWS for count in best]


def shares_by(chances: Sequence[float]) -> list[float]:
    """Shares that follow the chances; none falls below LEAST_SHARE."""
    spare = 1 - LEAST_SHARE * len(chances)
    return [LEAST_SHARE + chance * spare for chance in chances]
