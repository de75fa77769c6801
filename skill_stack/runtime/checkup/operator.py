"""CheckupOperator: the person who watches the robot, or none."""

from __future__ import annotations

from typing import Protocol


class CheckupOperator(Protocol):
    """Interface to the person.

    Attributes:
        attended: Whether a person watches: only then are there steps that need eyes or hands.
    """

    attended: bool

    def tell(self, text: str) -> None:
        """Says something."""

    def confirm(self, question: str) -> bool:
        """Asks something that is answered by yes or no."""

    def wait(self, task: str) -> None:
        """Asks for an action, and waits until it is done."""


class Nobody:
    """Operator of a simulated robot: confirms everything and does nothing."""

    attended = False

    def tell(self, text: str) -> None:
        """Does nothing."""

    def confirm(self, question: str) -> bool:
        """Yes: a simulated robot is harmless."""
        return True

    def wait(self, task: str) -> None:
        """Does nothing."""
