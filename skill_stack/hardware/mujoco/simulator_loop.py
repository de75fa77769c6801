"""SimulatorLoop: advances simulated time, by the clock or in lock-step with the other processes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from skill_stack.core.errors import StaleData
from skill_stack.core.processes.lock_step_waits import LockStepWaits
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.peer_wait import Patience
from skill_stack.core.shared_memory.snapshot_channel import SnapshotChannel
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from skill_stack.hardware.command_inlet import CommandInlet, InletOrder
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import load_object, move_object, roll_object
from skill_stack.hardware.mujoco.simulator_window import Window
from skill_stack.hardware.part_bus import PartBus

Array = np.ndarray

BEAT_EVERY = 0.01  # s
MOST_OWED = 10  # samples after which the truth is published even when nobody gives us time for it
WINDOW_EVERY = 1.0 / 30.0  # s
GIVE_UP_BEHIND = 0.1  # s behind the clock at which lost time is given up instead of made good in a burst


class SimulatorLoop:
    """Publishes samples and truth, obeys the last command, and damps once that is too old.

    Commands and setpoints from before its start are not heeded: they were meant for another robot. In lock-step a
    command is as old as the time that waits for the next one, which is none.

    Attributes:
        log: Where lost time is reported.
    """

    def __init__(
        self,
        device: MujocoDevice,
        channels: RobotChannels | PartBus,
        commands: CommandInlet | PartBus,
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
            commands: What is commanded there.
            truth: Where the truth goes.
            period: Control period, s.
            window: Window to keep up to date, or None.
            log: Where lost time is reported.
            snapshots: Where the whole state goes for simulated cameras, or None without any.
        """
        self._device = device
        self._channels, self._commands = channels, commands
        self._truth = truth
        self._period = period
        self._window = window
        self.log = log
        self._snapshots = snapshots
        self._waits = LockStepWaits(channels.words, lambda text: self.log.warn(text))
        self._setpoint_counter = channels.setpoint_counter
        self._owed, self._oldest = 0, 0.0
        self._valid_until: float | None = None  # until a connector speaks
        self._began = self._paced = 0.0
        self._number = -1
        self._answer: InletOrder | None = None
        self._next_beat = self._next_picture = 0.0

    def begin(self) -> None:
        """Starts simulated time; publishes the first measurement."""
        now = time.monotonic()
        self._began = self._paced = now - self._device.time
        self._number = self.publish(now)

    def obey(self, now: float) -> None:
        """Passes the newest unseen command to the device, or damping without one.

        Args:
            now: Monotonic time, s.
        """
        order = self._commands.take(now)
        if order is not None:
            give = self._device.force_rows if order.at_once else self._device.receive_rows
            give(order.rows, order.stamp)

    def note_age(self, now: float) -> None:
        """Records for scoring how old a command was in the physics step that began at a monotonic time, s."""
        device = self._device
        if device.driven:
            self._oldest = max(self._oldest, now + self.period[0] - device.stamp)

    def end(self) -> None:
        """Leaves the device damped."""
        self._device.force_rows(self._commands.damping)
        self._owed += 1
        self.catch_up()

    def advance(self, steps: int) -> None:
        """Physics steps."""
        self._device.advance(steps)

    @property
    def period(self) -> tuple[float, int]:
        """Physics step, s, and steps per control period."""
        return self._device.model.opt.timestep, self._device.substeps

    def answered(self) -> bool:
        """Whether the controller has answered the newest measurement and the connector has agreed."""
        self._answer = self._commands.take(time.monotonic()) or self._answer
        return (
            self._answer is not None
            and self._answer.sample == self._number
            and self._agreed()
            and self._seen(time.monotonic())
        )

    def take_answer(self) -> None:
        """Passes the answer to the device."""
        assert self._answer is not None
        self._device.receive_rows(self._answer.rows, self._answer.stamp)
        self._answer = None

    def next(self) -> None:
        """Publishes the next measurement."""
        self._number = self.publish(time.monotonic())

    def wait(self) -> None:
        """Idle work."""
        self.catch_up()
        self._beat(time.monotonic())

    def publish(self, stamp: float) -> int:
        """Publishes the present measurement.

        Args:
            stamp: Monotonic time, s.

        Returns:
            Number of the measurement.
        """
        measurement = self._device.measure(stamp)
        self._channels.write_measurement(measurement)
        self._device.prepare()
        self._beat(stamp)
        self._owed += 1
        if self._owed >= MOST_OWED:
            self.catch_up()
        return measurement.sequence

    def catch_up(self) -> None:
        """Idle work while the others compute: scoring may see a slightly older truth."""
        self._change_world()
        if self._owed:
            truth = self._device.write_truth(self._truth.vector)
            self._truth.write(*truth, self._device.driven, self._oldest)
            if self._snapshots is not None:
                self._snapshots.write(self._device.time, self._device.state())
            self._owed = 0

    def _change_world(self) -> None:
        """Carries out what scoring has ordered."""
        truth, device = self._truth, self._device
        if (push := truth.pushes.take()) is not None:
            device.push(*push[1])
        if (roll := truth.rolls.take()) is not None:
            roll_object(device, *roll)
        if (place := truth.places.take()) is not None:
            move_object(device, *place)
        if (load := truth.loads.take()) is not None:
            load_object(device, load[0], *load[1])

    def _agreed(self) -> bool:
        """Whether the connector has confirmed its setpoint for the coming period.

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
        """Whether cameras have drawn what is due, perception has understood it, and the planner has answered.

        Time does not run ahead of the clock either: what nobody waits for is as late as in real time.
        """
        drawn = self._snapshots.drawn() if self._snapshots is not None else None
        if self._waits.waits(self._device.time, drawn, now):
            return False
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


def run_real_time(loops: Sequence[SimulatorLoop], stop: StopSignal) -> None:
    """Steps the physics by the monotonic clock, and publishes after every step.

    Args:
        loops: The robots, all of one world.
        stop: Says when to end.
    """
    clock, step = time.monotonic, loops[0].period[0]
    begin, done, lost = clock(), 0, 0.0
    for loop in loops:
        loop.publish(begin)
    while not stop.asked:
        for loop in loops:
            loop.catch_up()
        time.sleep(max(begin + (done + 1) * step - clock(), 0.0))
        now = clock()
        for loop in loops:
            loop.obey(now)
            loop.advance(1)
        for loop in loops:
            loop.note_age(now)
        done += 1
        now = clock()
        for loop in loops:
            loop.publish(now)
        behind = now - (begin + (done + 1) * step)
        if behind > GIVE_UP_BEHIND:
            begin, done, lost = now, 0, lost + behind
            loops[0].log.warn(f"cannot keep up with the clock: {lost:.1f} s lost so far")


def run_lock_step(loops: Sequence[SimulatorLoop], stop: StopSignal) -> None:
    """Steps one control period whenever every controller has answered and every connector has agreed.

    Args:
        loops: The robots, all of one world.
        stop: Says when to end.
    """
    patience, steps = Patience(time.monotonic, time.sleep), loops[0].period[1]
    for loop in loops:
        loop.begin()
    while not stop.asked:
        if all(loop.answered() for loop in loops):
            patience.reset()
            for loop in loops:
                loop.take_answer()
                loop.advance(steps)
            for loop in loops:
                loop.next()
        elif not patience.spins:
            for loop in loops:
                loop.wait()
            patience.wait()
