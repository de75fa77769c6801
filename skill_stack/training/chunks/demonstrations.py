"""Demonstrations: the demonstrator drives a simulated robot through its own skills, and all of it is recorded."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import yaw_of
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.recording.made_run import START, MadeRun
from skill_stack.runtime.line.logged_line import LoggedLine
from skill_stack.training.chunks.astray import Astray
from skill_stack.training.chunks.demonstrator import THERE, command
from skill_stack.training.chunks.settings import RecordSettings
from skill_stack.training.chunks.walks import left, way

LIFE = 0.5
"""Time for which a setpoint holds, s."""


class LedLine(LoggedLine):
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


class Demonstrations:
    """Makes demonstrations on one robot.

    Attributes:
        limits: Range of each goal value of the commanded skill.
    """

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

    def walk(self, settings: RecordSettings, skill: str, seed: int, folder: Path, name: str) -> Path:
        """Records one walk of the demonstrator.

        Args:
            settings: What is recorded.
            skill: The skill that learns from it, which the recording says was carried out.
            seed: Of world, point and additions.
            folder: Where runs are.
            name: Of the run.

        Returns:
            The file.
        """
        line, (x, y) = self.stands(settings.scene, seed), self.point(settings, seed)
        line.forget()
        line.step()  # so that the tick that it decides by first is recorded
        began, heading = line.status.base_position.copy(), yaw_of(line.status.orientation)
        astray = Astray(settings, self.limits, seed)
        until, distance, start = math.inf, math.hypot(x, y), line.now
        while line.now - start < settings.seconds and line.now < until:
            ahead, aside = left(x, y, way(line.status.base_position, line.status.orientation, began, heading))
            distance = math.hypot(ahead, aside)
            line.led = astray.instead(command(ahead, aside, self.limits), line.now - start)
            if distance < THERE and astray.over and until == math.inf:
                until = line.now + settings.stay
            line.idle(settings.period)
        run = MadeRun(folder, name, self._robot.name, {"simulated": True})
        outcome = "succeeded" if until < math.inf else "failed"
        self._tell(run, skill, (x, y), (line.rows[0]["monotonic"], line.now), outcome)
        line.write(run)
        return run.end()

    @staticmethod
    def _tell(run: MadeRun, skill: str, point: tuple[float, float], span: tuple[float, float], outcome: str) -> None:
        """Writes what happened: one task of one step."""
        begin, end = (START + time for time in span)
        x, y = point
        run.event(begin, "instruction", "t0", f"{skill} {x:.2f} m ahead and {y:.2f} m to the left", source="training")
        run.event(begin, "step_started", "t0", skill, request_id="t0/1", skill=skill, arguments={"x": x, "y": y})
        run.event(end, "step_ended", "t0", "", request_id="t0/1", skill=skill, outcome=outcome, seconds=end - begin)
        run.event(end, "outcome", "t0", "", outcome=outcome, seconds=end - begin)


def demonstrate(
    on: Demonstrations, settings: RecordSettings, skill: str, seed: int, folder: Path, report: Callable[[str], None]
) -> None:
    """Records all walks that are not there yet, one run each; the same seed gives the same ones."""
    for number in range(settings.episodes):
        name = f"walk-{number:04d}"
        if (folder / name / "metadata.yaml").is_file():
            continue
        for left_over in (folder / name).glob("*"):  # of a run that was cut off
            left_over.unlink()
        if (folder / name).is_dir():
            (folder / name).rmdir()
        on.walk(settings, skill, 1000 * seed + number + 1, folder, name)
        if (number + 1) % 10 == 0 or number + 1 == settings.episodes:
            report(f"recorded {number + 1} of {settings.episodes} walks")
