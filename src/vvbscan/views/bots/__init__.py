"""Bots that propose updates of dependencies: Dependabot and Renovate."""
