"""A hand that stays at a thing while the body walks on."""

import math
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.kinematics.reach_map import hand_chain
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.reaching.tracking import LOOKS, READY, DriftingPlace
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

G1 = load_robot(Path(__file__).resolve().parents[2] / "urdf" / "g1")
HEIGHT, SHORT, CYCLE = 0.755, 0.02, 0.05
BALL = SceneObject("ball", "ball", (0.5, 0.05, 0.85), 0.0, "sphere", (0.16, 0.16, 0.16))
ODOM = Pose2(0.4, -0.2, 0.5)
SCENE, OUTLINES = SceneGraph({"ball": BALL}), Outlines.from_objects([BALL])


def guide(**arguments):
    numbers = {"height": HEIGHT, "stiffness": 1e6, "short": SHORT}
    given = {"target": "ball", "forward": 0.0, "left": 0.0, **arguments}
    return make_guide("tracking", GuideContext(given, ConnectorSettings(), numbers, G1.footprint, G1, "body"))


def view(pose, now):
    return GuideView(pose, SCENE, OUTLINES, now, now, odometry=ODOM.compose(pose))


def tips(goals, pose):
    """Fingertips in the map for the arm that moves."""
    side = "left" if any(name.startswith("left_") for name in goals) else "right"
    chain = hand_chain(G1, side)
    local = chain.place({name: goals[name] for name in chain.joints}).position
    there = pose.compose(Pose2(float(local[0]), float(local[1]), 0.0))
    return np.array([there.x, there.y, local[2] + HEIGHT])


def walked(moved, seconds=16.0):
    """Lets the base do what is asked of it at once; gives its poses, the steps, and how far the fingertips were."""
    pose, now, rows = Pose2(0.0, 0.0, 0.0), 0.0, []
    while now < seconds:
        step = moved.step(view(pose, now))
        off = math.inf
        if "waist_yaw_joint" in step.goals:
            off = np.linalg.norm(tips(step.goals, pose) - BALL.position) - 0.08
        rows.append((now, pose, step, off))
        c, s = math.cos(pose.yaw), math.sin(pose.yaw)
        vx, vy, wz = (step.goals[name] for name in ("vx", "vy", "wz"))
        pose = Pose2(pose.x + CYCLE * (c * vx - s * vy), pose.y + CYCLE * (s * vx + c * vy), pose.yaw + CYCLE * wz)
        now += CYCLE
    return rows


@pytest.mark.parametrize("left", [0.5, -0.5])
def test_the_fingertips_stay_at_one_point_while_the_base_walks(left):
    rows = walked(guide(left=left))
    begun = next(number for number, row in enumerate(rows) if row[3] < math.inf)
    there = rows[begun][0] + READY
    along = [row for row in rows if row[0] >= there]
    assert (along[-1][1].y - along[0][1].y) == pytest.approx(left, abs=0.08)
    assert along[-1][2].signals["distance_error"] < 0.06
    off = [row[3] - SHORT for row in along]
    assert max(map(abs, off)) < 0.06, "while it speeds up the policy's lag is allowed for, which this base has not"
    assert np.mean(off) == pytest.approx(0.0, abs=0.02)


def test_it_goes_where_its_way_begins_and_walks_on_only_when_the_hand_is_there():
    rows = walked(guide(left=0.5))
    begun = next(number for number, row in enumerate(rows) if row[3] < math.inf)
    assert rows[begun][1].y < -0.05 and rows[begun][1].x > -0.02
    assert all(row[2].signals["distance_error"] == 0.5 for row in rows[:begun])
    waits = [row for row in rows if rows[begun][0] <= row[0] < rows[begun][0] + READY - 0.1]
    assert all(abs(row[2].goals["vy"]) < 0.1 for row in waits if row[0] > rows[begun][0] + 0.5)
    assert all(math.hypot(row[1].x - rows[begun][1].x, row[1].y - rows[begun][1].y) < 0.06 for row in waits)


def test_a_way_on_which_no_hand_stays_there_is_refused():
    with pytest.raises(GuideFailure, match=r"on the way of 1\.50 m no hand stays at 'ball': it is out of reach"):
        guide(left=1.5).step(view(Pose2(0.0, 0.0, 0.0), 0.0))


def test_what_goes_out_of_reach_ends_it():
    moved = guide(left=0.5)
    rows = walked(moved, 8.0)
    with pytest.raises(GuideFailure, match="out of reach") as failure:
        for cycle in range(1, 60):
            pose = rows[-1][1].compose(Pose2(-0.01 * cycle, 0.0, 0.0))
            moved.step(view(pose, 8.0 + CYCLE * cycle))
    assert failure.value.name == "the place is within reach"


def test_the_controller_is_told_where_the_place_lies_in_odom():
    step = walked(guide(left=0.5), 8.0)[-1][2]
    place = [step.goals[name] for name in sorted(step.goals) if name.endswith(("/x", "/y", "/z"))]
    ball = ODOM.compose(Pose2(BALL.position[0], BALL.position[1], 0.0))
    assert math.dist(place, (ball.x, ball.y, BALL.position[2])) == pytest.approx(0.08 + SHORT, abs=0.005)


def test_a_thing_beside_which_it_cannot_walk_as_it_stands_makes_it_turn():
    wall = SceneObject("box", "box", (0.75, 0.05, 0.5), 0.6, "box", (0.4, 1.2, 1.0))
    face = np.array(wall.position[:2]) - 0.2 * np.array([math.cos(0.6), math.sin(0.6)])
    button = SceneObject("ball", "button", (*face.tolist(), 0.85), 0.0, "sphere", (0.06, 0.06, 0.06))
    scene, moved = SceneGraph({"ball": button, "box": wall}), guide(left=0.5)
    outlines = Outlines.from_objects([button, wall])
    step = moved.step(GuideView(Pose2(0.0, 0.0, 0.0), scene, outlines, 0.0, 0.0))
    assert step.goals["wz"] > 0.3


def test_a_place_that_drifts_evenly_is_known_without_lag_and_one_look_counts_little():
    place, now, drift = DriftingPlace(), 0.0, np.array([0.06, 0.0, 0.0])
    while now < 6.0:
        place.take(now * drift, now)
        now += CYCLE
    assert place.place == pytest.approx((now - CYCLE) * drift, abs=0.003)
    place.take(now * drift + (0.0, 0.05, 0.0), now)
    assert 0.0 < place.place[1] < 0.05 * 2 * CYCLE / LOOKS
