"""MujocoDevice: a simulated robot in its scene, measured only by its sensors; the truth is for scoring."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

import mujoco
import numpy as np

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import from_yaw, into_body, yaw_of
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.sample_format import Measurement, SampleFormat
from skill_stack.core.shared_memory.truth_channel import TRUTH_SIZE, Truth, truth_of
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_index import ModelIndex, index_model, write_command
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.mujoco.persons.taker import takers
from skill_stack.hardware.mujoco.simulated_sensors import SimulatedSensors

Array = np.ndarray

LYING = "lie"
"""Pose of a robot that lies on the ground."""
SETTLE_TIME = 1.0  # s until the robot rests on the ground before time begins
SETTLE_KP, SETTLE_KD = 60.0, 3.0
HANG_ACCURACY = 0.001  # m: height above the ground at which a robot on a gantry is let go
FALLEN_TILT = 1.0  # rad
_FALLEN_UP = math.cos(FALLEN_TILT)
CONTACT_FORCE = 1.0  # N


class MujocoDevice:
    """One robot in one scene. The same robot, setup and commands give the same run, bit for bit.

    Attributes:
        model: The MuJoCo model; its actuator gains are those of the command in force.
        data: Its data.
        substeps: Physics steps in a control period.
        driven: Whether the command in force does more than damping; for scoring.
        stamp: Time of that command, as its sender stated it; for scoring.
        prefix: What stands before each of the robot's names in the model, where it is not alone.
    """

    prefix = ""

    def __init__(
        self,
        robot: RobotSpec,
        setup: SceneSetup,
        pose: str = LYING,
        timestep: float = 0.005,
        hung: Mapping[str, float] | None = None,
    ) -> None:
        """Builds the model and places the robot lying; without a command it is limp.

        Args:
            robot: The robot.
            setup: The scene with its seed applied.
            pose: Named pose in which the robot begins; one that cannot lie hangs in its default pose instead.
            timestep: Longest physics step, s; the step taken is the longest one that divides the control period.
            hung: Joint positions, rad, by name: the robot does not lie but hangs from a gantry with its feet just on
                the ground, joints so and the others as in ``pose``, and is let go by the first command with stiffness.

        Raises:
            ResourceNotFound: URDF or meshes are not installed.
            UnknownName: There is no such pose.
        """
        if hung is None and pose == LYING and LYING not in robot.poses and robot.fixed is None:
            hung, pose = {}, "default"
        self._robot = robot
        self._setup = setup
        self.substeps = math.ceil(1.0 / (robot.control_rate * timestep) - 1e-9)
        timestep = 1.0 / (robot.control_rate * self.substeps)
        self.model, self.data, self._index = self._build(robot, setup, timestep)
        self._takers = takers(self.data, setup)
        self._delay = round(setup.latency / timestep)
        self._pending: deque[tuple[int, Array, float]] = deque()
        self.driven, self.stamp = False, 0.0
        # Views, valid as long as the simulation is.
        self._ctrl, self._sensordata = self.data.ctrl, self.data.sensordata
        base, motion = self._index.base_qpos, self._index.base_qvel
        self._base, self._base_velocity = self.data.qpos[base : base + 7], self.data.qvel[motion : motion + 6]
        self._actuators = _slice_or_same(self._index.actuator)
        self._rest = b""
        self._timestep = timestep
        self._steps = 0
        self._sequence = 0
        self._format = SampleFormat(robot)
        self._measured: Measurement | None = None
        self._measured_at = 0
        self._hung = hung is not None
        if robot.fixed is not None:
            joints = robot.pose("default" if hung is not None or pose not in robot.poses else pose)
            joints[robot.indices(hung or ())] = list((hung or {}).values())
            self._hung = False
            self._settle(joints, robot.column("kp"), robot.column("kd"))
            self._let_go(joints)
        elif hung is None:
            self._lay_down(robot.pose(pose))
        else:
            joints = robot.pose(pose)
            joints[robot.indices(hung)] = list(hung.values())
            self._hang(joints)
        self._sensors = SimulatedSensors(robot, setup, self.data, self._index)

    def _build(
        self, robot: RobotSpec, setup: SceneSetup, timestep: float
    ) -> tuple[mujoco.MjModel, mujoco.MjData, ModelIndex]:
        """Builds the physics and its index of the robot."""
        model = build_model(robot, setup, timestep=timestep)
        return model, mujoco.MjData(model), index_model(model, robot)

    def _lay_down(self, joints: Array) -> None:
        """Lets the robot settle in a pose at its start, then releases it."""
        start = self._setup.start
        self._base[:3] = (start.x, start.y, self._robot.stand_height + 0.03)
        self._base[3:7] = from_yaw(start.yaw)
        gains = np.ones(self._robot.size)
        self._settle(joints, SETTLE_KP * gains, SETTLE_KD * gains)
        self._base[:2] = (start.x, start.y)
        self._let_go(joints)

    def _settle(self, joints: Array, kp: Array, kd: Array) -> None:
        """Holds joints with gains until everything rests."""
        zero = np.zeros(self._robot.size)
        self.data.qpos[self._index.joint_qpos] = joints
        hold = JointCommand(joints, zero, zero, kp, kd, CommandMode.ACTIVE)
        write_command(self.model, self.data, self._index, hold)
        for _ in range(round(SETTLE_TIME / self.model.opt.timestep)):
            mujoco.mj_step(self.model, self.data)

    def _let_go(self, joints: Array) -> None:
        """Leaves the robot limp and at rest at time zero."""
        zero = np.zeros(self._robot.size)
        self.data.qvel[:] = 0.0
        self.data.time = 0.0
        limp = JointCommand(joints, zero, zero, zero, zero, CommandMode.IDLE)
        write_command(self.model, self.data, self._index, limp)
        mujoco.mj_forward(self.model, self.data)

    def _hang(self, joints: Array) -> None:
        """Places the robot upright, just touching the ground."""
        start, data = self._setup.start, self.data
        self._base[:2] = (start.x, start.y)
        self._base[3:7] = from_yaw(start.yaw)
        data.qpos[self._index.joint_qpos] = joints
        high, low = 2.0 * self._robot.stand_height, 0.0
        while high - low > HANG_ACCURACY:
            self._base[2] = middle = 0.5 * (high + low)
            mujoco.mj_forward(self.model, data)
            high, low = (high, middle) if self._touches_anything() else (middle, low)
        self._base[2] = high
        zero = np.zeros(self._robot.size)
        write_command(self.model, data, self._index, JointCommand(joints, zero, zero, zero, zero, CommandMode.IDLE))
        mujoco.mj_forward(self.model, data)
        # Physics knows no gantry and takes the robot for one that falls; its accelerometer feels what carries it.
        data.qacc[:] = 0.0
        mujoco.mj_rnePostConstraint(self.model, data)
        mujoco.mj_sensorAcc(self.model, data)

    def _touches_anything(self) -> bool:
        """Whether the robot is in contact with anything."""
        mine = self.model.body_rootid == self.model.body_rootid[self._index.base_body]
        return bool(mine[self.model.geom_bodyid[self.data.contact.geom]].any())

    @property
    def time(self) -> float:
        """Task time, s."""
        return self._steps * self._timestep

    def receive(self, command: JointCommand) -> None:
        """Takes a command; it applies after the scene's latency, until the next one."""
        self.receive_rows(np.concatenate((command.q, command.dq, command.tau, command.kp, command.kd)))

    def receive_rows(self, rows: Array, stamp: float = 0.0) -> None:
        """Takes a command as numbers.

        Args:
            rows: q, dq, tau, kp and kd one after the other, ordered by ``RobotSpec.joints``, shape (5 * joints,).
            stamp: When it was given, s.
        """
        self._pending.append((self._steps + self._delay, rows, stamp))

    def force_rows(self, rows: Array, stamp: float = 0.0) -> None:
        """Applies a command at once, replacing pending ones; arguments as in :meth:`receive_rows`."""
        self._pending.clear()
        self._obey(rows)
        self.stamp = stamp

    def advance(self, steps: int = 1) -> None:
        """Steps the physics with the command in force."""
        end = self._steps + steps
        while self._steps < end:
            if self._pending and self._pending[0][0] <= self._steps:
                self._obey_next()
                continue
            until = min(self._pending[0][0], end) if self._pending else end
            if not self._hung:
                self._step(until - self._steps)
            self._steps = until

    def _step(self, steps: int) -> None:
        """Physics steps with the command in force."""
        if not self._takers:
            mujoco.mj_step(self.model, self.data, steps)
            return
        for _ in range(steps):
            self._act_persons()
            mujoco.mj_step(self.model, self.data)

    def _act_persons(self) -> None:
        """Lets the persons of the scene act on the coming physics step."""
        for taker in self._takers:
            taker.step()

    def _obey_next(self) -> None:
        _, rows, self.stamp = self._pending.popleft()
        self._obey(rows)

    def _obey(self, rows: Array) -> None:
        """Applies a command; gains and feed-forward are written only when they change."""
        joints = self._robot.size
        rest = rows[joints:].tobytes()
        if rest == self._rest:
            self._ctrl[self._actuators] = rows[:joints]
            return
        self._rest = rest
        self.driven = bool(rows[joints : 4 * joints].any())  # velocity, feed-forward or stiffness
        self._hung = self._hung and not rows[3 * joints : 4 * joints].any()
        q, dq, tau, kp, kd = rows.reshape(5, joints)
        write_command(self.model, self.data, self._index, JointCommand(q, dq, tau, kp, kd, CommandMode.ACTIVE))

    def step(self, command: JointCommand) -> None:
        """One control period with a new command."""
        self.receive(command)
        self.advance(self.substeps)

    def push(self, forward: float, left: float) -> None:
        """Changes the base's velocity, m/s in its heading: for tests and evaluation."""
        yaw = yaw_of(self._base[3:7])
        c, s = math.cos(yaw), math.sin(yaw)
        self._base_velocity[:2] += (c * forward - s * left, s * forward + c * left)

    def measure(self, stamp: float) -> Measurement:
        """Present measurement as numbers; the same for the same time.

        Args:
            stamp: Monotonic time, s.

        Returns:
            The measurement; its vector is written again by the next one at another time.
        """
        if self._measured is None or self._measured_at != self._steps:
            self._sequence += 1
            self._measured = self._sensors.measure(self._sequence, self.time, stamp)
            self._measured_at = self._steps
        return self._measured

    def sample(self) -> SensorSample:
        """Present measurement, with task time as its monotonic time."""
        measurement = self.measure(self.time)
        return self._format.sample(measurement._replace(stamp=self.time, vector=measurement.vector.copy()))

    def prepare(self) -> None:
        """Computes ahead for the next measurement, during idle time."""
        self._sensors.prepare()

    def state(self) -> Array:
        """Generalised positions of robot and movable objects: for cameras and scoring."""
        return self.data.qpos

    def truth(self) -> Truth:
        """Simulator truth: for scoring only."""
        vector = np.zeros(TRUTH_SIZE)
        return truth_of(vector, *self.write_truth(vector))

    def write_truth(self, vector: Array) -> tuple[int, float, bool, int]:
        """The truth as numbers, in the form of ``TruthChannel``.

        Args:
            vector: Receives the arrays, shape (TRUTH_SIZE,).

        Returns:
            Number of the last sample, task time in s, whether the robot has fallen, and the number of feet.
        """
        feet = self._sensordata[self._index.foot_force]
        x, y, z, *q = self._base.tolist()
        a, b, c, *angular = self._base_velocity.tolist()
        vector[:13] = (x, y, z, *q, *into_body(q, (a, b, c)), *angular)
        np.greater(feet, CONTACT_FORCE, out=vector[13 : 13 + feet.size])
        _, x, y, _ = q
        fallen = feet.size > 0 and 1.0 - 2.0 * (x * x + y * y) < _FALLEN_UP  # hands are held any way up
        return self._sequence, self.time, fallen, feet.size


def _slice_or_same(places: Array) -> Array | slice:
    """Consecutive indices as a slice, which numpy writes several times faster."""
    first = int(places[0]) if places.size else 0
    follow = np.array_equal(places, np.arange(first, first + places.size))
    return slice(first, first + places.size) if follow else places
