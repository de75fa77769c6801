"""Names of the topics that Unitree's robots publish and obey; in ROS 2 the same without the prefix ``rt``."""

from __future__ import annotations

LOW_COMMAND = "rt/lowcmd"
"""Motor commands; obeyed while no built-in motion service runs."""
LOW_STATE = "rt/lowstate"
"""Everything that the robot measures, 500 Hz."""
ARM_COMMAND = "rt/arm_sdk"
"""G1: commands for arms and waist that its own walking service blends in with a weight."""
BATTERY_STATE = "rt/lf/bmsstate"
"""G1: its battery, at a low rate; Go2 reports it in the low state."""
SPORT_STATE = "rt/sportmodestate"
"""Go2: what its own motion service estimates and does."""


def request_topic(service: str) -> str:
    """Topic of requests to a service of the robot, e.g. ``motion_switcher``, ``sport``."""
    return f"rt/api/{service}/request"


def response_topic(service: str) -> str:
    """Topic of the answers of a service of the robot."""
    return f"rt/api/{service}/response"
