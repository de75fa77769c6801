"""ControllerWatch: whether the controller does what one request asks of it, and for how long it may not."""

from __future__ import annotations

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.skill_route import LIMP
from skill_stack.core.setpoint import ControlMode, SkillStatus

ACTIVE, NO_ESTOP = "controller is active", "no emergency stop"
"""Violated conditions with which a step ends that the controller does not carry out."""


class ControllerWatch:
    """Sees from every status whether a request still can be carried out."""

    def __init__(self, request_id: str, settings: ConnectorSettings, holds: bool) -> None:
        """Begins to look.

        Args:
            request_id: The request.
            settings: Numbers of the connector.
            holds: Whether the stance is all that it asks for.
        """
        self._request, self._settings, self._holds = request_id, settings, holds
        self._driven = False
        self._off_since: float | None = None

    def refusal(self, status: SkillStatus) -> tuple[str, str] | None:
        """Why the controller does not do, or no longer does, what was asked: the reason and the violated condition."""
        now, mode = status.task_time, status.mode
        if mode is ControlMode.ESTOP:
            return f"emergency stop: {status.reason or 'latched'}", NO_ESTOP
        if mode is ControlMode.ACTIVE or self._holds:
            self._driven, self._off_since = self._driven or status.request_id == self._request, None
            return None
        if mode in LIMP and self._driven:
            return status.reason or f"the controller is {mode.value}", ACTIVE
        self._off_since = now if self._off_since is None else self._off_since
        patience = self._settings.loading if mode is ControlMode.STARTING else self._settings.grace
        if now - self._off_since <= patience:
            return None
        return status.reason or f"the controller stays {mode.value}", ACTIVE
