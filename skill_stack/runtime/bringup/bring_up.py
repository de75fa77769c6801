"""BringUp: starts the processes of a deployment, keeps them running, and ends all of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.resources import Resources
from skill_stack.runtime.bringup.child_process import ChildProcess, command_line
from skill_stack.runtime.bringup.process_security import environment_of
from skill_stack.runtime.bringup.processes import SUPERVISOR, ProcessSpec
from skill_stack.runtime.bringup.ros_environment import ros_environment
from skill_stack.runtime.bringup.run_file import GUARD, RunFile
from skill_stack.runtime.bringup.shutdown import end_stack, guard_command

POLL = 0.05  # s between looks at the processes
READY_TIMEOUT = 120.0  # s until everything must have said that it works
SHOWN_LINES = 12


class BringUpFailed(SkillStackError):
    """A deployment failed to start or to continue; the message names the process and shows its last lines."""


class Interrupted(SkillStackError):
    """A person or the system requested the end of the bring-up (Ctrl-C, SIGTERM, SIGHUP)."""


class BringUp:
    """The processes of one deployment. Use it as a context manager: leaving it ends them all.

    Attributes:
        children: Every process, in the order of starting.
        log_folder: Where their output goes.
        environment: Their environment.
    """

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        run_file: RunFile,
        log_folder: Path,
        environment: Mapping[str, str],
        report: Callable[[str], None],
        verbose: bool = False,
        about: Mapping[str, str] | None = None,
        on_fault: Callable[[str, str], None] = lambda name, how: None,
        leader: ProcessIdentity | None = None,
    ) -> None:
        """Prepares; starts nothing.

        Args:
            specs: What to start, in order.
            run_file: Where the processes are noted.
            log_folder: Where their output goes.
            environment: Their environment.
            report: Takes one line for the person at the terminal.
            verbose: Whether the output of the processes is reported too.
            about: What is noted beside the processes, for ``status``: ``deployment``, ``robot``.
            on_fault: Takes the name of a process that died, and how; must not wait.
            leader: Process without which this goes on no longer; None for none.

        Raises:
            DataError: A network interface that a process is to use cannot be used, or it has no keys.
        """
        self.log_folder = log_folder
        self._run_file, self.environment = run_file, ros_environment(environment)
        self._report, self._verbose, self._about = report, verbose, dict(about or {})
        self._on_fault, self._leader = on_fault, leader
        self._specs = tuple(specs)
        found = Resources.from_environment(self.environment)
        self._environments = {spec.name: environment_of(self.environment, spec, found) for spec in specs}
        guards = [command_line(spec, os.getpid()) for spec in specs if spec.executable == SUPERVISOR]
        self._about |= {GUARD: guard_command(guards[0])} if guards else {}
        self.children: list[ChildProcess] = []
        self._begin = time.monotonic()
        self._asked_to_end = 0
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> BringUp:
        """Takes the lock, ends what a crashed bring-up left, and starts everything.

        Raises:
            AlreadyRunning: The same namespace is up already.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._ask_to_end)
        try:
            self._start()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Ends everything."""
        self.end()

    def _start(self) -> None:
        left, guard = self._run_file.hold(), self._run_file.about.get(GUARD, self._about.get(GUARD, ""))
        if self._leader is not None:  # what it has started meanwhile is of this run
            left = [process for process in left if process.parent != self._leader.pid]
        if left:
            self._report(f"ending {len(left)} process(es) that an earlier bring-up left behind")
            end_stack(self._run_file.block, left, guard, self.environment)
            self._run_file.clear_block()
        for spec in self._specs:
            if self._asked_to_end:
                break
            child = ChildProcess(spec, self.log_folder)
            child.start(self._environments[spec.name], time.monotonic())
            self.children.append(child)
            self._note()

    def _ask_to_end(self, number: int, _: FrameType | None) -> None:
        self._asked_to_end = number

    def _note(self) -> None:
        living = {child.spec.name: child.identity for child in self.children}
        self._run_file.write({name: process for name, process in living.items() if process}, self._about)

    @property
    def ready(self) -> bool:
        """Whether every required process reported that it is ready."""
        started = len(self.children) == len(self._specs)
        return started and all(child.ready or child.spec.optional for child in self.children)

    def wait_ready(self, timeout: float = READY_TIMEOUT) -> None:
        """Waits until every process is ready.

        Raises:
            BringUpFailed: One ended, or did not get that far in time.
            Interrupted: An end was requested.
        """
        deadline = time.monotonic() + timeout
        while True:
            self.poll()
            if self.ready:
                return
            if time.monotonic() > deadline:
                late = [child for child in self.children if not (child.ready or child.spec.optional)]
                names = ", ".join(child.spec.name for child in late)
                raise BringUpFailed(f"not ready after {timeout:.0f} s: {names}\n{self._last_lines(late[0])}")
            time.sleep(POLL)

    def run(self, aside: Callable[[], object] = lambda: None) -> None:
        """Keeps everything running until an end is requested.

        Args:
            aside: Called after every look at the processes.

        Raises:
            BringUpFailed: A process ended without which the deployment cannot run.
            Interrupted: An end was requested.
        """
        while True:
            self.poll()
            aside()
            time.sleep(POLL)

    def poll(self) -> None:
        """Checks the processes once: reports, restarts, detects a request to end.

        Raises:
            BringUpFailed: A process ended without which the deployment cannot run.
            Interrupted: An end was requested.
        """
        if self._asked_to_end:
            raise Interrupted(f"ended by {signal.Signals(self._asked_to_end).name}")
        if self._leader is not None and not self._leader.alive:
            raise Interrupted(f"ended since process {self._leader.pid}, which started this, is gone")
        now = time.monotonic()
        for child in self.children:
            self._read(child, now)
            if child.due and now >= child.due:
                child.start(self._environments[child.spec.name], now)
                self._note()
            elif child.exit_code is not None:
                self._take_death(child, now)
            elif child.look(now):
                self._take_silence(child, now)

    def _read(self, child: ChildProcess, now: float) -> None:
        was = child.ready
        for line in child.read():
            if self._verbose:
                self._report(f"[{child.spec.name}] {line}")
        if child.ready and not was:
            self._report(f"{now - self._begin:5.1f} s  {child.spec.name} is ready{child.about}")

    def _take_silence(self, child: ChildProcess, now: float) -> None:
        """Ends a frozen process, so that it is restarted; waits for one that cannot be restarted."""
        name, when = child.spec.name, f"{now - self._begin:5.1f} s "
        if child.spec.restart != "never":
            child.kill()
        elif child.frozen:
            self._report(f"{when} {name} {child.frozen}; without it nothing goes on, and it cannot be started again")
        else:
            self._report(f"{when} {name} goes on")

    def _take_death(self, child: ChildProcess, now: float) -> None:
        """Restarts a process that died, or gives up."""
        how = f"{child.frozen} and was ended" if child.frozen else _how(child.exit_code or 0)
        self._on_fault(child.spec.name, how)
        if child.spec.restart == "never":
            what = "the simulated robot is gone" if child.spec.name == "simulator" else "the stack cannot go on"
            raise BringUpFailed(f"{child.spec.name} {how}: {what}\n{self._last_lines(child)}")
        if not (child.ready or child.spec.optional or self.ready) and child.restarts >= 2:
            raise BringUpFailed(f"{child.spec.name} {how} three times before it worked\n{self._last_lines(child)}")
        wait = child.plan_restart(now)
        self._report(f"{now - self._begin:5.1f} s  {child.spec.name} {how}; starting it again in {wait:.1f} s")

    def _last_lines(self, child: ChildProcess) -> str:
        child.read()
        lines = list(child.log.last)[-SHOWN_LINES:]
        return "\n".join([f"last lines of {child.log.path}:", *(f"  {line}" for line in lines)])

    def end(self) -> None:
        """Ends everything, what drives the robot first, so that it is damped before its device ends; see ``end_stack``.

        A second Ctrl-C does not cut this short: it is bounded by itself.
        """
        living = [child.identity for child in self.children if child.identity is not None]
        end_stack(self._run_file.block, living, self._about.get(GUARD, ""), self.environment)
        for child in self.children:
            child.stop_listening()
            self._read(child, time.monotonic())  # its last words: what became of the robot
        if self._run_file.held:
            self._run_file.release()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._handlers.clear()


def _how(exit_code: int) -> str:
    if exit_code < 0:
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"
