"""Dockerfiles: stages, variables, images and commands. `kind` loads their units."""
