"""Packages: what build files declare and lock files hold, whatever the ecosystem."""
