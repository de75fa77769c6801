"""Link: ROS interface of the driver; implemented in ``nodes``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JointStates:
    """One message of the joint state broadcaster.

    Attributes:
        count: How many have come so far.
        stamp: Monotonic time at which it came, s.
        position: By joint, rad.
        velocity: By joint, rad/s; empty where the broadcaster has none.
        effort: By joint, N·m; empty where the broadcaster has none.
    """

    count: int
    stamp: float
    position: Mapping[str, float]
    velocity: Mapping[str, float]
    effort: Mapping[str, float]


class Link(Protocol):
    """The robot's topics."""

    def states(self) -> JointStates | None:
        """The newest message, or None before the first."""

    def ask_joints(self) -> None:
        """Requests the controller's parameter ``joints``; the answer arrives later."""

    def controller_joints(self) -> tuple[str, ...] | None:
        """The controller's joints in its own order; None before its answer, empty when it has none."""

    def forget_joints(self) -> None:
        """Discards the controller's last and pending answers."""

    def description(self) -> str | None:
        """The robot's URDF as the controllers have it; None before it came."""

    def other_publishers(self) -> int:
        """Number of other publishers of commands to the controller."""

    def send_array(self, values: Sequence[float]) -> None:
        """Publishes numbers in the controller's order."""

    def send_trajectory(self, joints: Sequence[str], positions: Sequence[float], seconds: float) -> None:
        """Publishes one point to be reached after that many seconds."""
