"""Known properties of these robots beyond their messages, in words for their users."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.core.robots.hardware import Capabilities
from skill_stack.hardware.unitree.settings import UnitreeRobot, UnitreeSettings

RATE = 500.0
"""Rate of states, and the rate at which the vendor's programs command, Hz."""

WHEN_SILENT = (
    "not documented by the vendor: assume that the motors follow the last command, with its gains, indefinitely. "
    "That is why the last command this stack sends is damping, and why a supervisor outlives the control process"
)
WHEN_SILENT_ARMS = (
    "not documented by the vendor: assume that the arms hold the last command with the last weight while the "
    "built-in controller keeps balancing"
)


def capabilities_of(data: UnitreeRobot, settings: UnitreeSettings, joints: Sequence[str]) -> Capabilities:
    """What driver and robot can do.

    Args:
        data: The robot as its firmware sees it.
        settings: How the deployment drives it.
        joints: Joints that obey.
    """
    arms = settings.mode == "arms"
    start = "a state that makes sense, nobody else who commands"
    release = {
        "lower": "the built-in controller lays the robot down and is switched off",
        "at_once": "the built-in controller is switched off at once",
        "never": "refused while a built-in controller runs",
        "unasked": "the built-in controller is not asked about",
    }[settings.release]
    end = "damping over a while"
    back = ", the weight sinks to zero" if arms else ", the built-in controller is switched on again"
    return Capabilities(
        commanded=tuple(joints),
        rate=RATE,
        foot_force=bool(data.foot_force),
        battery="battery" not in settings.lacks,
        temperature=True,
        remote=True,
        imu=True,
        when_silent=WHEN_SILENT_ARMS if arms else WHEN_SILENT,
        start_up=f"{start}; {'the built-in controller must run' if arms else release}",
        shut_down=end + (back if arms or settings.give_back else ""),
    )
