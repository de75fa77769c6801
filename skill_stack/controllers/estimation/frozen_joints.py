"""FrozenJoints: detects a joint whose data stay the same while the others change."""

from __future__ import annotations

from operator import ne

_ROUNDING = 1e-9


class FrozenJoints:
    """Compares the data of each joint with the previous sample.

    Measured values do not stay the same to the last bit for long. If position, velocity and torque of a joint all do,
    they are the last data of a drive that stopped sending. If the data of most joints stay the same, the cause is an
    old sample, or a resting robot without noise, and not a single drive.
    """

    def __init__(self, joints: int, patience: float) -> None:
        """Takes the number of joints, and the time from which silence counts, s."""
        self._patience = patience
        self._most = joints // 2
        self.forget()

    def forget(self) -> None:
        """Restarts with the next sample."""
        self._rows: tuple[list[float], list[float], list[float]] | None = None
        self._heard: list[float] = []
        self._now = 0.0

    def look(self, now: float, position: list[float], velocity: list[float], torque: list[float]) -> list[int]:
        """Joints, by index, that have been silent for the whole patience; sensors may follow the joints in each list.

        Args:
            now: Task time of the sample, s; a repeated sample changes nothing.
            position: Joint positions, rad.
            velocity: Joint velocities, rad/s.
            torque: Joint torques, N·m.
        """
        rows = self._rows
        if rows is None or now < self._now:
            self._heard = [now] * len(position)
        elif all(map(ne, position, rows[0])):  # the usual case: every joint tells something new
            self._heard = [now] * len(position)
        else:
            for joint, (p, v, t, was_p, was_v, was_t) in enumerate(zip(position, velocity, torque, *rows)):
                if p != was_p or v != was_v or t != was_t:
                    self._heard[joint] = now
        self._rows, self._now = (position, velocity, torque), now
        if now - min(self._heard) < self._patience - _ROUNDING:
            return []
        silent = [joint for joint, time in enumerate(self._heard) if now - time >= self._patience - _ROUNDING]
        return silent if len(silent) <= self._most else []
