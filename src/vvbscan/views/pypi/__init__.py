"""Packages of Python: requirements files, pyproject.toml, Pipfile and their locks."""
