"""The supervisor against real processes that play the control process."""

import dataclasses
import functools
import io
import os
import signal
import subprocess
import sys
import time

import pytest

from skill_stack.controllers.control_core import ControlCore
from skill_stack.controllers.processes import supervisor_process
from skill_stack.controllers.processes.supervisor import Supervisor
from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, damping
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.block_name import SHARED_MEMORY
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.shared_memory.channels import RobotChannels
from test.eventually import eventually

BEATING = """
import sys, time
from pathlib import Path
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.block_file import WordBlock
words = WordBlock(Path(sys.argv[1])).words
words.take_lease("control")
words.register("control", ProcessIdentity.own())
words.beat("control", time.monotonic())
words.set("control.active", int(sys.argv[2]))
print("ready", flush=True)
while True:
    words.beat("control", time.monotonic())
    time.sleep(0.005)
"""
LIMIT = 0.5


@pytest.fixture
def channels(tmp_path, robot, library, kit):
    made = RobotChannels.open(tmp_path / "block", robot)
    core = ControlCore(robot, library)
    tick = core.tick(kit.upright(robot, 1, 0.0), None, Flags(), 0.0, 0.0)
    made.write_command(damping(robot.pose("default"), robot.column("damp_kd")))
    made.write_status(dataclasses.replace(tick.status, mode=ControlMode.ACTIVE, skill="walk"))
    yield made
    made.close()


@pytest.fixture
def supervisor(robot, channels):
    log = ProcessLog("supervisor", io.StringIO())
    return Supervisor(channels, lambda lease: open_driver(robot, "mujoco", channels, lease), LIMIT, log)


@pytest.fixture
def control(channels):
    yield from start(channels, 1)


def start(channels, active):
    command = [sys.executable, "-c", BEATING, str(channels.block.path), str(active)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def acts(supervisor, seconds):
    """Whether it acts within a time that passes in its looks alone: nobody's heart beats meanwhile."""
    begin, looks = time.monotonic(), round(seconds / supervisor.interval)
    return any(supervisor.look(begin + count * supervisor.interval) for count in range(looks))


def leaves_alone(supervisor, words, beats=20):
    """Whether it does nothing while the process lives: a look after every beat of its heart."""
    for _ in range(beats):
        seen = words.heartbeat("control")
        eventually(lambda seen=seen: words.heartbeat("control") > seen, what="a heartbeat")
        if supervisor.look(time.monotonic()):
            return False
    return True


def freeze(process):
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)


def assert_taken_over(channels, reason):
    words = channels.words
    assert words.lease.owner == "supervisor" and reason in words.tripped
    command = channels.read_command()
    assert command.mode is CommandMode.DAMP and not command.kp.any() and command.kd.all()
    assert words.flags().stop == 1 and not words.get("control.active")
    status = channels.read_status()
    assert (status.mode, status.skill, status.stop_count) == (ControlMode.DAMPED, "", 1) and reason in status.reason


def test_leaves_a_living_process_alone(supervisor, control, channels):
    assert leaves_alone(supervisor, channels.words)
    assert control.poll() is None and channels.words.lease.owner == "control"


def test_ends_a_frozen_process_and_damps(supervisor, control, channels):
    assert leaves_alone(supervisor, channels.words)
    freeze(control)
    assert acts(supervisor, 10 * LIMIT)
    assert control.wait(60) == -signal.SIGKILL
    assert_taken_over(channels, f"control process {control.pid} was silent")
    assert not acts(supervisor, LIMIT)


def test_damps_when_the_process_has_died(supervisor, control, channels):
    control.kill()
    control.wait()
    assert acts(supervisor, LIMIT)
    assert_taken_over(channels, f"control process {control.pid} is gone")


def test_a_process_that_has_never_driven_is_not_watched(supervisor, channels):
    for process in start(channels, 0):
        freeze(process)
        assert not acts(supervisor, 2 * LIMIT)
        assert process.poll() is None


def test_a_later_process_with_the_same_pid_is_left_alone(supervisor, channels):
    me = ProcessIdentity.own()
    channels.words.register("control", ProcessIdentity(me.pid, me.start - 1))
    channels.words.take_lease("control")
    channels.words.set("control.active", 1)
    assert supervisor.look(time.monotonic())  # and we still live
    assert_taken_over(channels, f"control process {os.getpid()} is gone")


def test_kept_waiting_itself_it_looks_twice(supervisor, control, channels):
    now = time.monotonic()
    supervisor.look(now)
    freeze(control)
    later = now + 10 * LIMIT  # both were suspended, say
    assert not supervisor.look(later)
    assert supervisor.look(later + supervisor.interval)


def test_restarted_in_the_middle_it_begins_again(supervisor, control, channels):
    """A supervisor died after it took the lease and before it ended the process."""
    channels.words.trip("silent before")
    channels.words.take_lease("supervisor")
    assert supervisor.look(time.monotonic())
    assert control.wait(60) == -signal.SIGKILL
    assert_taken_over(channels, "silent before")


def test_a_lease_that_was_lost_to_spoilt_memory_ends_damped(supervisor, control, channels):
    """The process heeds the lease and gives the robot up; nobody else has it, and its last command would stay."""
    channels.words.take_lease("supervisor")
    channels.words.set("control.active", 0)
    assert not supervisor.look(time.monotonic())
    assert supervisor.look(time.monotonic())
    assert control.wait(60) == -signal.SIGKILL
    assert_taken_over(channels, "lost its lease")
    assert not acts(supervisor, LIMIT)


def test_silence_just_beyond_the_limit_is_enough_and_just_below_is_not(supervisor, control, channels):
    """By a clock of its own, so that neither limit nor looks can be a multiple of what is declared."""
    freeze(control)
    beat, third = channels.words.heartbeat("control"), LIMIT / 3
    assert supervisor.interval <= third + 1e-9, "three looks within the limit"
    for looks in range(4):
        assert not supervisor.look(beat + 0.999 * looks * third), looks
    assert supervisor.look(beat + 1.001 * LIMIT)
    assert_taken_over(channels, "was silent for 0.50 s")


def test_a_heartbeat_from_the_future_is_none(supervisor, control, channels):
    freeze(control)
    now = channels.words.heartbeat("control") - 2 * LIMIT
    assert supervisor.look(now)


@pytest.mark.parametrize(("pace", "limit"), [("real_time", None), ("lock_step", supervisor_process.LOCK_STEP_LIMIT)])
def test_the_process_is_as_patient_as_the_robot_says(pace, limit, monkeypatch):
    """``safety.heartbeat_age`` of the robot in real time, whatever this machine is; longer in lock-step alone."""
    made = []

    class Watch:
        def __init__(self, supervisor, *_):
            made.append(supervisor)

        def turn(self, now):
            raise DataError("seen enough")

        def close(self):
            pass

    monkeypatch.setattr(supervisor_process, "SupervisorWatch", Watch)
    monkeypatch.setattr(supervisor_process, "enter_real_time", lambda _: [])
    name = f"patience_{os.getpid()}_{pace}"
    try:
        code = supervisor_process.main(["--robot", "go2", "--namespace", name, "--pace", pace, "--driver", "mujoco"])
    finally:
        for path in SHARED_MEMORY.glob(f"*{name}*"):
            path.unlink()
    resources = Resources.from_environment(os.environ)
    assert code == 1 and made
    assert made[0].limit == (limit or load_robot(resources.robot("go2"), resources).safety.heartbeat_age)


def test_a_process_that_ended_before_it_had_damped_is_noticed(supervisor, channels):
    """Killed on its way out, when it was not active any more but still had its lease."""
    for process in start(channels, 0):
        assert not acts(supervisor, LIMIT) and not supervisor.settled
        process.kill()
        process.wait()
        assert acts(supervisor, LIMIT)
    assert_taken_over(channels, "ended before it had damped")
    assert supervisor.settled and not acts(supervisor, LIMIT)


def test_who_gave_the_lease_back_needs_nobody_any_more(supervisor, channels):
    channels.words.register("control", ProcessIdentity(2**22 + 1, 1))
    channels.words.take_lease("control")
    assert not supervisor.settled
    channels.words.take_lease("nobody")
    assert supervisor.settled and not supervisor.look(time.monotonic())


def test_one_that_stands_by_acts_only_while_the_supervisor_is_silent(robot, control, channels, supervisor):
    log = ProcessLog("standby", io.StringIO())
    opener = functools.partial(open_driver, robot, "mujoco", channels)
    standby = Supervisor(channels, opener, LIMIT, log, standby=True)
    control.send_signal(signal.SIGSTOP)
    now = time.monotonic()
    for step in range(8):
        channels.common.beat("supervisor", now + step * standby.interval)
        assert not standby.look(now + step * standby.interval), "the supervisor lives; it will act"
    assert control.poll() is None
    silent = now + 8 * standby.interval
    while not standby.look(silent):
        silent += standby.interval
        assert silent < now + 20 * standby.interval
    assert control.wait(60) == -signal.SIGKILL
    assert_taken_over(channels, "was silent")
    assert channels.common.heartbeat("supervisor") < silent - LIMIT, "the control process is not to feel watched"
