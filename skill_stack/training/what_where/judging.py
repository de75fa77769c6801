"""How well a what-and-where network points on tables that nobody demonstrated; only the score uses truth."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from skill_stack.evaluation.interval import success_interval
from skill_stack.perception.networks.opening import open_heat_map
from skill_stack.training.what_where.demonstrations import drawn_views
from skill_stack.training.what_where.network import FILE
from skill_stack.training.what_where.settings import WhatWhereSettings
from skill_stack.training.what_where.tables import TableScene, table_scene

TOGETHER = 25
"""Tables in which things of one look have one size."""
RIGHT = 0.02
"""Largest distance of a point from the middle of what is meant, m."""


def judge(
    folder: Path, settings: WhatWhereSettings, seeds: Iterable[int], report: Callable[[str], object]
) -> dict[str, Any]:
    """Figures of points by words on fresh tables, every other one with a thing that no demonstration showed.

    Args:
        folder: Of the network.
        settings: Its settings.
        seeds: Tables; none of a demonstration.
        report: Takes lines on the progress.
    """
    heat = open_heat_map(folder / FILE)
    wanted = list(seeds)
    errors: dict[str, list[float]] = {"pick_known": [], "pick_unseen": [], "place": []}
    both = {"known": 0, "unseen": 0}
    scenes = [table_scene(seed, settings, seed % 2 == 0) for seed in wanted]
    parts = [scenes[begin : begin + TOGETHER] for begin in range(0, len(scenes), TOGETHER)]
    views = (view for part in parts for view in drawn_views(part, settings, part[0].seed))
    for number, (scene, view) in enumerate(zip(scenes, views), 1):
        unseen = scene.seed % 2 == 0

        def off(words: str, scene: TableScene = scene, view: Any = view) -> float:
            return math.dist(heat.where(view, words).position[:2], scene.place(words))

        pick, place = off(scene.target), off(scene.mat)
        errors["pick_unseen" if unseen else "pick_known"].append(pick)
        errors["place"].append(place)
        both["unseen" if unseen else "known"] += max(pick, place) <= RIGHT
        if number % TOGETHER == 0:
            report(f"{number} of {len(wanted)} tables")
    counts = {"known": len(errors["pick_known"]), "unseen": len(errors["pick_unseen"])}
    return {
        **judged_on(folder, wanted),
        **{name: share_of(sum(one <= RIGHT for one in each), len(each)) for name, each in errors.items()},
        **{f"pick_and_place_{name}": share_of(both[name], counts[name]) for name in both},
        "median_error": {name: round(sorted(each)[len(each) // 2], 4) for name, each in errors.items() if each},
    }  # fmt: skip


def judged_on(folder: Path, seeds: Sequence[int]) -> dict[str, Any]:
    """Which network was judged on which tables, and from when on a point is wrong."""
    digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    return {"sha256": digest, "seeds": [seeds[0], seeds[-1]], "right_within": RIGHT}


def share_of(count: int, of: int) -> dict[str, Any]:
    """A count with its 95 % interval."""
    low, high = success_interval(count, of) if of else (0.0, 1.0)
    return {"count": count, "of": of, "interval": [round(low, 3), round(high, 3)]}
