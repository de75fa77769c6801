"""ChildProcess: one started process of a deployment, its log and its restarts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from skill_stack.core.processes.heartbeat import VARIABLE
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.runtime.bringup.liveness import Liveness
from skill_stack.runtime.bringup.log_file import LogFile
from skill_stack.runtime.bringup.process_security import enclave_of
from skill_stack.runtime.bringup.processes import ProcessSpec

BACKOFF = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)  # s before the n-th restart in a row
HEALTHY = 30.0  # s of life after which the restarts before no longer count


def command_line(spec: ProcessSpec, tether: int) -> list[str]:
    """The command that starts a process by hand, with the present interpreter.

    Args:
        spec: The process.
        tether: Process that an attached child must not outlive.
    """
    run = [sys.executable, "-m"]
    run += [spec.module] if spec.detached else ["skill_stack.runtime.bringup.die_with_parent", str(tether), spec.module]
    return [*run, *spec.arguments, *(ros_arguments(spec) if spec.ros else [])]


def ros_arguments(spec: ProcessSpec) -> list[str]:
    """Name, namespace, enclave and parameters as ROS takes them on a command line."""
    out = ["--ros-args", "--disable-external-lib-logs", "-r", f"__node:={spec.name}"]
    out += ["--enclave", enclave_of(spec.namespace, spec.name)]
    if spec.namespace:
        out += ["-r", f"__ns:=/{spec.namespace}"]
    for name, value in spec.parameters.items():
        out += ["-p", f"{name}:={json.dumps(value)}"]
    return out


class ChildProcess:
    """A process and its state.

    Attributes:
        spec: What it is.
        log: Its output.
        ready: Whether it said that it works since it was last started.
        about: What it said besides, on the same line.
        restarts: How often it was started again.
        due: Monotonic time at which it is started again, s; 0 while it runs.
        frozen: Why it counts as frozen, as last looked at; empty while it works.
    """

    def __init__(self, spec: ProcessSpec, folder: Path) -> None:
        """Names the log; starts nothing."""
        self.spec = spec
        self.log = LogFile(folder / f"{spec.name}.log")
        self.ready = False
        self.about = ""
        self.restarts = 0
        self.due = 0.0
        self.frozen = ""
        self._life: Liveness | None = None
        self._in_a_row = 0
        self._began = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str], now: float) -> None:
        """Starts the process in its own session, so that it does not get the terminal's Ctrl-C.

        Args:
            environment: Its environment.
            now: Monotonic time, s.
        """
        self._listen()
        handed = {} if self._life is None else {VARIABLE: str(self._life.descriptor)}
        with self.log.path.open("ab") as output:
            self._process = subprocess.Popen(
                command_line(self.spec, os.getpid()),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**environment, **handed},
                pass_fds=[int(number) for number in handed.values()],
                start_new_session=True,
            )
        if self._life is not None:
            self._life.handed_over()
        self.ready, self.due, self._began = False, 0.0, now

    def _listen(self) -> None:
        """Creates a new heartbeat pipe, where this process is watched by its parent."""
        self.stop_listening()
        self.frozen = ""
        self._life = Liveness(self.spec.patience) if self.spec.patience else None

    def stop_listening(self) -> None:
        """Closes the heartbeat pipe."""
        if self._life is not None:
            self._life.close()
        self._life = None

    def look(self, now: float) -> bool:
        """Checks whether it is frozen; see :attr:`frozen`.

        Args:
            now: Monotonic time, s.

        Returns:
            Whether that has changed.
        """
        if self._life is None or self._process is None or self._process.poll() is not None:
            return False
        was = self.frozen
        self.frozen = self._life.look(self._process.pid, now)
        return bool(was) != bool(self.frozen)

    def kill(self) -> None:
        """Kills it; a process stopped by a signal responds to nothing else."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        self.stop_listening()

    @property
    def identity(self) -> ProcessIdentity | None:
        """The living process, or None."""
        return ProcessIdentity.from_pid(self._process.pid) if self._process and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """Exit code (negative: the signal that ended it), or None while it runs or before it was started."""
        return self._process.poll() if self._process else None

    def plan_restart(self, now: float) -> float:
        """Records that the process died and must be restarted.

        Args:
            now: Monotonic time, s.

        Returns:
            Seconds until then; longer after every death in a row.
        """
        self._in_a_row = 0 if now - self._began > HEALTHY else self._in_a_row
        wait = BACKOFF[min(self._in_a_row, len(BACKOFF) - 1)]
        self._in_a_row += 1
        self.restarts += 1
        self.ready, self.due = False, now + wait + 1e-9
        self._process = None
        self.stop_listening()
        return wait

    def read(self) -> list[str]:
        """New lines of the log; detects the one that reports readiness."""
        lines = self.log.new_lines()
        for line in lines:
            if self.spec.ready and self.spec.ready in line:
                self.ready, self.about = True, _detail(line.split(self.spec.ready, 1)[1])
        return lines


def _detail(rest: str) -> str:
    """Text that a process adds to its ready line after a colon, an address for example."""
    return rest.rstrip() if rest.startswith(":") else ""
