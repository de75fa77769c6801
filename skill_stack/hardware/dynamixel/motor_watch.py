"""MotorWatch: presence, temperature and alerts of the motors."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from skill_stack.hardware.dynamixel.bus import Bus
from skill_stack.hardware.dynamixel.registers import HARDWARE_ERROR, HEALTH, errors_of

Array = np.ndarray

BETWEEN = 10
"""Cycles between two temperature requests; each goes to one motor, so that a cycle stays short."""
UNKNOWN = 25.0
"""Temperature of a motor before its first report, °C."""


class MotorWatch:
    """State of each motor.

    Attributes:
        temperature: Last temperature of each joint's motor, °C, shape (joints,).
        silent: Motors that do not answer, with the monotonic time of the last question, s.
    """

    def __init__(self, names: Mapping[int, str], silent_after: int, ask_again: float) -> None:
        """Starts with every motor present.

        Args:
            names: Joint of each motor, by number, in the robot's order.
            silent_after: Cycles in a row without an answer after which a motor counts as silent.
            ask_again: Time between two questions to a silent motor, s.
        """
        self._names, self._silent_after, self._ask_again = names, silent_after, ask_again
        self._numbers: Sequence[int] = tuple(names)
        self._missed = dict.fromkeys(names, 0)
        self.temperature = np.full(len(names), UNKNOWN)
        self.silent: dict[int, float] = {}
        self._errors: dict[int, int] = {}
        self._cycle = 0

    @property
    def present(self) -> tuple[int, ...]:
        """Motors that answer."""
        return tuple(number for number in self._numbers if number not in self.silent)

    @property
    def stopped(self) -> tuple[int, ...]:
        """Motors that switched themselves off."""
        return tuple(self._errors)

    @property
    def reason(self) -> str:
        """Problems of single motors, for people; empty without any."""
        parts = [f"motor {number} ({self._names[number]}) does not answer" for number in self.silent]
        parts += [
            f"motor {number} ({self._names[number]}) has switched itself off: {errors_of(status)}"
            for number, status in self._errors.items()
        ]
        return "; ".join(parts)

    def heard(self, owing: Collection[int], now: float) -> list[int]:
        """Notes missing answers after a cycle; returns the motors that have just become silent."""
        lost = []
        for number in self.present:
            self._missed[number] = self._missed[number] + 1 if number in owing else 0
            if self._missed[number] >= self._silent_after:
                self.silent[number] = now
                lost.append(number)
        return lost

    def lack(self, numbers: Collection[int], now: float) -> None:
        """Notes motors missing from the start."""
        self.silent.update(dict.fromkeys(numbers, now))

    def returned(self, number: int) -> None:
        """Notes that a silent motor answers again, in the state in which it was switched on."""
        self.silent.pop(number)
        self._missed[number] = 0
        self._errors.pop(number, None)

    def overdue(self, now: float) -> int | None:
        """A silent motor that is due for another request; None without one."""
        for number, asked in self.silent.items():
            if now - asked >= self._ask_again:
                self.silent[number] = now
                return number
        return None

    def ask(self, bus: Bus) -> None:
        """An occasional additional request: alerts first, else a temperature; raises Silence."""
        alert = next((number for number in bus.alerts if number not in self._errors and number in self._missed), None)
        if alert is not None:
            answer = bus.read(alert, HARDWARE_ERROR)
            if answer is not None:
                self._errors[alert] = answer[0]
            return
        self._cycle += 1
        if self._cycle % BETWEEN == 0 and self.present:
            number = self.present[self._cycle // BETWEEN % len(self.present)]
            answer = bus.read(number, HEALTH)
            if answer is not None:
                self.temperature[self._numbers.index(number)] = float(answer[2])
