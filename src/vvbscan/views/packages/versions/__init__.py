"""Versions and ranges in each ecosystem's own ordering."""
