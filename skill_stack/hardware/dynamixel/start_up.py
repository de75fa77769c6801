"""DynamixelStartUp: from an open port to motors that may be driven, one exchange for each cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from skill_stack.hardware.dynamixel.bus import Bus
from skill_stack.hardware.dynamixel.registers import (
    BUS_WATCHDOG,
    CURRENT_BASED_POSITION,
    GOAL_CURRENT,
    MODEL_NUMBER,
    OPERATING_MODE,
    POSITION_GAINS,
    PRESENT,
    RETURN_DELAY,
    TORQUE_ENABLE,
    WATCHDOG_STEP,
    Register,
)
from skill_stack.hardware.dynamixel.settings import DynamixelRobot, DynamixelSettings

SEEK = 10
"""Requests missed at the start after which the other motors are driven without a motor."""

Place = Callable[[Mapping[int, bytes]], str]


class DynamixelStartUp:
    """Prepares motors with torque off, and finally switches torque on with zero gains.

    Attributes:
        failed: Whether a step has failed, so that it began anew.
        refusing: Motors that did not switch their torque on: they have a hardware error.
        absent: Motors that never answered, without which the others are driven all the same.
        ready: Whether the motors may be driven.
        reason: What is waited for, or what is wrong, for people.
    """

    def __init__(
        self, bus: Bus, data: DynamixelRobot, settings: DynamixelSettings, names: Mapping[int, str], place: Place
    ) -> None:
        """Begins.

        Args:
            bus: The bus.
            data: The robot as its bus sees it.
            settings: How it is driven.
            names: Joint of each motor that is prepared, by number.
            place: Takes answers to ``PRESENT``; returns what is wrong with the joint positions, or an empty string.
        """
        self._bus, self._data, self._settings, self._place = bus, data, settings, place
        self._names, self._numbers = names, tuple(names)
        self.ready = self.failed = False
        self.reason = "looking for motors"
        self.absent: tuple[int, ...] = ()
        self.refusing: tuple[int, ...] = ()
        self._sought = 0
        self._steps = self._all_steps()

    def turn(self) -> None:
        """One more exchange; restarts when a step fails; raises Silence once the device is gone."""
        if self.ready:
            return
        try:
            trouble = next(self._steps)
        except StopIteration:
            self.ready, self.reason = True, ""
            return
        if trouble:
            self.reason, self.failed = trouble, True
            self._steps = self._all_steps()

    def _all_steps(self) -> Iterator[str]:
        """Each step, and its error: an empty string without one."""
        yield from self._ask(MODEL_NUMBER, self._models)
        bus, numbers = self._bus, self._present
        bus.write_each(TORQUE_ENABLE, numbers, 0)
        bus.write_each(BUS_WATCHDOG, numbers, 0)
        yield ""
        bus.write_each(RETURN_DELAY, numbers, 0)
        bus.write_each(OPERATING_MODE, numbers, CURRENT_BASED_POSITION)
        yield ""
        yield from self._ask(OPERATING_MODE, self._each(CURRENT_BASED_POSITION, "does not take its operating mode"))
        yield from self._ask(PRESENT, self._place)
        bus.write_each(POSITION_GAINS, numbers, 0)
        bus.write_each(GOAL_CURRENT, numbers, self._current())
        yield ""
        bus.write_each(TORQUE_ENABLE, numbers, 1)
        bus.write_each(BUS_WATCHDOG, numbers, round(self._settings.watchdog / WATCHDOG_STEP))
        yield from self._ask(TORQUE_ENABLE, self._torque)

    @property
    def _present(self) -> tuple[int, ...]:
        return tuple(number for number in self._numbers if number not in self.absent)

    def _current(self) -> int:
        limit = min(self._data.current_limit, self._settings.current_limit or self._data.current_limit)
        return round(limit / self._data.current_unit)

    def _ask(self, register: Register, judge: Place) -> Iterator[str]:
        """Reads a register of all motors until the cycle is complete; then returns the result of the check."""
        while (answers := self._bus.read_all(self._present, register)) is None:
            yield ""
        missing = [number for number in self._present if number not in answers]
        if not missing:
            yield judge(answers)
            return
        self._sought += 1
        if self._sought > SEEK and 0 < len(missing) <= min(self._settings.most_silent, len(answers)):
            self.absent = tuple(missing)
            for number in missing:
                self._bus.forget(number)
        yield self._missing(missing)

    def _missing(self, missing: Sequence[int]) -> str:
        at = f"on {self._settings.port} at {self._settings.baud_rate} baud"
        if len(missing) == len(self._numbers):
            return f"no motor answers {at}: is the hand's own power on, and is it the right port and baud rate?"
        return f"{self._named(missing)} does not answer {at}"

    def _models(self, answers: Mapping[int, bytes]) -> str:
        known = self._data.models
        strange = {n: int.from_bytes(data, "little") for n, data in answers.items()}
        strange = {number: model for number, model in strange.items() if model not in known}
        if not strange:
            return ""
        return (
            f"{self._named(list(strange))} is of model {sorted(set(strange.values()))}, not {', '.join(known.values())}"
        )

    def _each(self, value: int, complaint: str) -> Place:
        def judge(answers: Mapping[int, bytes]) -> str:
            wrong = [number for number, data in answers.items() if data[0] != value]
            return f"{self._named(wrong)} {complaint}" if wrong else ""

        return judge

    def _torque(self, answers: Mapping[int, bytes]) -> str:
        self.refusing = tuple(number for number, data in answers.items() if not data[0])
        complaint = "does not switch its torque on; it has a hardware error, and a reset starts it anew"
        return f"{self._named(self.refusing)} {complaint}" if self.refusing else ""

    def _named(self, numbers: Sequence[int]) -> str:
        return ", ".join(f"motor {number} ({self._names[number]})" for number in numbers)
