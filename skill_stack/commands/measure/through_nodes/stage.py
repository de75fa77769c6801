"""A running stack for episodes: the truth, the whole state, and its world."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.snapshot_channel import SnapshotChannel
from skill_stack.core.shared_memory.truth_channel import Truth, TruthChannel
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.truth_details import TruthDetails

Array = np.ndarray


Found = TypeVar("Found")


LOOK = 0.02  # s between two looks at the truth


@dataclass(slots=True)
class EvaluationStage:
    """A running stack, as far as episodes need it.

    Attributes:
        namespace: Its ROS namespace.
        channel: What is really so, and where pushes go.
        states: The whole state of the simulation, for values that are not in the channel.
        details: Objects, joints and links in such states.
        setup: The world that it is in.
        robot: The robot.
        library: Its skills.
        poll: Raises when the stack breaks down.
    """

    namespace: str
    channel: TruthChannel
    states: SnapshotChannel
    details: TruthDetails
    setup: SceneSetup
    robot: RobotSpec
    library: SkillLibrary
    poll: Callable[[], None]

    def now(self) -> Truth:
        """The newest truth, with arrays of its own; raises SkillStackError when there is none for two seconds."""
        return _soon(self.channel.read)

    def state(self) -> Array:
        """The newest generalised positions, an array of its own; raises as :meth:`now`."""
        return np.array(_soon(self.states.read)[1])


def _soon(read: Callable[[], Found | None]) -> Found:
    """What there is to read within two seconds; raises SkillStackError when nothing is."""
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        found = read()
        if found is not None:
            return found
        time.sleep(LOOK)
    raise SkillStackError("the simulator says nothing")


def copied(truth: Truth) -> Truth:
    """A truth whose arrays are its own."""
    names = ("position", "orientation", "linear", "angular", "contact")
    own: dict[str, Any] = {name: np.array(getattr(truth, name)) for name in names}
    return replace(truth, **own)
