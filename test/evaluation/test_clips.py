"""How far joints are from a clip, in made-up episodes."""

import dataclasses
import os

import numpy as np
import pytest
from episode_records import record, value

from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"))
FRAMES = 100


@pytest.fixture
def clip(tmp_path, monkeypatch):
    """A clip of two seconds at 50 Hz, every joint another sine."""
    folder = tmp_path / "models" / "g1" / "hello"
    folder.mkdir(parents=True)
    turns = np.arange(FRAMES)[:, None] / 25.0 + np.arange(G1.size)
    motion = 0.5 * np.sin(turns)
    np.savez(folder / "motion.npz", joint_pos=motion, joint_names=np.array(G1.joint_names), fps=np.array([50.0]))
    monkeypatch.setenv("SKILL_STACK_PATH", str(tmp_path))
    return motion


def followed(clip, late, error=0.0, seconds=6.0):
    """An episode in which joints go to the first frame for a second and a half, and follow so many ticks late."""
    ticks = round(seconds * 50) + 1
    places = (np.arange(ticks) - 75 - late).clip(0, FRAMES - 1)
    return record(seconds=seconds, robot=G1, joints=clip[places] + error)


@pytest.mark.parametrize(("late", "error"), [(0, 0.0), (4, 0.0), (10, 0.0), (3, 0.07)])
def test_who_follows_a_little_late_is_off_by_what_his_joints_are_off(clip, late, error):
    assert value("clip_error", followed(clip, late, error), "hello", "waist", "arms") == pytest.approx(error, abs=1e-9)


def test_who_follows_much_later_is_off(clip):
    assert value("clip_error", followed(clip, 40), "hello", "arms")[0] > 0.1


def test_who_ends_before_the_clip_has_not_followed_it(clip):
    assert value("clip_error", followed(clip, 0, seconds=2.0), "hello", "arms")[0] == float("inf")


def test_what_is_missing_is_said(clip):
    with pytest.raises(DataError, match="which clip"):
        value("clip_error", followed(clip, 0), "hello")
    with pytest.raises(ResourceNotFound, match="no clip"):
        value("clip_error", followed(clip, 0), "goodbye", "arms")


def led(frames, turn, off=0.0):
    """An episode of the G1 that follows `squat_down` with its bodies, somewhere else and turned; see `record`."""
    from skill_stack.evaluation.quantities.clips import HELD, _body_clip

    bodies, places, _, rate = _body_clip(FOUND.find("models/g1/squat_down/motion.npz", "clip"))
    before = 50
    seconds = (before + len(places) + frames) / rate
    rows = np.concatenate([np.repeat(places[:1], before, axis=0), places, np.repeat(places[-1:], frames + 1, axis=0)])
    c, s = np.cos(turn), np.sin(turn)
    rows = rows @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]) + [1.0, 2.0, 0.0]
    rows[before + 1 :] += [0.0, 0.0, off]
    yaw = np.full(len(rows), turn)
    quat = np.stack([np.cos(yaw / 2), 0 * yaw, 0 * yaw, np.sin(yaw / 2)], axis=1)
    return record(
        seconds=seconds, robot=G1, orientation=quat, ended=(before + len(places) - 1) / rate + HELD,
        power=np.full(len(rows), 7.0), links=lambda name: rows[:, bodies.index(name)],
    )  # fmt: skip


@pytest.mark.parametrize("off", [0.0, 0.04])
def test_bodies_are_compared_where_the_clip_began(off):
    assert value("body_error", led(30, 0.7, off), "squat_down") == pytest.approx(off, abs=2e-3)
    assert value("clip_power", led(30, 0.7), "squat_down") == pytest.approx(7.0)


def test_bodies_are_compared_at_looks_that_come_when_they_come():
    """Another process is looked at 30 to 50 times a second: each frame is compared with the look nearest to it."""
    even = led(30, 0.7, 0.04)
    kept = np.flatnonzero(np.arange(len(even.time)) % 5 != 3)
    links = even.links
    uneven = dataclasses.replace(
        even, time=even.time[kept], orientation=even.orientation[kept], links=lambda name: links(name)[kept]
    )
    assert value("body_error", uneven, "squat_down") == pytest.approx(0.04, abs=5e-3)


def test_a_skill_of_several_clips_is_compared_with_the_one_that_was_asked_for():
    asked = dataclasses.replace(led(30, 0.7, 0.04), arguments={"clip": "squat_down"})
    assert value("body_error", asked) == value("body_error", asked, "squat_down")


def test_a_skill_without_a_clip_has_no_body_error():
    with pytest.raises(DataError, match="which clip"):
        value("body_error", led(30, 0.0))
    with pytest.raises(ResourceNotFound, match="no clip"):
        value("body_error", led(30, 0.0), "bow")
