from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.training.exporting.policy import LoadedPolicy
from skill_stack.training.tasks.rewards import REWARDS
from skill_stack.training.tasks.task import load_task

ROOT = Path(__file__).resolve().parents[3]
WALK = ROOT / "models" / "go2" / "walk"


def changed(folder: Path, key: str, value: object) -> Path:
    shutil.copy(WALK / "train.yaml", folder)
    data = yaml.safe_load((folder / "train.yaml").read_text())
    data[key] = value
    (folder / "train.yaml").write_text(yaml.safe_dump(data))
    return folder


def test_contract_of_the_shipped_task_fits_robot_and_skill() -> None:
    robot, task = load_robot(ROOT / "urdf" / "go2"), load_task(WALK)
    contract = task.contract(robot)
    contract.check_robot(robot)
    assert "base_lin_vel" not in contract.observation_names, "the robot cannot measure its velocity"
    assert contract.observation_size == len(task.observation_scale(robot))
    assert all(term.name in REWARDS for term in task.rewards)
    for command in task.commands:
        low, high = command.train
        assert low <= command.range[0] and command.range[1] <= high, "trained at least as widely as promised"
    if (WALK / "skill.yaml").is_file():
        assert contract.command_names == tuple(p.name for p in load_skill(WALK).goal if p.name in ("vx", "vy", "wz"))


def test_commands_have_their_own_scales() -> None:
    robot, task = load_robot(ROOT / "urdf" / "go2"), load_task(WALK)
    sizes = task.contract(robot).observation_sizes
    names = [term.name for term in task.observations]
    start = sum(sizes[: names.index("velocity_commands")])
    scales = [command.scale for command in task.commands]
    assert task.observation_scale(robot)[start : start + 3] == pytest.approx(np.array(scales))


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("rewards", [], "rewards"),
        ("action_scale", "large", "action_scale"),
        ("speed", 1.0, "speed"),
        ("fall", {"height": 0.1}, "fall.tilt"),
        ("observations", [{"name": "base_ang_vel", "sclae": 1.0}], "sclae"),
    ],
)
def test_wrong_key_is_named(tmp_path: Path, key: str, value: object, says: str) -> None:
    with pytest.raises(DataError, match=says):
        load_task(changed(tmp_path, key, value))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="train.yaml: cannot be read"):
        load_task(tmp_path)


def test_a_policy_of_many_gaits_keeps_its_promises() -> None:
    """The shipped network has the contract of its task, whose styles and contexts name goal values that exist."""
    folder = ROOT / "models" / "go2" / "gaits"
    robot, task = load_robot(ROOT / "urdf" / "go2"), load_task(folder)
    contract, names = task.contract(robot), [command.name for command in task.commands]
    assert LoadedPolicy(folder / "policy.onnx", robot).contract == contract
    assert {p.name for p in load_skill(folder).goal} == set(names)
    assert contract.moves.tolist() == [True] * 3 + [False] * 5
    for style in task.styles:
        assert set(style.values) | set(style.train) <= set(names)
    prior = task.action_prior(robot).add
    assert (prior[0] != 0).sum() == 2 and (prior.sum(axis=0) != 0).sum() == 8, "thigh and calf of the own leg alone"
    assert float(np.asarray(task.gait.stance_share(5.0))) == 0.4
