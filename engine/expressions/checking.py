"""Tree -> types and problems. Every mistake of an expression is found at once, by class and place."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.expressions import regular, temporal, tree
from engine.expressions.functions import FUNCTIONS
from engine.expressions.functions.dates import UNITS
from engine.expressions.parsing import parse
from engine.expressions.problems import ExpressionProblem, did_you_mean, in_order, problem_at
from engine.expressions.schema import Branch, Schema, Scope
from engine.expressions.signatures import CONSTANT_KINDS, Function, Parameter
from engine.expressions.tree import Node, bare
from engine.expressions.types import (
    BOOLEAN,
    DATE_ONLY,
    DATE_TIME,
    DATE_TIME_ONLY,
    DECIMAL,
    DURATION,
    INTEGER,
    LIST_OF_NULLS,
    LIST_OF_STRINGS,
    NULL,
    OBJECT,
    STRING,
    UNKNOWN,
    Type,
    fits,
    list_of,
)
from engine.expressions.values import Attribute

METHODS = {  # name -> how many arguments it takes, at least and at most
    "all": (0, 1),
    "first": (0, 1),
    "last": (0, 1),
    "at": (1, 1),
    "entry": (1, 1),
    "firstEntryKey": (0, 0),
    "keys": (0, 0),
}
LOOP_VARIABLES: dict[tree.Source, str] = {
    "event": "currentEventField",
    "source": "currentDataPackField",
    "action": "currentActionField",
    "lookup": "currentDatasetLookupField",
}
_SOURCE_OF = {variable: source for source, variable in LOOP_VARIABLES.items()}
_WORDS = {
    "event": "event",
    "source": "data source",
    "action": "action",
    "lookup": "dataset lookup",
    "decision": "content decision",
}
ACTION_STATUS = "jo_status_code"  # every action's response has it


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known about an expression: its tree (None when its form is wrong), its type, all of its problems."""

    text: str
    tree: Node | None
    type: Type
    problems: tuple[ExpressionProblem, ...]
    notes: "Notes"


@dataclass(slots=True)
class Notes:
    """What the compiler needs to know about nodes: their types, the types along a path, attributes of objects."""

    types: dict[Node, Type] = field(default_factory=dict)
    places: dict[Node, tuple[Type, ...]] = field(default_factory=dict)
    attributes: dict[Node, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a path: the type of what stands there, and the fields known below it."""

    type: Type
    branch: Branch | None = None


def check(text: str, scope: Scope, expect: Type | None = None) -> Checked:
    """Everything that is wrong with the text at a place with these names, which asks for a value of type `expect`."""
    root, problems = parse(text)
    if root is None:
        return Checked(text, None, UNKNOWN, in_order(problems), Notes())
    checker = _Checker(text, scope)
    found = checker.visit(root)
    if expect is not None and not fits(found, expect) and not (expect == DECIMAL and found == INTEGER):
        checker.complain("type", root, f"Here a value of type {expect} is needed; this expression is of type {found}.")
    return Checked(text, root, found, in_order(checker.problems), checker.notes)


class _Checker:
    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.problems: list[ExpressionProblem] = []
        self.notes = Notes()
        self.places: dict[Node, Place] = {}  # where a reference ends, for functions that look into objects
        self.loops: list[tuple[str, Place]] = []

    def complain(self, code: str, node: Node, message: str, hint: str = "") -> Type:
        self.problems.append(problem_at(self.text, code, node.start, node.end, message, hint))
        return UNKNOWN

    def visit(self, node: Node) -> Type:
        found = self._type_of(node)
        self.notes.types[node] = found
        return found

    def _type_of(self, node: Node) -> Type:
        match node:
            case tree.Literal():
                return node.type
            case tree.Group():
                found = self.visit(node.inner)
                if node.inner in self.places:
                    self.places[node] = self.places[node.inner]
                return found
            case tree.ListLiteral():
                return self._list(node)
            case tree.Reference():
                return self._reference(node)
            case tree.Loop():
                return self._loop(node)
            case tree.Property():
                return self._property(node)
            case tree.Call():
                return self._call(node)
            case tree.Conditional():
                return self._conditional(node)
            case tree.Logic():
                for operand in node.operands:
                    self._boolean(operand, f"`{node.operator}` joins booleans")
                return BOOLEAN
            case tree.Not():
                self._boolean(node.operand, "`not` negates a boolean")
                return BOOLEAN
            case tree.Comparison():
                return self._comparison(node)
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.IsNull() | tree.IsKind():
                self.visit(node.operand)
                return BOOLEAN
            case tree.HasNull():
                found = self.visit(node.operand)
                if not found.is_list and found not in (UNKNOWN, NULL):
                    self.complain("type", node.operand, f"`has null` looks into a list; this is of type {found}.")
                return BOOLEAN
            case _:
                raise AssertionError(node)

    def _boolean(self, node: Node, rule: str) -> None:
        found = self.visit(node)
        if not fits(found, BOOLEAN):
            self.complain("type", node, f"{rule}; this is of type {found}.", "Compare the value with something.")

    # --- Lists, conditionals, operators ---------------------------------------------------------------------------

    def _list(self, node: tree.ListLiteral) -> Type:
        element = NULL
        for item in node.items:
            found = self.visit(item)
            if found == UNKNOWN:
                element = UNKNOWN if element == NULL else element
            elif not found.is_scalar and found != NULL:
                self.complain("type", item, f"A list holds single values; this is of type {found}.")
            elif element in (NULL, UNKNOWN):
                element = found if found != NULL else element
            elif found not in (NULL, element):
                message = f"The elements of a list are of one type: this one is of type {found}, the others {element}."
                are_numbers = found.is_numeric and element.is_numeric
                self.complain("type", item, message, "Write all of them with a fraction: 1.0." if are_numbers else "")
        return LIST_OF_NULLS if element == NULL else list_of(element)

    def _conditional(self, node: tree.Conditional) -> Type:
        self._boolean(node.condition, "The condition of `if` is a boolean")
        then, otherwise = self.visit(node.then), self.visit(node.otherwise)
        joined = _join(then, otherwise)
        if joined is None:
            message = f"Both branches of `if` are of one type; these are {then} and {otherwise}."
            return self.complain("type", node, message, "Convert one of them, for example with toString.")
        for branch in (node.then, node.otherwise):
            if branch in self.places:
                self.places[node] = self.places[branch]
        return joined

    def _comparison(self, node: tree.Comparison) -> Type:
        left, right = self.visit(node.left), self.visit(node.right)
        if node.operator in ("==", "!="):
            return BOOLEAN
        for operand, found in ((node.left, left), (node.right, right)):
            if found not in (INTEGER, DECIMAL, DATE_TIME, DATE_TIME_ONLY, UNKNOWN, NULL):
                message = f"`{node.operator}` compares numbers, dateTimes or dateTimeOnlys; this is of type {found}."
                self.complain("type", operand, message, _UNORDERED.get(found, ""))
                return BOOLEAN
        known = left not in (UNKNOWN, NULL) and right not in (UNKNOWN, NULL)
        if known and left != right and not (left.is_numeric and right.is_numeric):
            self.complain("type", node, f"`{node.operator}` does not compare {left} with {right}.")
        return BOOLEAN

    def _arithmetic(self, node: tree.Arithmetic) -> Type:
        left, right = self.visit(node.left), self.visit(node.right)
        found = _arithmetic_type(node.operator, left, right)
        if found is None:
            hint = ""
            if node.operator == "+" and left == DURATION:
                hint = "The duration stands on the right: dateTime + duration."
            elif node.operator == "-" and DURATION in (left, right):
                hint = "Add a negative duration."
            elif node.operator == "*":
                hint = "Both sides are integers, or both are decimals: convert one with toDecimal or toInteger."
            return self.complain("type", node, f"`{node.operator}` does not take {left} and {right}.", hint)
        return found

    # --- Functions ------------------------------------------------------------------------------------------------

    def _call(self, node: tree.Call) -> Type:
        arguments = [self.visit(argument) for argument in node.arguments]
        function = FUNCTIONS.get(node.name)
        if node.name == "date":
            hint = "Use toDateOnly, toDateTimeOnly or toDateTime to convert a value."
            return self.complain("type", node, "`date` takes one text in quotes, nothing else.", hint)
        if function is None:
            name = Node(node.start, node.start + len(node.name))
            hint = _WITHOUT.get(node.name) or did_you_mean(node.name, list(FUNCTIONS))
            return self.complain("unknown_function", name, f"There is no function `{node.name}`.", hint)
        fitting = function.fitting(arguments)
        if not fitting:
            given = f"({', '.join(map(str, arguments))})"
            hint = f"It is {' or '.join(f'{node.name}{signature}' for signature in function.signatures[:6])}."
            return self.complain("type", node, f"`{node.name}` does not take {given}.", hint)
        signature = fitting[0][0]
        for argument, parameter in zip(node.arguments, signature.parameters, strict=True):
            self._special(node, function, argument, parameter)
        if node.arguments and node.arguments[0] in self.places and fitting[0][1] == list_of(OBJECT):
            self.places[node] = self.places[node.arguments[0]]  # the same objects, fewer or in another order
        return function.result_for(arguments) or UNKNOWN

    def _special(self, call: tree.Call, function: Function, argument: Node, parameter: Parameter) -> None:
        """What a parameter asks beyond its type."""
        constant = bare(argument)
        text = constant.value if isinstance(constant, tree.Literal) and isinstance(constant.value, str) else None
        if parameter.kind in CONSTANT_KINDS and text is None:
            message = f"`{function.name}` wants a text in quotes here, not a computed value."
            self.complain("type", argument, message, "Write the text itself: it is the same for everyone.")
        elif parameter.kind == "zone" and text is not None and temporal.find_zone(text) is None:
            self.complain("type", argument, f"There is no time zone `{text[:80]}`.", _zone_hint(text))
        elif parameter.kind == "unit" and text is not None and text not in UNITS:
            hint = did_you_mean(text, UNITS) or f"Known: {', '.join(UNITS)}."
            self.complain("type", argument, f"`{text[:80]}` is not a unit of time.", hint)
        elif parameter.kind == "regex" and text is not None:
            reason = regular.find_fault(text)
            if reason:
                self.complain("type", argument, f"The regular expression is not valid: {reason}.")
        elif parameter.kind == "attribute" and text is not None:
            place = self.places.get(call.arguments[0])
            objects = place.branch if place else None
            branch = _field_of(objects, text) if objects else None
            if objects and objects.closed and branch is None:
                hint = did_you_mean(text, list(objects.children)) or f"Known: {', '.join([*objects.children][:8])}."
                self.complain("unknown_field", argument, f"The objects have no field `{text[:80]}`.", hint)
            self.notes.attributes[argument] = Attribute(text, branch.type if branch else UNKNOWN)

    # --- References -----------------------------------------------------------------------------------------------

    def _property(self, node: tree.Property) -> Type:
        found = self.scope.journey.get(node.name)
        if found is None:
            hint = did_you_mean(node.name, list(self.scope.journey))
            return self.complain("unknown_field", node, f"There is no journey property `{node.name}`.", hint)
        return found

    def _reference(self, node: tree.Reference) -> Type:
        schema, depth = self._root(node)
        self._params(node, schema)
        if schema is None:
            for segment in node.segments:
                for argument in segment.arguments if isinstance(segment, tree.Method) else ():
                    self._orphan(argument, node)
            if node.default is not None:
                self.visit(node.default)
            return UNKNOWN
        roots = (OBJECT,) * depth
        found = self._path(
            node, node.segments[depth:], Place(OBJECT, schema.root), roots, LOOP_VARIABLES.get(node.source)
        )
        if node.default is not None:
            default = self.visit(node.default)
            if not fits(default, found):
                message = f"The default value is of type {default}, the field of type {found}."
                hint = "Write it with a fraction, such as 0.0." if (default, found) == (INTEGER, DECIMAL) else ""
                self.complain("type", node.default, message, hint)
        return found

    def _orphan(self, argument: Node, node: tree.Reference) -> None:
        """Check a condition whose list is not known: only what does not depend on the list."""
        variable = LOOP_VARIABLES.get(node.source)
        if variable:
            self.loops.append((variable, Place(UNKNOWN)))
        self.visit(argument)
        if variable:
            self.loops.pop()

    def _root(self, node: tree.Reference) -> tuple[Schema | None, int]:
        """The schema of the payload that the first segments name, and how many segments that takes."""
        name = node.segments[0]
        assert isinstance(name, tree.Name)
        what = _WORDS[node.source]
        if node.source == "source":
            groups = self.scope.sources.get(name.text)
            if groups is None:
                self._unknown_root(name, what, list(self.scope.sources))
                return None, 0
            group = node.segments[1] if len(node.segments) > 1 else None
            if not isinstance(group, tree.Name):
                hint = f"Write #{{{name.text}.fieldGroup.field}}."
                self.complain("unknown_field", node, f"The field group of data source `{name.text}` is missing.", hint)
                return None, 0
            schema = groups.get(group.text)
            if schema is None:
                hint = did_you_mean(group.text, list(groups)) or f"Known here: {', '.join(sorted(groups)[:8])}."
                message = f"The data source `{name.text[:80]}` has no field group `{group.text[:80]}`."
                self.complain("unknown_field", group, message, hint)
            return schema, 2
        payloads = {
            "event": self.scope.events,
            "action": self.scope.actions,
            "lookup": self.scope.lookups,
            "decision": self.scope.decisions,
        }[node.source]
        schema = payloads.get(name.text)
        if schema is None:
            self._unknown_root(name, what, list(payloads))
        elif node.source == "action" and ACTION_STATUS not in schema.root.children:
            schema = Schema({**schema.fields, ACTION_STATUS: STRING}, closed=schema.closed)
        return schema, 1

    def _unknown_root(self, name: tree.Name, what: str, known: Sequence[str]) -> None:
        hint = did_you_mean(name.text, known) or (f"Known here: {', '.join(sorted(known)[:8])}." if known else "")
        message = f"There is no {what} `{name.text[:80]}` at this place of the journey."
        self.complain("unknown_field", name, message, hint)

    def _params(self, node: tree.Reference, schema: Schema | None) -> None:
        given = node.params or ()
        for param in given:
            self.visit(param.value)
        if schema is None:
            return
        names = [param.name for param in given]
        if node.source != "source" and given:
            self.complain("type", node, "Only field groups of data sources take parameters.")
        elif len(set(names)) < len(names):
            self.complain("type", node, "A parameter is given twice.")
        elif schema.params is not None:
            missing = [name for name in schema.params if name not in names]
            surplus = [param for param in given if param.name not in schema.params]
            if missing:
                self.complain("type", node, f"The parameter `{missing[0]}` is missing.", "Add it in `params: {...}`.")
            for param in surplus:
                hint = did_you_mean(param.name, schema.params)
                self.complain("type", param, f"The field group has no parameter `{param.name[:80]}`.", hint)

    def _loop(self, node: tree.Loop) -> Type:
        for variable, place in reversed(self.loops):
            if variable == node.variable:
                return self._path(node, node.segments, place, (), variable)
        for segment in node.segments:
            for argument in segment.arguments if isinstance(segment, tree.Method) else ():
                self.visit(argument)
        message = f"`{node.variable}` only means something inside a condition such as all(...)"
        source = _SOURCE_OF[node.variable]
        article = "an" if source in ("event", "action") else "a"
        return self.complain("unknown_field", node, f"{message} of {article} {_WORDS[source]}.")

    def _path(
        self,
        node: tree.Reference | tree.Loop,
        segments: Sequence[tree.Name | tree.Method],
        place: Place,
        roots: tuple[Type, ...],
        variable: str | None,
    ) -> Type:
        """The type at the end of the path; the types along it are noted for the compiler."""
        types = [*roots]
        for segment in segments:
            place = (
                self._name(place, segment) if isinstance(segment, tree.Name) else self._method(place, segment, variable)
            )
            types.append(place.type)
        self.notes.places[node] = tuple(types)
        self.places[node] = place
        return place.type

    def _name(self, place: Place, segment: tree.Name) -> Place:
        """The place that a name leads to; through a list it leads to the list of all of them."""
        is_list = place.type.is_list
        holder = place.type.element if is_list and place.type.element else place.type
        if holder.name not in ("object", "map", "unknown"):
            message = f"`{segment.text[:80]}` is not a field: what stands before it is of type {place.type}."
            self.complain("unknown_field", segment, message)
            return Place(UNKNOWN)
        child = place.branch.children.get(segment.text) if place.branch else None
        if child is None:
            if holder.name == "map" and holder.element:
                found, branch = holder.element, place.branch
            else:
                if place.branch is not None and place.branch.closed:
                    known = list(place.branch.children)
                    hint = did_you_mean(segment.text, known) or (f"Known: {', '.join(known[:8])}." if known else "")
                    self.complain("unknown_field", segment, f"There is no field `{segment.text[:80]}` here.", hint)
                found, branch = UNKNOWN, None
        else:
            found, branch = child.type, child
        if is_list:
            found = found if found.is_list else list_of(found)
        elif place.type == UNKNOWN and branch is None:
            found = UNKNOWN
        return Place(found, branch)

    def _method(self, place: Place, segment: tree.Method, variable: str | None) -> Place:
        """The place that a method leads to."""
        bounds = METHODS.get(segment.name)
        if bounds is None:
            name = Node(segment.start, segment.start + len(segment.name))
            hint = did_you_mean(segment.name, list(METHODS)) or f"Known: {', '.join(METHODS)}."
            self.complain("unknown_function", name, f"There is no path method `{segment.name}`.", hint)
            for argument in segment.arguments:
                self._in_loop(variable, Place(UNKNOWN), argument)
            return Place(UNKNOWN)
        least, most = bounds
        on_map = segment.name in ("entry", "firstEntryKey", "keys")
        wanted = ("object", "map") if on_map else ("list",)
        if place.type.name not in (*wanted, "unknown"):
            message = f"`{segment.name}` works on a {wanted[-1]}; what stands before it is of type {place.type}."
            self.complain("type", segment, message)
            place = Place(UNKNOWN)
        if not least <= len(segment.arguments) <= most:
            self.complain("type", segment, f"`{segment.name}` takes {_count(least, most)}.")
        element = Place(place.type.element or UNKNOWN, place.branch)
        for argument in segment.arguments:
            if segment.name in ("at", "entry"):
                found = self.visit(argument)
                expected = INTEGER if segment.name == "at" else STRING
                if not fits(found, expected):
                    message = f"`{segment.name}` takes a value of type {expected}; this is of type {found}."
                    self.complain("type", argument, message)
            else:
                self._in_loop(variable, element, argument)
        if segment.name in ("first", "last", "at"):
            return element
        if segment.name == "all":
            return place if place.type.is_list else Place(list_of(UNKNOWN), place.branch)
        if segment.name == "keys":
            return Place(LIST_OF_STRINGS)
        if segment.name == "firstEntryKey":
            return Place(STRING)
        return _entry(place, segment)

    def _in_loop(self, variable: str | None, element: Place, condition: Node) -> None:
        """Check a condition about the elements of a list."""
        if variable is None:
            self.visit(condition)
            self.complain("type", condition, "Lists of a content decision are chosen from without a condition.")
            return
        self.loops.append((variable, element))
        self._boolean(condition, "The condition about the elements of a list is a boolean")
        self.loops.pop()


def _entry(place: Place, segment: tree.Method) -> Place:
    """The value of a map for a key: known when the map's values are declared, or the key itself is."""
    if place.type.name == "map" and place.type.element:
        return Place(place.type.element, place.branch)
    key = bare(segment.arguments[0]) if segment.arguments else None
    if place.branch and isinstance(key, tree.Literal) and isinstance(key.value, str):
        child = place.branch.children.get(key.value)
        if child is not None:
            return Place(child.type, child)
    return Place(UNKNOWN)


def _field_of(objects: Branch, name: str) -> Branch | None:
    """The field that functions on objects mean by a name, or by a dotted path."""
    found = objects.children.get(name)
    if found is None and "." in name:
        found = objects
        for step in name.split("."):
            found = found.children.get(step) if found else None
    return found


def _zone_hint(name: str) -> str:
    cities = temporal.zones_of_city(name)
    if cities:
        return f"Did you mean `{cities[0]}`?"
    general = "Use an IANA name such as Europe/Paris, or UTC, or an offset such as +02:00."
    return did_you_mean(name, temporal.zone_names()) or general


def _count(least: int, most: int) -> str:
    if most == 0:
        return "no argument"
    return "one argument" if least == most else "at most one argument"


def _join(left: Type, right: Type) -> Type | None:
    """The one type of two branches."""
    if left == right or right == NULL:
        return left
    if left == NULL:
        return right
    if UNKNOWN in (left, right):
        return UNKNOWN
    if left.is_numeric and right.is_numeric:
        return DECIMAL
    if left.is_list and right.is_list and (fits(left, right) or fits(right, left)):
        if NULL in (left.element, right.element):
            return right if left.element == NULL else left
        return list_of(UNKNOWN)
    return None


def _arithmetic_type(operator: str, left: Type, right: Type) -> Type | None:
    """The type of the result, or None when the operator does not take these operands."""
    if operator == "+":
        if STRING in (left, right):
            other = right if left == STRING else left
            return STRING if other.is_scalar or other in (UNKNOWN, NULL) else None
        if right == DURATION and left in (DATE_TIME, DATE_TIME_ONLY, DURATION, UNKNOWN, NULL):
            return left if left not in (UNKNOWN, NULL) else UNKNOWN
        if left in (DATE_TIME, DATE_TIME_ONLY, DURATION) and right == NULL:
            return left
        if UNKNOWN in (left, right) and (left.is_scalar or right.is_scalar or left == right):
            return UNKNOWN  # which may be a text to be joined with
    for operand in (left, right):
        if operand not in (INTEGER, DECIMAL, UNKNOWN, NULL):
            return None
    if operator == "*" and left.is_numeric and right.is_numeric and left != right:
        return None
    if left in (UNKNOWN, NULL) or right in (UNKNOWN, NULL):
        known = [operand for operand in (left, right) if operand.is_numeric]
        if operator == "*" and known:
            return known[0]
        return DECIMAL if DECIMAL in known else UNKNOWN
    return INTEGER if left == right == INTEGER else DECIMAL


_UNORDERED = {
    STRING: "Text has no order; convert it with toInteger, toDecimal or toDateTime.",
    BOOLEAN: "Join two comparisons with `and`.",
    DATE_ONLY: "Convert both sides with toDateTimeOnly.",
    DURATION: "Add it to a time, and compare the times.",
}
_WITHOUT = {  # functions that people look for, and what is written instead
    "isNull": "Write `value is null`.",
    "isNotNull": "Write `value is not null`.",
    "isBlank": "Write `isEmpty(trim(text))`.",
    "like": "Use contain, startWith, endWith or matchRegExp.",
    "coalesce": "Use `defaultValue`, or `if (value is null) then (other) else (value)`.",
    "today": "Write `toDateOnly(now())`.",
    "containWithIgnoreCase": "It is called containIgnoreCase.",
    "equalWithIgnoreCase": "It is called equalIgnoreCase.",
    "notEqualWithIgnoreCase": "It is called notEqualIgnoreCase.",
}
