"""Conditions of rules: paths, typed operators and three-valued trees over nodes."""
