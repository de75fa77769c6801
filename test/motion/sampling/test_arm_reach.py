"""Arms and trunk above legs that something else has: what geometry reaches, how fast, and what may not drive them."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import mujoco
import numpy as np
import pytest

from skill_stack.core.rewards.quantities import MotionView, quantity
from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm
from skill_stack.core.robots.robot import carried_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling import planner as planning
from skill_stack.motion.sampling.aim_watch import looked
from skill_stack.motion.sampling.arm_reach import ArmReach
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import StartState
from skill_stack.motion.sampling.planner import SamplingPlanner
from skill_stack.motion.sampling.settings import settings_for
from skill_stack.motion.sampling.steady_base import SteadyBase

ROOT = Path(__file__).resolve().parents[3]


@cache
def g1():
    """What of the robot is planned, its model and the body in it."""
    robot = carried_of(load_robot(ROOT / "urdf" / "g1"), ["upper_body"])
    model = build_model(robot, foot_kinematics=True, bare=True)
    return robot, model, ModelBody(model, robot)


def standing(time: float = 0.0, yaw: float = 0.0) -> StartState:
    robot, model, body = g1()
    data = body.posed(model, robot.pose("default"))
    data.qpos[3:7] = (np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2))
    return body.start(time, data.qpos, data.qvel)


def asked(*terms: tuple[str, str, float]) -> RewardSet:
    return RewardSet.parse({"terms": [{"term": t, "of": of or (), "target": x} for t, of, x in terms]}, "a set")


def measured(name: str, of: str, position: np.ndarray, start: StartState) -> float:
    """A term at joint positions, in its unit."""
    _, model, body = g1()
    there = replace(start, position=position, velocity=np.zeros_like(position))
    state, sensors = looked(model, mujoco.MjData(model), body, there)
    motion = body.motion(state[None], sensors[None], position[None], 0.02, body.frame(there))
    return float(quantity(RewardTerm(term=name, of=of or ()), MotionView(motion, body.layout))[0])


@pytest.mark.parametrize("yaw", [0.0, 2.0])
@pytest.mark.parametrize(
    "wanted",
    [
        {("hand_height", "left"): 1.38},
        {("hand_outward", "left"): 0.5, ("hand_outward", "right"): 0.5, ("hand_height", "right"): 1.0},
        {("hand_forward", "right"): 0.28, ("hand_outward", "right"): 0.05, ("hand_height", "right"): 0.95},
        {("hand_distance", ""): 0.15},
        {("trunk_pitch", ""): 0.2, ("trunk_turn", ""): -0.5},
        {("trunk_roll", ""): 0.17, ("hand_height", "left"): 1.15},
    ],
)
def test_geometry_alone_comes_near_what_is_asked_for_whatever_the_heading(wanted, yaw) -> None:
    _, model, body = g1()
    reach, start = ArmReach(model, body), standing(yaw=yaw)
    targets = {(name, (of,) if of else ()): value for (name, of), value in wanted.items()}
    for number in range(60):
        reach.targets(targets, replace(start, time=0.1 * number), 0.02, 20)
    for (name, of), value in wanted.items():
        assert measured(name, of, reach._aim, start) == pytest.approx(value, abs=0.05), name


@pytest.mark.parametrize("pace", [0.3, 1.5])
def test_no_joint_is_led_faster_than_the_pace(pace) -> None:
    _, model, body = g1()
    reach, start = ArmReach(model, body), standing()
    way = reach.targets({("hand_height", ("left",)): 1.38, ("pace", ()): pace}, start, 0.02, 20)
    led = np.abs(np.diff(way, axis=0)).max() / 0.02
    assert 0.5 * pace < led < pace + 0.2, "what carries the arms comes on top"


def test_the_sway_of_what_carries_it_is_not_followed() -> None:
    steady, seen = SteadyBase(), []
    for number in range(60):
        sway = 0.1 * np.sin(2 * np.pi * 2.0 * 0.1 * number + 0.3)
        turned = np.array([np.cos(sway / 2), np.sin(sway / 2), 0.0, 0.0])
        seen.append(steady.see(replace(standing(0.1 * number), orientation=turned)))
    assert max(abs(2 * one.orientation[1]) for one in seen[20:]) < 0.03
    assert seen[-1].place[2] == pytest.approx(standing().place[2])


def test_a_plan_that_would_move_too_much_mass_says_so(monkeypatch) -> None:
    _, model, body = g1()
    settings = settings_for({"arms"}).model_copy(update={"samples": 4})
    rewards, start = asked(("hand_forward", "left", 0.5), ("trunk_pitch", "", 0.4)), standing()

    def plan():
        return SamplingPlanner(model, body, settings, np.random.default_rng(1)).plan(start, rewards)

    assert plan().violation == ""
    monkeypatch.setattr(planning, "SHIFT", 0.001)
    assert "arms and trunk may move it by 0 cm" in plan().violation
