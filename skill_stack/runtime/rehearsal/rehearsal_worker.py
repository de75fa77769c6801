"""A process that makes trials: jobs come pickled through its input, results go out the same way.

It ends when its input does, so it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import IO, Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.planner.trial import Trial, TrialJob, TrialSituation
from skill_stack.runtime.rehearsal.rehearsal import RehearsalStage, stage_of
from skill_stack.runtime.rehearsal.rehearsal_world import Doubt

NICE = 10
"""Niceness of trials."""

PATIENCE = 5.0
"""Time that a process has to end by itself, s; a trial takes less."""


class WorkerLost(SkillStackError):
    """A worker process ended unexpectedly."""


class TrialFailed(SkillStackError):
    """A trial failed to run; the worker process continues."""


class RehearsalWorker:
    """A worker process, seen from the process that started it; it runs one trial after the other."""

    def __init__(self, environment: Mapping[str, str], robot: str, doubt: Doubt, device: bool = False) -> None:
        """Starts the process, which loads robot and skills while this goes on, and then answers.

        Args:
            environment: Its environment, by which it finds robots and skills.
            robot: Name of the robot.
            doubt: How far worlds differ from what is known.
            device: Whether what is rehearsed will move a real robot.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", "skill_stack.runtime.rehearsal.rehearsal_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
        )
        self._stage = (robot, doubt, device)
        with contextlib.suppress(WorkerLost):  # noticed by its answer
            self._send((*self._stage, None, None))

    @property
    def output(self) -> IO[bytes]:
        """Its output, to wait for."""
        assert self._process.stdout is not None
        return self._process.stdout

    def ask(self, situation: TrialSituation, job: TrialJob) -> None:
        """Requests a trial of a process that has answered everything else: it would hold up who asks."""
        self._send((*self._stage, situation, job))

    def answer(self) -> Trial | None:
        """The next answer once available; the first is None, when robot and skills are loaded.

        Raises:
            WorkerLost: The process is gone.
            TrialFailed: It could not make the trial.
        """
        try:
            trial, error = pickle.load(self.output)
        except (EOFError, pickle.UnpicklingError) as broken:
            raise WorkerLost(f"a process that rehearses ended (code {self._process.poll()})") from broken
        if error:
            raise TrialFailed(str(error))
        return trial if isinstance(trial, Trial) else None

    def close(self) -> None:
        """Ends the process."""
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:
                pass  # it is gone already
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.output.close()

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        try:
            pickle.dump(message, self._process.stdin)
            self._process.stdin.flush()
        except OSError as error:
            raise WorkerLost(f"a process that rehearses is gone: {error}") from error


def main() -> int:
    """Makes trials until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles a terminal's Ctrl-C
    os.nice(NICE)
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get between the answers
    stage: RehearsalStage | None = None
    reply: tuple[Trial | None, str]
    try:
        while True:
            *given, situation, job = pickle.load(source)
            try:
                stage = stage or stage_of(Resources.from_environment(os.environ), *given)
                # A plain tuple: types of the module that runs as a program have no name that the other side knows.
                reply = stage.trial(situation, job) if job is not None else None, ""
            except Exception as error:  # noqa: BLE001 - reported to the parent, which can do without
                reply = None, f"{type(error).__name__}: {error}"
            pickle.dump(reply, sink)
            sink.flush()
    except (EOFError, BrokenPipeError):
        return 0


if __name__ == "__main__":
    sys.exit(main())
