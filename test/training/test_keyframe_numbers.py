"""Numbers of key-frames: what is shipped comes back, sides are mirror images, and what is shared stays."""

import os
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import Keyframe
from skill_stack.core.skills.skill_library import load_library
from skill_stack.training.keyframe_numbers import KeyframeNumbers, PostureSearchSettings, load_settings

FOUND = Resources.from_environment(os.environ)
ROBOTS = {name: load_robot(FOUND.robot(name), FOUND) for name in ("go2", "g1")}
LIBRARIES = {name: load_library(FOUND, robot) for name, robot in ROBOTS.items()}
ALL = PostureSearchSettings()


def numbers(robot="go2", settings=ALL, skill="get_up", library=None):
    return KeyframeNumbers(ROBOTS[robot], library or LIBRARIES[robot], skill, settings)


def shipped_settings(robot):
    return load_settings(FOUND.find(f"models/{robot}/get_up", "skill"))


@pytest.mark.parametrize("robot", ["go2", "g1"])
@pytest.mark.parametrize("everything", [True, False])
def test_the_numbers_of_a_skill_give_that_skill(robot, everything):
    found = numbers(robot, ALL if everything else shipped_settings(robot))
    posture, poses = found.applied(found.of(found.posture, {}))
    assert posture == found.posture
    assert poses == {name: ROBOTS[robot].poses[name] for name in poses}


def test_poses_that_other_skills_use_keep_their_joints_and_not_their_durations():
    found = numbers()
    posture, poses = found.applied(found.of(found.posture, {}) + np.where(found.is_joint, 0.0, 0.1))
    assert set(poses) == {f"{name}_{side}" for name in ("gather", "push", "roll") for side in ("left", "right")}
    assert [frame.pose for frame in posture.keyframes] == ["lie", "default"]
    assert [frame.duration for frame in posture.keyframes] == [1.0, 1.3]


def test_sides_are_mirror_images_and_rear_legs_move_as_front_ones():
    found = numbers(settings=shipped_settings("go2"))
    changed = found.of(found.posture, {}) + np.where(found.is_joint, 0.05, 0.1)
    posture, poses = found.applied(changed)
    left, right = poses["push_left"], poses["push_right"]
    for front, rear in (("FL", "RL"), ("FR", "RR")):
        assert all(left[f"{front}_{joint}_joint"] == left[f"{rear}_{joint}_joint"] for joint in ("hip", "thigh"))
    assert right["FR_thigh_joint"] == left["FL_thigh_joint"] and right["FR_hip_joint"] == -left["FL_hip_joint"]
    one, other = ([frame.duration for frame in turn.keyframes] for turn in posture.turns)
    assert one == other and one[0] == pytest.approx(0.61)
    assert found.of(posture, poses) == pytest.approx(changed), "what was written is read"


def test_joints_of_keyframes_without_a_pose_are_changed_on_both_sides():
    found = numbers("g1", shipped_settings("g1"))
    posture, poses = found.applied(found.of(found.posture, {}) + np.where(found.is_joint, 0.1, 0.0))
    before, after = found.posture.keyframes[8].joints, posture.keyframes[8].joints
    moved = {name for name in after if after[name] != before[name]}
    assert not poses and {"left_hip_pitch_joint", "right_hip_pitch_joint", "waist_pitch_joint"} < moved
    assert not any("roll" in name or "wrist" in name for name in moved)
    assert posture.keyframes[7] == found.posture.keyframes[7] and posture.turns == found.posture.turns


def test_numbers_stay_within_the_range_of_joints_and_durations():
    found = numbers(settings=shipped_settings("go2"))
    posture, poses = found.applied(np.full(len(found.lower), 100.0))
    assert poses["push_left"]["FL_thigh_joint"] == pytest.approx(dict(zip(
        ROBOTS["go2"].joint_names, ROBOTS["go2"].column("upper")))["FL_thigh_joint"], abs=0.01)  # fmt: skip
    assert posture.turns[0].keyframes[0].duration == 3.0


def test_nothing_known_is_how_the_robot_lies():
    found = numbers(settings=shipped_settings("go2"))
    _, poses = found.applied(found.plain())
    lie = ROBOTS["go2"].poses["lie"]
    assert poses["roll_left"]["FL_calf_joint"] == lie["FL_calf_joint"] == poses["roll_right"]["RR_calf_joint"]


def test_a_skill_without_keyframes_is_a_message():
    with pytest.raises(DataError, match="no key-frames"):
        numbers(skill="walk")
    with pytest.raises(UnknownName, match="fly"):
        numbers(skill="fly")


def test_a_skill_of_which_every_pose_is_shared_is_a_message():
    with pytest.raises(DataError, match="no pose"):
        numbers(skill="rise")


def with_frame(**fields):
    """A library whose skill gets up through another first key-frame of its turns over the left."""
    posture = LIBRARIES["go2"]["get_up"].posture
    left, right = posture.turns
    frame = Keyframe.model_validate({"duration": 0.5, "kp": 60.0, "kd": 3.0, **fields})
    turns = (left.model_copy(update={"keyframes": (frame, *left.keyframes[1:])}), right)
    return LIBRARIES["go2"].changed("get_up", posture=posture.model_copy(update={"turns": turns}))


def test_an_unknown_pose_is_a_message():
    with pytest.raises(UnknownName, match="headstand"):
        numbers(library=with_frame(pose="headstand"))


def test_turns_of_other_lengths_are_no_mirror_images():
    posture = LIBRARIES["go2"]["get_up"].posture
    left, right = posture.turns
    turns = (left.model_copy(update={"keyframes": left.keyframes[:2]}), right)
    changed = LIBRARIES["go2"].changed("get_up", posture=posture.model_copy(update={"turns": turns}))
    with pytest.raises(DataError, match="mirror"):
        numbers(library=changed)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"turns": [9]}, "no key-frame 9"),
        ({"keyframes": [-1]}, "no key-frame -1"),
        ({"joints": ["tail"]}, "tail"),
        ({"alike": {"RL": "XX"}}, "XX_hip_joint"),
        ({"alike": {"tail": "FL"}}, "tail_"),
    ],
)
def test_settings_that_name_nothing_are_a_message(settings, said):
    with pytest.raises((DataError, UnknownName), match=said):
        numbers(settings=PostureSearchSettings.model_validate(settings))


def test_other_keyframes_are_not_read():
    found = numbers()
    other = found.posture.model_copy(update={"keyframes": found.posture.keyframes[:1]})
    with pytest.raises(DataError, match="not the key-frames"):
        found.of(other, {})


def test_a_pose_of_a_skill_that_cannot_be_used_is_shared_as_well():
    library = LIBRARIES["go2"]
    twin = library.entries["get_up"].spec.model_copy(update={"name": "twin"})
    entry = replace(library.entries["get_up"], name="twin", spec=twin, reason="it is not wanted")
    both = replace(library, entries={**library.entries, "twin": entry})
    with pytest.raises(DataError, match="no pose"):
        numbers(library=both)
