"""Proposing: grasps in one look, the best first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from skill_stack.core.robots.gripper import Gripper
from skill_stack.perception.grasps.candidates import candidates
from skill_stack.perception.grasps.clearance import GraspRoom, GraspSurroundings
from skill_stack.perception.grasps.grasp import Grasp
from skill_stack.perception.grasps.surface import Surface, surface_of
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
ENOUGH = 12
"""Points between the pads from which an object counts as well between them."""
LEVER = 0.03
"""Distance of an object's middle from the closing line at which its weight counts against a grasp, m."""
ALIKE, ALIKE_TURN = 0.015, math.radians(25.0)
"""Distance and rotation within which two grasps are the same."""
LARGEST = 0.4
"""Length from which an object counts as furniture, m."""
PATIENCE = 15
"""Unreachable grasps of one object after which no more are checked, since each check takes a while."""
Reach = Callable[[Grasp], str]
"""Why a grasp cannot be reached, or an empty string."""


def propose(
    observation: Observation,
    gripper: Gripper,
    things: Iterable[int] | None = None,
    reach: Reach | None = None,
    most: int = 10,
    seed: int = 0,
) -> list[Grasp]:
    """Grasps, the best first.

    Args:
        observation: The look.
        gripper: What grasps.
        things: Places of the things among those of the look; None: all of them but furniture.
        reach: Returns which cannot be reached; only reachable ones are proposed.
        most: How many of each thing.
        seed: Of the choice of points; the same gives the same.
    """
    numbers = range(len(observation.things)) if things is None else things
    found = [grasp for number in numbers for grasp in _of_thing(observation, number, gripper, reach, most, seed)]
    return sorted(found, key=lambda one: -one.score)


def graspable(thing: Detection) -> bool:
    """Whether it is an object rather than furniture."""
    return thing.label > 0 and max(thing.size[:2]) < LARGEST


def _of_thing(
    observation: Observation, number: int, gripper: Gripper, reach: Reach | None, most: int, seed: int
) -> list[Grasp]:
    thing = observation.things[number]
    if not graspable(thing):
        return []
    surface = surface_of(observation, thing)
    around = GraspSurroundings(observation, number, surface)
    rated = []
    for narrow in candidates(number, surface, thing.yaw, gripper, np.random.default_rng([seed, number])):
        for grasp in (replace(narrow, opening=gripper.opening), narrow):  # the width is known to some mm only
            room = around.room(grasp, gripper)
            if room.free and room.held:
                rated.append(_rated(grasp, thing, surface, room, gripper))
                break
    return _apart(sorted(rated, key=lambda one: -one.score), reach, most)


def _rated(grasp: Grasp, thing: Detection, surface: Surface, room: GraspRoom, gripper: Gripper) -> Grasp:
    """The grasp with its score: the geometric mean of its criteria."""
    offset = np.asarray(thing.position) - grasp.position
    aside = float(np.linalg.norm(offset - (offset @ grasp.closing) * grasp.closing))
    spare = (gripper.opening - grasp.width) / gripper.opening
    parts = {
        "held": min(1.0, room.held / ENOUGH),
        "balanced": math.exp(-0.5 * (aside / LEVER) ** 2),
        "facing": _facing(grasp, surface, gripper),
        "spare": min(1.0, 0.4 + spare),
        "seen": 1.0 - 0.7 * room.unseen,
        "from_above": 0.7 + 0.3 * max(0.0, -float(grasp.approach[2])),
        "wide": 0.8 + 0.2 * grasp.opening / gripper.opening,
        "sure": 0.7 if thing.guessed else 1.0,
    }
    score = math.prod(max(value, 1e-3) for value in parts.values()) ** (1 / len(parts))
    return replace(grasp, score=score, parts=parts)


def _facing(grasp: Grasp, surface: Surface, gripper: Gripper) -> float:
    """How squarely the jaws meet the surface: mean cosine between closing direction and normals at the contacts."""
    tool = (surface.points - grasp.position) @ grasp.rotation
    broad = gripper.finger[0]
    aside = np.abs(tool[:, 1])
    contact = (np.abs(tool[:, 0]) < broad / 2) & (np.abs(tool[:, 2]) < 1.5 * gripper.tip)
    contact &= (np.abs(aside - grasp.width / 2) < 0.006) & (np.abs(surface.normals).sum(axis=1) > 0.5)
    sides = [contact & (np.sign(tool[:, 1]) == side) for side in (-1.0, 1.0)]
    means = [float(np.abs(surface.normals[one] @ grasp.closing).mean()) if one.any() else 0.5 for one in sides]
    return min(means)


def _apart(ranked: Sequence[Grasp], reach: Reach | None, most: int) -> list[Grasp]:
    """The best grasps that differ from one another and can be reached."""
    kept: list[Grasp] = []
    refused: list[Grasp] = []
    for grasp in ranked:
        if len(kept) >= most or len(refused) >= PATIENCE:
            break
        if any(_alike(grasp, other) for other in (*kept, *refused)):
            continue
        (refused if reach is not None and reach(grasp) else kept).append(grasp)
    return kept


def _alike(one: Grasp, other: Grasp) -> bool:
    """Whether two grasps are nearly the same; half a turn about the approach is the same grasp."""
    if float(np.linalg.norm(one.position - other.position)) > ALIKE:
        return False
    turned = float(one.approach @ other.approach), abs(float(one.closing @ other.closing))
    return min(turned) > math.cos(ALIKE_TURN)
