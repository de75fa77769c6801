"""Operator: whoever runs a robot in one process says yes to what is hazardous, by asking for it."""

from __future__ import annotations

import secrets

from skill_stack.core.processes.confirmation import RunConfirmations, vouched
from skill_stack.core.setpoint import SkillRequest, SkillSetpoint
from skill_stack.core.shared_memory.block_words import RUN_KEY_SIZE
from skill_stack.core.skills.skill_library import SkillLibrary


class Operator:
    """The person at a robot that exists in this process alone, with a secret of their own.

    Connector and control core demand of them what they demand of everybody: a signed confirmation for each request.

    Attributes:
        confirmations: What the connector asks.
    """

    def __init__(self) -> None:
        """Makes the secret."""
        self._key = secrets.token_bytes(RUN_KEY_SIZE)
        self.confirmations = RunConfirmations(lambda: self._key)

    def confirmed(self, request: SkillRequest, library: SkillLibrary) -> SkillRequest:
        """A request with the operator's yes, where it takes one.

        Args:
            request: What they ask for.
            library: Skills of the robot.
        """
        hazardous = request.skill in library and library.hazard(request.skill) == "high"
        return self.confirmations.confirm(request) if hazardous else request

    def vouched(self, setpoint: SkillSetpoint) -> bool:
        """Whether the operator said yes to what a setpoint serves."""
        return vouched(setpoint, self._key)
