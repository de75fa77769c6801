import io
from types import SimpleNamespace

import pytest

from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.errors import DataError, LeaseRefused, UnknownName
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import SOURCES
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import PAGE
from skill_stack.core.shared_memory.stated_place import state_place, stated_place
from skill_stack.core.world.scene import Pose2


@pytest.fixture
def channels(tmp_path, robot):
    made = RobotChannels.open(tmp_path / "block", robot)
    yield made
    made.close()


class Desk:
    """A control station with its device written by hand."""

    def __init__(self, robot, library, channels, kit, rearm="person", options=None):
        self.robot, self.channels, self.kit = robot, channels, kit
        self.log = io.StringIO()
        self.core = ControlCore(robot, library, options)
        self.station = ControlStation(
            self.core,
            channels,
            lambda lease: open_driver(robot, "mujoco", channels, lease),
            rearm,
            ProcessLog("control", self.log),
        )
        self.number = 0

    def turn(self, count=1):
        for _ in range(count):
            self.number += 1
            time = 0.02 * self.number
            self.channels.write_sample(self.kit.upright(self.robot, self.number, time))
            self.station.turn(self.station.read(), time, time, LoopTiming())
        return self.channels.read_status()

    def ask(self, skill="walk", life=0.5):
        time, weights = 0.02 * self.number, (SkillWeight(skill),)
        count = self.channels.flags().stop_count
        setpoint = SkillSetpoint(f"r-{count}", self.number + 1, time + life, "body", "plan", weights, stop_count=count)
        self.channels.write_setpoint(setpoint)


@pytest.fixture
def desk(robot, library, channels, kit):
    return Desk(robot, library, channels, kit)


def test_goes_from_shared_memory_to_shared_memory(desk, channels):
    assert desk.turn().mode is ControlMode.DISARMED
    desk.ask()
    status = desk.turn()
    command, state = channels.read_command(), channels.read_state()
    assert (status.mode, status.skill) == (ControlMode.ACTIVE, "walk")
    assert (command.mode, command.sample_sequence, command.setpoint_sequence) == (CommandMode.ACTIVE, 2, 2)
    assert state.valid and state.task_time == 0.04
    assert "active with walk" in desk.log.getvalue()
    channels.words.request_stop("ros")
    assert desk.turn().reason == "stop"


def test_the_block_says_what_the_device_measures(robot, library, channels, kit):
    """Not every device measures charge and temperatures, and a sample alone does not tell."""

    cold = SimpleNamespace(capabilities=SimpleNamespace(battery=True, temperature=False))
    assert channels.words.measured == frozenset()
    core, log = ControlCore(robot, library), ProcessLog("control", io.StringIO())
    ControlStation(core, channels, lambda _: cold, "person", log)
    assert channels.words.measured == {"battery"}
    Desk(robot, library, channels, kit).turn()
    assert channels.words.measured == {"battery", "temperature"}


def test_a_torn_setpoint_is_not_obeyed_and_what_was_known_runs_out(desk, channels):
    desk.turn()
    desk.ask(life=0.1)
    desk.turn()
    desk.ask(life=10.0)
    with channels.block.path.open("r+b") as file:  # the connector died in the middle of its write
        offset = PAGE
        for name, record in channels.block.records.items():
            if name == "setpoint":
                break
            offset += record._form.size
        file.seek(offset + 100)
        file.write(b"\xff" * 50)
    assert desk.turn(3).mode is ControlMode.ACTIVE
    assert desk.turn(5).mode is ControlMode.STANCE


def test_lost_to_the_supervisor_it_waits_for_a_person(desk, channels):
    desk.turn()
    desk.ask()
    desk.turn()
    channels.words.trip("control was silent")
    channels.words.take_lease("supervisor")
    before = channels.command_counter
    status = desk.turn(5)
    assert status.mode is ControlMode.DISARMED and status.reason == "control was silent; waits for a reset"
    assert channels.command_counter == before and not desk.station.holds_lease
    channels.words.request_reset("local")
    desk.turn()
    assert desk.station.holds_lease and channels.words.tripped == ""
    assert channels.read_command().mode is CommandMode.DAMP


@pytest.mark.parametrize("rearm, holds", [("person", False), ("auto", True)])
def test_who_re_arms_a_new_process(robot, library, channels, kit, rearm, holds):
    channels.words.trip("gone")
    channels.words.take_lease("supervisor")
    desk = Desk(robot, library, channels, kit, rearm)
    desk.turn(3)
    assert desk.station.holds_lease is holds


def test_a_former_holder_cannot_write(robot, channels):
    driver = open_driver(robot, "mujoco", channels, channels.words.take_lease("control"))
    driver.damp()
    channels.words.take_lease("supervisor")
    with pytest.raises(LeaseRefused, match="supervisor"):
        driver.damp()
    driver.close()
    assert channels.command_counter == 1


def test_an_estop_outlives_the_process(robot, library, channels, kit, desk):
    desk.turn()
    channels.words.request_estop("local")
    assert desk.turn().mode is ControlMode.ESTOP
    assert channels.words.get("control.latched") == 1
    flags = channels.flags()
    later = Desk(robot, library, channels, kit, options=ControlOptions(flags=flags, latched=True))
    later.ask()
    assert later.turn(3).mode is ControlMode.ESTOP
    channels.words.request_reset("local")
    later.turn()
    assert channels.words.get("control.latched") == 0


def test_ends_damped(desk, channels):
    desk.turn()
    desk.ask()
    desk.turn()
    desk.station.end()
    command = channels.read_command()
    assert command.mode is CommandMode.DAMP and not command.kp.any() and command.kd.all()


def test_a_driver_that_is_not_there(robot, channels):
    lease = channels.words.take_lease("control")
    with pytest.raises(UnknownName, match="mujoco"):
        open_driver(robot, "can", channels, lease)
    strange = robot.model_copy(update={"drivers": {"can": "skill_stack.hardware.no_such_bus:Bus"}})
    with pytest.raises(DataError, match="no_such_bus"):
        open_driver(strange, "can", channels, lease)


def test_a_device_that_begins_anew_voids_what_was_asked_for_in_the_old_time(desk, channels):
    desk.turn()
    desk.ask(life=2.0)
    assert desk.turn().mode is ControlMode.ACTIVE
    desk.turn(50)
    desk.ask(life=2.0)  # on its way when the device begins anew
    desk.number = 0
    status = desk.turn()
    assert status.mode is ControlMode.DISARMED and "began anew" in status.reason
    late = SkillSetpoint("r", 900, 3.0, "body", "plan", (SkillWeight("walk"),), stop_count=status.stop_count)
    channels.write_setpoint(late)  # its sender has not seen the new time yet
    status = desk.turn()
    assert status.mode is ControlMode.DISARMED and channels.read_command().mode is CommandMode.DAMP
    desk.ask()
    assert desk.turn().mode is ControlMode.ACTIVE


def test_a_restarted_control_process_does_not_go_on_with_what_the_former_was_asked_for(
    robot, library, channels, kit, desk
):
    desk.turn()
    desk.ask(life=2.0)
    before = desk.turn().stop_count
    assert desk.channels.read_status().mode is ControlMode.ACTIVE
    desk.station.end()
    following = Desk(robot, library, channels, kit)
    following.number = desk.number
    following.turn()
    weights = (SkillWeight("walk"),)
    channels.write_setpoint(SkillSetpoint("r", 900, 100.0, "body", "plan", weights, stop_count=before))
    assert following.turn().mode is ControlMode.DISARMED
    following.ask()
    assert following.turn().mode is ControlMode.ACTIVE


def test_a_guess_that_was_too_far_on_is_no_new_device(rig):
    """In a fast loop on a busy machine task time is guessed on from an old sample, and the next one corrects it."""
    rig.walk()
    rig.time += 0.1  # no new sample for a while; then one that was taken a little later than the last
    rig.blind(None)
    restarts = rig.core.restarts
    rig.time -= 0.09
    assert rig.tick().status.mode is ControlMode.ACTIVE and rig.core.restarts == restarts


def test_a_reason_that_only_grows_older_is_told_once(desk):
    desk.turn()
    desk.ask(life=10.0)
    desk.turn()
    for number in range(3, 30):  # the device falls silent: the age in the reason changes with every turn
        time = 0.02 * number
        desk.station.turn(desk.station.read(), time, time, LoopTiming())
    lines = [line for line in desk.log.getvalue().splitlines() if "damped" in line]
    assert len(lines) == 1 and "old" in lines[0], lines
    assert desk.channels.read_status().mode is ControlMode.DAMPED


def test_a_stated_place_is_heeded_once_and_outlives_the_control_process(desk, channels, robot, library, kit):
    heard = []
    desk.core.restate = lambda *within: heard.append(within)
    desk.turn(3)
    place = state_place(channels, Pose2(1.0, 2.0, 0.5), 0.3, 0.2)
    desk.turn(5)
    assert heard == [(pytest.approx(0.3), pytest.approx(0.2))]
    assert channels.words.get("place.heeded") == place.number
    assert "the place is stated, within 0.3 m" in desk.log.getvalue()
    following = Desk(robot, library, channels, kit)
    following.number = desk.number
    following.core.restate = lambda *within: heard.append(within)
    following.turn(3)
    assert len(heard) == 1, "what was known of it then goes on from the stored state"
    assert stated_place(channels.words).number == place.number


def test_a_device_that_begins_anew_voids_a_stated_place(desk, channels):
    desk.turn(3)
    state_place(channels, Pose2(1.0, 2.0, 0.5))
    desk.turn(10)
    desk.number = 0
    desk.turn(2)
    assert stated_place(channels.words) is None


@pytest.mark.parametrize("value", [2**62, 2**63 - 1, -(2**63)])
def test_counters_that_are_all_spoilt_latch_and_a_person_can_still_reset(desk, channels, value):
    desk.turn(2)
    for source in SOURCES:
        channels.words.set(f"stop.{source}", value)
    status = desk.turn(2)
    assert status.mode is ControlMode.ESTOP and "shared memory is spoilt" in status.reason
    channels.words.request_reset("local")
    assert desk.turn(2).mode is ControlMode.DISARMED
    desk.ask()
    assert desk.turn().mode is ControlMode.ACTIVE


def test_it_begins_again_for_new_skills_only_where_nothing_carries_the_robot(robot, library, channels, kit):
    desk = Desk(robot, kit.changed(library, "rise", effects=("posture(robot, lying)",)), channels, kit)
    desk.turn()
    assert not desk.station.restart_due
    channels.words.request_reload()
    assert desk.station.restart_due, "a disarmed robot may go limp"
    desk.ask("walk")
    desk.turn()
    assert not desk.station.restart_due, "one that walks may not"
    desk.ask("rise")  # in this library it gets down
    desk.turn()
    assert not desk.station.restart_due, "one that gets down may not yet"
    for _ in range(400):
        desk.ask("rise")
        desk.turn()
    assert desk.station.restart_due and "the robot lies" in desk.log.getvalue()
