"""Motions of people, streams of them, what is learnt from runs of a robot, and who recognises a clip."""

import os
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.mirroring.correspondence import load_correspondence, why_refused
from skill_stack.connector.mirroring.person_features import FEATURES, POINTS
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import load_library
from skill_stack.training.clips.bvh import load_bvh
from skill_stack.training.clips.human_motion import HumanMotion
from skill_stack.training.clips.person_points import person_points
from skill_stack.training.mirroring.learn import learn
from skill_stack.training.mirroring.persons import Person, drawn_person, load_people, moving
from skill_stack.training.mirroring.recognition import ClipRecogniser, pieces
from skill_stack.training.mirroring.rollouts import MOTION, RandomGoals, SeenRun, run
from skill_stack.training.mirroring.settings import load_settings
from skill_stack.training.mirroring.streams import BREAK, EACH, IN_ONE, StreamMirror, dealt, made_stream

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "models" / "go2" / "follow_body"
SPEC = load_skill(FOLDER)
CORRESPONDENCE = load_correspondence(SPEC, FOLDER)
CLIPS = load_people(ROOT / "examples" / "clips" / "people.yaml").clips
SETTINGS = load_settings(FOLDER)


def test_there_are_twenty_clips_and_the_robot_can_follow_each_by_anybody():
    assert len(CLIPS) == 20
    rng = np.random.default_rng(7)
    for name, clip in CLIPS.items():
        motion = moving(clip, drawn_person(rng), 4.0, rng)
        assert why_refused(CORRESPONDENCE, person_points(motion), motion.rate) == "", name


def test_legs_keep_their_length_whatever_a_person_does():
    rng = np.random.default_rng(3)
    for clip in CLIPS.values():
        points = moving(clip, Person(leg=0.8, jitter=0.0), 3.0, rng).positions
        lengths = np.linalg.norm(points[:, 0:4] - points[:, 2:6], axis=2)
        assert np.allclose(lengths, 0.4, atol=1e-6)


def test_other_names_of_joints_are_known_and_a_missing_one_is_named():
    motion = load_bvh(ROOT / "examples" / "clips" / "greeting.bvh")
    points = person_points(motion)
    assert why_refused(CORRESPONDENCE, points, motion.rate) == ""
    assert points.shape[1:] == (len(POINTS), 3) and (points[:, 0, 1] > points[:, 1, 1]).all(), "left is left"
    without = HumanMotion(tuple("X" if name == "LeftLeg" else name for name in motion.joints), motion.positions, 30.0)
    with pytest.raises(UnknownName, match="left_knee"):
        person_points(without)


def test_a_stream_is_late_has_gaps_errors_and_a_break():
    names = dealt(sorted(CLIPS), 20, np.random.default_rng(1))
    told = [name for row in names for name in row]
    assert len(names) == 20 and {told.count(name) for name in CLIPS} == {7}
    stream = made_stream(CLIPS, names[0], EACH, np.random.default_rng(1))
    gaps = np.diff(stream.taken)
    assert np.isclose(gaps.max(), BREAK, atol=0.1) and (gaps > 0.03).sum() > 20
    assert np.isnan(stream.points).any() and (stream.times > stream.taken).all()
    mirror, goals = StreamMirror(CORRESPONDENCE, stream), []
    for tick in range(round(IN_ONE * EACH * 50)):
        goals.append(mirror(tick / 50))
    assert mirror.mirror.left_out > 10 and 0.5 < goals.count(None) / 50 < 3.0
    values = np.array([list(one.values()) for one in goals if one is not None])
    assert (values >= CORRESPONDENCE.least).all() and (values <= CORRESPONDENCE.most).all()


def test_a_clip_is_recognised_only_where_something_of_it_is_seen():
    rng = np.random.default_rng(5)

    def rows(shown):
        found = []
        for _ in range(12):
            motion = 0.1 * rng.standard_normal((1000, len(MOTION)))
            motion[500:, 3] += shown
            found += pieces(motion, ("a", "b"), 10.0, 50.0)
        return found

    for shown, least, most in ((1.0, 1.0, 1.0), (0.0, 0.2, 0.8)):
        recogniser, others = ClipRecogniser.fit(rows(shown)), rows(shown)
        right = np.mean([recogniser.name(value) == name for name, value in others])
        assert least <= right <= most
    assert [name for name, _ in pieces(np.zeros((700, len(MOTION))), ("a", "b"), 10.0, 50.0)] == ["a"]


def test_what_the_robot_shows_comes_back_and_it_walks_as_fast_as_the_person():
    """On a made robot that moves exactly as told, in the first six things that are seen."""
    rng, limits = np.random.default_rng(2), np.array([[-0.5] * 6, [0.5] * 6])
    told = rng.uniform(-0.5, 0.5, (40, 1, 6)).repeat(60, axis=1)
    motion = np.concatenate([told, np.zeros((40, 60, len(MOTION) - 6))], axis=2)
    motion[..., 3] += 1.0
    runs = [
        SeenRun(goals, seen + 0.01 * rng.standard_normal(seen.shape), False, "") for goals, seen in zip(told, motion)
    ]
    small = SETTINGS.model_copy(update={"motions": 60, "iterations": 400, "hidden": 24})
    lines: list[str] = []
    learnt = learn(small, runs, limits, np.full(6, 10.0), 50.0, lines.append)
    assert learnt.error["ahead"] < 0.2 < learnt.error["steps"]
    assert learnt.kept["ahead"] > 0.6 and set(learnt.kept) == set(FEATURES)
    assert learnt.arrays["weights_2"].shape == (6, 24) and any("frames of people" in line for line in lines)


def test_random_goal_values_stay_in_their_ranges_and_repeat():
    one, same = RandomGoals(SPEC, "planted", 4), RandomGoals(SPEC, "planted", 4)
    told = [one(number / 10) for number in range(300)]
    assert told == [same(number / 10) for number in range(300)]
    shares = [values["planted"] for values in told]
    assert 0.0 in shares and 1.0 in shares and any(0.0 < share < 1.0 for share in shares)
    for goal in SPEC.goal:
        assert all(goal.lower <= values[goal.name] <= goal.upper for values in told)


def test_the_robot_follows_a_person_who_walks_and_stands_once_nobody_is_seen():
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot("go2"), found)
    library = load_library(found, robot)
    stream = made_stream(CLIPS, ("walk",), 6.0, np.random.default_rng(3))
    mirror = StreamMirror(CORRESPONDENCE, stream)
    seen = run(found, robot, library, "follow_body", 3, lambda now: mirror(now) if now < 4.0 else None, 6.5)
    assert not seen.fallen and seen.outcome == "" and len(seen.motion) == pytest.approx(325, abs=2)
    assert seen.motion[150:200, 0].mean() > 0.2, "it walks ahead"
    assert abs(seen.motion[-25:, 0].mean()) < 0.06, "it stands"
