"""Walks in drawn worlds: what the robot measures of them."""

from __future__ import annotations

import numpy as np

from skill_stack.benchmarks.connecting.connector_walks import Walker
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.runtime.rehearsal.rehearsal import load_rehearsal
from skill_stack.runtime.rehearsal.response_score import ResponseScore
from skill_stack.runtime.rehearsal.responses import FELT, WORLD, felt_of


class ResponseWalks:
    """Walks of seeds."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all share.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._walker, self._worlds = Walker.load(resources, robot), load_rehearsal(resources).responses

    def score(self, seed: int) -> ResponseScore:
        """Walks in the world of a seed."""
        drawn, place = self._worlds.draw(np.random.default_rng((seed, 12)))
        setup = SceneSetup(name="responses", seed=seed, start=Pose2(0.0, 0.0, 0.0), objects=(), **drawn)
        run, _ = self._walker.run(self._worlds.skill, setup, place, seed)
        felt = felt_of(run.measured, run.seconds)
        named = {} if felt is None else {name: round(float(value), 5) for name, value in zip(FELT, felt, strict=True)}
        return ResponseScore(seed, {name: round(drawn[name], 5) for name in WORLD}, named, run.outcome)
