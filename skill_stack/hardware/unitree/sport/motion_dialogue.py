"""MotionDialogue: calls to a robot's built-in controller, their repetition and their answers."""

from __future__ import annotations

from skill_stack.core.skills.builtin import BuiltInSpec, MotionCommand
from skill_stack.hardware.unitree.sport.rpc import OK, Service, meaning

PATIENCE = 1.0
"""Time within which the robot must answer a call, s."""
AGAIN = 0.5
"""Time after which a refused call is repeated while its motion is requested, s."""


class MotionDialogue:
    """Calls a motion once when it is newly requested, and repeats the call where the robot needs that or refused it.

    Before a motion is left, the one that ends it is called, so that walking ends with a stop. Only answers to calls for
    the present request count; answers to older calls are ignored.

    Attributes:
        trouble: Why the robot does not carry out the requested motion, for people; empty when it does.
        refusals: How many calls were refused or not answered.
    """

    def __init__(self, spec: BuiltInSpec, service: Service) -> None:
        """Starts without a requested motion."""
        self._spec = spec
        self._service = service
        self._wanted = ""
        self._called = 0.0
        self._request = 0
        self._waits = self._refused = False
        self.trouble = ""
        self.refusals = 0

    def turn(self, command: MotionCommand, now: float) -> None:
        """One turn: takes answers and makes due calls.

        Args:
            command: The requested motion.
            now: Monotonic time, s.

        Raises:
            UnknownName: The robot has no such motion.
        """
        self._listen(now)
        if command.motion != self._wanted:
            self._leave()
            self._wanted, self.trouble = command.motion, ""
            self._call(command, now)
        elif command.motion and self._due(now):
            self._call(command, now)

    def _listen(self, now: float) -> None:
        for answer in self._service.answers():
            if not self._waits or answer.request != self._request:
                continue
            self._waits, self._refused = False, answer.code != OK
            self.trouble = f"the robot refused '{self._wanted}' ({meaning(answer.code)})" if self._refused else ""
            self.refusals += self._refused
        if self._waits and now - self._called > PATIENCE:
            self._waits, self._refused = False, True
            self.trouble = f"the robot did not answer '{self._wanted}' within {PATIENCE:g} s"
            self.refusals += 1

    def _due(self, now: float) -> bool:
        repeat = self._spec.motion(self._wanted).repeat
        pause = AGAIN if self._refused else repeat
        return not self._waits and pause is not None and now - self._called >= pause - 1e-9

    def _leave(self) -> None:
        after = self._spec.motion(self._wanted).leave if self._wanted else None
        self._waits = self._refused = False
        if after is not None:
            ending = self._spec.motion(after)
            self._service.send(ending.api, ending.fill({}), reply=ending.reply)

    def _call(self, command: MotionCommand, now: float) -> None:
        if not command.motion:
            return
        motion = self._spec.motion(command.motion)
        self._request = self._service.send(motion.api, motion.fill(command.goals), reply=motion.reply)
        self._called, self._waits, self._refused = now, motion.reply, False
