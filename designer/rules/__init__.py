"""Conditions as rows that a person can fill in, and as the expressions that the engine reads.

    total  is more than  100          @event{OrderPlaced.properties.total} > 100
    city   contains      par    ->    and contain(@event{OrderPlaced.properties.city}, "par")

`tree` says what rows are, `operators` what may be asked of a field of each type; `writing` makes the text of rows and
`reading` the rows of a text, or says why there are none. `flat` is the smaller form of the event pages: one list of
rows about one event. Not every expression fits into rows; those that do not are edited as text.
"""

from designer.rules.flat import (
    MOST_ROWS,
    OPERATORS,
    WITHOUT_VALUE,
    Kind,
    Row,
    Rows,
    kind_of,
    reference,
    rows_of,
    text_of,
    value_problem,
)
from designer.rules.meaning import are_same, renamed
from designer.rules.reading import Reason, read
from designer.rules.tree import Condition, Group
from designer.rules.writing import written

__all__ = [
    "MOST_ROWS",
    "OPERATORS",
    "WITHOUT_VALUE",
    "Condition",
    "Group",
    "Kind",
    "Reason",
    "Row",
    "Rows",
    "are_same",
    "kind_of",
    "read",
    "reference",
    "renamed",
    "rows_of",
    "text_of",
    "value_problem",
    "written",
]
