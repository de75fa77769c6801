"""Two control processes at different rates, one simulated robot and one supervisor, without ROS."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from skill_stack.core.errors import StaleData
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_name import block_path, domain_of, part_paths, truth_path
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from test.eventually import eventually

MODULES = {
    "simulator": "skill_stack.hardware.mujoco.simulator_process",
    "control": "skill_stack.controllers.processes.control_process",
    "supervisor": "skill_stack.controllers.processes.supervisor_process",
}
PATIENCE = 60.0
HAND = "right_hand"
FIST_AT = 1.0  # rad, of the proximal finger joints

pytestmark = pytest.mark.e2e


class Robot:
    """A Go2 with a hand, in a namespace of its own; this class plays the connector of both parts."""

    def __init__(self, namespace, folder, pace):
        self.place = (namespace, domain_of(os.environ), os.getuid())
        self._command = ["--robot", "go2_hand", "--namespace", namespace, "--pace", pace]
        robot = load_robot(folder / "urdf" / "go2_hand")
        self.channels = {part: RobotChannels.open(block_path(*self.place), robot, part) for part in robot.parts}
        self.processes = {}
        self.skills = {}
        self._sequence = 0
        self._lock_step = pace == "lock_step"
        self.start("supervisor", "supervisor")
        self.start("simulator", "simulator")
        self.start_part("body")
        self.start_part(HAND)

    @property
    def words(self) -> BlockWords:
        return self.channels["body"].common

    def start(self, name, module, *arguments):
        command = [sys.executable, "-m", MODULES[module], *self._command, *arguments]
        self.processes[name] = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def start_part(self, part):
        self.start(part, "control", "--part", part)

    def status(self, part):
        try:
            return self.channels[part].read_status()
        except StaleData:
            return None

    def until(self, condition, what):
        """Plays the connector until a condition over the statuses of body and hand holds."""

        def so():
            body, hand = self.status("body"), self.status(HAND)
            if body is None or hand is None:
                return None
            if condition(body, hand):
                return body, hand
            self._ask(body)
            self._ask(hand)

        return eventually(so, PATIENCE, what, lambda: (self.status("body"), self.status(HAND)))

    def _ask(self, status):
        skill = self.skills.get(status.part)
        if not skill and not self._lock_step:
            return
        self._sequence += 1
        weights = (SkillWeight(skill),) if skill else ()
        self.channels[status.part].write_setpoint(
            SkillSetpoint(
                f"r-{status.stop_count}", self._sequence, status.task_time + 0.5, status.part, "plan", weights,
                stop_count=status.stop_count,
            )  # fmt: skip
        )

    def finger(self):
        """Mean angle of the three fingers' proximal joints, rad."""
        return float(np.mean(self.channels[HAND].read_sample().position[[1, 5, 9]]))

    def stand_with_a_fist(self):
        self.skills = {"body": "rise", HAND: "close_hand"}
        self.until(lambda body, hand: body.progress >= 1.0 and hand.progress >= 1.0, "standing robot with a fist")
        self.skills["body"] = "stand"
        self.until(lambda body, hand: body.skill == "stand", "balance")

    def end(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGCONT)
        process.terminate()
        _, text = process.communicate(timeout=20)
        return process.returncode, text

    def close(self):
        for process in self.processes.values():
            process.kill()
            process.communicate()
        for channels in self.channels.values():
            channels.close()
        remove_block(block_path(*self.place))
        remove_block(truth_path(*self.place))


@pytest.fixture
def start(request, go2_folder):
    made = []

    def make(pace):
        made.append(Robot(request.node.name.split("[")[0][:40], go2_folder, pace))
        return made[-1]

    yield make
    for robot in made:
        robot.close()


def test_one_stop_for_both_and_a_dead_part_damps_alone(start):
    robot = start("real_time")
    robot.stand_with_a_fist()
    assert robot.finger() > FIST_AT
    truth = TruthChannel(truth_path(*robot.place)).read()
    assert truth.position[2] > 0.25 and not truth.fallen

    robot.words.request_stop("local")  # one word for both
    robot.skills = {}
    body, hand = robot.until(lambda b, h: b.mode is h.mode is ControlMode.STANCE, "stance of both")
    assert (body.reason, hand.reason) == ("stop", "stop")
    robot.skills = {"body": "stand", HAND: "close_hand"}
    robot.until(lambda b, h: b.mode is h.mode is ControlMode.ACTIVE, "both at work again")

    killed = robot.processes.pop(HAND)
    killed.kill()
    killed.communicate()
    body, _ = robot.until(lambda b, h: b.mode is ControlMode.STANCE and h.mode is ControlMode.DAMPED, "damped hand")
    assert body.reason == f"right_hand: control process {killed.pid} is gone"
    command = robot.channels[HAND].read_command()
    assert command.mode is CommandMode.DAMP and not command.kp.any() and command.kd.all()
    assert robot.channels["body"].read_command().kp.any()
    robot.start_part(HAND)
    robot.until(lambda b, h: "waits for a reset" in h.reason, "hand that waits")
    assert robot.status("body").mode is ControlMode.STANCE
    robot.words.request_reset("local")
    robot.until(lambda b, h: b.mode is h.mode is ControlMode.ACTIVE, "both at work again")
    assert not TruthChannel(truth_path(*robot.place)).read().fallen

    robot.words.request_estop("local")
    robot.until(lambda b, h: b.mode is h.mode is ControlMode.ESTOP, "emergency stop of both")
    assert all(each.read_command().mode is CommandMode.DAMP for each in robot.channels.values())
    robot.words.request_reset("local")
    robot.skills = {}
    robot.until(lambda b, h: b.mode not in (ControlMode.ESTOP,) and h.mode is not ControlMode.ESTOP, "reset of both")
    for name in ("supervisor", "body", HAND, "simulator"):
        code, text = robot.end(name)
        assert code == 0, text
        if name in ("body", HAND):
            assert f"go2_hand.{name} at {'50' if name == 'body' else '100'} Hz" in text


def test_in_lock_step_every_part_gets_its_samples_at_its_own_rate(start):
    robot = start("lock_step")
    robot.stand_with_a_fist()
    counts = {part: (channels.read_status().task_time, channels.command_counter)
              for part, channels in robot.channels.items()}  # fmt: skip
    robot.until(lambda b, h: b.task_time > counts["body"][0] + 1.0, "one more second")
    rates = {}
    for part, channels in robot.channels.items():
        now, commands = channels.read_status().task_time, channels.command_counter
        rates[part] = (commands - counts[part][1]) / (now - counts[part][0])
    assert rates["body"] == pytest.approx(50.0, rel=0.1) and rates[HAND] == pytest.approx(100.0, rel=0.1)
    assert robot.finger() > FIST_AT
    body, hand = (robot.channels[part].read_sample() for part in ("body", HAND))
    assert body.foot_force.all() and not hand.foot_force.size and hand.odometry is None
    assert hand.orientation.tolist() == [1.0, 0.0, 0.0, 0.0] and not hand.angular_velocity.any()
    assert len(part_paths(block_path(*robot.place))) == 1
