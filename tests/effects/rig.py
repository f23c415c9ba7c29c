"""A gate over moto with an ECS that knows no clusters, for the tests of effects and transports."""

from __future__ import annotations

from dataclasses import dataclass, field

from ecsim.api import mount
from ecsim.api.errors import ApiError
from ecsim.api.gate import Gate
from ecsim.clock.engine import Engine
from ecsim.clock.journal import Journal

REGION = "ap-northeast-1"
ACCOUNT = "123456789012"


@dataclass
class Targets:
    """A TargetsPort that remembers."""

    kept: dict = field(default_factory=dict)

    def register(self, arn, targets):
        self.kept.setdefault(arn, []).extend(targets)

    def deregister(self, arn, targets):
        gone = [target["Id"] for target in targets]
        self.kept[arn] = [target for target in self.kept.get(arn, []) if target["Id"] not in gone]

    def describe(self, arn, targets):
        wanted = [target["Id"] for target in targets]
        return [
            {
                "Target": dict(target),
                "TargetHealth": {"State": "initial", "Reason": "Elb.InitialHealthChecking"},
            }
            for target in self.kept.get(arn, [])
            if not wanted or target["Id"] in wanted
        ]


class Rig:
    """A gate, mounted."""

    def __init__(self, seed="7", ecs=None, *, strict=True):
        self.engine = Engine()
        self.journal = Journal(lambda: self.engine.now_ms)
        self.targets = Targets()
        self.gate = Gate(
            engine=self.engine,
            journal=self.journal,
            seed=seed,
            account=ACCOUNT,
            region=REGION,
            own={"ecs": ecs or self._ecs},
            strict=strict,
        )
        mount.install(
            now=self.gate.now,
            seed=seed,
            targets=self.targets,
            service_exists=lambda cluster, service: (cluster, service) == ("shop", "web"),
        )

    @staticmethod
    def _ecs(operation, parameters, _caller):
        if operation == "ListClusters":
            return {"clusterArns": []}
        raise ApiError("ClusterNotFoundException", "Cluster not found.")

    def client(self, service):
        return self.gate.client(service, by="learner")

    def pass_time(self, ms):
        self.engine.run_until(self.engine.now_ms + ms, lambda wake: None, lambda: None)

    def close(self):
        mount.uninstall()

    def __enter__(self):
        return self

    def __exit__(self, *_problem):
        self.close()
