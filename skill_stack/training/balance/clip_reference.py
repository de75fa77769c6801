"""A clip that a robot can do: joints, forces at the soles and targets, frame by frame, or why there are none.

The centre of mass moves so that the zero moment point, where the ground pushes back, is where the weight is wanted (M.
Vukobratović, B. Borovac, "Zero-Moment Point - Thirty Five Years of Its Life", 2004). The cart on a table relates the
two (S. Kajita et al., "Biped Walking Pattern Generation by using Preview Control of Zero-Moment Point", 2003).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np
from scipy.linalg import solve_banded
from scipy.optimize import lsq_linear
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.balance.body_course import BodyCourse
from skill_stack.training.balance.planted_policy import GRAVITY
from skill_stack.training.balance.planted_stance import PlantedStance

Array = np.ndarray

STEPS = 30
"""Newton steps for each frame; three suffice from the frame before."""
REACHED = 1e-8
"""Error, m and rad, at which a posture is found: so small that accelerations are smooth."""
CLOSE = 1e-3  # error, m or rad, from which on a posture counts as out of reach
TOUCHES = 0.002
"""Height of a corner of a sole over the ground, m, below which it carries."""
PASSES = 2
"""Times that the centre of mass is corrected by the true zero moment point."""
MARGIN = 0.01
"""Distance of the zero moment point from the edge of what carries, m."""
FASTEST, STRONGEST = 0.5, 0.9
"""Shares of a joint's velocity and effort that a clip may ask for; the rest is for keeping the balance."""
SIDEWAYS = 3.0
"""How much dearer a force along the ground is than one across it."""


@dataclass(frozen=True, slots=True)
class ClipReference:
    """A clip with its dynamics.

    Attributes:
        rate: Frames per second, Hz.
        states: Generalised positions, shape (frames, nq).
        speeds: Generalised velocities, shape (frames, nv).
        changes: Generalised accelerations, shape (frames, nv).
        targets: Targets of all joints that move them so, rad, shape (frames, joints).
        zmp: Zero moment point, m, shape (frames, 2).
        margin: Its distance from the edge of what carries, m, shape (frames,).
        knots: Frames between which everything is smooth.
    """

    rate: float
    states: Array
    speeds: Array
    changes: Array
    targets: Array
    zmp: Array
    margin: Array
    knots: tuple[int, ...]


class ClipSolver:
    """Makes a course one that a robot can do."""

    def __init__(self, robot: RobotSpec, stance: PlantedStance) -> None:
        """Takes the stance in which it begins and ends."""
        self._robot, self._stance = robot, stance
        self._model = stance.model()
        self._model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT | mujoco.mjtDisableBit.mjDSBL_LIMIT
        self._model.dof_frictionloss[:] = 0.0
        self._data, self._index = mujoco.MjData(self._model), stance.index
        self._feet = [self._model.body(foot.link).id for foot in robot.feet]
        legs = self._index.joint_qvel[stance.driven]
        self._free = np.concatenate([np.arange(6), legs])
        self._begin(stance.start)

    def _begin(self, state: Array) -> None:
        """Where feet and centre of mass are in the stance."""
        self._set(state)
        data = self._data
        self._stood = [(data.xpos[foot].copy(), Rotation.from_matrix(data.xmat[foot].reshape(3, 3)).as_euler("ZYX")[0])
                       for foot in self._feet]  # fmt: skip
        self._centre = data.subtree_com[0][:2].copy()

    def _set(self, state: Array) -> None:
        self._data.qpos[:] = state
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)

    def solve(self, course: BodyCourse, report: Callable[[str], None] = lambda _: None) -> ClipReference:
        """Postures, speeds, targets.

        Raises:
            DataError: The robot cannot do it; the message names the frame and the joint, or how far it falls over.
        """
        wanted = self._centre + course.weight
        weight = wanted.copy()
        for number in range(PASSES + 1):
            states = self._postures(course, weight)
            speeds, changes, efforts = self._moved(states, course.rate)
            zmp = self._zmp(states, efforts)
            report(
                f"pass {number + 1}  zero moment point {1e3 * np.abs(zmp - wanted).max():.0f} mm from where it shall be"
            )
            if number < PASSES:
                weight = weight + _cart(wanted - zmp, self._height(states), course.rate)
        margin, targets = np.empty(len(states)), np.empty((len(states), self._robot.size))
        for frame in range(len(states)):
            margin[frame], torque = self._carried(frame, states, efforts, zmp)
            targets[frame] = self._target(frame, states, speeds, torque, course.rate)
        return ClipReference(course.rate, states, speeds, changes, targets, zmp, margin, course.knots)

    def _height(self, states: Array) -> float:
        """Mean height of the centre of mass, m."""
        heights = []
        for state in states[::10]:
            self._set(state)
            heights.append(self._data.subtree_com[0][2])
        return float(np.mean(heights))

    def _postures(self, course: BodyCourse, weight: Array) -> Array:
        state = self._stance.start.copy()
        states = np.empty((len(weight), len(state)))
        for frame in range(len(weight)):
            state = states[frame] = self._posture(course, frame, weight[frame], state)
        return states

    def _foot(self, foot: int, move: Array) -> tuple[Array, Array]:
        """Place and turn of a foot that rolls about the lowest corners of its sole and is lifted."""
        place, yaw = self._stood[foot]
        ahead, aside, lift, roll, pitch, turn = move
        heading = Rotation.from_euler("z", yaw)
        turned = heading * Rotation.from_euler("ZYX", [turn, pitch, roll])
        corners = np.array(self._robot.feet[foot].corners)
        heights = turned.apply(corners)[:, 2]
        lowest = corners[heights <= heights.min() + 1e-9].mean(axis=0)
        rolled = place + heading.apply(lowest) - turned.apply(lowest)
        return rolled + heading.apply([ahead, aside, lift]), turned.as_matrix()

    def _posture(self, course: BodyCourse, frame: int, weight: Array, guess: Array) -> Array:
        """Base and legs of a frame by Newton's method; the other joints are as they shall be."""
        model, index = self._model, self._index
        state = guess.copy()
        others = np.setdiff1d(np.arange(self._robot.size), self._stance.driven)
        state[index.joint_qpos[others]] = course.joints[frame][others]
        height, roll, pitch = course.base[frame]
        upright = Rotation.from_euler("ZYX", [0.0, pitch, roll]).as_matrix()
        goals = [self._foot(foot, course.feet[frame, foot]) for foot in range(len(self._feet))]
        for _ in range(STEPS):
            self._set(state)
            error, slope = self._errors(goals, weight, height, upright)
            if np.abs(error).max() < REACHED:
                break
            step = np.zeros(model.nv)
            step[self._free] = np.linalg.lstsq(slope, -error, rcond=1e-4)[0]
            mujoco.mj_integratePos(model, state, np.clip(step, -0.2, 0.2), 1.0)
        self._within(frame, course.rate, state, float(np.abs(error).max()))
        return state

    def _errors(
        self, goals: list[tuple[Array, Array]], weight: Array, height: float, upright: Array
    ) -> tuple[Array, Array]:
        """How far feet, centre of mass and base are off, and the slope of that for what is free."""
        model, data = self._model, self._data
        errors, slopes = [], []
        moves, turns = np.zeros((3, model.nv)), np.zeros((3, model.nv))
        for foot, (place, turn) in zip(self._feet, goals):
            mujoco.mj_jacBody(model, data, moves, turns, foot)
            errors += [data.xpos[foot] - place, _turn(data.xmat[foot].reshape(3, 3), turn)]
            slopes += [moves.copy(), turns.copy()]
        mujoco.mj_jacSubtreeCom(model, data, moves, 0)
        errors.append(data.subtree_com[0][:2] - weight)
        slopes.append(moves[:2].copy())
        base = self._index.base_body
        mujoco.mj_jacBody(model, data, moves, turns, base)
        errors += [data.xpos[base][2:] - height, _turn(data.xmat[base].reshape(3, 3), upright)]
        slopes += [moves[2:].copy(), turns.copy()]
        return np.concatenate(errors), np.concatenate(slopes)[:, self._free]

    def _within(self, frame: int, rate: float, state: Array, error: float) -> None:
        """Refuses a posture that is not reached, or in which a joint leaves its range."""
        joints = state[self._index.joint_qpos]
        lower, upper = self._robot.column("lower"), self._robot.column("upper")
        beyond = np.maximum(lower - joints, joints - upper)
        worst = int(beyond.argmax())
        name = self._robot.joint_names[worst]
        at = f"clip: frame {frame} ({frame / rate:.2f} s)"
        if beyond[worst] > 0.0:
            raise DataError(f"{at}: {name} would be at {joints[worst]:.2f} rad, {beyond[worst]:.2f} beyond its range")
        if error > CLOSE:
            knee = max(
                (n for n in self._robot.joint_names if "knee" in n),
                key=lambda n: -joints[self._robot.joint_names.index(n)],
            )
            raise DataError(
                f"{at}: the legs do not reach by {error:.3f} m or rad, {knee} is straight; a lower base would"
            )

    def _moved(self, states: Array, rate: float) -> tuple[Array, Array, Array]:
        """Generalised velocities, accelerations, and forces that the motion needs, of which six are at the base."""
        model, data = self._model, self._data
        count = len(states)
        between = np.empty((count - 1, model.nv))
        for frame in range(count - 1):
            mujoco.mj_differentiatePos(model, between[frame], 1.0 / rate, states[frame], states[frame + 1])
        still = np.zeros((1, model.nv))
        padded = np.concatenate([still, between, still])
        speeds, changes = (padded[1:] + padded[:-1]) / 2, np.diff(padded, axis=0) * rate
        efforts = np.empty((count, model.nv))
        for frame in range(count):
            data.qpos[:], data.qvel[:], data.qacc[:] = states[frame], speeds[frame], changes[frame]
            mujoco.mj_inverse(model, data)
            efforts[frame] = data.qfrc_inverse
        return speeds, changes, efforts

    def _wrench(self, state: Array, effort: Array) -> Array:
        """Force and torque about the origin of the ground that the motion needs, N and N·m."""
        matrix = np.zeros(9)
        mujoco.mju_quat2Mat(matrix, state[3:7])
        torque = matrix.reshape(3, 3) @ effort[3:6]
        return np.concatenate([effort[:3], torque + np.cross(state[:3], effort[:3])])

    def _zmp(self, states: Array, efforts: Array) -> Array:
        rows = np.array([self._wrench(*pair) for pair in zip(states, efforts)])
        return np.stack([-rows[:, 4], rows[:, 3]], axis=1) / rows[:, 2:3]

    def _carried(self, frame: int, states: Array, efforts: Array, zmp: Array) -> tuple[float, Array]:
        """Margin of the zero moment point, m, and torques of all joints, N·m, with forces at the corners that touch."""
        self._set(states[frame])
        data, points, bodies = self._data, [], []
        for foot, spec in zip(self._feet, self._robot.feet):
            for corner, radius in spec.spheres:
                point = data.xpos[foot] + data.xmat[foot].reshape(3, 3) @ np.array(corner) - [0.0, 0.0, radius]
                if point[2] < TOUCHES:
                    points.append(point)
                    bodies.append(foot)
        margin = _margin(np.array(points)[:, :2], zmp[frame]) if points else -math.inf
        at = f"clip: frame {frame} of {len(states)}"
        if margin < MARGIN:
            sole = self._robot.feet[0].link
            raise DataError(
                f"{at}: the zero moment point is {1e3 * margin:.0f} mm inside what carries, less than "
                f"{1e3 * MARGIN:.0f} mm; the robot would tip over {sole}: move the weight or go slower"
            )
        wrench = self._wrench(states[frame], efforts[frame])
        columns, low = [], []
        for point in points:
            for axis in np.eye(3):
                columns.append(np.concatenate([axis, np.cross(point, axis)]))
                low.append(0.0 if axis[2] else -np.inf)
        map_ = np.array(columns).T
        dear = np.tile([SIDEWAYS, SIDEWAYS, 1.0], len(points)) * 1e-2
        found = lsq_linear(
            np.concatenate([map_, np.diag(dear)]), np.concatenate([wrench, np.zeros(map_.shape[1])]), (low, np.inf)
        )
        forces = found.x.reshape(-1, 3)
        torque = efforts[frame].copy()
        jac = np.zeros((3, self._model.nv))
        for point, body, force in zip(points, bodies, forces):
            mujoco.mj_jac(self._model, data, jac, None, point, body)
            torque -= jac.T @ force
        return margin, torque[self._index.joint_qvel]

    def _target(self, frame: int, states: Array, speeds: Array, torque: Array, rate: float) -> Array:
        """Targets that give the torques, refused where a joint is too weak or too slow."""
        robot, index = self._robot, self._index
        joints, moving = states[frame][index.joint_qpos], speeds[frame][index.joint_qvel]
        for what, values, limit, share, unit in (
            ("torque", torque, robot.column("effort"), STRONGEST, "N·m"),
            ("speed", moving, robot.column("velocity"), FASTEST, "rad/s"),
        ):
            ratio = np.abs(values) / limit
            worst = int(ratio.argmax())
            if ratio[worst] > share:
                raise DataError(
                    f"clip: frame {frame} ({frame / rate:.2f} s): {robot.joint_names[worst]} would need a {what} of "
                    f"{abs(values[worst]):.1f} {unit}; {share * limit[worst]:.1f} is what a clip may ask for"
                )
        return joints + (torque + robot.column("kd") * moving) / robot.column("kp")


def _turn(now: Array, wanted: Array) -> Array:
    """Small rotation in the world from what is wanted to what is, rad."""
    off = now @ wanted.T
    return np.array([off[2, 1] - off[1, 2], off[0, 2] - off[2, 0], off[1, 0] - off[0, 1]]) / 2


def _cart(moved: Array, height: float, rate: float) -> Array:
    """How a cart at a height has to move so that its zero moment point moves so, m; at both ends it stays."""
    stiff = height / GRAVITY * rate**2
    count = len(moved)
    bands = np.zeros((3, count))
    bands[0, 2:], bands[1], bands[2, :-2] = -stiff, 1.0 + 2.0 * stiff, -stiff
    bands[1, [0, -1]] = 1.0
    right = moved.copy()
    right[[0, -1]] = 0.0
    return np.asarray(solve_banded((1, 1), bands, right))


def _margin(points: Array, at: Array) -> float:
    """Distance of a point from the edge of the convex hull of others, m; negative outside."""
    try:
        hull = ConvexHull(points)
    except QhullError:
        return -math.inf
    return float(-(hull.equations[:, :2] @ at + hull.equations[:, 2]).max())
