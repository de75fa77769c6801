"""What a setpoint asks for is obeyed within what its skills declare, or refused as a whole with the reason."""

import math

import pytest

from skill_stack.core.setpoint import ControlMode, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill import GoalParameter, PhaseSpec


def goal(name: str, lower: float, upper: float) -> GoalParameter:
    return GoalParameter(name=name, description="speed", unit="m/s", lower=lower, upper=upper, default=0.0)


@pytest.fixture
def walker(robot, library, kit):
    """A rig that walks, whose walk takes vx from -0.5 to 1 m/s and says nothing of any other goal."""
    rig = kit.Rig(robot, kit.changed(library, "walk", goal=(goal("vx", -0.5, 1.0),)))
    rig.walk()
    return rig


@pytest.mark.parametrize("value", [1e9, -1e300, 1.01, -0.52])
def test_a_goal_beyond_the_declared_range_is_refused_with_the_range(walker, value) -> None:
    walker.ask("walk", goals={"vx": 0.5})
    assert walker.tick().status.mode is ControlMode.ACTIVE
    walker.ask("walk", goals={"vx": value})
    status = walker.tick().status
    assert status.mode is ControlMode.STANCE
    assert status.reason == f"the setpoint's goal vx = {value:g} m/s is outside -0.5…1 m/s"
    walker.ask("walk", goals={"vx": 1.0})
    assert walker.tick(2).status.mode is ControlMode.ACTIVE


def test_it_is_refused_in_the_very_first_setpoint_too(walker) -> None:
    walker.ask("stand")
    walker.tick()
    walker.ask("walk", goals={"vx": 1e9})
    assert "is outside" in walker.tick().status.reason


@pytest.mark.parametrize("goals", [{"vx": 1.0 + 1e-6}, {"vx": -0.5 - 1e-6}, {"vx": 1.0, "height": 1e6}])
def test_rounding_and_what_no_skill_declares_are_no_fault(walker, goals) -> None:
    walker.ask("walk", goals=goals)
    assert walker.tick().status.mode is ControlMode.ACTIVE


def test_of_several_skills_one_that_declares_the_value_is_enough(robot, library, kit) -> None:
    library = kit.changed(library, "walk", goal=(goal("vx", -0.5, 1.0),))
    rig = kit.Rig(robot, kit.changed(library, "stand", goal=(goal("vx", 0.0, 3.0),)))
    rig.walk()
    both = (SkillWeight("walk", 0.5), SkillWeight("stand", 0.5))
    rig.ask(*both, goals={"vx": 2.0})
    assert rig.tick().status.mode is ControlMode.ACTIVE
    rig.ask(*both, goals={"vx": 4.0})
    assert "is outside -0.5…1 or 0…3 m/s" in rig.tick().status.reason


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_goal_that_is_not_finite_is_refused(walker, value) -> None:
    walker.ask("walk", goals={"vx": value})
    assert "not finite: vx" in walker.tick().status.reason


def test_a_stop_is_heeded_in_the_middle_of_a_change_of_support(robot, library, kit) -> None:
    """A contact phase says how it is left, not that it goes on: its stance takes over, whatever is still asked for."""
    phases = (PhaseSpec(name="down", kind="contact", stance="stand"),)
    rig = kit.Rig(robot, kit.changed(library, "walk", phases=phases))
    rig.walk()
    assert rig.tick(3).status.mode is ControlMode.ACTIVE
    rig.flags = Flags(stop=1)
    status = rig.tick(2).status
    assert (status.mode, status.skill, status.reason) == (ControlMode.STANCE, "stand", "stop")
    assert rig.tick(5).status.mode is ControlMode.STANCE, "what was asked for before the stop is over"


@pytest.mark.parametrize(("life", "seconds"), [(0.3, 0.3), (50.0, 2.0)], ids=["its own end", "the robot's limit"])
def test_a_setpoint_that_is_not_renewed_expires(walker, life, seconds) -> None:
    walker.ask("walk", life=life)
    assert walker.tick(int((seconds - 0.04) / walker.period)).status.mode is ControlMode.ACTIVE
    status = walker.tick(5).status
    assert (status.mode, status.reason) == (ControlMode.STANCE, "no setpoint")


@pytest.mark.parametrize("weights", [(-0.5, 1.0), (0.0, 0.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_weights_that_make_no_sense_are_refused(walker, weights) -> None:
    walker.ask(SkillWeight("walk", weights[0]), SkillWeight("stand", weights[1]))
    status = walker.tick().status
    assert status.mode is ControlMode.STANCE and "weights are negative, not finite, or all zero" in status.reason


def test_a_skill_named_twice_for_a_joint_is_refused(walker, robot) -> None:
    walker.ask(SkillWeight("walk", 0.5), SkillWeight("walk", 0.5, (robot.joint_names[0],)))
    status = walker.tick().status
    assert status.mode is ControlMode.STANCE and "names a skill twice for a joint" in status.reason


def test_an_exit_needs_all_that_is_asked_for_to_be_one(robot, library, kit) -> None:
    """A mixture with one skill that may follow is not an exit for the other one."""
    phases = (PhaseSpec(name="down", kind="contact", stance="stand", leave_through="rise"),)
    rig = kit.Rig(robot, kit.changed(library, "walk", phases=phases))
    rig.walk()
    rig.tick(3)
    rig.ask(SkillWeight("rise", 0.5), SkillWeight("stand", 0.5))
    assert "left through rise alone" in rig.tick().status.reason
    rig.core._gate.felt = "free"
    assert rig.tick().status.mode is ControlMode.ACTIVE, "its feet carry it"
