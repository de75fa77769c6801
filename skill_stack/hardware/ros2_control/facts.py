"""Known properties of robots behind ros2_control, in words for their users."""

from __future__ import annotations

from skill_stack.core.robots.hardware import Capabilities
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.ros2_control.settings import Kind, Ros2ControlSettings

SHUT_DOWN: dict[Kind, str] = {
    "position": "halted where it is: a position controller cannot damp",
    "trajectory": "halted where it is: a trajectory controller cannot damp",
    "velocity": "told to stand still",
    "effort": "damped, then no effort but against the motion",
}


def capabilities_of(robot: RobotSpec, settings: Ros2ControlSettings) -> Capabilities:
    """Capabilities of robot and driver."""
    return Capabilities(
        commanded=robot.joint_names,
        rate=settings.rate,
        when_silent="decided by the robot's own controllers: most hold the last command indefinitely",
        start_up="joint states of every joint, and a controller whose joints are the robot's, in whatever order"
        + (", which the controller manager starts" if settings.managed else ""),
        shut_down=SHUT_DOWN[settings.driven_kind]
        + ("; then the controllers that ran before" if settings.managed else ""),
    )
