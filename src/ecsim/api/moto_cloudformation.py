"""Moto's CloudFormation with this cloud's ECS.

Moto reads templates, keeps stacks and knows most services' resources. Of `AWS::ECS` it knows three types and loses
most of their properties, so these are ours: `stack_resources`.

Moto's CloudFormation imports API Gateway, which imports a validator of OpenAPI documents that only ImportRestApi needs.
Where that package is not installed, a stand-in that refuses to validate takes its place.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
from types import ModuleType
from typing import Any, Protocol

from ecsim.api.stack_properties import in_order, references
from ecsim.api.stack_resources import TYPES, Account

GET_MAP = "get_model_map"
DIFF = ["self", "other_template", "parameters"]
VALIDATOR = "openapi_spec_validator"


class Mounting(Protocol):
    """What `mount` offers: patches that are given back."""

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute until the cloud is closed."""
        ...


def patch(mounted: Mounting, module: Any, account: Account) -> None:
    """Put the hooks in place."""
    types: dict[str, Any] = {each.type: type(each.__name__, (each,), {"account": account}) for each in TYPES}
    known = module.get_model_map
    diff = module.ResourceMap.build_resource_diff
    delete = module.ResourceMap._delete_resource  # noqa: SLF001

    def get_model_map() -> dict[str, Any]:
        return {**known(), **types}

    def resource_name_property_from_type(resource_type: str) -> str | None:
        ours = types.get(resource_type)
        return (ours.named or None) if ours is not None else named(resource_type)

    named = module.resource_name_property_from_type

    def build_resource_diff(
        self: Any, other_template: dict[str, Any], parameters: dict[str, Any] | None = None
    ) -> dict[str, list[str]]:
        """A resource of ECS also changes when one does that it refers to; changes come in the order of references."""
        found: dict[str, list[str]] = diff(self, other_template, parameters)
        resources, old = other_template["Resources"], self._resource_json_map
        changed = dict.fromkeys(found["Modify"])
        for name in in_order(resources):
            ours = resources[name].get("Type") in types and name in old
            if ours and any(other in changed for other in references(resources[name])):
                changed[name] = None
        found["Modify"] = [name for name in in_order(resources) if name in changed]
        return found

    def delete_all(self: Any) -> None:
        """The last resource first, so that nothing is in use."""
        for name in reversed(in_order(self._resource_json_map)):
            resource = self._parsed_resources.get(name)
            definition = self._resource_json_map[name]
            if resource is None or isinstance(resource, str) or definition.get("DeletionPolicy") == "Retain":
                continue
            delete(self, resource, definition)
            self._parsed_resources.pop(name)

    mounted.replace(module, GET_MAP, get_model_map)
    mounted.replace(module, "resource_name_property_from_type", resource_name_property_from_type)
    mounted.replace(module.ResourceMap, "build_resource_diff", build_resource_diff)
    mounted.replace(module.ResourceMap, "delete", delete_all)


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for the validator of OpenAPI documents, where it is not installed. Last in `sys.meta_path`."""

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the validator and its modules; nothing else."""
        del path, target
        if name != VALIDATOR and not name.startswith(f"{VALIDATOR}."):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        """Give it the two names that moto imports."""

        def validate(_document: Any) -> None:
            raise NotImplementedError(f"the package {VALIDATOR} is not installed")

        vars(module).update(validate=validate, OpenAPIValidationError=ValueError)
