"""What a robot's body does when told any goal values: recorded in the runtime's line, of robots that vary."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.mirroring.person_features import GRAVITY, LATELY, SMOOTH
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, rotate_inverse
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.truth_details import TruthDetails
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.observed_line import ObservedLine, Over

Array = np.ndarray

MOTION = ("ahead", "aside", "turn", "height", "lean", "lean_aside", "twist", "front_lift", "rear_lift", "steps")
"""What is seen of a robot, without a unit as of a person: velocity and turning rate, height of the base, how far it
leans ahead and to the right, rad, how far it is turned to the left above its feet, rad, and how its feet rise."""
PUSH, EVERY = 0.3, 5.0
"""Largest push, m/s, and time between pushes, s."""
PASSED_ON = 0.1
"""Time between two changes of the goal values, s, as those of a client of the nodes."""
HELD = (0.8, 2.5)
"""Range of the time for which random goal values are told, s."""
ENDS = 0.4
"""Share of random goal values in which one that blends skills is at either end of its range."""
Told = Callable[[float], dict[str, float] | None]
"""Goal values by the time since the begin, s; None for no change."""


class RandomGoals:
    """Anything, told for a time."""

    def __init__(self, skill: SkillSpec, blending: str, seed: int) -> None:
        """Begins with the defaults.

        Args:
            skill: Whose goal values.
            blending: The one that blends skills.
            seed: Of what is told.
        """
        numbers = [goal for goal in skill.goal if goal.type == "number"]
        self._least, self._most = (
            np.array([float(getattr(g, side) or 0.0) for g in numbers]) for side in ("lower", "upper")
        )
        self._names, self._place = [goal.name for goal in numbers], [goal.name for goal in numbers].index(blending)
        self._values = np.array([float(goal.default or 0.0) for goal in numbers])
        self._rng, self._until = np.random.default_rng(seed), 1.0

    def __call__(self, now: float) -> dict[str, float]:
        """See :data:`Told`."""
        if now >= self._until:
            self._values, chosen = self._rng.uniform(self._least, self._most), self._rng.random()
            if chosen < 2 * ENDS:
                end = self._least if chosen < ENDS else self._most
                self._values[self._place] = end[self._place]
            self._until = now + self._rng.uniform(*HELD)
        return dict(zip(self._names, self._values.tolist()))


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run.

    Attributes:
        goals: Goal values at every tick, shape (ticks, goals).
        motion: What was seen of the robot, shape (ticks, :data:`MOTION`).
        fallen: Whether it fell.
        outcome: How it ended, for people; empty where it ran to the end.
    """

    goals: Array
    motion: Array
    fallen: bool
    outcome: str


class RobotWatch:
    """Sees a robot as somebody beside it does; on simulator truth, which judges and teaches but never drives."""

    def __init__(self, line: ObservedLine, leg: float) -> None:
        """Looks at a line.

        Args:
            line: With the robot.
            leg: Its height when it stands, m: the unit of lengths.
        """
        self._line, self._leg = line, leg
        self._details = TruthDetails(line.device.data, line.robot)
        self._late: deque[Array] = deque(maxlen=round(LATELY * line.robot.control_rate))
        self._slow = np.zeros(len(MOTION))
        self._share = 1 - math.exp(-1.0 / (SMOOTH * line.robot.control_rate))

    def look(self) -> Array:
        """What is seen now, by :data:`MOTION`."""
        truth, feet = self._line.device.truth(), self._details.feet()
        seen = np.array([rotate_inverse(truth.orientation, foot - truth.position) for foot in feet])
        along = seen[:2].mean(axis=0) - seen[2:].mean(axis=0)
        heights = feet[:, 2] - feet[:, 2].min()
        swing = abs(heights[0] - self._late[-1][0]) * self._line.robot.control_rate if self._late else 0.0
        self._late.append(heights)
        lifts = np.max(self._late, axis=0) / self._leg
        down = gravity_in_base(truth.orientation)
        speed = math.sqrt(GRAVITY * self._leg)
        now = np.array([
            truth.linear[0] / speed, truth.linear[1] / speed, truth.angular[2] * math.sqrt(self._leg / GRAVITY),
            (truth.position[2] - feet[:, 2].min()) / self._leg, math.asin(float(np.clip(down[0], -1, 1))),
            math.atan2(-down[1], -down[2]), -math.atan2(along[1], along[0]), lifts[:2].mean(), lifts[2:].mean(),
            swing / speed,
        ])  # fmt: skip
        self._slow += self._share * (now - self._slow)
        return self._slow.copy()


def run(
    resources: Resources,
    robot: RobotSpec,
    library: SkillLibrary,
    skill: str,
    seed: int,
    told: Told,
    seconds: float,
    scene: str = "open",
) -> SeenRun:
    """Runs a skill whose goal values change at every cycle of the connector.

    Args:
        resources: Where scenes are.
        robot: The robot.
        library: Its skills.
        skill: The skill that is told.
        seed: Of robot, floor and pushes.
        told: What it is told.
        seconds: For how long.
        scene: Where, varied by the seed.
    """
    setup = set_up(load_scene(resources.scene(scene)), seed)
    line = ObservedLine(robot, library, setup, setup.graph(), Planner(library))
    line.run_skill("rise", {})
    line.idle(1.0)
    leg = float(line.device.truth().position[2])
    watch, rng = RobotWatch(line, leg), np.random.default_rng(seed)
    goals: list[list[float]] = []
    motion: list[Array] = []
    outcome = ""
    try:
        for wanted in _told_run(line, skill, told, seconds, rng):
            goals.append(list(wanted.values()))
            motion.append(watch.look())
    except Over:
        outcome = "fell"
    if not outcome and len(goals) < round(seconds * robot.control_rate) - 2:
        outcome = line.status.reason or "ended early"
    return SeenRun(np.array(goals), np.array(motion), line.fallen, outcome)


def _told_run(
    line: ObservedLine, skill: str, told: Told, seconds: float, rng: np.random.Generator
) -> Iterator[dict[str, float]]:
    """Lets time pass; yields the goal values in force at each tick."""
    begin, push, change = line.now, line.now + EVERY, line.now
    wanted: dict[str, float] = {}
    going = line.execution(line.asked(skill, wanted))
    while line.now < begin + seconds - 1e-9:
        try:
            next(going)
        except StopIteration:
            return
        news, running = told(line.now - begin), line.connector.active
        if running is not None and line.now >= change - 1e-9:
            change = line.now + PASSED_ON
            if news is not None:
                told_now = replace(running, arguments={**running.arguments, **news})
                line.connector.change(told_now, line.scene, line.now)
        if running is not None:
            wanted = {name: float(value) for name, value in running.arguments.items()}
        if line.now >= push:
            line.device.push(*rng.uniform(-PUSH, PUSH, 2).tolist())
            push = line.now + EVERY
        line.step()
        yield wanted
    line.connector.cancel("", "its time is over", line.now)
