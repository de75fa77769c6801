"""SamplingPlanner: its plans move the simulated robot as asked for, keep to limits, and fail with a reason."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import mujoco
import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.costs import judge
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import MotionPlan, StartState
from skill_stack.motion.sampling.planner import NoPlan, SamplingPlanner
from skill_stack.motion.sampling.settings import settings_for

ROOT = Path(__file__).resolve().parents[3]
FEW = settings_for({"legged"}).model_copy(update={"samples": 8})


@cache
def go2():
    """The robot, its model and the body in it."""
    robot = load_robot(ROOT / "urdf" / "go2")
    model = build_model(robot, foot_kinematics=True)
    return robot, model, ModelBody(model, robot)


def planner(seed: int = 1, settings=FEW) -> SamplingPlanner:
    _, model, body = go2()
    return SamplingPlanner(model, body, settings, np.random.default_rng(seed))


def standing() -> StartState:
    robot, model, body = go2()
    data = body.posed(model, robot.pose("default"))
    return body.start(3.0, data.qpos, data.qvel)


def asked(**terms: float) -> RewardSet:
    return RewardSet.parse({"terms": [{"term": name, "target": value} for name, value in terms.items()]}, "a set")


def driven(rewards: RewardSet, seconds: float):
    """What the robot does by plans that are made anew every 40 ms."""
    robot, model, body = go2()
    model = build_model(robot, foot_kinematics=True)
    data, mind = body.posed(model, robot.pose("default")), planner(settings=settings_for({"legged"}))
    mind.begin(body.start(0.0, data.qpos, data.qvel))
    states, sensors, targets = [], [], []
    for tick in range(round(seconds / 0.02)):
        if tick % 2 == 0:
            plan = mind.plan(body.start(0.02 * tick, data.qpos, data.qvel), rewards)
        data.ctrl[body.actuators] = plan.at(0.02 * tick)
        for _ in range(4):
            mujoco.mj_step(model, data)
        states.append(np.concatenate([[data.time], data.qpos, data.qvel]))
        sensors.append(data.sensordata.copy())
        targets.append(plan.at(0.02 * tick))
    return body.motion(np.array(states), np.array(sensors), np.array(targets), 0.02, mind.frame), body.layout


@pytest.mark.parametrize("wanted", [{"base_height": 0.24}, {"velocity_x": 0.4}])
def test_the_robot_does_what_is_asked_for(wanted):
    rewards = asked(**wanted)
    motion, layout = driven(rewards, 1.6)
    assert judge(rewards, motion, layout).reached


def test_a_plan_is_within_limits_and_repeats_with_its_seed():
    robot = go2()[0]
    start, rewards = standing(), asked(base_height=0.12, base_pitch=-0.4)
    first, again = planner(4).plan(start, rewards), planner(4).plan(start, rewards)
    assert np.array_equal(first.targets, again.targets)
    assert not np.array_equal(first.targets, planner(5).plan(start, rewards).targets)
    assert first.targets.shape == (FEW.steps, robot.size) and first.start == 3.0
    assert (first.targets >= robot.column("lower")).all() and (first.targets <= robot.column("upper")).all()
    assert first.height[0] == pytest.approx(start.place[2], abs=0.02) and np.isfinite(first.cost)


def test_what_its_model_expects_is_what_the_model_does():
    start = standing()
    mind = planner()
    mind.begin(start)
    plan = mind.plan(start, asked(base_height=0.24))
    later = mind.predict(start, plan.targets[:5], plan.step)
    assert later.time == pytest.approx(3.1) and plan.height[5] < later.place[2] < plan.height[4]


def test_an_edit_goes_on_from_where_the_set_began():
    start = standing()
    mind = planner()
    mind.plan(start, asked(velocity_x=0.4))
    moved = replace(start, time=3.04, place=start.place + (0.5, 0.0, 0.0))
    mind.plan(moved, asked(place_x=1.0))
    assert mind.frame.place[0] == start.place[0] and mind.frame.time == 3.0
    mind.begin(moved)
    assert mind.frame.place[0] == moved.place[0]


def test_a_state_that_is_no_number_and_a_simulation_that_diverges_are_told():
    start = standing()
    with pytest.raises(NoPlan, match="not finite"):
        planner().plan(replace(start, place=np.array([0.0, 0.0, np.nan])), asked(base_height=0.3))
    with pytest.raises(NoPlan, match="none of 8 samples has a cost"):
        planner().plan(replace(start, velocity=np.full(12, 1e9)), asked(base_height=0.3))


def test_samples_without_a_cost_are_left_out(monkeypatch):
    mind = planner()
    tried = mind._try

    def some(*arguments):
        cost, *rest = tried(*arguments)
        cost[1:3] = np.nan
        return cost, *rest

    monkeypatch.setattr(mind, "_try", lambda *a: some(*a) if len(a[3]) > 2 else tried(*a))
    assert np.isfinite(mind.plan(standing(), asked(base_height=0.3)).targets).all()


def test_a_term_that_the_robot_lacks_is_named():
    with pytest.raises(DataError, match="finger_curl is for hand robots"):
        planner().plan(standing(), RewardSet.parse({"terms": [{"term": "finger_curl", "of": "index"}]}, "a set"))


def test_a_tilt_beyond_the_limit_is_foreseen():
    start = replace(standing(), orientation=np.array([0.8, 0.6, 0.0, 0.0]), place=np.array([0.0, 0.0, 0.5]))
    assert "a tilt of" in planner().plan(start, asked(base_height=0.3)).violation


def test_a_plan_holds_its_last_target_and_lives_for_half_its_horizon():
    plan = MotionPlan(1.0, 0.02, np.arange(4.0)[:, None], 0.0, np.zeros(4), np.zeros(4))
    assert [plan.at(time)[0] for time in (0.9, 1.0, 1.02, 1.059, 9.0)] == [0.0, 0.0, 1.0, 2.0, 3.0]
    assert plan.life == pytest.approx(0.04)
