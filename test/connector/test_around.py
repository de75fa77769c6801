"""A learnt way around a thing is told its side as a mode, and only for places that it was learnt for."""

import pytest

from skill_stack.connector.guides.around import AroundGuide
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideView
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from test.connector.conftest import ROOT

NOTHING = Outlines.from_objects(())
NUMBERS = {"nearest": 1.4, "farthest": 2.4, "widest": 0.4}
BEGIN = Pose2(1.0, 2.0, 0.5)


def box(ahead: float, aside: float) -> SceneObject:
    """A box as seen from where the robot begins."""
    place = BEGIN.compose(Pose2(ahead, aside, 0.0))
    return SceneObject(id="box", kind="box", position=(place.x, place.y, 0.2), shape="box", size=(0.4, 0.4, 0.4))


def guide(side: str) -> AroundGuide:
    footprint = load_robot(ROOT / "urdf" / "go2").footprint
    return AroundGuide(GuideContext({"target": "box", "side": side}, ConnectorSettings(), NUMBERS, footprint))


def view(ahead: float, aside: float, pose: Pose2 = BEGIN, **gone) -> GuideView:
    things = {} if gone else {"box": box(ahead, aside)}
    return GuideView(pose, SceneGraph(things), NOTHING, gone.get("now", 0.0), 0.0)


@pytest.mark.parametrize(("side", "mode"), [("left", 1.0), ("right", -1.0)])
def test_the_base_is_told_place_and_side(side, mode) -> None:
    step = guide(side).step(view(1.8, 0.1))
    assert step.goals == pytest.approx({"ahead": 1.8, "aside": 0.1, "mode": mode})
    assert step.signals["distance_error"] == pytest.approx(1.8 + 0.2828 + 0.4, abs=1e-3)


def test_the_place_counts_from_where_it_began_until_the_robot_is_past() -> None:
    one = guide("left")
    one.step(view(1.8, 0.0))
    halfway = one.step(view(1.8, 0.0, BEGIN.compose(Pose2(1.8, 0.7, 0.3))))
    assert halfway.goals == pytest.approx({"ahead": 1.8, "aside": 0.0, "mode": 1.0})
    past = one.step(view(1.8, 0.0, BEGIN.compose(Pose2(2.6, 0.5, 0.0))))
    assert past.goals == {} and past.signals["distance_error"] == 0.0


@pytest.mark.parametrize(("ahead", "aside"), [(1.0, 0.0), (3.0, 0.0), (1.8, 0.6), (-1.8, 0.0)])
def test_a_place_that_was_not_learnt_is_refused_with_the_range(ahead, aside) -> None:
    with pytest.raises(GuideFailure, match="was learnt for 1.4 to 2.4 m ahead and 0.4 m aside"):
        guide("left").step(view(ahead, aside))


def test_a_thing_that_is_gone_ends_it() -> None:
    with pytest.raises(GuideFailure, match="no longer in the scene"):
        guide("left").step(view(1.8, 0.0, now=9.0))
