"""Decisions: what a small network, or a learner in its place, says about the mix of primitives of a whole body."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import numpy as np

from skill_stack.connector.holding_mixer import HELD
from skill_stack.connector.mix import Mix, Numbers
from skill_stack.connector.reaching.planted import LEGS, QUIET, LegWatch
from skill_stack.connector.whole_body.blend_network import BlendNetwork, load_network, observed
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.blended_part import BlendedShare
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

Array = np.ndarray

SEES = (
    "ahead", "aside", "up", "tip_ahead", "tip_aside", "tip_up", "speed_ahead", "speed_aside", "pitch", "roll", "height",
    "elapsed", "calm", "walks",
)  # fmt: skip
"""Numbers that every method sees, beside ``task_*``; ``calm`` is 1 while the feet are planted, ``walks`` for legs that
mostly walk, and before they are told anything. Where something can be taken, ``held`` besides."""
SCRATCH = "scratch"
PERIOD = {"blended": 4, "switched": 4, SCRATCH: 1}
"""Cycles of the connector between two decisions."""
CYCLE = 0.05
"""Period of the connector, s."""
STEPS = 0.2
"""Way of a leg's joint, rad, from which on planted feet count as stepping: those give way to arms by less."""
STAND_OFF, APPROACH, TURNING = 0.25, 1.0, 1.0
"""Where the walking primitive stops before a target, m, and its gains, 1/s."""
FASTEST, AROUND = 0.4, 0.5
"""Its largest speed, m/s and rad/s."""
SHARPNESS = 2.0
"""Factor on actions before they become weights."""
STEP = 0.05
"""Weights are multiples of this, so that the controller does not fade for less."""
SWING = 0.4
"""By how much an action of 1 moves a joint, rad, where a network gives joint targets."""
ActionNames = Callable[[str, SkillSpec, SkillLibrary, RobotSpec], tuple[str, ...]]
"""Names of the actions of a method, for a blended skill of a library and its robot."""


class Actor(Protocol):
    """Decides; what it sees now is acted on from the next cycle on."""

    method: str
    inputs: tuple[str, ...]

    def see(self, numbers: Array) -> None:
        """Takes what is observed, in the order of the inputs."""

    def act(self) -> Array:
        """Actions for what was seen last."""


class NetworkActor:
    """See :class:`Actor`: the network of a file."""

    def __init__(self, network: BlendNetwork) -> None:
        """Takes the network."""
        self.method, self.inputs, self._network = network.method, network.inputs, network
        self._seen = np.zeros(len(network.inputs))

    def see(self, numbers: Array) -> None:
        """See :class:`Actor`."""
        self._seen = numbers

    def act(self) -> Array:
        """See :class:`Actor`."""
        return self._network.act(self._seen)


_ACTOR: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Has a learner act in place of the file, in what begins meanwhile."""
    token = _ACTOR.set(actor)
    try:
        yield
    finally:
        _ACTOR.reset(token)


class Decisions:
    """Actions, renewed every few cycles of the connector.

    Attributes:
        method: What they mean, one of :data:`PERIOD`.
        actions: The present ones.
        cycle: Cycles so far.
        calm: Whether the feet are planted: legs have come to rest, and have not stepped since; not, where nobody tells
            the positions of their joints.
        walks: Whether the legs mostly walk; who mixes says it.
    """

    def __init__(self, spec: SkillSpec, library: SkillLibrary, robot: RobotSpec, names: ActionNames) -> None:
        """Reads the network beside the skill, unless a learner acts.

        Args:
            spec: The blended skill.
            library: Skills of the robot.
            robot: The robot.
            names: Names of the actions of a method.

        Raises:
            DataError: The file is missing or wrong.
            UnknownName: Its method is none.
        """
        part, folder = spec.blended, library.entries[spec.name].folder
        assert part is not None, "a mixer is of a blended skill"
        actor = _ACTOR.get()
        if actor is None:
            if folder is None or not part.network:
                raise DataError(f"'{spec.name}' names no network beside it")
            actor = NetworkActor(load_network(folder / part.network))
        if actor.method not in PERIOD:
            raise UnknownName("method of a blend", actor.method, PERIOD)
        self._actor, self.method = actor, actor.method
        self._count = len(names(actor.method, spec, library, robot))
        self.actions, self._seen = np.zeros(self._count), False
        self.cycle, self.calm, self.walks = 0, False, True
        self._watch = LegWatch(robot.members([LEGS]))

    def made(self, goals: Numbers) -> dict[str, float]:
        """Renews the actions where it is time; returns the goals with ``calm`` and ``walks``.

        Raises:
            DataError: There are not as many actions as the mix has.
        """
        if self._seen:
            self.actions, self._seen = np.asarray(self._actor.act(), float), False
            if self.actions.shape != (self._count,):
                raise DataError(f"the network of a blend gives {self.actions.size} actions, not {self._count}")
        self.calm = self._watch.moved(goals, self.cycle * CYCLE) < (STEPS if self.calm else QUIET)
        seen = {**goals, "calm": float(self.calm), "walks": float(self.walks)}
        if self.cycle % PERIOD[self.method] == 0:
            self._actor.see(observed(self._actor.inputs, seen))
            self._seen = True
        self.cycle += 1
        return seen


def sees(method: str, tasks: tuple[str, ...], robot: RobotSpec, takes: bool = False) -> tuple[str, ...]:
    """Names of the numbers that a network of a method sees; with ``held`` where something can be taken."""
    told = SEES + (HELD,) * takes + tuple(f"task_{one}" for one in tasks)
    return told + (robot.joint_names if method == SCRATCH else ())


def approach(goals: Numbers, ahead: float = 0.0, turn: float = 0.0) -> tuple[float, float]:
    """Speed ahead, m/s, and turning rate, rad/s, that bring a walk before a target.

    Args:
        goals: ``ahead`` and ``aside``, where the target is, m; without them it stays.
        ahead: Added to the speed; what is less than 0 makes it stop earlier.
        turn: Added to the turning rate.
    """
    away = goals.get("ahead", STAND_OFF) - STAND_OFF
    faced = bearing(goals) if "ahead" in goals else 0.0
    speed = float(np.clip(APPROACH * away + min(ahead, 0.0), -FASTEST, FASTEST)) + max(ahead, 0.0)
    return speed, float(np.clip(TURNING * faced, -AROUND, AROUND)) + turn


def bearing(goals: Numbers) -> float:
    """Bearing of the target, rad, to the side of the hand that does not work."""
    return math.atan2(goals["aside"], goals["ahead"])


def weights_of(actions: Array) -> Array:
    """Weights of primitives, which are 1 together, in steps that the controller need not fade for."""
    weights = np.exp(SHARPNESS * (actions - actions.max()))
    return np.asarray(np.round(weights / weights.sum() / STEP) * STEP)


def by_joints(robot: RobotSpec, actions: Array, servo: BlendedShare) -> Mix:
    """Joint targets around the default pose, followed by the servo of a share.

    Args:
        robot: The robot.
        actions: One for each joint.
        servo: The share.
    """
    targets = robot.pose("default") + SWING * actions
    targets = np.clip(targets, robot.column("lower"), robot.column("upper"))
    return Mix((SkillWeight(servo.skill, 1.0, servo.joints),), dict(zip(robot.joint_names, targets.tolist())))
