"""Paths judged by the constraints of their instruction, and the floors that they are walked on."""

import math

import numpy as np
import pytest

from skill_stack.core.skills.way_constraint import WayConstraint
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.way_scenes import KINDS, way_scene
from skill_stack.evaluation.scores.way_score import WayScore, broken, way_figures, way_misses

BOX = SceneObject("box", "box", (2.0, 0.0, 0.2), size=(0.4, 0.4, 0.4))
POST = SceneObject("post", "post", (2.0, 2.0, 0.2), shape="cylinder", size=(0.2, 0.2, 0.4))
THINGS = {"box": BOX, "post": POST}
PHRASES = {"out": ["without crossing"], "left": ["left of"], "right": ["right of"], "between": ["passing between"]}


def judged(kind: str, *corners: tuple[float, float], things: tuple[str, ...] = ("box",), metres: float = 0.0) -> str:
    path = np.concatenate([np.linspace(a, b, 50) for a, b in zip(corners, corners[1:], strict=False)])
    centres = np.array([THINGS[name].position[:2] for name in things])
    distance = np.hypot(*np.moveaxis(path[:, None] - centres, -1, 0)) - 0.2
    return broken(WayConstraint(kind, things, metres), THINGS, path, distance, 0.2, 0.15)


@pytest.mark.parametrize(
    ("wrong", "kind", "path", "things", "metres"),
    [
        ("", "left", [(0, 0), (2, 1), (4, 0)], ("box",), 0),
        ("did not pass left", "left", [(0, 0), (2, -1), (4, 0)], ("box",), 0),
        ("did not pass right", "right", [(0, 0), (1, 0)], ("box",), 0),
        ("did not pass right", "right", [(0, 0), (2, -1), (4, 0), (2, 1)], ("box",), 0),
        ("", "between", [(0, 0), (2, 1), (4, 0)], ("box", "post"), 0),
        ("passed outside", "between", [(0, 0), (2, -1), (4, 0)], ("box", "post"), 0),
        ("did not pass between", "between", [(0, 0), (1, 1)], ("box", "post"), 0),
        ("", "away", [(0, 0), (2, 3), (4, 0)], ("box",), 1.0),
        ("came within 0.49 m", "away", [(0, 0), (2, 1), (4, 0)], ("box",), 1.0),
        ("came within", "out", [(0, 0), (4, 0)], ("box",), 0),
    ],
)
def test_a_path_is_judged_by_what_was_asked_for(wrong, kind, path, things, metres):
    said = judged(kind, *path, things=things, metres=metres)
    assert said.startswith(wrong) and bool(said) == bool(wrong)


@pytest.mark.parametrize("seed", range(2 * len(KINDS)))
def test_on_a_floor_the_straight_path_breaks_most_constraints(seed):
    scene = way_scene(seed, PHRASES)
    things = {one.id: one.resolve() for one in scene.file.objects}
    assert scene.words == way_scene(seed, PHRASES).words and things[scene.target].label in scene.words
    for name in scene.kept.things if scene.kept else ():
        assert things[name].label in scene.words
        assert math.dist(things[name].position[:2], things[scene.target].position[:2]) > 0.9


def test_figures_name_what_is_missed():
    def one(seed: int, kept: bool, dropped: bool = False) -> WayScore:
        return WayScore(seed, "go", "left", not dropped, dropped, kept, False, "" if kept else "no", math.nan, 1.0)

    good = way_figures([one(seed, True) for seed in range(20)])
    assert not way_misses(good) and good["kept"]["count"] == 20
    bad = way_figures([one(0, True), one(1, False, dropped=True)])
    assert len(way_misses(bad)) == 2
    assert WayScore.from_json(one(3, True).to_json()).words == "go"
