"""The events of everybody at once: one pass over a table and a join, instead of a look into it for each person.

A value over the events of one profile becomes a column `v` of a LEFT JOIN, beside the columns `k1`, `k2`, ... that the
events are grouped by.
"""

from collections.abc import Callable

from engine.expressions.to_sql.pieces import FILTER, Aliases, Order, Rows


def is_possible(rows: Rows) -> bool:
    """Whether the rows are those of a table for all people, and nothing in them looks at one."""
    return bool(rows.belongs) and rows.is_alone


def aggregate(rows: Rows, what: Callable[[Rows], str], unless_null: bool, aliases: Aliases) -> tuple[str, str]:
    """The alias of a join that has an aggregate for each person who has rows, and the join."""
    # Rows that are no elements still say that there is a list.
    are_kept = not (unless_null and rows.empty_is_null)
    inner, keys = _inner(rows, are_kept, aliases.new())
    filtered = "" if are_kept or not rows.keep else f" FILTER (WHERE {inner.value.removesuffix('.v')}.kept)"
    value = what(inner).replace(FILTER, filtered)
    return _join(rows, f"SELECT {_columns(keys)}, {value} AS v FROM {inner.source} GROUP BY {', '.join(keys)}", aliases)


def pick(rows: Rows, is_last: bool, aliases: Aliases) -> tuple[str, str]:
    """The same with the value of the first or the last row of each person."""
    inner, keys = _inner(rows, True, aliases.new())
    listed = ", ".join(keys)
    select = f"SELECT DISTINCT ON ({listed}) {_columns(keys)}, {inner.value} AS v FROM {inner.source}"
    return _join(rows, f"{select} ORDER BY {listed}, {inner.ordered(is_last)}", aliases)


def _inner(rows: Rows, are_kept: bool, alias: str) -> tuple[Rows, list[str]]:
    """The rows with nothing but what is asked for, and the columns they are grouped by.

    OFFSET 0 keeps PostgreSQL from dissolving it: what is sorted then is narrow, not whole payloads.
    """
    columns = [f"{column} AS k{number}" for number, (column, _) in enumerate(rows.belongs, 1)]
    columns += [f"{order.text} AS o{number}" for number, order in enumerate(rows.order, 1)]
    columns += [f"{rows.value} AS v", f"({' AND '.join(rows.keep) or 'true'}) AS kept"]
    where = (*rows.where, *(rows.keep if are_kept else ()))
    select = f"SELECT {', '.join(columns)} FROM {rows.source} WHERE {' AND '.join(where) or 'true'} OFFSET 0"
    order = tuple(Order(f"{alias}.o{number}", order.falling) for number, order in enumerate(rows.order, 1))
    found = Rows(f"({select}) AS {alias}", f"{alias}.v", order, only_objects=rows.only_objects)
    return found, [f"{alias}.k{number}" for number in range(1, len(rows.belongs) + 1)]


def _columns(keys: list[str]) -> str:
    return ", ".join(f"{key} AS k{number}" for number, key in enumerate(keys, 1))


def _join(rows: Rows, select: str, aliases: Aliases) -> tuple[str, str]:
    alias = aliases.new()
    pairs = (f"{alias}.k{number} = {of_profile}" for number, (_, of_profile) in enumerate(rows.belongs, 1))
    return alias, f"LEFT JOIN ({select}) AS {alias} ON {' AND '.join(pairs)}"
