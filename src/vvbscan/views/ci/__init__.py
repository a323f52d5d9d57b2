"""Pipelines: what jobs and steps of continuous integration do."""
