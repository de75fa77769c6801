"""Battery: state of charge of robots whose battery has its own topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from skill_stack.hardware.unitree.family import FAMILIES
from skill_stack.hardware.unitree.messages.layout import MessageLayout
from skill_stack.hardware.unitree.settings import UnitreeRobot

if TYPE_CHECKING:  # over ROS the messages come from elsewhere
    from skill_stack.hardware.unitree.link import Inlet


class Battery:
    """Last report of the battery."""

    def __init__(self, data: UnitreeRobot, listen: Callable[[Any], Inlet]) -> None:
        """Subscribes, where the robot's message family has such a report.

        Args:
            data: The robot.
            listen: Makes an inlet for the battery's message.
        """
        self._charge = 1.0
        self._inlet: Inlet | None = None
        message = FAMILIES[data.messages].battery
        if message is not None:
            self._inlet = listen(message)
            self._charge_at = MessageLayout(message).places("soc")[0].wire

    def charge(self) -> float:
        """Last reported state of charge, 0 to 1; 1 before the first report."""
        raw = self._inlet.take() if self._inlet is not None else None
        if raw is not None:
            self._charge = raw[self._charge_at] / 100.0
        return self._charge
