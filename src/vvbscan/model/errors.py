"""Errors that a person can act on. Each says what, where and what to do."""

from __future__ import annotations


class VvbscanError(Exception):
    """Base of all errors that the library raises on purpose; `str()` is the text for a person."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        """`file:line:column`, as far as known."""
        self.hint = hint
        """What to do about it."""

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class UsageError(VvbscanError):
    """The call or command line asks for something that is not there."""


class SelectionError(UsageError):
    """A selection or setting names a rule or parameter that is not there, or has a value it cannot have."""

    def __init__(self, message: str, key: tuple[str, ...], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.key = key
        """Path of the setting in the configuration: `("rules", "VVB-IMAGE-004", "params", "layers")`."""


class ConfigError(VvbscanError):
    """The configuration cannot be read or does not mean anything."""


class RuleError(VvbscanError):
    """A rule file is not valid."""
