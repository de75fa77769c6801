"""ControllerRelease: makes the robot's built-in controller release the motors, without blocking."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from skill_stack.core.skills.builtin import BuiltInSpec
from skill_stack.hardware.unitree.sport.rpc import OK, RpcAnswer, Service, meaning

SERVICE = "motion_switcher"
CHECK_MODE, SELECT_MODE, RELEASE_MODE = 1001, 1002, 1003

ASK_AGAIN = 1.0  # s after which an unanswered request is repeated
PATIENCE = 5.0  # s without an answer after which that is reported
PAUSE = 0.5  # s between a release and the next look
LOWERING = (1.5, 8.0)  # s that lying down takes at least, and at most
REST = 0.5  # s without motion that end it

Policy = Literal["lower", "at_once", "never"]


class ReleaseStep(Enum):
    """Step of the sequence."""

    ASKING = "asks which built-in controller runs"
    LOWERING = "the built-in controller lays the robot down"
    RELEASING = "switches the built-in controller off"
    DONE = "no built-in controller runs"
    REFUSED = "a built-in controller runs and is not switched off"


class ControllerRelease:
    """Queries, lowers, releases, and queries again until no controller is left.

    Attributes:
        step: Where it is.
        found: Name of the built-in mode that ran, empty when none did.
        trouble: Why it does not get on, for people; empty while it does.
    """

    def __init__(self, switcher: Service, sport: Service | None, builtin: BuiltInSpec | None, policy: Policy) -> None:
        """Starts with the next :meth:`turn`.

        Args:
            switcher: The service that switches built-in controllers.
            sport: The built-in controller's own service, to lower the robot.
            builtin: What that one can do.
            policy: What becomes of a controller that runs.
        """
        self._switcher, self._sport, self._builtin, self._policy = switcher, sport, builtin, policy
        self.step = ReleaseStep.ASKING
        self.found = self.trouble = ""
        self._request: int | None = None
        self._sent = self._began = self._not_before = -1.0
        self._heard: float | None = None
        self._resting: float | None = None

    def turn(self, now: float, at_rest: bool) -> None:
        """Takes answers and makes the next step when due.

        Args:
            now: Monotonic time, s.
            at_rest: Whether no joint moves.
        """
        if self.step in (ReleaseStep.DONE, ReleaseStep.REFUSED):
            return
        if self._heard is None:
            self._heard = now
        for answer in self._switcher.answers():
            if answer.request == self._request:
                self._request, self._heard = None, now
                self._answered(answer, now)
        if self.step is ReleaseStep.LOWERING:
            self._lower(now, at_rest)
        elif self.step in (ReleaseStep.ASKING, ReleaseStep.RELEASING) and now >= self._not_before:
            self._ask(now)

    def _ask(self, now: float) -> None:
        if self._request is None or now - self._sent >= ASK_AGAIN:
            self._request = self._switcher.send(CHECK_MODE if self.step is ReleaseStep.ASKING else RELEASE_MODE)
            self._sent = now
        assert self._heard is not None
        if now - self._heard >= PATIENCE:
            self.trouble = f"the service '{SERVICE}' does not answer (simulators without it: release: unasked)"

    def _answered(self, answer: RpcAnswer, now: float) -> None:
        if answer.code != OK:
            self.trouble = f"the service '{SERVICE}' answers {meaning(answer.code)}"
            self._not_before = now + PAUSE
            return
        self.trouble = ""
        if answer.api == RELEASE_MODE:
            self.step, self._not_before = ReleaseStep.ASKING, now + PAUSE
            return
        name = str(answer.read().get("name") or "")
        if not name:
            self.step = ReleaseStep.DONE
            return
        self.found = self.found or name
        self._choose(name, now)

    def _choose(self, name: str, now: float) -> None:
        """What to do about a running controller."""
        lowering = self._builtin.motions.get("stand_down") if self._builtin is not None else None
        if self._policy == "never":
            self._refuse(f"the built-in controller '{name}' runs; switch it off, or say release: lower or at_once")
        elif self._policy == "at_once" or self._resting is not None:
            self.step = ReleaseStep.RELEASING
        elif lowering is None or self._sport is None:
            self._refuse(f"the built-in controller '{name}' runs and cannot lay this robot down: hang the robot up "
                         "or lay it down, and say release: at_once")  # fmt: skip
        else:
            self._sport.send(lowering.api, dict(lowering.parameter))
            self.step, self._began = ReleaseStep.LOWERING, now

    def _refuse(self, why: str) -> None:
        self.step, self.trouble = ReleaseStep.REFUSED, why

    def _lower(self, now: float, at_rest: bool) -> None:
        if not at_rest:
            self._resting = None
        elif self._resting is None:
            self._resting = now
        shortest, longest = LOWERING
        if now - self._began >= shortest and self._resting is not None and now - self._resting >= REST:
            self.step, self._heard = ReleaseStep.RELEASING, now
        elif now - self._began >= longest:
            self._refuse("the built-in controller did not bring the robot to rest on the ground")
