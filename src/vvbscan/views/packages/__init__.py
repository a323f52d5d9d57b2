"""Packages: what build files declare, whatever the ecosystem."""
