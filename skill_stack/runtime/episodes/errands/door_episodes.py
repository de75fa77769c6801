"""Episodes of doors that are opened and closed by words, in one process, judged on the truth."""

from __future__ import annotations

import math

from skill_stack.core.resources import Resources
from skill_stack.core.world.world_facts import OPEN_ANGLE, SHUT_ANGLE
from skill_stack.evaluation.scenes.hinged.door_scenes import BALL, DOOR, DoorScene, door_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes, judge_arrival
from skill_stack.runtime.line.line import LineResult
from skill_stack.runtime.line.sighted_line import SightedLine


class DoorEpisodes(RobotEpisodes):
    """Runs scenes, each in its own world."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """See :class:`skill_stack.runtime.episodes.errands.robot_episodes.RobotEpisodes`."""
        super().__init__(resources, robot)
        self._planner = Planner(self._library)

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the scene of a seed; without the skill the words are refused, so nothing is compared."""
        scene = door_scene(seed)
        line, result = self.carried_out(scene, self._library, self._planner)
        reason = self._judged(line, scene, result)
        return ContrastScore(
            seed, scene.words, scene.kind, not reason, False, reason, round(result.simulated_seconds, 2)
        )

    @staticmethod
    def _judged(line: SightedLine, scene: DoorScene, result: LineResult) -> str:
        """What was wrong by the truth; empty where all was right."""
        opened, was = true_place(line.device, line.everything[DOOR]).opened, line.everything[DOOR].opened
        wrong = judge_door(scene, was, opened, result.outcome, result.reason)
        if any(truth.fallen for truth in line.truths):
            wrong = f"it fell; {wrong}"
        verdict = judge_arrival(line.truths, line.everything[BALL])
        away = scene.kind == "and on" and not verdict.passed
        return "; ".join(filter(None, (wrong, f"not at the ball: {verdict.reason}" if away else "")))


def judge_door(scene: DoorScene, was: float, opened: float, outcome: str, reason: str) -> str:
    """What is wrong with a door, or a lid, and with what a robot said of it; empty for nothing.

    Args:
        scene: Floor and words.
        was: How far it was open at first, rad.
        opened: How far it is truly open, rad.
        outcome: What the robot told.
        reason: Its reason.
    """
    told = f"open by {math.degrees(opened):.0f} degrees; the robot said: {outcome}, {reason}"
    if scene.refused:
        named = outcome == "failed" and scene.leaf in reason and scene.refused in reason
        return "" if named and abs(opened - was) < OPEN_ANGLE / 2 else told
    done = opened <= SHUT_ANGLE if scene.closes else opened >= OPEN_ANGLE
    return "" if done and outcome == "succeeded" else told
