"""ManifestObject: an object that a policy handles, and where it is to go (``object`` in a policy's manifest)."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Positive


class ManifestObject(DataModel):
    """An object that a hand turns; its pose comes from the robot's declared tracker, never from anywhere else.

    Attributes:
        goal: Names of the commands that hold roll, pitch and yaw of the orientation wanted, rad, in the base frame.
        reached: Angle between object and goal at which the goal counts as reached, rad.
        lost: Age of the tracker's last look from which the policy holds still until it sees again, s.
    """

    goal: tuple[str, str, str] = ("roll", "pitch", "yaw")
    reached: Positive = 0.1
    lost: Positive = 0.5
