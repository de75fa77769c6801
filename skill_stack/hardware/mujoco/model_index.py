"""Addresses of a robot's values in a MuJoCo model, resolved by name once."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from skill_stack.core.errors import UnknownName
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray


PULLEY = 0.02
"""Radius over which a motor moves a slide, m; an estimate for the belt drive of a small pick-and-place machine."""


@dataclass(frozen=True, slots=True)
class ModelIndex:
    """Addresses in ``MjData`` and ``MjModel``, ordered by ``RobotSpec.joints`` and ``RobotSpec.feet``.

    Attributes:
        joint_qpos: Addresses of the joints in ``qpos``, shape (joints,).
        joint_qvel: Addresses of the joints in ``qvel``, shape (joints,).
        actuator: Actuator ids of the joints, shape (joints,).
        motor_strength: Factor on the torque of each motor, shape (joints,), from the model's variation.
        lever: Torque of the motor for each unit of what moves the joint, shape (joints,): 1 of a turn, in m of a slide.
        base_body: Body id of the base.
        base_qpos: First address of the base's position and orientation in ``qpos``, which take seven.
        base_qvel: First address of its velocity in ``qvel``, which takes six.
        gyro: Slice of ``sensordata`` with the angular velocity in the IMU frame, rad/s.
        accelerometer: Slice with the specific force in the IMU frame, m/s².
        orientation: Slice with the orientation of the IMU in the world, w-x-y-z.
        foot_force: Addresses of the feet's normal forces, N, shape (feet,).
        touch: Addresses of the normal forces on the pads of touch sensors, N, shape (sensors,).
        foot_position: Addresses of the feet's positions in the world, m, shape (feet, 3), or None without them.
        foot_velocity: Addresses of the feet's velocities in the world, m/s, shape (feet, 3), or None without them.
        foot_orientation: Addresses of flat feet's orientations in the world, w-x-y-z, shape (feet, 4), or None.
        foot_turning: Addresses of flat feet's angular velocities in the world, rad/s, shape (feet, 3), or None.
    """

    joint_qpos: Array
    joint_qvel: Array
    actuator: Array
    motor_strength: Array
    lever: Array
    base_body: int
    base_qpos: int
    base_qvel: int
    gyro: slice
    accelerometer: slice
    orientation: slice
    foot_force: Array
    touch: Array
    foot_position: Array | None
    foot_velocity: Array | None
    foot_orientation: Array | None = None
    foot_turning: Array | None = None


def index_model(model: mujoco.MjModel, robot: RobotSpec, prefix: str = "") -> ModelIndex:
    """Resolves the names of a robot in a model.

    Args:
        model: The model.
        robot: The robot.
        prefix: What stands before each of its names where it is not alone in the model.

    Raises:
        UnknownName: The model lacks a joint, an actuator or a sensor of the robot.
    """
    joints = [_id(model, mujoco.mjtObj.mjOBJ_JOINT, prefix + name) for name in robot.joint_names]
    actuators = np.array([_id(model, mujoco.mjtObj.mjOBJ_ACTUATOR, prefix + name) for name in robot.joint_names])
    names = [prefix + foot.name for foot in robot.feet]
    base = _id(model, mujoco.mjtObj.mjOBJ_BODY, prefix + robot.source.base_link)
    root = int(model.body_jntadr[base])
    return ModelIndex(
        joint_qpos=model.jnt_qposadr[joints].copy(),
        joint_qvel=model.jnt_dofadr[joints].copy(),
        actuator=actuators,
        motor_strength=model.actuator_user[actuators, 0].copy(),
        lever=np.where(model.jnt_type[joints] == mujoco.mjtJoint.mjJNT_SLIDE, PULLEY, 1.0),
        base_body=base,
        base_qpos=int(model.jnt_qposadr[root]),
        base_qvel=int(model.jnt_dofadr[root]),
        gyro=_sensor(model, f"{prefix}imu_gyro"),
        accelerometer=_sensor(model, f"{prefix}imu_accelerometer"),
        orientation=_sensor(model, f"{prefix}imu_orientation"),
        foot_force=np.array([_sensor(model, f"{name}_force").start for name in names], dtype=int),
        touch=np.array([_sensor(model, f"{prefix}touch_{one.name}").start for one in robot.sensors.touch], dtype=int),
        foot_position=_of_feet(model, names, "position", 3),
        foot_velocity=_of_feet(model, names, "velocity", 3),
        foot_orientation=_of_feet(model, names, "orientation", 4),
        foot_turning=_of_feet(model, names, "turning", 3),
    )


def write_command(model: mujoco.MjModel, data: mujoco.MjData, index: ModelIndex, command: JointCommand) -> None:
    """Makes the actuators compute ``tau + kp (q - position) + kd (dq - velocity)``, limited to the joints' efforts.

    Args:
        model: The model; its actuator gains are written.
        data: Its data; ``ctrl`` is written.
        index: Addresses of the robot in it.
        command: Targets, ordered by ``RobotSpec.joints``.
    """
    strength, actuator = index.motor_strength, index.actuator
    kp, kd = command.kp * strength, command.kd * strength
    model.actuator_gainprm[actuator, 0] = kp
    model.actuator_biasprm[actuator, 0] = kd * command.dq + strength * command.tau
    model.actuator_biasprm[actuator, 1] = -kp
    model.actuator_biasprm[actuator, 2] = -kd
    data.ctrl[actuator] = command.q


def _id(model: mujoco.MjModel, kind: mujoco.mjtObj, name: str) -> int:
    found = mujoco.mj_name2id(model, kind, name)
    if found < 0:
        counts = {
            mujoco.mjtObj.mjOBJ_JOINT: model.njnt,
            mujoco.mjtObj.mjOBJ_ACTUATOR: model.nu,
            mujoco.mjtObj.mjOBJ_BODY: model.nbody,
            mujoco.mjtObj.mjOBJ_SENSOR: model.nsensor,
        }
        available = [mujoco.mj_id2name(model, kind, item) or "" for item in range(counts[kind])]
        raise UnknownName(f"{kind.name.removeprefix('mjOBJ_').lower()} in the model", name, available)
    return found


def _sensor(model: mujoco.MjModel, name: str) -> slice:
    sensor = _id(model, mujoco.mjtObj.mjOBJ_SENSOR, name)
    start = int(model.sensor_adr[sensor])
    return slice(start, start + int(model.sensor_dim[sensor]))


def _of_feet(model: mujoco.MjModel, names: list[str], what: str, size: int) -> Array | None:
    """Addresses of a sensor of each foot, shape (feet, size); None where feet have none."""
    sensors = [f"{name}_{what}" for name in names]
    if not names or mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SENSOR, sensors[0]) < 0:
        return None
    return np.array([np.arange(size) + _sensor(model, sensor).start for sensor in sensors])
