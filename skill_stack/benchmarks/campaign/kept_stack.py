"""KeptStack: one stack of real processes reused for several trials, while it is intact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from skill_stack.benchmarks.campaign.process_stack import ProcessStack

MOST = 10
"""Most trials of one stack, so that both many faults in a row and fresh starts are tested."""
PATIENCE = 20.0
"""Time for a used stack until its robot walks, s."""


Stack = TypeVar("Stack", bound=ProcessStack)


class KeptStack(Generic[Stack]):
    """Starting three processes takes longer than most faults; use it as a context manager.

    A stack is given up when a trial in it went wrong, when a process of it is gone, when its robot does not lie or
    stand upright, or when it does not come to walk again.

    Attributes:
        served: Trials that the stack in use has served before the present one.
    """

    def __init__(self, make: Callable[[str], Stack]) -> None:
        """Starts nothing.

        Args:
            make: Makes a stack for a name that distinguishes several of one process.
        """
        self._make = make
        self._stack: Stack | None = None
        self._number = 0
        self.served = 0

    def __enter__(self) -> KeptStack[Stack]:
        """Starts nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the stack in use."""
        self.give_up()

    def walking(self) -> Stack:
        """A stack with a robot walking in a circle; raises AssertionError when even a fresh one fails."""
        if self._stack is not None and (self.served >= MOST or not self._stack.is_sound):
            self.give_up()
        if self._stack is not None:
            try:
                self._stack.wait_active(PATIENCE)
                return self._stack
            except AssertionError:
                self.give_up()
        self._number += 1
        stack = self._stack = self._make(f"campaign{self._number}")
        stack.__enter__()
        stack.wait_active()
        return stack

    def serve(self) -> None:
        """Records a successful trial of the stack."""
        self.served += 1

    def give_up(self) -> None:
        """Ends the stack in use; the next trial gets a fresh one."""
        stack, self._stack, self.served = self._stack, None, 0
        if stack is not None:
            stack.__exit__(None, None, None)
