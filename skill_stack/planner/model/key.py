"""Key: a secret from the environment that is never written anywhere."""

from __future__ import annotations

from collections.abc import Mapping

from skill_stack.planner.model.model_error import ModelError

HIDDEN = "***"
SHORTEST = 4
"""Characters below which a key is not searched for in texts: it would be found everywhere."""


class Key:
    """The key of one endpoint, or none; shows itself as ``***``."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        """Takes the secret; empty for none."""
        self._value = value

    def __repr__(self) -> str:
        return f"Key({HIDDEN if self._value else ''})"

    @classmethod
    def read(cls, variable: str, environment: Mapping[str, str]) -> Key:
        """The key in an environment variable; no variable, no key.

        Raises:
            ModelError: The variable is not set, or holds what cannot be sent.
        """
        if not variable:
            return cls()
        value = environment.get(variable, "").strip()
        if not value:
            raise ModelError("no_key", f"environment variable {variable} is not set")
        if not (value.isascii() and value.isprintable()):
            raise ModelError("no_key", f"environment variable {variable} holds characters that no key has")
        return cls(value)

    def headers(self) -> dict[str, str]:
        """The header that carries the key."""
        return {"Authorization": f"Bearer {self._value}"} if self._value else {}

    def hide(self, text: str) -> str:
        """A text without the key in it."""
        return text.replace(self._value, HIDDEN) if len(self._value) >= SHORTEST else text
