"""CanLink: an open CAN interface, with detection of loss."""

from __future__ import annotations

import can

from skill_stack.core.errors import DataError, StaleData
from skill_stack.hardware.allegro.frames import ERROR_BUS_OFF
from skill_stack.hardware.allegro.settings import AllegroSettings

MOST = 200
"""Most frames taken in one cycle; a flooded bus must not block the loop."""


class BusLost(StaleData):
    """The interface is gone, or its controller is bus-off."""


class CanLink:
    """One interface.

    Attributes:
        errors: Error frames so far.
    """

    def __init__(self, settings: AllegroSettings) -> None:
        """Opens it.

        Raises:
            DataError: It cannot be opened; the message states the remedy.
        """
        self._name = settings.channel
        self.errors = 0
        try:
            self._bus = can.Bus(channel=settings.channel, interface=settings.interface, receive_own_messages=False)
        except (can.CanError, OSError, ValueError, ImportError) as error:
            raise DataError(
                f"CAN interface '{settings.channel}' cannot be opened: {error}; bring it up with "
                f"'ip link set {settings.channel} up type can bitrate 1000000 restart-ms 100'"
            ) from error

    def take(self) -> list[can.Message]:
        """New frames; raises BusLost."""
        found: list[can.Message] = []
        try:
            while len(found) < MOST and (message := self._bus.recv(timeout=0.0)) is not None:
                if not message.is_error_frame:
                    found.append(message)
                    continue
                self.errors += 1
                if message.arbitration_id & ERROR_BUS_OFF:
                    raise BusLost(
                        f"the controller of '{self._name}' has taken itself off the bus: a wire or a bit rate"
                    )
        except (can.CanError, OSError) as error:
            raise BusLost(f"CAN interface '{self._name}' is gone: {error}") from error
        return found

    def send(self, *messages: can.Message) -> None:
        """Sends without waiting; raises BusLost."""
        try:
            for message in messages:
                self._bus.send(message, timeout=0.0)
        except (can.CanError, OSError) as error:
            raise BusLost(f"CAN interface '{self._name}' takes no frames: {error}") from error

    def close(self) -> None:
        """Closes it."""
        self._bus.shutdown()
