"""Rules in Python: plain functions over the subjects of a view."""
