"""The table by which legs give way is what the solver of clips finds."""

import os
from pathlib import Path

import pytest

from skill_stack.core.data_file import load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_part import CounterbalanceTable
from skill_stack.training.balance.balance_task import load_balance_task
from skill_stack.training.balance.counterbalance_table import COUNTERBALANCE, write_counterbalance

STAND = Path(__file__).resolve().parents[3] / "models/g1/stand"


@pytest.fixture(scope="module")
def robot():
    return load_robot(Resources.from_environment(os.environ).robot("g1"))


def test_the_table_that_is_shipped_is_made_again(robot, tmp_path):
    write_counterbalance(robot, load_balance_task(STAND), tmp_path / COUNTERBALANCE, lambda _: None)
    made, shipped = (load_model(CounterbalanceTable, one / COUNTERBALANCE) for one in (tmp_path, STAND))
    assert made.shifts == shipped.shifts
    for name, row in shipped.joints.items():
        assert made.joints[name] == pytest.approx(row, abs=1e-3)
        assert made.targets[name] == pytest.approx(shipped.targets[name], abs=3e-3)


def test_a_lean_that_no_joint_allows_is_refused_and_none_makes_no_table(robot, tmp_path):
    task = load_balance_task(STAND)
    with pytest.raises(DataError, match="waist_pitch_joint"):
        far = task.model_copy(update={"leans": ({"waist_pitch_joint": 0.9},)})
        write_counterbalance(robot, far, tmp_path / COUNTERBALANCE, lambda _: None)
    write_counterbalance(robot, task.model_copy(update={"leans": ()}), tmp_path / COUNTERBALANCE, lambda _: None)
    assert not (tmp_path / COUNTERBALANCE).exists()
