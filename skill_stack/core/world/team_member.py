"""TeamMember: what a robot tells those that share its floor."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A robot by its own estimate.

    Attributes:
        name: Its name, unique in the team.
        x: Of its base in ``map``, m.
        y: m.
        yaw: rad.
        velocity: Of its base in ``map``, m/s.
        front: How far its outline reaches ahead of the base, with what it carries or pushes, m.
        back: The same backwards, m.
        side: Half its width, m.
        deviation: Standard deviation of its position, m.
        path: Where it is going, in order, in ``map``, m; empty where it stays or a person drives it.
        avoids: Whether it goes half of the way around others itself.
        yields: Names of the robots that it lets go first.
    """

    name: str
    x: float
    y: float
    yaw: float
    velocity: Point = (0.0, 0.0)
    front: float = 0.3
    back: float = 0.3
    side: float = 0.2
    deviation: float = 0.0
    path: tuple[Point, ...] = ()
    avoids: bool = False
    yields: tuple[str, ...] = ()

    @property
    def place(self) -> Point:
        """Its base in ``map``, m."""
        return self.x, self.y
