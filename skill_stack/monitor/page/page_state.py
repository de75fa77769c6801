"""What the page shows, as plain data: the sections of the messages to browsers, see ``docs/monitoring.md``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from skill_stack.core.world.scene import SceneGraph
from skill_stack.monitor.link_transform import LinkTransform
from skill_stack.monitor.plan_view import PlanView, TreeNodeView, plan_path
from skill_stack.monitor.status_board import PageEvent, StatusSnapshot

Section = dict[str, Any]
_ENDED = ("succeeded", "failed", "interrupted")
_BEGUN = ("running", *_ENDED)


def sections_of(
    snapshot: StatusSnapshot, looked: Sequence[Sequence[float]] = (), pictures: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """The sections of one robot.

    Args:
        snapshot: What is known of it.
        looked: Where it looked: x, y, m, yaw, rad, and range, m, each; in ``map``.
        pictures: Addresses of rendered steps of the present plan, by their index.
    """
    return {
        "robot": robot_section(snapshot),
        "plan": plan_section(snapshot.plan, snapshot.failures, pictures or {}),
        "events": event_section(snapshot.events),
        "scene": scene_section(snapshot.scene, snapshot.plan, snapshot.base, looked),
    }


def robot_section(snapshot: StatusSnapshot) -> Section:
    """State, motion and timing. Numbers are rounded to what people read, so that a robot at rest sends nothing."""
    status, base = snapshot.status, snapshot.base
    if status is None or base is None:
        return {"connected": False, "age": None, "mode": "", "skill": "", "battery": snapshot.battery,
                "hottest": snapshot.hottest}  # fmt: skip
    x, y, _ = base.translation
    w, i, j, k = base.rotation
    yaw = math.atan2(2 * (w * k + i * j), 1 - 2 * (j * j + k * k))
    return {
        "connected": snapshot.connected,
        "age": math.floor(snapshot.status_age) if math.isfinite(snapshot.status_age) else None,
        "mode": status.mode.value,
        "skill": status.skill,
        "phase": status.phase,
        "progress": _round(status.progress, 2),
        "reason": status.reason,
        "speed": _round(math.hypot(float(status.base_velocity[0]), float(status.base_velocity[1])), 2),
        "yaw_rate": _round(status.yaw_rate, 2),
        "place": [_round(x, 2), _round(y, 2), _round(yaw, 2)],
        "tilt": _round(status.tilt, 2),
        "tick_ms": _round(status.tick_ms, 1),
        "lateness_ms": _round(status.lateness_ms, 1),
        "misses": status.deadline_misses,
        "stops": status.stop_count,
        "battery": None if snapshot.battery is None else _round(snapshot.battery, 2),
        "hottest": None if snapshot.hottest is None else _round(snapshot.hottest, 0),
    }


def plan_section(plan: PlanView, failures: Mapping[str, str], pictures: Mapping[int, str]) -> Section:
    """The plan as a tree with the state of each step, why one failed, and which comes next."""
    leaves = list(_leaves(plan.tree)) if plan.tree is not None else []
    last = max((number for number, leaf in enumerate(leaves) if leaf.status in _BEGUN), default=-1)
    running = any(leaf.status == "running" for leaf in leaves)
    coming = last + 1 if running or last < 0 or leaves[last].status == "succeeded" else len(leaves)
    numbers = {id(leaf): number for number, leaf in enumerate(leaves)}

    def shown(node: TreeNodeView) -> Section:
        step = numbers.get(id(node))
        return {
            "type": node.type,
            "text": node.text,
            "status": node.status,
            "why": node.why,
            "reason": failures.get(node.skill, "") if node.status in ("failed", "interrupted") else "",
            "next": step is not None and step == coming and bool(leaves),
            "count": node.count,
            "children": [shown(child) for child in node.children],
            "step": step,
            "picture": pictures.get(step) if step is not None else None,
        }

    return {
        "id": plan.id,
        "instruction": plan.instruction,
        "status": plan.status,
        "reason": plan.reason,
        "facts": list(plan.facts),
        "tree": shown(plan.tree) if plan.tree is not None else None,
    }


def _leaves(node: TreeNodeView) -> Iterable[TreeNodeView]:
    if node.type == "skill":
        yield node
    for child in node.children:
        yield from _leaves(child)


def event_section(events: Iterable[PageEvent]) -> list[Section]:
    """The events, oldest first."""
    return [{"id": one.id, "at": round(one.at, 1), "kind": one.kind, "text": one.text} for one in events]


def scene_section(
    scene: SceneGraph, plan: PlanView, base: LinkTransform | None, looked: Sequence[Sequence[float]] = ()
) -> Section:
    """Things, walls as lines on the floor, the way of the plan from the robot, and where it looked; all in map, m."""
    things = [thing for thing in scene.objects.values() if thing.kind != "wall"]
    walls = []
    for wall in (thing for thing in scene.objects.values() if thing.kind == "wall"):
        (x, y, _), (length, width, _) = wall.position, wall.size
        yaw = wall.yaw if length >= width else wall.yaw + math.pi / 2
        dx, dy = math.cos(yaw) * max(length, width) / 2, math.sin(yaw) * max(length, width) / 2
        walls.append([_round(part, 2) for part in (x - dx, y - dy, x + dx, y + dy)])
    ahead = [point for point, step in plan_path(plan, scene) if step.status not in _ENDED]
    here = [base.translation[:2]] if base is not None and ahead else []
    return {
        "objects": [
            {"name": thing.id, "label": thing.label, "kind": thing.kind, "x": _round(thing.position[0], 2),
             "y": _round(thing.position[1], 2)}
            for thing in things
        ],
        "walls": walls,
        "path": [[_round(point[0], 1), _round(point[1], 1)] for point in (*here, *ahead)],
        "looked": [list(view) for view in looked],
    }  # fmt: skip


def _round(value: float, digits: int) -> float | None:
    """A number as people read it; None for none, which JSON cannot express."""
    value = float(value)
    return round(value, digits) + 0.0 if math.isfinite(value) else None
