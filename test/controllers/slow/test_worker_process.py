"""A network that computes for 0.3 s beside the loop of a walking robot: real processes, real shared memory."""

import hashlib
import os
import signal
import subprocess
import sys

import pytest
import yaml

from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_name import block_path, domain_of, truth_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.loop_summary import read_summary
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.core.shared_memory.slow_channel import slow_path
from skill_stack.core.shared_memory.slow_report import slow_reports
from test.eventually import eventually

from .conftest import chunks, rounds_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
MODULES = {
    "supervisor": "skill_stack.controllers.processes.supervisor_process",
    "simulator": "skill_stack.hardware.mujoco.simulator_process",
    "control": "skill_stack.controllers.processes.control_process",
    "worker": "skill_stack.controllers.slow.worker_process",
}
PATIENCE = 90.0
THINKS = 0.3  # s that the network computes for
MOST_TICKS = 11  # fewer than a loop of 50 Hz makes in that time, if it is not held up


class Stack:
    """A Go2 with a slow skill, in a namespace of its own; this class plays the connector."""

    def __init__(self, folder, overlay):
        self.goals = {}
        self.place = ("slow_worker", domain_of(os.environ), os.getuid())
        self.block = block_path(*self.place)
        remove_block(self.block)
        self.channels = RobotChannels.open(self.block, load_robot(folder / "urdf" / "go2"))
        self._environment = {**os.environ, "SKILL_STACK_PATH": str(overlay)}
        self.processes, self._sequence, self.skill = {}, 0, "rise"
        for name in MODULES:
            self.start(name)

    def start(self, name):
        command = [sys.executable, "-m", MODULES[name], "--robot", "go2", "--namespace", self.place[0]]
        command += ["--rearm", "auto"] if name == "control" else []
        self.processes[name] = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=self._environment)

    def until(self, condition, what):
        def so():
            status = self.channels.read_status()
            if status is None or condition(status):
                return status
            self._sequence += 1
            skills = (SkillWeight(self.skill),)
            self.channels.write_setpoint(
                SkillSetpoint(
                    f"r-{status.stop_count}", self._sequence, status.task_time + 1.0, "body", "plan", skills,
                    self.goals, status.stop_count,
                )  # fmt: skip
            )

        return eventually(so, PATIENCE, what, lambda: (slow_reports(self.block), self.channels.read_status()))

    def told(self, name):
        return self.reports()[self.skill].values[name]

    def reports(self):
        return {report.skill: report for report in slow_reports(self.block)}

    def used(self):
        return self.figure("used")

    def figure(self, name):
        return int(self.told(name))

    def end(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(20)
        remove_block(self.block)
        remove_block(truth_path(*self.place))


@pytest.fixture
def stack(go2_folder, tmp_path):
    skill = tmp_path / "models" / "go2" / "ponder"
    skill.mkdir(parents=True)
    data = yaml.safe_load((go2_folder / "models" / "go2" / "reach" / "skill.yaml").read_text())
    path = chunks(skill / "policy.onnx", size=9 + 6 * 3, steps=16, width=3, rounds=rounds_for(tmp_path, THINKS))
    data |= {"name": "ponder", "success": [], "provenance": {"recipe": "a test"}}
    data["policy"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    data["policy"]["manifest"]["action"]["scale"] = 0.0  # whatever it answers, the robot treads on the spot
    data["policy"]["manifest"]["chunk"] |= {"latency": 0.3}
    (skill / "skill.yaml").write_text(yaml.safe_dump(data))
    stack = Stack(go2_folder, tmp_path)
    yield stack
    stack.end()


def test_a_long_inference_delays_no_tick_and_a_dead_worker_leaves_the_fallback(stack) -> None:
    stack.until(lambda status: status.skill == "rise" and status.progress >= 1.0, "robot on its feet")
    before = read_summary(stack.channels.block.records["loop"])
    stack.skill = "ponder"
    stack.until(lambda status: status.skill == "ponder" and stack.figure("used") >= 4, "four answers that were used")
    assert stack.figure("ticks to the answer") >= MOST_TICKS, "the loop went on while the network computed"
    answers = stack.figure("asked") - stack.figure("overtaken questions")
    loop = stack.channels.block.records["loop"]
    told = loop.counter
    stack.until(lambda status: loop.counter > told, "word of the loop on its misses")
    after = read_summary(loop)
    missed = after.since_start.misses - (before.since_start.misses if before else 0)
    assert missed < MOST_TICKS * answers, "each inference that held the loop up would have cost that many ticks"

    worker = stack.processes["worker"]
    worker.send_signal(signal.SIGKILL)
    worker.wait(20)
    stack.until(lambda status: stack.told("drives") == "fallback", "fallback")
    status = stack.until(lambda status: status.mode is ControlMode.ACTIVE, "skill that is still in force")
    assert status.skill == "ponder" and status.tilt < 0.5
    assert not stack.reports()["ponder"].ok
    stack.start("worker")
    used = stack.figure("used")
    stack.until(lambda status: stack.figure("used") > used, "answer of the next worker")

    stack.processes["worker"].terminate()
    assert stack.processes["worker"].wait(20) == 0
    assert slow_path(stack.block, "ponder").exists()


@pytest.fixture
def planning(go2_folder, tmp_path):
    stack = Stack(go2_folder, tmp_path)
    yield stack
    stack.end()


def test_a_frozen_or_dead_planner_leaves_the_stance_and_plans_again(planning) -> None:
    stack = planning
    stack.until(lambda status: status.skill == "rise" and status.progress >= 1.0, "robot on its feet")
    stack.skill, stack.goals = "move_as_told", {"base_height": 0.25, "base_height_weight": 1.0}
    stack.until(lambda status: stack.used() >= 10, "ten plans that were used")
    worker = stack.processes["worker"]
    worker.send_signal(signal.SIGSTOP)
    status = stack.until(lambda status: stack.told("drives") == "fallback", "stance while the planner is frozen")
    assert status.skill == "move_as_told" and status.tilt < 0.5
    worker.send_signal(signal.SIGCONT)
    used = stack.used()
    stack.until(lambda status: stack.used() > used and stack.told("drives") == "policy", "plan after it")
    worker.send_signal(signal.SIGKILL)
    worker.wait(20)
    stack.until(lambda status: stack.told("drives") == "fallback", "stance without a planner")
    status = stack.until(lambda status: status.mode is ControlMode.ACTIVE, "skill that is still in force")
    assert status.skill == "move_as_told" and status.tilt < 0.5
    stack.start("worker")
    used = stack.used()
    stack.until(lambda status: stack.used() > used, "plan of the next worker")
