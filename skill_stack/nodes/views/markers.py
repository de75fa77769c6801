"""Objects and plans as markers for RViz."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import colour_of
from skill_stack.monitor.plan_view import STEP_COLOURS, PlanView, StepView, TreeNodeView, plan_path
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.msg import PlanNode as NodeMessage

MARKER_QOS = LATCHED
"""For ``object_markers`` and ``plan_markers``: late viewers get the last ones."""

Triple = tuple[float, float, float]
Usual = Mapping[str, Mapping[str, Any]]
"""Values of arguments that go without saying, by skill and name."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_FORMS = {"box": Marker.CUBE, "sphere": Marker.SPHERE, "cylinder": Marker.CYLINDER, "point": Marker.CYLINDER}
_PLACE_SIZE = (0.3, 0.3, 0.01)  # m, a disc on the floor
_TEXT_HEIGHT = 0.16  # m, height of a capital letter
_TEXT_COLOUR = (0.95, 0.95, 0.95)


def object_markers(scene: SceneGraph, stamp: Time, frame: str) -> MarkerArray:
    """Every object with its shape, colour and name; walls are translucent and nameless.

    The array begins with an order to delete everything, so that what left the scene leaves the view too.

    Args:
        scene: What is known.
        stamp: Time of the scene.
        frame: Frame of its poses, prefix included, e.g. ``map``.
    """
    markers = [_clear(stamp, frame)]
    for index, thing in enumerate(scene.objects.values()):
        wall, place = thing.kind == "wall", thing.shape == "point"
        body = _marker(stamp, frame, "objects", index, _FORMS.get(thing.shape, Marker.CUBE))
        body.pose = _pose(thing.position, thing.yaw)
        room = place and min(thing.size[:2]) > 0
        body.type = Marker.CUBE if room else body.type
        bare = place and not room
        body.scale = _vector(_PLACE_SIZE if bare else tuple(max(extent, 0.01) for extent in thing.size))
        body.color = _colour(colour_of(thing), 0.15 if room else 0.25 if wall else 0.5 if place else 1.0)
        markers.append(body)
        if not wall:
            markers.append(_text(stamp, frame, "names", index, _above(thing), thing.label))
    return MarkerArray(markers=markers)


def plan_view_of(message: PlanMessage, usual: Usual = _NOTHING) -> PlanView:
    """A plan as people read it; arguments that are not JSON are left out rather than hiding the plan.

    Args:
        message: The plan.
        usual: Arguments that go without saying, by skill and name.
    """
    repeats = {node.id: node for node in message.nodes if node.type == NodeMessage.REPEAT}
    apart = _beside(message)
    steps = tuple(
        StepView(node.skill, _said(node, usual), node.status, node.why, _times(node, repeats), node.id in apart)
        for node in message.nodes
        if node.type == NodeMessage.SKILL
    )
    facts, tree = tuple(message.facts), _tree(message, usual)
    return PlanView(message.id, message.instruction, message.status, message.reason, steps, facts, tree)


def _tree(message: PlanMessage, usual: Usual) -> TreeNodeView | None:
    """The nodes as a tree; None for none. A node whose parent is missing, or comes after it, is left out."""
    below: dict[str, list[TreeNodeView]] = {node.id: [] for node in message.nodes}
    for node in reversed(message.nodes):  # depth first: children are complete before their parent
        below.get(node.parent, []).insert(0, _shown(node, tuple(below[node.id]), usual))
    roots = [node for node in message.nodes if not node.parent]
    return _shown(roots[0], tuple(below[roots[0].id]), usual) if roots else None


def _shown(node: NodeMessage, children: tuple[TreeNodeView, ...], usual: Usual) -> TreeNodeView:
    arguments = _arguments(node)
    count = arguments.get("count")
    if node.type == NodeMessage.SKILL:
        text = StepView(node.skill, _said(node, usual)).text
    elif node.type == NodeMessage.CONDITION:
        text = str(arguments.get("fact", ""))
    else:
        text = str(arguments.get("until", ""))
    times = count if isinstance(count, int) else None
    return TreeNodeView(node.type, text, node.status, node.why, node.skill, times, children)


def plan_markers(message: PlanMessage, scene: SceneGraph, stamp: Time, frame: str) -> MarkerArray:
    """The way of a plan: a line from the robot through the places that it names, numbered and coloured by state.

    Args:
        message: The plan with the states of its steps.
        scene: Where the robot and the objects are.
        stamp: Time of the plan.
        frame: Frame of the scene's poses, prefix included.
    """
    plan = plan_view_of(message)
    path = plan_path(plan, scene)
    markers = [_clear(stamp, frame)]
    points = [point for point, _ in path]
    if scene.robot is not None:
        points.insert(0, (scene.robot.x, scene.robot.y, 0.03))
        markers.append(_text(stamp, frame, "plan", 0, (scene.robot.x, scene.robot.y, 0.8), _headline(plan)))
    if len(points) > 1:
        line = _marker(stamp, frame, "way", 0, Marker.LINE_STRIP)
        line.scale.x = 0.03
        line.color = _colour(STEP_COLOURS["running"], 0.8)
        line.points = [_point(point) for point in points]
        markers.append(line)
    for number, (point, step) in enumerate(path):
        ring = _marker(stamp, frame, "places", number, Marker.CYLINDER)
        ring.pose, ring.scale = _pose(point, 0.0), _vector((0.7, 0.7, 0.01))
        ring.color = _colour(STEP_COLOURS.get(step.status, STEP_COLOURS[""]), 0.6)
        markers.append(ring)
    return MarkerArray(markers=markers)


def _headline(plan: PlanView) -> str:
    """The running step and its number, or how the plan stands."""
    if plan.current is None:
        return plan.reason or plan.status
    doing = " + ".join(plan.steps[index].text for index in plan.running)
    return f"{plan.current + 1}/{len(plan.steps)} {doing}"


def _beside(message: PlanMessage) -> set[str]:
    """Ids of the steps with which a branch begins that runs beside the one before it."""
    out: set[str] = set()
    for parallel in (node.id for node in message.nodes if node.type == NodeMessage.PARALLEL):
        branches = [node.id for node in message.nodes if node.parent == parallel]
        for branch in branches[1:]:
            below = (n.id for n in message.nodes if n.type == NodeMessage.SKILL and f"{n.id}.".startswith(f"{branch}."))
            out.update(list(below)[:1])
    return out


def _arguments(node: NodeMessage) -> dict[str, object]:
    try:
        found = json.loads(node.arguments or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _said(node: NodeMessage, usual: Usual) -> dict[str, object]:
    """The arguments of a step that are not the usual ones."""
    without = usual.get(node.skill, _NOTHING)
    return {name: value for name, value in _arguments(node).items() if name not in without or without[name] != value}


def _times(node: NodeMessage, repeats: dict[str, NodeMessage]) -> int:
    """How often the innermost repeat around a node runs it."""
    count = _arguments(repeats[node.parent]).get("count", 1) if node.parent in repeats else 1
    return count if isinstance(count, int) and count > 0 else 1


def _above(thing: SceneObject) -> Triple:
    x, y, z = thing.position
    return x, y, z + thing.size[2] / 2 + _TEXT_HEIGHT


def _clear(stamp: Time, frame: str) -> Marker:
    return _marker(stamp, frame, "", 0, Marker.CUBE, Marker.DELETEALL)


def _text(stamp: Time, frame: str, group: str, index: int, where: Triple, text: str) -> Marker:
    marker = _marker(stamp, frame, group, index, Marker.TEXT_VIEW_FACING)
    marker.pose, marker.text = _pose(where, 0.0), text
    marker.scale.z, marker.color = _TEXT_HEIGHT, _colour(_TEXT_COLOUR, 1.0)
    return marker


def _marker(stamp: Time, frame: str, group: str, index: int, form: int, action: int = Marker.ADD) -> Marker:
    marker = Marker(ns=group, id=index, type=form, action=action)
    marker.header.stamp, marker.header.frame_id = stamp, frame
    marker.pose.orientation.w = 1.0
    return marker


def _pose(position: Triple, yaw: float) -> Pose:
    return Pose(position=_point(position), orientation=Quaternion(z=math.sin(yaw / 2), w=math.cos(yaw / 2)))


def _point(position: Triple) -> Point:
    x, y, z = position
    return Point(x=float(x), y=float(y), z=float(z))


def _vector(size: Iterable[float]) -> Vector3:
    x, y, z = size
    return Vector3(x=float(x), y=float(y), z=float(z))


def _colour(rgb: Triple, opacity: float) -> ColorRGBA:
    return ColorRGBA(r=float(rgb[0]), g=float(rgb[1]), b=float(rgb[2]), a=opacity)
