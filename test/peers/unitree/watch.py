"""The peer's notebook: what it was sent that no robot should be sent."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from unitree.body import Body

Array = np.ndarray

KEEP = 50  # violations that are kept in full
LARGEST_KP, LARGEST_KD = 500.0, 50.0  # beyond what any motor of these robots takes
TORQUE_MARGIN = 2.0  # a request may overtake the motion that it was limited for, but not by this factor
PATIENCE = 0.5  # s without a command while the motors are driven


class Watch:
    """Counts violations by kind and keeps the first ones in full.

    Attributes:
        counts: How often each kind happened.
        first: The first violations: time of the body, kind, detail.
        commands: Commands that were received.
    """

    def __init__(self, body: Body) -> None:
        """Watches what is done to a body."""
        self._body = body
        self._effort = body.by_motor(body.robot.column("effort"))
        self._silent = False
        self._unreachable = 0.0
        self.counts: Counter[str] = Counter()
        self.first: list[tuple[float, str, str]] = []
        self.commands = 0
        self.writers: set[int] = set()

    def note(self, kind: str, detail: str) -> None:
        """Notes a violation."""
        self.counts[kind] += 1
        if len(self.first) < KEEP:
            self.first.append((round(self._body.time, 3), kind, detail))

    def bad_frame(self, command: Any) -> None:
        """Notes a command whose checksum is wrong; the robot does not obey it."""
        self.note("checksum", f"{command.crc:08x}")

    def command(self, rows: Array, position: Array, velocity: Array) -> bool:
        """Looks at a whole command; returns whether motors would take it.

        Args:
            rows: q, dq, tau, kp, kd of each motor, shape (5, motors).
            position: Positions of the motors, rad.
            velocity: Their velocities, rad/s.
        """
        self.commands += 1
        if not np.isfinite(rows).all():
            self.note("not finite", str(self._body.names[int(np.argmax(~np.isfinite(rows).all(axis=0)))]))
            return False
        q, dq, tau, kp, kd = rows
        if (kp < 0).any() or (kp > LARGEST_KP).any() or (kd < 0).any() or (kd > LARGEST_KD).any():
            self.note("gains", f"kp {kp.min():g}…{kp.max():g}, kd {kd.min():g}…{kd.max():g}")
            return False
        torque = np.abs(tau + kp * (q - position) + kd * (dq - velocity))
        driven = kp > 0  # damping alone opposes any speed
        if (torque[driven] > TORQUE_MARGIN * self._effort[driven]).any():
            worst = int(np.argmax(np.where(driven, torque / self._effort, 0.0)))
            self.note("torque", f"{self._body.names[worst]} {torque[worst]:.0f} N·m of {self._effort[worst]:.0f}")
        return True

    def silence(self, reachable: bool) -> None:
        """Notes, once for each time, that nobody commands motors that are driven although the link is up."""
        time = self._body.time
        if not reachable:
            self._unreachable = time
        alone = min(self._body.silent_for, time - self._unreachable)
        silent = reachable and alone > PATIENCE and self._body.state == "driven"
        if silent and not self._silent:
            self.note("left driven", f"no command for {self._body.silent_for:.2f} s")
        self._silent = silent
