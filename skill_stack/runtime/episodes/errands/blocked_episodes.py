"""Episodes of ways that something blocks, in one process, judged on the truth."""

from __future__ import annotations

import math
from dataclasses import replace

from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.evaluation.scenes.blocked_scenes import BlockedScene, blocked_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes, judge_arrival
from skill_stack.runtime.line.line import LineResult
from skill_stack.runtime.line.sighted_line import SightedLine

TOUCHED = 0.02
"""By how much a thing that must not be touched may have moved, m: the simulator settles it."""
MOVER = "push_object"


class BlockedEpisodes(RobotEpisodes):
    """Runs scenes, each in its own world, and again without the skill that moves things."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """See :class:`skill_stack.runtime.episodes.errands.robot_episodes.RobotEpisodes`."""
        super().__init__(resources, robot)
        entries = {name: one for name, one in self._library.entries.items() if name != MOVER}
        self._kits = [(one, Planner(one)) for one in (self._library, replace(self._library, entries=entries))]

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the scene of a seed, with and without moving what blocks."""
        scene = blocked_scene(seed)
        kind = f"{scene.kind}: {scene.manner}" if scene.manner else scene.kind
        (reason, seconds), (without, _) = (self._tried(scene, *kit) for kit in self._kits)
        return ContrastScore(seed, scene.words, kind, not reason, not without, reason, round(seconds, 2))

    def _tried(self, scene: BlockedScene, library: SkillLibrary, planner: Planner) -> tuple[str, float]:
        """What was wrong, or an empty string, and the task time, s."""
        line, result = self.carried_out(scene, library, planner, scene.hidden)
        return self._judged(line, scene, result), result.simulated_seconds

    @staticmethod
    def _judged(line: SightedLine, scene: BlockedScene, result: LineResult) -> str:
        """What was wrong by the truth; empty where all was right."""
        wrong = []
        if any(truth.fallen for truth in line.truths):
            wrong.append("it fell")
        if scene.untouched:
            thing = line.everything[scene.untouched]
            moved = math.dist(true_place(line.device, thing).position[:2], thing.position[:2])
            if moved > TOUCHED:
                wrong.append(f"moved the {thing.label} by {moved:.2f} m")
        if scene.refused:
            label = line.everything[scene.untouched].label
            if result.outcome != "failed" or label not in result.reason:
                wrong.append(f"did not say that the {label} is in the way: {result.outcome}, {result.reason}")
            return "; ".join(wrong)
        verdict = judge_arrival(line.truths, line.everything[scene.target])
        if not verdict.passed:
            wrong.append(f"not at the target: {verdict.reason}; the robot said: {result.outcome}, {result.reason}")
        return "; ".join(wrong)
