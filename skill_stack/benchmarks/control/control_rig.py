"""The real control process alone, on a device simulated by this process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from skill_stack.benchmarks.control.sample_source import SampleSource, out_of_reach, towards, walk_setpoint
from skill_stack.benchmarks.stack.private_place import private_environment, private_namespace
from skill_stack.core.errors import SkillStackError, StaleData
from skill_stack.core.processes.limit_arguments import limit_arguments
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.block_name import block_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.core.skills.skill_library import load_library

SETPOINT_PERIOD = 0.05  # s
PATIENCE = 15.0  # s until it must walk
GRACE = 3.0  # s in which it must end when asked


class RigNotWalking(SkillStackError):
    """The control process did not start to walk; the message has its output."""


class ControlRig:
    """A control process that walks on samples from here. Use it as a context manager.

    Attributes:
        channels: The shared memory between the two.
        pid: Process id of the control process.
        said: What it said until its end.
    """

    def __init__(self, robot: str, extra_path: Path | None = None, part: str = "rig") -> None:
        """Prepares; starts nothing.

        Args:
            robot: Name of the robot.
            extra_path: Folder with robots and skills that is searched first.
            part: Distinguishes several rigs of one process.
        """
        self._environment: dict[str, str] = private_environment(os.environ, os.getpid())
        if extra_path is not None:
            known = self._environment.get("SKILL_STACK_PATH", "")
            self._environment["SKILL_STACK_PATH"] = os.pathsep.join(filter(None, [str(extra_path), known]))
        resources = Resources.from_environment(self._environment)
        self._robot = load_robot(resources.robot(robot))
        self._library = load_library(resources, self._robot)
        self._namespace = private_namespace(part)
        self._path = block_path(self._namespace, int(self._environment["ROS_DOMAIN_ID"]), os.getuid())
        self.said = ""
        self._ended = threading.Event()
        self._device = WorkerThread("device", self._be_device)

    def __enter__(self) -> ControlRig:
        """Starts the process and waits until it walks; raises NotWalking."""
        self.channels = RobotChannels.open(self._path, self._robot)
        self._process = _start(self._robot, self._namespace, self._environment)
        self.pid = self._process.pid
        self._device.start()
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process and removes the shared memory."""
        self._process.terminate()
        try:
            self.said = self._process.communicate(timeout=GRACE)[1]
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.said = self._process.communicate()[1]
        self._ended.set()
        self._device.join()
        self.channels.close()
        remove_block(self._path)

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            status = self.channels.read_status()
            if status is not None and status.mode is ControlMode.ACTIVE and status.skill == "walk":
                return
            time.sleep(0.02)
        self._process.terminate()
        said = self._process.communicate()[1]
        raise RigNotWalking(f"the control process of {self._robot.name} does not walk:\n{said[-800:]}")

    def _status(self) -> SkillStatus | None:
        try:
            return self.channels.read_status()
        except StaleData:
            return None

    def _be_device(self) -> None:
        """Plays the device: writes a sample in every period and setpoints at the connector's rate."""
        source, channels, begin = SampleSource(self._robot), self.channels, time.monotonic()
        period, asked, number = 1.0 / self._robot.control_rate, -1.0, 0
        deadline = begin
        while not self._ended.is_set():
            now = time.monotonic()
            task_time = now - begin
            channels.write_sample(replace(source.next(), stamp=now, task_time=task_time))
            if task_time >= asked + SETPOINT_PERIOD:
                asked, number = task_time, number + 1
                skill = towards("walk", self._library, self._status())
                channels.write_setpoint(walk_setpoint(number, task_time, skill=skill))
            deadline = max(deadline + period, now)
            time.sleep(max(0.0, deadline - time.monotonic()))


def _start(robot: RobotSpec, namespace: str, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "skill_stack.controllers.processes.control_process", "--robot", robot.name]
    command += ["--namespace", namespace, "--rearm", "auto", "--unsupervised"]
    command += limit_arguments(out_of_reach(robot), True)
    return subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
