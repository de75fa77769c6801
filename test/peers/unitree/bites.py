"""What the peer does wrong on demand: each bite has a name, a length and its own parameters."""

from __future__ import annotations

import math
from typing import Any

from unitree.family import Extras
from unitree.remote import remote_bytes

from skill_stack.core.errors import UnknownName

Values = dict[str, Any]


class Bites:
    """The bites that are in force.

    Attributes:
        names: All that there are.
    """

    names = (
        *("checksum", "frozen", "tick_back", "not_finite", "imu_broken", "jump", "mode_machine", "tick_stuck"),
        *("hot", "battery", "motor_fault", "remote", "second_writer", "link", "mute", "deaf"),
    )

    def __init__(self) -> None:
        """Begins harmless."""
        self._until: dict[str, float] = {}
        self._values: dict[str, Values] = {}

    def start(self, name: str, until: float, values: Values) -> None:
        """Lets one begin.

        Args:
            name: One of :attr:`names`.
            until: Time of the body at which it ends, s.
            values: Its parameters.

        Raises:
            UnknownName: There is no such bite, or no such button of the remote.
        """
        if name not in self.names:
            raise UnknownName("bite", name, self.names)
        if name == "remote":
            remote_bytes(**values)
        self._until[name], self._values[name] = until, values

    def heal(self) -> None:
        """Ends all."""
        self._until.clear()

    def now(self, name: str, time: float) -> bool:
        """Whether one is in force."""
        return time < self._until.get(name, -math.inf)

    def value(self, name: str, key: str, usual: Any) -> Any:
        """A parameter of one."""
        return self._values[name].get(key, usual)

    def extras(self, time: float) -> Extras:
        """What a state reports besides measurements."""
        pressed = self._values["remote"] if self.now("remote", time) else {}
        extras = Extras(remote_bytes(**pressed))
        if self.now("hot", time):
            extras.temperature[self.value("hot", "motor", 0)] = self.value("hot", "degrees", 125.0)
        if self.now("battery", time):
            extras.charge = self.value("battery", "charge", 0.05)
        if self.now("motor_fault", time):
            extras.faults[self.value("motor_fault", "motor", 0)] = self.value("motor_fault", "code", 1)
        if self.now("mode_machine", time):
            extras.mode_machine = self.value("mode_machine", "value", 9)
        return extras

    def spoil(self, state: Any, time: float) -> None:
        """Spoils a state that is complete but for its checksum, which will be right."""
        if self.now("tick_back", time):
            state.tick = max(state.tick - self.value("tick_back", "by", 100), 0)
        motor = state.motor_state
        if self.now("not_finite", time):
            setattr(motor[self.value("not_finite", "motor", 0)], self.value("not_finite", "field", "q"), math.nan)
        if self.now("jump", time):
            motor[self.value("jump", "motor", 0)].dq += self.value("jump", "by", 80.0)
        if self.now("imu_broken", time):
            state.imu_state.quaternion = [0.0] * 4

    def spoil_sealed(self, state: Any, time: float) -> None:
        """Spoils a state whose checksum is right."""
        if self.now("checksum", time):
            state.crc ^= 1 << self.value("checksum", "bit", 3)
