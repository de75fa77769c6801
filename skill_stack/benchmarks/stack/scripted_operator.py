"""ScriptedOperator: simulates a person during a long run, who states the robot's pose on request."""

from __future__ import annotations

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.block_name import truth_beside
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import state_place
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from skill_stack.core.world.scene import Pose2

PRECISION = 0.05
"""How certain the attendant is, m and rad: what a person reads off marks on a floor."""


class ScriptedOperator:
    """Reads the robot's true pose, like a person in the room, and states it like ``skill-stack place``.

    Attributes:
        asked: Whether a request is unanswered.
        answers: How often one was given.
    """

    def __init__(self, channels: RobotChannels) -> None:
        """Begins without a request.

        Args:
            channels: The shared memory of a simulated robot; the file with its truth, which stands for the person's
                eyes, lies beside it.
        """
        self._channels = channels
        self._path = truth_beside(channels.block.path)
        self.asked = False
        self.answers = 0

    def look(self) -> None:
        """Answers a request when the robot stands still."""
        if not self.asked:
            return
        channel = TruthChannel(self._path)
        try:
            seen = channel.read()
        finally:
            channel.close()
        if seen is None:
            return
        x, y, _ = seen.position.tolist()
        try:
            state_place(self._channels, Pose2(x, y, yaw_of(seen.orientation)), PRECISION, PRECISION)
        except DataError:  # it moves; at the next look
            return
        self.asked = False
        self.answers += 1
