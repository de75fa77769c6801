"""MotorClocks: the clocks in the motors, which identify new measurements and restarts."""

from __future__ import annotations

from collections.abc import Mapping

from skill_stack.hardware.dynamixel.registers import TICK, TICKS

MARGIN = 0.25
"""Time by which a motor's clock may run ahead between two answers, s; a motor takes about that long to boot."""


class MotorClocks:
    """Follows them.

    Attributes:
        ticks: Counts since the first answer, of the first motor that answered.
    """

    def __init__(self) -> None:
        """Starts without a clock."""
        self._last: dict[int, int] = {}
        self._heard: dict[int, float] = {}
        self.ticks = 0

    def follow(self, answers: Mapping[int, bytes], now: float) -> list[int]:
        """Takes the motors' answers.

        Args:
            answers: Answers to ``PRESENT``, by motor.
            now: Monotonic time, s.

        Returns:
            The motors whose clock jumped: they were without power and have lost their settings.
        """
        jumped, first = [], True
        for number, data in answers.items():
            tick = data[0] | data[1] << 8
            passed = (tick - self._last.get(number, tick)) % TICKS
            if passed * TICK > now - self._heard.get(number, now) + MARGIN:
                jumped.append(number)
                passed = 0
            elif first:
                self.ticks += passed
            first = False
            self._last[number], self._heard[number] = tick, now
        return jumped
