"""Episodes of a humanoid that walks to something and touches it, in one process, judged on simulator truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skill_stack.connector.kinematics.reach_map import HAND, TIP
from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.rotation import yaw_of
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.handling_scenes import HandlingScene, handling_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.hardware.mujoco.persons.taker import taken
from skill_stack.runtime.episodes.errands.robot_episodes import RobotEpisodes
from skill_stack.runtime.episodes.scenario_line import SeeingLine
from skill_stack.runtime.line.line import LineResult

NEAR = 0.05
"""Largest mean distance of the fingertips from the surface over the last half second, m."""
LAST = 25
"""Control ticks at the end over which they are judged."""
PLAIN: dict[str, tuple[tuple[str, dict[str, str | float]], ...]] = {
    "touch": (("go_to", {"target": "target"}), ("touch", {"target": "target"})),
    "ball": (("go_to", {"target": "table"}), ("touch", {"target": "target"})),
    "carry": (
        ("go_to", {"target": "stand", "gap": 0.05}), ("open_arms", {}), ("pick_up", {"target": "target"}),
        ("bring_to", {"target": "table", "thing": "target", "gap": 0.05}),
        ("put_down", {"target": "target", "place": "table"}), ("back_off", {}),
    ),
    "hand": (
        ("go_to", {"target": "stand", "gap": 0.05}), ("open_arms", {}), ("pick_up", {"target": "target"}),
        ("bring_to", {"target": "anna", "thing": "target"}), ("offer", {"target": "target", "person": "anna"}),
    ),
}  # fmt: skip
"""Plans that come near without a choice of the place, by kind, ``touch`` for buttons too; what is on something is gone
to by that, since no way leads to the thing itself."""
RESTING = 0.03
"""How far a thing that was put down may be from the height of its place, m."""
AFTER = 3.0
"""Time that passes before what was put down or handed over is judged, s."""


class TouchLine(SeeingLine):
    """A line that keeps where the fingertips were.

    Attributes:
        tips: Places of the left and the right fingertips at every control tick, m, shape (2, 3) each.
        bases: x and y, m, and heading, rad, of the base at every control tick.
        fallen: Whether the robot fell.
    """

    tips: list[np.ndarray]
    bases: list[tuple[float, float, float]]
    fallen: bool

    def begin(self) -> None:
        """Stands up."""
        self.tips, self.bases, self.fallen = [], [], False
        self.run_skill("stand", {})

    def step(self) -> SkillStatus:
        """One control period, recorded."""
        status = super().step()
        bodies = [self.device.data.body(HAND.format(side=side)) for side in ("left", "right")]
        self.tips.append(np.stack([one.xpos + one.xmat.reshape(3, 3) @ np.array(TIP) for one in bodies]))
        truth = self.device.truth()
        self.bases.append((float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation)))
        self.fallen = self.fallen or truth.fallen
        return status


class HandlingEpisodes(RobotEpisodes):
    """Runs instructions, each in its own world, with and without the choice of where to stand."""

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the instruction of a seed, and its plan without the choice."""
        scene = handling_scene(seed)
        line = self.line_of(scene)
        done = line.run(scene.words)
        reason = self._judged(line, scene, done)
        return ContrastScore(seed, scene.words, scene.kind, not reason, not self._plain(scene), reason,
                             round(done.simulated_seconds, 2))  # fmt: skip

    def _plain(self, scene: HandlingScene) -> str:
        """What was wrong when the robot only went near and touched."""
        line = self.line_of(scene)
        steps = PLAIN.get(scene.kind, PLAIN["touch"])
        node = PlanNode("sequence", tuple(self._step(name, arguments) for name, arguments in steps))
        return self._judged(line, scene, line.run_plan(Plan("plain", scene.words, "plan", node)))

    def _step(self, skill: str, arguments: dict[str, str | float]) -> PlanNode:
        return PlanNode("skill", skill=skill, arguments=self._library[skill].complete(arguments), why="without")

    def line_of(self, scene: HandlingScene) -> TouchLine:
        """A line in the world of a scene, which has stood up."""
        line = TouchLine(self._robot, self._library, set_up(scene.file, scene.seed))
        facts = {Fact("on", (scene.target, scene.beneath))} if scene.beneath else set()
        line.scene = SceneGraph(line.scene.objects, line.scene.facts | facts, line.scene.robot)
        line.begin()
        return line

    def _judged(self, line: TouchLine, scene: HandlingScene, done: LineResult) -> str:
        """What was wrong by the truth; empty where the thing was touched."""
        if line.fallen:
            return "it fell"
        if done.outcome != "succeeded":
            return f"the robot said: {done.reason}"
        if scene.goal:
            return self._brought(line, scene)
        off = distance(np.array(line.tips[-LAST:]), line.scene[scene.target])
        return "" if off <= NEAR else f"the fingertips were {off:.2f} m from it"

    def _brought(self, line: TouchLine, scene: HandlingScene) -> str:
        """What was wrong with something that was to be brought."""
        line.idle(AFTER)
        if line.fallen:
            return "it fell"
        x, y, z = (float(value) for value in line.device.data.body(scene.target).xpos)
        return not_brought(scene, replace(line.scene[scene.target], position=(x, y, z)), line.scene[scene.goal])


def not_brought(scene: HandlingScene, thing: SceneObject, goal: SceneObject) -> str:
    """What is wrong with where a thing truly is that was to come to a person or a place; empty for nothing."""
    if thing.id in scene.file.takers:
        return "" if taken(thing, goal) else "the person does not have it"
    return not_lying_on(thing, goal)


def not_lying_on(thing: SceneObject, place: SceneObject) -> str:
    """What is wrong with where a thing lies that was to be put on a place; empty for nothing."""
    up = thing.position[2] - thing.size[2] / 2 - place.position[2] - place.size[2] / 2
    off = outline_distance(place, *thing.position[:2])
    on = off <= 0.0 and abs(up) <= RESTING
    return "" if on else f"it is {up:.2f} m above the place, {off:.2f} m from its outline"


def distance(tips: np.ndarray, thing: SceneObject) -> float:
    """Mean distance of the nearer fingertips from the surface of a thing, m; arguments as of :func:`distances`."""
    return float(distances(tips, thing).mean(axis=0).min())


def distances(tips: np.ndarray, thing: SceneObject) -> np.ndarray:
    """Distances of both fingertips from the surface of a thing, m, shape (N, 2).

    Args:
        tips: Shape (N, 2, 3), m.
        thing: A sphere or an upright cylinder.
    """
    off = tips - np.array(thing.position)
    if thing.shape == "sphere":
        return np.asarray(np.abs(np.linalg.norm(off, axis=2) - thing.size[0] / 2))
    aside = np.hypot(off[..., 0], off[..., 1]) - thing.size[0] / 2
    above = np.abs(off[..., 2]) - thing.size[2] / 2
    return np.asarray(np.abs(np.where(above > 0.0, np.hypot(np.maximum(aside, 0.0), above), aside)))
