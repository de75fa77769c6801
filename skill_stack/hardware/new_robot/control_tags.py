"""What the ``<ros2_control>`` tags of a third-party URDF add to what its joints state."""

from __future__ import annotations

import math
from dataclasses import replace

from skill_stack.hardware.new_robot.urdf_reading import StatedJoint, StatedRobot
from skill_stack.hardware.ros2_control.urdf_tags import CommandInterface, JointInterfaces, common_interfaces, tags_of


def take_tags(stated: StatedRobot, origin: str) -> tuple[tuple[str, ...], list[str]]:
    """Fills in limits that only the tags state, and takes the narrower range where both state one.

    Args:
        stated: Content of the URDF; its joints are changed.
        origin: What messages name as the source.

    Returns:
        Command interfaces that every joint has, none unless the robot can be driven over ros2_control; and notes.

    Raises:
        DataError: A tag is wrong.
    """
    tags = tags_of(stated.root, origin)
    if not tags:
        return (), []
    stated.joints = [_filled(joint, tags[joint.name]) if joint.name in tags else joint for joint in stated.joints]
    names = [joint.name for joint in stated.joints]
    shared = common_interfaces(names, tags)
    if lost := [name for name in names if name not in tags]:
        return (), [f"no driver ros2_control: the <ros2_control> tags lack {', '.join(lost)}"]
    if not {"position", "velocity", "effort"} & set(shared):
        return (), ["no driver ros2_control: its joints have no command interface in common"]
    driver = f"driver ros2_control is possible: every joint takes {', '.join(shared)}"
    return shared, [f"{driver}; a deployment names the controller (docs/hardware/drivers.md)"]


def _filled(joint: StatedJoint, interfaces: JointInterfaces) -> StatedJoint:
    hinge, speed, torque = (
        interfaces.commands.get(name, CommandInterface(name)) for name in ("position", "velocity", "effort")
    )
    if math.isfinite(hinge.minimum) and math.isfinite(hinge.maximum):
        lower = hinge.minimum if joint.lower is None else max(joint.lower, hinge.minimum)
        upper = hinge.maximum if joint.upper is None else min(joint.upper, hinge.maximum)
        joint = replace(joint, lower=lower, upper=upper)
    return replace(joint, velocity=joint.velocity or _both_ways(speed), effort=joint.effort or _both_ways(torque))


def _both_ways(interface: CommandInterface) -> float | None:
    most = min(-interface.minimum, interface.maximum)
    return most if 0.0 < most < math.inf else None
