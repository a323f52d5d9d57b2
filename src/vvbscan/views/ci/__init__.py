"""Pipelines: what jobs and steps of GitHub Actions and GitLab CI do."""
