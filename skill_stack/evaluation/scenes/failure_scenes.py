"""Scenes in which something goes wrong in mid-task, drawn by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from skill_stack.core.data_file import parse_model
from skill_stack.core.failure_cause import FailureCause
from skill_stack.core.world.scene_file import SceneFile

CAUSES = tuple(cause for cause in FailureCause if cause is not FailureCause.UNKNOWN)
"""Causes in the order of the seeds."""
AWAY = 40.0
"""Where things are before they come, m."""
TOUCH = 0.06
"""Gap between chest and object from which it counts as pushed, m."""
Injection = Literal["place", "remove", "aside", "load", "estop", "silence"]


@dataclass(frozen=True, slots=True)
class FailureScene:
    """One scene.

    Attributes:
        seed: Its seed.
        file: The scene; :attr:`hidden` is not in the robot's map.
        skill: What is asked for.
        arguments: Its arguments.
        cause: The injected cause.
        injection: What happens: ``place`` a thing at a point, ``remove`` it, push it ``aside`` or ``load`` it when the
            chest is at it, ``estop``, or ``silence`` of the sensors.
        thing: The thing that it happens to.
        point: Where it is placed; for ``aside``, by how much, m.
        at: Way towards the gap at which it happens, m; ``aside`` and ``load`` wait for the chest.
        hidden: Things that the map does not have.
    """

    seed: int
    file: SceneFile
    skill: str
    arguments: dict[str, Any]
    cause: FailureCause
    injection: Injection
    thing: str
    point: tuple[float, float]
    at: float
    hidden: tuple[str, ...] = ()

    @property
    def push(self) -> bool:
        """Whether something is to be pushed."""
        return "push" in self.skill

    def is_due(self, ahead: float, gap: float) -> bool:
        """Whether it goes wrong now.

        Args:
            ahead: How far the robot has come, m.
            gap: Between its chest and the thing, m.
        """
        return gap < TOUCH if self.injection in ("aside", "load") else ahead >= self.at


def failure_scene(seed: int, another: bool = False) -> FailureScene:
    """Draws the scene of a seed; the cause is that of ``seed`` modulo their number.

    Args:
        seed: The seed.
        another: Whether there is a second thing of the same kind, farther away, to which nothing happens.
    """
    rng = np.random.default_rng((seed, 6))
    cause = CAUSES[seed % len(CAUSES)]
    gap = float(rng.uniform(-0.4, 0.4))
    far = rng.uniform(2.8, 3.0) if another else rng.uniform(3.4, 4.2)
    target = (float(far), gap + float(rng.uniform(-0.4, 0.4)))
    at = float(rng.uniform(0.4, 0.8))
    aside = float(rng.choice([-1, 1])) * float(rng.uniform(0.5, 0.8))
    go = {"target": "red_ball"}
    push = {"target": "pink_box", "place": "orange_cone"}
    file = _file(gap, target, float(rng.uniform(-0.15, 0.15)), "push" in _skill(cause), another)
    made: dict[FailureCause, tuple[Injection, str, tuple[float, float], tuple[str, ...]]] = {
        FailureCause.BLOCKED: ("place", "crate", (2.0, gap), ("crate", "anna")),
        FailureCause.PERSON: ("place", "anna", (1.9, gap), ("crate", "anna")),
        FailureCause.MOVED: ("place", "red_ball", (float(rng.uniform(5.8, 6.2)), target[1]), ("crate", "anna")),
        FailureCause.NOT_VISIBLE: ("remove", "red_ball", (AWAY, 0.0), ("crate", "anna")),
        FailureCause.SWITCHED_OFF: ("estop" if rng.random() < 0.5 else "silence", "", (0.0, 0.0), ("crate", "anna")),
        FailureCause.SLIPPED: ("aside", "pink_box", (0.0, aside), ()),
        FailureCause.TOO_HEAVY: ("load", "pink_box", (float(rng.uniform(60.0, 120.0)), 0.0), ()),
    }
    injection, thing, point, hidden = made[cause]
    skill = _skill(cause)
    arguments = push if "push" in skill else go
    return FailureScene(seed, file, skill, arguments, cause, injection, thing, point, at, hidden)


def _skill(cause: FailureCause) -> str:
    return "push_object" if cause in (FailureCause.SLIPPED, FailureCause.TOO_HEAVY) else "go_to"


OTHER_BALL: dict[str, Any] = {"id": "blue_ball", "position": [-0.9, 3.2], "colour": "blue"}
OTHER_BOX: dict[str, Any] = {"id": "blue_box", "position": [1.3, -1.3], "colour": "blue"}
"""What differs of the second thing."""
NEAR_CONE: dict[str, Any] = {"position": [2.6, -0.5]}
SMALL: dict[str, Any] = {"size": [0.3, 0.3, 0.28]}
"""What differs where a box is to arrive: pushes of up to 1.5 m with the boxes that pushing is measured with."""


def _file(gap: float, target: tuple[float, float], aside: float, pushing: bool, another: bool) -> SceneFile:
    """A wall with a gap and a ball behind it, with a low pen; or a box to be pushed to a cone."""

    def wall(name: str, x: float, y: float, sx: float, sy: float, height: float) -> dict[str, Any]:
        return {"id": name, "kind": "wall", "shape": "box", "size": [sx, sy, height], "position": [x, y]}

    if pushing:
        objects: list[dict[str, Any]] = [
            {"id": "pink_box", "kind": "box", "shape": "box", "size": [0.4, 0.4, 0.3], "position": [1.3, aside],
             "colour": "pink", "movable": True, "mass": 2.0},
            {"id": "orange_cone", "kind": "cone", "shape": "cylinder", "size": [0.22, 0.22, 0.4],
             "position": [3.6, aside], "colour": "orange"},
        ]  # fmt: skip
    else:
        right, left = gap - 0.6, gap + 0.6
        objects = [
            wall("right", 2.0, (right - 4.0) / 2, 0.15, right + 4.0, 0.25),
            wall("left", 2.0, (left + 4.0) / 2, 0.15, 4.0 - left, 0.25),
            wall("south", 1.75, -4.0, 6.9, 0.15, 0.25), wall("north", 1.75, 4.0, 6.9, 0.15, 0.25),
            wall("east", 5.1, 0.0, 0.15, 8.0, 0.25), wall("west", -1.6, 0.0, 0.15, 8.0, 0.25),
            {"id": "red_ball", "kind": "ball", "shape": "sphere", "size": [0.24, 0.24, 0.24], "position": [*target],
             "colour": "red"},
            {"id": "crate", "kind": "crate", "shape": "box", "size": [0.4, 1.1, 0.28], "position": [AWAY, 5.0]},
            {"id": "anna", "kind": "person", "shape": "cylinder", "size": [0.9, 0.9, 1.7], "position": [AWAY, -5.0]},
        ]  # fmt: skip
    if another:
        usual = next(one for one in objects if one["id"] in ("pink_box", "red_ball"))
        objects.append({**usual, **(OTHER_BOX if pushing else OTHER_BALL)})
        for one in objects:
            one.update({"orange_cone": NEAR_CONE, "pink_box": SMALL, "blue_box": SMALL}.get(one["id"], {}))
    raw = {
        "name": "failure", "description": "Something goes wrong on the way.", "size": [100.0, 100.0],
        "objects": objects, "variation": {"start_yaw": 0.2, "friction": [0.6, 1.0], "noise": [0.5, 1.5]},
    }  # fmt: skip
    return parse_model(SceneFile, raw, "failure scene")
