from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np
import pytest

from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.model_variation import VariationRanges, vary_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.physics.physics import BatchPhysics

ROBOT = load_robot(Path(__file__).resolve().parents[3] / "urdf" / "go2")


def start(model: mujoco.MjModel) -> np.ndarray:
    qpos = model.qpos0.copy()
    qpos[2], qpos[7:] = 0.31, ROBOT.pose("default")
    return qpos


def test_batch_does_what_single_steps_do() -> None:
    """Every robot of the batch, with its own model and latency, moves as the runtime would move it."""
    nominal = build_model(ROBOT, foot_kinematics=True)
    index = index_model(nominal, ROBOT)
    rng = np.random.default_rng(3)
    ranges = VariationRanges(foot_friction=(0.4, 1.2), added_mass=(-1, 2), motor_strength=(0.9, 1.1))
    models = [vary_model(nominal, ROBOT, ranges.sample(rng)) for _ in range(4)]
    delay = np.array([0, 1, 2, 3])
    physics = BatchPhysics(models, index, 4)
    physics.reset(np.arange(4), start(nominal), np.zeros(nominal.nv))
    data = [mujoco.MjData(model) for model in models]
    for single in data:
        single.qpos[:] = start(nominal)
    previous = np.tile(ROBOT.pose("default"), (4, 1))
    for _ in range(25):
        target = ROBOT.pose("default") + rng.uniform(-0.2, 0.2, (4, ROBOT.size))
        assert not physics.step(target, previous, delay).any()
        for place, (model, single) in enumerate(zip(models, data)):
            for step in range(4):
                source = previous if step < delay[place] else target
                single.ctrl[index.actuator] = source[place]
                mujoco.mj_step(model, single)
        previous = target
    # The batch restarts the solver from an approximate warm start at every tick, hence not to the last bit.
    for place, single in enumerate(data):
        assert physics.qpos[place] == pytest.approx(single.qpos, abs=2e-3)


def test_broken_simulation_is_put_back() -> None:
    model = build_model(ROBOT)
    physics = BatchPhysics([model] * 3, index_model(model, ROBOT), 4)
    physics.reset(np.arange(3), start(model), np.zeros(model.nv))
    physics.qpos[1, 0] = 1e5
    physics.qvel[2, 0] = np.nan  # MuJoCo itself puts this one back, onto the floor, where it counts as fallen
    target = np.tile(ROBOT.pose("default"), (3, 1))
    assert physics.step(target, target, np.zeros(3, dtype=int)).tolist() == [False, True, False]
    assert np.isfinite(physics.qpos).all() and np.isfinite(physics.qvel).all()
    assert physics.qpos[0, 2] > 0.25 and (physics.qpos[1:, 2] < 0.1).all()
