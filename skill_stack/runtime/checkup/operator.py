"""CheckupOperator: the person who watches the robot, or nobody."""

from __future__ import annotations

from typing import Protocol


class CheckupOperator(Protocol):
    """Whom the walk-through asks.

    Attributes:
        attended: Whether a person watches: only then are there steps that need eyes or hands.
    """

    attended: bool

    def tell(self, text: str) -> None:
        """Says something."""

    def confirm(self, question: str) -> bool:
        """Asks something that is answered by yes or no."""

    def wait(self, task: str) -> None:
        """Asks for something to be done, and waits until it is."""


class Nobody:
    """Nobody watches: a simulated robot. Confirms everything and does nothing."""

    attended = False

    def tell(self, text: str) -> None:
        """Says nothing."""

    def confirm(self, question: str) -> bool:
        """Yes: a simulated robot harms nobody."""
        return True

    def wait(self, task: str) -> None:
        """There is nobody to do it."""
