"""Paths judged by the constraints of their instruction, and the floors that they are walked on."""

import math

import numpy as np
import pytest

from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.skills.way_constraint import WayConstraint
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.way_scenes import KINDS, area_scene, way_scene
from skill_stack.evaluation.scores.way_score import WayScore, broken, way_figures, way_misses

BOX = SceneObject("box", "box", (2.0, 0.0, 0.2), size=(0.4, 0.4, 0.4))
POST = SceneObject("post", "post", (2.0, 2.0, 0.2), shape="cylinder", size=(0.2, 0.2, 0.4))
THINGS = {"box": BOX, "post": POST}
PHRASES = {"out": ["without crossing"], "left": ["left of"], "right": ["right of"], "between": ["passing between"]}


def judged(kind: str, *corners: tuple[float, float], things: tuple[str, ...] = ("box",), metres: float = 0.0) -> str:
    path = np.concatenate([np.linspace(a, b, 50) for a, b in zip(corners, corners[1:], strict=False)])
    centres = np.array([THINGS[name].position[:2] for name in things])
    distance = np.hypot(*np.moveaxis(path[:, None] - centres, -1, 0)) - 0.2
    return broken(WayConstraint(kind, things, metres), THINGS, path, distance, 0.2)


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


KITCHEN = SceneObject("kitchen", "place", (2.0, 0.0, 0.0), math.pi / 2, "point", (3.0, 1.0, 0.0))
BATH = SceneObject("bath", "place", (2.0, 3.0, 0.0), 0.0, "point", (1.0, 1.0, 0.0))
SPOT = SceneObject("spot", "place", (2.0, 0.0, 0.0), shape="point")


@pytest.mark.parametrize(
    ("wrong", "kind", "aside", "things"),
    [
        ("came within -0.6", "out", 0.0, (KITCHEN,)),
        ("came within -0.1", "out", 1.6, (KITCHEN,)),
        ("", "out", 1.9, (KITCHEN,)),
        ("", "out", 0.5, (SPOT,)),
        ("came within", "out", 0.2, (SPOT,)),
        ("", "left", 1.9, (KITCHEN,)),
        ("came within", "left", 1.0, (KITCHEN,)),
        ("did not pass left", "left", -1.9, (KITCHEN,)),
        ("", "between", 2.0, (KITCHEN, BATH)),
        ("came within", "between", 1.2, (KITCHEN, BATH)),
    ],
)
def test_a_room_with_an_extent_is_judged_by_its_walls(wrong, kind, aside, things):
    corners = [(-2.0, 0.0), (-2.0, aside), (6.0, aside)]
    path = np.concatenate([np.linspace(a, b, 80) for a, b in zip(corners, corners[1:], strict=False)])
    distance = Outlines.from_objects(one.kept_outline(0.15) for one in things).distances(path)
    constraint = WayConstraint(kind, tuple(one.id for one in things))
    said = broken(constraint, {one.id: one for one in things}, path, distance, 0.2)
    assert said.startswith(wrong) and bool(said) == bool(wrong)


@pytest.mark.parametrize("seed", range(12))
def test_the_straight_path_leads_through_the_room_that_is_not_to_be_crossed(seed):
    scene = area_scene(seed)
    things = {one.id: one.resolve() for one in scene.file.objects}
    (name,) = scene.kept.things
    end = np.array(things[scene.target].position[:2])
    away = Outlines.from_objects([things[name].kept_outline(0.15)]).distances(np.linspace(0, 1, 200)[:, None] * end)
    assert away.min() < -0.1 and away[0] > 0.5 and away[-1] > 0.5
    assert name in scene.words and things[scene.target].label in scene.words


def test_figures_name_what_is_missed():
    def one(seed: int, kept: bool, dropped: bool = False) -> WayScore:
        return WayScore(seed, "go", "left", not dropped, dropped, kept, False, "" if kept else "no", math.nan, 1.0)

    good = way_figures([one(seed, True) for seed in range(20)])
    assert not way_misses(good) and good["kept"]["count"] == 20
    bad = way_figures([one(0, True), one(1, False, dropped=True)])
    assert len(way_misses(bad)) == 2
    assert WayScore.from_json(one(3, True).to_json()).words == "go"
