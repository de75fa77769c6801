"""BroughtUpStack: the same three processes under a bring-up, which restarts and ends them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

from skill_stack.benchmarks.campaign.process_stack import PATIENCE, ProcessStack
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.block_name import block_path, truth_path
from skill_stack.core.shared_memory.block_words import Process
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.core.shared_memory.truth_channel import Truth, TruthChannel
from skill_stack.runtime.bringup.run_file import GUARD, RunFile
from skill_stack.runtime.bringup.shutdown import GRACE, GUARD_WITHIN, end_processes, end_stack

MODULE = "skill_stack.benchmarks.campaign.small_bring_up"
TETHERED = "skill_stack.runtime.bringup.die_with_parent"
BRING_UP = "bring-up"
ROLES: dict[str, Process] = {"control": "control", "supervisor": "supervisor", "simulator": "simulator"}
END_WITHIN = 3 * GRACE + GUARD_WITHIN
"""Time limit for the end of everything, s: the sum of its bounds."""


class BroughtUpStack(ProcessStack):
    """Processes are looked up by role in shared memory, since the bring-up restarts dead ones.

    Attributes:
        truths: What is really so.
    """

    def __init__(self, part: str = "faults", safety: Mapping[str, float] = {}) -> None:
        """Chooses its own namespace; starts nothing.

        Args:
            part: Distinguishes several stacks of one process.
            safety: Limits in place of the robot's, looser ones too.
        """
        super().__init__(part)
        self._safety = json.dumps(dict(safety))

    def __enter__(self) -> BroughtUpStack:
        """Starts the bring-up."""
        self._logs = tempfile.TemporaryDirectory(prefix="skill-stack-faults-")
        self.block = block_path(*self._place)
        with open(f"{self._logs.name}/{BRING_UP}", "wb") as log:
            self._processes[BRING_UP] = subprocess.Popen(
                [sys.executable, "-m", TETHERED, str(os.getpid()), MODULE, self._namespace, self._logs.name,
                 self._safety],
                env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not (self.block.exists() and truth_path(*self._place).exists()):  # who made the block is of its stack
            assert time.monotonic() < end, "no simulator"
            time.sleep(0.01)
        self.channels = RobotChannels.open(self.block, self._robot)
        self.truths = TruthChannel(truth_path(*self._place))
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the remaining processes and removes the shared memory."""
        process = self._processes[BRING_UP]
        if process.poll() is None:
            self.send(BRING_UP, signal.SIGCONT)
            self.send(BRING_UP, signal.SIGINT)
        try:
            process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        end_processes(RunFile(self.block).leftover_processes())
        self.channels.close()
        self.truths.close()
        remove_block(self.block)
        remove_block(truth_path(*self._place))
        RunFile(self.block).path.unlink(missing_ok=True)
        self._logs.cleanup()

    def identity(self, name: str) -> ProcessIdentity:
        """The present process of a role."""
        return self.channels.words.registered(ROLES[name])

    def send(self, name: str, number: signal.Signals) -> None:
        """Sends a signal to the process of a role, or to the bring-up; does not wait."""
        pid = self._processes[BRING_UP].pid if name == BRING_UP else self.identity(name).pid
        if pid:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    @property
    def truth(self) -> Truth:
        """The present simulator truth."""
        while (found := self.truths.read()) is None:
            time.sleep(0.001)
        return found

    def wait_supervised(self) -> None:
        """Waits until a living supervisor watches a living control process."""
        words = self.channels.words
        self.play_until(
            lambda: all(self.identity(name).alive for name in ROLES)
            and time.monotonic() - words.heartbeat("supervisor") < 1.0,
            PATIENCE,
            "a supervised control process",
        )

    @property
    def is_sound(self) -> bool:
        """Whether the bring-up runs and the robot is not on its side."""
        return self._processes[BRING_UP].poll() is None and self.is_upright

    def end_left(self) -> None:
        """Ends what a killed bring-up left, as the next one does."""
        file = RunFile(self.block)
        end_stack(self.block, file.leftover_processes(), file.about.get(GUARD, ""), self._environment)

    @property
    def has_ended(self) -> bool:
        """Whether the bring-up and everything that it started are gone."""
        return self._processes[BRING_UP].poll() is not None and not any(self.identity(name).alive for name in ROLES)
