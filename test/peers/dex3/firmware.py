"""A Dex3-1 without a network: seven motors that obey whole commands, and notes of what no hand should be sent.

It knows the vendor's documents alone, and nothing of the driver: the mode byte, the time-out of a protected motor and
the limits of the vendor's example, which are those of its URDF.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from dex3.messages import MOTORS, PADS, blank_state

Array = np.ndarray

STEP = 0.001  # s
LOWER = {
    "right": np.array([-1.05, -1.05, -1.75, 0.0, 0.0, 0.0, 0.0]),
    "left": np.array([-1.05, -0.742, 0.0, -1.57, -1.75, -1.57, -1.75]),
}
UPPER = {side: -LOWER["left" if side == "right" else "right"] for side in LOWER}
EFFORT = np.array([2.45, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4])  # N·m
INERTIA, DRAG = 2e-3, 0.02  # kg·m², N·m·s/rad: a finger with its gears
TIMEOUT_AFTER = 1.0  # s
MARGIN = 0.05  # rad that a target may be outside of a range
TORQUE_MARGIN = 2.0
LARGEST_KP, LARGEST_KD = 10.0, 1.0  # far beyond the gains of the vendor's programs, 1.5 and 0.2
MOST_COMMANDS = 1000  # a second
PATIENCE = 0.5  # s without a command while motors are driven that nothing stops


class Dex3Firmware:
    """The hand; its time passes in :meth:`advance` alone.

    Attributes:
        angles: Joint positions by motor number, rad.
        speeds: Their velocities, rad/s.
        rows: Command in force: q, dq, tau, kp, kd of each motor, shape (5, motors).
        protected: Whether each motor's last command armed its time-out.
        stopped: Whether its time-out has stopped each motor.
        endings: How driving ended each time: ``damped`` by a command, ``stopped`` by a time-out.
        commands: Whole commands so far.
        violations: What was wrong with commands, counted by kind.
        dead: Motors that have lost contact.
        motors: Motors that its states carry.
        pads: Tactile modules that its states carry.
        error: Its error code.
        time: Its time, s.
    """

    def __init__(self, side: str = "right") -> None:
        """A hand at rest in the middle of its ranges."""
        self.lower, self.upper = LOWER[side], UPPER[side]
        self.angles, self.speeds = 0.5 * (self.lower + self.upper), np.zeros(MOTORS)
        self.torque = np.zeros(MOTORS)
        self.temperatures = np.tile([36, 38], (MOTORS, 1))
        self.rows = np.zeros((5, MOTORS))
        self.protected = np.zeros(MOTORS, dtype=bool)
        self.stopped = np.zeros(MOTORS, dtype=bool)
        self.violations: Counter[str] = Counter()
        self.dead: set[int] = set()
        self.commands, self.motors, self.pads, self.error = 0, MOTORS, PADS, 0
        self.time, self._heard = 0.0, -np.inf
        self._second, self._in_second = 0, 0
        self._left = False
        self.endings: list[str] = []

    @property
    def silent_for(self) -> float:
        """Time since the last whole command, s."""
        return self.time - self._heard

    @property
    def doing(self) -> str:
        """What the motors do: ``driven``, ``damped`` or ``limp``."""
        _, dq, tau, kp, kd = np.where(self.stopped, 0.0, self.rows)
        if kp.any() or tau.any() or (kd * dq).any():
            return "driven"
        return "damped" if kd.all() else "limp"

    def obey(self, command: Any) -> None:
        """Takes a command; what is wrong with it is noted, and none of it obeyed."""
        motors = command.motor_cmd
        if len(motors) != MOTORS:
            self.violations["count"] += 1
            return
        modes = [int(motor.mode) for motor in motors]
        if any(mode & 0x0F != number for number, mode in enumerate(modes)):
            self.violations["number"] += 1
            return
        if any(mode >> 4 & 0x07 != 1 for mode in modes):
            self.violations["status"] += 1
            return
        rows = np.array([(m.q, m.dq, m.tau, m.kp, m.kd) for m in motors], dtype=float).T
        if not np.isfinite(rows).all():
            self.violations["not finite"] += 1
            return
        self._look(rows)
        self.commands += 1
        self._heard, self._left = self.time, False
        driven, protected = self.doing == "driven", np.array([bool(mode & 0x80) for mode in modes])
        self.stopped &= protected  # only a command without the bit starts a stopped motor
        self.rows, self.protected = rows, protected
        if driven and self.doing == "damped":
            self.endings.append("damped")

    def _look(self, rows: Array) -> None:
        """Notes what a hand should not be sent."""
        q, dq, tau, kp, kd = rows
        driven = kp > 0
        if (driven & ((q < self.lower - MARGIN) | (q > self.upper + MARGIN))).any():
            self.violations["range"] += 1
        if (kp < 0).any() or (kp > LARGEST_KP).any() or (kd < 0).any() or (kd > LARGEST_KD).any():
            self.violations["gains"] += 1
        torque = np.abs(tau + kp * (q - self.angles) + kd * (dq - self.speeds))
        if (torque > TORQUE_MARGIN * EFFORT)[driven].any():
            self.violations["torque"] += 1
        second = int(self.time)
        self._in_second = self._in_second + 1 if second == self._second else 1
        self._second = second
        if self._in_second > MOST_COMMANDS:
            self.violations["rate"] += 1

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        for _ in range(round(seconds / STEP)):
            self.time += STEP
            if self.silent_for > TIMEOUT_AFTER and (self.protected & ~self.stopped).any():
                self.endings += ["stopped"] if self.doing == "driven" else []
                self.stopped |= self.protected
            if self.silent_for > PATIENCE and self.doing == "driven" and not self.protected.all() and not self._left:
                self._left = True
                self.violations["left driven"] += 1
            q, dq, tau, kp, kd = np.where(self.stopped, 0.0, self.rows)
            wanted = tau + kp * (q - self.angles) + kd * (dq - self.speeds)
            self.torque = np.clip(wanted, -EFFORT, EFFORT)
            self.speeds = self.speeds + (self.torque - DRAG * self.speeds) / INERTIA * STEP
            moved = self.angles + self.speeds * STEP
            self.angles = np.clip(moved, self.lower - MARGIN, self.upper + MARGIN)
            self.speeds[moved != self.angles] = 0.0

    def cut_power(self) -> None:
        """Loses its power for a moment: commands and time-outs are forgotten."""
        self.rows[:] = 0.0
        self.speeds[:] = 0.0
        self.protected[:] = self.stopped[:] = False

    def state(self) -> Any:
        """What it publishes."""
        state = blank_state(self.motors, self.pads)
        for number, motor in enumerate(state.motor_state[:MOTORS]):
            if number in self.dead:
                motor.temperature = [0, 0]
                continue
            motor.mode = number | 1 << 4 | int(self.stopped[number]) << 7
            motor.q, motor.dq = float(self.angles[number]), float(self.speeds[number])
            motor.tau_est = float(self.torque[number])
            motor.temperature = self.temperatures[number].tolist()
        state.error = [self.error, 0]
        return state

    def report(self) -> dict[str, Any]:
        """What is really so, and what was seen."""
        return {
            "time": self.time,
            "angles": self.angles.tolist(),
            "doing": self.doing,
            "endings": self.endings,
            "silent": min(self.silent_for, 1e9),
            "commands": self.commands,
            "stopped": self.stopped.tolist(),
            "protected": self.protected.tolist(),
            "violations": dict(self.violations),
        }
