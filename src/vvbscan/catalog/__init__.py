"""The rules and the checklist: read, checked, indexed, selected and compiled."""
