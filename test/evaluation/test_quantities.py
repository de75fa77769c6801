"""Figures of made-up episodes whose values are known beforehand."""

import dataclasses
import math

import numpy as np
import pytest
from episode_records import record, value
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.evaluation.quantities.feet import GAITS
from skill_stack.evaluation.record import EpisodeRecord


def worst(quantity, of, *parameters):
    return float(value(quantity, of, *parameters).max())


def test_the_end_is_a_second_after_half_a_second_of_rest():
    way = record(seconds=6.0, z=lambda t: 0.3 if 4.99 <= t <= 6.0 else 0.1, ended=4.5)
    assert value("end_height", way).min() == pytest.approx(0.3)
    assert len(value("end_height", way)) == 51


def test_an_episode_that_broke_off_is_judged_at_its_last_moment():
    assert len(value("end_tilt", record(seconds=2.0, ended=9.0))) == 1


def test_angles_are_told_apart():
    assert value("end_pitch", record(pitch=0.4)).min() == pytest.approx(0.4)
    assert worst("end_tilt", record(pitch=0.3, roll=0.4, yaw=2.0)) == pytest.approx(
        math.acos(math.cos(0.3) * math.cos(0.4))
    )
    asked = {"height": 0.02, "roll": 0.2, "pitch": -0.1, "yaw": 0.3}
    way = record(z=0.32, roll=0.2, pitch=0.1, yaw=lambda t: 0.3 if t > 1 else 0.0, arguments=asked)
    for name in asked:
        assert worst(f"pose_{name}_error", way) == pytest.approx(0.0, abs=1e-9)
    tilted = dataclasses.replace(way, arguments={**asked, "pitch": 0.1})
    assert worst("pose_pitch_error", tilted) == pytest.approx(0.2)


def test_turns_are_counted_through_full_turns():
    way = record(yaw=lambda t: min(t, 4.0) * 2.0, arguments={"angle": 8.0}, ended=4.5)
    assert worst("turned_error", way) == pytest.approx(0.0, abs=1e-9)
    assert worst("end_heading_error", way) == pytest.approx(0.0, abs=1e-9)
    assert worst("end_heading_error", way, str(8.0 - 2 * math.pi)) == pytest.approx(0.0, abs=1e-9)
    assert worst("turned_error", way, "1.7168") == pytest.approx(2 * math.pi, abs=1e-3)
    assert worst("turn_rate", way) == pytest.approx(8.0 / 4.5)


def test_a_way_is_measured_from_its_start_and_heading():
    way = record(x=1.0, y=lambda t: min(t, 2.0), yaw=math.pi / 2, arguments={"forward": 2.0, "left": 0.0})
    assert worst("end_way_error", way) == pytest.approx(0.0, abs=1e-9)
    assert worst("end_way_error", way, "1.0", "0.0") == pytest.approx(0.9)  # a tenth of the way is allowed
    timed = dataclasses.replace(way, arguments={"vx": 0.5, "duration": 4.0})
    assert worst("end_way_error", timed) == pytest.approx(0.0, abs=1e-9)
    assert worst("drift", way) == pytest.approx(2.0)
    with pytest.raises(DataError, match="no argument 'forward'"):
        value("end_way_error", record())
    with pytest.raises(DataError, match="2 number"):
        value("end_way_error", way, "one", "two")


def test_velocities_count_once_it_had_time_to_follow():
    way = record(vx=lambda t: 0.0 if t < 1.9 else 1.0, arguments={"vx": 1.0, "vy": 0.0, "wz": 0.0})
    assert worst("velocity_error", way) == pytest.approx(0.0, abs=1e-9)
    slow = dataclasses.replace(way, arguments={"vx": 1.5})
    assert worst("velocity_error", slow) == pytest.approx(0.5 - 0.15)
    assert worst("forward_speed", way) == pytest.approx(1.0)
    turning = record(yaw=lambda t: 0.5 * t, arguments={"wz": 1.0})
    assert worst("turn_rate_error", turning) == pytest.approx(0.4)


def test_rest_is_measured_from_four_to_eight_seconds():
    moves = lambda t: 1.0 if t < 3.9 or t > 8.1 else 0.03  # noqa: E731
    way = record(seconds=12.0, vx=moves)
    assert worst("rest_sway", way) == pytest.approx(0.03)
    assert worst("rest_steps", way) == 0.0
    contact = way.contact.copy()
    for begin in (50, 250, 300, 500):  # ticks of 20 ms: two of them at rest
        contact[begin : begin + 10, 1] = False
    feet = np.zeros((len(way.time), 4, 3))
    feet[:, :, 0] = 0.05 * way.time[:, None]
    power = np.where(way.time < 3.9, 900.0, 20.0)
    stepping = dataclasses.replace(way, contact=contact, feet=feet, power=power)
    assert worst("rest_steps", stepping) == 2.0
    assert worst("rest_slip", stepping) == pytest.approx(0.05)
    assert worst("rest_power", stepping) == pytest.approx(20.0)
    with pytest.raises(DataError, match="--through line"):
        value("rest_power", way)


def test_places():
    way = record(x=lambda t: min(t * 0.5, 1.5), ended=4.5)
    assert worst("end_near", way, "ball") == 0.0
    assert worst("end_near", way, "box") == pytest.approx(3.354 - 0.6, abs=1e-3)
    assert worst("end_bearing", way, "ball") == pytest.approx(0.0)
    assert value("end_gap", way, "ball").min() == pytest.approx(0.4 - way.robot.footprint.front)
    assert worst("unvisited", way, "ball") == 0.0
    assert worst("unvisited", way, "ball", "box") == 1.0
    assert worst("unvisited", way, "box", "ball") == 2.0
    assert value("nearest", way, "ball", "box").min() == pytest.approx(0.4)
    assert worst("beyond", record(x=lambda t: t), "ball") == pytest.approx(4.0)
    with pytest.raises(UnknownName, match="ball"):
        value("end_near", way, "unicorn")
    with pytest.raises(DataError, match="no argument 'target'"):
        value("end_near", way)


def test_going_around_is_counted_and_has_a_direction():
    def way(sign):
        angle = lambda t: math.pi + sign * 2 * math.pi * min(t / 4.0, 1.0)  # noqa: E731
        return {"x": lambda t: 2.0 + math.cos(angle(t)), "y": lambda t: math.sin(angle(t))}

    left = record(**way(1), arguments={"target": "ball", "turns": 1.0, "direction": "left"})
    assert worst("around_error", left) == pytest.approx(0.0, abs=1e-6)
    wrong = record(**way(-1), arguments={"target": "ball", "turns": 1.0, "direction": "left"})
    assert worst("around_error", wrong) == pytest.approx(4 * math.pi, abs=1e-6)
    still = record(x=1.0, arguments={"target": "ball", "turns": 1.0, "direction": "left"})
    assert worst("around_error", still) == pytest.approx(2 * math.pi)


def test_paths():
    corners = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)])
    good = record(x=lambda t: min(t, 1.0), y=lambda t: min(max(t - 1.0, 0.0), 1.0), path=corners)
    assert worst("path_error", good) == pytest.approx(0.0, abs=1e-9)
    assert worst("path_left", good) == 0.0
    assert worst("end_way_error", good) == pytest.approx(0.0, abs=1e-9)
    short = record(x=lambda t: min(t, 1.0), path=corners)
    assert worst("path_left", short) == pytest.approx(0.7, abs=0.06)
    with pytest.raises(DataError, match="no path"):
        value("path_error", record())


def test_pushed_objects():
    moved = {"box": np.tile((2.0, 0.1, 0.1, 1.0, 0.0, 0.0, 0.0), (301, 1))}
    way = record(moved=moved, arguments={"target": "box", "place": "ball"})
    assert worst("end_object_error", way) == pytest.approx(0.1)
    with pytest.raises(DataError, match="did not tell"):
        value("end_object_error", record(arguments={"target": "box", "place": "ball"}))
    with pytest.raises(UnknownName, match="box"):
        value("end_object_error", way, "ball", "box")


def stepping(phases, period=0.5, duty=0.6, rate=200):
    """Contact of feet that step with given phases."""
    time = np.arange(round(6.0 * rate) + 1) / rate
    contact = np.stack([((time / period - phase) % 1.0) < duty for phase in phases], axis=1)
    return record(contact=contact, rate=rate)


@pytest.mark.parametrize("gait", GAITS)
def test_each_gait_is_its_own_pattern_and_no_other(gait):
    way = stepping(GAITS[gait])
    assert worst("phase_error", way, gait) < 0.02
    for other in GAITS.keys() - {gait}:
        assert worst("phase_error", way, other) > 0.4


@given(st.lists(st.floats(-0.2, 0.2), min_size=3, max_size=3))
@settings(max_examples=20, deadline=None)
def test_the_largest_difference_of_a_foot_counts(offsets):
    phases = [GAITS["trot"][0], *(p + d for p, d in zip(GAITS["trot"][1:], offsets))]
    assert worst("phase_error", stepping(phases), "trot") == pytest.approx(max(map(abs, offsets)), abs=0.02)


def test_bounces_are_no_steps_and_what_stands_has_no_gait():
    way = stepping(GAITS["trot"])
    bouncing = way.contact.copy()
    bouncing[::37] ^= True
    assert worst("phase_error", dataclasses.replace(way, contact=bouncing), "trot") < 0.04
    assert worst("phase_error", record(), "trot") == 0.5
    with pytest.raises(UnknownName, match="pronk"):
        value("phase_error", way, "gallop")


def test_swings_have_height_and_length():
    way = stepping(GAITS["pronk"], duty=0.5)
    phase = (way.time / 0.5) % 1.0
    feet = np.zeros((len(way.time), 4, 3))
    feet[:, :, 2] = 0.02 + np.where(phase > 0.5, 0.06 * np.sin((phase - 0.5) * 2 * math.pi), 0.0)[:, None]
    feet[:, :, 0] = (np.floor(way.time / 0.5) * 0.2 + np.clip(phase * 2 - 1, 0, 1) * 0.2)[:, None]
    way = dataclasses.replace(way, feet=feet, arguments={"swing_height": 0.06, "swing_length": 0.25})
    assert worst("swing_height_error", way) == pytest.approx(0.0, abs=0.002)
    assert worst("swing_length_error", way) == pytest.approx(0.05, abs=0.01)
    with pytest.raises(DataError, match="where the feet are"):
        value("swing_height_error", stepping(GAITS["pronk"]))


def test_flight_and_paws():
    contact = np.ones((301, 4), bool)
    assert worst("flight", record(contact=contact)) == 0.0
    contact[100:110] = False
    contact[150:153, :3] = False
    assert worst("flight", record(contact=contact)) == pytest.approx(0.2)

    def paw(height, swings):
        time = np.arange(301) / 50
        feet = np.zeros((301, 4, 3))
        feet[:, 0, 2] = height
        feet[:, 0, 1] = 0.05 * np.sin(2 * math.pi * swings * time / 6.0)
        return record(feet=feet)

    assert worst("paw_height", paw(0.2, 3)) == pytest.approx(0.2)
    assert worst("paw_swings", paw(0.2, 3)) == pytest.approx(3.0, abs=0.5)
    assert worst("paw_swings", paw(0.05, 3)) == 0.0
    assert worst("paw_swings", paw(0.2, 0)) == 0.0
    assert worst("end_lowest_foot", paw(0.2, 3)) == 0.0


def test_the_pace_after_words_counts_against_that_before():
    way = record(vx=lambda t: 0.5 if t < 2.0 else 0.3, said=(2.0,))
    assert worst("pace", way) == pytest.approx(0.6, abs=0.01)
    assert math.isnan(value("pace", record(vx=0.5))[0])


def test_nothing_cannot_be_judged():
    empty = {field.name: getattr(record(), field.name) for field in dataclasses.fields(EpisodeRecord)}
    with pytest.raises(DataError, match="nothing was recorded"):
        EpisodeRecord(**{**empty, "time": np.zeros(0)})
