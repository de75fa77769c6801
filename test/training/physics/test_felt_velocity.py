"""Velocities by the runtime's estimator, in training, and the model without meshes."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.physics.felt_velocity import FeltVelocity
from skill_stack.training.tasks.task import TrainingTask, load_task

ROOT = Path(__file__).resolve().parents[3]
DT = 0.02


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "g1")


@pytest.fixture(scope="module")
def task() -> TrainingTask:
    task = load_task(ROOT / "models" / "g1" / "walk")
    few = {"ppo": task.ppo.model_copy(update={"robots": 4}), "teacher": None}
    return task.model_copy(update={**few, "coarse": False, "bare": True, "estimated": True})


def test_without_meshes_a_robot_moves_as_with_them_while_it_is_on_its_feet(robot: RobotSpec) -> None:
    ways = []
    for bare in (False, True):
        model = build_model(robot, bare=bare)
        data = mujoco.MjData(model)
        index = index_model(model, robot)
        data.qpos[2] = robot.stand_height
        data.qpos[index.joint_qpos] = data.ctrl[index.actuator] = robot.pose("default")
        for _ in range(60):
            mujoco.mj_step(model, data)
        ways.append(data.qpos.copy())
    assert ways[0][2] > 0.7, "it still stands"
    assert np.array_equal(*ways)


def test_a_stage_that_lacks_joints_cannot_have_the_estimator(task: TrainingTask) -> None:
    with pytest.raises(ValueError, match="estimated needs every joint"):
        TrainingTask.model_validate({**dict(task), "rigid": ("arms",)})


def test_a_robot_that_stands_feels_no_velocity(robot: RobotSpec) -> None:
    felt = FeltVelocity(robot, 3, DT, np.random.default_rng(1))
    felt.reset(np.arange(3))
    position = np.tile(robot.pose("default"), (3, 1))
    imu = np.tile([1.0, 0.0, 0.0, 0.0], (3, 1)), np.zeros((3, 3)), np.tile([0.0, 0.0, 9.81], (3, 1))
    felts = [felt.measure(position, np.zeros_like(position), np.zeros_like(position), imu) for _ in range(40)]
    assert np.abs(felts[-1]).max() < 0.3
    assert len({tuple(row) for row in felts[-1].round(6).tolist()}) == 3, "sensors of each err in their own way"


def test_the_policy_sees_the_estimate_and_the_critic_the_truth(robot: RobotSpec, task: TrainingTask) -> None:
    environment = WalkEnvironment(robot, task, 3)
    place = environment._builder.slices["base_lin_vel"]
    actions = environment._actions[0]
    for _ in range(5):
        environment.step(torch.zeros(actions.shape))
    seen = environment.get_observations()["critic"].numpy()
    sizes = sum(environment.privileged.values())
    truth = seen[:, -sizes:][:, :3]
    assert truth == pytest.approx(2.0 * environment.state.base_velocity.astype(np.float32), abs=1e-5)
    assert np.abs(seen[:, place] - truth).max() > 0.01


def test_joints_that_safety_would_damp_end_an_episode(robot: RobotSpec, task: TrainingTask) -> None:
    guarded = task.model_copy(update={"fall": task.fall.model_copy(update={"guarded": True})})
    environment = WalkEnvironment(robot, guarded, 3)
    knee = robot.joint_names.index("left_knee_joint")
    assert not environment._fallen().any()
    environment.state.velocity[1, knee] = robot.safety.joint_speed_margin * robot.column("velocity")[knee]
    assert environment._fallen().tolist() == [False, True, False, False]
    environment.task = task.model_copy(update={"fall": task.fall.model_copy(update={"guarded": False})})
    assert not environment._fallen().any()
