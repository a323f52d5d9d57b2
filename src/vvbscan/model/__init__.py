"""Pure data that all layers share. No files, no formats."""
