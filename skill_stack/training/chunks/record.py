"""Recordings: the demonstrator drives a simulated robot through its own skills, with all observations."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import yaw_of
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line
from skill_stack.training.chunks.astray import Astray
from skill_stack.training.chunks.demonstrator import THERE, command, progress
from skill_stack.training.chunks.settings import RecordSettings

Array = np.ndarray
FEATURES = 9
"""Displacement (4), goal (2), velocity of the base (3): the terms of the skill's manifest, in its order."""
LIFE = 0.5  # s for which a setpoint holds


@dataclass(frozen=True, slots=True)
class DemonstrationRecording:
    """One walk, a row per action of the policy.

    Attributes:
        seen: Observations of the policy, shape (rows, FEATURES).
        told: The demonstrator's commands without disturbances, shape (rows, goal values).
        done: The commands with disturbances, shape (rows, goal values).
        progress: How far the walk was, shape (rows,).
        distance: Distance to the point at the end, m, by the robot's own estimate.
    """

    seen: Array
    told: Array
    done: Array
    progress: Array
    distance: float


class LedLine(Line):
    """A line whose base skill is commanded directly instead of by the connector, once it stands."""

    led: dict[str, float] | None = None
    base = ""
    _number = 0

    def _connect(self) -> None:
        super()._connect()
        if self.led is not None:
            self._number += 1
            flags = self._flags
            self._setpoint = SkillSetpoint(
                "led", self._number, self.now + LIFE, self.robot.main_part, "plan", (SkillWeight(self.base),), self.led,
                flags.stop + flags.estop,
            )  # fmt: skip


class Recorder:
    """Makes recordings on one robot."""

    def __init__(self, resources: Resources, robot: RobotSpec, library: SkillLibrary, base: SkillSpec) -> None:
        """Takes the commanded skill.

        Args:
            resources: Where scenes are found.
            robot: The robot.
            library: Its skills.
            base: The skill whose goal values are learnt.
        """
        self._resources, self._robot, self._library, self._base = resources, robot, library, base
        self._planner = Planner(library)  # nobody plans, but making one takes longer than a walk
        self.limits = {
            one.name: (float(one.lower), float(one.upper))
            for one in base.goal
            if one.lower is not None and one.upper is not None
        }

    def point(self, settings: RecordSettings, seed: int) -> tuple[float, float]:
        """The point of a walk: ahead and to the left of where it begins, m."""
        rng = np.random.default_rng((seed, 1))
        while True:
            x, y = float(rng.uniform(*settings.x)), float(rng.uniform(*settings.y))
            if math.hypot(x, y) > 0.4:  # nearer is no walk
                return x, y

    def stands(self, scene: str, seed: int, library: SkillLibrary | None = None) -> LedLine:
        """A standing robot in its own world."""
        setup = set_up(load_scene(self._resources.scene(scene)), seed)
        line = LedLine(self._robot, library or self._library, setup, planner=self._planner)
        line.base = self._base.name
        line.run_skill(self._base.enter_through or "rise", {})
        line.idle(0.5)
        return line

    def walk(self, settings: RecordSettings, seed: int) -> DemonstrationRecording:
        """One walk of the demonstrator.

        Args:
            settings: What is recorded.
            seed: Of world, point and additions.
        """
        line, (x, y) = self.stands(settings.scene, seed), self.point(settings, seed)
        began, heading = line.status.base_position.copy(), yaw_of(line.status.orientation)
        astray = Astray(settings, self.limits, seed)
        until = math.inf
        rows: list[tuple[list[float], list[float], float]] = []
        done: list[list[float]] = []
        distance, start = math.hypot(x, y), line.now
        while line.now - start < settings.seconds and line.now < until:
            seen = _seen(line, began, heading)
            ahead, aside = _left(x, y, seen)
            distance = math.hypot(ahead, aside)
            told = command(ahead, aside, self.limits)
            rows.append(([*seen[:4], x, y, *seen[4:]], list(told.values()), progress(distance)))
            line.led = astray.instead(told, line.now - start)
            if distance < THERE and astray.over and until == math.inf:
                until = line.now + settings.stay
            done.append(list(line.led.values()))
            line.idle(settings.period)
        seen_rows, told_rows, shares = zip(*rows)
        return DemonstrationRecording(
            np.array(seen_rows), np.array(told_rows), np.array(done), np.array(shares), distance
        )


def _seen(line: Line, began: Any, heading: float) -> list[float]:
    """Displacement and velocity as the manifest's terms give them, by the robot's own estimate."""
    status = line.status
    dx, dy = (status.base_position - began)[:2].tolist()
    c, s, turn = math.cos(heading), math.sin(heading), yaw_of(status.orientation) - heading
    way = [c * dx + s * dy, c * dy - s * dx, math.sin(turn), math.cos(turn)]
    return [*way, *status.base_velocity.tolist()]


def _left(x: float, y: float, seen: list[float]) -> tuple[float, float]:
    """The point ahead of the robot and to its left, m."""
    dx, dy = x - seen[0], y - seen[1]
    s, c = seen[2], seen[3]
    return c * dx + s * dy, c * dy - s * dx


def record(
    recorder: Recorder, settings: RecordSettings, seed: int, report: Callable[[str], None]
) -> list[DemonstrationRecording]:
    """All walks; the same seed gives the same ones."""
    out: list[DemonstrationRecording] = []
    for number in range(settings.episodes):
        out.append(recorder.walk(settings, 1000 * seed + number + 1))
        if (number + 1) % 10 == 0 or number + 1 == settings.episodes:
            rows = sum(len(one.seen) for one in out)
            report(f"recorded {number + 1} of {settings.episodes} walks, {rows} rows")
    return out
