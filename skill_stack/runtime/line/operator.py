"""Operator: confirms hazardous requests of the person who runs a robot in one process."""

from __future__ import annotations

import secrets

from skill_stack.core.processes.confirmation import RunConfirmations, is_confirmed
from skill_stack.core.setpoint import SkillRequest, SkillSetpoint
from skill_stack.core.shared_memory.block_words import RUN_KEY_SIZE
from skill_stack.core.skills.skill_library import SkillLibrary


class Operator:
    """The person at a robot that exists only in this process, with its own secret.

    Connector and control core require the same as in operation: a signed confirmation for each request.

    Attributes:
        confirmations: The confirmations for the connector.
    """

    def __init__(self) -> None:
        """Makes the secret."""
        self._key = secrets.token_bytes(RUN_KEY_SIZE)
        self.confirmations = RunConfirmations(lambda: self._key)

    def confirmed(self, request: SkillRequest, library: SkillLibrary) -> SkillRequest:
        """A request with the operator's confirmation, where it needs one.

        Args:
            request: The request.
            library: Skills of the robot.
        """
        hazardous = request.skill in library and library.hazard(request.skill) == "high"
        return self.confirmations.confirm(request) if hazardous else request

    def is_confirmed(self, setpoint: SkillSetpoint) -> bool:
        """Whether the operator confirmed the plan of a setpoint."""
        return is_confirmed(setpoint, self._key)
