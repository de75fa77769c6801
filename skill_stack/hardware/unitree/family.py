"""The two families of messages: those of the Go2 and those of the G1."""

from __future__ import annotations

from typing import Any, NamedTuple

from skill_stack.hardware.unitree.messages import messages_go, messages_hg


class MessageFamily(NamedTuple):
    """One family.

    Attributes:
        command: Class of the command of all motors.
        state: Class of the state.
        battery: Class of the battery's own report, or None where the state carries it.
        echo: Whether commands must repeat the kind of machine from the state.
        all_slots: Whether motor slots without a joint are switched on too, as the vendor's programs do.
    """

    command: Any
    state: Any
    battery: Any
    echo: bool
    all_slots: bool


FAMILIES = {
    "go": MessageFamily(messages_go.LowCmd, messages_go.LowState, None, False, True),
    "hg": MessageFamily(messages_hg.LowCmd, messages_hg.LowState, messages_hg.BmsState, True, False),
}
"""Families by the name that ``driver_data.unitree.messages`` uses."""
