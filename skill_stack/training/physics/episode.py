"""One robot under one policy in the runtime model, with latency, sensor noise and pushes, scored on the truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np

from skill_stack.core.data_file import DataModel
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, rotate_inverse
from skill_stack.hardware.mujoco.model_index import index_model, write_command
from skill_stack.hardware.mujoco.model_variation import ModelVariation
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.exporting.policy import LoadedPolicy, PolicyRun

Array = np.ndarray


class TrainingSensorNoise(DataModel):
    """Standard deviations of white noise on what the policy sees.

    Attributes:
        angular_velocity: rad/s.
        gravity: Of each component of the unit vector.
        position: rad.
        velocity: rad/s.
        base_velocity: Of each component of the base's velocity, m/s.
    """

    angular_velocity: float = 0.0
    gravity: float = 0.0
    position: float = 0.0
    velocity: float = 0.0
    base_velocity: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainingTruth:
    """What really happened in one tick.

    Attributes:
        velocity: Base velocity in the base frame: vx, vy in m/s and yaw rate in rad/s, shape (3,).
        height: Height of the base, m.
        tilt: Angle between the base's z axis and up, rad.
        joint_speed: Largest joint speed, rad/s.
        position: Base position, m, shape (3,).
        torque: Largest torque relative to the joint's limit.
    """

    velocity: Array
    height: float
    tilt: float
    joint_speed: float
    position: Array
    torque: float


class TrainingEpisode:
    """A single simulated robot that starts standing in its default pose."""

    def __init__(
        self,
        robot: RobotSpec,
        policy: LoadedPolicy,
        rng: np.random.Generator,
        variation: ModelVariation | None = None,
        noise: TrainingSensorNoise | None = None,
        latency: float = 0.0,
    ) -> None:
        """Builds the model and puts the robot on its feet.

        Args:
            robot: The robot.
            policy: The policy.
            rng: Source of noise and of the small offsets at the start.
            variation: How the robot differs from the nominal one.
            noise: Sensor noise.
            latency: Time from measurement to command, s; rounded to physics steps, below one tick.
        """
        self._robot, self._rng, self._noise = robot, rng, noise or TrainingSensorNoise()
        self._model = build_model(robot, randomisation=variation)
        self._data = mujoco.MjData(self._model)
        self._index = index_model(self._model, robot)
        self._run = PolicyRun(policy, robot)
        timestep = self._model.opt.timestep
        self._substeps = round(1.0 / robot.control_rate / timestep)
        self._delay = min(round(latency / timestep), self._substeps - 1)
        default = robot.pose("default")
        start = default + rng.uniform(-0.05, 0.05, robot.size)
        self._data.qpos[2] = robot.stand_height
        self._data.qpos[self._index.joint_qpos] = start
        mujoco.mj_forward(self._model, self._data)
        zero = np.zeros(robot.size)
        # Before the first command arrives the robot holds its default pose, as after standing up.
        hold = JointCommand(default, zero, zero, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)
        write_command(self._model, self._data, self._index, hold)
        self._effort = robot.column("effort")

    def push(self, speed: float) -> None:
        """Changes the base's velocity by a speed in a random direction of the plane.

        Args:
            speed: m/s.
        """
        angle = self._rng.uniform(-math.pi, math.pi)
        self._data.qvel[:2] += speed * np.array([math.cos(angle), math.sin(angle)])

    def step(self, command: Array) -> TrainingTruth:
        """One control tick.

        Args:
            command: Goal values of the policy.
        """
        new = self._run.act(self._sense(), command)
        for step in range(self._substeps):
            if step == self._delay:
                write_command(self._model, self._data, self._index, new)
            mujoco.mj_step(self._model, self._data)
        return self._truth()

    def _sense(self) -> RobotState:
        """Sensor values with noise."""
        data, index, noise, rng = self._data, self._index, self._noise, self._rng
        joints = self._robot.size
        orientation = data.sensordata[index.orientation].copy()
        return RobotState(
            task_time=data.time,
            position=data.qpos[index.joint_qpos] + noise.position * rng.standard_normal(joints),
            velocity=data.qvel[index.joint_qvel] + noise.velocity * rng.standard_normal(joints),
            torque=data.actuator_force[index.actuator],
            orientation=orientation,
            angular_velocity=data.sensordata[index.gyro] + noise.angular_velocity * rng.standard_normal(3),
            projected_gravity=gravity_in_base(orientation) + noise.gravity * rng.standard_normal(3),
            base_position=np.zeros(3),
            base_velocity=rotate_inverse(orientation, data.qvel[:3]) + noise.base_velocity * rng.standard_normal(3),
            contact=data.sensordata[index.foot_force] > 1.0,
            sources={},
        )

    def _truth(self) -> TrainingTruth:
        data, index = self._data, self._index
        orientation = data.qpos[3:7]
        gravity = gravity_in_base(orientation)
        linear = rotate_inverse(orientation, data.qvel[:3])
        return TrainingTruth(
            velocity=np.array([linear[0], linear[1], data.qvel[5]]),
            height=float(data.qpos[2]),
            tilt=math.acos(float(np.clip(-gravity[2], -1.0, 1.0))),
            joint_speed=float(np.abs(data.qvel[index.joint_qvel]).max()),
            position=data.qpos[:3].copy(),
            torque=float((np.abs(data.actuator_force[index.actuator]) / self._effort).max()),
        )
