"""Gestures of people: which thing a fused gesture means to the planner, and which each of its lines alone."""

from __future__ import annotations

import os
from functools import cache

import numpy as np

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.world_facts import place_facts
from skill_stack.evaluation.scenes.pointing_scenes import PointingScene, pointing_scene
from skill_stack.perception.recognition.gesture import Ray
from skill_stack.perception.recognition.pointing_facts import PointedAt
from skill_stack.planner import Planner

STANDING = Fact("posture", ("robot", "standing"))
EVERY = 0.1
"""Time between two looks at a person, s."""
ROBOT = Pose2(3.0, -3.0, 2.0)
"""Where the robot stands, out of the way."""
LINES = {
    "line eye-wrist": ("eyes", "wrist"), "line shoulder-wrist": ("shoulder", "wrist"),
    "line elbow-wrist": ("elbow", "wrist"), "line finger": ("wrist", "index"),
}  # fmt: skip
Row = tuple[str, str, str, str, bool]


@cache
def walking_planner() -> Planner:
    """A planner with the one skill of a Go2 that goes to things."""
    file = Resources.from_environment(os.environ).find("models/go2/go_to/skill.yaml", "skill")
    return Planner(SkillLibrary.from_specs("go2", [load_skill(file.parent)]))


def run_pointing(seed: int) -> list[Row]:
    """One gesture: level, kind, words, answer and whether it is right, of all together and of each line.

    Args:
        seed: The gesture.
    """
    scene = pointing_scene(seed)
    made = PointedAt()
    for number, look in enumerate(scene.looks):
        made.take(look, False, None, scene.things, EVERY * number)
    facts = made.facts(EVERY * len(scene.looks))
    graph = SceneGraph({one.id: one for one in scene.things}, facts, ROBOT)
    plan = walking_planner().plan(Instruction(scene.words), graph, place_facts(graph) | {STANDING})
    steps = [step.arguments.get("target") for step in plan.steps] if plan.status == "plan" else []
    said = plan.reason if not steps else str(steps[0])
    rows = [("pointing", scene.words.split()[-1], scene.words, said, steps[:1] == [scene.target])]
    return rows + [(name, "line", "", found, found == scene.target) for name, found in _lines(scene).items()]


def _lines(scene: PointingScene) -> dict[str, str]:
    """The thing nearest to each line of the arm, over all looks; empty where the line's joints are not seen."""
    mean = {name: np.mean([look[name] for look in scene.looks], axis=0) for name in scene.looks[0]}
    side = "left" if "left_wrist" in mean else "right"
    joints = {name.removeprefix(f"{side}_"): place for name, place in mean.items()}
    face = [mean[name] for name in ("left_eye", "right_eye") if name in mean]
    joints |= {"eyes": np.mean(face, axis=0)} if face else {}
    found = {}
    for name, (begin, end) in LINES.items():
        found[name] = ""
        if begin in joints and end in joints:
            along = joints[end] - joints[begin]
            ray = Ray(joints[begin], along / np.linalg.norm(along), "right")
            off = {one.id: ray.off(np.array(one.position)) for one in scene.things}
            found[name] = min(off, key=off.__getitem__)
    return found
