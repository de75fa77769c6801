"""SimulatorLoop: lets simulated time pass, by the clock or step by step with the other processes."""

from __future__ import annotations

import time

import numpy as np

from skill_stack.core.channels import RobotChannels
from skill_stack.core.errors import StaleData
from skill_stack.core.process_log import ProcessLog
from skill_stack.core.snapshot_channel import SnapshotChannel
from skill_stack.core.stop_signal import StopSignal
from skill_stack.core.truth_channel import TruthChannel
from skill_stack.core.waiting import Patience
from skill_stack.hardware.mujoco_device import MujocoDevice
from skill_stack.hardware.part_bus import PartBus
from skill_stack.hardware.simulator_window import Window

Array = np.ndarray

BEAT_EVERY = 0.01  # s
MOST_OWED = 10  # samples after which the truth is published even when nobody gives us time for it
WINDOW_EVERY = 1.0 / 30.0  # s
GIVE_UP_BEHIND = 0.1  # s behind the clock at which lost time is given up instead of made good in a burst


class SimulatorLoop:
    """Publishes samples and truth, and obeys whatever command came last, for ever.

    Commands and setpoints from before its start are not heeded: they were meant for another robot.
    """

    def __init__(
        self,
        device: MujocoDevice,
        channels: RobotChannels | PartBus,
        truth: TruthChannel,
        period: float,
        window: Window | None,
        log: ProcessLog,
        snapshots: SnapshotChannel | None = None,
    ) -> None:
        """Takes the simulated device and where to publish.

        Args:
            device: The device.
            channels: The robot's shared block, or those of its parts.
            truth: Where the truth goes.
            period: Control period, s.
            window: Window to keep up to date, or None.
            log: Where lost time is reported.
            snapshots: Where the whole state goes for simulated cameras, or None without any.
        """
        self._device = device
        self._channels = channels
        self._truth = truth
        self._period = period
        self._window = window
        self._log = log
        self._snapshots = snapshots
        self._command_counter = channels.command_counter
        self._setpoint_counter = channels.setpoint_counter
        self._owed = 0
        self._valid_until: float | None = None  # until a connector speaks
        self._began = self._paced = 0.0
        self._next_beat = self._next_picture = 0.0

    def run_real_time(self, stop: StopSignal) -> None:
        """Steps the physics by the monotonic clock, and publishes after every step."""
        clock, device = time.monotonic, self._device
        step = device.model.opt.timestep
        begin, done, lost = clock(), 0, 0.0
        self._publish(begin)
        while not stop.asked:
            self._catch_up()
            time.sleep(max(begin + (done + 1) * step - clock(), 0.0))
            command = self._new_command()
            if command is not None:
                device.receive_rows(command[1])
            device.advance()
            done += 1
            now = clock()
            self._publish(now)
            behind = now - (begin + (done + 1) * step)
            if behind > GIVE_UP_BEHIND:
                begin, done, lost = now, 0, lost + behind
                self._log.warn(f"cannot keep up with the clock: {lost:.1f} s lost so far")

    def run_lock_step(self, stop: StopSignal) -> None:
        """Steps one control period whenever the controller has answered and the connector has agreed."""
        clock, device = time.monotonic, self._device
        self._began = self._paced = clock() - device.time
        patience = Patience(clock, time.sleep)
        number = self._publish(clock())
        command: tuple[int, Array] | None = None
        while not stop.asked:
            command = self._new_command() or command
            if command is not None and command[0] == number and self._agreed() and self._seen(clock()):
                patience.reset()
                device.receive_rows(command[1])
                device.advance(device.substeps)
                command = None
                number = self._publish(clock())
            elif not patience.spins:
                self._catch_up()
                self._beat(clock())
                patience.wait()

    def _publish(self, stamp: float) -> int:
        measurement = self._device.measure(stamp)
        self._channels.write_measurement(measurement)
        self._device.prepare()
        self._beat(stamp)
        self._owed += 1
        if self._owed >= MOST_OWED:
            self._catch_up()
        return measurement.sequence

    def _catch_up(self) -> None:
        """Does what nobody waits for, while the others work: scoring may see a truth that is a little older."""
        push = self._truth.new_push()
        if push is not None:
            self._device.push(*push)
        if self._owed:
            self._truth.write(*self._device.write_truth(self._truth.vector))
            if self._snapshots is not None:
                self._snapshots.write(self._device.time, self._device.data.qpos)
            self._owed = 0

    def _new_command(self) -> tuple[int, Array] | None:
        """The newest command if there is one that was not seen yet: the sample that it answers, and its numbers."""
        counter = self._channels.command_counter
        if counter == self._command_counter:
            return None
        try:
            command = self._channels.read_command_rows()
        except StaleData:  # its writer died in the middle: what was commanded before goes on
            return None
        self._command_counter = counter
        return command

    def _agreed(self) -> bool:
        """Whether the connector has said that what it wants holds through the coming period.

        Before a connector has spoken time passes as on the wall: minutes of it while the rest still starts would only
        let the odometry drift.
        """
        counter = self._channels.setpoint_counter
        if counter != self._setpoint_counter:
            try:
                self._valid_until = self._channels.read_setpoint_end()
            except StaleData:
                return False
            self._setpoint_counter = counter
        end = time.monotonic() - self._began if self._valid_until is None else self._valid_until
        return end >= self._device.time + self._period - 1e-9

    def _seen(self, now: float) -> bool:
        """Whether whoever draws and understands pictures has had as long for it as in real time.

        Cameras are no part of the lock: were time to run ahead of the clock, they would see the less of it the busier
        the machine is.
        """
        if self._snapshots is None:
            return True
        ahead = self._device.time - (now - self._paced)
        if ahead < -GIVE_UP_BEHIND:
            self._paced = now - self._device.time  # what was lost by waiting for others is not made good in a burst
        return ahead <= 0.0

    def _beat(self, now: float) -> None:
        if now >= self._next_beat:
            self._channels.words.beat("simulator", now)
            self._next_beat = now + BEAT_EVERY
        if self._window is not None and now >= self._next_picture:
            self._window.sync()
            self._next_picture = now + WINDOW_EVERY
