"""The wire of the APIs that are ours (ECS, CodeDeploy): JSON 1.1 in and out, checked against botocore's own model.

Readers and writers are compiled once per shape, because this is the path of every ECS call. Inside, a moment
is whole milliseconds since the cloud's start; on the wire it is seconds since 1970.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from ecsim.api.errors import ApiError, Protocol, unknown_operation

EPOCH = datetime(2026, 4, 1, tzinfo=UTC)
"""When every cloud starts."""
EPOCH_S = int(EPOCH.timestamp())
TARGET_PREFIX = "AmazonEC2ContainerServiceV20141113."

_WIRE_NAMES = {str: "STRING_VALUE", bool: "BOOLEAN_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE"}

_TYPES: dict[str, Any] = {"string": str, "boolean": bool, "double": (int, float), "float": (int, float)}
"""What values of scalar shapes are inside; whole numbers if not named."""

_Read = Callable[[Any], Any]
_Write = Callable[[Any], Any]
_Check = Callable[[Any], bool]
_Missing = Callable[[str], ApiError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and where.

    Attributes:
        by: "learner", "given" (the lab's starting state), or "cloud" (the cloud's own look-ups).
        token: the call's client token as the journal shows it ("token-1"), or None.
    """

    account: str
    region: str
    by: str = "learner"
    token: str | None = None


def moment(at_ms: int) -> datetime:
    """A moment of the cloud as a date and time in UTC."""
    return EPOCH + timedelta(milliseconds=at_ms)


def epoch_s(at_ms: int) -> float:
    """A moment of the cloud in seconds since 1970, as ECS writes it."""
    return EPOCH_S + at_ms / 1_000


def since_start_ms(at_s: float) -> int:
    """Seconds since 1970 as a moment of the cloud."""
    return round((at_s - EPOCH_S) * 1_000)


@cache
def loader() -> Loader:
    """Botocore's model loader, one for the process: models are read once."""
    return Loader()


@cache
def ecs_model() -> ServiceModel:
    """Botocore's model of ECS."""
    return ServiceModel(loader().load_service_model("ecs", "service-2"), "ecs")


@cache
def model_of(service: str) -> ServiceModel:
    """Botocore's model of a service of ours, by boto3's name."""
    if service == "ecs":
        return ecs_model()
    return ServiceModel(loader().load_service_model(service, "service-2"), service)


@cache
def operation_names(service: str = "ecs") -> frozenset[str]:
    """Every operation of a service that botocore knows."""
    return frozenset(model_of(service).operation_names)


@cache
def target_prefix(service: str) -> str:
    """What the header X-Amz-Target begins with."""
    return f"{model_of(service).metadata['targetPrefix']}."


class Wire:
    """Turns bodies into calls of a handler, and results into bodies.

    Args:
        handler: the API: (operation, parameters, caller) -> result, or raises ApiError.
        service: boto3's name.
        strict: whether a result with members that AWS does not have is an error of ours (tests), or is
            silently trimmed.
    """

    def __init__(
        self,
        handler: Callable[[str, dict[str, Any], Caller], dict[str, Any]],
        *,
        service: str = "ecs",
        strict: bool = False,
    ) -> None:
        self._handler = handler
        self.service = service
        self.strict = strict

    def parameters(self, operation: str, body: bytes) -> dict[str, Any]:
        """Read a request body.

        Raises:
            ApiError: an unknown operation, a body that is not JSON, a wrong type, or a missing member.
        """
        if operation not in operation_names(self.service):
            raise unknown_operation(Protocol.JSON, operation)
        try:
            raw = json.loads(body) if body else {}
        except (ValueError, RecursionError):  # not JSON, or nested so deep that no request of AWS is
            raise ApiError("SerializationException", "The request body is not JSON.") from None
        if not isinstance(raw, dict):
            raise ApiError("SerializationException", "Unexpected value type in payload")
        read: dict[str, Any] = _reader_of(self.service, operation)(raw)
        return read

    def call(self, operation: str, parameters: dict[str, Any], caller: Caller) -> bytes:
        """Call the handler and write its result.

        Raises:
            ApiError: the handler refuses.
        """
        result = self._handler(operation, parameters, caller)
        if self.strict and not _checker_of(self.service, operation)(result):
            shape = model_of(self.service).operation_model(operation).output_shape
            _assert_known(shape, result, operation)
            raise AssertionError(f"{operation}: the two checks of an answer disagree about {result!r}")
        return json.dumps(_writer_of(self.service, operation)(result)).encode()


@cache
def _reader_of(service: str, operation: str) -> _Read:
    shape = model_of(service).operation_model(operation).input_shape
    return dict if shape is None else _reader(shape, {}, _missing_of(service))


@cache
def _writer_of(service: str, operation: str) -> _Write:
    shape = model_of(service).operation_model(operation).output_shape
    return dict if shape is None else _writer(shape, {})


@cache
def _checker_of(service: str, operation: str) -> _Check:
    shape = model_of(service).operation_model(operation).output_shape
    return _anything if shape is None else _checker(shape, {})


def _missing_of(service: str) -> _Missing:
    """How a service refuses a request without a required member."""
    if service == "ecs":
        return _missing
    known = frozenset(shape for shape in model_of(service).shape_names if shape.endswith("RequiredException"))

    def missing(name: str) -> ApiError:
        own = f"{name[:1].upper()}{name[1:]}RequiredException"
        code = own if own in known else "InvalidInputException"
        return ApiError(code, f"{name[:1].upper()}{name[1:]} must not be null or empty.")

    return missing


def _missing(name: str) -> ApiError:
    return ApiError("InvalidParameterException", f"{name[:1].upper()}{name[1:]} must not be null or empty.")


def _refuse(value: object, wanted: str) -> ApiError:
    """AWS's words for a member of the wrong type. Source: memory."""
    if isinstance(value, dict):
        return ApiError("SerializationException", "Start of structure or map found where not expected.")
    if isinstance(value, list):
        return ApiError("SerializationException", "Start of list found where not expected")
    name = _WIRE_NAMES.get(type(value), "VALUE")
    return ApiError("SerializationException", f"{name} can not be converted to {wanted}")


def _reader(shape: Shape, known: dict[str, _Read], missing: _Missing) -> _Read:
    """What checks a value of a shape. Members that AWS does not know are left out, as are nulls."""
    if isinstance(shape, StructureShape):
        return _structure_reader(shape, known, missing)
    if isinstance(shape, ListShape):
        item = _reader(shape.member, known, missing)

        def read_list(value: Any) -> Any:
            if type(value) is not list:
                raise _refuse(value, "a List")
            return [item(each) for each in value if each is not None]

        return read_list
    if isinstance(shape, MapShape):
        each_value = _reader(shape.value, known, missing)

        def read_map(value: Any) -> Any:
            if type(value) is not dict:
                raise _refuse(value, "a Map")
            return {key: each_value(each) for key, each in value.items() if each is not None}

        return read_map
    return _scalar_reader(shape.type_name)


def _structure_reader(shape: StructureShape, known: dict[str, _Read], missing: _Missing) -> _Read:
    if shape.name in known:
        return known[shape.name]
    if shape.is_document_type:
        return _same
    members: dict[str, _Read] = {}
    required = tuple(shape.required_members)

    def read_structure(value: Any) -> Any:
        if type(value) is not dict:
            raise _refuse(value, "a Structure")
        read = {
            name: members[name](each) for name, each in value.items() if each is not None and name in members
        }
        for name in required:
            if name not in read:
                raise missing(name)
        return read

    known[shape.name] = read_structure
    for name, member in shape.members.items():
        members[name] = _reader(member, known, missing)
    return read_structure


def _scalar_reader(type_name: str) -> _Read:
    wanted, types = {
        "string": ("a String", (str,)),
        "boolean": ("a Boolean", (bool,)),
        "integer": ("an Integer", (int,)),
        "long": ("a Long", (int,)),
        "double": ("a Double", (float, int)),
        "float": ("a Float", (float, int)),
        "timestamp": ("a Timestamp", (float, int, str)),
        "blob": ("a Blob", (str,)),
    }[type_name]

    def read_scalar(value: Any) -> Any:
        if type(value) not in types:
            raise _refuse(value, wanted)
        return value

    return read_scalar


def _writer(shape: Shape, known: dict[str, _Write]) -> _Write:
    """What writes a value of a shape: unknown members and None are left out, moments become seconds."""
    if isinstance(shape, StructureShape):
        if shape.name in known:
            return known[shape.name]
        if shape.is_document_type:
            return _same
        members: dict[str, _Write] = {}

        def write_structure(value: Mapping[str, Any]) -> Any:
            return {
                name: members[name](each)
                for name, each in value.items()
                if each is not None and name in members
            }

        known[shape.name] = write_structure
        for name, member in shape.members.items():
            members[name] = _writer(member, known)
        return write_structure
    if isinstance(shape, ListShape):
        item = _writer(shape.member, known)
        return lambda value: [item(each) for each in value]
    if isinstance(shape, MapShape):
        each_value = _writer(shape.value, known)
        return lambda value: {key: each_value(each) for key, each in value.items()}
    return epoch_s if shape.type_name == "timestamp" else _same


def _same(value: Any) -> Any:
    return value


def _anything(_value: Any) -> bool:
    return True


def _checker(shape: Shape, known: dict[str, _Check]) -> _Check:
    """What says, quickly, whether a value has only members of AWS's shape, of its types: see `_assert_known`."""
    if isinstance(shape, StructureShape):
        return _structure_checker(shape, known)
    if isinstance(shape, ListShape):
        item = _checker(shape.member, known)
        return lambda value: isinstance(value, (list, tuple)) and all(map(item, value))
    if isinstance(shape, MapShape):
        each_value = _checker(shape.value, known)
        return lambda value: all(map(each_value, value.values()))
    wanted = _TYPES.get(shape.type_name, int)
    return lambda value: isinstance(value, wanted)


def _structure_checker(shape: StructureShape, known: dict[str, _Check]) -> _Check:
    if shape.is_document_type:
        return _anything
    if shape.name in known:
        return known[shape.name]
    members: dict[str, _Check] = {}

    def check_structure(value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        for name, each in value.items():
            if name not in members or (each is not None and not members[name](each)):
                return False
        return True

    known[shape.name] = check_structure
    for name, member in shape.members.items():
        members[name] = _checker(member, known)
    return check_structure


def _assert_known(shape: Shape | None, value: Any, path: str) -> None:
    """Assert that a result has only members of AWS's shape, of its types."""
    if isinstance(shape, StructureShape):
        if shape.is_document_type:
            return
        assert isinstance(value, Mapping), f"{path}: a structure is due, not {value!r}"
        for name, each in value.items():
            assert name in shape.members, f"{path}.{name}: AWS's {shape.name} has no such member"
            if each is not None:
                _assert_known(shape.members[name], each, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        assert isinstance(value, list | tuple), f"{path}: a list is due, not {value!r}"
        for index, each in enumerate(value):
            _assert_known(shape.member, each, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, each in value.items():
            _assert_known(shape.value, each, f"{path}.{key}")
    elif shape is not None:
        wanted = _TYPES.get(shape.type_name, int)
        assert isinstance(value, wanted), f"{path}: {shape.type_name} is due, not {value!r}"
