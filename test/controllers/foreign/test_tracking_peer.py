"""What a tracking policy of the G1 sees, tick by tick, against the formulas of the trainers' own runners."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.importers.motion_csv import from_arrays, reference
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_manifest import PolicyManifest

from .conftest import linear

TICKS = 50
TERMS = ("motion_command", "motion_anchor_ori_b", "base_ang_vel", "joint_pos_rel", "joint_vel_rel", "last_action")
WAIST = ("waist_yaw_joint", "waist_roll_joint", "waist_pitch_joint")


def torso(base: Rotation, joints: np.ndarray, waist: list[int]) -> Rotation:
    """The runners' own kinematics: yaw, then roll, then pitch of the waist, on top of the base."""
    return base * Rotation.from_euler("ZXY", joints[waist])


def heading(turn: Rotation) -> float:
    forward = turn.as_matrix()[:, 0]
    return float(np.arctan2(forward[1], forward[0]))


def walk(rng, size: int, start: float, step: float) -> np.ndarray:
    return rng.uniform(-start, start, size) + np.cumsum(rng.normal(0.0, step, (TICKS, size)), axis=0)


def wxyz(turns: list[Rotation]) -> np.ndarray:
    return np.array([turn.as_quat()[[3, 0, 1, 2]] for turn in turns])


@pytest.mark.parametrize("seed", range(3))
def test_every_term_is_that_of_the_runner(tmp_path, seed) -> None:
    resources = Resources.from_environment({})
    robot = load_robot(resources.robot("g1"), resources)
    rng = np.random.default_rng(seed)
    names = list(rng.permutation(robot.joint_names))  # the trainer's order is not the robot's
    own, waist = robot.indices(names), [names.index(name) for name in WAIST]
    size, rest = len(names), rng.uniform(-0.3, 0.3, len(names))
    wanted, speeds = walk(rng, size, 0.5, 0.02), rng.normal(size=(TICKS, size))
    bases = [Rotation.from_euler("ZYX", angles) for angles in walk(rng, 3, 0.4, 0.03)]
    path = tmp_path / "clip.npz"
    np.savez(
        path, fps=[50.0], joint_pos=wanted, joint_vel=speeds, body_pos_w=np.zeros((TICKS, 1, 3)),
        body_quat_w=wxyz(bases)[:, None],
    )  # fmt: skip
    content = from_arrays(path, robot, names, "torso_link")
    section = reference(content, "torso_link")
    (tmp_path / "motion.npz").write_bytes(content)
    assert section["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    weights = rng.normal(0.0, 0.01, (5 * size + 9, size))
    manifest = PolicyManifest.model_validate({
        "rate": 50.0, "joint_names": names, "default_joint_pos": rest.tolist(), "stiffness": [20.0] * size,
        "damping": [1.0] * size, "inputs": [{"name": "obs", "terms": [{"term": term} for term in TERMS]}],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": 0.5}, "reference": section,
    })  # fmt: skip
    network = ForeignNetwork(linear(tmp_path / "p.onnx", {"obs": len(weights)}, {"obs": weights}), "0" * 64, manifest)
    runner = ForeignRunner(SimpleNamespace(name="dance", policy=SimpleNamespace(fixed_goal={})), robot, network)
    joints, rates = walk(rng, size, 0.5, 0.03), rng.normal(size=(TICKS, size))
    attitudes = [Rotation.from_euler("ZYX", angles) for angles in walk(rng, 3, 1.0, 0.03)]
    gyro, last, laid = rng.normal(size=(TICKS, 3)), np.zeros(size), None
    for tick in range(TICKS):
        position, velocity = np.zeros(robot.size), np.zeros(robot.size)
        position[own], velocity[own] = joints[tick], rates[tick]
        numbers = numbers_of(position, velocity, gyro[tick], (0.0, 0.0, -1.0), wxyz([attitudes[tick]])[0])
        reading = FastEstimate(0.02 * tick, numbers, None, 0.0, True, "")
        if tick == 0:
            runner.start(reading, None)
        runner.run(reading, {}, 0.02)
        real, goal = torso(attitudes[tick], joints[tick], waist), torso(bases[tick], wanted[tick], waist)
        laid = laid or Rotation.from_euler("Z", heading(real) - heading(goal))
        turn = (real.inv() * laid * goal).as_matrix()[:, :2].ravel()
        parts = (np.r_[wanted[tick], speeds[tick]], turn, gyro[tick], joints[tick] - rest, rates[tick], last)
        observation = runner._observations[0]
        for term, place, expected in zip(TERMS, observation.slices, parts, strict=True):
            assert observation.array.ravel()[place] == pytest.approx(expected, abs=2e-6), (term, tick)
        last = runner.action
