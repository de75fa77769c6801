"""AimWatch: a robot that is as asked for, that is not, that was for too short a time, and what it cannot know."""

from dataclasses import replace

import numpy as np
import pytest

from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.setpoint import Shortfall
from skill_stack.motion.sampling.aim_watch import AimWatch

from .test_planner import asked, go2, standing

PERIOD = 0.1


@pytest.fixture
def watch():
    _, model, body = go2()
    made = AimWatch(model, body, PERIOD)
    made.begin(standing())
    return made


def seen(watch, rewards, count, begin=0, **changes):
    """The last of so many looks at a robot that stands with these changes."""
    for number in range(begin, begin + count):
        found = watch.see(replace(standing(), time=number * PERIOD, **changes), rewards)
    return found


def test_success_takes_its_time_without_a_break(watch) -> None:
    height = float(standing().place[2])
    rewards = asked(base_height=height, base_pitch=0.0)
    assert seen(watch, rewards, 3) == pytest.approx(0.6) and seen(watch, rewards, 2, 3) == 1.0
    low = np.array([0.0, 0.0, height - 0.1])
    assert seen(watch, rewards, 4, 5, place=low) == 1.0, "it has been so"


def test_what_is_not_as_asked_for_counts_for_nothing(watch) -> None:
    assert seen(watch, asked(base_height=0.15), 10) == 0.0
    low = np.array([0.0, 0.0, 0.15])
    assert seen(watch, asked(base_height=0.15), 2, 10, place=low) == pytest.approx(0.4)


def test_a_foot_is_looked_at_where_the_joints_have_it(watch) -> None:
    lifted = RewardSet.parse({"terms": [{"term": "foot_lift", "of": "FL", "target": 0.1}]}, "a set")
    assert seen(watch, lifted, 5) == 0.0
    robot, _, _ = go2()
    bent = standing().position.copy()
    bent[robot.joint_names.index("FL_thigh_joint")] += 0.6
    bent[robot.joint_names.index("FL_calf_joint")] -= 0.75
    assert seen(watch, lifted, 5, 5, position=bent) == 1.0


def test_an_edit_begins_the_time_anew(watch) -> None:
    height = float(standing().place[2])
    assert seen(watch, asked(base_height=height), 5) == 1.0
    assert seen(watch, asked(base_height=height + 0.01), 1, 5) == pytest.approx(0.2)


def test_two_looks_at_one_moment_and_states_that_are_not_finite_count_once_and_never(watch) -> None:
    rewards = asked(base_height=float(standing().place[2]))
    start = standing()
    assert watch.see(start, rewards) == watch.see(start, rewards) == pytest.approx(0.2)
    assert watch.see(replace(start, time=4.0, place=np.full(3, np.nan)), rewards) == pytest.approx(0.2)


def test_a_set_without_an_aim_is_as_asked_for(watch) -> None:
    assert seen(watch, RewardSet.parse({"terms": [{"term": "effort"}]}, "a set"), 1) == 1.0


def test_an_aim_that_comes_no_nearer_is_named_after_the_time_within_which_success_counts(watch) -> None:
    high = asked(base_height=0.5, base_pitch=0.0)
    count = round(high.success.within / PERIOD)
    place = lambda low: np.array([0.0, 0.0, float(standing().place[2]) - low])  # noqa: E731
    seen(watch, high, 1, place=place(0.1))
    seen(watch, high, count - 1, 1, place=place(0.05))
    assert watch.lacks == Shortfall(), "it came nearer in the meantime"
    seen(watch, high, 2, count, place=place(0.05))
    assert watch.lacks.aim == 0 and watch.lacks.off == pytest.approx(0.5 - float(place(0.05)[2]))
    seen(watch, asked(base_height=0.45), 1, count + 2)
    assert watch.lacks == Shortfall(), "an edit begins anew"


def test_what_is_as_asked_for_never_lacks_anything_and_a_pause_of_the_plans_forgets_nothing(watch) -> None:
    height = float(standing().place[2])
    seen(watch, asked(base_height=height), 120)
    assert watch.lacks == Shortfall()
    far = asked(base_height=0.5)
    seen(watch, far, 50, 120)
    watch.begin(replace(standing(), time=17.0), anew=False)
    seen(watch, far, 40, 170)
    assert watch.lacks.aim == 0
    watch.begin(replace(standing(), time=21.0))
    seen(watch, far, 40, 210)
    assert watch.lacks == Shortfall(), "another motion begins anew"
