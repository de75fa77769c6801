"""Episodes of instructions with constraints on the path, in one process, judged on the true path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.way_constraint import way_of, way_text
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.way_scenes import WayScene, area_scene, way_scene
from skill_stack.evaluation.scores.way_score import WayScore, broken
from skill_stack.language import load_lexicon
from skill_stack.runtime.episodes.errands.robot_episodes import SETTLED, RobotEpisodes, judge_arrival
from skill_stack.runtime.line.event_line import EventLine

LEFT = 0.7
"""Distance that a robot must have gained from what it departs from, m."""


class WayEpisodes(RobotEpisodes):
    """Runs instructions, each in its own world."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """See :class:`skill_stack.runtime.episodes.errands.robot_episodes.RobotEpisodes`."""
        super().__init__(resources, robot)
        self._settings, words = ConnectorSettings(), load_lexicon().ways
        passing = [one for one in words.passing if one.endswith("ing")]
        self._phrases = {
            "out": [one for one in words.out if not one.startswith(("do", "never", "avoid"))],
            "between": [f"{one} between" for one in passing],
            **{side: [f"{one} {place}" for one in (*passing, "keeping", "staying") for place in places]
               for side, places in words.sides.items()},
        }  # fmt: skip

    def score(self, seed: int) -> WayScore:
        """Runs and judges the instruction of a seed, and the same without its constraint."""
        return self._scored(self.scene(seed))

    def area(self, seed: int) -> WayScore:
        """The same where a room with an extent is not to be gone through."""
        return self._scored(area_scene(seed))

    def _scored(self, scene: WayScene) -> WayScore:
        seed, line = scene.seed, self._line(scene)
        plan = line.plan(scene.words)
        understood = _has(plan, scene)
        if plan.status != "plan":
            return WayScore(seed, scene.words, scene.kind, understood, False, False, self._ignored(scene),
                            f"{plan.status}: {plan.reason}", math.nan, 0.0)  # fmt: skip
        done = line.run_plan(plan)
        line.idle(SETTLED)
        reason, least = self.judged(scene, line.truths, line.scene)
        if done.outcome != "succeeded":
            reason = "; ".join(filter(None, (f"the robot said: {done.reason}", reason)))
        return WayScore(seed, scene.words, scene.kind, understood, not understood, not reason, self._ignored(scene),
                        reason, least, round(done.simulated_seconds, 2))  # fmt: skip

    def _ignored(self, scene: WayScene) -> bool:
        """Whether going to the thing named, without what was said of the path, does as well."""
        line = self._line(scene)
        name = scene.file.objects[0].resolve().label
        plan = line.plan(f"go to the {name}")
        if plan.tree is not None:
            plan = replace(plan, tree=_plain(plan.tree))
            line.run_plan(plan)
            line.idle(SETTLED)
        return not self.judged(scene, line.truths, line.scene)[0]

    def _line(self, scene: WayScene) -> EventLine:
        line = EventLine(self._robot, self._library, set_up(scene.file, scene.seed), self._settings)
        line.begin()
        return line

    def scene(self, seed: int) -> WayScene:
        """The floor and the instruction of a seed."""
        return way_scene(seed, self._phrases)

    def judged(self, scene: WayScene, truths: Sequence[Truth], world: SceneGraph) -> tuple[str, float]:
        """What was wrong on a true path.

        Args:
            scene: The floor and its instruction.
            truths: Simulator truth from the words on, to when it stood.
            world: What there is, with its places.

        Returns:
            What was wrong, empty where it kept to everything and arrived; and the least distance of the body from what
            it keeps away from, m, NaN where there is none.
        """
        target = world[scene.target]
        path = np.array([truth.position[:2] for truth in truths])
        if any(truth.fallen for truth in truths):
            return "it fell", math.nan
        if scene.kept is None:
            return self._goal(scene.kind, path, target), math.nan
        verdict = judge_arrival(truths, target)
        things = {name: world[name] for name in scene.kept.things}
        outlines = Outlines.from_objects(one.kept_outline(self._settings.place_radius) for one in things.values())
        distance, side = outlines.distances(path), self._robot.footprint.side
        wrong = broken(scene.kept, things, path, distance, side)
        least = float(distance.min()) - side if scene.kept.kind in ("away", "out") else math.nan
        reasons = [wrong, "" if verdict.passed else f"not at the target: {verdict.reason}"]
        return "; ".join(filter(None, reasons)), least

    def _goal(self, kind: str, path: np.ndarray, target: SceneObject) -> str:
        """What was wrong with the place at the end."""
        centre, start, end = np.array(target.position[:2]), path[0], path[-1]
        ahead = (centre - start) / (np.hypot(*(centre - start)) or 1.0)
        if kind == "beyond":
            past = float((end - centre) @ ahead)
            return "" if past > target.radius else f"it ended {past:.2f} m beyond it"
        gained = float(np.hypot(*(end - centre)) - np.hypot(*(start - centre)))
        return "" if gained >= LEFT else f"it went {gained:.2f} m away"


def _has(plan: Plan, scene: WayScene) -> bool:
    """Whether a plan has what the words ask for."""
    if scene.kept is None:
        skills = {node.skill for node in plan.steps}
        return bool(skills) and "go_to" not in skills
    ways = (str(node.arguments.get("way", "")) for node in plan.steps)
    return any(scene.kept in way_of(text) for text in ways if text)


def _plain(node: PlanNode) -> PlanNode:
    """A plan without constraints."""
    arguments = {**node.arguments, "way": way_text(())} if "way" in node.arguments else node.arguments
    return replace(node, arguments=arguments, children=tuple(map(_plain, node.children)))


