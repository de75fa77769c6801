"""Wheel: one person drives at a time, and only while the dead-man switch is held."""

from __future__ import annotations

import math

HOLD = 0.2
"""Silence of the driver after which the switch counts as released, s."""
Velocity = tuple[float, float, float]
"""vx, vy, m/s, and wz, rad/s, in the base frame."""
REST: Velocity = (0.0, 0.0, 0.0)


class Wheel:
    """Who drives, who asks to, and what the driver's hand wants. Clients are named by their ids.

    Every method returns why it did nothing, or an empty string.

    Attributes:
        driver: Who may drive, or None.
        asking: Who asked the driver for the wheel, or None.
    """

    def __init__(self) -> None:
        """Nobody drives."""
        self.driver: str | None = None
        self.asking: str | None = None
        self._wanted, self._at = REST, -math.inf
        self._heard, self._halted = -math.inf, False

    def ask(self, client: str) -> str:
        """Takes a free wheel, or asks the driver for it."""
        if self.driver in (None, client):
            self.driver = client
        elif self.asking in (None, client):
            self.asking = client
        else:
            return f"{self.asking} has asked already"
        return ""

    def give(self, client: str) -> str:
        """The driver lets go of the wheel; who asked for it gets it."""
        if self.driver != client:
            return "you do not drive"
        self._hand_to(self.asking)
        return ""

    def grant(self, client: str) -> str:
        """The driver hands the wheel to who asked."""
        if self.driver != client:
            return "you do not drive"
        if self.asking is None:
            return "nobody asks for the wheel"
        self._hand_to(self.asking)
        return ""

    def deny(self, client: str) -> str:
        """The driver keeps the wheel."""
        if self.driver != client:
            return "you do not drive"
        self.asking = None
        return ""

    def take(self, client: str) -> str:
        """Takes the wheel whether or not the driver agrees."""
        self._hand_to(client)
        return ""

    def leave(self, client: str) -> None:
        """A client has gone: its hand holds nothing any more, and who asked it gets the wheel."""
        if self.asking == client:
            self.asking = None
        if self.driver == client:
            self._hand_to(self.asking)

    def drive(self, client: str, velocity: Velocity, now: float) -> str:
        """The hand on the switch wants a velocity.

        Args:
            client: Whose hand.
            velocity: What it wants.
            now: Monotonic time, s.
        """
        if self.driver != client:
            return "you do not drive: ask for the wheel first"
        let_go = velocity == REST or now - self._heard > HOLD
        self._heard = now
        if self._halted and not let_go:
            return "the robot was stopped: let go of the stick first"
        self._halted = False
        self._wanted, self._at = velocity, now
        return ""

    def halt(self) -> None:
        """The robot was stopped: whatever is held means nothing until it has been let go."""
        self._wanted, self._at = REST, -math.inf
        self._halted = True

    def wanted(self, now: float) -> Velocity:
        """What the driver's hand wants at ``now``, s; rest where the switch is not held."""
        return self._wanted if now - self._at <= HOLD else REST

    def _hand_to(self, client: str | None) -> None:
        self.driver = client
        if self.asking == client:
            self.asking = None
        self._wanted, self._at = REST, -math.inf
        self._heard, self._halted = -math.inf, False
