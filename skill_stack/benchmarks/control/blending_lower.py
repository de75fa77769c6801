"""Walking at a requested lower height: weights that depend on it, against one fixed weight of another pose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.benchmarks.control.blending_run import POSE, SHARE, WALK, BlendingTask, SkillChange, run
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row
from skill_stack.connector.mixer import make_mixer
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneFile

SKILL = "walk_lowered"
DEPTHS = (0.01, 0.02, 0.03)  # m
LONG = 2.5  # s of walking lower
Lowered = dict[str, list[tuple[float, float]]]
"""By kind of blend: share of the commanded speed kept, and error of the lowering, m."""


class LowTask(BlendingTask):
    """Walks, walks lower, walks on."""

    def __init__(self, seed: int, depth: float, library: SkillLibrary, by_goal: bool) -> None:
        """Draws speed and the moment of the change.

        Args:
            seed: The same for both ways.
            depth: How much lower the body is to be, m.
            library: Skills of the robot.
            by_goal: Whether the weights follow the depth; otherwise one fixed weight, of a pose as much lower.
        """
        super().__init__(seed, together=True)
        self.back, self.end = self.begin + LONG, self.begin + LONG + 1.0
        self.pose = {"height": -depth / SHARE, "roll": 0.0, "pitch": 0.0, "yaw": 0.0}
        self._during = (SkillWeight(WALK, 1.0 - SHARE), SkillWeight(POSE, SHARE))
        if by_goal:
            mixer = make_mixer(library[SKILL], library)
            assert mixer is not None
            mix = mixer.mix({**self.velocity, "lower": depth}, {})
            self.pose["height"], self._during = mix.goals["height"], mix.skills
        self._goals = {**self.velocity, **self.pose}


def lower(robot: RobotSpec, library: SkillLibrary, scene: SceneFile, seed: int) -> Lowered:
    """Simulates every depth both ways.

    Args:
        robot: The robot.
        library: Its skills.
        scene: The scene.
        seed: Of world and task.
    """
    out: Lowered = {"by goal": [], "fixed": []}
    for depth in DEPTHS:
        for name, found in out.items():
            task = LowTask(seed, depth, library, name == "by goal")
            change: SkillChange = run(robot, library, scene, seed, together=True, task=task)
            found.append((change.speed / task.velocity["vx"], abs(change.lowered - depth)))
    return out


def lower_rows(runs: Sequence[Lowered]) -> list[Row]:
    """The figures."""
    rows = []
    for name in ("by goal", "fixed"):
        values = np.array([pair for one in runs for pair in one[name]])
        note = f"{len(values)} walks, {', '.join(f'{100 * depth:g} cm' for depth in DEPTHS)} lower"
        rows += [
            median_row(f"walking lower, weights {name}: speed kept", values[:, 0], "x"),
            Row(f"walking lower, weights {name}: height off, median", 1e3 * float(np.median(values[:, 1])), "mm",
                note=note),
        ]  # fmt: skip
    return rows
