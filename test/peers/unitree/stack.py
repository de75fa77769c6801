"""RobotStack: control process and supervisor as real processes, the peer for a robot, and a small connector here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unitree.process import PeerProcess

from skill_stack.benchmarks.campaign.process_stack import LIFE, MODULES, ROBOT, ProcessStack
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillStatus, SkillWeight

RISEN = 120.0  # s that standing up may take, with processes that start and a built-in controller that lets go
BEGUN = 120.0  # s until processes that were started work; a busy machine takes its time
REPORTING = 2.0  # s that a report of the last fault may still take


class RobotStack(ProcessStack):
    """Use it as a context manager, within that of the peer.

    Attributes:
        peer: The robot.
        goals: Goal values of the skill that is asked for.
    """

    DRIVER, NAME, PART = "unitree", ROBOT, "body"

    def __init__(self, peer: PeerProcess, domain: int, part: str = "unitree", **settings: Any) -> None:
        """Chooses a place of its own; starts nothing.

        Args:
            peer: The robot.
            domain: DDS domain in which it is.
            part: Tells several of one process apart.
            settings: What the deployment says to the driver besides domain and interface.
        """
        super().__init__(part, self.NAME)
        self.peer = peer
        self.goals = {"vx": 0.3, "vy": 0.0, "wz": 0.6}
        self._known_stops = self._number = 0
        self._asked_at, self._wanted = -1.0, ""
        self._settings: Mapping[str, Any] = {"interface": "lo", "domain": domain, **settings}

    def __exit__(self, *error: object) -> None:
        """Ends all, those too who still write a report of the last fault."""
        super().__exit__(*error)
        end = time.monotonic() + REPORTING
        while self._others() and time.monotonic() < end:
            time.sleep(0.1)
        for pid in self._others():
            os.kill(pid, signal.SIGKILL)

    def _others(self) -> list[int]:
        """Processes that were started for this place."""
        place, found = self._namespace.encode(), []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if place in line.read_bytes().split(b"\0"):
                    found.append(int(line.parent.name))
            except OSError:  # ended meanwhile
                pass
        return found

    def start(self, name: str) -> None:
        """Starts one of them, or none in place of the simulator."""
        if name == "simulator":
            return
        command = [sys.executable, "-m", MODULES[name], "--robot", self.NAME, "--namespace", self._namespace]
        command += ["--driver", self.DRIVER, "--driver-settings", json.dumps(self._settings)]
        with (Path(self._logs.name) / name).open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def log(self, name: str) -> str:
        """What one of them said so far."""
        return (Path(self._logs.name) / name).read_text(errors="replace")

    def pid(self, name: str) -> int:
        """Process id of one of them."""
        return self._processes[name].pid

    def is_alive(self, name: str) -> bool:
        """Whether one of them runs."""
        return self._processes[name].poll() is None

    def _ask(self) -> None:
        """Plays the connector: asks for what the robot shall do, in the time of the newest status.

        It knows of the stops until a person last wanted the robot to walk, and not of those since: what was wanted
        before a stop must not go on.
        """
        status = self.status
        if not self._wanted or status.task_time == self._asked_at:
            return
        self._asked_at = status.task_time
        self._number += 1
        end, weights, known = status.task_time + LIFE, (SkillWeight(self._wanted),), self._known_stops
        self.channels.write_setpoint(
            SkillSetpoint(f"peer-{known}/1", self._number, end, self.PART, "plan", weights, self.goals, known)
        )

    def ask_for(self, skill: str) -> None:
        """From now on the connector asks for this skill, or for nothing when it is empty."""
        self._wanted = skill

    def reset(self) -> None:
        """A person has looked at the robot and re-arms it."""
        self.channels.words.request_reset("local")

    def walk(self, patience: float = RISEN) -> None:
        """Brings the robot to its feet if need be, and lets it walk.

        Raises:
            AssertionError: It did not come to that.
        """
        end = time.monotonic() + BEGUN
        while self.channels.status_counter == 0 and time.monotonic() < end:
            time.sleep(0.02)

        def walks() -> bool:
            status = self.status
            if self._walks(status):
                return True
            self._known_stops = status.stop_count
            if self._wanted != "walk" and status.skill == "rise" and status.progress >= 1.0:
                self._wanted = "walk"
            elif status.mode is not ControlMode.ACTIVE and self._wanted != "rise":
                self._wanted = "rise"
            elif not self._wanted:
                self._wanted = "walk"
            return False

        self.play_until(walks, patience, f"walking within {patience:g} s")
        self._wanted = "walk"

    @staticmethod
    def _walks(status: SkillStatus) -> bool:
        return (status.mode, status.skill) == (ControlMode.ACTIVE, "walk")
