"""ControllerWatch: whether the controller executes a request, and how long it may fail to."""

from __future__ import annotations

import math

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.skill_route import LIMP
from skill_stack.core.setpoint import ControlMode, SkillStatus

ACTIVE, NO_ESTOP = "controller is active", "no emergency stop"
"""Violated conditions of a step that the controller does not execute."""


class ControllerWatch:
    """Checks with every status whether a request can still be executed."""

    def __init__(self, request_id: str, settings: ConnectorSettings, holds: bool) -> None:
        """Starts the watch.

        Args:
            request_id: The request.
            settings: Numbers of the connector.
            holds: Whether it requests only the stance.
        """
        self._request, self._settings, self._holds = request_id, settings, holds
        self._driven = False
        self._off_since: float | None = None
        self._seen = -math.inf

    def refusal(self, status: SkillStatus) -> tuple[str, str] | None:
        """Why the controller does not, or no longer, execute the request: the reason and the violated condition.

        Where statuses came so late that the setpoint ran out in between, the controller had none to take up: the time
        that it may need begins again.
        """
        now, mode = status.task_time, status.mode
        late, self._seen = now - self._seen > self._settings.validity, now
        if mode is ControlMode.ESTOP:
            return f"emergency stop: {status.reason or 'latched'}", NO_ESTOP
        if mode is ControlMode.ACTIVE or self._holds:
            self._driven, self._off_since = self._driven or status.request_id == self._request, None
            return None
        if mode in LIMP and self._driven:
            return status.reason or f"the controller is {mode.value}", ACTIVE
        self._off_since = now if late or self._off_since is None else self._off_since
        patience = self._settings.loading if mode is ControlMode.STARTING else self._settings.grace
        if now - self._off_since <= patience:
            return None
        return status.reason or f"the controller stays {mode.value}", ACTIVE
