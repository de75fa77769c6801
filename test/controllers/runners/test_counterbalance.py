"""Legs on planted feet give way to arms and waist, by a table of what keeps the centre of mass over the soles."""

import os
from pathlib import Path

import mujoco
import numpy as np
import pytest

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.runners.counterbalance import FOLLOWS, Counterbalance
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_part import CounterbalanceTable
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model

STAND = Path(__file__).resolve().parents[3] / "models/g1/stand"
LEAN = {"waist_pitch_joint": 0.4, "left_shoulder_pitch_joint": -0.8, "right_shoulder_pitch_joint": -0.8}


@pytest.fixture(scope="module")
def robot():
    return load_robot(Resources.from_environment(os.environ).robot("g1"))


@pytest.fixture(scope="module")
def table():
    return load_model(CounterbalanceTable, STAND / "counterbalance.yaml")


@pytest.fixture
def counter(robot, table):
    return Counterbalance(table, robot, robot.members(("legs",)))


def reading(robot, joints):
    posture = robot.pose("default")
    for name, value in joints.items():
        posture[robot.joint_names.index(name)] = value
    return FastEstimate(0.0, numbers_of(posture, np.zeros(robot.size)), None, 0.0, True, "")


def followed(counter, robot, joints, seconds, planted=True, dt=0.02):
    for _ in range(round(seconds / dt)):
        counter.follow(reading(robot, joints), planted, dt)


def test_legs_keep_the_centre_of_mass_over_the_soles(robot, table, counter):
    model = build_model(robot, foot_kinematics=True, bare=True, timestep=0.005)
    data, index, legs = mujoco.MjData(model), index_model(model, robot), robot.indices(robot.members(("legs",)))

    def ahead(joints, offsets):
        """The centre of mass ahead of the feet, m, and how far the feet are turned up, rad."""
        posture = robot.pose("default")
        posture[legs] = np.array([table.stance[name] for name in robot.members(("legs",))]) + offsets
        for name, value in joints.items():
            posture[robot.joint_names.index(name)] = value
        data.qpos[:] = model.qpos0
        data.qpos[index.joint_qpos] = posture
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        foot = data.body("left_ankle_roll_link")
        return data.subtree_com[0][0] - foot.xpos[0], foot.xmat[6]

    stands, flat = ahead({}, np.zeros(12))
    leans, _ = ahead(LEAN, np.zeros(12))
    followed(counter, robot, LEAN, 2.0)
    kept, still_flat = ahead(LEAN, counter.joints)
    assert leans - stands > 0.03
    assert kept == pytest.approx(stands, abs=2e-3)
    assert still_flat == pytest.approx(flat, abs=5e-3)
    assert counter.place < -0.03 and counter.speed == pytest.approx(0.0, abs=1e-6)


def test_it_follows_no_faster_than_legs_do_and_goes_back_where_it_steps(robot, counter):
    counter.follow(reading(robot, LEAN), True, 0.02)
    first = counter.place
    assert counter.speed == pytest.approx(-1.22 * FOLLOWS, rel=0.03), "the base goes back"
    followed(counter, robot, LEAN, 2.0)
    settled = counter.place
    assert settled < first <= 0.0
    other = Counterbalance.__new__(Counterbalance)
    other.__dict__.update(counter.__dict__)
    counter.forget()
    assert counter.place == pytest.approx(0.0, abs=1e-9)
    counter.go_on_from(other)
    assert counter.place == pytest.approx(settled)
    followed(counter, robot, LEAN, 2.0, planted=False)
    assert counter.place == pytest.approx(0.0, abs=1e-6)


def test_a_table_that_does_not_fit_is_refused(robot, table):
    data = table.model_dump()
    for change, said in (
        ({"base": (0.0,)}, "'base' has 1 values"),
        ({"shifts": tuple(reversed(data["shifts"]))}, "shifts rise"),
        ({"stance": {}}, "same joints"),
    ):
        with pytest.raises(ValueError, match=said):
            CounterbalanceTable(**data | change)
    with pytest.raises(UnknownName, match="joint of the counterbalance"):
        Counterbalance(table, robot, robot.members(("legs", "waist")))
