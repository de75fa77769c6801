"""Episodes of lids that a hand on its gantry opens and closes by words, in one process, judged on the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.hinged.lid_scenes import LID, LidScene, lid_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.planner.planner import Planner
from skill_stack.runtime.building.talking_line import EVERY, See, TalkingLine
from skill_stack.runtime.episodes.errands.door_episodes import judge_door
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes
from skill_stack.runtime.line.seen_things import TURNED

AFTER = 1.0
"""Time after the end over which a lid may still sink, s."""


class LidLine(TalkingLine):
    """A line that looks at the lid all the time; see :class:`skill_stack.runtime.building.talking_line.TalkingLine`."""

    see: See | None = None

    def step(self) -> None:
        """One control period, with a look where one is due."""
        if self.see is not None and self.now >= self._next_look:
            self._next_look = self.now + EVERY
            self.scene = self.see()
        super().step()

    _next_look = 0.0


class LidEpisodes(RobotEpisodes):
    """Runs scenes, each in its own world."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """See :class:`skill_stack.runtime.episodes.errands.robot_episodes.RobotEpisodes`."""
        super().__init__(resources, robot)
        self._planner = Planner(self._library)

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the scene of a seed; without the skill the words are refused, so nothing is compared."""
        scene = lid_scene(seed)
        line, outcome, told = self.carried(scene)
        lid = line.scene[LID]
        was = set_up(scene.file, seed).graph()[LID].opened
        wrong = judge_door(scene, was, true_place(line.device, lid).opened, outcome, told)
        return ContrastScore(seed, scene.words, scene.kind, not wrong, False, wrong, round(line.now, 2))

    def carried(
        self, scene: LidScene, camera: Callable[[See, LidLine], See] = lambda see, line: see
    ) -> tuple[LidLine, str, str]:
        """Carries out the words of a scene.

        Args:
            scene: Table and words.
            camera: Makes another camera of the one that sees the lid all the time.

        Returns:
            The line, the outcome, and what the robot told.
        """
        line = LidLine(self._robot, self._library, set_up(scene.file, scene.seed), self._planner)
        rng, stated = np.random.default_rng([scene.seed, 98]), set_up(scene.told, scene.seed).graph()

        def see() -> SceneGraph:
            lifted = true_place(line.device, stated[LID]).opened + float(rng.normal(0.0, TURNED))
            lid = replace(stated[LID].opened_by(lifted), last_seen=line.now)
            return SceneGraph({**stated.objects, LID: lid}, stated.facts, stated.robot)

        line.see = looks = camera(see, line)
        line.scene = looks()
        outcome, told = line.do(scene.words, looks)
        line.idle(AFTER)
        return line, outcome, told
