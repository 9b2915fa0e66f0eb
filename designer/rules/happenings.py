"""What happened to people: an event as rows say it, and as the expression over the list of its occurrences.

   did Order at least 3 times in the last 30 days, where total is more than 100
-> count(#{Profile.events.Order.all(inLastDays(currentDataPackField.timestamp, 30)
                                    and currentDataPackField.properties.total > 100)}) >= 3
"""

from collections.abc import Callable
from dataclasses import replace

from designer.rules.operators import ELEMENT, MOMENT, NUMBER, SUMS, TIMES, UNITS
from designer.rules.tree import Condition, Group, Happening
from engine.expressions import tree
from engine.expressions.paths import joined, quoted, segment

# Of counts alone: the sum of nothing may be neither more nor less than something.
OPPOSITES = {"happened": "never", "times_least": "times_less", "times_more": "times_most"}
OPPOSITES |= {other: one for one, other in OPPOSITES.items()}
_COUNTED = {sign: operator for operator, sign in TIMES.items()}
_SUMMED = {sign: operator for operator, sign in SUMS.items()}
_WINDOWS = {f"inLast{unit}": unit.lower() for unit in UNITS}


def written(about: Happening, where: str) -> str:
    """The expression; `where`: the conditions about each occurrence, as they are written alone."""
    window = ""
    if about.window:
        amount, unit = (*about.window, "days")[:2]
        unit = unit.capitalize() if unit.capitalize() in UNITS else "Days"
        window = f"inLast{unit}({ELEMENT}.{MOMENT}, {_number(amount)})"
    occurrences = f"#{{Profile.events.{segment(about.event)}.all({' and '.join(filter(None, (window, where)))})"
    if about.operator in SUMS:
        return f"sum({occurrences}.{about.of}}}) {SUMS[about.operator]} {_number(about.amount)}"
    if about.operator in ("happened", "never"):
        return f"count({occurrences}}}) {'>' if about.operator == 'happened' else '=='} 0"
    return f"count({occurrences}}}) {TIMES.get(about.operator, '>=')} {_number(about.amount)}"


def read(
    node: tree.Node,
    constant: Callable[[tree.Node], str],
    conditions: Callable[[tree.Node], Condition | Group],
    joined_by_and: Callable[[tuple[tree.Node, ...]], Group],
) -> Group | None:
    """The event that a comparison speaks of; None where it speaks of something else.

    `constant`: a number as it is typed; `conditions`, `joined_by_and`: what is asked of each occurrence, as rows.
    """
    found = _measured(node)
    if found is None:
        return None
    comparison, about, predicate = found
    right = tree.bare(comparison.right)
    is_zero = isinstance(right, tree.Literal) and right.value == 0 and not isinstance(right.value, bool)
    if about.operator in ("times_more", "times_is") and is_zero:
        about = replace(about, operator="happened" if about.operator == "times_more" else "never")
    else:
        about = replace(about, amount=constant(right))
    if predicate is None:
        return Group(about=about)
    operands = predicate.operands if isinstance(predicate, tree.Logic) and predicate.operator == "and" else (predicate,)
    window = _window(operands[0], constant)
    if window:
        about, operands = replace(about, window=window), operands[1:]
    if not operands:
        return Group(about=about)
    if len(operands) > 1:
        return replace(joined_by_and(operands), about=about)
    one = conditions(operands[0])
    if isinstance(one, Group) and one.about is None:
        return replace(one, about=about)
    return Group(items=(one,), about=about)


def _measured(node: tree.Node) -> tuple[tree.Comparison, Happening, tree.Node | None] | None:
    """`count(#{Profile.events.X.all(...)}) >= 3` or `sum(#{Profile.events.X.all(...).a.b}) > 5`, taken apart."""
    if not isinstance(node, tree.Comparison):
        return None
    left = tree.bare(node.left)
    if not isinstance(left, tree.Call) or left.name not in ("count", "sum") or len(left.arguments) != 1:
        return None
    of = tree.bare(left.arguments[0])
    if not isinstance(of, tree.Reference) or of.source != "source" or of.default is not None or of.params:
        return None
    profile, events, event, all_, *path = (*of.segments, None, None, None, None)
    if not isinstance(event, tree.Name) or not isinstance(all_, tree.Method) or all_.name != "all":
        return None
    if [one.text for one in (profile, events) if isinstance(one, tree.Name)] != ["Profile", "events"]:
        return None
    names = [one.text for one in path if isinstance(one, tree.Name)]
    operator = (_COUNTED if left.name == "count" else _SUMMED).get(node.operator)
    is_whole = len(names) == len(of.segments) - 4 and bool(names) == (left.name == "sum") and len(all_.arguments) < 2
    if operator is None or not is_whole:
        return None
    predicate = tree.bare(all_.arguments[0]) if all_.arguments else None
    return node, Happening(event=event.text, operator=operator, of=joined(names)), predicate


def _window(node: tree.Node, constant: Callable[[tree.Node], str]) -> tuple[str, ...]:
    """(amount, unit) of `inLastDays(currentDataPackField.timestamp, 30)`; () when it is something else."""
    node = tree.bare(node)
    if not isinstance(node, tree.Call) or node.name not in _WINDOWS or len(node.arguments) != 2:
        return ()
    of = tree.bare(node.arguments[0])
    names = [one.text for one in of.segments if isinstance(one, tree.Name)] if isinstance(of, tree.Loop) else []
    return (constant(node.arguments[1]), _WINDOWS[node.name]) if names == [MOMENT] else ()


def _number(value: str) -> str:
    return value if NUMBER.match(value) else quoted(value)
