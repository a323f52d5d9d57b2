"""From paths to results: discovery, planning, judging and collecting. File system and clock are handed in."""
