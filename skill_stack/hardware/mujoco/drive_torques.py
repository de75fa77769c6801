"""Joint torque limits of a hand over its bus, where these are below those of the joints."""

from __future__ import annotations

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.allegro.settings import hand_data
from skill_stack.hardware.dynamixel.settings import robot_data


def drive_torques(robot: RobotSpec) -> dict[str, float]:
    """Largest torque of each joint over the robot's own bus, N·m, by joint.

    Dynamixel motors: limit of current times torque constant. Allegro Hand: the manufacturer's caps of pulse width.
    A robot without such a bus gives its joints' own.

    Raises:
        DataError: The robot's section about its bus is wrong.
    """
    own = {joint.name: joint.effort for joint in robot.joints}
    if "dynamixel" in robot.driver_data:
        motors = robot_data(robot)
        return {name: min(effort, motors.current_limit * motors.torque_constant) for name, effort in own.items()}
    if "allegro" in robot.driver_data:
        hand = hand_data(robot)
        return {name: min(effort, hand.caps[name] / hand.pulse_per_torque) for name, effort in own.items()}
    return own


def as_driven(robot: RobotSpec) -> RobotSpec:
    """The robot with joint torques limited as over its bus, so that simulation does not exceed them.

    Raises:
        DataError: The robot's section about its bus is wrong.
    """
    torques = drive_torques(robot)
    joints = tuple(joint.model_copy(update={"effort": torques[joint.name]}) for joint in robot.joints)
    return robot.model_copy(update={"joints": joints})
