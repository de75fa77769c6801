"""StopLedger: records which plans were stopped."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.core.setpoint import plan_of


@dataclass(slots=True)
class StopLedger:
    """Follows the controller's count of stops, and records the plans that they ended.

    Attributes:
        count: Stops that are known of; goes into every setpoint.
    """

    count: int = 0
    _known: bool = False
    _plans: dict[str, None] = field(default_factory=dict)

    def observe(self, count: int) -> bool:
        """Takes the controller's count.

        Returns:
            Whether there was a stop since the last call. The first count, and one that fell because the control
            process was started anew, are not stops.
        """
        stopped = self._known and count > self.count
        self.count, self._known = count, True
        return stopped

    def refuse(self, request_id: str) -> None:
        """Records the plan of a stopped request; the last hundred are kept."""
        self._plans[plan_of(request_id)] = None
        while len(self._plans) > 100:
            self._plans.pop(next(iter(self._plans)))

    def refused(self, request_id: str) -> bool:
        """Whether the request belongs to a plan that was stopped."""
        return plan_of(request_id) in self._plans
