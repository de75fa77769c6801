import math

import pytest

from skill_stack.controllers.control_core import ControlOptions
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.setpoint import ControlMode, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill import PhaseSpec


def test_starts_damped_and_waits_for_a_setpoint(rig):
    assert rig.core.mode is ControlMode.STARTING
    tick = rig.tick()
    assert (tick.status.mode, tick.status.reason) == (ControlMode.DISARMED, "no setpoint")
    assert tick.command.mode is CommandMode.DAMP
    setpoint = rig.ask("walk", goals={"vx": 0.5})
    tick = rig.tick()
    status = tick.status
    assert (status.mode, status.reason, status.skill, status.phase) == (ControlMode.ACTIVE, "", "walk", "only")
    assert (status.request_id, status.setpoint_sequence) == ("r/1", setpoint.sequence)
    assert tick.command.setpoint_sequence == setpoint.sequence
    assert tick.command.sample_sequence == status.sample_sequence == rig.sequence


def test_stop_takes_the_stance_within_two_ticks_and_outlasts_older_setpoints(rig):
    rig.walk()
    rig.flags = Flags(stop=1)
    statuses = [rig.tick().status for _ in range(2)]
    assert (statuses[1].mode, statuses[1].skill, statuses[1].reason) == (ControlMode.STANCE, "stand", "stop")
    assert statuses[1].stop_count == 1
    rig.ask("walk", stop_count=0, life=100.0)
    assert rig.tick(20).status.reason == "stop"
    rig.ask("walk")
    assert rig.tick().status.mode is ControlMode.ACTIVE


def test_estop_is_latched_until_a_reset(rig):
    rig.walk()
    rig.flags = Flags(estop=1)
    tick = rig.tick()
    assert (tick.status.mode, tick.command.mode) == (ControlMode.ESTOP, CommandMode.DAMP)
    rig.ask("walk", life=100.0)
    assert rig.tick(50).status.mode is ControlMode.ESTOP
    rig.flags = Flags(estop=1, reset=1)
    rig.setpoint = None
    assert rig.tick().status.mode is ControlMode.DISARMED
    rig.ask("walk", stop_count=0)
    assert rig.tick().status.mode is ControlMode.DISARMED
    rig.ask("walk")
    assert rig.tick().status.mode is ControlMode.ACTIVE


def test_estop_wins_over_a_reset_at_the_same_time(rig):
    rig.walk()
    rig.flags = Flags(estop=1, reset=1)
    assert rig.tick(2).status.mode is ControlMode.ESTOP


@pytest.mark.parametrize("gap, mode", [(0.8, ControlMode.ACTIVE), (1.3, ControlMode.DAMPED)])
def test_a_skill_goes_on_by_itself_after_a_short_gap_alone(robot, library, kit, gap, mode):
    """After a longer one the robot has sunk: it begins with what the skill must begin with."""
    rig = kit.Rig(robot, kit.changed(library, "walk", enter_through="rise"))
    rig.walk()
    for _ in range(round(gap * robot.safety.resume_within / rig.period)):
        assert rig.blind().status.mode is ControlMode.DAMPED
    status = rig.tick().status
    assert status.mode is mode
    assert mode is ControlMode.ACTIVE or status.reason == "damped; 'walk' must begin with 'rise'; ask for that first"


def test_estop_outlives_the_process(robot, library, kit):
    rig = kit.Rig(robot, library, ControlOptions(flags=Flags(stop=3, estop=2), latched=True))
    rig.flags = Flags(stop=3, estop=2)
    rig.ask("walk")
    status = rig.tick(5).status
    assert status.mode is ControlMode.ESTOP and status.stop_count == 5


def test_a_setpoint_runs_out(rig):
    rig.tick()
    rig.ask("walk", life=0.1)
    assert rig.tick(4).status.mode is ControlMode.ACTIVE
    status = rig.tick(3).status
    assert (status.mode, status.skill, status.reason) == (ControlMode.STANCE, "stand", "no setpoint")
    assert status.setpoint_sequence == 0
    rig.ask("walk")
    assert rig.tick().status.mode is ControlMode.ACTIVE


def test_a_setpoint_that_claims_to_be_valid_for_ever_is_not(rig):
    rig.walk()
    assert rig.tick(80).status.mode is ControlMode.ACTIVE
    assert rig.tick(25).status.mode is ControlMode.STANCE


def test_a_device_that_begins_anew_disarms_and_voids_the_setpoint(rig):
    rig.walk()
    rig.tick(5)
    rig.time, rig.sequence = 0.0, 0
    assert rig.tick().status.mode is ControlMode.DISARMED
    assert rig.tick(20).status.mode is ControlMode.DISARMED  # by its own words the old setpoint is valid for long
    rig.ask("walk")
    assert rig.tick().status.mode is ControlMode.ACTIVE


@pytest.mark.parametrize(
    "skills, fields, reason",
    [
        (["fly"], {}, "no skill that the controller runs 'fly'"),
        (["walk"], {"goals": {"vx": math.nan}}, "not finite: vx"),
        (["walk"], {"valid_until": math.inf}, "not finite: valid_until"),
        ([], {}, "no setpoint"),  # asks for nothing: it only lets time pass in lock-step
        ([SkillWeight("walk", 0.0)], {}, "weights"),
        ([SkillWeight("walk", math.nan)], {}, "weights"),
        ([SkillWeight("walk", -1.0)], {}, "weights"),
        (["walk", "walk"], {}, "twice"),
        ([SkillWeight("walk", 1.0, ("tail",))], {}, "no joint or group of tiny 'tail'"),
    ],
)
def test_a_setpoint_that_makes_no_sense_gives_the_stance(rig, skills, fields, reason):
    rig.walk()
    rig.ask(*skills, **fields)
    status = rig.tick().status
    assert (status.mode, status.skill) == (ControlMode.STANCE, "stand") and reason in status.reason


def test_a_refused_setpoint_does_not_pave_the_way_for_the_next(rig):
    rig.walk()
    for goals in ({"vx": math.nan}, {"vx": 0.1}):
        rig.ask("fly", goals=goals)
        assert rig.tick().status.mode is ControlMode.STANCE
    assert "fly" in rig.tick().status.reason


def test_a_phase_is_left_through_its_exit_alone(robot, library, kit):
    phases = (PhaseSpec(name="down", kind="contact", stance="rise", leave_through="stand"),)
    rig = kit.Rig(robot, kit.changed(library, "rise", phases=phases))
    rig.walk("rise")
    rig.ask("walk", life=100.0)
    status = rig.tick().status
    assert (status.mode, status.skill) == (ControlMode.STANCE, "rise") and "through stand alone" in status.reason
    rig.ask("stand")
    rig.tick()
    rig.ask("walk")
    assert rig.tick().status.skill == "walk"


def test_the_stance_of_a_finished_posture_follows_its_phase(robot, library, kit):
    phases = (
        PhaseSpec(name="rising", kind="contact", stance="rise"),
        PhaseSpec(name="risen", begins=1.0, stance="stand"),
    )
    rig = kit.Rig(robot, kit.changed(library, "rise", phases=phases))
    rig.walk("rise")
    rig.setpoint = None
    status = rig.tick().status
    assert (status.mode, status.skill, status.phase) == (ControlMode.STANCE, "rise", "rising")
    status = rig.tick(10).status
    assert (status.skill, status.progress) == ("stand", 0.0)


def test_an_error_inside_the_tick_damps_and_latches(rig):
    rig.walk()

    def broken():
        raise RuntimeError("broken part")

    rig.core._blender.main._evaluate = broken
    tick = rig.tick()
    assert tick.command.mode is CommandMode.DAMP
    assert tick.status.mode is ControlMode.ESTOP and "RuntimeError: broken part" in tick.status.reason
    assert "Traceback" in rig.core.error
    assert rig.tick().status.mode is ControlMode.ESTOP


def test_a_setpoint_holds_up_to_its_very_end_whatever_rounding_makes_of_it(rig, kit):
    """Lock-step lets time pass exactly to the end; the device counts steps, the connector adds seconds."""
    rig.walk()
    for step in range(20, 220, 4):
        rig.ask("walk", valid_until=0.005 * (step - 12) + 0.06)
        rig.sequence, now = rig.sequence + 1, 0.005 * step
        sample = kit.upright(rig.robot, rig.sequence, now)
        assert rig.core.tick(sample, rig.setpoint, rig.flags, now, now).status.mode.value == "active", now


def test_a_disarmed_robot_begins_with_what_the_skill_says_and_says_so(robot, library, kit):
    rig = kit.Rig(robot, kit.changed(library, "walk", enter_through="rise"))
    rig.tick()
    rig.ask("walk", life=100.0)
    tick = rig.tick(20)
    assert (tick.status.mode, tick.command.mode) == (ControlMode.DISARMED, CommandMode.DAMP)
    assert tick.status.reason == "disarmed; 'walk' must begin with 'rise'; ask for that first"
    rig.ask("stand", "walk", life=100.0)  # no mixture is a way around it
    assert "'walk' must begin with 'rise'" in rig.tick().status.reason
    rig.ask("rise", life=100.0)
    assert rig.tick(5).status.mode is ControlMode.ACTIVE
    rig.ask("walk", life=100.0)
    assert (rig.tick().status.mode, rig.core.mode) == (ControlMode.ACTIVE, ControlMode.ACTIVE)
    rig.flags = Flags(estop=1)
    rig.tick()
    rig.flags = Flags(estop=1, reset=1)
    rig.ask("walk", life=100.0, stop_count=1)
    assert rig.tick(2).status.mode is ControlMode.DISARMED
