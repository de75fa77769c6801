"""DriveSession: driving with the keys of a terminal."""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Callable

from prompt_toolkit.input import create_input
from prompt_toolkit.input.base import Input
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from skill_stack.core.errors import SkillStackError
from skill_stack.teleop.drive_keys import DriveKeys
from skill_stack.teleop.velocity_ramp import DriveLimits, Velocity

HELP = """Drive with the arrow keys: up, down, left, right; shift with left or right goes sideways.
i , j l u o m . do the same and arcs. Space halts, + and - change the speed, Esc Esc is the emergency stop, q leaves.
Letting go stops the robot."""

_PERIOD = 0.05  # s, 20 Hz
_ESCAPE_WAIT = 0.1  # s of silence after which an escape is a key of its own and not the beginning of another
_DOUBLE = 0.7  # s between the two escapes of an emergency stop
_NAMES = {
    Keys.Up: "up", Keys.Down: "down", Keys.Left: "left", Keys.Right: "right",
    Keys.ShiftLeft: "s-left", Keys.ShiftRight: "s-right", " ": "space",
}  # fmt: skip


class DriveSession:
    """Reads keys and calls back with velocities at 20 Hz while a key is held or the robot still slows down."""

    def __init__(
        self,
        callback: Callable[[float, float, float], None],
        limits: DriveLimits,
        stop: Callable[[], None] = lambda: None,
        estop: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepares driving.

        Args:
            callback: Takes vx, vy, m/s, and wz, rad/s.
            limits: How fast.
            stop: Called when the person halts the robot (space, Ctrl-C).
            estop: Called for an emergency stop.
        """
        self._callback, self._stop, self._estop = callback, stop, estop
        self._keys = DriveKeys(limits)
        self._moving = False
        self._escape_at = self._input_at = float("-inf")
        self._left = False

    def run(self) -> None:
        """Drives until the person leaves or the terminal closes; the last velocity called back is zero.

        Raises:
            SkillStackError: Standard input is no terminal.
        """
        if not sys.stdin.isatty():
            raise SkillStackError("driving needs a terminal; programs publish velocities on cmd_vel instead")
        print(HELP, flush=True)
        terminal = create_input()
        try:
            with terminal.raw_mode():
                while not self._left and not terminal.closed:
                    self._cycle(terminal)
        finally:
            self._callback(0.0, 0.0, 0.0)
            print(flush=True)

    def _cycle(self, terminal: Input) -> None:
        """One period: keys in, velocity out. The wait ends early only for keys."""
        deadline = time.monotonic() + _PERIOD
        while (left := deadline - time.monotonic()) > 0 and not self._left:
            if select.select([terminal.fileno()], [], [], left)[0]:
                pressed = terminal.read_keys()
                self._input_at = time.monotonic()
                if not pressed and terminal.closed:  # the terminal is gone: nobody holds anything any more
                    self._left = True
                for press in pressed:
                    self.key(press, time.monotonic())
        if time.monotonic() - self._input_at > _ESCAPE_WAIT:
            for press in terminal.flush_keys():
                self.key(press, time.monotonic())
        self.update(time.monotonic())

    def key(self, press: KeyPress, now: float) -> None:
        """Takes a key press at ``now``, s."""
        if press.key == Keys.Escape:
            if now - self._escape_at <= _DOUBLE:
                self._keys.release()
                self._estop()
                print("\r\nEMERGENCY STOP: the robot is damped\r", flush=True)
            self._escape_at = now
            return
        name = _NAMES.get(press.key, press.data if len(press.data) == 1 else "")
        if press.key in (Keys.ControlD, "q"):
            self._left = True
        elif press.key == Keys.ControlC or name == "space":
            self._keys.press("space", now)
            self._stop()
        else:
            self._keys.press(name, now)

    def update(self, now: float) -> None:
        """Calls back with the velocity at ``now``, s: while it drives, and once with zero at the end."""
        velocity = self._keys.velocity(now)
        driving = self._keys.held(now) or any(velocity)
        if driving or self._moving:
            self._callback(*velocity)
            self._show(velocity)
        self._moving = driving

    def _show(self, velocity: Velocity) -> None:
        vx, vy, wz = velocity
        text = f"forward {vx:+.2f} m/s  left {vy:+.2f} m/s  turn {wz:+.2f} rad/s  speed {100 * self._keys.scale:.0f} %"
        print(f"\r{text}  ", end="", flush=True)
