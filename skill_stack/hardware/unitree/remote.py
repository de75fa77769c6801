"""The wireless remote control, as the robot reports it with every state."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from skill_stack.core.errors import UnknownName
from skill_stack.core.shared_memory.block_words import BlockWords

SIZE = 40
"""Bytes of a report."""
BUTTONS = (
    "R1", "L1", "Start", "Select", "R2", "L2", "F1", "F2",
    "A", "B", "X", "Y", "Up", "Right", "Down", "Left",
)  # fmt: skip
"""Buttons by bit of the button word."""
_KEYS_AT = 2
_KEYS = struct.Struct("<H")
_STICKS = struct.Struct("<4x 3f 4x f")  # lx, rx, ry, an analogue L2 that is not used, ly


@dataclass(frozen=True, slots=True)
class Remote:
    """State of the remote control.

    Attributes:
        buttons: Names of the pressed buttons.
        left: Left stick, right and ahead positive, -1 to 1.
        right: Right stick, right and ahead positive, -1 to 1.
    """

    buttons: frozenset[str]
    left: tuple[float, float]
    right: tuple[float, float]


def decode(report: bytes) -> Remote | None:
    """Reads a report; None when there is no remote, which reports zeros alone."""
    if not any(report):
        return None
    pressed = pressed_keys(report)
    lx, rx, ry, ly = _STICKS.unpack_from(report)
    return Remote(frozenset(name for bit, name in enumerate(BUTTONS) if pressed >> bit & 1), (lx, ly), (rx, ry))


def pressed_keys(data: bytes, offset: int = 0) -> int:
    """The button word of a report at an offset."""
    return int(_KEYS.unpack_from(data, offset + _KEYS_AT)[0])


class RemoteStop:
    """A stop by the vendor's remote is an emergency stop of the stack too."""

    def __init__(self, combinations: Iterable[Iterable[str]], words: BlockWords) -> None:
        """Takes the combinations of buttons, and the words of the robot's block; raises UnknownName."""
        self._masks, self._words = [key_mask(buttons) for buttons in combinations], words
        self._pressed = False

    def heed(self, keys: int) -> bool:
        """Whether a stop key is newly pressed; then an emergency stop is requested.

        Args:
            keys: The button word.
        """
        pressed = any(keys & mask == mask for mask in self._masks)
        begins, self._pressed = pressed and not self._pressed, pressed
        if begins:
            self._words.request_estop("remote")
        return begins


def key_mask(names: Iterable[str]) -> int:
    """The button word with these buttons pressed; raises UnknownName."""
    mask = 0
    for name in names:
        if name not in BUTTONS:
            raise UnknownName("button of the remote", name, BUTTONS)
        mask |= 1 << BUTTONS.index(name)
    return mask
