"""What names exist at the place where an expression stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.expressions.paths import split_path
from engine.expressions.types import INTEGER, OBJECT, STRING, UNKNOWN, Type, parse_type


class Branch:
    """One place in the tree of a schema's fields: its type, and what stands below it."""

    __slots__ = ("children", "closed", "declared")

    def __init__(self, closed: bool) -> None:
        self.children: dict[str, Branch] = {}
        self.closed = closed
        self.declared: Type | None = None

    @property
    def type(self) -> Type:
        """The declared type; a place that only has fields below it is an object."""
        if self.declared is not None:
            return self.declared
        return OBJECT if self.children else UNKNOWN


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of one payload: dotted path -> type, list indexes and path methods left out.

    `closed`: a path that is not declared is a mistake; otherwise it is of unknown type, looked at when it is read.
    `params`: the parameters a field group of an external data source asks for; None: not known.
    A segment that the language cannot read bare stands in double quotes: `properties."order.id"`.
    """

    fields: Mapping[str, Type | str] = field(default_factory=dict)
    closed: bool = False
    params: tuple[str, ...] | None = ()
    root: Branch = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        root = Branch(self.closed)
        root.declared = OBJECT
        for path, declared in self.fields.items():
            branch = root
            for segment in split_path(path):
                branch = branch.children.setdefault(segment, Branch(self.closed))
            branch.declared = parse_type(declared) if isinstance(declared, str) else declared
        object.__setattr__(self, "root", root)


JOURNEY_PROPERTIES: Mapping[str, Type] = MappingProxyType(
    dict.fromkeys(
        (
            *("journeyUID", "journeyVersionUID", "journeyVersionName", "journeyVersionDescription", "journeyVersion"),
            *("instanceUID", "externalKey", "organizationId", "sandboxName"),
            *("profileId", "namespace", "supplementalId"),
            *("currentNodeId", "currentNodeName", "previousNodeId", "previousNodeName"),
            *("lastNodeUIDInError", "lastNodeNameInError", "lastNodeTypeInError"),
            *("lastErrorCode", "lastExecutedActionErrorCode", "lastDataFetchErrorCode"),
        ),
        STRING,
    )
    | dict.fromkeys(("lastActionExecutionElapsedTime", "lastDataFetchElapsedTime"), INTEGER)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names an expression may use: what `@event`, `#`, `@action`, `@datasetLookup`, `@decision` and `${}` reach.

    The element a collection condition looks at is called `currentEventField` below `@event`, `currentDataPackField`
    below `#`, `currentActionField` below `@action` and `currentDatasetLookupField` below `@datasetLookup`.
    """

    events: Mapping[str, Schema] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Schema]] = field(default_factory=dict)
    actions: Mapping[str, Schema] = field(default_factory=dict)
    lookups: Mapping[str, Schema] = field(default_factory=dict)
    decisions: Mapping[str, Schema] = field(default_factory=dict)
    journey: Mapping[str, Type] = field(default_factory=lambda: JOURNEY_PROPERTIES)
