"""StateStream: checks the sequence of the robot's states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from skill_stack.hardware.unitree.messages.low_state import LowStateDecoder

LOST = 1.0
"""Silence after which the robot may have been restarted or given to another controller, s (the vendor's own limit)."""
STUCK = 0.5
"""Time after which a counter that stands still while states arrive is reported, s."""
_WRAP = 1 << 32


class StateStream:
    """Takes states, drops damaged ones, and follows the robot's counter.

    Attributes:
        raw: The newest whole state, or None.
        received: Monotonic time at which it was read, s.
        task_time: Its time by the robot's counter, s.
        counts: What was noticed, by name.
        counting: Whether the robot's counter was seen to count.
        trouble: What is wrong with the states that come, for people; empty while they are whole and counted.
    """

    def __init__(self, decoder: LowStateDecoder, tick: float, lacks: Sequence[str] = ()) -> None:
        """Takes the decoder, the length of a tick, s, and what a simulator leaves out."""
        self._decoder, self._length = decoder, tick
        self._sealed, self._counted = "checksum" not in lacks, "tick" not in lacks
        self.raw: bytes | None = None
        self.received = self.task_time = 0.0
        self.counts: Counter[str] = Counter()
        self.trouble, self.counting = "", False
        self._ticks = 0
        self._seen = 0
        self._moved: float | None = None  # when the counter last changed, s

    @property
    def sequence(self) -> int:
        """Number of the newest state by the robot's counter."""
        return self._ticks

    def accept(self, raw: bytes, now: float) -> str:
        """Takes a state.

        Args:
            raw: Its bytes.
            now: Monotonic time, s.

        Returns:
            ``whole``, ``damaged`` (it is dropped), ``returned`` (after a silence) or ``restarted`` (its counter went
            backwards).
        """
        damage = self._decoder.damage(raw, self._sealed)
        if damage:
            self.counts["damaged"] += 1
            self.trouble = f"drops the states that come: {damage}"
            return "damaged"
        tick = self._decoder.tick(raw) if self._counted else round(now / self._length) % _WRAP
        self._heed_counter(tick, now)
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

    def _heed_counter(self, tick: int, now: float) -> None:
        """Detects a counter that stands still while states arrive."""
        if self._moved is None or tick != self._seen:
            self.counting = self._moved is not None
            self._seen, self._moved, self.trouble = tick, now, ""
        elif now - self._moved > STUCK:
            hint = " (a simulator: lacks: [tick])" if tick == 0 else ""
            self.trouble = f"tick stays {tick} while states come; it should count {1e3 * self._length:g} ms each{hint}"
