"""ShownRun: what a page shows of a recorded run or episode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from skill_stack.monitor.robot_meshes import LinkMesh
from skill_stack.monitor.robot_tree import RobotTree

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class PlottedSignal:
    """A signal over the ticks.

    Attributes:
        unit: Its unit.
        values: Shape (ticks,).
        lower: Its limit, or None.
        upper: Its limit, or None.
    """

    unit: str
    values: Array
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class RunTimeline:
    """What is shown of a run; all times in s since its begin.

    Attributes:
        title: Heading.
        times: Of the ticks, shape (ticks,).
        joints: Names of the joints.
        positions: rad, shape (ticks, joints).
        base: Positions of the base, m, shape (ticks, 3).
        orientations: Of the base, w-x-y-z, shape (ticks, 4).
        signals: What can be plotted, by name.
        steps: Begin, end, outcome and words of each step.
        events: Time and words of each event, what the robot said and why among them.
        picture: The newest picture at a time, RGB, or None.
    """

    title: str
    times: Array
    joints: tuple[str, ...]
    positions: Array
    base: Array
    orientations: Array
    signals: Mapping[str, PlottedSignal]
    steps: tuple[tuple[float, float, str, str], ...] = ()
    events: tuple[tuple[float, str], ...] = ()
    picture: Callable[[float], Array | None] = field(default=lambda _: None)


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run or episode with its robot.

    Attributes:
        tree: Links of the robot.
        meshes: What they look like.
        timeline: What happened.
    """

    tree: RobotTree
    meshes: tuple[LinkMesh, ...]
    timeline: RunTimeline
