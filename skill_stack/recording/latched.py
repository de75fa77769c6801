"""LatchedMessages: what a subscriber that comes late gets of latched topics."""

from __future__ import annotations

from typing import NamedTuple

STATIC = "/tf_static"
"""The latched topic of several publishers, whose messages add to one another (REP-105)."""
DEPTH = 100
"""Most messages of it that are held, as its subscribers hold them."""


class LatchedMessage(NamedTuple):
    """One message of a latched topic.

    Attributes:
        topic: Its topic.
        kind: Its type.
        data: The message in CDR.
        qos: Its offered quality of service.
    """

    topic: str
    kind: str
    data: bytes
    qos: str = ""


class LatchedMessages:
    """Holds the last message of every latched topic, and the last hundred different ones of ``/tf_static``."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, bytes], LatchedMessage] = {}

    def take(self, message: LatchedMessage) -> None:
        """Holds a message in place of what it replaces."""
        static = message.topic == STATIC
        key = (message.topic, message.data if static else b"")
        self._held.pop(key, None)
        self._held[key] = message
        frames = [one for one in self._held if one[0] == STATIC] if static else []
        if len(frames) > DEPTH:
            del self._held[frames[0]]

    def messages(self) -> tuple[LatchedMessage, ...]:
        """Returns what is held, in the order of the topics' last messages."""
        return tuple(self._held.values())
