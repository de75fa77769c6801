"""Guides of a ball: what a base is told by looks that come now and then, and when each is done."""

import math
from dataclasses import replace

import pytest

from skill_stack.connector.balls.ball_guides import (
    OLDEST,
    TURNS,
    BallGuide,
    DribblingGuide,
    KickingGuide,
    StoppingGuide,
)
from skill_stack.connector.balls.ball_play import LABELS
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideView
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from test.connector.conftest import ROOT

BEGIN = Pose2(0.0, 0.0, 0.0)
NOTHING = Outlines.from_objects(())
GOAL = SceneObject("goal", "place", (4.0, 2.0, 0.0), shape="point")


def guide(kind: type[BallGuide], **arguments) -> BallGuide:
    footprint = load_robot(ROOT / "urdf" / "go2").footprint
    return kind(GuideContext({"target": "ball", **arguments}, ConnectorSettings(), {}, footprint))


def view(x: float, y: float = 0.0, now: float = 1.0, seen: float | None = None, pose=BEGIN) -> GuideView:
    ball = SceneObject("ball", "ball", (x, y, 0.15), last_seen=now if seen is None else seen)
    return GuideView(pose, SceneGraph({"ball": ball, "goal": GOAL}), NOTHING, now, 0.0)


def test_a_network_is_told_the_ball_in_the_base_s_frame_and_the_label() -> None:
    goals = guide(DribblingGuide, way=2.0).step(view(1.0, 0.6, pose=Pose2(1.0, 0.0, math.pi / 2))).goals
    assert (goals["ball_ahead"], goals["ball_aside"]) == pytest.approx((0.6, 0.0), abs=1e-9)
    assert [goals[label] for label in LABELS] == [1.0, 0.0, 0.0]
    assert guide(StoppingGuide).step(view(0.9)).goals["stop"] == 1.0


def test_a_dribble_goes_along_the_first_heading_and_is_done_when_the_ball_rests_at_its_end() -> None:
    one = guide(DribblingGuide, way=1.0)
    assert one.step(view(0.8)).remaining == pytest.approx(2.0)
    assert one.step(view(1.4, now=2.0)).remaining > 1.0
    steps = [one.step(view(1.9, now=3.0 + 0.1 * tick, pose=Pose2(1.18, 0.0, 0.0))) for tick in range(60)]
    assert steps[0].remaining > 0.0 and steps[-1].remaining == 0.0
    assert not steps[-1].moving


def test_a_kick_is_done_when_the_ball_comes_near_its_place_and_stays_done() -> None:
    one = guide(KickingGuide, place="goal")
    assert one.step(view(1.0)).remaining == pytest.approx(math.hypot(3.0, 2.0) - 0.35)
    assert one.step(view(3.9, 1.9, now=2.0)).remaining == 0.0
    assert one.step(view(6.0, 3.0, now=3.0)).remaining == 0.0


def test_a_ball_counts_as_stopped_only_after_it_has_rested_near() -> None:
    one = guide(StoppingGuide)
    assert one.step(view(0.72, now=1.0)).remaining > 0.0
    assert one.step(view(0.72, now=1.5)).remaining > 0.0
    assert one.step(view(0.72, now=2.1)).remaining == 0.0
    far = guide(StoppingGuide)
    assert [far.step(view(2.0, now=now)).remaining > 0.5 for now in (1.0, 2.0, 3.0)] == [True] * 3


def test_a_ball_that_nobody_sees_is_turned_to_and_given_up_in_words() -> None:
    one = guide(StoppingGuide)
    one.step(view(0.0, -2.0, now=1.0))
    turns = one.step(view(0.0, -2.0, now=1.1 + TURNS, seen=1.0)).goals
    assert turns["ball_aside"] < 0.0 == turns["ball_ahead"] and turns["stop"] == 1.0, "it was on the right"
    assert one.step(view(0.0, -2.0, now=0.9 + OLDEST, seen=1.0)).goals["ball_aside"] < 0.0
    assert one.step(view(1.5, 0.0, now=0.95 + OLDEST)).goals["ball_ahead"] > 1.0
    with pytest.raises(GuideFailure, match="was last seen"):
        one.step(view(1.5, 0.0, now=1.1 + 2 * OLDEST, seen=0.95 + OLDEST))


def test_a_ball_that_was_seen_long_ago_is_looked_for_before_it_is_given_up() -> None:
    assert guide(StoppingGuide).step(view(2.0, now=100.0, seen=1.0)).goals["ball_ahead"] == 2.0


def test_what_is_in_the_way_of_a_base_that_goes_ends_it() -> None:
    one, wall = guide(StoppingGuide), SceneObject("wall", "box", (0.8, 0.0, 0.5), size=(0.1, 2.0, 1.0))
    for now, x in ((1.0, 0.0), (1.1, 0.05)):
        seen = view(0.7, now=now, pose=Pose2(x, 0.0, 0.0))
        assert one.step(seen).moving
    seen = view(0.8, now=1.2, pose=Pose2(0.1, 0.0, 0.0))
    walled = replace(seen, scene=replace(seen.scene, objects={**seen.scene.objects, "wall": wall}))
    with pytest.raises(GuideFailure, match="'wall' is in the way"):
        one.step(walled)


def test_a_place_that_is_not_there_ends_a_kick() -> None:
    with pytest.raises(GuideFailure, match="'moon' is not in the scene"):
        guide(KickingGuide, place="moon").step(view(1.0))


def test_a_robot_whose_camera_is_blind_stands_and_says_so() -> None:
    one, seen = guide(KickingGuide, place="goal"), view(1.0)
    assert one.step(seen).moving
    blind = replace(seen, scene=replace(seen.scene, facts=frozenset({Fact("stale", ("ball",))})), now=2.0)
    with pytest.raises(GuideFailure, match="the camera by which I follow 'ball' shows me nothing"):
        one.step(blind)
