"""Registers of the X series: address, size and unit of each value.

Source of addresses, sizes and units: ROBOTIS e-Manual, control tables of XC330-M288-T, XL330-M288-T and XM430-W210-T,
which agree in everything used here.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Register(NamedTuple):
    """A span of a motor's control table.

    Attributes:
        address: Its first byte.
        size: Its length, bytes.
    """

    address: int
    size: int


MODEL_NUMBER = Register(0, 2)
RETURN_DELAY = Register(9, 1)
"""Return delay time of a motor, in steps of 2 µs."""
OPERATING_MODE = Register(11, 1)
CURRENT_LIMIT = Register(38, 2)
TORQUE_ENABLE = Register(64, 1)
HARDWARE_ERROR = Register(70, 1)
POSITION_GAINS = Register(80, 6)
"""Derivative, integral and proportional gain of the position loop, two bytes each."""
BUS_WATCHDOG = Register(98, 1)
"""Bus watchdog, in steps of 20 ms; 255 once triggered, and then goal current stays zero until it is written as 0."""
GOAL_CURRENT = Register(102, 2)
GOAL_POSITION = Register(116, 4)
PRESENT = Register(120, 16)
"""The motor's own clock (2 bytes, 1 ms), unused (4), present current (2), velocity (4), position (4)."""
HEALTH = Register(144, 3)
"""Input voltage (2 bytes, 0.1 V) and temperature (1, °C)."""

CURRENT_BASED_POSITION = 5
"""Operating mode: a position loop whose output is a current, limited by the goal current; several turns."""

COUNTS_PER_TURN = 4096
RADIAN = COUNTS_PER_TURN / (2 * math.pi)
"""Counts of position in a radian."""
SPEED = 0.229 * 2 * math.pi / 60
"""One count of velocity, rad/s."""
TICK = 1e-3
"""One count of a motor's own clock, s."""
TICKS = 32768
"""Counts after which that clock wraps."""
WATCHDOG_STEP = 0.02
"""One count of the bus watchdog, s."""
BITTEN = 255
"""Value of a triggered bus watchdog."""
LARGEST_GAIN = 16383
"""Largest value of each gain of the position loop."""

ERRORS = {0: "input voltage", 2: "overheating", 3: "motor encoder", 4: "electrical shock", 5: "overload"}
"""Bits of the hardware error status."""


def errors_of(status: int) -> str:
    """A hardware error status in words, e.g. ``overheating, overload``."""
    return ", ".join(text for bit, text in ERRORS.items() if status >> bit & 1) or f"hardware error {status}"
