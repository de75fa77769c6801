"""A clip of the G1's whole body waits until it rests, goes on from its stand, and begins anew where it is thrown."""

import os

import numpy as np
import pytest

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.foreign.prepared_runner import PreparedRunner
from skill_stack.controllers.foreign.tracked_motion import TrackedMotion
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.manifest_motion import ManifestStart
from skill_stack.core.skills.skill_library import load_library

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"), FOUND)
DT = 0.02


@pytest.fixture(scope="module")
def bank():
    return SkillBank(G1, load_library(FOUND, G1))


def reading(speed=0.0, ahead=0.0):
    numbers = numbers_of(G1.pose("default"), np.zeros(G1.size), [0.0] * 3, (0.0, 0.0, -1.0), (1.0, 0.0, 0.0, 0.0))
    return FastEstimate(
        task_time=0.0,
        numbers=numbers,
        sample=None,
        age=0.0,
        valid=True,
        reason="",
        base_velocity=lambda: (speed, 0.0, 0.0),
        base_place=lambda: ((ahead, 0.0, 0.745), (1.0, 0.0, 0.0, 0.0)),
    )


def ticks(runner, count, speed=0.0, ahead=0.0):
    return [runner.run(reading(speed, ahead), {}, DT) for _ in range(count)]


def test_the_stand_has_the_legs_until_it_rests_and_the_clip_goes_on_from_it(bank):
    clip, stand = bank["squat_down"], bank["stand"]
    assert isinstance(clip, PreparedRunner) and clip.drives is None
    marching = bank["walk"]
    marching.start(reading(), None)
    ticks(marching, 20)
    assert clip.continues(marching) and not clip.continues(bank["greeting_routine"])
    for runner in (clip, stand):
        runner.start(reading(), marching)
    legs = np.flatnonzero(stand.drives)
    for _ in range(round(1.6 / DT)):  # it steps to a halt for 0.8 s, and counts as calm 1 s later
        got, alone = clip.run(reading(), {}, DT), stand.run(reading(), {}, DT)
        np.testing.assert_allclose(np.array(got.q)[legs], np.array(alone.q)[legs])
    assert clip.progress == 0.0
    before = ticks(clip, round(0.9 / DT))[-1]
    assert clip.progress == 0.0  # 2.5 s are not over
    after = ticks(clip, 2)[-1]
    assert clip.progress > 0.0
    assert (
        np.abs(np.array(after.q) - before.q)[legs].max() < 0.1
    )  # no jump: it sees the stand's targets as its own last
    ticks(clip, 500)
    assert clip.progress == 1.0


def test_who_does_not_come_to_rest_does_not_begin(bank):
    clip = bank["squat_down"]
    clip.start(reading(), None)
    ticks(clip, 300, speed=0.5)
    assert clip.progress == 0.0


def test_who_is_thrown_steps_and_begins_anew(bank):
    clip = bank["squat_down"]
    clip.start(reading(), None)
    ticks(clip, 200)
    reached = clip.progress
    assert 0.0 < reached < 1.0
    ticks(clip, 1, speed=0.2)
    assert clip.progress > reached  # feedback deals with that
    ticks(clip, 1, speed=0.4)
    assert clip.progress == 0.0
    ticks(clip, 100)
    assert clip.progress == 0.0  # it steps to a halt and stands
    ticks(clip, 150)
    assert clip.progress > 0.0


def test_where_it_is_counts_against_where_the_clip_has_it(bank):
    clip = bank["squat_down"]
    clip.start(reading(), None)
    ticks(clip, 135)
    ticks(clip, 5, ahead=0.08)
    assert clip.progress > 0.0  # it topples as fast as who moves with 0.22 m/s
    ticks(clip, 1, ahead=0.14)
    assert clip.progress == 0.0


def test_who_is_thrown_out_of_a_squat_steps_low_and_rises(bank):
    clip = bank["squat_down"]
    clip.start(reading(), None)
    while clip.progress < 0.45:
        ticks(clip, 1)
    ticks(clip, 1, speed=0.4)
    heights = []
    for _ in range(60):
        heights.append(clip.inner[1].observed[0][9])
        ticks(clip, 1)
    assert heights[0] == pytest.approx(0.65) and max(np.diff(heights)) < 0.004  # the lowest that it was trained for
    ticks(clip, 40)
    assert clip.inner[1].observed[0][9] == pytest.approx(0.75)


@pytest.mark.parametrize(("aside", "phases"), [(-0.2, (0.65, 0.15)), (0.2, (0.15, 0.65)), (0.0, (0.0, 0.5))])
def test_the_foot_that_carries_nothing_steps_first(bank, monkeypatch, aside, phases):
    clip = bank["squat_down"]
    clip.start(reading(), None)
    ticks(clip, 140)
    feet = np.array([[0.0, aside, 0.7], [0.0, 0.22, 0.03], [0.0, -0.22, 0.03]])
    monkeypatch.setattr(TrackedMotion, "places", lambda self, bodies: feet)
    ticks(clip, 1, speed=0.4)
    angles = 2 * np.pi * np.array(phases)
    np.testing.assert_allclose(clip.inner[1].observed[0][-7:-3], [*np.sin(angles), *np.cos(angles)], atol=1e-5)


def test_a_clip_with_steps_leaves_the_legs_to_the_stand_and_tells_it_the_velocity(bank):
    clip = bank["step_aside_and_point"]
    clip.start(reading(), None)
    ticks(clip, 130)
    assert 0.0 < clip.progress < 0.1 and not clip.inner[1].observed[0][6:9].any()
    while clip.progress < 0.2:
        ticks(clip, 1, speed=0.4)  # this is no throw: it walks
    told = clip.inner[1].observed[0][6:9]
    assert 0.12 < told[1] <= 0.3 and told[2] == pytest.approx(0.0)  # 0.12 m/s, and more since it does not move


def test_who_is_far_from_the_way_of_a_clip_with_steps_begins_anew(bank):
    clip = bank["wave_and_turn_round"]
    clip.start(reading(), None)
    ticks(clip, 150)
    reached = clip.progress
    ticks(clip, 1, ahead=0.1)
    assert clip.progress > reached
    ticks(clip, 2, ahead=0.1)
    assert clip.inner[1].observed[0][6] < -0.1  # it steps back
    ticks(clip, 2, ahead=0.2)
    assert clip.progress == 0.0
    ticks(clip, 150, ahead=0.2)
    assert clip.progress > 0.0  # from where it stands now


def test_what_cannot_stand_is_refused(bank):
    motion, _ = bank["squat_down"].inner
    with pytest.raises(DataError, match="start.after needs a policy"):
        PreparedRunner(motion, bank["bow"])
    with pytest.raises(ValueError, match="start.after names who steps"):
        type(motion._manifest.reference).model_validate(
            {"time_step": "t", "joint_pos": "q", "joint_vel": "v", "steps": "steps"}
        )
    with pytest.raises(ValueError, match="needs the rule approach"):
        ManifestStart(rule="at_once", after="stand")
