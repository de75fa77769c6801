"""The 40 bytes of the vendor's remote control, as they lie in every low-level state."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from skill_stack.core.errors import UnknownName

# Two bytes of buttons, least significant bit first.
BUTTONS = ("R1", "L1", "start", "select", "R2", "L2", "F1", "F3", "A", "B", "X", "Y", "up", "right", "down", "left")
HEAD = (0x55, 0x51)
_LAYOUT = struct.Struct("<2B H 3f 4x f 16x")


def remote_bytes(
    buttons: Iterable[str] = (), lx: float = 0.0, ly: float = 0.0, rx: float = 0.0, ry: float = 0.0
) -> bytes:
    """What the robot reports while buttons are held and sticks are pushed, each -1 to 1.

    Raises:
        UnknownName: There is no such button.
    """
    pressed = 0
    for button in buttons:
        if button not in BUTTONS:
            raise UnknownName("button", button, BUTTONS)
        pressed |= 1 << BUTTONS.index(button)
    return _LAYOUT.pack(*HEAD, pressed, lx, rx, ry, ly)
