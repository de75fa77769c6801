"""RemoteDrive: the sticks of the vendor's remote, for whoever arbitrates who drives."""

from __future__ import annotations

from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.hardware.unitree.remote import decode

DEAD = 0.08
"""Deflection up to which a stick counts as let go, as a share of the whole: sticks do not come back quite to zero."""


class RemoteDrive:
    """States in shared memory how far the sticks are pushed: the left one ahead and aside, the right one to turn.

    A remote whose sticks rest says nothing, so that it holds nothing; that it was let go is said once.
    """

    def __init__(self, words: BlockWords) -> None:
        """Takes the words of the robot's block."""
        self._words = words
        self._held = False

    def take(self, report: bytes) -> None:
        """Reads one report of the remote; one without a remote is one whose sticks rest."""
        remote = decode(report)
        (aside, ahead), (turn, _) = (remote.left, remote.right) if remote is not None else ((0.0, 0.0), (0.0, 0.0))
        pushed = [_beyond(value) for value in (ahead, -aside, -turn)]  # ahead, to the left, turning to the left
        if self._held or any(pushed):
            self._words.state_sticks(*pushed)
        self._held = any(pushed)


def _beyond(value: float) -> float:
    """A deflection beyond what counts as rest, -1 to 1; 0 for what is no number."""
    return min(max(value, -1.0), 1.0) if abs(value) > DEAD else 0.0
