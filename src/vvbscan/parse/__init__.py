"""Parsers, one module a format: text in, nodes with spans out. None of them raises on bad input."""
