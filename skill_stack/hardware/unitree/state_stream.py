"""StateStream: the robot's states one after the other, and what is wrong with their order."""

from __future__ import annotations

from collections import Counter

from skill_stack.hardware.unitree.low_state import LowStateDecoder

LOST = 1.0
"""Silence after which the robot may have been restarted or given to somebody else, s (the vendor's own limit)."""
_WRAP = 1 << 32


class StateStream:
    """Takes states, drops damaged ones, and follows the robot's counter.

    Attributes:
        raw: The newest whole state, or None.
        received: Monotonic time at which it was read, s.
        task_time: Its time by the robot's counter, s.
        counts: What was noticed, by name.
    """

    def __init__(self, decoder: LowStateDecoder, tick: float) -> None:
        """Takes the decoder and the length of a tick, s."""
        self._decoder, self._length = decoder, tick
        self.raw: bytes | None = None
        self.received = self.task_time = 0.0
        self.counts: Counter[str] = Counter()
        self._ticks = 0

    def accept(self, raw: bytes, now: float) -> str:
        """Takes a state.

        Args:
            raw: Its bytes.
            now: Monotonic time, s.

        Returns:
            ``whole``, ``damaged`` (it is dropped), ``returned`` (after a silence) or ``restarted`` (its counter went
            backwards).
        """
        if not self._decoder.holds(raw):
            self.counts["damaged"] += 1
            return "damaged"
        tick = self._decoder.tick(raw)
        verdict = "whole"
        if self.raw is None:
            self._ticks = tick
        else:
            step = (tick - self._ticks) % _WRAP  # the counter wraps after weeks
            if step >= _WRAP // 2:
                verdict, self._ticks = "restarted", tick
            else:
                verdict = "returned" if now - self.received > LOST else "whole"
                self._ticks += step
        if verdict != "whole":
            self.counts[verdict] += 1
        self.raw, self.received, self.task_time = raw, now, self._ticks * self._length
        return verdict
