"""The resources of stacks that are ECS's: templates create, change and delete them here.

A property is a member of the API's own request with a capital letter, and the request is sent to this cloud's ECS.
Source: CloudFormation Template Reference, AWS_ECS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, TypeVar

from ecsim.api.stack_properties import Refused, converted, is_true

Properties = Mapping[str, Any]
_T = TypeVar("_T")


class Account(Protocol):
    """What resources ask of the cloud."""

    @property
    def ecs(self) -> Any:
        """A boto3 client of this cloud's ECS that is the cloud's own."""
        ...

    def delete_later(self, operation: str, request: Mapping[str, Any]) -> None:
        """Delete something as soon as nothing is in its way any more."""
        ...


class Resource:
    """A resource of a stack. One class for each type; moto calls the methods whose names speak of cloudformation.

    Attributes:
        account: the cloud.
        type: e.g. "AWS::ECS::Cluster".
        made_by: the operation of ECS that makes one; its request has the type's properties.
        named: the property that is its name, if it has one: given up to moto's naming when left out.
        physical_resource_id: what `Ref` gives.
        attributes: what `Fn::GetAtt` gives, by name.
        name: its name.
    """

    account: ClassVar[Account]
    type: ClassVar[str]
    made_by: ClassVar[str]
    named: ClassVar[str] = ""
    attribute_names: ClassVar[tuple[str, ...]] = ()
    replaced_by: ClassVar[tuple[str, ...]] = ()
    """Properties whose change means a new resource."""

    def __init__(self, name: str, properties: Properties) -> None:
        self.name = name
        self.properties = properties
        self.physical_resource_id = name
        self.attributes: dict[str, str] = {}
        self.create()

    # What each type does

    def create(self) -> None:
        """Make it."""
        raise NotImplementedError

    def change(self, properties: Properties) -> None:
        """Make it as these properties say, without a replacement."""
        raise NotImplementedError

    def remove(self) -> None:
        """Delete it, at once or as soon as it is possible."""
        raise NotImplementedError

    def request(self, operation: str | None = None, properties: Properties | None = None) -> dict[str, Any]:
        """The properties as the request of an operation; members that it does not have are left out.

        Raises:
            Refused: the type has no such property, or a value is not of its type.
        """
        given = self.properties if properties is None else properties
        whole = converted(self._shape(self.made_by), given, "")
        known = self._shape(operation or self.made_by).members
        return {name: value for name, value in whole.items() if name in known}

    def _shape(self, operation: str) -> Any:
        return self.account.ecs.meta.service_model.operation_model(operation).input_shape

    # What moto asks

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type's name."""
        return cls.type

    @classmethod
    def cloudformation_name_type(cls) -> str:
        """The property that is the name."""
        return cls.named

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether `Fn::GetAtt` knows it."""
        return attr in cls.attribute_names

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """What `Fn::GetAtt` gives."""
        from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

        if attribute_name not in self.attributes:
            raise UnformattedGetAttTemplateException
        return self.attributes[attribute_name]

    def is_created(self) -> bool:
        """Stacks are complete at once: see the fidelity page."""
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Mapping[str, Any], *_where: str, **_more: Any
    ) -> Resource:
        """Make a resource of a template."""
        return _told(lambda: cls(resource_name, _given(cloudformation_json)))

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Resource,
        new_resource_name: str,
        cloudformation_json: Mapping[str, Any],
        **_where: str,
    ) -> Resource:
        """Change a resource, or put a new one in its place and delete it afterwards."""
        properties = _given(cloudformation_json)
        name = new_resource_name if cls.named in properties else original_resource.name
        before = original_resource.properties
        if properties == before and name == original_resource.name:
            return original_resource
        if all(before.get(each) == properties.get(each) for each in cls.replaced_by):
            _told(lambda: original_resource.change(properties))
            original_resource.properties = properties
            return original_resource
        new = _told(lambda: cls(name if cls.named in properties else new_resource_name, properties))
        _told(original_resource.remove)
        return new

    def delete(self, *_where: str) -> None:
        """Delete the resource."""
        _told(self.remove)


class Cluster(Resource):
    """`AWS::ECS::Cluster`."""

    type = "AWS::ECS::Cluster"
    made_by = "CreateCluster"
    named = "ClusterName"
    attribute_names = ("Arn",)
    replaced_by = ("ClusterName",)

    def create(self) -> None:
        """CreateCluster."""
        made = self.account.ecs.create_cluster(**{**self.request(), "clusterName": self.name})["cluster"]
        self.attributes = {"Arn": made["clusterArn"]}

    def change(self, properties: Properties) -> None:
        """UpdateCluster, and PutClusterCapacityProviders when these change."""
        request = self.request("UpdateCluster", properties)
        if request:
            self.account.ecs.update_cluster(**request, cluster=self.name)
        both = ("CapacityProviders", "DefaultCapacityProviderStrategy")
        if any(properties.get(each) != self.properties.get(each) for each in both):
            wanted = self.request("PutClusterCapacityProviders", properties)
            _associate(self.account.ecs, self.name, wanted)

    def remove(self) -> None:
        """DeleteCluster, once its services and tasks are gone."""
        self.account.delete_later("DeleteCluster", {"cluster": self.name})


class CapacityProvider(Resource):
    """`AWS::ECS::CapacityProvider`."""

    type = "AWS::ECS::CapacityProvider"
    made_by = "CreateCapacityProvider"
    named = "Name"
    replaced_by = ("Name", "ClusterName")

    def create(self) -> None:
        """CreateCapacityProvider."""
        self.account.ecs.create_capacity_provider(**{**self.request(), "name": self.name})

    def change(self, properties: Properties) -> None:
        """UpdateCapacityProvider; its Auto Scaling group stays."""
        request = self.request("UpdateCapacityProvider", properties)
        request.get("autoScalingGroupProvider", {}).pop("autoScalingGroupArn", None)
        self.account.ecs.update_capacity_provider(**{**request, "name": self.name})

    def remove(self) -> None:
        """DeleteCapacityProvider, once no cluster has it any more."""
        self.account.delete_later("DeleteCapacityProvider", {"capacityProvider": self.name})


class Associations(Resource):
    """`AWS::ECS::ClusterCapacityProviderAssociations`."""

    type = "AWS::ECS::ClusterCapacityProviderAssociations"
    made_by = "PutClusterCapacityProviders"
    replaced_by = ("Cluster",)

    def create(self) -> None:
        """PutClusterCapacityProviders."""
        self.physical_resource_id = str(self.properties.get("Cluster", "default"))
        self.change(self.properties)

    def change(self, properties: Properties) -> None:
        """PutClusterCapacityProviders."""
        _associate(self.account.ecs, self.physical_resource_id, self.request(None, properties))

    def remove(self) -> None:
        """The cluster has no providers again, as soon as nothing uses them."""
        nothing: dict[str, Any] = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
        self.account.delete_later(self.made_by, {"cluster": self.physical_resource_id, **nothing})


class TaskDefinition(Resource):
    """`AWS::ECS::TaskDefinition`: every change registers a revision and deregisters the one before."""

    type = "AWS::ECS::TaskDefinition"
    made_by = "RegisterTaskDefinition"
    named = "Family"
    attribute_names = ("TaskDefinitionArn",)

    def create(self) -> None:
        """RegisterTaskDefinition."""
        request = {**self.request(), "family": self.name}
        made = self.account.ecs.register_task_definition(**request)["taskDefinition"]
        self.physical_resource_id = made["taskDefinitionArn"]
        self.attributes = {"TaskDefinitionArn": self.physical_resource_id}

    def change(self, properties: Properties) -> None:
        """Register the next revision; what the stack has been using becomes INACTIVE."""
        before = self.physical_resource_id
        self.name = str(properties.get("Family", self.name))
        self.properties = properties
        self.create()
        self.account.ecs.deregister_task_definition(taskDefinition=before)

    def remove(self) -> None:
        """DeregisterTaskDefinition."""
        self.account.ecs.deregister_task_definition(taskDefinition=self.physical_resource_id)


class Service(Resource):
    """`AWS::ECS::Service`."""

    type = "AWS::ECS::Service"
    made_by = "CreateService"
    named = "ServiceName"
    attribute_names = ("Name", "ServiceArn")
    replaced_by = ("Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName")

    def request(self, operation: str | None = None, properties: Properties | None = None) -> dict[str, Any]:
        """The request; a new REPLICA service without DesiredCount wants one task."""
        given = dict(self.properties if properties is None else properties)
        forced = given.pop("ForceNewDeployment", None) or {}
        request = super().request(operation, given)
        if operation is None and given.get("SchedulingStrategy") != "DAEMON":
            request.setdefault("desiredCount", 1)
        if operation == "UpdateService" and is_true(forced.get("EnableForceNewDeployment", "")):
            request["forceNewDeployment"] = True
        return request

    def create(self) -> None:
        """CreateService."""
        request = {**self.request(), "serviceName": self.name}
        made = self.account.ecs.create_service(**request)["service"]
        self.physical_resource_id = made["serviceArn"]
        self.attributes = {"Name": made["serviceName"], "ServiceArn": made["serviceArn"]}

    def change(self, properties: Properties) -> None:
        """UpdateService."""
        self.account.ecs.update_service(**{**self.request("UpdateService", properties), **self._itself()})

    def remove(self) -> None:
        """DeleteService, whatever its count is."""
        self.account.ecs.delete_service(**self._itself(), force=True)

    def _itself(self) -> dict[str, str]:
        cluster = str(self.properties.get("Cluster", "default"))
        return {"cluster": cluster, "service": self.physical_resource_id}


TYPES: tuple[type[Resource], ...] = (Cluster, CapacityProvider, Associations, TaskDefinition, Service)


def _associate(ecs: Any, cluster: str, wanted: Mapping[str, Any]) -> None:
    """PutClusterCapacityProviders wants both lists."""
    lists: dict[str, Any] = {"capacityProviders": [], "defaultCapacityProviderStrategy": [], **wanted}
    ecs.put_cluster_capacity_providers(**{**lists, "cluster": cluster})


def _given(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that have a value: `AWS::NoValue` is None here."""
    return {name: value for name, value in resource.get("Properties", {}).items() if value is not None}


def _told(do: Callable[[], _T]) -> _T:
    """Do something; what ECS or botocore refuses becomes CloudFormation's ValidationError."""
    from botocore.exceptions import ClientError, ParamValidationError
    from moto.cloudformation.exceptions import ValidationError

    try:
        return do()
    except (ClientError, ParamValidationError, Refused) as problem:
        raise ValidationError(message=f"Resource handler returned message: {problem}") from None
