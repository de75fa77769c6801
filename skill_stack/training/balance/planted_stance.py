"""A robot on both planted feet: posture, equilibrium, and how it moves nearby."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import mujoco
import numpy as np
from scipy.optimize import least_squares

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.model_variation import vary_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.balance.balance_task import PlantTask, StanceTask

Array = np.ndarray

TIMESTEP = 0.005
"""Physics step, s: that of the runtime."""
SINKS = 6e-4
"""Depth to which soles press into the floor, m: where the search for the equilibrium begins."""
NEWTON_STEPS = 150
LONGEST_STEP = np.array([2e-4, 5e-4, 5e-4, 1e-2, 1e-2, 1e-2])
"""Height, m, roll and pitch, rad, and creep, m/s and rad/s, by which a step of Newton's method moves at most: contacts
come and go."""
BALANCED = 1.0
"""Largest force and torque at the base that is left in the equilibrium, N and N·m."""
MOVED = 45.0
"""The same in a motion, an eighth of the weight: the ground cannot push quite as a heavier robot would need it."""
FRICTION = 0.8  # coefficient of the floor; the feet stick, whatever it is
_OUT_OF_SIGHT = (0, 1, 5)
"""Where the base is in the plane, and its heading: nothing depends on them."""


@dataclass(frozen=True, slots=True)
class LinearStance:
    """Deviations from the equilibrium from one physics step to the next: ``x' = A x + B u``.

    Attributes:
        step: A, shape (states, states).
        control: B, for targets of the driven joints in rad, shape (states, driven).
        places: Addresses in the state: ``linear`` and ``angular`` velocity of the base, ``attitude`` (height, roll,
            pitch), ``position`` and ``velocity`` of the driven joints.
    """

    step: Array
    control: Array
    places: dict[str, list[int]]


class PlantedStance:
    """The stance of one robot.

    Attributes:
        driven: Places of the driven joints among the robot's.
        index: Addresses in the model.
        start: Generalised positions of the posture, shape (nq,).
        position: Positions of the driven joints, rad, shape (driven,).
        targets: Targets that hold it there, rad, shape (driven,).
    """

    def __init__(self, robot: RobotSpec, task: StanceTask, joints: str) -> None:
        """Finds posture and equilibrium of the nominal robot.

        Args:
            robot: The robot; its feet have corners.
            task: The stance.
            joints: Group of joints that are driven; the others rest in the default pose.

        Raises:
            DataError: There is no such stance.
        """
        self._robot, self._task = robot, task
        self._model = build_model(robot, foot_kinematics=True, bare=True, timestep=TIMESTEP)
        self.index = index_model(self._model, robot)
        self.driven = robot.indices(robot.members((joints,)))
        self._feet = [self._model.body(foot.link).id for foot in robot.feet]
        self.start = self._posture()
        self._speed = self._change = np.zeros(self._model.nv)
        self._settle()

    def _settle(self) -> None:
        data, index = self._equilibrium(self._model), self.index
        self.position = data.qpos[index.joint_qpos][self.driven]
        self.targets = data.ctrl[index.actuator][self.driven]

    def at(self, state: Array, speed: Array, change: Array) -> PlantedStance:
        """A moment of a motion, of which feet that stand touch the ground.

        Args:
            state: Generalised positions, shape (nq,).
            speed: Generalised velocities, shape (nv,).
            change: Generalised accelerations, shape (nv,).

        Raises:
            DataError: The ground cannot push so.
        """
        other = copy.copy(self)
        other.start, other._speed, other._change = state.copy(), speed.copy(), change.copy()
        other._settle()
        return other

    def model(self) -> mujoco.MjModel:
        """A copy of the nominal robot's model."""
        return copy.copy(self._model)

    def linear(self, plant: PlantTask) -> LinearStance:
        """How a varied robot moves about the same stance.

        Raises:
            DataError: It finds no equilibrium there.
        """
        model = vary_model(self._model, self._robot, plant.variation())
        model.dof_frictionloss[:] = 0.0  # it holds what is still, and would look like damping without end
        model.opt.tolerance, model.opt.iterations = 0.0, 60
        data, index, nv = self._equilibrium(model), self.index, model.nv
        step, control = np.zeros((2 * nv, 2 * nv)), np.zeros((2 * nv, model.nu))
        mujoco.mjd_transitionFD(model, data, 1e-6, 1, step, control, None, None)
        kept = [place for place in range(2 * nv) if place not in _OUT_OF_SIGHT]
        at = {place: number for number, place in enumerate(kept)}
        speeds = index.joint_qvel[self.driven].tolist()
        places = {
            "linear": [at[nv + axis] for axis in (0, 1, 2)],
            "angular": [at[nv + axis] for axis in (3, 4, 5)],
            "attitude": [at[axis] for axis in (2, 3, 4)],
            "position": [at[speed] for speed in speeds],
            "velocity": [at[nv + speed] for speed in speeds],
        }
        driven = index.actuator[self.driven]
        return LinearStance(step[np.ix_(kept, kept)], control[np.ix_(kept, driven)], places)

    def _place(self, data: mujoco.MjData, ahead: float, legs: Array) -> None:
        """Places the base ahead of the ankles, upright, at its height."""
        joints = self._robot.pose("default")
        joints[self.driven] = legs
        data.qpos[:] = self._model.qpos0
        data.qpos[:3] = ahead, 0.0, self._task.height
        data.qpos[3:7] = 1.0, 0.0, 0.0, 0.0
        data.qpos[self.index.joint_qpos] = joints
        mujoco.mj_kinematics(self._model, data)
        mujoco.mj_comPos(self._model, data)

    def _legs(self, data: mujoco.MjData, ahead: float, guess: Array) -> Array:
        """Leg joints with which the feet are flat where they shall be, rad."""
        task, sole = self._task, self._robot.feet[0].radius

        def error(legs: Array) -> Array:
            self._place(data, ahead, legs)
            parts = []
            for side, foot in zip((1.0, -1.0), self._feet):
                turn = -side * task.toes_in
                wanted = np.array(
                    [[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]]
                )
                off = wanted.T @ data.xmat[foot].reshape(3, 3)
                at = data.xpos[foot] - (0.0, side * task.half_width, sole)
                parts += [10.0 * at, [off[2, 1] - off[1, 2], off[0, 2] - off[2, 0], off[1, 0] - off[0, 1]]]
            return np.concatenate(parts)

        found = least_squares(error, guess)
        if found.cost > 1e-6:
            raise DataError(f"balance: the legs do not reach the stance {task}; a lower height or narrower feet would")
        return np.asarray(found.x)

    def _posture(self) -> Array:
        """Generalised positions in which the centre of mass is over the feet."""
        data, task = mujoco.MjData(self._model), self._task
        bent = np.where(["knee" in name for name in self._robot.joint_names], 0.2, 0.0)
        legs, ahead = (self._robot.pose("default") + bent)[self.driven], 0.0
        for _ in range(6):
            legs = self._legs(data, ahead, legs)
            ahead -= float(data.subtree_com[0][0]) - task.ahead * math.cos(task.toes_in)
        self._place(data, ahead, self._legs(data, ahead, legs))
        return data.qpos.copy()

    def _equilibrium(self, model: mujoco.MjModel) -> mujoco.MjData:
        """The state in which a robot stands still or moves as it shall, with its targets, by Newton's method.

        Height, roll and pitch of the whole robot make up for how soles sink into the floor, and its creep along the
        floor for what the floor pushes to the sides.
        """
        data, index, axes = mujoco.MjData(model), self.index, [2, 3, 4, 0, 1, 5]
        velocity = np.zeros(model.nv)

        def pull(moved: Array) -> Array:
            data.qpos[:], data.qvel[:], data.qacc[:] = self.start, self._speed, self._change
            velocity[axes[:3]] = moved[:3]
            mujoco.mj_integratePos(model, data.qpos, velocity, 1.0)
            data.qvel[axes[3:]] += moved[3:]
            mujoco.mj_inverse(model, data)
            return data.qfrc_inverse[:6].copy()

        moved, small = np.array([-SINKS, 0.0, 0.0, 0.0, 0.0, 0.0]), np.diag(np.full(6, 1e-6))
        for _ in range(NEWTON_STEPS):
            slope = np.stack([(pull(moved + e) - pull(moved - e))[axes] / 2e-6 for e in small], axis=1)
            change = np.linalg.lstsq(slope, -pull(moved)[axes], rcond=None)[0]
            moved = moved + change * min(1.0, 1.0 / (np.abs(change) / LONGEST_STEP).max())
        left = np.abs(pull(moved)).max()
        if left > (MOVED if self._change.any() else BALANCED):
            raise DataError(
                f"balance: {left:.1f} N or N·m are left at the base; the centre of mass is not over the feet"
            )
        torque, gains = data.qfrc_inverse[index.joint_qvel], model.actuator_gainprm[index.actuator, 0]
        damped = -model.actuator_biasprm[index.actuator, 2] * data.qvel[index.joint_qvel]
        data.ctrl[index.actuator] = data.qpos[index.joint_qpos] + (torque + damped) / gains
        mujoco.mj_forward(model, data)
        return data
