"""Inline suppressions: read from comments and annotations, applied with their expiry, accounted for."""
