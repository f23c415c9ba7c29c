"""The cluster query language: expressions that choose container instances.

`subject operator [argument]`, joined by `and`/`&&`, `or`/`||`, `not`/`!` and parentheses. Source: ECS Developer
Guide, cluster-query-language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

EXPRESSION_MAX = 2_000
"""Source: botocore ecs PlacementConstraint.expression."""


class BadQuery(ValueError):  # noqa: N818  it is an answer to a caller, not a fault of ours
    """An expression that cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an expression may ask of one container instance.

    Attributes:
        registered_at: ISO 8601 in UTC, e.g. "2026-01-01T00:00:00".
        groups: the task groups with a live task on it.
        attributes: name to value, empty when it has none.
    """

    agent_connected: bool
    agent_version: str
    ec2_instance_id: str
    registered_at: str
    running_tasks_count: int
    groups: tuple[str, ...]
    attributes: Mapping[str, str]


_Holds = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """An expression that was read; called with an instance, it tells whether the instance meets it.

    Attributes:
        of_attributes: whether it asks for attributes only, so that instances with the same ones answer alike.
    """

    holds: _Holds
    of_attributes: bool

    def __call__(self, subject: Subject) -> bool:
        """Whether an instance meets the expression."""
        return self.holds(subject)


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>'[^']*'|"[^"]*")
      | (?P<op>&&|\|\||==|!=|>=|<=|=~|!~|>|<|\(|\)|\[|\]|,|!(?=\s*[\(a-zA-Z!]))
      | (?P<word>[^\s()\[\],&|=!<>'"]+)
    )""",
    re.VERBOSE,
)
_REGEX = re.compile(
    r"\s*(?:'(?P<s>[^']*)'|\"(?P<d>[^\"]*)\"|(?P<bare>(?:\([^)\s]*\)|\[[^\]\s]*\]|[^\s()\[\]])+))"
)
_SIGNS = ("(", ")", "[", "]", ",", "&&", "||", "!", "==", "!=", ">", ">=", "<", "<=", "=~", "!~")
_OPERATORS = {
    "==": "==",
    "equals": "==",
    "!=": "!=",
    "not_equals": "!=",
    ">": ">",
    "greater_than": ">",
    ">=": ">=",
    "greater_than_equal": ">=",
    "<": "<",
    "less_than": "<",
    "<=": "<=",
    "less_than_equal": "<=",
    "exists": "exists",
    "not_exists": "!exists",
    "in": "in",
    "not_in": "!in",
    "=~": "=~",
    "matches": "=~",
    "!~": "!~",
    "not_matches": "!~",
}
_EQUAL, _ORDER, _IN, _MATCH = ("==", "!="), (">", ">=", "<", "<="), ("in", "!in"), ("=~", "!~")
_ALLOWED = {
    "agentConnected": (*_EQUAL, *_IN, *_MATCH),
    "agentVersion": (*_EQUAL, *_ORDER),
    "ec2InstanceId": (*_EQUAL, *_IN, *_MATCH),
    "registeredAt": (*_EQUAL, *_ORDER),
    "runningTasksCount": (*_EQUAL, *_ORDER),
    "task:group": (*_EQUAL, *_IN, *_MATCH),
}
"""Subject to its valid operators; `attribute:` allows all of them."""
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:Z|\+00:00)?)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)*")


@lru_cache(maxsize=256)
def parse(expression: str) -> Query:
    """Read an expression.

    Raises:
        BadQuery: it is too long or is no expression of the language.
    """
    if len(expression) > EXPRESSION_MAX:
        raise BadQuery(f"The expression is longer than {EXPRESSION_MAX} characters.")
    reader = _Reader(expression)
    holds = reader.either()
    reader.end()
    return Query(holds, reader.of_attributes)


class _Reader:
    """A recursive-descent reader: either > both > negated > (group or comparison)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.of_attributes = True

    def _peek(self) -> tuple[str, int, bool]:
        """The next token, where it ends, and whether it was quoted; an empty token at the end."""
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            if self._text[self._at :].strip():
                raise BadQuery(f"Unexpected text at '{self._text[self._at :].strip()[:20]}'.")
            return "", len(self._text), False
        if match["quoted"] is not None:
            return match["quoted"][1:-1], match.end(), True
        return match["op"] or match["word"], match.end(), False

    def _take(self, *wanted: str) -> str | None:
        token, end, quoted = self._peek()
        if quoted or token not in wanted or not token:
            return None
        self._at = end
        return token

    def _expect(self, wanted: str) -> None:
        if self._take(wanted) is None:
            raise BadQuery(f"Expected '{wanted}' at '{self._text[self._at :].strip()[:20]}'.")

    def end(self) -> None:
        """Nothing may be left."""
        if self._peek()[0] or self._text[self._at :].strip():
            raise BadQuery(f"Unexpected text at '{self._text[self._at :].strip()[:20]}'.")

    def either(self) -> _Holds:
        """Parts joined by `or`."""
        parts = [self._both()]
        while self._take("||", "or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda s: any(part(s) for part in parts)

    def _both(self) -> _Holds:
        parts = [self._negated()]
        while self._take("&&", "and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else lambda s: all(part(s) for part in parts)

    def _negated(self) -> _Holds:
        if self._take("!", "not"):
            inner = self._negated()
            return lambda s: not inner(s)
        if self._take("("):
            inner = self.either()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> _Holds:
        subject, end, quoted = self._peek()
        known = subject in _ALLOWED or subject.startswith("attribute:")
        if quoted or not known or subject == "attribute:":
            raise BadQuery(f"'{subject}' is not a subject of the cluster query language.")
        self._at = end
        self.of_attributes &= subject.startswith("attribute:")
        operator = self._operator()
        if operator not in _ALLOWED.get(subject, (operator,)):
            raise BadQuery(f"The operator '{operator}' is not valid for {subject}.")
        if operator in ("exists", "!exists"):
            return _compare(subject, operator, ())
        if operator in _MATCH:
            return _compare(subject, operator, (self._regex(),))
        arguments = self._list() if operator in _IN else (self._argument(),)
        return _compare(subject, operator, arguments)

    def _operator(self) -> str:
        word, end, quoted = self._peek()
        if word == "!" and not quoted:
            self._at = end
            after, end, quoted = self._peek()
            if not quoted and after in ("in", "exists"):
                self._at = end
                return f"!{after}"
            word = f"!{after}"
        if quoted or word not in _OPERATORS:
            raise BadQuery(f"'{word}' is not an operator of the cluster query language.")
        self._at = end
        return _OPERATORS[word]

    def _argument(self) -> str:
        word, end, quoted = self._peek()
        if not quoted and (not word or word in _SIGNS):
            raise BadQuery("An argument is missing.")
        self._at = end
        return word

    def _list(self) -> tuple[str, ...]:
        self._expect("[")
        items = [self._argument()]
        while self._take(","):
            items.append(self._argument())
        self._expect("]")
        return tuple(items)

    def _regex(self) -> str:
        match = _REGEX.match(self._text, self._at)
        if match is None:
            raise BadQuery("An argument is missing.")
        self._at = match.end()
        pattern = next(text for text in (match["s"], match["d"], match["bare"]) if text is not None)
        try:
            re.compile(pattern)
        except re.error as wrong:
            raise BadQuery(f"'{pattern}' is not a regular expression: {wrong}.") from wrong
        return pattern


def _values(subject: str, instance: Subject) -> tuple[str, ...]:
    """What the instance has for a subject: several for task:group, none for an attribute that is not there."""
    if subject.startswith("attribute:"):
        value = instance.attributes.get(subject.removeprefix("attribute:"))
        return () if value is None else (value,)
    if subject == "task:group":
        return instance.groups
    return {
        "agentConnected": (str(instance.agent_connected).lower(),),
        "agentVersion": (instance.agent_version,),
        "ec2InstanceId": (instance.ec2_instance_id,),
        "registeredAt": (instance.registered_at,),
        "runningTasksCount": (str(instance.running_tasks_count),),
    }[subject]


def _compare(subject: str, operator: str, arguments: tuple[str, ...]) -> _Holds:
    """A comparison; the negative operators hold where the positive one does not."""
    if subject == "registeredAt":
        arguments = tuple(_moment(each) for each in arguments)
    if subject == "runningTasksCount" and not all(each.isdecimal() for each in arguments):
        raise BadQuery("runningTasksCount is compared with a whole number.")
    negative = operator in ("!=", "!in", "!~", "!exists")
    pattern = re.compile(arguments[0]) if operator in _MATCH else None

    def holds(instance: Subject) -> bool:
        values = _values(subject, instance)
        if operator in ("exists", "!exists"):
            found = bool(values)
        elif pattern is not None:
            found = any(pattern.fullmatch(value) for value in values)
        elif operator in _ORDER:
            found = any(_ordered(value, operator, arguments[0]) for value in values)
        else:
            found = any(value in arguments for value in values)
        return found is not negative

    return holds


def _moment(text: str) -> str:
    match = _DATE.fullmatch(text)
    if match is None:
        raise BadQuery(f"'{text}' is not a date such as 2018-06-18T22:28:28Z.")
    return f"{match[1]}T{match[2] or '00:00:00'}"


def _ordered(value: str, operator: str, argument: str) -> bool:
    left: list[int] | str
    right: list[int] | str
    left, right = value, argument
    if _NUMBER.fullmatch(value) and _NUMBER.fullmatch(argument):  # numbers, and versions part by part
        left, right = [int(n) for n in value.split(".")], [int(n) for n in argument.split(".")]
    if operator == ">":
        return left > right  # type: ignore[operator]
    if operator == ">=":
        return left >= right  # type: ignore[operator]
    if operator == "<":
        return left < right  # type: ignore[operator]
    return left <= right  # type: ignore[operator]
