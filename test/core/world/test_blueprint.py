"""Blueprints: an order in which they can be built, poses of known sizes, and what is wrong is refused."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.world.blueprint import Blueprint, blueprint_in
from skill_stack.core.world.blueprint_layout import BRIDGED, GAP, Unbuildable, layout
from skill_stack.core.world.described_scene import described_scene
from skill_stack.core.world.scene import SceneObject

CUBE, PLANK = (0.05, 0.05, 0.05), (0.04, 0.14, 0.04)


def blueprint(*blocks):
    return Blueprint(blocks=blocks)


def bodies(**sizes):
    return {name: SceneObject(name, "box", (0.0, 0.0, 0.0), 0.0, "box", size) for name, size in sizes.items()}


PYRAMID = blueprint({"name": "c", "on": ("a", "b")}, {"name": "a", "row": "below"}, {"name": "b", "row": "below"})


def test_what_carries_is_placed_before_what_it_carries():
    tower = blueprint({"name": "top", "on": ("middle",)}, {"name": "middle", "on": ("low",)}, {"name": "low"})
    assert tower.order() == ("low", "middle", "top")
    assert PYRAMID.order() == ("a", "b", "c")


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        (({"name": "a", "on": ("b",)}, {"name": "b", "on": ("a",)}), "rest on one another"),
        (({"name": "a", "on": ("x",)},), "names 'x'"),
        (({"name": "a"}, {"name": "a"}), "two blocks are called a"),
        (({"name": "a", "side": "left"},), "go together"),
        (({"name": "a"}, {"name": "b", "on": ("a",), "at": (0.0, 0.0)}), "more than one"),
    ],
)
def test_a_contradiction_is_refused(blocks, told):
    with pytest.raises(ValueError, match=told):
        blueprint(*blocks)


def test_a_bridge_lies_on_both_and_its_ends_are_flush():
    places = layout(PYRAMID, bodies(a=CUBE, b=CUBE, c=PLANK))
    assert places["a"].y - places["b"].y == pytest.approx(0.09)
    assert (places["c"].x, places["c"].y, places["c"].z) == pytest.approx((0.0, 0.0, 0.07))
    assert layout(PYRAMID, bodies(a=CUBE, b=CUBE, c=CUBE))["a"].y == pytest.approx(0.025 + BRIDGED / 2)


def test_what_carries_must_be_level_and_what_lies_across_long_enough():
    with pytest.raises(Unbuildable, match="differs in height"):
        layout(PYRAMID, bodies(a=CUBE, b=(0.05, 0.05, 0.08), c=PLANK))
    with pytest.raises(Unbuildable, match="too short"):
        layout(PYRAMID, bodies(a=CUBE, b=CUBE, c=(0.02, 0.025, 0.04)))


def test_rows_on_one_side_of_the_same_thing_do_not_meet():
    two = blueprint(
        {"name": "a"}, {"name": "b", "side": "left", "of": ("a",)}, {"name": "c", "side": "left", "of": ("a",)}
    )
    places = layout(two, bodies(a=CUBE, b=CUBE, c=CUBE))
    assert places["b"].y > 0.05 and places["c"].y - places["b"].y >= 0.05 + GAP


def test_a_text_with_blocks_is_a_blueprint():
    found = blueprint_in("blocks:\n- {name: a, colour: green}\n- {name: b, on: [a]}\n")
    assert found is not None and found["b"].on == ("a",)
    assert blueprint_in("build a tower of three blocks") is None
    with pytest.raises(DataError, match="colur"):
        blueprint_in("blocks:\n- {name: a, colur: green}\n")


def test_a_described_scene_stands_on_its_table():
    scene = described_scene(PYRAMID, "desk", lambda noun: [])
    table, *blocks = (one.resolve() for one in scene.objects)
    assert table.kind == "table" and min(one.position[2] for one in blocks) == pytest.approx(0.425)
    assert max(one.position[2] for one in blocks) == pytest.approx(0.475)
