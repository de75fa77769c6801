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


def hand_command_topic(side: str) -> str:
    """Topic of motor commands to a Dex3-1 hand, ``left`` or ``right``; a service of the robot passes them on."""
    return f"rt/dex3/{side}/cmd"


def hand_state_topic(side: str, low_rate: bool = False) -> str:
    """Topic of what a Dex3-1 hand measures, ``left`` or ``right``; at a low rate on a topic of its own."""
    return f"rt/lf/dex3/{side}/state" if low_rate else f"rt/dex3/{side}/state"
