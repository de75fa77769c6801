"""Score of one described scene: counts, arrangements and relations by its coordinates alone, and figures of many."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.relation_scenes import CLEAR, SIDES, angle_off
from skill_stack.evaluation.scenes.scene_sentences import NOUNS, SceneSentence, SentenceGroup
from skill_stack.evaluation.scores.drawn_figures import share
from skill_stack.evaluation.scores.score_file import Score

TOUCH = 0.005
"""Largest gap between what carries and what is carried, m."""
STRAIGHT = 0.01
"""Largest distance from the line of a row, m."""
NEAR = 0.15
"""Largest gap between what is near one another, m."""
ENOUGH = 0.95
"""Least share of descriptions that give a scene of which all is true."""


@dataclass(frozen=True, slots=True)
class SentenceScore(Score):
    """One description.

    Attributes:
        seed: Its seed.
        words: The description.
        passed: Whether everything it says is true of the scene, and nothing else is in it.
        counts: Whether the numbers of things are.
        relations: How many relations are true.
        of: How many there are.
        reason: What was wrong, or an empty string.
    """

    words: str
    passed: bool
    counts: bool
    relations: int
    of: int
    reason: str



def judged(said: SceneSentence, things: Sequence[SceneObject], problem: str = "") -> SentenceScore:
    """Judges a scene.

    Args:
        said: The description.
        things: Everything in the scene.
        problem: Why there is no scene, or an empty string.
    """
    loose = [one for one in things if one.kind != "table"]
    parts = [[one for one in loose if one.colour == group.colour and _is(one, group)] for group in said.groups]
    counts = len(loose) == sum(group.count for group in said.groups) and all(
        len(part) == group.count for part, group in zip(parts, said.groups)
    )
    if not counts:
        wrong = [problem or f"{[len(part) for part in parts]} of {len(loose)} things"]
        return SentenceScore(said.seed, said.words, False, False, 0, len(said.relations), wrong[0])
    true = [_holds(name, parts[a], parts[b]) for name, a, b in said.relations]
    wrong = _disordered(said, parts)
    wrong += [f"not {name}: {a} {b}" for (name, a, b), holds in zip(said.relations, true) if not holds]
    wrong += _impossible(things, loose)
    if said.table != any(one.kind == "table" for one in things):
        wrong.append("the table is wrong")
    return SentenceScore(said.seed, said.words, not wrong, True, sum(true), len(true), "; ".join(wrong))


def _disordered(said: SceneSentence, parts: Sequence[Sequence[SceneObject]]) -> list[str]:
    """Which parts are not arranged as is said."""
    pairs = zip(said.groups, parts)
    return [f"no {group.shape or 'group'} of {group.colour}" for group, part in pairs if not _arranged(group, part)]


def _impossible(things: Sequence[SceneObject], loose: Sequence[SceneObject]) -> list[str]:
    """What takes up the same space, or rests on nothing."""
    wrong = [f"{a.id} is inside {b.id}" for a, b in itertools.combinations(things, 2) if _inside(a, b)]
    return wrong + [f"{one.id} hangs in the air" for one in loose if not _stands(one, things)]


def _is(one: SceneObject, group: SentenceGroup) -> bool:
    """Whether a thing is of the kind of a part: a cube has equal sides."""
    equal = max(one.size) - min(one.size) < 1e-6
    return one.shape == NOUNS[group.noun] and (group.noun != "cube" or equal)


def _arranged(group: SentenceGroup, part: Sequence[SceneObject]) -> bool:
    """Whether a part is arranged as is said."""
    low = min(_bottom(one) for one in part)
    heights = [round((_bottom(one) - low) / part[0].size[2], 2) for one in part]
    layers = [heights.count(level) for level in range(len(part))]
    if group.shape == "pyramid":
        return layers[:3] == ([2, 1, 0] if group.count == 3 else [3, 2, 1])
    if group.shape == "tower":
        return layers == [1] * len(part) and _spread(part, 0) < STRAIGHT and _spread(part, 1) < STRAIGHT
    if layers[0] != len(part) or group.shape != "row":
        return layers[0] == len(part)
    ys = sorted(one.position[1] for one in part)
    gaps = [b - a for a, b in zip(ys, ys[1:])]
    return max(gaps) - min(gaps) < STRAIGHT and _spread(part, 0) < STRAIGHT


def _spread(part: Sequence[SceneObject], axis: int) -> float:
    """Largest distance along an axis, m."""
    values = [one.position[axis] for one in part]
    return max(values) - min(values)


def _holds(name: str, part: Sequence[SceneObject], other: Sequence[SceneObject]) -> bool:
    """Whether a relation of two parts is true."""
    if name == "on":
        return any(_upon(one, below) for one in part for below in other)
    if name == "near":
        return min(_gap(one, two) for one in part for two in other) < NEAR
    here, there = (
        (sum(one.position[0] for one in group) / len(group), sum(one.position[1] for one in group) / len(group))
        for group in (part, other)
    )
    axis, sign = {"left": (1, 1), "right": (1, -1), "behind": (0, 1), "front": (0, -1)}[name]
    beyond = min(sign * one.position[axis] for one in part) > max(sign * one.position[axis] for one in other)
    return name in SIDES and angle_off(name, here, there) <= CLEAR and beyond


def _bottom(one: SceneObject) -> float:
    return one.position[2] - one.size[2] / 2


def _gap(one: SceneObject, other: SceneObject) -> float:
    return math.dist(one.position[:2], other.position[:2]) - one.radius - other.radius


def _upon(one: SceneObject, below: SceneObject) -> bool:
    """Whether a thing rests on another one, its middle over it or half way to a neighbour of that."""
    high = abs(_bottom(one) - below.position[2] - below.size[2] / 2) < TOUCH
    return one.id != below.id and high and math.dist(one.position[:2], below.position[:2]) < max(below.size[:2])


def _stands(one: SceneObject, things: Sequence[SceneObject]) -> bool:
    return abs(_bottom(one)) < TOUCH or any(_upon(one, other) for other in things)


def _inside(one: SceneObject, other: SceneObject) -> bool:
    """Whether two things take up the same space, by the circles within their outlines."""
    up = abs(one.position[2] - other.position[2]) < (one.size[2] + other.size[2]) / 2 - TOUCH
    near = math.dist(one.position[:2], other.position[:2]) < (min(one.size[:2]) + min(other.size[:2])) / 2 - TOUCH
    return up and near


def sentence_figures(scores: Sequence[SentenceScore]) -> dict[str, Any]:
    """The figures of many descriptions."""
    return {
        "descriptions": len(scores),
        "right": share(sum(one.passed for one in scores), len(scores)),
        "counts_right": share(sum(one.counts for one in scores), len(scores)),
        "relations_right": share(sum(one.relations for one in scores), sum(one.of for one in scores)),
    }


def sentence_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    found = figures["right"]["share"] or 0.0
    return [f"right {found:.3f}, to reach {ENOUGH}"] if found < ENOUGH else []
