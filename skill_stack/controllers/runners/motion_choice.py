"""MotionChoice: the command to the built-in controller at each tick, also in modes without a skill."""

from __future__ import annotations

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner
from skill_stack.controllers.runners.vendor_runner import VendorRunner
from skill_stack.controllers.safety.guard_violation import GuardViolation, Reaction
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.builtin import DAMP, STOP, MotionCommand

_DAMP, _STOP, _AS_IT_IS = MotionCommand(DAMP), MotionCommand(STOP), MotionCommand()


class MotionChoice:
    """Turns modes into motions.

    The built-in controller keeps its balance without the stack. So a robot without valid measurements is stopped, not
    damped: it is damped only for a finding of a guard, or at a person's request. A disarmed robot is left as it is.
    """

    def __init__(self) -> None:
        """Starts without a finding."""
        self._dropped = False

    def choose(
        self, mode: ControlMode, main: Runner | None, reading: FastEstimate, finding: GuardViolation | None
    ) -> MotionCommand:
        """The command to the built-in controller.

        Args:
            mode: What the control core is doing.
            main: The runner that drives, or None.
            reading: Where the robot is.
            finding: What the guards found at this tick, or None.
        """
        if mode is ControlMode.ESTOP:
            return _DAMP
        if mode is ControlMode.DAMPED:
            serious = finding is not None and finding.reaction >= Reaction.DAMP
            self._dropped = self._dropped or (reading.valid and serious)
            return _DAMP if self._dropped else _STOP
        self._dropped = False
        if isinstance(main, VendorRunner) and mode in (ControlMode.ACTIVE, ControlMode.STANCE):
            return main.command
        return _AS_IT_IS
