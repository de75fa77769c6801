"""EvdevPad: a gamepad of the Linux input subsystem."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.teleop.gamepad.hand import PadState
from skill_stack.teleop.gamepad.profile import GamepadProfile

RUMBLE = 250
"""Length of a rumble, ms."""
_STRENGTH = 0x8000  # half of the largest of a motor, which is 16 bits


class PadLost(SkillStackError):
    """The gamepad is not there (any more)."""


class EvdevState:
    """State of a device by its events.

    Absolute axes are scaled by the range that the device states to -1 to 1.
    """

    def __init__(self, profile: GamepadProfile, ranges: dict[str, tuple[int, int]], pressed: Iterable[str]) -> None:
        """Takes the state when the device is opened.

        Args:
            profile: Names of controls.
            ranges: Smallest and largest value of each axis, by its name in the subsystem.
            pressed: Buttons that are pressed, by their names in the subsystem.

        Raises:
            PadLost: The device lacks a control that the profile uses; names it.
        """
        self._sticks = {
            one.evdev: (name, one.sign["evdev"], ranges.get(one.evdev)) for name, one in profile.sticks.items()
        }
        if missing := [code for code, (_, _, found) in self._sticks.items() if found is None]:
            raise PadLost(f"the device has no axis {missing[0]}; it has {', '.join(sorted(ranges)) or 'none'}")
        self._buttons = {one.evdev: name for name, one in profile.buttons.items()}
        self._values: dict[str, float] = {}
        self._pressed = {self._buttons[code] for code in pressed if code in self._buttons}

    @property
    def state(self) -> PadState:
        """The present state."""
        return PadState(dict(self._values), frozenset(self._pressed))

    def take(self, names: Iterable[str], value: int) -> None:
        """Takes an event.

        Args:
            names: Names of its code; some have several.
            value: Its value: 0 or 1 for a button, the position for an axis.
        """
        for name in names:
            if name in self._buttons:
                (self._pressed.add if value else self._pressed.discard)(self._buttons[name])
            elif name in self._sticks:
                stick, sign, found = self._sticks[name]
                low, high = found or (-1, 1)
                self._values[stick] = sign * (2.0 * (value - low) / max(1, high - low) - 1.0)


class EvdevPad:
    """Reads a device without waiting.

    A pad that is unplugged, or whose driver reports that its radio is gone, raises :class:`PadLost` at the next poll.
    A receiver whose driver stays silent when the pad is out of range keeps the last state: use one that reports it.
    """

    def __init__(self, profile: GamepadProfile, path: str = "") -> None:
        """Opens the first device that has all controls of a profile.

        Args:
            profile: Names of controls.
            path: The device, for example ``/dev/input/event7``; empty for the first one that fits.

        Raises:
            PadLost: None fits; names those that there are.
            SkillStackError: The library is not installed.
        """
        try:
            import evdev
        except ModuleNotFoundError as error:
            raise SkillStackError(
                "gamepads need evdev: make setup EXTRAS=gamepad, or --joy with a node of ROS's package joy"
            ) from error
        self._evdev: Any = evdev
        self._device, self._state = self._open(profile, path)
        self._effect: int | None = None

    @property
    def name(self) -> str:
        """Name of the device, as it gives it."""
        return str(self._device.name)

    def _open(self, profile: GamepadProfile, path: str) -> tuple[Any, EvdevState]:
        codes, problems = self._evdev.ecodes, []
        for one in [path] if path else self._evdev.list_devices():
            try:
                device = self._evdev.InputDevice(one)
                axes = device.capabilities().get(codes.EV_ABS, [])
                ranges = {name: (info.min, info.max) for code, info in axes for name in _names(codes.ABS, code)}
                pressed = [name for code in device.active_keys() for name in _names(codes.BTN, code)]
                return device, EvdevState(profile, ranges, pressed)
            except PadLost as error:
                problems.append(f"{one} ({device.name}): {error}")
            except OSError as error:
                problems.append(f"{one}: {error.strerror or error}")
        nothing = "No input device can be read: is this user in the group input?"
        raise PadLost(f"no gamepad is there. {'; '.join(problems) or nothing}")

    def poll(self) -> PadState:
        """The state now.

        Raises:
            PadLost: The device has gone.
        """
        codes = self._evdev.ecodes
        try:
            while (event := self._device.read_one()) is not None:
                if event.type == codes.EV_KEY:
                    self._state.take(_names(codes.BTN, event.code), event.value)
                elif event.type == codes.EV_ABS:
                    self._state.take(_names(codes.ABS, event.code), event.value)
        except OSError as error:
            raise PadLost(f"{self.name} has gone: {error.strerror or error}") from error
        return self._state.state

    def rumble(self) -> None:
        """Shakes once, where the device can."""
        ff, codes = self._evdev.ff, self._evdev.ecodes
        try:
            if self._effect is None:
                motors = ff.Rumble(strong_magnitude=_STRENGTH, weak_magnitude=_STRENGTH)
                kind = ff.EffectType(ff_rumble_effect=motors)
                effect = ff.Effect(codes.FF_RUMBLE, -1, 0, ff.Trigger(0, 0), ff.Replay(RUMBLE, 0), kind)
                self._effect = self._device.upload_effect(effect)
            self._device.write(codes.EV_FF, self._effect, 1)
        except OSError:
            return  # it has no motors, or it has gone, which the next poll tells

    def close(self) -> None:
        """Closes the device."""
        self._device.close()


def _names(table: dict[int, Any], code: int) -> tuple[str, ...]:
    """The names of a code; some codes have several."""
    found = table.get(code, ())
    return (found,) if isinstance(found, str) else tuple(found)
