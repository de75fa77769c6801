"""Episodes of ways that something blocks, in one process, judged on the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from skill_stack.core.resources import Resources
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.blocked_scenes import BlockedScene, blocked_scene
from skill_stack.evaluation.scenes.hinged.door_scenes import leaf_here
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes, judge_arrival

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
        return self._score(blocked_scene(seed))

    def leaf_here(self, seed: int) -> ContrastScore:
        """The same of a door that opens towards the robot and is on no map: it has to be named and left."""
        return self._score(leaf_here(seed))

    def _score(self, scene: BlockedScene) -> ContrastScore:
        (reason, seconds), (without, _) = (self._tried(scene, *kit) for kit in self._kits)
        return ContrastScore(scene.seed, scene.words, scene.told, not reason, not without, reason, round(seconds, 2))

    def _tried(self, scene: BlockedScene, library: SkillLibrary, planner: Planner) -> tuple[str, float]:
        """What was wrong, or an empty string, and the task time, s."""
        line, result = self.carried_out(scene, library, planner, scene.hidden)
        told = judge_way(scene, line.everything, line.device, line.truths, (result.outcome, result.reason))
        return told, result.simulated_seconds


def judge_way(
    scene: BlockedScene, things: Mapping[str, SceneObject], device: MujocoDevice, truths: Sequence[Truth],
    said: tuple[str, str],
) -> str:  # fmt: skip
    """What was wrong by the truth; empty where all was right.

    Args:
        scene: The floor and its instruction.
        things: What stood on it, by id.
        device: The world as it is in the end.
        truths: Simulator truth, to when the robot stood.
        said: Outcome and reason that the robot told.
    """
    wrong = ["it fell"] if any(truth.fallen for truth in truths) else []
    if scene.untouched:
        thing = things[scene.untouched]
        moved = math.dist(true_place(device, thing).position[:2], thing.position[:2])
        if moved > TOUCHED:
            wrong.append(f"moved the {thing.label} by {moved:.2f} m")
    outcome, reason = said
    if scene.refused:
        label = things[scene.untouched].label
        if outcome != "failed" or label not in reason:
            wrong.append(f"did not say that the {label} is in the way: {outcome}, {reason}")
        return "; ".join(wrong)
    verdict = judge_arrival(truths, things[scene.target])
    if not verdict.passed:
        wrong.append(f"not at the target: {verdict.reason}; the robot said: {outcome}, {reason}")
    return "; ".join(wrong)
