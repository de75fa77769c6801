"""Where a humanoid stands to reach something, and how its fingertips come there."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuidedBody, GuideFailure, GuideView
from skill_stack.connector.kinematics.reach_map import X, Y, Z, hand_chain, score, stated_map
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.reaching.vantage import GOOD, RUN_UP, touched_at, vantages
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

ROBOTS = Path(__file__).resolve().parents[2] / "urdf"
G1 = load_robot(ROBOTS / "g1")
HEIGHT = 0.755
TABLE = SceneObject("table", "table", (2.0, 0.0, 0.35), shape="box", size=(0.7, 1.0, 0.7))
ORIGIN = Pose2(0.0, 0.0, 0.0)


def ball_at(x, y, z=0.8):
    return SceneObject("ball", "ball", (x, y, z), 0.0, "sphere", (0.2, 0.2, 0.2))


def context(name="ball"):
    numbers = {"height": HEIGHT, "stiffness": 1e6}
    return GuideContext({"target": name}, ConnectorSettings(), numbers, G1.footprint, robot=G1, part="body")


def view(pose, *things):
    return GuideView(pose, SceneGraph({one.id: one for one in things}), Outlines.from_objects(things), 0.0, 0.0)


def test_the_map_in_the_robot_s_data_is_what_its_kinematics_give():
    stated, draws, chain = stated_map(G1), np.random.default_rng(3), hand_chain(G1, "left")
    assert stated.scores.shape == (len(Z), len(X), len(Y))
    for k, i, j in draws.integers(0, stated.scores.shape, size=(20, 3)):
        assert stated.scores[k, i, j] == score(chain, G1, (X[i], Y[j], Z[k]))


def test_the_right_hand_is_the_mirror_of_the_left_one():
    stated = stated_map(G1)
    assert (stated.layer("right", 0.1) == stated.layer("left", 0.1)[:, ::-1]).all()
    assert not stated.layer("left", 1.0).any()


def test_a_robot_without_a_map_says_so():
    with pytest.raises(DataError, match=r"go2.*reach_map"):
        stated_map(load_robot(ROBOTS / "go2"))


@pytest.mark.parametrize("edge", [(1.75, 0.1), (2.25, -0.2), (2.1, 0.4)])
def test_from_every_place_that_is_chosen_the_hand_reaches_and_the_robot_has_room(edge):
    ball = ball_at(*edge)
    seen = view(ORIGIN, TABLE, ball)
    found = vantages(context(), seen, ball)
    assert found
    for one in found[:20]:
        x, y, z = touched_at(ball, one.pose.yaw)
        c, s = math.cos(one.pose.yaw), math.sin(one.pose.yaw)
        dx, dy = x - one.pose.x, y - one.pose.y
        assert score(hand_chain(G1, one.side), G1, (c * dx + s * dy, -s * dx + c * dy, z - HEIGHT)) >= GOOD - 1
        assert seen.outlines.distances(np.array([[one.pose.x, one.pose.y]])).min() >= G1.footprint.front


def test_it_walks_around_a_table_to_the_side_from_which_it_reaches():
    ball = ball_at(2.25, 0.0)  # at the far edge
    guide = make_guide("vantage", context())
    path = guide.step(view(ORIGIN, TABLE, ball)).path
    assert path[-1][0] > 2.0 + RUN_UP


def test_where_it_stands_follows_what_is_seen_better_from_near():
    guide, far, near = make_guide("vantage", context()), ball_at(1.75, 0.1), ball_at(1.75, -0.05)
    goal = guide.step(view(ORIGIN, TABLE, far)).path[-1]
    there = Pose2(goal[0] + RUN_UP, goal[1], 0.0)
    before, after = (guide.step(view(there, TABLE, ball)).signals["distance_error"] for ball in (far, near))
    assert before < 0.05 and after == pytest.approx(math.hypot(0.15, before), abs=0.03)


def test_what_is_in_the_middle_of_a_large_table_is_reached_from_nowhere():
    wide = SceneObject("table", "table", (2.0, 0.0, 0.35), shape="box", size=(2.4, 2.4, 0.7))
    with pytest.raises(GuideFailure, match="from nowhere") as failure:
        make_guide("vantage", context()).step(view(ORIGIN, wide, ball_at(2.0, 0.0)))
    assert failure.value.name == "the place is within reach"


def test_what_is_too_high_is_named():
    with pytest.raises(GuideFailure, match=r"1\.60 m high"):
        make_guide("vantage", context()).step(view(ORIGIN, ball_at(2.0, 0.0, 1.6)))


def run_touch(ball, seconds, bias=(), measured=True, moved=None, within=0.05, others=()):
    """Touches with joints that come where they are told, but for a bias by name, rad; the last step, and the tips."""
    numbers = {"height": HEIGHT, "stiffness": 1e6, "within": within}
    guide = make_guide("touching", replace(context(), numbers=numbers))
    tip, joints, tips, step = hand_chain(G1, "left"), dict.fromkeys(G1.joint_names, 0.0), [], None
    for tick in range(round(10 * seconds)):
        seen = view(ORIGIN, ball if tick < 12 or moved is None else moved, *others)
        body = GuidedBody(0.0, 0.0, HEIGHT)
        now, progress = 0.1 * tick, float(tick > 0)
        step = guide.step(GuideView(ORIGIN, seen.scene, seen.outlines, now, now, progress, body=body,
                                    joints=joints if measured else {}))  # fmt: skip
        told = {name: value for name, value in step.goals.items() if name in joints}
        joints |= {name: value + dict(bias).get(name, 0.0) for name, value in told.items()}
        tips.append(tip.place({name: joints[name] for name in told}).position + [0.0, 0.0, HEIGHT])
    return step, tips


def test_the_fingertips_come_to_the_surface_after_a_point_before_it():
    ball = ball_at(0.5, 0.1, 0.9)
    step, tips = run_touch(ball, 8.0)
    off = [np.linalg.norm(place - ball.position) for place in tips]
    assert off[0] > 0.15
    assert off[-1] == pytest.approx(0.1, abs=0.01)
    assert step.signals["unfinished"] == 0.0 and step.signals["gap"] < 0.01


def test_a_hand_that_measured_joints_tell_to_be_beside_the_thing_is_corrected():
    ball, sagging = ball_at(0.5, 0.1, 0.9), {"left_shoulder_pitch_joint": 0.25, "waist_yaw_joint": -0.1}
    step, tips = run_touch(ball, 8.0, sagging)
    gaps = [abs(np.linalg.norm(place - ball.position) - 0.1) for place in tips]
    assert gaps[15] > 0.05
    assert gaps[-1] < 0.03
    assert step.signals["unfinished"] == 0.0


def test_what_cannot_be_corrected_fails_with_the_gap():
    with pytest.raises(GuideFailure, match=r"10 corrections my hand is 0\.\d\d m .*: it is out of reach") as failure:
        run_touch(ball_at(0.5, 0.1, 0.9), 20.0, moved=ball_at(1.0, 0.1, 0.9))
    assert failure.value.name == "the hand is at the place"


def test_without_measured_joints_nobody_says_that_it_touches():
    with pytest.raises(GuideFailure, match="nobody measures my joints"):
        run_touch(ball_at(0.5, 0.1, 0.9), 20.0, measured=False)


def test_corrections_that_are_out_of_reach_are_told():
    step, _ = run_touch(ball_at(0.5, 0.1, 0.9), 20.0, moved=ball_at(1.0, 0.1, 0.9), within=10.0)
    assert 1.0 <= step.signals["uncorrected"] <= 10.0
    assert "corrections of the hand could not be made: it is out of reach by" in step.said


def test_arms_wait_until_the_legs_are_at_rest_and_with_every_correction_anew():
    legs, upper = G1.members(["legs"]), G1.members(["arms", "waist"])
    guide = make_guide("touching", context())
    ball, joints, told, moves = ball_at(0.5, 0.1, 0.9), dict.fromkeys(G1.joint_names, 0.0), {}, []
    for tick in range(100):
        steps = 0.1 * (tick % 2) if tick < 20 or 30 < tick < 60 else 0.0
        joints |= dict.fromkeys(legs, steps) | {name: told.get(name, 0.0) + 0.1 for name in upper}
        seen, now = view(ORIGIN, ball), 0.1 * tick
        body = GuidedBody(0.0, 0.0, HEIGHT)
        step = guide.step(GuideView(ORIGIN, seen.scene, seen.outlines, now, now, 1.0, body=body, joints=joints))
        moves += [tick] if step.goals != told else []
        told = step.goals
    assert 20 < moves[0] < 30
    assert not [tick for tick in moves if 31 < tick < 60 and tick - moves[0] > 30] and [t for t in moves if t > 60]
