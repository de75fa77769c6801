"""Detours: ways of the guide ``passing`` around a box as examples, and ways of what learnt from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.guides.around import MODES
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.observed_line import TOUCHED, ObservedLine
from skill_stack.training.chunks.astray import Astray
from skill_stack.training.chunks.settings import RecordSettings
from skill_stack.training.chunks.walks import DemonstratedWalk, way

Array = np.ndarray

VELOCITIES = ("vx", "vy", "wz")
TEACHER = "pass"
"""Skill whose ways are learnt."""
TAUGHT_BEYOND = 1.0
"""How far behind the box the ways lead that are learnt, m: they slow down only behind the end of the learnt way."""


class DetourLine(ObservedLine):
    """A line that notes the velocities that a guide asks for, and disturbs them where it is told to.

    Attributes:
        cycles: Task time, s, position, orientation, velocities of every cycle with all of them.
        astray: What disturbs; None for nothing.
    """

    astray: Astray | None = None
    cycles: list[tuple[float, Array, Array, list[float]]]

    def _connect(self) -> None:
        super()._connect()
        one = self._setpoint
        if one is None or not set(VELOCITIES) <= one.goals.keys() or not hasattr(self, "cycles"):
            return
        told = {name: one.goals[name] for name in VELOCITIES}
        status = self.status
        self.cycles.append((self.now, status.base_position.copy(), status.orientation.copy(), list(told.values())))
        if self.astray is not None:
            done = self.astray.instead(told, self.now - self.cycles[0][0])
            self._setpoint = replace(one, goals={**one.goals, **done})

    @property
    def touched(self) -> bool:
        """Whether the robot has touched anything but the floor for longer than a brush."""
        return any(seconds > TOUCHED for seconds in self._touch.values())


@dataclass(frozen=True, slots=True)
class DetourResult:
    """One way around a box.

    Attributes:
        hit: Whether the robot touched the box, by the simulator's truth.
        passed: Whether it came by it, on the side that was told, by the simulator's truth.
        outcome: What the robot reported.
        reason: Why, where it failed.
        track: Places of the base, m, in ``map``, shape (ticks, 2).
        box: The box.
    """

    hit: bool
    passed: bool
    outcome: str
    reason: str
    track: Array
    box: SceneObject


class DetourWorlds:
    """Boxes ahead of a standing robot, each in a world of its own."""

    def __init__(self, resources: Resources, robot: RobotSpec, library: SkillLibrary, settings: RecordSettings) -> None:
        """Takes the skills.

        Args:
            resources: Where scenes are found.
            robot: The robot.
            library: Its skills.
            settings: What is recorded.
        """
        self._resources, self._robot, self._settings = resources, robot, settings
        self._teachers = _leading_on(library)
        self._planner = Planner(self._teachers)
        base = library["walk"]
        self._limits = {
            one.name: (float(one.lower), float(one.upper))
            for one in base.goal
            if one.lower is not None and one.upper is not None
        }

    def _stands(self, seed: int, library: SkillLibrary) -> tuple[DetourLine, SceneObject]:
        """A standing robot, and the box before it."""
        setup = set_up(load_scene(self._resources.scene(self._settings.scene)), seed)
        line = DetourLine(self._robot, library, setup, setup.graph(), self._planner)
        line.run_skill("rise", {})
        line.idle(0.5)
        return line, next(iter(line.things().values()))

    def demonstrate(self, seed: int, side: str) -> DemonstratedWalk | None:
        """A way of the guide past the box on one side; None where it did not get there or touched the box."""
        line, box = self._stands(seed, self._teachers)
        line.astray, line.cycles = Astray(self._settings, self._limits, seed), []
        result = line.run_skill(TEACHER, {"target": box.id, "side": side})
        if result.outcome != "succeeded" or line.touched or len(line.cycles) < 10:
            return None
        times = np.array([one[0] for one in line.cycles])
        at = np.arange(times[0], times[-1], self._settings.period)
        rows = [line.cycles[place] for place in np.searchsorted(times, at - 1e-6)]
        _, began, turned, _ = rows[0]
        heading = yaw_of(turned)
        dx, dy = np.array(box.position[:2]) - began[:2]
        c, s = np.cos(heading), np.sin(heading)
        told = [c * dx + s * dy, c * dy - s * dx, MODES[side]]
        seen = np.array([[*way(place, orientation, began, heading), *told] for _, place, orientation, _ in rows])
        commands = np.array([velocities for *_, velocities in rows])
        progress = np.clip((at - at[0]) / max(at[-1] - at[0], 1e-9), 0.0, 1.0)
        return DemonstratedWalk(seen, commands, commands, progress, 0.0, np.zeros(len(at)))

    def go(self, seed: int, side: str, skill: str, library: SkillLibrary) -> DetourResult:
        """A way of a skill around the box.

        Args:
            seed: Of the world.
            side: Side of the box.
            skill: The skill, with the arguments ``target`` and ``side``.
            library: Skills, with the network to be tried.
        """
        line, box = self._stands(seed, library)
        begin = line.trace[-1].position[:2].copy()
        count = len(line.trace)
        result = line.run_skill(skill, {"target": box.id, "side": side})
        track = np.array([truth.position[:2] for truth in line.trace[count:]])
        ahead = np.array(box.position[:2]) - begin
        ahead /= np.linalg.norm(ahead)
        along, across = (track - box.position[:2]) @ ahead, (track - box.position[:2]) @ (-ahead[1], ahead[0])
        beside = across[np.argmin(np.abs(along))]
        passed = bool(along[-1] > max(box.size[:2]) / 2 and beside * MODES[side] > 0 and not line.fallen)
        return DetourResult(line.touched, passed, result.outcome, result.reason, track, box)


def _leading_on(library: SkillLibrary) -> SkillLibrary:
    """The library with a teacher that leads on by :data:`TAUGHT_BEYOND`."""
    entry = library.entries[TEACHER]
    if entry.spec is None or entry.spec.guided is None:
        raise DataError(f"'{TEACHER}' is not led by a guide: {entry.reason}")
    settings = {**entry.spec.guided.settings, "beyond": TAUGHT_BEYOND}
    spec = entry.spec.model_copy(update={"guided": entry.spec.guided.model_copy(update={"settings": settings})})
    return replace(library, entries={**library.entries, TEACHER: SkillEntry(TEACHER, entry.folder, spec)})
