"""Two parts of one robot, each with a control station of its own, and one stop for both."""

import functools
import io

import numpy as np
import pytest

from skill_stack.benchmarks.control.sample_source import out_of_reach
from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.processes.supervisor import Supervisor
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.skill_library import load_library

HAND = "right_hand"


@pytest.fixture(scope="module")
def go2_hand(go2_folder):
    return load_robot(go2_folder / "urdf" / "go2_hand")


@pytest.fixture(scope="module")
def skills(go2_folder, go2_hand):
    return load_library(Resources((go2_folder,), go2_folder), go2_hand)


class Part:
    """One part: its station, and a device that stands still."""

    def __init__(self, path, whole, skills, name, kit):
        robot = whole.part(name)
        still = robot.safety.model_copy(update=out_of_reach(robot))  # its joints obey nothing, which a check would find
        self.name, self.robot, self._kit = name, robot.model_copy(update={"safety": still}), kit
        self.log = io.StringIO()
        self.channels = RobotChannels.open(path, whole, name)
        flags, words = self.channels.flags(), self.channels.words
        latched = bool(words.get("control.latched")) or flags.estop != words.get("control.estops_seen")
        self.core = ControlCore(self.robot, skills, ControlOptions(name, flags, latched))
        opener = functools.partial(open_driver, self.robot, "mujoco", self.channels)
        self.supervisor = Supervisor(self.channels, opener, 0.15, ProcessLog("supervisor", self.log))
        self.station = ControlStation(self.core, self.channels, opener, "person", ProcessLog("control", self.log))
        self.skill = ""
        self.number = 0

    def turn(self, time, **changes):
        self.number += 1
        sample = self._kit.upright(self.robot, self.number, time, **changes)
        if "silent" not in changes:
            self.channels.write_sample(sample)
        if self.skill:
            weights, known = (SkillWeight(self.skill),), self.channels.flags().stop_count
            self.channels.write_setpoint(
                SkillSetpoint(f"r-{known}/1", self.number, time + 0.5, self.name, "plan", weights, stop_count=known)
            )
        self.station.turn(self.station.read(), time, time, LoopTiming())

    @property
    def status(self):
        return self.channels.read_status()


class Pair:
    """Body and hand of one robot, in turns."""

    def __init__(self, path, whole, skills, kit):
        self.body = Part(path, whole, skills, "body", kit)
        self.hand = Part(path, whole, skills, HAND, kit)
        self.time = 0.0

    def turn(self, count=1, body=None, hand=None):
        """Turns both; ``body`` and ``hand`` replace fields of their samples."""
        for _ in range(count):
            self.time += 0.01
            self.body.turn(self.time, **(body or {}))
            self.hand.turn(self.time, **(hand or {}))

    def work(self):
        """Brings both to do what they are asked."""
        self.turn(2)
        self.body.skill, self.hand.skill = "rise", "close_hand"
        self.turn(3)
        assert self.modes == ("active", "active"), (self.body.status, self.hand.status)

    @property
    def modes(self):
        return self.body.status.mode.value, self.hand.status.mode.value


@pytest.fixture
def pair(tmp_path, go2_hand, skills, kit):
    return Pair(tmp_path / "block", go2_hand, skills, kit)


def test_each_part_does_its_own_with_its_own_joints(pair):
    pair.work()
    body, hand = pair.body, pair.hand
    assert (body.status.part, body.status.skill) == ("body", "rise")
    assert (hand.status.part, hand.status.skill) == (HAND, "close_hand")
    assert body.channels.read_command().q.shape == (12,) and hand.channels.read_command().q.shape == (16,)
    assert body.channels.block.path != hand.channels.block.path
    assert set(body.core.bank.runners).isdisjoint(hand.core.bank.runners)
    assert body.channels.words.lease.owner == hand.channels.words.lease.owner == "control"
    states = body.channels.read_state(), hand.channels.read_state()
    assert states[1].sources["orientation"].name == "none" != states[0].sources["orientation"].name  # no IMU


def test_a_setpoint_for_another_part_is_refused(pair):
    pair.work()
    pair.hand.skill = ""
    weights = (SkillWeight("rise"),)
    pair.hand.channels.write_setpoint(SkillSetpoint("r/1", 99, pair.time + 9.0, "body", "plan", weights))
    pair.turn()
    assert pair.hand.status.mode is ControlMode.STANCE
    assert "for part 'body', this is 'right_hand'" in pair.hand.status.reason


@pytest.mark.parametrize("asked_through", ["body", "hand"])
def test_one_stop_stops_both_and_nothing_said_before_undoes_it(pair, asked_through):
    pair.work()
    before = pair.body.channels.flags().stop_count
    getattr(pair, asked_through).channels.common.request_stop("local")
    for part in (pair.body, pair.hand):
        weights = (SkillWeight(part.skill),)
        part.channels.write_setpoint(
            SkillSetpoint("r/1", 99, pair.time + 9.0, part.name, "plan", weights, stop_count=before)
        )
        part.skill = ""
    pair.turn()
    assert pair.modes == ("stance", "stance")
    assert (pair.body.status.reason, pair.hand.status.reason) == ("stop", "stop")
    assert pair.hand.status.skill == "hold_hand"  # a hand that was closing stays as it is


def test_one_emergency_stop_latches_both_and_one_reset_frees_both(pair):
    pair.work()
    pair.hand.channels.common.request_estop("ros")
    pair.turn()
    assert pair.modes == ("estop", "estop")
    assert all(part.channels.read_command().mode is CommandMode.DAMP for part in (pair.body, pair.hand))
    pair.turn(5)
    assert pair.modes == ("estop", "estop")  # both are asked all the time
    pair.body.skill = pair.hand.skill = ""
    pair.turn(60)
    pair.body.channels.common.request_reset("local")
    pair.turn()
    assert pair.modes == ("disarmed", "disarmed")


def test_an_error_in_one_part_latches_both_and_says_which(pair, monkeypatch):
    pair.work()

    def fails(*_):
        raise RuntimeError("no more fingers")

    with monkeypatch.context() as broken:
        broken.setattr(pair.hand.core._guards, "look", fails)
        pair.turn()
    pair.turn()
    assert pair.modes == ("estop", "estop")
    assert "no more fingers" in pair.hand.status.reason and not pair.hand.status.reason.startswith(HAND)
    assert pair.body.status.reason.startswith("right_hand: error in the control loop")
    pair.turn(5)
    assert pair.modes == ("estop", "estop")
    pair.hand.channels.common.request_reset("local")
    pair.turn(3)
    assert pair.modes == ("active", "active")  # it is asked with what is known of all stops


def test_a_part_that_a_guard_damps_has_the_other_take_its_stance_as_long_as_that_lasts(pair):
    pair.work()
    hot = {"temperature": np.full(16, 95.0)}
    pair.turn(60, hand=hot)
    assert pair.modes == ("stance", "damped")
    assert pair.body.status.reason.startswith("right_hand: joint_0.0 has 95 °C")
    pair.turn(150)
    assert pair.modes == ("active", "active")


def test_both_blind_at_once_do_not_keep_one_another_damped(pair):
    pair.work()
    for _ in range(2):  # a device of both that is late for a moment
        pair.time += 0.11
        pair.body.station.turn(pair.body.station.read(), pair.time, pair.time, LoopTiming())
        pair.hand.station.turn(pair.hand.station.read(), pair.time, pair.time, LoopTiming())
    assert pair.modes == ("damped", "damped")
    pair.turn(4)
    assert pair.modes == ("active", "active") or pair.modes == ("damped", "active"), pair.body.status
    assert "right_hand" not in pair.body.status.reason


def test_a_dead_control_process_damps_its_part_and_a_person_re_arms_all(pair, tmp_path, go2_hand, skills, kit):
    pair.work()
    words = pair.hand.channels.words
    me = ProcessIdentity.own()
    words.register("control", ProcessIdentity(me.pid, me.start - 1))
    words.set("control.active", 1)
    pair.body.channels.words.register("control", me)
    pair.body.channels.words.set("control.active", 1)
    pair.body.channels.words.beat("control", 100.0)
    assert pair.hand.supervisor.look(100.0) and not pair.body.supervisor.look(100.0)
    assert pair.hand.channels.read_command().mode is CommandMode.DAMP
    pair.time += 0.01
    pair.body.turn(pair.time)
    assert pair.body.status.mode is ControlMode.STANCE
    assert pair.body.status.reason == f"right_hand: control process {me.pid} is gone"
    assert pair.body.channels.words.lease.owner == "control"
    again = Part(tmp_path / "block", go2_hand, skills, HAND, kit)
    pair.hand, again.number = again, 1000
    pair.turn(3)
    assert "waits for a reset" in again.status.reason and pair.body.status.mode is ControlMode.STANCE
    again.skill = "open_hand"
    pair.body.channels.common.request_reset("ros")
    pair.turn(4)
    assert pair.modes == ("active", "active")
    assert pair.hand.status.skill == "open_hand"


def test_a_part_that_ends_in_order_is_no_death_but_the_other_does_not_go_on(pair):
    pair.work()
    pair.hand.channels.words.set("control.active", 0)
    pair.hand.station.end()
    assert pair.hand.channels.read_command().mode is CommandMode.DAMP
    pair.time += 0.01
    pair.body.turn(pair.time)
    assert pair.body.status.mode is ControlMode.STANCE
    assert pair.body.status.reason == "right_hand: its control process was ended"
