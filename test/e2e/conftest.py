"""A whole running stack for tests: real processes, started by the command line as a person would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy")

from skill_stack.core.errors import StaleData
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.shared_memory.block_name import block_path, domain_of, truth_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.truth_channel import Truth, TruthChannel
from skill_stack.nodes.clients.client import TaskClient, TaskResult
from skill_stack.runtime.bringup.run_file import RunFile
from test.eventually import eventually

UP_PATIENCE = 150.0  # s; several suites may share the machine
COMMAND = [sys.executable, "-m", "skill_stack.cli"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder starts real processes."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


class Stack:
    """One deployment that is up.

    Attributes:
        namespace: Its ROS namespace.
        output: Where the bring-up writes.
    """

    def __init__(self, output: Path, *options: str, namespace: str = "", deployment: str = "go2_sim") -> None:
        self.namespace, self.output = namespace, output
        place = (namespace, domain_of(os.environ), os.getuid())
        self.block, self.run_file = block_path(*place), RunFile(block_path(*place))
        self._truth_path = truth_path(*place)
        self._robot = load_robot(Resources.from_environment(os.environ).robot("go2"))
        with output.open("wb") as file:
            command = [*COMMAND, "up", deployment, "--namespace", namespace, *options]
            self.process = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL)

    @property
    def text(self) -> str:
        """What the bring-up said so far."""
        return self.output.read_text()

    def wait_up(self) -> None:
        """Waits until everything works."""
        up = lambda: "is up" in self.text or self.process.poll() is not None  # noqa: E731
        eventually(up, UP_PATIENCE, "the stack", lambda: self.text)
        assert self.process.poll() is None, self.text
        self.channels = RobotChannels.open(self.block, self._robot)
        self.truth_channel = TruthChannel(self._truth_path)

    def pid(self, name: str) -> int:
        """Process id of one process, by its name in the deployment."""
        return self.run_file.noted()[name].pid

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Sends a signal to a process; gives its pid."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    @property
    def status(self) -> SkillStatus:
        """What the controller reports."""
        return eventually(self._read_status, 10, "a first status", lambda: self.text)

    def _read_status(self) -> SkillStatus | None:
        try:
            return self.channels.read_status()
        except StaleData:
            return None

    @property
    def truth(self) -> Truth:
        """What is really so in the simulation."""
        return eventually(self.truth_channel.read, 30, "a truth")

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One verb of the command line, in this namespace."""
        return subprocess.run(
            [*COMMAND, words[0], "--namespace", self.namespace, *words[1:]], capture_output=True, text=True, timeout=120
        )

    def parts(self) -> dict[str, tuple[bool, str]]:
        """What ``status`` says."""
        rows = json.loads(self.command("status", "--json").stdout)
        return {row["name"]: (row["ok"], row["reason"]) for row in rows}

    def wait_healthy(self) -> None:
        """Waits until every part works, also in the eyes of ``status``."""
        eventually(lambda: all(ok for ok, _ in self.parts().values()), 90, "a healthy stack", self.parts)

    def say(self, words: str, **options: Any) -> TaskResult:
        """Has words done; every step that ended was told."""
        ended: list[str] = []
        with TaskClient(self.namespace, **options) as client:
            result = client.do(words, lambda kind, text: ended.append(text) if kind == "step_ended" else None, "test")
        assert len(ended) >= len(result.steps), (ended, result)
        return result

    def walking(self) -> bool:
        """Whether the robot is on its way."""
        return self.status.skill == "walk" and float(np.linalg.norm(self.status.base_velocity[:2])) > 0.2

    def standing(self) -> bool:
        """Whether the robot really stands, upright and at rest."""
        truth = self.truth
        return bool(truth.position[2] > 0.24 and np.linalg.norm(truth.linear) < 0.1 and not truth.fallen)

    def asked(self) -> bool:
        """Whether the controller carries out a step of somebody."""
        return bool(self.status.request_id)

    def lying(self) -> bool:
        """Whether the robot really lies, at rest."""
        truth = self.truth
        return bool(truth.position[2] < 0.2 and np.linalg.norm(truth.linear) < 0.1)

    def lies_still(self, seconds: float = 1.0) -> bool:
        """Whether the robot lies now and goes on lying for a while; a sinking one pauses on its way down."""
        end = self.truth.task_time + seconds
        eventually(lambda: not self.lying() or self.truth.task_time > end, 30, "time that passes")
        return self.lying()

    def end(self) -> int:
        """Ctrl-C; the exit code. Asserts that nothing is left."""
        noted = list(self.run_file.noted().values())
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(90)
        self.assert_gone(noted)
        return code

    def assert_gone(self, noted: list[ProcessIdentity]) -> None:
        """No process and no file of the stack is left."""
        eventually(lambda: not any(process.alive for process in noted), 60, "the end of every process")
        assert not list(self.block.parent.glob(f"{self.block.name}*"))


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stack]]:
    """Starts stacks that end with the module."""
    started: list[Stack] = []

    def make(*options: str, **others: Any) -> Stack:
        started.append(Stack(tmp_path_factory.mktemp("up") / "output", *options, **others))
        return started[-1]

    yield make
    for stack in started:
        if stack.process.poll() is None:
            stack.end()


@pytest.fixture(scope="session")
def command_line() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a verb of the command line to its end."""

    def run(*words: str, seconds: float = 120, **environment: str | None) -> subprocess.CompletedProcess[str]:
        changed = {**os.environ, **{k: v for k, v in environment.items() if v is not None}}
        for name in [name for name, value in environment.items() if value is None]:
            changed.pop(name, None)
        return subprocess.run(
            [*COMMAND, *words], capture_output=True, text=True, timeout=seconds, env=changed, stdin=subprocess.DEVNULL
        )

    return run


@pytest.fixture(scope="session", name="until")
def _until() -> Callable[..., Any]:
    """Waits until something is so."""
    return eventually
