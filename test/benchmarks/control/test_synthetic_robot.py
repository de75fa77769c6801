"""The made-up robot is made of data files of the real form."""

import numpy as np
import onnxruntime
import pytest

from skill_stack.benchmarks.control.sample_source import SampleSource, walk_setpoint
from skill_stack.benchmarks.control.synthetic_robot import more_skills, write_robot
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library


@pytest.fixture
def made_up(tmp_path):
    return Resources((write_robot(tmp_path, "made_up", 7, 100.0, hidden=(16, 8)),), tmp_path)


def test_its_skills_are_usable_and_its_policy_fits_it(made_up):
    robot = load_robot(made_up.robot("made_up"))
    library = load_library(made_up, robot)
    assert {name for name, entry in library.entries.items() if entry.usable} == {"rise", "stand", "walk"}
    session = onnxruntime.InferenceSession(str(library.entries["walk"].folder / "policy.onnx"))
    contract = PolicyContract.from_metadata(session.get_modelmeta().custom_metadata_map)
    contract.check_robot(robot)
    (actions,) = session.run(None, {"obs": np.ones((1, contract.observation_size), np.float32)})
    assert actions.shape == (1, 7) and np.isfinite(actions).all() and np.abs(actions).max() > 0


def test_samples_advance_and_repeat_from_run_to_run(made_up):
    robot = load_robot(made_up.robot("made_up"))
    one, two = SampleSource(robot), SampleSource(robot)
    for _ in range(250):
        a, b = one.next(), two.next()
    assert a.sequence == 250 and a.task_time == pytest.approx(2.5)
    assert np.array_equal(a.position, b.position) and a.position.shape == (7,)


def test_the_walk_setpoint_is_valid_beyond_its_time():
    setpoint = walk_setpoint(3, 1.0)
    assert setpoint.valid_until > 1.0 and setpoint.sequence == 3 and setpoint.goals["vx"] > 0
    assert walk_setpoint(3, 1.0, skill="stand").goals == {}


def test_more_policies_are_different_networks_that_all_load(tmp_path):
    resources = Resources((write_robot(tmp_path, "many", 4, 50.0, (8,), policies=3),), tmp_path)
    robot = load_robot(resources.robot("many"))
    bank = SkillBank(robot, load_library(resources, robot))
    assert not bank.problems and {"walk", "stand", *more_skills(3)} <= set(bank.runners)
    assert len({bank[name].network for name in ("walk", *more_skills(3))}) == 3
