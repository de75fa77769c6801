"""Parts of things: where a handle, rim, lid, button, seat or opening is, and which way it points.

Parts move with their things. Those of a kind are data (``parts.yaml``); those that a camera saw are facts
``part(thing, name, x, y, z, dx, dy, dz)`` in the frame of the thing, and count before data. A sentence that names one
finds it in its scene as a place that is called after its thing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

Point = tuple[float, float, float]
Share = Annotated[float, Field(ge=-1.5, le=1.5)]
PART = "part"
"""Predicate of a part that a camera saw."""


@dataclass(frozen=True, slots=True)
class ScenePart:
    """A part of a thing.

    Attributes:
        name: What it is, e.g. ``handle``.
        point: Where a hand goes, in ``map``, m.
        outward: Where it points, out of its thing, in ``map``; of length 1.
    """

    name: str
    point: Point
    outward: Point

    @property
    def heading(self) -> float | None:
        """Direction in which it points in the plane, rad in ``map``; None where it points up or down."""
        x, y, z = self.outward
        return math.atan2(y, x) if math.hypot(x, y) > abs(z) else None


class UsualPart(DataModel):
    """Where a part of a kind of things is.

    Attributes:
        at: Its point, as shares of half of the thing's extents along its own x, y and z.
        out: Where it points, out of the thing, along the same axes.
    """

    at: tuple[Share, Share, Share]
    out: tuple[Share, Share, Share]


class PartsFile(DataModel):
    """Parts as data.

    Attributes:
        kinds: Parts by kind of thing and name of the part.
        words: What parts are called, the usual word first.
        names: How a part of a thing is called, of ``{part}`` and ``{thing}``.
    """

    kinds: dict[str, dict[str, UsualPart]]
    words: dict[str, tuple[str, ...]]
    names: tuple[str, ...]


@cache
def _data() -> PartsFile:
    return load_model(PartsFile, Path(__file__).with_name("parts.yaml"))


@cache
def _word() -> re.Pattern[str]:
    words = sorted({word for words in _data().words.values() for word in words}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")


def part_named(word: str) -> str:
    """The part that a word names; empty for another word."""
    return next((name for name, words in _data().words.items() if word in words), "")


def is_part(thing: SceneObject) -> bool:
    """Whether a thing is a part of another one, as :func:`with_parts` gives it."""
    return thing.kind == "place" and thing.id.rpartition("_")[2] in _data().words


def part_fact(thing: SceneObject, name: str, point: Point, outward: Point) -> Fact:
    """What a camera states of a part.

    Args:
        thing: Its thing, as it stands.
        name: What it is.
        point: Where it is, in ``map``, m; rounded to 1 cm.
        outward: Where it points, in ``map``; of length 1, rounded to a tenth.
    """
    x, y = Pose2(*thing.position[:2], thing.yaw).local(*point[:2])
    dx, dy = Pose2(0.0, 0.0, thing.yaw).local(*outward[:2])
    near = (round(x, 2), round(y, 2), round(point[2] - thing.position[2], 2))
    ahead = (round(dx, 1), round(dy, 1), round(outward[2], 1))
    return Fact(PART, (thing.id, name, *(f"{value + 0.0:g}" for value in (*near, *ahead))))


def parts_of(thing: SceneObject, facts: Iterable[Fact] = ()) -> dict[str, ScenePart]:
    """The parts of a thing by name.

    Args:
        thing: The thing, as it stands.
        facts: Facts of the scene; those on parts count before what is usual of its kind.
    """
    kind = thing.kind.replace("_", " ")
    usual = _data().kinds.get(kind) or _data().kinds.get(kind.rpartition(" ")[2]) or {}
    found = {}
    for name, one in usual.items():
        half = [share * extent / 2 for share, extent in zip(one.at, thing.size)]
        found[name] = _placed(thing, name, (half[0], half[1], half[2]), one.out)
    for fact in facts:
        if fact.predicate == PART and len(fact.arguments) == 8 and fact.arguments[0] == thing.id:
            x, y, z, dx, dy, dz = map(float, fact.arguments[2:])
            found[fact.arguments[1]] = _placed(thing, fact.arguments[1], (x, y, z), (dx, dy, dz))
    return found


def _placed(thing: SceneObject, name: str, at: Point, out: tuple[float, ...]) -> ScenePart:
    """A part from its point and direction in the frame of its thing."""
    here = Pose2(thing.position[0], thing.position[1], thing.yaw)
    there, turned = (
        here.compose(Pose2(at[0], at[1], 0.0)),
        Pose2(0.0, 0.0, thing.yaw).compose(Pose2(out[0], out[1], 0.0)),
    )
    length = math.hypot(turned.x, turned.y, out[2]) or 1.0
    return ScenePart(
        name, (there.x, there.y, thing.position[2] + at[2]), (turned.x / length, turned.y / length, out[2] / length)
    )


def with_parts(scene: SceneGraph, text: str) -> SceneGraph:
    """The scene with the parts that a text names as places; the same scene where it names none.

    Args:
        scene: Things and facts.
        text: Words of a person.
    """
    wanted = {part_named(word) for word in _word().findall(text.lower())}
    if not wanted:
        return scene
    places = {}
    for thing in scene.things:
        for name, part in parts_of(thing, scene.facts).items():
            if name in wanted and (place := _place(thing, part)).id not in scene.objects:
                places[place.id] = place
    return replace(scene, objects={**scene.objects, **places}) if places else scene


def with_part_places(scene: SceneGraph, names: Iterable[object]) -> SceneGraph:
    """The scene with those parts as places that are among some ids; the same scene where none is.

    Args:
        scene: Things and facts.
        names: Ids as :func:`with_parts` gives them, and others.
    """
    places = {}
    for name in names:
        if not isinstance(name, str) or name in scene.objects:
            continue
        for thing in scene.things:
            if not name.startswith(f"{thing.id}_"):  # most words that a skill takes name no part
                continue
            part = parts_of(thing, scene.facts).get(name.removeprefix(f"{thing.id}_"))
            if part is not None:
                places[name] = _place(thing, part)
    return replace(scene, objects={**scene.objects, **places}) if places else scene


def _place(thing: SceneObject, part: ScenePart) -> SceneObject:
    """A part as a place, with every name that people may give it; it is headed where the part points."""
    things = dict.fromkeys((thing.label, thing.kind.replace("_", " "), *thing.names))
    words = _data().words.get(part.name, (part.name,))
    names = [form.format(part=word, thing=one) for one in things for word in words for form in _data().names]
    yaw = thing.yaw if part.heading is None else part.heading
    return SceneObject(
        f"{thing.id}_{part.name}", "place", part.point, yaw, "point", names=tuple(names),
        confidence=thing.confidence, last_seen=thing.last_seen,
    )  # fmt: skip
