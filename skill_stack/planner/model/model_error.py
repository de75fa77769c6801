"""ModelError: an endpoint gave no usable answer."""

from __future__ import annotations

from typing import Literal

from skill_stack.core.errors import SkillStackError

Kind = Literal[
    "unreachable", "timeout", "dropped", "unauthorised", "not_found", "too_many", "server_error", "rejected",
    "invalid", "truncated", "refused", "no_room", "no_key", "cancelled",
]  # fmt: skip


class ModelError(SkillStackError):
    """Why an endpoint gave no proposal; the text holds no key.

    Attributes:
        kind: What went wrong.
        retry_after: Seconds after which the server allows another request, or None when it did not state that.
    """

    def __init__(self, kind: Kind, text: str, retry_after: float | None = None) -> None:
        """Takes the sentence for people."""
        super().__init__(text)
        self.kind = kind
        self.retry_after = retry_after
