"""A person's body leads a robot: features without units, answers within bounds, and a halt without news."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuideView
from skill_stack.connector.mirroring.correspondence import BodyMirror, load_correspondence, why_refused
from skill_stack.connector.mirroring.person_features import FEATURES, POINTS, PersonFeatures
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

FOLDER = Path(__file__).parents[3] / "models" / "go2" / "follow_body"
SPEC = load_skill(FOLDER)
CORRESPONDENCE = load_correspondence(SPEC, FOLDER)
RATE = 50.0


def person(leg=0.9, lean=0.0):
    """Somebody who stands, m, shape (points, 3)."""
    places = {
        "hip": (0.0, 0.97),
        "knee": (0.0, 0.53),
        "ankle": (0.0, 0.09),
        "shoulder": (0.55 * math.sin(lean), 0.97 + 0.55 * math.cos(lean)),
    }
    places["hand"] = (places["shoulder"][0], places["shoulder"][1] - 0.65)
    return leg * np.array([
        (places[name.split("_")[1]][0], 0.11 if name.startswith("left") else -0.11, places[name.split("_")[1]][1])
        for name in POINTS
    ])  # fmt: skip


def walking(speed, leg=0.9, seconds=2.0, lean=0.0):
    """Frames of somebody who is moved ahead."""
    return [person(leg, lean) + np.array([speed * number / RATE, 0.0, 0.0]) for number in range(round(seconds * RATE))]


def seen(frames):
    follows = PersonFeatures()
    for number, frame in enumerate(frames):
        assert follows.take(number / RATE, frame) == ""
    return dict(zip(FEATURES, follows.values))


def test_somebody_half_as_large_who_moves_alike_looks_alike():
    large, small = seen(walking(1.0, 0.9)), seen(walking(math.sqrt(0.5), 0.45))
    assert large["ahead"] == pytest.approx(1.0 / math.sqrt(9.81 * 0.88 * 0.9), rel=0.02)
    assert small == pytest.approx(large, abs=1e-6)


def speed(goals):
    """How fast goal values have the robot walk, m/s: a posture with all the weight leaves the walk nothing."""
    return goals["vx"] * (1.0 - goals["planted"])


def test_who_walks_has_the_robot_walk_ahead_and_who_stands_has_it_stay():
    walk, stays = BodyMirror(CORRESPONDENCE), BodyMirror(CORRESPONDENCE)
    for number, (moved, still) in enumerate(zip(walking(1.0), walking(0.0))):
        walk.take(number / RATE, moved)
        stays.take(number / RATE, still)
    now = (number + 1) / RATE
    assert speed(walk.goals(now)) > 0.2 > 0.1 > abs(speed(stays.goals(now)))


@settings(max_examples=60)
@given(values=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_whatever_it_is_told_the_answer_is_within_the_ranges_of_the_skill(values):
    answer = CORRESPONDENCE.answer(np.array(values))
    assert np.isfinite(answer).all()
    assert (answer >= CORRESPONDENCE.least - 1e-9).all() and (answer <= CORRESPONDENCE.most + 1e-9).all()


@pytest.mark.parametrize(
    "spoilt, joint",
    [
        (lambda p: p.__setitem__((4, 0), math.nan), "left_ankle"),
        (lambda p: p.__setitem__((9, 2), 9.0), "right_hand"),
        (lambda p: p.__imul__(9.0), "left_knee"),
        (
            lambda p: p[6:8].__isub__([0.0, 0.0, 0.3]) is None or p[6:].__setitem__((slice(None), 2), 0.5),
            "left_shoulder",
        ),
    ],
)
def test_a_frame_that_nobody_can_be_in_is_left_out_and_its_joint_named(spoilt, joint):
    follows = BodyMirror(CORRESPONDENCE)
    for number, frame in enumerate(walking(0.0, seconds=0.5)):
        follows.take(number / RATE, frame)
    before, wrong = follows.goals(0.5), person()
    spoilt(wrong)
    follows.take(0.5, wrong)
    assert follows.problem.startswith(joint) and follows.left_out == 1
    assert follows.goals(0.5) == before, "what was seen last counts for a moment"
    follows.take(0.52, person())
    assert follows.problem == ""


def test_without_fresh_frames_nothing_is_said():
    follows = BodyMirror(CORRESPONDENCE)
    assert follows.goals(0.0) is None
    for number, frame in enumerate(walking(0.0, seconds=0.5)):
        follows.take(number / RATE, frame)
    assert follows.goals(0.6) is not None and follows.goals(1.0) is None


def test_a_clip_that_cannot_be_done_is_refused_with_frame_and_joint():
    assert why_refused(CORRESPONDENCE, np.array(walking(1.0, lean=0.2)), RATE) == ""
    assert why_refused(CORRESPONDENCE, np.array(walking(4.0)), RATE).startswith("frame 50, left_hip: ahead")
    lies = np.array(walking(0.0))
    lies[60:, :, 2] *= 0.3
    assert why_refused(CORRESPONDENCE, lies, RATE).startswith("frame 60, ")
    lies = np.array(walking(0.0))
    lies[70, 5] = math.inf
    assert why_refused(CORRESPONDENCE, lies, RATE) == "frame 70, right_ankle: is not at a finite place"


def test_a_map_that_is_missing_or_does_not_fit_is_named(tmp_path):
    with pytest.raises(DataError, match="no correspondence"):
        load_correspondence(SPEC, tmp_path)
    arrays = {name: value[:1] for name, value in CORRESPONDENCE.arrays.items()}
    np.savez(tmp_path / "correspondence.npz", **arrays)
    with pytest.raises(DataError, match="does not fit"):
        load_correspondence(SPEC, tmp_path)


ASKED = {"vx": 0.6, "vy": 0.0, "wz": 0.3, "planted": 0.0, "height": 0.0, "roll": 0.0, "pitch": 0.1, "yaw": 0.0}


def context(**changed):
    numbers, body = SPEC.guided.settings, Footprint(front=0.35, back=0.35, side=0.2)
    return GuideContext({**ASKED, **changed}, ConnectorSettings(), numbers, body)


def view(now, things=()):
    graph = SceneGraph({thing.id: thing for thing in things})
    return GuideView(Pose2(0.0, 0.0, 0.0), graph, Outlines.from_objects(things), now, now)


def test_it_glides_to_what_is_asked_and_stands_still_when_nobody_asks_any_more():
    guide = make_guide("following", context())
    begun = guide.step(view(0.0)).goals
    assert begun["vx"] == 0.0 and begun["planted"] == 1.0
    steps = [guide.step(view(number / RATE)).goals for number in range(1, 26)]
    largest = max(abs(b["vx"] - a["vx"]) for a, b in zip(steps, steps[1:]))
    assert largest <= SPEC.guided.settings["vx_rate"] / RATE + 1e-9 and steps[-1]["vx"] == pytest.approx(0.6)
    guide.change(context(vx=0.3))
    assert guide.step(view(0.52)).signals["silence"] == 0.0
    later = [guide.step(view(0.52 + number / RATE)).goals for number in range(1, 101)]
    assert later[20]["vx"] == pytest.approx(0.3) and later[-1]["vx"] == 0.0 and later[-1]["planted"] == 1.0


def test_it_stops_before_what_is_in_its_way_and_may_turn_there():
    box = SceneObject("box", "box", (0.6, 0.0, 0.2), size=(0.3, 0.3, 0.4))
    guide = make_guide("following", context())
    for number in range(26):
        goals = guide.step(view(number / RATE, (box,))).goals
    assert goals["vx"] == 0.0 and goals["wz"] == pytest.approx(0.3)
