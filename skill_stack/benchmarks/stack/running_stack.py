"""A whole stack for a benchmark: a private ROS domain and namespace, real processes, nothing left behind."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.benchmarks.stack.private_place import private_environment, private_namespace
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import MonitorConfig, load_deployment
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.runtime.bringup.bring_up import BringUp
from skill_stack.runtime.bringup.processes import describe
from skill_stack.runtime.bringup.run_file import RunFile

DEPLOYMENT = "go2_sim"
READY = 25.0  # s until the stack must work, so that a benchmark ends in time
CHECK = 0.5  # s between looks at the processes of the stack

Probe = subprocess.Popen[str]
"""A running ``skill_stack.nodes.clients.bench_probe``."""


class ProbeFailed(SkillStackError):
    """The ROS side of a benchmark failed; the message states why."""


@dataclass(frozen=True, slots=True)
class RunningStack:
    """A stack that is up.

    Attributes:
        robot: Its robot.
        namespace: Its ROS namespace.
        environment: Environment of its processes.
        channels: Its shared memory.
        pids: Process ids by name.
        up: The bring-up, which restarts processes that end.
        said: What the bring-up has reported so far, line by line.
    """

    robot: RobotSpec
    namespace: str
    environment: Mapping[str, str]
    channels: RobotChannels
    pids: dict[str, int]
    up: BringUp
    said: list[str]

    @contextmanager
    def probe(self, mode: str, seconds: float) -> Iterator[Probe]:
        """Runs ``skill_stack.nodes.clients.bench_probe`` meanwhile.

        Args:
            mode: What it does.
            seconds: How long it measures, s.
        """
        command = [sys.executable, "-m", "skill_stack.nodes.clients.bench_probe", mode]
        command += ["--namespace", self.namespace, "--seconds", str(seconds)]
        with piped(command, self.environment) as process:
            yield process

    def wait_for(self, probe: Probe, event: str, seconds: float) -> None:
        """Waits until a probe has said something; lines before it are dropped.

        Args:
            probe: The probe.
            event: Name of the event.
            seconds: Longest wait, s.

        Raises:
            ProbeFailed: It ended, or did not report that in time.
        """
        assert probe.stdout is not None
        deadline, said = time.monotonic() + seconds, b""
        while time.monotonic() < deadline and probe.poll() is None:
            self.up.poll()
            if select.select([probe.stdout], [], [], 0.1)[0]:
                said += os.read(probe.stdout.fileno(), 4096)
            if f'"{event}"'.encode() in said:
                return
        probe.kill()
        raise ProbeFailed(f"the ROS side of the benchmark did not get to '{event}': {probe.communicate()[1][-500:]}")

    def follow(self, probe: Probe, seconds: float, nap: float) -> Iterator[float]:
        """Yields the monotonic time again and again until a probe has ended or its time is over.

        Args:
            probe: The probe.
            seconds: Longest wait, s.
            nap: Pause between two checks, s.

        Raises:
            BringUpFailed: The stack broke down meanwhile.
            Interrupted: Someone asked to end.
        """
        end = checked = time.monotonic()
        end += seconds
        while probe.poll() is None and (now := time.monotonic()) < end:
            if now > checked + CHECK:
                checked = now
                self.up.poll()
            yield now
            time.sleep(nap)


@contextmanager
def piped(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A program whose output is read, and which is ended with the context.

    Args:
        command: The program and its arguments.
        environment: Its environment; None for that of this process.
    """
    pipe, own = subprocess.PIPE, None if environment is None else dict(environment)
    process = subprocess.Popen(command, env=own, stdout=pipe, stderr=pipe, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@contextmanager
def running_stack(
    monitor: bool = True,
    control_rate: float | None = None,
    ready: float = READY,
    more: Mapping[str, str] = {},
    name: str = DEPLOYMENT,
    driver_settings: Mapping[str, Any] | None = None,
) -> Iterator[RunningStack]:
    """Brings a robot up in real time, and ends it afterwards.

    Args:
        monitor: Whether the web monitor runs too.
        control_rate: Rate of the control loop, Hz; None for the robot's own.
        ready: Time until it must work, s.
        more: Further environment variables, e.g. a separate folder for its memory.
        name: Deployment.
        driver_settings: Settings of its driver in place of the deployment's; None leaves those.

    Raises:
        BringUpFailed: It does not come up; the message names the process and shows its last lines.
    """
    resources = Resources.from_environment(os.environ)
    environment = private_environment({**os.environ, **more}, os.getpid())
    namespace = private_namespace("stack")
    changes: dict[str, Any] = {
        "namespace": namespace,
        "monitor": MonitorConfig(enabled=monitor, port=0),
        "control_rate": control_rate,
        "driver_settings": None if driver_settings is None else dict(driver_settings),
    }
    deployment = load_deployment(resources.deployment(name), **changes)
    robot = load_robot(resources.robot(deployment.robot)).at_rate(control_rate)
    path = block_path(namespace, int(environment["ROS_DOMAIN_ID"]), os.getuid())
    said: list[str] = []
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as logs:
        up = BringUp(describe(deployment, resources), RunFile(path), Path(logs), environment, said.append)
        with up:
            up.wait_ready(ready)
            pids = {child.spec.name: child.identity.pid for child in up.children if child.identity is not None}
            channels = RobotChannels.open(path, robot)
            try:
                yield RunningStack(robot, namespace, environment, channels, pids, up, said)
            finally:
                channels.close()


def events_of(probe: Probe, seconds: float) -> list[dict[str, Any]]:
    """What a probe printed, once it has ended.

    Args:
        probe: The probe.
        seconds: How long it may still take, s.

    Raises:
        ProbeFailed: It did not end in time, or ended with an error.
    """
    try:
        output, errors = probe.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ProbeFailed("the ROS side of the benchmark did not end in time") from error
    if probe.returncode:
        raise ProbeFailed(f"the probe ended with exit code {probe.returncode}: {errors.strip()[-500:]}")
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]
