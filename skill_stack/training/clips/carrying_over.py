"""A person's motion retargeted to a humanoid: trunk and arms, frame by frame, by inverse kinematics.

Directions of trunk, upper arms and forearms are kept and lengths are the robot's own, so the size of the person does
not matter. The legs stay at rest: the walking policy keeps the balance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.clips.human_motion import HumanMotion

Array = np.ndarray

PELVIS, TRUNK = "pelvis", "torso_link"
ARM = ("{side}_shoulder_roll_link", "{side}_elbow_link", "{side}_wrist_yaw_link")
"""Links of a humanoid, named as on Unitree's."""
ROUNDS = 6  # of the solver per frame; each begins where the one before ended
COSTS = {"base": 100.0, "trunk": 1.0, "elbow": 2.0, "hand": 4.0, "rest": 0.02, "before": 0.1}
BEGINNING = 20  # times as many for the first one
FASTEST = 0.25  # share of a joint's speed limit that a clip may ask for
HUMAN = {
    "hip": ("{Side}UpLeg", "{Side}Hip", "{side}Thigh"),
    "shoulder": ("{Side}Arm", "{Side}Shoulder", "{side}UpperArm"),
    "elbow": ("{Side}ForeArm", "{Side}Elbow", "{side}LowerArm"),
    "hand": ("{Side}Hand", "{Side}Wrist"),
}
"""Names that a person's joints have in files of LAFAN1, CMU, Mixamo and others."""


class MotionExtraMissing(SkillStackError):
    """mink is not installed; the message states how to install it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A motion of a robot.

    Attributes:
        joint_names: Its joints, in the order of the robot.
        joint_pos: Their positions, rad, shape (frames, joints).
        body_pos: Where pelvis and trunk are, m, shape (frames, 2, 3).
        body_quat: How they are turned, w-x-y-z, shape (frames, 2, 4).
        rate: Frames per second, Hz.
        error: Distance of elbows and hands from where they should be, m, shape (frames, 4).
    """

    joint_names: tuple[str, ...]
    joint_pos: Array
    body_pos: Array
    body_quat: Array
    rate: float
    error: Array

    @property
    def joint_vel(self) -> Array:
        """Speeds of the joints, rad/s, shape (frames, joints)."""
        return np.asarray(np.gradient(self.joint_pos, 1.0 / self.rate, axis=0))


@dataclass(frozen=True, slots=True)
class Posture:
    """Retargeting targets of one frame of a person.

    Attributes:
        trunk: Rotation of the trunk against the heading, shape (3, 3).
        arms: Unit vectors of upper arm and forearm, left and right, seen from the heading, shape (2, 2, 3).
    """

    trunk: Array
    arms: Array


def postures(motion: HumanMotion) -> list[Posture]:
    """Retargeting targets of every frame.

    Raises:
        UnknownName: The person lacks a joint that is needed.
        DataError: Two joints are at one place, so that a limb has no direction.
    """
    at = {
        (part, side): motion.track_of(*(name.format(Side=side.capitalize(), side=side[0]) for name in names))
        for part, names in HUMAN.items()
        for side in ("left", "right")
    }
    left = at["hip", "left"] - at["hip", "right"]
    heading = _frames(left, np.broadcast_to([0.0, 0.0, 1.0], left.shape), upright=True)
    middle = {part: (at[part, "left"] + at[part, "right"]) / 2 for part in ("hip", "shoulder")}
    trunk = _frames(at["shoulder", "left"] - at["shoulder", "right"], middle["shoulder"] - middle["hip"])
    turned = np.einsum("fji,fjk->fik", heading, trunk)
    limbs = np.stack(
        [[_unit(at[to, side] - at[of, side]) for of, to in (("shoulder", "elbow"), ("elbow", "hand"))]
         for side in ("left", "right")]
    )  # fmt: skip
    seen = np.einsum("fji,slfj->fsli", heading, limbs)
    return [Posture(one, arms) for one, arms in zip(turned, seen)]


def _frames(left: Array, up: Array, upright: bool = False) -> Array:
    """Rotations whose y axis is to the left and whose z axis is up, one of the two exactly, shape (frames, 3, 3)."""
    if upright:
        left = left * [1.0, 1.0, 0.0]
    z = _unit(up)
    ahead = _unit(np.cross(left, z))
    return np.stack([ahead, np.cross(z, ahead), z], axis=2)


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if (lengths < 1e-6).any():
        raise DataError("two joints of the person are at one place, so that a limb has no direction")
    return np.asarray(vectors / lengths)


def carry_over(
    motion: HumanMotion, robot: RobotSpec, rate: float = 50.0, report: Callable[[str], None] = lambda _: None
) -> Clip:
    """The same motion on a humanoid that stands.

    Args:
        motion: What a person did.
        robot: A humanoid whose links are named as on Unitree's.
        rate: Frames per second of the clip, Hz.
        report: Takes a line every second of the motion.

    Raises:
        MotionExtraMissing: mink is not installed.
        DataError: The robot lacks a link.
        UnknownName: The person lacks a joint.
    """
    solver = _Solver(robot, rate)
    frames = postures(motion.resampled(rate))
    solver.begin(frames[0])
    rows, errors = [], []
    for number, frame in enumerate(frames):
        rows.append(solver.solve(frame))
        errors.append(solver.error(frame))
        if number % round(rate) == 0 or number == len(frames) - 1:
            report(f"frame {number + 1} of {len(frames)}  elbows and hands {1e3 * np.mean(errors[-1]):.0f} mm off")
    joints, places, turns = (np.array(values) for values in zip(*rows))
    return Clip(robot.joint_names, joints, places, turns, rate, np.array(errors))


class _Solver:
    """Inverse kinematics of trunk and arms by mink's quadratic programmes."""

    def __init__(self, robot: RobotSpec, rate: float) -> None:
        try:
            import mink
        except ImportError as error:
            raise MotionExtraMissing("clips need mink: make setup EXTRAS=motion") from error
        self._mink: Any = mink
        self._furthest = FASTEST * robot.column("velocity") / rate
        self._model = build_model(robot)
        self._joints = index_model(self._model, robot).joint_qpos
        names = [PELVIS, TRUNK, *(link.format(side=side) for side in ("left", "right") for link in ARM)]
        missing = [name for name in names if mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_BODY, name) < 0]
        if missing:
            raise DataError(f"{robot.name}: lacks the links {missing}; it is no humanoid named as Unitree's are")
        self._arms = [[self._model.body(link.format(side=side)).id for link in ARM] for side in ("left", "right")]
        start = self._model.qpos0.copy()
        start[2], start[self._joints] = robot.stand_height, robot.pose("default")
        self._now = mink.Configuration(self._model, start)
        places = self._now.data.xpos
        self._lengths = [
            [float(np.linalg.norm(places[b] - places[a])) for a, b in zip(arm, arm[1:])] for arm in self._arms
        ]
        self._set_up_tasks()

    def _set_up_tasks(self) -> None:
        mink, cost = self._mink, COSTS
        self._base = mink.FrameTask(PELVIS, "body", cost["base"], cost["base"])
        self._trunk = mink.FrameTask(TRUNK, "body", 0.0, cost["trunk"])
        self._limbs = [
            mink.FrameTask(link.format(side=side), "body", cost[part], 0.0)
            for side in ("left", "right") for part, link in zip(("elbow", "hand"), ARM[1:])
        ]  # fmt: skip
        self._rest = mink.PostureTask(self._model, cost["rest"])
        self._rest.set_target_from_configuration(self._now)
        self._base.set_target_from_configuration(self._now)
        self._before = mink.PostureTask(self._model, cost["before"])
        self._limits = [mink.ConfigurationLimit(self._model)]

    def _goals(self, frame: Posture) -> list[Array]:
        """Target positions of elbows and hands, relative to the present shoulders, m."""
        goals = []
        for arm, lengths, ways in zip(self._arms, self._lengths, frame.arms):
            elbow = self._now.data.xpos[arm[0]] + lengths[0] * ways[0]
            goals += [elbow, elbow + lengths[1] * ways[1]]
        return goals

    def begin(self, frame: Posture) -> None:
        """Converges on a posture from any distance."""
        furthest, self._furthest = self._furthest, np.full(len(self._joints), np.inf)
        for _ in range(BEGINNING):
            self.solve(frame)
        self._furthest = furthest

    def solve(self, frame: Posture) -> tuple[Array, Array, Array]:
        """Joints of the robot, and places and turns of pelvis and trunk."""
        mink = self._mink
        self._trunk.set_target(mink.SE3.from_rotation(mink.SO3.from_matrix(frame.trunk)))
        tasks = [self._base, self._trunk, *self._limbs, self._rest, self._before]
        begun = self._now.q.copy()
        self._before.set_target(begun)
        for _ in range(ROUNDS):
            for task, goal in zip(self._limbs, self._goals(frame)):
                task.set_target(mink.SE3.from_translation(goal))
            velocity = mink.solve_ik(self._now, tasks, 1.0, "daqp", damping=1e-4, limits=self._limits)
            self._now.integrate_inplace(velocity, 1.0)
        self._slow_down(begun)
        bodies = [self._model.body(name).id for name in (PELVIS, TRUNK)]
        return self._now.q[self._joints].copy(), self._now.data.xpos[bodies].copy(), self._now.data.xquat[bodies].copy()

    def _slow_down(self, begun: Array) -> None:
        """Limits the motion of joints per frame."""
        now = self._now.q.copy()
        step = now[self._joints] - begun[self._joints]
        now[self._joints] = begun[self._joints] + step.clip(-self._furthest, self._furthest)
        self._now.update(now)

    def error(self, frame: Posture) -> Array:
        """Distance of elbows and hands from their targets, m, shape (4,)."""
        links = [link for arm in self._arms for link in arm[1:]]
        return np.asarray(np.linalg.norm(self._now.data.xpos[links] - self._goals(frame), axis=1))
