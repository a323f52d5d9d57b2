"""Kubernetes: from documents to objects, workloads, containers and what rules need of them."""
