"""Control process and supervisor as real processes, with the peer's own controller at the joints."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fake_robot import DOMAIN
from unitree.control import PeerControl

from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from test.eventually import eventually

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0  # s until a state must have come, however busy the machine is
MODULES = {"control": "control_process", "supervisor": "supervisor_process"}

pytestmark = pytest.mark.e2e


class Stack:
    """Peer, control process and supervisor in a namespace of their own; the test plays the connector."""

    def __init__(self, folder):
        self.namespace = f"sport_{os.getpid()}"
        self.path = block_path(self.namespace, domain_of(os.environ), os.getuid())
        self.channels = RobotChannels.open(self.path, load_robot(ROOT / "urdf" / "go2"))
        self.processes, self.sequence, self.skill, self.goals = {}, 0, "", {}
        peer = [str(ROOT / "test" / "peers" / "unitree" / "peer.py"), "--walks", "--service", "normal"]
        self._start("peer", [*peer, "--domain", str(DOMAIN), "--control", str(folder / "control")], subprocess.PIPE)
        assert self.processes["peer"].stdout.readline().strip() == "ready"
        self.peer = PeerControl(folder / "control")
        for name in MODULES:
            self.start(name)

    def start(self, name):
        settings = json.dumps({"interface": "lo", "domain": DOMAIN})
        words = ["--robot", "go2", "--namespace", self.namespace, "--driver", "unitree_sport", "--control", "vendor"]
        module = f"skill_stack.controllers.processes.{MODULES[name]}"
        self._start(name, ["-m", module, *words, "--driver-settings", settings], None)

    def _start(self, name, words, output):
        self.processes[name] = subprocess.Popen([sys.executable, *words], stdout=output, text=True)

    def until(self, condition):
        """Renews the setpoint until a condition over the status holds."""

        def so():
            status = self.channels.read_status()
            if status is None or condition(status):
                return status
            if self.skill:
                self.sequence += 1
                weights, until, count = (SkillWeight(self.skill),), status.task_time + 0.5, status.stop_count
                self.channels.write_setpoint(
                    SkillSetpoint(f"r-{count}", self.sequence, until, "body", "plan", weights, self.goals, count)
                )

        return eventually(so, PATIENCE, else_=lambda: (self.channels.read_status(), self.peer.ask("report")))

    def does(self, what):
        """Whether the peer's controller does something."""
        return self.peer.ask("report")["doing"] == what

    def close(self):
        self.peer.close()
        for process in self.processes.values():
            process.kill()
            process.communicate()
        self.channels.close()
        remove_block(self.path)


@pytest.fixture
def stack(tmp_path):
    made = Stack(tmp_path)
    yield made
    made.close()


def test_rises_walks_and_is_damped_when_the_control_process_dies(stack):
    stack.until(lambda status: status.mode is ControlMode.DISARMED)
    assert stack.does("damp"), "nobody asked for anything yet"
    stack.skill = "rise"
    stack.until(lambda status: status.skill == "rise" and status.progress == 1.0)
    begin = stack.peer.ask("report")["path"]
    stack.skill, stack.goals = "walk", {"vx": 0.4}
    stack.until(lambda status: stack.peer.ask("report")["path"] > begin + 0.2)
    stack.processes["control"].send_signal(signal.SIGKILL)
    stack.skill = ""
    stack.until(lambda status: stack.does("damp"))
    assert "control process" in stack.until(lambda status: status.mode is ControlMode.DAMPED).reason


def test_an_orderly_end_leaves_the_robot_standing(stack):
    stack.until(lambda status: status.mode is ControlMode.DISARMED)
    stack.skill = "rise"
    stack.until(lambda status: status.skill == "rise" and status.progress == 1.0)
    stack.skill, stack.goals = "walk", {"vx": 0.4}
    stack.until(lambda status: stack.does("move"))
    stack.processes["control"].terminate()
    assert stack.processes["control"].wait(timeout=PATIENCE) == 0
    stack.skill = ""
    stack.until(lambda status: stack.does("stand"))
    assert stack.peer.ask("report")["service"] == "normal"
