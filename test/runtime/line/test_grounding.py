"""Words to places in a scene: things, relations seen from somewhere, parts, free spots; questions with candidates."""

import dataclasses
import math

import pytest

from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.runtime.line.grounding import Grounder


def thing(name, kind, colour, x, y, size=(0.1, 0.1, 0.1), z=0.0, **more):
    shape = {"ball": "sphere", "cylinder": "cylinder"}.get(kind, "box")
    return SceneObject(name, kind, (x, y, z + size[2] / 2), 0.0, shape, size, colour, **more)


TABLE = thing("table", "table", "brown", 2.0, 0.0, (0.8, 1.2, 0.7))
THINGS = (
    TABLE,
    thing("red_box", "box", "red", 2.0, 0.4, z=0.7, confidence=0.8),
    thing("red_box_2", "box", "red", 2.0, -0.4, z=0.7),
    thing("blue_ball", "ball", "blue", 2.0, 0.0, z=0.7),
)
SCENE = SceneGraph({one.id: one for one in THINGS}, robot=Pose2(0.0, 0.0, 0.0))
BEHIND = Pose2(4.0, 0.0, math.pi)


@pytest.fixture(scope="module")
def grounder():
    return Grounder(load_lexicon())


def test_a_thing_is_found_with_its_place_and_region(grounder) -> None:
    found = grounder.ground("the blue ball", SCENE)
    assert (found.status, found.name, found.point) == ("found", "blue_ball", (2.0, 0.0, 0.75))
    assert found.low == pytest.approx((1.95, -0.05, 0.7)) and found.high == pytest.approx((2.05, 0.05, 0.8))
    assert found.confidence == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("viewer", "frame", "wanted"),
    [(None, "viewer", "red_box"), (BEHIND, "viewer", "red_box_2"), (BEHIND, "world", "red_box")],
)
def test_left_depends_on_who_looks(grounder, viewer, frame, wanted) -> None:
    assert grounder.ground("the red box left of the blue ball", SCENE, viewer, frame).name == wanted


def test_what_may_be_two_things_is_a_question_with_both(grounder) -> None:
    found = grounder.ground("the red box", SCENE)
    assert found.status == "question" and set(found.candidates) == {"red_box", "red_box_2"}
    assert found.point is None and found.answer.endswith("?")


def test_what_is_not_there_is_said(grounder) -> None:
    found = grounder.ground("the green mug", SCENE)
    assert found.status == "unknown" and "green mug" in found.answer


def test_parts_are_points_of_the_solid(grounder) -> None:
    assert grounder.ground("the top of the blue ball", SCENE).point == pytest.approx((2.0, 0.0, 0.8))
    assert grounder.ground("the edge of the table", SCENE).point == pytest.approx((1.6, 0.0, 0.7))
    assert grounder.ground("the edge of the table", SCENE, BEHIND).point == pytest.approx((2.4, 0.0, 0.7))
    handle = grounder.ground("the handle of the blue ball", SCENE)
    assert handle.status == "unknown" and "cannot see a handle" in handle.answer


def test_a_free_spot_is_free_and_on_the_table(grounder) -> None:
    found = grounder.ground("a free spot on the table", SCENE)
    assert found.status == "found" and found.point[2] == pytest.approx(0.7)
    assert all(math.dist(found.point[:2], one.position[:2]) > 0.06 + one.radius for one in THINGS[1:])
    small = thing("t", "table", "brown", 0, 0, (0.2, 0.2, 0.5))
    full = SceneGraph({"t": small, "b": thing("b", "box", "red", 0, 0, z=0.5)})
    assert "no free spot" in grounder.ground("a free spot on the table", full).answer


def test_parts_that_were_seen_are_meant_by_their_names(grounder) -> None:
    parts = {"blue_ball": {"handle": (2.0, 0.08, 0.75), "rim": (1.95, 0.0, 0.8)}}
    found = grounder.ground("the handle of the blue ball", SCENE, parts=parts)
    assert (found.status, found.name, found.point) == ("found", "blue_ball", (2.0, 0.08, 0.75))
    assert grounder.ground("the rim of the blue ball", SCENE, parts=parts).point == (1.95, 0.0, 0.8)
    assert grounder.ground("the button of the blue ball", SCENE, parts=parts).status == "unknown"


@pytest.mark.parametrize(("yaw", "wanted"), [(0.0, "red_box"), (math.pi, "red_box_2")])
def test_sides_of_a_thing_that_faces_somewhere_are_its_own(grounder, yaw, wanted) -> None:
    ball = dataclasses.replace(SCENE["blue_ball"], yaw=yaw)
    scene = SceneGraph({**SCENE.objects, "blue_ball": ball}, robot=SCENE.robot)
    for viewer in (None, BEHIND):
        assert grounder.ground("the red box to the left of the blue ball", scene, viewer, "own").name == wanted
    assert grounder.ground("the red box left of the green mug", scene, None, "own").status == "unknown"
    assert "There is no table" in grounder.ground("the table behind the red box", _alone(), None, "own").answer


def _alone():
    return SceneGraph({"red_box": thing("red_box", "box", "red", 0.0, 0.0), "table": dataclasses.replace(TABLE)})
