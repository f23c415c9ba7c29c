"""Moto's CloudWatch, mended: a metric is its name with exactly its dimensions.

Source: CloudWatch User Guide, cloudwatch_concepts (each combination of dimensions is a metric of its own). Moto adds
up every metric that has the dimensions asked for among others, and lists metrics of several dimensions once for every
data point.
"""

from __future__ import annotations

from typing import Any, Protocol


class Mounting(Protocol):
    """What `mount` offers: patches that are given back."""

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute until the cloud is closed."""
        ...


FILTER = ["self", "namespace", "name", "dimensions", "already_present_metrics"]
SAME = ["metric_dimensions", "dimensions"]


def patch(mounted: Mounting, module: Any) -> None:
    """Put the hooks in place."""
    original = module.MetricDatumBase.filter

    def are_dimensions_same(metric_dimensions: list[Any], dimensions: list[Any]) -> bool:
        return _pairs(metric_dimensions) == _pairs(dimensions)

    def filter_(
        self: Any,
        namespace: str | None,
        name: str | None,
        dimensions: list[dict[str, str]],
        already_present_metrics: list[Any] | None = None,
    ) -> bool:
        asks_for_numbers = already_present_metrics is None
        if asks_for_numbers and dimensions and len(dimensions) != len(self.dimensions):
            return False
        return bool(original(self, namespace, name, dimensions, already_present_metrics))

    mounted.replace(module, "are_dimensions_same", are_dimensions_same)
    mounted.replace(module.MetricDatumBase, "filter", filter_)


def _pairs(dimensions: list[Any]) -> list[tuple[str, str]]:
    return sorted((each.name, each.value) for each in dimensions)
