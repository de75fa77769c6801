"""Runner: computes the joint targets of a skill, tick by tick."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.core.skills.skill import SkillSpec


class Targets(NamedTuple):
    """Joint targets, ordered by ``RobotSpec.joints``.

    Gains are tuples, so that the same object is known to hold the same values.

    Attributes:
        q: Positions, rad; numbers of its own, never changed later.
        kp: Position gains, N·m/rad.
        kd: Damping gains, N·m·s/rad.
    """

    q: list[float] | np.ndarray
    kp: tuple[float, ...]
    kd: tuple[float, ...]


class Runner(Protocol):
    """One skill running on one robot.

    Attributes:
        spec: The skill.
        network: Hash of the network that it runs, empty for a skill without one.
        drives: Whether it drives each joint, or None for all.
        progress: How far it is, 0 to 1; 0 for a skill that has no end.
    """

    spec: SkillSpec
    network: str
    drives: tuple[bool, ...] | None
    progress: float

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Restarts.

        Args:
            reading: Where the robot is.
            before: The runner that drove until now, or None; one of the same network, or of one that it continues,
                hands its memory over.
        """

    def rehearse(self, reading: FastEstimate) -> None:
        """Does what :meth:`run` would do and discards it, so that code and weights are in the caches."""

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick.

        Args:
            reading: Where the robot is.
            goals: Goal values by name, SI; names that are not given are zero.
            dt: Time since the last tick, s of task time.
        """


@runtime_checkable
class Foresighted(Protocol):
    """A runner that can compute part of its next run ahead."""

    def prepare(self) -> None:
        """Computes ahead; call it after the command was sent. It changes only the duration of the next run."""


@runtime_checkable
class Continuing(Protocol):
    """A runner that can go on from the memory of another network's."""

    def continues(self, before: Runner) -> bool:
        """Whether :meth:`Runner.start` goes on from the memory of a runner, so that there is no jump to fade."""


@runtime_checkable
class GoalListener(Protocol):
    """A runner that is told of new goals before its next run."""

    def hear(self, goals: Mapping[str, float]) -> None:
        """Takes goals: those of before may have been reached, these are not yet."""


@runtime_checkable
class Gripping(Protocol):
    """A runner that can start from the joints' last targets instead of their positions."""

    def take_hold(self, reading: FastEstimate, last: Targets) -> None:
        """Takes over a grip; call it right after :meth:`Runner.start`.

        Args:
            reading: Where the robot is.
            last: Last command.
        """


@runtime_checkable
class Networked(Protocol):
    """A runner that evaluates a network in the loop.

    Attributes:
        evaluations: How often it was evaluated.
        observed: Its inputs, each of one dimension; they hold those of the last evaluation until the next tick.
        answered: Its outputs, the same.
    """

    evaluations: int

    @property
    def observed(self) -> tuple[np.ndarray, ...]: ...

    @property
    def answered(self) -> np.ndarray: ...


@runtime_checkable
class Undoable(Protocol):
    """A runner that can go back along its path.

    Attributes:
        undone: Whether it is back where it began.
    """

    @property
    def undone(self) -> bool: ...


def inside(runner: Runner | None) -> Iterator[Runner]:
    """A runner and the runners that it contains in its attribute ``inner``, where it has one."""
    if runner is not None:
        yield runner
        for part in getattr(runner, "inner", ()):
            yield from inside(part)
