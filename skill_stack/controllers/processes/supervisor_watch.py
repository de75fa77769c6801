"""SupervisorWatch: what the supervisor process does besides looking: emergency stops by socket, reports of faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from skill_stack.controllers.processes.supervisor import Supervisor
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.shared_memory.black_box import box_path, read_faults
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.estop_socket import LATCHED, EstopSocket, estop_path

REPORT_EVERY = 10.0
"""Shortest time between two reports, s, so that repeated falls do not fill the disk."""
ANSWER_WITHIN = 0.5
"""Time allowed for the control process to obey an emergency stop before its sender is answered, s."""
LOOK_AGAIN = 0.002
"""Time between two checks while the sender of an emergency stop waits, s."""


class SupervisorWatch:
    """Serves the emergency stop's socket at once, independently of the control process, and outlives it.

    Attributes:
        listens: Whether there is a socket.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        channels: RobotChannels,
        log: ProcessLog,
        write_report: Callable[[str, str], None],
        others: Sequence[tuple[Supervisor, RobotChannels]] = (),
    ) -> None:
        """Opens the socket; without one the supervisor still watches.

        Args:
            supervisor: The supervisor of the main part.
            channels: The shared block of the main part.
            log: Where it reports.
            write_report: Has a report written, with the reason and the part; must not wait for it.
            others: The same for the other parts.
        """
        self._supervisor = supervisor
        self._parts = ((supervisor, channels), *others)
        self._words = channels.common
        self._log = log
        self._write_report = write_report
        self._boxes = {each.part: box_path(each.block.path) for _, each in self._parts}
        self._faults = {part: read_faults(box) for part, box in self._boxes.items()}
        self._reported = -REPORT_EVERY
        self._owed: tuple[str, str] | None = None
        self._answer_by = 0.0
        self._socket: EstopSocket | None = None
        try:
            self._socket = EstopSocket(estop_path(channels.block.path))
        except OSError as error:
            log.warn(f"no emergency stop by socket: {error}")

    @property
    def listens(self) -> bool:
        """Whether there is a socket."""
        return self._socket is not None

    def turn(self, now: float, sleep: Callable[[float], object] = time.sleep) -> None:
        """One check, and then a wait that an emergency stop ends.

        Args:
            now: Monotonic time, s.
            sleep: Waits where there is no socket.
        """
        for supervisor, channels in self._parts:
            took_over = supervisor.look(now)
            self._heed_faults(channels, took_over)
        self._report(now)
        if self._socket is None:
            sleep(self._supervisor.interval)
            return
        waiting = bool(self._socket.pending)
        if self._socket.wait(LOOK_AGAIN if waiting else self._supervisor.interval):
            self._words.request_estop("supervisor")
            self._log.warn("emergency stop by socket")
            self._answer_by = now + self._supervisor.interval + ANSWER_WITHIN
        if self._socket.pending:
            self._answer(now)

    def _answer(self, now: float) -> None:
        """Replies to the senders of an emergency stop once it is in force, or with the reason why not."""
        assert self._socket is not None
        asked = self._words.flags().estop
        silent = [
            each
            for _, each in self._parts
            if not each.words.get("control.latched") or each.words.get("control.estops_seen") != asked
        ]
        if not silent:
            self._socket.answer(LATCHED)
        elif now >= self._answer_by:
            why = silent[0].words.tripped or "the control process does not answer"
            part = "" if len(self._parts) == 1 else f"{silent[0].part}: "
            self._socket.answer(f"stored, and heeded as soon as a control process runs ({part}{why})".encode())

    def _heed_faults(self, channels: RobotChannels, took_over: bool) -> None:
        """Notes that the control process of a part was damped or the part taken over."""
        part = channels.part
        faults = read_faults(self._boxes[part])
        if took_over:
            self._owed = (channels.words.tripped or "taken over by the supervisor", part)
        elif faults > self._faults[part]:
            self._owed = self._owed or ("damped or stopped by the control process", part)
        self._faults[part] = faults

    def _report(self, now: float) -> None:
        """Has a report written of what was noted."""
        if self._owed and now - self._reported >= REPORT_EVERY:
            self._reported = now
            why, part = self._owed
            self._owed = None
            try:
                self._write_report(why, part)
            except OSError as error:
                self._log.warn(f"no report can be written: {error}")

    def close(self) -> None:
        """Removes the socket."""
        if self._socket is not None:
            self._socket.close()
