"""ControllerRestore: keeps the robot's built-in controller running, without blocking, and detects when it stops."""

from __future__ import annotations

from typing import Literal

from skill_stack.hardware.unitree.controller_release import CHECK_MODE, SELECT_MODE, SERVICE
from skill_stack.hardware.unitree.sport.rpc import OK, RpcAnswer, Service, meaning

ASK_EVERY = 1.0
"""Time between two queries, s."""
PATIENCE = 3.0
"""Time without an answer after which that is reported, s."""

Policy = Literal["lying", "never"]


class ControllerRestore:
    """Queries which built-in controller runs; if none does, switches one on, once, and only while that is safe.

    If a controller ran and does not run any more, another program switched it off and commands the joints now: it is
    not restored.

    Attributes:
        found: Name of the mode that runs, empty while none is known.
        trouble: Why it accepts no requests, for people; empty when it runs.
        lost: Whether it ran, and was switched off since by another client.
    """

    def __init__(self, switcher: Service, mode: str, policy: Policy) -> None:
        """Starts with the next :meth:`turn`.

        Args:
            switcher: The service that switches built-in controllers.
            mode: Name of the mode that is switched on where none runs.
            policy: ``lying``: once the robot lies at rest. ``never``: that is refused.
        """
        self._switcher, self._mode, self._policy = switcher, mode, policy
        self.found = ""
        self.trouble = "asks which built-in controller runs"
        self.lost = False
        self._request: int | None = None
        self._sent = self._heard = -1.0

    def turn(self, now: float, safe: bool) -> None:
        """Takes answers and sends queries when due.

        Args:
            now: Monotonic time, s.
            safe: Whether the robot lies at rest where it needs no power.
        """
        self._heard = now if self._heard < 0 else self._heard
        for answer in self._switcher.answers():
            if answer.request == self._request:
                self._request, self._heard = None, now
                self._take(answer, now, safe)
        if now - self._sent >= ASK_EVERY:
            self._ask(CHECK_MODE, now)
        if now - self._heard >= PATIENCE:
            self.trouble = f"the service '{SERVICE}' does not answer"

    def _ask(self, api: int, now: float, parameter: dict[str, object] | None = None) -> None:
        self._request, self._sent = self._switcher.send(api, parameter), now

    def _take(self, answer: RpcAnswer, now: float, safe: bool) -> None:
        if answer.code != OK:
            self.trouble = f"the service '{SERVICE}' answers {meaning(answer.code)}"
            return
        if answer.api == SELECT_MODE:
            self.trouble = f"waits for the built-in controller '{self._mode}'"
            return
        name = str(answer.read().get("name") or "")
        if name and not self.lost:
            self.found, self.trouble = name, ""
        elif self.found or self.lost:
            self.lost, self.found = True, ""
            self.trouble = "somebody else switched the built-in controller off and may command the joints"
        elif self._policy == "never":
            self.trouble = "no built-in controller runs; switch it on, or say select: lying"
        elif not safe:
            self.trouble = "no built-in controller runs; it is switched on once the robot lies at rest: lay it down"
        else:
            self._ask(SELECT_MODE, now, {"name": self._mode})
