"""Packages of Node: what `package.json` asks for and what the lock beside it holds."""
