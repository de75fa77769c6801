"""Picking and placing by the pixels that a what-and-where network points at; only the score uses truth."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.perception.networks.heat_map import HeatMap, TopView
from skill_stack.perception.networks.opening import open_heat_map
from skill_stack.runtime.building.post_camera import PostCamera
from skill_stack.runtime.building.talking_line import LOOKS, TalkingLine
from skill_stack.training.what_where.demonstrations import demonstrator, seen_from_above
from skill_stack.training.what_where.judging import RIGHT, judged_on, share_of
from skill_stack.training.what_where.network import FILE
from skill_stack.training.what_where.settings import WhatWhereSettings
from skill_stack.training.what_where.tables import MAT, TABLE, TableScene, table_scene

REACH = 0.04
"""Largest distance between a point and the middle of the seen thing that it means, m: half of a wide thing and 1 cm."""
STANDING = 1.0
"""Time for which everything rests before it is judged, s."""
GOAL = "pointed_place"
"""Name of the place that was pointed at."""
Spot = tuple[float, float]


def carry_out(
    folder: Path, settings: WhatWhereSettings, seeds: Iterable[int], report: Callable[[str], object]
) -> dict[str, Any]:
    """How often the simulated gantry puts what was asked for within 2 cm of the middle of the mat.

    Args:
        folder: Of the network.
        settings: Its settings.
        seeds: Tables; none of a demonstration. Of every even one no demonstration showed the thing.
        report: Takes lines on the progress.
    """
    heat = open_heat_map(folder / FILE)
    wanted, ends = list(seeds), {"known": list[float](), "unseen": list[float]()}
    for seed in wanted:
        unseen = seed % 2 == 0
        off, how = carried(table_scene(seed, settings, unseen), heat, settings)
        ends["unseen" if unseen else "known"].append(off)
        report(f"table {seed}: {100 * off:.1f} cm off: {how}" if math.isfinite(off) else f"table {seed}: {how}")
    right = {name: share_of(sum(off <= RIGHT for off in each), len(each)) for name, each in ends.items()}
    on = sorted(off for each in ends.values() for off in each if math.isfinite(off))
    return {**judged_on(folder, wanted), **right, "median_error": round(on[len(on) // 2], 4) if on else None}


def carried(scene: TableScene, heat: HeatMap, settings: WhatWhereSettings) -> tuple[float, str]:
    """Takes what the network points at to where it points.

    Args:
        scene: The table.
        heat: The network.
        settings: What it sees.

    Returns:
        Distance of what was asked for from the middle of the mat at the end, m, infinite where it is not on it; and how
        it ended.
    """
    robot, library, planner, camera = demonstrator()
    line = TalkingLine(robot, library, scene.setup(), planner)
    view = seen_from_above(scene, settings, line)
    pick, place = (_spot(heat, view, words) for words in (scene.target, scene.mat))
    eye = PostCamera(line, scene.setup(), camera, scene.seed)

    def see() -> SceneGraph:
        return _known(eye.look(), place)

    try:
        line.look(see, LOOKS)
        target = thing_at(line.scene, pick)
        if target is None:
            return math.inf, "the camera sees nothing there"
        steps = [{"skill": "pick_up", "arguments": {"target": target.id}},
                 {"skill": "put_down", "arguments": {"target": target.id, "place": GOAL}}]  # fmt: skip
        outcome, why = line.do("steps:\n" + "\n".join(f"- {json.dumps(step)}" for step in steps), see)
        line.idle(STANDING)
    finally:
        eye.close()
    return _off(line, scene), f"{outcome}: {why}" if outcome != "succeeded" else outcome


def thing_at(scene: SceneGraph, spot: Spot) -> SceneObject | None:
    """The seen thing that a point means; None where none is within reach of it.

    Args:
        scene: What is seen.
        spot: The point, m.
    """
    near = {one.id: math.dist(one.position[:2], spot) for one in scene.things if one.id not in (TABLE.id, GOAL)}
    nearest = min(near, key=lambda name: near[name], default=None)
    return scene.objects[nearest] if nearest is not None and near[nearest] <= REACH else None


def _spot(heat: HeatMap, view: TopView, words: str) -> Spot:
    x, y, _ = heat.where(view, words).position
    return float(x), float(y)


def _known(seen: SceneGraph, place: Spot) -> SceneGraph:
    """What the robot goes by: the table that is stated, what the camera sees on it, and the place pointed at."""
    goal = SceneObject(GOAL, "mat", (*place, TABLE.size[2] + MAT[2] / 2), 0.0, "box", MAT, names=("pointed place",))
    loose = {name: one for name, one in seen.objects.items() if one.kind != "table" and _above(one)}
    return replace(seen, objects={TABLE.id: TABLE, GOAL: goal, **loose}, robot=Pose2(0.0, 0.0, 0.0))


def _above(thing: SceneObject) -> bool:
    """Whether it is higher than a mat, which is no thing to be avoided."""
    return thing.position[2] + thing.size[2] / 2 > TABLE.size[2] + 0.02


def _off(line: TalkingLine, scene: TableScene) -> float:
    """True distance of what was asked for from the middle of the mat, m; infinite where it does not stand there."""
    thing = scene.named(scene.target)
    x, y, z = line.device.data.body(thing.id).xpos.tolist()
    held = abs(z - (TABLE.size[2] + MAT[2] + thing.size[2] / 2)) > 0.02  # lifted, fallen over or fallen off
    return math.inf if held else math.dist((x, y), scene.place(scene.mat))
