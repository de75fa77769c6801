"""MotorRealism: motors whose torque falls with speed and voltage, with gear backlash."""

from __future__ import annotations

import mujoco
import numpy as np

from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_index import ModelIndex

Array = np.ndarray


class MotorRealism:
    """Motor model between commands and joint torques, applied per physics step.

    A direct-current motor has less torque the faster it turns, since the voltage that its turning makes is taken from
    that of the battery (linear; e.g. Spong, Hutchinson, Vidyasagar, Robot Modeling and Control, ch. 6); the battery's
    own falls with the current that is drawn. A gear with play leaves the joint alone while the motor crosses the gap.

    Attributes:
        play: How far each motor stands before its joint, rad, shape (joints,): what its encoder reads too much.
    """

    def __init__(self, robot: RobotSpec, harsh: HardwareRealism, model: mujoco.MjModel, index: ModelIndex) -> None:
        """Takes the motors of a model, whose force ranges and biases are written from now on."""
        self._model, self._index, self._harsh = model, index, harsh
        self._effort, self._fastest = robot.column("effort"), robot.column("velocity")
        self._knee = harsh.full_torque_until
        self._half = 0.5 * harsh.backlash
        self.play = np.zeros(robot.size)
        self._bias = np.zeros(robot.size)
        self._written: Array | None = None
        self.renew()

    def renew(self) -> None:
        """Notes a new command; where only targets changed, the bias is still the one written here."""
        bias = self._model.actuator_biasprm[self._index.actuator, 0]
        if self._written is None or not np.array_equal(bias, self._written):
            self._bias, self._written = bias.copy(), None

    def apply(self, data: mujoco.MjData) -> None:
        """Applies the motors' limits to the coming physics step."""
        index, model = self._index, self._model
        speed = data.qvel[index.joint_qvel]
        drawn = float(np.mean(np.abs(data.actuator_force[index.actuator]) / self._effort))
        top = self._fastest * (1.0 - self._harsh.battery_sag * min(drawn, 1.0))
        forward, backward = self._torque(speed, top), self._torque(-speed, top)
        if self._half:
            free = self._cross(data, speed, model.opt.timestep)
            forward[free], backward[free] = 0.0, 0.0
            self._written = self._bias + model.actuator_biasprm[index.actuator, 1] * self.play
            model.actuator_biasprm[index.actuator, 0] = self._written
        model.actuator_forcerange[index.actuator, 0] = -backward
        model.actuator_forcerange[index.actuator, 1] = forward

    def _torque(self, speed: Array, top: Array) -> Array:
        """Available torque in the direction of a speed, N·m; braking has all of it."""
        if self._knee is None and not self._harsh.battery_sag:
            return self._effort.copy()
        knee = self._knee or 0.0
        return self._effort * np.clip((top - speed) / (self._fastest * (1.0 - knee)), 0.0, 1.0)

    def _cross(self, data: mujoco.MjData, speed: Array, step: float) -> Array:
        """Moves the motors within the backlash; which of them do not touch their joint, shape (joints,)."""
        model, actuator = self._model, self._index.actuator
        gain, bias = model.actuator_gainprm[actuator, 0], model.actuator_biasprm[actuator]
        position = data.qpos[self._index.joint_qpos] + self.play
        wanted = gain * data.ctrl[actuator] + self._bias + bias[:, 1] * position + bias[:, 2] * speed
        goal = np.where(wanted > 0, self._half, np.where(wanted < 0, -self._half, self.play))
        most = self._fastest * step
        self.play += np.clip(goal - self.play, -most, most)
        return np.abs(self.play - goal) > 1e-9
