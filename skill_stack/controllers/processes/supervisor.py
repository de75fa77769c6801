"""Supervisor: one cycle of the supervisor process."""

from __future__ import annotations

import dataclasses
import os
import select
import signal
from collections.abc import Callable

from skill_stack.core.errors import LeaseRefused, StaleData
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.block_words import Lease, is_settled
from skill_stack.core.shared_memory.channels import RobotChannels

LOOKS = 3
"""Checks within the time that the control process may be silent."""
EXIT_PATIENCE_MS = 2000
"""Time allowed for a killed process to exit."""


class Supervisor:
    """Watches the heartbeat of the control process of one part, once it drives.

    When the heartbeat stops, the supervisor takes the lease, ends the process, waits until it has exited, and damps
    with a new driver. Its state is in shared memory, so that it can be restarted at any moment.

    Attributes:
        interval: Time between two checks, s.
        limit: Largest age of the control process's heartbeat, s.
    """

    def __init__(
        self,
        channels: RobotChannels,
        open_driver: Callable[[Lease], Hardware],
        limit: float,
        log: ProcessLog,
        standby: bool = False,
    ) -> None:
        """Takes over the watch.

        Args:
            channels: The shared block of that part.
            open_driver: Makes a hardware driver for a lease.
            limit: Largest age of the control process's heartbeat, s.
            log: Where it reports.
            standby: Whether it acts only while the supervisor itself is silent, for robots that hold commands forever.
        """
        self._standby = standby
        self.interval = limit / LOOKS
        self._channels = channels
        self._words = channels.words
        self._open_driver = open_driver
        self.limit = limit
        self._log = log
        self._last_look: float | None = None
        self._unowned = 0

    def look(self, now: float) -> bool:
        """One check.

        Args:
            now: Monotonic time, s, read before the heartbeat is.

        Returns:
            Whether the robot was taken over.
        """
        words = self._words
        if not self._is_due(now):
            return False
        late = self._last_look is not None and now - self._last_look > 2 * self.interval
        self._last_look = now
        control = words.registered("control")
        if not words.get("control.active"):
            if reason := self._left_undamped(control):
                self._take_over(control, reason)
            return bool(reason)
        silence = abs(now - words.heartbeat("control"))  # a heartbeat from the future is none
        if words.lease.owner == "supervisor":
            reason = words.tripped or "the supervisor was restarted while it took over"
        elif not control.alive:
            reason = f"control process {control.pid} is gone"
        elif silence > self.limit and not late:  # when we were kept waiting ourselves, it may have been too
            reason = f"control process {control.pid} was silent for {silence:.2f} s"
        else:
            return False
        self._take_over(control, reason)
        return True

    def _is_due(self, now: float) -> bool:
        """Whether a check is due; sends its heartbeat. A standby sends none, and checks only while there is none."""
        common = self._channels.common
        if not self._standby:
            common.beat("supervisor", now)
        elif abs(now - common.heartbeat("supervisor")) <= self.limit:
            self._last_look = now
            return False
        return True

    @property
    def settled(self) -> bool:
        """Whether no process drives and the last driver has damped the robot, so that its supervisor may end."""
        return is_settled(self._words)

    def _left_undamped(self, control: ProcessIdentity) -> str:
        """Why a robot without a driver must be damped all the same; empty when it need not."""
        owner = self._words.lease.owner
        if owner == "control" and not control.alive:  # one that ends in order gives the lease back after damping
            return "the control process ended before it had damped the robot"
        self._unowned = self._unowned + 1 if owner == "supervisor" and not self._words.tripped else 0
        if self._unowned < 2:  # a person's reset passes through this state for an instant
            return ""
        self._unowned = 0
        return "the control process lost its lease, and nobody had taken it"

    def _take_over(self, control: ProcessIdentity, reason: str) -> None:
        words = self._words
        part = "" if len(self._channels.parts) == 1 else f" ({self._channels.part})"
        self._log.error(f"{reason}; takes the robot over{part}")
        words.trip(reason)
        self._channels.common.set_condition(self._channels.place, "lost", reason)
        lease = words.take_lease("supervisor")
        if not self._end(control):
            self._log.error(f"control process {control.pid} does not end; damps beside it")
        driver = self._open_driver(lease)
        try:
            driver.damp()
            self._log.warn("the robot is damped; reset to drive again")
        except LeaseRefused as error:
            self._log.error(f"cannot damp: {error}")
        self._channels.common.request_stop("supervisor")  # what was asked before this must not go on by itself
        self._report(reason)
        words.set("control.active", 0)  # last: until here a restarted supervisor begins again

    def _report(self, reason: str) -> None:
        """Corrects the last status of the ended process, which states that it drives."""
        try:
            status = self._channels.read_status()
        except StaleData:  # it died in the middle of writing it
            status = None
        if status is not None:
            count = self._channels.flags().stop_count
            status = dataclasses.replace(
                status, mode=ControlMode.DAMPED, reason=reason, skill="", phase="", request_id="",
                setpoint_sequence=0, stop_count=count,
            )  # fmt: skip
            self._channels.write_status(status)

    def _end(self, control: ProcessIdentity) -> bool:
        """Kills the control process, but no later process with its pid; returns whether it is gone."""
        if not control.alive:
            return True
        try:
            handle = os.pidfd_open(control.pid)
        except ProcessLookupError:
            return True
        try:
            if not control.alive:  # the handle may be of the next process with that number
                return True
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            waiter = select.poll()
            waiter.register(handle, select.POLLIN)
            return bool(waiter.poll(EXIT_PATIENCE_MS))
        finally:
            os.close(handle)
