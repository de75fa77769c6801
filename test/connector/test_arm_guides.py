"""A hand that is brought to a point, and an arm that points."""

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuidedBody, GuideFailure, GuideView
from skill_stack.connector.kinematics.chain import Chain
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robot_state import BaseKnowledge
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

G1 = load_robot(Path(__file__).resolve().parents[2] / "urdf" / "g1")
HEIGHT = 0.75


ORIGIN = Pose2(0.0, 0.0, 0.0)


def step_of(name, pose=ORIGIN, things=(), **arguments):
    context = GuideContext(
        arguments, ConnectorSettings(), {"height": HEIGHT, "stiffness": 1e6}, G1.footprint, robot=G1, part="body"
    )
    scene = SceneGraph({thing.id: thing for thing in things})
    return make_guide(name, context).step(GuideView(pose, scene, Outlines.from_objects(things), 0.0, 0.0))


def hand_at(goals, side):
    place = Chain(G1, f"{side}_wrist_yaw_link", [f"{side}_arm", "waist"]).place(goals).position
    return place + [0.0, 0.0, HEIGHT]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("point", [(0.3, 0.05, 0.85), (0.4, 0.0, 1.1), (0.25, -0.05, 1.0)])
def test_the_hand_comes_to_the_point_with_joints_in_their_ranges(side, point):
    goals = step_of("hand_to", side=side, **dict(zip("xyz", point))).goals
    assert hand_at(goals, side) == pytest.approx(point, abs=0.003)
    ranges = {joint.name: (joint.lower, joint.upper) for joint in G1.joints}
    assert all(ranges[name][0] <= angle <= ranges[name][1] for name, angle in goals.items())
    other = "right" if side == "left" else "left"
    assert not any(name.startswith(other) for name in goals)


def reaching(point):
    arguments = {"side": "left", **dict(zip("xyz", point))}
    numbers = {"height": HEIGHT, "stiffness": 1e6}
    return make_guide("hand_to", GuideContext(arguments, ConnectorSettings(), numbers, G1.footprint, G1, "body"))


def seen(now, body, progress=0.0):
    return GuideView(ORIGIN, SceneGraph({}), Outlines.from_objects([]), now, now, progress, body=body)


def in_the_level_frame(place, body):
    turned = Rotation.from_euler("xyz", [body.roll, body.pitch, 0.0]).apply(place - [0.0, 0.0, HEIGHT])
    return turned + [0.0, 0.0, body.height]


@pytest.mark.parametrize(
    "body", [GuidedBody(0.0, 0.2, 0.72), GuidedBody(0.08, 0.1, 0.77), GuidedBody(-0.1, -0.1, 0.74)]
)
def test_how_the_pelvis_leans_and_how_high_it_is_is_made_up_for(body):
    point = (0.32, 0.05, 1.0)
    goals = reaching(point).step(seen(0.0, body)).goals
    assert in_the_level_frame(hand_at(goals, "left"), body) == pytest.approx(point, abs=0.004)


def test_where_the_hand_is_brought_is_corrected_when_the_body_has_settled_under_the_arm():
    point, guide = (0.32, 0.05, 1.0), reaching((0.32, 0.05, 1.0))
    leans, leans_more = GuidedBody(0.0, 0.05, 0.76), GuidedBody(0.0, 0.2, 0.74)
    first = guide.step(seen(0.0, leans)).goals
    for tick in range(1, 200):
        now = 0.1 * tick
        arrives = now % 2.5 > 1.0  # the servo is at each motion for a second
        step = guide.step(seen(now, leans_more, 1.0 if arrives else 0.5))
        if step.signals["unfinished"] == 0.0:
            break
    assert step.signals["unfinished"] == 0.0, "it comes to an end"
    assert step.goals != first
    assert in_the_level_frame(hand_at(step.goals, "left"), leans_more) == pytest.approx(point, abs=0.004)


def test_the_body_is_seen_in_a_status_that_knows_where_its_motion_comes_from():
    quaternion = Rotation.from_euler("xyz", [0.1, 0.2, 1.3]).as_quat()[[3, 0, 1, 2]]
    status = SimpleNamespace(
        base=BaseKnowledge("legs"), orientation=quaternion, base_position=np.array([1.0, 2.0, 0.7])
    )
    body = GuidedBody.from_status(status)
    assert (body.roll, body.pitch, body.height) == pytest.approx((0.1, 0.2, 0.7))
    status.base = BaseKnowledge("none")
    assert GuidedBody.from_status(status) is None


def test_a_soft_arm_is_told_to_go_beyond_what_it_shall_reach():
    arguments = {"side": "left", "x": 0.35, "y": 0.0, "z": 1.0}
    stiff = step_of("hand_to", **arguments).goals
    chain = Chain(G1, "left_wrist_yaw_link", ["left_arm", "waist"])
    weight = chain.weight(stiff)
    context = GuideContext(
        arguments, ConnectorSettings(), {"height": HEIGHT, "stiffness": 2.0}, G1.footprint, G1, "body"
    )
    soft = (
        make_guide("hand_to", context)
        .step(GuideView(ORIGIN, SceneGraph({}), Outlines.from_objects([]), 0.0, 0.0))
        .goals
    )
    for joint in G1.joints:
        if joint.name in soft:
            sag = weight[joint.name] / (2.0 * joint.kp)
            assert soft[joint.name] - sag == pytest.approx(stiff[joint.name], abs=1e-4), joint.name
    assert max(abs(torque) for torque in weight.values()) > 3.0


def test_a_point_beyond_the_arm_is_refused_with_how_much_is_missing():
    with pytest.raises(GuideFailure, match="out of reach by"):
        step_of("hand_to", side="left", x=1.5, y=0.0, z=1.0)


@pytest.mark.parametrize(("x", "y", "side"), [(2.0, 0.5, "left"), (2.0, -1.5, "right"), (-0.3, 2.0, "left")])
def test_the_arm_on_its_side_is_in_line_with_the_thing(x, y, side):
    pose = Pose2(1.0, -2.0, 0.7)
    spot = pose.compose(Pose2(x, y, 0.0))
    thing = SceneObject("crate", "box", (spot.x, spot.y, 0.15), 0.0, "box", (0.3, 0.3, 0.3))
    goals = step_of("pointing", pose, [thing], target="crate").goals
    assert any(name.startswith(f"{side}_") for name in goals)
    shoulder = Chain(G1, f"{side}_shoulder_roll_link", [f"{side}_arm", "waist"]).place(goals).position
    along = hand_at(goals, side) - [0.0, 0.0, HEIGHT] - shoulder
    wanted = np.array([x, y, 0.15 - HEIGHT]) - shoulder
    cosine = along @ wanted / np.linalg.norm(along) / np.linalg.norm(wanted)
    assert math.acos(min(cosine, 1.0)) < 0.1


def test_a_thing_that_is_gone_cannot_be_pointed_at():
    with pytest.raises(GuideFailure, match="no longer in the scene"):
        step_of("pointing", target="crate")


def test_it_points_again_from_where_the_arm_has_brought_the_body():
    crate = SceneObject("crate", "box", (2.0, 0.5, 0.15), 0.0, "box", (0.3, 0.3, 0.3))
    numbers = {"height": HEIGHT, "stiffness": 1e6}
    context = GuideContext({"target": "crate"}, ConnectorSettings(), numbers, G1.footprint, G1, "body")
    guide, outlines = make_guide("pointing", context), Outlines.from_objects([crate])
    scene = SceneGraph({"crate": crate})
    lean = GuidedBody(0.0, 0.15, 0.72)

    def aimed(now, progress, pose, body):
        return guide.step(GuideView(pose, scene, outlines, now, now, progress, body=body))

    first = aimed(0.0, 0.0, ORIGIN, GuidedBody(0.0, 0.0, HEIGHT)).goals
    turned = Pose2(-0.05, 0.0, 0.1)
    for k in range(1, 40):
        step = aimed(0.05 * k, min(0.1 * k, 1.0), turned, lean)
    bearing, away = turned.bearing_to(2.0, 0.5), turned.distance_to(2.0, 0.5)
    level = np.array([away * math.cos(bearing), away * math.sin(bearing), 0.15 - lean.height])
    leans = Rotation.from_euler("xyz", [lean.roll, lean.pitch, 0.0])

    def off(goals):
        links = ("left_wrist_yaw_link", "left_shoulder_roll_link")
        hand, shoulder = (leans.apply(Chain(G1, one, ["left_arm", "waist"]).place(goals).position) for one in links)
        along, wanted = hand - shoulder, level - shoulder
        return math.acos(along @ wanted / np.linalg.norm(along) / np.linalg.norm(wanted))

    assert off(step.goals) < 0.06 < 0.12 < off(first)
