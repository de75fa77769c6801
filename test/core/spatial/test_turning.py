"""The heading by which a part of a thing points where words say."""

import math

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.spatial.turning import goal_heading, own_directions
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

MUG = SceneObject("mug", "mug", (0.5, 0.0, 0.05), 0.7, "cylinder", (0.08, 0.08, 0.1))
TEAPOT = SceneObject("pot", "teapot", (0.5, 0.0, 0.05), 0.2, "cylinder", (0.1, 0.1, 0.1))
WALL = SceneObject("wall", "wall", (1.5, 0.0, 0.5), 0.0, "box", (0.1, 4.0, 1.0))
SCENE = SceneGraph({one.id: one for one in (MUG, TEAPOT, WALL)})
HERE = Pose2(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("turned", "axis", "heading"),
    [
        ("right", "handle", -math.pi / 2), ("left", "handle", math.pi / 2), ("towards_me", "handle", math.pi),
        ("behind", "front", 0.0), ("away_from_me", "front", 0.0), ("towards_wall", "handle", 0.0),
    ],
)  # fmt: skip
def test_a_part_points_where_it_is_said(turned, axis, heading) -> None:
    found = goal_heading({"turned": turned, "axis": axis}, MUG, (0.5, 0.0), SCENE, HERE, own_directions(MUG, SCENE))
    assert math.remainder(found - heading, math.tau) == pytest.approx(0.0, abs=1e-6)


def test_a_handle_at_the_back_is_turned_by_its_own_direction() -> None:
    own = own_directions(TEAPOT, SCENE)
    assert abs(own["handle"]) == pytest.approx(math.pi) and own["spout"] == pytest.approx(0.0)
    found = goal_heading({"turned": "right", "axis": "handle"}, TEAPOT, (0.5, 0.0), SCENE, HERE, own)
    assert found == pytest.approx(math.pi / 2), "the spout is left then"
    facing = goal_heading({"towards": "mug"}, TEAPOT, (0.5, -1.0), SCENE, HERE, own)
    assert facing == pytest.approx(math.pi / 2)


def test_what_asks_for_nothing_and_what_cannot_be() -> None:
    own = own_directions(MUG, SCENE)
    assert goal_heading({}, MUG, (0.5, 0.0), SCENE, HERE, own) is None
    assert goal_heading({"turned": "upright"}, MUG, (0.5, 0.0), SCENE, HERE, own) is None
    for arguments, reason in (
        ({"turned": "lying"}, "upright only"), ({"turned": "left", "axis": "spout"}, "known are front, handle"),
        ({"turned": "towards", "towards": "bin"}, "'bin' is not in the scene"),
    ):  # fmt: skip
        with pytest.raises(DataError, match=reason):
            goal_heading(arguments, MUG, (0.5, 0.0), SCENE, HERE, own)
