"""Episodes of whole-body tasks, each by one method in the world of one seed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.bodies.body_scenes import body_scene
from skill_stack.evaluation.bodies.body_suite import CLIPS, ENERGY, SLIP, TORQUE, job_name
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.quantities.clips import nearest_frames
from skill_stack.planner.planner import Planner
from skill_stack.runtime.bodies.body_line import BodyLine
from skill_stack.runtime.bodies.other_methods import library_of

EVERY = 5
"""Ticks between two postures that are compared with clips: 0.1 s."""


class BodyEpisodes:
    """Runs and judges episodes of one robot."""

    def __init__(self, resources: Resources, robot: str, clips: Sequence[str]) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots and skills are.
            robot: Name of the robot.
            clips: Skills whose clips say what a person's motion is like.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._robot, self._clips = load_robot(resources.robot(robot), resources), tuple(clips)
        self._library = load_library(resources, self._robot)

    @cached_property
    def _planner(self) -> Planner:
        return Planner(self._library)

    def run(self, task: str, method: str, seed: int) -> Episode:
        """One episode.

        Args:
            task: The task.
            method: What moves the body.
            seed: Of the world.
        """
        began, scene = time.perf_counter(), body_scene(task, seed, self._robot.name)
        line = BodyLine(self._robot, library_of(self._library, method), self._planner, scene)
        while line.advance():
            pass
        passed = line.done and not line.fallen
        reason = "" if passed else "it fell" if line.fallen else line.why or f"not within {scene.seconds:g} s"
        record = line.record(line.now, {})
        steps = np.linalg.norm(np.diff(record.known_feet()[:, :, :2], axis=0), axis=2)
        carried = record.contact.astype(bool)
        joints = np.array(record.joints)[::EVERY]
        measured = {
            SLIP: float(steps[carried[1:] & carried[:-1]].sum()),
            TORQUE: line.peak,
            ENERGY: float(np.sum(line.powers)) / self._robot.control_rate,
            "done_at": line.done_at,
        }
        if self._clips:
            measured[CLIPS] = float(nearest_frames(self._robot, self._clips, joints).mean())
        return Episode(
            job_name(task, method), seed, passed, "succeeded" if passed else "failed", reason, measured=measured,
            seconds=time.perf_counter() - began, simulated_seconds=line.now - line.began,
        )  # fmt: skip
