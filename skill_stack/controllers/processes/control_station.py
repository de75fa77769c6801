"""ControlStation: one turn of the control process: read shared memory, tick, write shared memory."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Literal

from skill_stack.controllers.control_core import ControlCore
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.processes.peers import Peers
from skill_stack.controllers.processes.tick_recorder import TickRecorder
from skill_stack.core.errors import DataError, LeaseRefused, StaleData
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.tracked_channel import TrackedChannel
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillStatus
from skill_stack.core.shared_memory.block_words import MEASURED, Flags, Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import forget_place, stated_place
from skill_stack.core.skills.builtin import MotionDriver

_NUMBERS = re.compile(r"[0-9]+(\.[0-9]+)?")

LYING = "posture(robot, lying)"
"""Effect of a skill after which the robot lies, so that it may be damped."""

Rearm = Literal["person", "auto"]
OpenDriver = Callable[[Lease], Hardware]


class ControlStation:
    """Joins a control core to a robot's shared block and hardware.

    It drives only while it holds the lease. When the supervisor took that away, it waits, damped, for a person's
    reset; with ``rearm`` at ``auto`` (simulation) it takes it back at once.
    """

    def __init__(
        self,
        core: ControlCore,
        channels: RobotChannels,
        open_driver: OpenDriver,
        rearm: Rearm,
        log: ProcessLog,
        box: TickRecorder | None = None,
        tracked: TrackedChannel | None = None,
    ) -> None:
        """Takes the lease unless another process holds it.

        Args:
            core: The control core.
            channels: The shared block of the part that it drives.
            open_driver: Makes the hardware driver for a lease.
            rearm: Who may take the lease back from the supervisor.
            log: Where changes of mode are reported.
            box: Keeps the last minute, or None.
            tracked: What a camera sees of the object in the hand, in place of what the device reports; or None.
        """
        self._core = core
        self._channels = channels
        self._words = channels.words
        self._open_driver = open_driver
        self._rearm = rearm
        self._log = log
        self._box, self._tracked = box, tracked
        self._driver: Hardware | None = None
        self._lease: Lease | None = None
        self._peers, self._alone = Peers(channels), len(channels.parts) == 1
        self._resets = channels.flags().reset
        self._estops = -1
        self._mode = ControlMode.STARTING
        self._setpoint: SkillSetpoint | None = None
        self._setpoint_counter = 0
        self._seen = (ControlMode.STARTING, "")
        self._reason, self._mode_told = "", ControlMode.STARTING
        self._limited = self._limits_told = self._restarts = 0
        self._lost = False
        self._locates = channels.words is channels.common  # the main part, whose base it is
        self._place = self._words.get("place.heeded")
        if self._words.lease.generation:  # another control process drove: what it was asked for must not go on
            self._void_setpoints()
            self._resume()
        self._take_lease()

    def _resume(self) -> None:
        """Lets the core continue from the pose stored by the previous process."""
        try:
            before = self._channels.read_state()
        except StaleData:  # that process died while it wrote
            before = None
        self._core.resume(before)

    @property
    def restart_due(self) -> bool:
        """Whether a reload was requested and the robot may be damped for it, because it is disarmed or lies.

        Networks are never loaded beside a loop that drives; the process ends in order and is started again.
        """
        if self._channels.common.get("reload.asked") == self._words.get("reload.heeded"):
            return False
        if self._core.mode is ControlMode.DISARMED:
            return True
        try:
            status = self._channels.read_status()
        except StaleData:
            return False
        runner = self._core.bank.runners.get(status.skill) if status is not None else None
        lies = runner is not None and status is not None and status.progress >= 1.0 and LYING in runner.spec.effects
        if lies:
            self._log.info("ends, to begin again with its skills as they are now; the robot lies")
        return lies

    @property
    def holds_lease(self) -> bool:
        """Whether this process drives."""
        return self._driver is not None

    def _void_setpoints(self) -> None:
        """Invalidates every setpoint that was sent before the sender noticed the restart.

        The supervisor may count on the same word at the same moment; then one count serves both.
        """
        self._channels.common.request_stop("supervisor")

    def flags(self) -> Flags:
        """How often stop, emergency stop and reset were requested, and what other parts of the robot demand."""
        return self._peers.flags()

    def _take_lease(self) -> None:
        words = self._words
        asked = self._channels.flags().reset != self._resets
        if self._lost and words.lease.owner == "control":
            if not asked:  # somebody outside of the stack has the robot: a person must look first
                return
            self._log.info("re-armed (by a person)")
        elif words.lease.owner == "supervisor":
            if self._rearm == "person" and not asked:
                return
            self._log.info(f"re-armed ({'by a person' if asked else 'by itself, as the deployment says'})")
        words.clear_trip()
        self._lost = False
        self._lease = words.take_lease("control")
        self._driver = self._open_driver(self._lease)
        device = self._driver.capabilities
        words.state_measured(name for name in MEASURED if getattr(device, name))

    def read(self) -> SensorSample | None:
        """The newest sample that the hardware has, or None."""
        sample = self._driver.read() if self._driver is not None else None
        return sample if sample is None or self._tracked is None else self._tracked.fill(sample)

    def rehearse(self) -> None:
        """Repeats the last turn's reading and ticking without any effect; see ControlCore.rehearse."""
        if self._driver is not None:
            self._driver.read()
            self._core.rehearse()

    def turn(self, sample: SensorSample | None, now: float, mono: float, timing: LoopTiming) -> None:
        """One turn: tick, and write command, status and state.

        Args:
            sample: The newest sample.
            now: Task time, s.
            mono: Monotonic time, s.
            timing: How the loop keeps its deadlines.
        """
        if self._driver is None:
            self._take_lease()
        flags = self._peers.flags()
        setpoint = self._newest_setpoint() if self._driver is not None else None
        tick = self._core.tick(sample, setpoint, flags, now, mono, timing)
        if self._core.restarts != self._restarts:
            self._restarts = self._core.restarts
            self._void_setpoints()
            if self._locates:
                forget_place(self._words)
        if self._driver is not None:
            try:
                self._send(self._driver, tick.command)
            except LeaseRefused as error:
                self._lose(str(error))
                self._peers.forget()
        if self._box is not None:
            self._box.note_network()
        status = self._told(tick.status, sample, flags)
        self._channels.write_status(status)
        if tick.state.sources:  # before the first sample, what the process before knew is worth more
            self._channels.write_state(tick.state)
        if self._box is not None:
            self._box.write(tick, status, sample, mono)
        self._note_changes(flags, status)
        if self._locates and sample is not None and self._words.get("place.number") != self._place:
            self._heed_place()

    def _told(self, status: SkillStatus, sample: SensorSample | None, flags: Flags) -> SkillStatus:
        """The status, completed with why the device does not send, or that another process drives."""
        if self._driver is None:
            reason = f"{self._words.tripped}; waits for a reset"
            return dataclasses.replace(status, mode=ControlMode.DISARMED, reason=reason)
        if (sample is None or not sample.valid) and (why := self._driver.health.reason):
            status = dataclasses.replace(status, reason=f"{status.reason}: {why}")
        if not self._alone:
            self._tell(flags, status.reason)
        return status

    def _note_changes(self, flags: Flags, status: SkillStatus) -> None:
        """Stores and reports changes of this turn."""
        if flags.estop != self._estops or self._core.mode is not self._mode:
            self._remember(flags.estop, self._core.mode)
        if status.reason is not self._reason or status.mode is not self._mode_told:
            self._report(status)
        if self._core.safety.count != self._limited:
            self._report_limits()

    def _lose(self, why: str) -> None:
        """Releases the driver; if no other process of the stack has the robot, a person must re-arm it."""
        self._log.warn(f"lost the robot: {why}")
        self._driver, self._lost = None, True
        self._resets = self._channels.flags().reset
        if self._words.lease.owner == "control":
            self._words.trip(why)

    def _heed_place(self) -> None:
        """Applies a newly stated pose, or its removal."""
        words = self._words
        self._place = words.get("place.number")
        if (place := stated_place(words)) is not None:
            self._core.restate(place.position, place.heading)
            self._log.info(f"the place is stated, within {place.position:g} m and {place.heading:g} rad")
            words.set("place.heeded", place.number)

    def _tell(self, flags: Flags, reason: str) -> None:
        """Reports the condition of this part to the other parts."""
        core = self._core
        if core.mode is not ControlMode.ESTOP:
            self._peers.tell("damped" if core.at_fault else "fine", reason)
        elif self._mode is not ControlMode.ESTOP and flags.estop == self._estops:  # nobody asked: an error of its own
            self._peers.latch(reason)

    def _send(self, driver: Hardware, command: JointCommand) -> None:
        """Commands either the joints or the robot's own controller, never both."""
        if self._core.motion is None:
            driver.write(command)
            return
        if not isinstance(driver, MotionDriver):
            raise DataError("this driver cannot have the robot's own controller move; take one that can, or 'joints'")
        driver.motion(self._core.motion)
        self._core.trouble = driver.trouble

    def _newest_setpoint(self) -> SkillSetpoint | None:
        counter = self._channels.setpoint_counter
        if counter == self._setpoint_counter:
            return self._setpoint
        try:
            self._setpoint = self._channels.read_setpoint()
            self._setpoint_counter = counter
        except StaleData:  # its writer died in the middle; what was known before runs out by itself
            pass
        return self._setpoint

    def _remember(self, estops: int, mode: ControlMode) -> None:
        """Stores what a restarted control process needs: an emergency stop outlives the process."""
        self._words.set("control.latched", int(mode is ControlMode.ESTOP))
        self._words.set("control.estops_seen", estops)
        self._estops, self._mode = estops, mode

    def _report_limits(self) -> None:
        """Counts for diagnostics how often commands were limited; logs every doubling."""
        limited, count = self._core.safety.limited, self._core.safety.count
        self._limited = count
        self._words.set("control.limited", count)
        if count >= max(2 * self._limits_told, 1):
            self._limits_told = count
            most = ", ".join(f"{name} {times}" for name, times in limited.most_common(4))
            self._log.info(f"commands limited so far: {count} ({most})")

    def _report(self, status: SkillStatus) -> None:
        """Reports a change of mode or reason; a reason that differs only in its numbers, such as an age, is no change.
        """
        self._reason, self._mode_told = status.reason, status.mode
        seen = status.mode, _NUMBERS.sub("#", status.reason)
        if seen == self._seen:
            return
        self._seen = seen
        detail = f": {status.reason}" if status.reason else f" with {status.skill}"
        self._log.info(f"{status.mode.value}{detail}")
        if self._core.error:
            self._log.error(self._core.error)
            self._core.error = ""

    def end(self) -> None:
        """Leaves the robot damped and returns the lease, so that the supervisor does not damp again."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None
            self._peers.tell("damped", "its control process was ended")
        if self._words.lease == self._lease:
            self._words.take_lease("nobody")
