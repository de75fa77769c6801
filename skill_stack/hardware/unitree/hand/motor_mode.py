"""The mode byte of a Dex3-1 motor: its number, its working mode and its time-out protection.

Source: the vendor's page on the hand (support.unitree.com, G1_developer/dexterous_hand), structure ``RIS_Mode_t``, and
its programs ``g1_dex3_example`` (unitree_sdk2) and ``robot_hand_unitree`` (xr_teleoperate). Bits 0 to 3 are the number
of the motor (15 is every motor), bits 4 to 6 the working mode, bit 7 the protection.
"""

from __future__ import annotations

DRIVEN = 1
"""Working mode of a motor that obeys its command (the vendor's FOC); 0 locks it."""
TIMEOUT = 0x80
"""In a command: a motor that gets no command for :data:`TIMEOUT_AFTER` stops. In a state: it has stopped for that, and
obeys again after a command without this bit."""
TIMEOUT_AFTER = 1.0
"""Silence after which a protected motor stops, s: the vendor's default. What it does then is not documented."""


def mode_byte(number: int, protected: bool) -> int:
    """Mode byte of a command.

    Args:
        number: The motor, 0 to 14.
        protected: Whether it stops when no command comes.
    """
    return (number & 0x0F) | DRIVEN << 4 | (TIMEOUT if protected else 0)
