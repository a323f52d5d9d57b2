"""Maven: what the POMs of a module come to."""
