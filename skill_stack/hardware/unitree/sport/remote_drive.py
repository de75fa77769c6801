"""RemoteDrive: the sticks of the vendor's remote, for the arbitration of who drives."""

from __future__ import annotations

from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.hardware.unitree.remote import decode

DEAD = 0.08
"""Dead zone of a stick, as a share of full deflection: sticks do not return quite to zero."""


class RemoteDrive:
    """Writes the stick deflection to shared memory: the left one forward and sideways, the right one yaw.

    With its sticks at rest, the remote commands nothing and so does not hold the robot; the release of the sticks is
    sent once.
    """

    def __init__(self, words: BlockWords) -> None:
        """Takes the words of the robot's block."""
        self._words = words
        self._held = False

    def take(self, report: bytes) -> None:
        """Takes one report of the remote; without a remote the sticks are at rest."""
        remote = decode(report)
        (aside, ahead), (turn, _) = (remote.left, remote.right) if remote is not None else ((0.0, 0.0), (0.0, 0.0))
        pushed = [_beyond(value) for value in (ahead, -aside, -turn)]  # ahead, to the left, turning to the left
        if self._held or any(pushed):
            self._words.write_sticks(*pushed)
        self._held = any(pushed)


def _beyond(value: float) -> float:
    """Deflection beyond the dead zone, -1 to 1; 0 for an invalid number."""
    return min(max(value, -1.0), 1.0) if abs(value) > DEAD else 0.0
