"""Kustomize: what a kustomization renders, with the place that set every value."""

from vvbscan.views.kustomize.kind import KIND
from vvbscan.views.kustomize.planning import KustomizationPlan, is_unused_patch, plan_kustomizations

__all__ = ["KIND", "KustomizationPlan", "is_unused_patch", "plan_kustomizations"]
