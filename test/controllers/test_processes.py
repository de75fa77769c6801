"""Control process, supervisor and simulator as real processes that meet in shared memory alone."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from skill_stack.core.joint_command import CommandMode
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_name import block_path, domain_of, truth_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.loop_summary import read_summary
from skill_stack.core.shared_memory.provider_note import read_notes
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from skill_stack.core.skill_origin import SkillOrigin, write_origin
from test.eventually import eventually

MODULES = {
    "simulator": "skill_stack.hardware.mujoco.simulator_process",
    "control": "skill_stack.controllers.processes.control_process",
    "supervisor": "skill_stack.controllers.processes.supervisor_process",
}
PATIENCE = 90.0


class Stack:
    """The three processes of a Go2 in a namespace of its own."""

    def __init__(self, namespace, go2_folder):
        self.place = (namespace, domain_of(os.environ), os.getuid())
        self.namespace = namespace
        self.robot = load_robot(go2_folder / "urdf" / "go2")
        self.channels = RobotChannels.open(block_path(*self.place), self.robot)
        self.processes = {}
        self.sequence = 0
        self.skill = ""

    def start(self, name, *arguments):
        command = [sys.executable, "-m", MODULES[name], "--robot", "go2", "--namespace", self.namespace, *arguments]
        self.processes[name] = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def until(self, condition, what):
        """Plays the connector until a condition over the status holds."""

        def so():
            status = self.channels.read_status()
            if status is not None and condition(status):
                return status
            if status is not None and self.skill:
                self.ask(status)

        return self.wait(so, what)

    def wait(self, condition, what):
        """Waits for anything else."""
        return eventually(condition, PATIENCE, what, self.channels.read_status)

    def freeze_active(self):
        """Freezes the control process while its last command drives; on a busy machine it may damp for a moment."""
        process = self.processes["control"]
        while True:
            self.until(lambda status: status.mode is ControlMode.ACTIVE, "active robot")
            process.send_signal(signal.SIGSTOP)
            self.wait(lambda: "State:\tT" in Path(f"/proc/{process.pid}/status").read_text(), "frozen process")
            if self.channels.read_command().mode is CommandMode.ACTIVE:
                return self.processes.pop("control")
            process.send_signal(signal.SIGCONT)

    def until_reason(self, reason):
        """Waits for a reason in the status, whatever its time."""
        self.wait(lambda: reason in self.channels.read_status().reason, reason)
        return self.channels.read_status()

    def ask(self, status):
        self.sequence += 1
        weights, until, count = (SkillWeight(self.skill),), status.task_time + 0.5, status.stop_count
        setpoint = SkillSetpoint(f"r-{count}", self.sequence, until, "body", "plan", weights, stop_count=count)
        self.channels.write_setpoint(setpoint)

    def end(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGCONT)
        process.terminate()
        _, text = process.communicate(timeout=PATIENCE)
        return process.returncode, text

    def close(self):
        for name in list(self.processes):
            process = self.processes.pop(name)
            process.kill()
            process.communicate()
        self.channels.close()
        remove_block(block_path(*self.place))
        remove_block(truth_path(*self.place))


@pytest.fixture
def stack(request, go2_folder):
    made = Stack(request.node.name.split("[")[0], go2_folder)
    yield made
    made.close()


@pytest.mark.e2e
@pytest.mark.parametrize(("driver", "runs"), [("mujoco", True), ("unitree_ros", False)])
def test_a_skill_in_quarantine_is_loaded_for_a_simulation_and_for_no_device(stack, overlay, go2_folder, driver, runs):
    folder = overlay / "models" / "go2" / "bow"
    shutil.copytree(go2_folder / "models" / "go2" / "sit", folder)
    text = (folder / "skill.yaml").read_text()
    (folder / "skill.yaml").write_text(text.replace("name: sit\n", "name: bow\n", 1))
    write_origin(folder, SkillOrigin(package="0" * 64, version="1.0", author="Ada", key="SHA256:x", installed="now"))
    stack.start("control", "--driver", driver)
    stack.wait(stack.channels.read_status, "a first status")
    code, text = stack.end("control")
    running = next(line for line in text.splitlines() if " at 50 Hz, " in line)
    loaded = running.rpartition(": ")[2].split(", ")
    assert code == 0 and "sit" in loaded and ("bow" in loaded) == runs
    assert ("skill 'bow' cannot run: it is in quarantine" in text) != runs


@pytest.mark.e2e
@pytest.mark.parametrize("rate", [50.0, pytest.param(500.0, marks=pytest.mark.slow)])
def test_lock_step_waits_for_controller_and_connector_and_ends_in_order(stack, rate):
    stack.start("simulator", "--pace", "lock_step", "--seed", "1", "--rate", str(rate))
    stack.start("control", "--pace", "lock_step", "--rate", str(rate))
    stack.until(lambda status: status.mode is ControlMode.DISARMED, "disarmed robot")
    stack.skill = "rise"
    stack.until(lambda status: status.progress >= 1.0, "risen robot")
    notes = read_notes(block_path(*stack.place))
    assert any("walk" in note.skills and note.provider and note.why for note in notes)
    held = stack.channels.read_setpoint().valid_until
    stack.wait(lambda: stack.channels.read_sample().task_time > held - 1 / rate + 1e-9, "the end of the setpoint")
    stack.wait(
        lambda: stack.channels.read_command().sample_sequence == stack.channels.read_sample().sequence, "the answer"
    )
    first = stack.channels.read_sample().task_time
    beat = stack.channels.words.heartbeat("simulator")
    stack.wait(lambda: stack.channels.words.heartbeat("simulator") > beat, "a simulator that looks and waits")
    assert stack.channels.read_sample().task_time == first <= held + 1e-6  # nobody extends the setpoint
    assert stack.channels.read_sample().sequence == pytest.approx(
        first * rate + 1, abs=1.5
    )  # one sample for each period
    stack.channels.words.request_stop("local")  # is heeded although time stands still
    stack.skill = ""
    assert stack.until_reason("stop").mode is ControlMode.STANCE
    assert stack.channels.read_sample().task_time == first
    truth = TruthChannel(truth_path(*stack.place)).read()
    assert truth.position[2] > 0.25 and not truth.fallen
    code, text = stack.end("control")
    assert code == 0 and "the robot is damped" in text
    assert stack.channels.read_command().mode is CommandMode.DAMP
    assert stack.end("simulator")[0] == 0


@pytest.mark.e2e
@pytest.mark.parametrize("rate", [pytest.param("50", marks=pytest.mark.slow), "500"])
def test_a_frozen_control_process_is_ended_and_a_person_re_arms(stack, rate):
    stack.start("supervisor", "--rate", rate)
    stack.start("simulator", "--rate", rate)
    stack.start("control", "--rate", rate)
    stack.skill = "rise"
    stack.until(lambda status: status.mode is ControlMode.ACTIVE, "active robot")
    loop = stack.channels.block.records["loop"]
    stack.wait(lambda: loop.counter, "word on how punctual the loop is")
    summary = read_summary(loop).since_start
    assert summary.ticks and 0.0 < summary.duration.p50 <= summary.duration.p99 <= summary.duration.worst
    stack.until(lambda status: status.mode is ControlMode.ACTIVE, "robot that is still active")
    frozen = stack.processes.pop("control")
    frozen.send_signal(signal.SIGSTOP)
    assert frozen.wait(PATIENCE) == -signal.SIGKILL
    frozen.communicate()
    stack.wait(lambda: not stack.channels.words.get("control.active"), "a supervisor that has taken over")
    command = stack.channels.read_command()
    assert command.mode is CommandMode.DAMP and not command.kp.any() and command.kd.all()
    assert f"control process {frozen.pid} was silent" in stack.channels.words.tripped
    stack.start("control", "--rate", rate)
    status = stack.until(lambda status: "waits for a reset" in status.reason, "robot that waits")
    assert status.mode is ControlMode.DISARMED and stack.channels.words.lease.owner == "supervisor"
    stack.channels.words.request_reset("local")
    stack.until(lambda status: status.mode is ControlMode.ACTIVE, "robot that is active again")
    assert stack.end("supervisor")[0] == 0


@pytest.mark.e2e
def test_in_lock_step_too_a_person_re_arms_while_time_stands_still(stack):
    stack.start("simulator", "--pace", "lock_step")
    stack.start("control", "--pace", "lock_step")
    stack.skill = "rise"
    stack.until(lambda status: status.progress > 0.1, "rising robot")
    killed = stack.processes.pop("control")
    killed.kill()
    killed.communicate()
    stack.start("control", "--pace", "lock_step")
    stack.until_reason("waits for a reset")
    stack.channels.words.request_reset("local")
    stack.until_reason("stop")
    stack.ask(stack.channels.read_status())
    stack.until(lambda status: status.progress > 0.1, "rising robot")


@pytest.mark.e2e
def test_what_a_dead_process_left_driving_is_damped_before_the_next_one_begins(stack):
    stack.start("simulator")
    stack.start("control", "--unsupervised")
    stack.skill = "rise"
    killed = stack.freeze_active()
    killed.kill()
    killed.communicate()
    assert stack.channels.read_command().mode is CommandMode.ACTIVE  # nobody took it back
    truth = TruthChannel(truth_path(*stack.place))
    stack.wait(lambda: not truth.read().driven, "a device that damps by itself")
    assert truth.read().oldest < 0.1
    stack.start("control", "--rearm", "person")
    stack.until(lambda status: "is gone; waits for a reset" in status.reason, "robot that waits")
    assert stack.channels.read_command().mode is CommandMode.DAMP


@pytest.mark.e2e
@pytest.mark.parametrize(
    "name, arguments, message",
    [
        ("control", ["--robot", "g3"], "there is no robot 'g3'. Available:"),
        ("supervisor", ["--robot", "g3"], "there is no robot 'g3'"),
        ("simulator", ["--scene", "moon"], "there is no scene 'moon'. Available:"),
        ("simulator", ["--seed", "-1"], "seed -1 is negative"),
        ("control", ["--driver", "can"], "there is no driver of go2 'can'"),
    ],
)
def test_says_what_would_have_worked(stack, name, arguments, message):
    stack.start(name, *arguments)
    process = stack.processes.pop(name)
    _, text = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1 and message in text and "Traceback" not in text


@pytest.mark.e2e
def test_one_control_process_at_a_time(stack):
    stack.start("control")
    stack.until(lambda status: status.mode is ControlMode.STARTING, "first process")
    first = stack.processes.pop("control")
    stack.start("control")
    process = stack.processes.pop("control")
    _, text = process.communicate(timeout=PATIENCE)
    stack.processes["control"] = first
    assert process.returncode == 1 and f"control process {first.pid} drives this robot already" in text
