"""ProcessStack: simulator, control process and supervisor as real processes, with a small connector here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from skill_stack.benchmarks.stack.private_place import private_environment, private_namespace
from skill_stack.core.errors import StaleData
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillStatus, SkillWeight
from skill_stack.core.shared_memory.block_name import block_path, truth_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block

ROBOT = "go2"
MODULES = {
    "supervisor": "skill_stack.controllers.processes.supervisor_process",
    "simulator": "skill_stack.hardware.mujoco.simulator_process",
    "control": "skill_stack.controllers.processes.control_process",
}
WORKER = {"worker": "skill_stack.controllers.slow.worker_process"}
"""What answers for slow skills; started by those who need it."""
PATIENCE = 60.0  # s until a process that was started works
GRACE = 3.0  # s to end when asked
LIFE, NAP = 0.5, 0.005  # s
CIRCLE = {"vx": 0.3, "wz": 0.6}  # m/s, rad/s
UPRIGHT = 0.6  # cosine of the tilt of a robot that can rise: its limit is 1 rad


class ProcessStack:
    """Use it as a context manager.

    Attributes:
        channels: The shared memory.
        skill: The skill that the connector requests; none when empty.
        goals: Its goal values, SI.
    """

    def __init__(self, part: str = "faults", robot: str = ROBOT) -> None:
        """Chooses its own namespace; starts nothing.

        Args:
            part: Distinguishes several stacks of one process.
            robot: Name of the robot.
        """
        self._environment = private_environment(os.environ, os.getpid())
        self._namespace = private_namespace(part)
        self._place = (self._namespace, int(self._environment["ROS_DOMAIN_ID"]), os.getuid())
        self._robot = load_robot(Resources.from_environment(os.environ).robot(robot))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._sequence = 0
        self._written = -1.0
        self.skill = ""
        self.goals = dict(CIRCLE)

    def __enter__(self) -> ProcessStack:
        """Starts all three."""
        self._logs = tempfile.TemporaryDirectory(prefix="skill-stack-faults-")
        self.channels = RobotChannels.open(block_path(*self._place), self._robot)
        for name in MODULES:
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        """Ends all and removes the shared memory."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self._processes.values():
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.channels.close()
        remove_block(block_path(*self._place))
        remove_block(truth_path(*self._place))
        self._logs.cleanup()

    def start(self, name: str) -> None:
        """Starts one of them, or the worker, with its output in a file."""
        command = [sys.executable, "-m", {**MODULES, **WORKER}[name], "--robot", self._robot.name]
        command += ["--namespace", self._namespace]
        with (Path(self._logs.name) / name).open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self, name: str, number: signal.Signals) -> None:
        """Sends a signal to one of them."""
        self._processes[name].send_signal(number)
        if number is signal.SIGKILL:
            self._processes[name].wait()

    def again(self, name: str) -> None:
        """Restarts one that was ended, and re-arms as a person would."""
        self._processes[name].wait(PATIENCE)
        self.start(name)
        self.channels.words.request_reset("local")
        self._until(lambda: "waits for a reset" in self.status.reason or self._awake, PATIENCE, "a new control process")
        self.channels.words.request_reset("local")

    def wait_supervised(self) -> None:
        """Waits until the supervisor that was started last watches the control process."""
        pid, words = self._processes["supervisor"].pid, self.channels.words
        seen = words.heartbeat("supervisor")
        self.play_until(
            lambda: words.registered("supervisor").pid == pid and words.heartbeat("supervisor") > seen,
            PATIENCE,
            "a new supervisor",
        )

    @property
    def _awake(self) -> bool:
        return self.channels.words.lease.owner == "control"

    @property
    def status(self) -> SkillStatus:
        """Last status of the controller; raises AssertionError without one."""
        for _ in range(1000):
            try:
                found = self.channels.read_status()
            except StaleData:
                found = None
            if found is not None:
                return found
            time.sleep(0.001)
        raise AssertionError("no status")

    def expect(self, is_so: bool, what: str) -> None:
        """Raises AssertionError, with the status, when a condition does not hold."""
        if not is_so:
            status = self.status
            raise AssertionError(f"not so: {what} ({status.mode.value} '{status.reason}')")

    def assert_alive(self, *names: str) -> None:
        """Raises AssertionError when one has ended."""
        for name in names:
            self.expect(self._processes[name].poll() is None, f"{name} lives")

    def _ask(self) -> None:
        """Plays the connector: requests a skill, in the time of the newest status."""
        status = self.status
        if not self.skill or status.task_time == self._written:
            return
        self._written = status.task_time
        self._sequence += 1
        weights, goals = (SkillWeight(self.skill),), self.goals
        self.channels.write_setpoint(
            SkillSetpoint(f"faults-{status.stop_count}/1", self._sequence, status.task_time + LIFE, "body", "plan",
                          weights, goals, status.stop_count)
        )  # fmt: skip

    def play(self, seconds: float) -> None:
        """Plays the connector for a while, s."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._ask()
            time.sleep(NAP)

    def play_until(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        """Plays the connector until a condition holds; raises AssertionError when that takes too long."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                self.expect(False, what)
            self._ask()
            time.sleep(NAP)

    def _until(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        """Waits without a setpoint."""
        skill, self.skill = self.skill, ""
        self.play_until(done, seconds, what)
        self.skill = skill

    @property
    def is_sound(self) -> bool:
        """Whether every process runs and the robot is not on its side."""
        return self.is_upright and all(process.poll() is None for process in self._processes.values())

    @property
    def is_upright(self) -> bool:
        """Whether the robot is not on its side, so that it can rise."""
        try:
            state = self.channels.read_state()
        except StaleData:
            return False
        return state is not None and bool(-state.projected_gravity[2] > UPRIGHT)

    def wait_active(self, patience: float = PATIENCE) -> None:
        """Brings the robot to its feet and lets it walk in a circle.

        Args:
            patience: How long each of the two may take, s.
        """
        self.goals = dict(CIRCLE)
        end = time.monotonic() + patience
        while self.channels.status_counter == 0 and time.monotonic() < end:
            time.sleep(0.02)
        if self.status.mode is not ControlMode.ACTIVE:
            self.skill = "rise"
            up = "a risen robot"
            self.play_until(lambda: self.status.skill == "rise" and self.status.progress >= 1.0, patience, up)
        self.skill = "walk"
        self.wait_supervised()
        self.play_until(lambda: (self.status.mode, self.status.skill) == (ControlMode.ACTIVE, "walk"), patience, "walk")
        self.play(0.3)
