"""Parts move with their things, what a camera saw counts before what is usual, and words find them as places."""

import math

import pytest

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.spatial.parts import PartsFile, part_fact, parts_of, with_part_places, with_parts
from skill_stack.core.world.scene import SceneGraph, SceneObject

MUG = SceneObject("red_mug", "mug", (1.0, 2.0, 0.05), math.pi / 2, "cylinder", (0.08, 0.08, 0.1), "red")
CHAIR = SceneObject("chair", "chair", (0.0, 0.0, 0.4), 0.0, "box", (0.5, 0.5, 0.8))


def test_a_usual_part_lies_where_its_thing_is_turned() -> None:
    handle = parts_of(MUG)["handle"]
    assert handle.point == pytest.approx((1.0, 2.04, 0.05)) and handle.outward == pytest.approx((0.0, 1.0, 0.0))
    assert handle.heading == pytest.approx(math.pi / 2) and parts_of(MUG)["opening"].heading is None
    assert parts_of(CHAIR)["seat"].point[2] == pytest.approx(0.42)
    assert parts_of(SceneObject("x", "box", (0.0, 0.0, 0.0))) == {}


def test_a_seen_part_counts_before_the_usual_one_and_moves_along() -> None:
    fact = part_fact(MUG, "handle", (0.94, 2.0, 0.06), (-1.0, 0.0, 0.0))
    assert parts_of(MUG, {fact})["handle"].point == pytest.approx((0.94, 2.0, 0.06), abs=0.006)
    moved = SceneObject("red_mug", "mug", (0.0, 0.0, 0.05), 0.0, "cylinder", MUG.size, "red")
    assert parts_of(moved, {fact})["handle"].outward == pytest.approx((0.0, 1.0, 0.0))
    assert "handle" in parts_of(moved, {fact}) and parts_of(CHAIR, {fact}) == parts_of(CHAIR)


def test_words_add_the_parts_that_they_name_and_no_others() -> None:
    scene = SceneGraph({one.id: one for one in (MUG, CHAIR)})
    assert with_parts(scene, "go to the red mug") is scene
    named = with_parts(scene, "touch the handle of the red mug")
    assert set(named.objects) == {"red_mug", "chair", "red_mug_handle"}
    place = named["red_mug_handle"]
    assert place.kind == "place" and "handle of the red mug" in place.names and place.yaw == pytest.approx(math.pi / 2)
    assert with_part_places(scene, ["chair_seat", "fast", 0.3, "red_mug"])["chair_seat"].position[2] > 0.4
    assert with_part_places(scene, ["chair_wing"]) is scene


@pytest.mark.parametrize("at", [[math.nan, 0, 0], [math.inf, 0, 0], [0, 0, 9.0], [0, 0]])
def test_data_that_is_nonsense_is_refused(at) -> None:
    data = {"kinds": {"mug": {"handle": {"at": at, "out": [1, 0, 0]}}}, "words": {}, "names": []}
    with pytest.raises(DataError, match="kinds.mug.handle.at"):
        parse_model(PartsFile, data, "x")
