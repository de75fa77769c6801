"""The two drivers of the control station: the clock, or the simulator's samples."""

from __future__ import annotations

import math
import time

from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.loop_statistics import LoopStatistics
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.dataclass_factory import fast_constructor
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.loop_summary import write_summary
from skill_stack.core.shared_memory.peer_wait import Patience

REHEARSAL = 1e-3
"""Time before the deadline at which the last tick is rehearsed, s."""
REHEARSED_FROM = 5e-3
"""Control period from which caches go cold between two ticks, s."""
_quick_timing = fast_constructor(LoopTiming)
BEAT_EVERY = 0.01
"""Longest silence of the heartbeat while waiting for a sample, s."""


def run_real_time(
    station: ControlStation, channels: RobotChannels, period: float, stop: StopSignal, supervised: bool = False
) -> None:
    """Runs at absolute deadlines of the monotonic clock until a stop is requested.

    A station that has to reload its skills ends the loop, too; the bring-up starts the process again.

    Shortly before each deadline the last tick is rehearsed, so that the caches are warm for the next sample.

    A turn that runs past the next deadline is a miss; deadlines that have passed by then are skipped. The timing is
    reported once a second.

    Args:
        station: The control station.
        channels: The robot's shared block.
        period: Time between two deadlines, s.
        stop: Whether to end.
        supervised: Whether a supervisor must be there.
    """
    clock, words = time.monotonic, channels.words
    deadline = clock() + period
    now = tick_ms = 0.0
    misses = in_row = 0
    statistics, record = LoopStatistics(period), channels.block.records["loop"]
    while not stop.asked:
        if period >= REHEARSED_FROM:
            time.sleep(max(deadline - REHEARSAL - clock(), 0.0))
            station.rehearse()
        time.sleep(max(deadline - clock(), 0.0))
        begin = clock()
        words.beat("control", begin)
        sample = station.read()
        # Task time goes on between samples, so that silence of the device shows as age.
        now = now + period if sample is None else sample.task_time + max(begin - sample.stamp, 0.0)
        unwatched = silence(channels.common, begin) if supervised else 0.0
        timing = _quick_timing(tick_ms, 1e3 * (begin - deadline), misses, in_row, unwatched)
        station.turn(sample, now, begin, timing)
        words.set("control.active", int(station.holds_lease))
        end = clock()
        tick_ms = 1e3 * (end - begin)
        deadline += period
        late = max(math.ceil((end - deadline) / period), 0)
        misses, in_row = misses + late, in_row + late if late else 0
        deadline += late * period
        if (summary := statistics.count(timing.lateness_ms, tick_ms, late)) is not None:
            write_summary(record, summary)
            if station.restart_due:
                break


def silence(words: BlockWords, now: float) -> float:
    """How long the supervisor has been silent, s; infinite before its first heartbeat.

    Args:
        words: Where its heartbeat is.
        now: Monotonic time, s.
    """
    beat = words.heartbeat("supervisor")
    return abs(now - beat) if beat else math.inf  # a heartbeat from the future is none


def run_lock_step(station: ControlStation, channels: RobotChannels, period: float, stop: StopSignal) -> None:
    """Runs once for every new sample of a simulator that waits for the answer, until a stop is requested.

    Ages are zero by construction, however long the machine takes, so that a slow machine gives the same run. A stop
    or a reset gives an extra turn on the same sample, since simulated time may stand still forever.
    """
    clock, words = time.monotonic, channels.words
    seen, tick_ms, beat, flags = 0, 0.0, 0.0, station.flags()
    patience = Patience(clock, time.sleep)
    while not stop.asked:
        begin = clock()
        if begin - beat >= BEAT_EVERY:
            words.beat("control", begin)
            beat = begin
            if station.restart_due:
                break
        counter = channels.sample_counter
        if counter == seen and station.flags() == flags:
            patience.wait()
            continue
        sample = channels.read_sample() if not station.holds_lease else station.read()
        if sample is None:
            patience.wait()
            continue
        seen, flags = counter, station.flags()
        patience.reset()
        station.turn(sample, sample.task_time, sample.stamp, LoopTiming(tick_ms))
        words.set("control.active", int(station.holds_lease))
        tick_ms = 1e3 * (clock() - begin)
