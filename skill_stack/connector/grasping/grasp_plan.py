"""GraspPlan: a named grasp of an object of the scene, as joint positions and a hand pose in the map."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from skill_stack.connector.grasping.any_shape import Aim, fit_any_shape
from skill_stack.connector.grasping.choice import FITTING, fitting_grasps
from skill_stack.connector.grasping.fit import GraspFit, fit_grasp, rotation
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.grasping.shape import Shape
from skill_stack.connector.kinematics.chain import LinkPlace
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.grasp import APPROACHES, GraspTemplate, Vector
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
AREAS = {"top": 1.0, "middle": 0.0, "bottom": -1.0}
"""Areas of an object by name, as a share of the distance between its middle and the last fingertip position."""
EDGE = 0.015
"""Smallest distance of a grasped area from the top or bottom of an object, m: little more than a fingertip."""
DEEPEST = 0.05
"""Largest depth below the top that a hand from above reaches, m, before its palm touches."""
SQUARE = 0.002
"""Largest difference of the half sides of a box that the hand may take by either pair of them, m."""
FORCES = (0.3, 2.0)
"""Factor on a template's force, smallest and largest."""
TILTS = (0.5, 1.0)
"""Angles by which a hand may come aslant to a mesh, rad; the wider where nothing firm is found with the other."""
ASKED = 0.12
"""The same where a direction is asked for by itself, rad."""
FIRM = 2.0
"""Force in the weakest direction from which on no firmer grasp of a mesh is looked for, N."""
ANY = "any"
"""Approach to an object that stands on nothing."""
_HANDS_UP = {
    "above": np.array([0.0, 0.0, -1.0]),
    "side": np.array([0.0, 1.0, 0.0]),
    "below": np.array([1.0, 0.0, 0.0]),
}  # the object's upward direction in the hand's frame


@dataclass(frozen=True, slots=True)
class GraspWish:
    """A requested grasp.

    Attributes:
        template: Name of the grasp; ``fitting`` for the one that suits the object.
        area: ``top``, ``middle`` or ``bottom`` of the object; of a mesh the upper half, anywhere, or the lower half.
        approach: ``above``, ``side``, ``below``, or empty for the template's own; ``any`` for a mesh that is handed.
        force: Factor on the template's force.
        palm: Where the palm shall look, in a mesh's frame; None: anywhere.
        fingers: Where stretched fingers shall point from the wrist, in a mesh's frame; None: anywhere.
        half: Direction from a mesh's middle, in its frame, in whose half the hand shall touch; None: as ``area`` says.
    """

    template: str
    area: str = "middle"
    approach: str = ""
    force: float = 1.0
    palm: Vector | None = None
    fingers: Vector | None = None
    half: Vector | None = None


@dataclass(frozen=True, slots=True)
class GraspPlan:
    """A named grasp of an object, planned.

    Attributes:
        wish: The request, with the name of the grasp.
        fit: The fitted template, in the frame of the grasp.
        template: The template.
        shape: The body, its x axis along the shorter side.
        yaws: Angles about the object's own z axis by which the grasp may be turned, rad; the first is the usual one.
    """

    wish: GraspWish
    fit: GraspFit
    template: GraspTemplate
    shape: Shape
    yaws: tuple[float, ...]

    def hand_in(self, position: Array, yaw: float, number: int = 0) -> LinkPlace:
        """Pose of the hand's base for an object at a pose.

        Args:
            position: Centre of the object, m, shape (3,).
            yaw: Heading of the object, rad.
            number: Which of the yaws.
        """
        angle = yaw + self.yaws[number]
        turn = np.array(
            [[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0], [0.0, 0.0, 1.0]]
        )
        around = turn @ self.fit.turn.T
        return LinkPlace(position - around @ self.fit.centre, around)


KEPT = 8
"""Number of cached plans: the steps of one task request the same one again, and a fit takes a third of a second."""
_PLANS: dict[tuple[int, GraspWish, str, str, tuple[float, ...]], tuple[RobotSpec, GraspPlan]] = {}


def plan_grasp(hand: RobotSpec, wish: GraspWish, thing: SceneObject) -> GraspPlan:
    """Fits a named grasp to an object; the plan of a preceding step is reused.

    Args:
        hand: The hand.
        wish: The request.
        thing: The object.

    Raises:
        UnknownName: There is no such grasp, area, approach or graspable shape.
        DataError: It does not fit.
    """
    body = (thing.shape, thing.mesh, tuple(thing.size))
    if (key := (id(hand), wish, *body)) not in _PLANS:
        plan = _chosen(hand, wish, thing)
        for one in {wish, plan.wish}:
            while len(_PLANS) >= KEPT:
                del _PLANS[next(iter(_PLANS))]
            _PLANS[(id(hand), one, *body)] = (hand, plan)  # with the hand, so that nothing else gets its number
    return _PLANS[key][1]


def _chosen(hand: RobotSpec, wish: GraspWish, thing: SceneObject) -> GraspPlan:
    """The named grasp, or the first that holds firmly of those that suit the object, or else the firmest."""
    assert hand.grasps is not None, "a hand with grasps"
    if wish.template != FITTING:
        return _fitted(hand, wish, thing)
    reasons, weak = [], list[tuple[float, GraspPlan]]()
    free = thing.shape == "mesh" and wish.palm is None and wish.fingers is None and wish.approach != ANY
    for tilt, name in product(TILTS if free else TILTS[:1], fitting_grasps(hand.grasps, thing)):
        try:
            plan = _fitted(hand, dataclasses.replace(wish, template=name), thing, tilt)
        except DataError as error:
            reasons.append(str(error))
            continue
        if plan.fit.strength is None or plan.fit.strength >= FIRM:
            return plan
        weak.append((plan.fit.strength, plan))
    if weak:
        return max(weak, key=lambda one: one[0])[1]
    raise DataError("; ".join(dict.fromkeys(reasons)) or f"{hand.name} has no usual grasp")


def _fitted(hand: RobotSpec, wish: GraspWish, thing: SceneObject, tilt: float = TILTS[0]) -> GraspPlan:
    assert hand.grasps is not None, "a hand with grasps"
    if wish.template not in hand.grasps.templates:
        raise UnknownName(f"grasp of {hand.name}", wish.template, hand.grasps.templates)
    if wish.area not in AREAS:
        raise UnknownName("area of an object", wish.area, AREAS)
    template = hand.grasps.templates[wish.template]
    body, kinematics = Shape.from_object(thing), HandKinematics(hand)
    known = APPROACHES if body.grid is None else (*APPROACHES, ANY)
    if wish.approach and wish.approach not in known:
        raise UnknownName("approach", wish.approach, known)
    approach = wish.approach or template.approach
    force = template.force * min(max(wish.force, FORCES[0]), FORCES[1])
    if body.grid is not None:
        aims = aims_of(kinematics, wish, approach, tilt)
        pose, ground = hand.pose(template.pose), approach in ("above", "side")
        half = np.array(wish.half or (0.0, 0.0, AREAS[wish.area]))
        fit = fit_any_shape(kinematics, template, body, pose, force, aims, ground, half)
        return GraspPlan(wish, fit, template, body, (0.0,))
    if wish.half is not None:
        raise DataError(f"halves of a mesh can be asked for, not of a {body.kind}")
    shape, yaws = _across(body)
    turn = rotation_to(template, approach)
    used = template.model_copy(update={"approach": approach})
    height = area_height(shape, wish.area, approach)
    fit = fit_grasp(kinematics, used, shape, hand.pose(template.pose), height, force, turn)
    return GraspPlan(wish, fit, template, shape, yaws)


def aims_of(hand: HandKinematics, wish: GraspWish, approach: str, tilt: float) -> list[Aim]:
    """Directions of the hand that a wish asks for; without any, the approach says which way is up, within a tilt."""
    asked = (
        Aim(axis, np.array(wanted) / np.linalg.norm(wanted), ASKED)
        for axis, wanted in ((hand.palm, wish.palm), (hand.fingers, wish.fingers))
        if wanted is not None
    )
    return list(asked) or ([Aim(_HANDS_UP[approach], np.array([0.0, 0.0, 1.0]), tilt)] if approach != ANY else [])


def area_height(shape: Shape, area: str, approach: str) -> float:
    """Height of a grasped area over the centre of a body, m."""
    room = max(float(shape.half[2]) - EDGE, 0.0)
    height = AREAS[area] * room
    return max(height, float(shape.half[2]) - DEEPEST) if approach == "above" else height


def rotation_to(template: GraspTemplate, approach: str) -> Array:
    """Initial rotation of an object in the hand for an approach: as in the template, or tipped from there."""
    turn = rotation(np.array(template.turn))
    if approach == template.approach:
        return turn
    up, goal = turn[:, 2], _HANDS_UP[approach]
    axis = np.cross(up, goal)
    size, angle = float(np.linalg.norm(axis)), math.atan2(float(np.linalg.norm(axis)), float(up @ goal))
    return turn if size < 1e-9 else np.asarray(rotation(axis / size * angle) @ turn)


def _across(shape: Shape) -> tuple[Shape, tuple[float, ...]]:
    """The shape with its shorter side along x, and the yaws at which it is symmetric for a hand."""
    if shape.kind != "box":
        return shape, tuple(number * math.pi / 4.0 for number in (0, 1, -1, 2, -2, 3, -3, 4))
    x, y, z = (float(half) for half in shape.half)
    first, quarter = (0.0, 0.5 * math.pi) if x <= y else (0.5 * math.pi, 0.0)
    yaws: tuple[float, ...] = (first, first - math.pi) if first else (0.0, math.pi)
    if abs(x - y) <= SQUARE:
        yaws = (*yaws, quarter, quarter - math.pi)
    return (shape if x <= y else dataclasses.replace(shape, half=np.array([y, x, z]))), yaws
