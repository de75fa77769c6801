"""The same reward terms give planner, training, success and evaluation the same numbers."""

import copy
from pathlib import Path

import mujoco
import numpy as np
import pytest

pytest.importorskip("torch", reason="the training extra is not installed")
pytest.importorskip("rsl_rl", reason="the training extra is not installed")
import torch

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.costs import costs, judge
from skill_stack.core.rewards.quantities import MotionView, quantity
from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.robots.robot import carried_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.aim_watch import looked
from skill_stack.motion.sampling.model_body import WORLD, ModelBody
from skill_stack.motion.sampling.planner import SamplingPlanner
from skill_stack.motion.sampling.settings import settings_for
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.rewards import as_told, reached
from skill_stack.training.tasks.task import RewardTask, load_task

ROOT = Path(__file__).resolve().parents[3]
ROBOT = load_robot(ROOT / "urdf" / "go2")
TERMS = [
    {"term": "base_height", "target": 0.22},
    {"term": "base_pitch", "target": -0.2},
    {"term": "foot_lift", "of": "FL", "target": 0.08},
    {"term": "turn_rate", "target": 0.5},
]
REWARDS = RewardSet.parse({"terms": TERMS, "success": {"hold": 0.0, "within": 1.0}}, "a set")


def test_training_sees_the_cost_that_the_planner_sees(monkeypatch):
    task = load_task(ROOT / "models" / "go2" / "walk")
    terms = (RewardTask(name="as_told", weight=-1.0, settings={"terms": TERMS}),)
    task = task.model_copy(update={"rewards": terms, "ppo": task.ppo.model_copy(update={"robots": 3}), "teacher": None})
    environment = WalkEnvironment(ROBOT, task, 3)
    noted, record = [], environment._record

    def note(previous):
        qpos, qvel = environment._physics.qpos.copy(), environment._physics.qvel.copy()
        noted.append((record(previous), qpos, qvel, environment._target.copy()))
        return noted[-1][0]

    monkeypatch.setattr(environment, "_record", note)
    for _ in range(4):
        environment.step(torch.from_numpy(np.random.default_rng(1).normal(0.0, 0.5, (3, 12)).astype(np.float32)))
    tick, qpos, qvel, target = noted[-1]
    trained = as_told(tick, TERMS)
    model = environment.nominal
    body, data = ModelBody(model, ROBOT), mujoco.MjData(model)
    for robot in range(3):
        data.qpos[:], data.qvel[:] = qpos[robot], qvel[robot]
        mujoco.mj_forward(model, data)
        state = np.concatenate([[0.0], qpos[robot], qvel[robot]])
        start = body.start(0.0, qpos[robot], qvel[robot])
        motion = body.motion(state[None], data.sensordata[None].copy(), target[robot][None], 0.02, body.frame(start))
        # Feet are those of the physics step before, in training.
        assert trained[robot] == pytest.approx(costs(REWARDS, motion, body.layout)[0], rel=0.05)
        assert judge(REWARDS, motion, body.layout).nearest["base_height"] == pytest.approx(abs(0.22 - qpos[robot][2]))
    assert np.ptp(trained) > 0.0
    near = reward_terms()["base_height"].tolerance
    asked = [{"term": "base_height", "target": float(tick.height.max() + 0.999 * near)}]
    assert reached(tick, asked).tolist() == (tick.height.max() - tick.height <= 0.001 * near).astype(float).tolist()
    with pytest.raises(DataError, match="trunk_pitch is judged by its mean"):
        reached(tick, [{"term": "trunk_pitch", "target": 0.0}])


CARRIED = carried_of(load_robot(ROOT / "urdf" / "g1"), ["upper_body"])
RAISED = RewardSet.parse(
    {"terms": [{"term": "hand_height", "of": "left", "target": 1.2}, {"term": "trunk_pitch", "target": 0.2}]}, "a set"
)


@pytest.mark.parametrize(("robot", "asked"), [(ROBOT, REWARDS), (CARRIED, RAISED)], ids=["go2", "g1"])
def test_a_plan_costs_what_its_motion_costs(robot, asked):
    model = build_model(robot, foot_kinematics=True)
    body, settings = ModelBody(model, robot), settings_for(robot.bodies).model_copy(update={"samples": 4})
    planner = SamplingPlanner(model, body, settings, np.random.default_rng(1))
    data = body.posed(model, robot.pose("default"))
    start = body.start(0.0, data.qpos, data.qvel)
    plan = planner.plan(start, asked)
    coarse, states, sensors = copy.copy(planner._model), [], []
    own = mujoco.MjData(coarse)
    own.qpos[:], own.qvel[:] = data.qpos, data.qvel
    for target in plan.targets:
        own.ctrl[body.actuators] = target
        for step in range(settings.substeps):
            if step == settings.substeps - 1:
                states.append(np.concatenate([[0.0], own.qpos, own.qvel]))
            mujoco.mj_step(coarse, own)
        sensors.append(own.sensordata.copy())
    motion = body.motion(np.array(states), np.array(sensors), plan.targets, settings.step, planner.frame)
    each = costs(asked, motion, body.layout)
    assert each.min() <= plan.cost <= each.max()
    assert plan.cost == pytest.approx(float(each @ planner._later), rel=1e-6)


def test_training_sees_hands_and_trunk_of_a_robot_on_its_feet_as_the_planner_of_its_arms_does():
    robot = load_robot(ROOT / "urdf" / "g1")
    model, rng = build_model(robot, foot_kinematics=True), np.random.default_rng(3)
    whole, carried = ModelBody(model, robot), ModelBody(model, CARRIED)
    data = whole.posed(model, robot.pose("default") + rng.uniform(0.0, 0.4, robot.size))
    state, sensors = np.concatenate([[0.0], data.qpos, data.qvel])[None], data.sensordata[None].copy()
    of_all = whole.motion(state, sensors, np.zeros((1, robot.size)), 0.02, WORLD)  # as a training notes it
    start = carried.start(0.0, data.qpos, data.qvel)
    own = looked(model, mujoco.MjData(model), carried, start)  # as a watch and an evaluation see it
    of_arms = carried.motion(own[0][None], own[1][None], np.zeros((1, CARRIED.size)), 0.02, carried.frame(start))
    for term in (one for one in reward_terms().values() if one.bodies == "arms" and one.effect != "prior"):
        name = next(key for key, kind in reward_terms().items() if kind is term)
        asked = RewardTerm(term=name, of=("right",) if term.of else ())
        seen = [quantity(asked, MotionView(each, body.layout)) for each, body in ((of_all, whole), (of_arms, carried))]
        assert seen[0] == pytest.approx(seen[1], abs=1e-6), name


def test_terms_that_are_counted_from_a_beginning_are_refused_in_training():
    with pytest.raises(DataError, match="place_x is counted from where a set began; take a speed instead"):
        from skill_stack.training.tasks.rewards import _told

        _told('[{"term": "place_x", "target": 1.0}]')
