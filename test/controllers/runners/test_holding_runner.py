import numpy as np
import pytest

from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.policy_part import Gains, HoldGains


@pytest.fixture
def grouped(robot) -> RobotSpec:
    return robot.model_copy(update={"groups": {"arm": ("joint_02", "joint_03")}})


def settled(rig, ticks=40, **changes):
    for _ in range(ticks):
        tick = rig.tick(**changes)
    return tick


def test_joints_are_held_at_angles_with_gains_of_their_own(grouped, library, kit):
    library = kit.changed(library, "walk", hold={"arm": 0.3, "joint_03": -0.2}, hold_gains=HoldGains(kp=55.0, kd=2.0))
    rig = kit.Rig(grouped, library)
    rig.walk()
    position = grouped.pose("default") + np.array([0.0, 0.0, 0.28, -0.18])
    command = settled(rig, position=position).command
    np.testing.assert_allclose(command.q[2:], [0.3, -0.2])
    np.testing.assert_allclose(command.kp, [40.0, 40.0, 55.0, 55.0])
    np.testing.assert_allclose(command.kd, [1.0, 1.0, 2.0, 2.0])
    plain = kit.Rig(grouped, kit.changed(library, "walk", hold=(), hold_gains=None))
    plain.walk()
    np.testing.assert_array_equal(settled(plain, position=position).command.q[:2], command.q[:2])


def test_some_of_them_have_other_gains(grouped, library, kit):
    gains = HoldGains(kp=55.0, kd=2.0, own={"joint_03": Gains(kp=20.0, kd=0.5)})
    rig = kit.Rig(grouped, kit.changed(library, "walk", hold={"arm": 0.3}, hold_gains=gains))
    rig.walk()
    command = settled(rig, position=grouped.pose("default") + np.array([0.0, 0.0, 0.28, 0.28])).command
    np.testing.assert_allclose(command.kp[2:], [55.0, 20.0])
    np.testing.assert_allclose(command.kd[2:], [2.0, 0.5])


@pytest.mark.parametrize(
    ("name", "reason"), [("joint_00", "['joint_00'] are not held"), ("tail", "no joint or group of tiny 'tail'")]
)
def test_gains_of_what_is_not_held_are_refused(grouped, library, kit, name, reason):
    gains = HoldGains(kp=55.0, kd=2.0, own={name: Gains(kp=20.0, kd=0.5)})
    bank = SkillBank(grouped, kit.changed(library, "walk", hold={"arm": 0.3}, hold_gains=gains))
    assert reason in bank.problems["walk"]


def test_joints_are_held_where_they_were_when_the_skill_began(grouped, library, kit):
    rig = kit.Rig(grouped, kit.changed(library, "rise", hold=("arm",)))
    rig.tick()
    rig.ask("rise", life=100.0)
    rig.tick(position=np.array([0.4, 0.4, 0.35, 0.45]))
    command = settled(rig, position=np.array([0.0, 0.0, 0.3, 0.5])).command
    np.testing.assert_allclose(command.q, [0.0, 0.0, 0.35, 0.45], atol=1e-12)
    np.testing.assert_allclose(command.kp, [40.0, 40.0, *grouped.column("kp")[2:]])
    rig.ask("stand", life=100.0)
    settled(rig)
    rig.ask("rise", life=100.0)
    rig.tick(position=np.array([0.0, 0.0, 0.1, 0.2]))  # begun again it holds where they are now
    command = settled(rig, position=np.array([0.0, 0.0, 0.1, 0.2])).command
    np.testing.assert_allclose(command.q[2:], [0.1, 0.2], atol=1e-12)


@pytest.mark.parametrize(
    "hold, reason",
    [
        (("tail",), "no joint or group of tiny 'tail'"),
        ({"joint_01": 7.0}, "joint_01 cannot be held at 7 rad, its range is -2…2 rad"),
    ],
)
def test_what_cannot_be_held_is_refused_by_name(robot, library, kit, hold, reason):
    bank = SkillBank(robot, kit.changed(library, "walk", hold=hold))
    assert reason in bank.problems["walk"]


def test_another_hold_is_another_skill_that_fades_in(robot, library, kit):
    bank = SkillBank(robot, kit.changed(library, "walk", hold={"joint_00": 0.1}))
    assert bank["walk"].network != bank["stand"].network
    assert bank["walk"].drives == (True,) * 4


def test_joints_that_no_policy_drives_are_held_from_the_first_tick(robot, library, kit):
    """Also out of damping, where there is no last command: where they are measured, with the robot's own gains."""
    rig = kit.Rig(robot, library)
    position = np.array([0.1, 0.2, 0.3, 0.4])
    rig.tick(position=position)
    rig.ask(SkillWeight("walk", 1.0, ("joint_00", "joint_01")), life=100.0)
    command = settled(rig, position=position).command
    np.testing.assert_allclose(command.q[2:], [0.3, 0.4], atol=1e-12)
    np.testing.assert_allclose(command.kp[2:], robot.column("kp")[2:])
    drooped = settled(rig, position=position - 0.05).command
    np.testing.assert_allclose(drooped.q[2:], [0.3, 0.4], atol=1e-12)  # they do not follow what pulls at them
