"""Grasps proposed from a noisy depth view of a random scene, each tried by a gripper in physics; only the score uses
truth.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.robots.gripper import Gripper
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.grasp_scenes import grasp_scene, grasp_setup
from skill_stack.evaluation.scenes.perception_scenes import PerceptionScene
from skill_stack.evaluation.scores.view_grasp_score import ViewGraspScore
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.hardware.rendering.gripper_trial import GripperTrial, Tried
from skill_stack.perception.grasps.grasp import Grasp
from skill_stack.perception.grasps.proposing import graspable, propose
from skill_stack.perception.grasps.separating import push_apart
from skill_stack.perception.scene.look_observer import LookObserver, Observation
from skill_stack.runtime.episodes.perception_episodes import CAMERA, HEIGHT, TILT

EACH = 3
"""Number of tried proposals per object."""
SAME = 0.03
"""Distance up to which a perceived object matches one of the scene, m."""
LEAST = 300
"""Smallest number of pixels of an object that counts."""
PUSHES = 4
"""Number of pushes before it counts as failed."""


@dataclass(slots=True)
class _Run:
    """A scene, perceived and acted in."""

    scene: PerceptionScene
    drawn: DrawnScene
    trial: GripperTrial
    rng: np.random.Generator
    gripper: Gripper

    def look(self) -> tuple[Observation, dict[str, int]]:
        """A look at the present scene, and pixels of each object."""
        eye, rng = self.scene.eyes[1], self.rng
        for name, (place, yaw) in self.trial.places().items():
            self.drawn.put(name, (float(place[0]), float(place[1]), float(place[2])), yaw)
        colour, depth, shown = self.drawn.look((np.array(eye.place), eye.rotation), rng)
        tilt = rotation_of((*rng.normal(0, TILT, 2).tolist(), 0.0)) @ eye.rotation
        told = np.array(eye.place) + (0.0, 0.0, float(rng.normal(0, HEIGHT)))
        return LookObserver().look(CameraFrame("eval", 0.0, colour, depth, CAMERA.intrinsics, told, tilt)), shown

    def which(self, observation: Observation, name: str) -> int | None:
        """The perceived object that matches an object of the scene."""
        place = self.trial.places()[name][0]
        near = [
            (float(np.linalg.norm(one.position - place)), number)
            for number, one in enumerate(observation.things)
            if graspable(one)
        ]
        best = min(near, default=(math.inf, 0))
        return best[1] if best[0] < SAME else None

    def attempt(self, name: str, grasp: Grasp) -> Tried:
        """Tries a grasp."""
        return self.trial.grasp(name, grasp.position, grasp.rotation, grasp.opening)


def run_view_grasps(seed: int) -> ViewGraspScore:
    """One scene: every free-standing object is grasped; others are pushed free first."""
    scene, gripper = grasp_scene(seed), Gripper()
    setup = grasp_setup(scene)
    rng = np.random.default_rng([22, seed])
    with DrawnScene(setup, CAMERA) as drawn:
        run = _Run(scene, drawn, GripperTrial(setup, gripper), rng, gripper)
        observation, shown = run.look()
        begin = time.process_time()
        proposals = {n: propose(observation, gripper, [n], seed=seed) for n in range(len(observation.things))}
        spent = 1e3 * (time.process_time() - begin)
        row = _row_of(scene)
        free = [one for one in scene.things if one.id not in row and shown.get(one.id, 0) >= LEAST]
        tries = {one.id: _tried(run, observation, one, proposals) for one in free}
        given = [tried for tried in tries.values() if tried]
        stuck, pushes, freed = _free_the_middle(run) if scene.hidden else (False, 0, False)
    return ViewGraspScore(
        seed=seed,
        things=len(free),
        proposed=len(given),
        best=sum(tried[0].held for tried in given),
        tried=sum(map(len, given)),
        held=sum(one.held for tried in given for one in tried),
        stuck=stuck,
        pushes=pushes,
        freed=freed,
        milliseconds=spent,
        reasons=tuple(tried[0].reason for tried in given if not tried[0].held),
    )


def _row_of(scene: PerceptionScene) -> set[str]:
    """The boxes that stand side by side; none where the scene has no such row."""
    return {one.id for one in scene.things[:3]} if scene.hidden else set()


def _tried(
    run: _Run, observation: Observation, thing: SceneObject, proposals: dict[int, list[Grasp]]
) -> Sequence[Tried]:
    """Results of the best proposals for an object."""
    number = run.which(observation, thing.id)
    return [] if number is None else [run.attempt(thing.id, grasp) for grasp in proposals[number][:EACH]]


def _free_the_middle(run: _Run) -> tuple[bool, int, bool]:
    """The middle of a row: whether it was blocked, the number of pushes, and whether it was grasped in the end."""
    name = run.scene.hidden
    for pushed in range(PUSHES + 1):
        observation, _ = run.look()
        number = run.which(observation, name)
        grasps = propose(observation, run.gripper, [number], most=1) if number is not None else []
        if grasps:
            return pushed > 0, pushed, pushed > 0 and run.attempt(name, grasps[0]).held
        number = _nearest(observation, run, name) if number is None else number
        push = push_apart(observation, number, run.gripper, attempt=pushed) if number is not None else None
        if push is None or pushed == PUSHES:
            return True, pushed, False
        run.trial.push(np.array(push.start), np.array(push.end))
    return True, PUSHES, False


def _nearest(observation: Observation, run: _Run, name: str) -> int | None:
    """The perceived object at the place of the target, which may be part of it."""
    place = run.trial.places()[name][0]
    near = [n for n, one in enumerate(observation.things) if graspable(one)]
    return min(near, key=lambda n: float(np.linalg.norm(observation.things[n].position - place)), default=None)
