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
        """Shows a text."""

    def confirm(self, question: str) -> bool:
        """Asks a yes-or-no question."""

    def wait(self, task: str) -> None:
        """Requests an action of the person, and waits until it is done."""


class Nobody:
    """Operator of a simulated robot: confirms everything and does nothing."""

    attended = False

    def tell(self, text: str) -> None:
        """Does nothing."""

    def confirm(self, question: str) -> bool:
        """Returns True: a simulated robot is harmless."""
        return True

    def wait(self, task: str) -> None:
        """Does nothing."""
