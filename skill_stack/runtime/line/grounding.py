"""Words to places: "the red mug left of the laptop" → the thing, a point on it and its region, or a question."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from skill_stack.core.spatial.places import free_place, outline_point
from skill_stack.core.spatial.relations import Frame
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.language import Answer, Lexicon, things_meant

Point = tuple[float, float, float]
Parts = Mapping[str, Mapping[str, Point]]
"""Places of parts that were seen, in ``map``, m: by id of the thing and name of the part."""
SUREST = 0.99
SPOT = 0.06  # m: radius that a free spot has unless told otherwise
_PART = re.compile(
    r"^(?:the |a )?(?P<part>top|rim|edge|lid|middle|centre|center|bottom|base|handle|button|side|front|free spot|"
    r"empty spot|free place|space)(?: of| on)(?: top of)? (?P<whole>.+)$"
)


@dataclass(frozen=True, slots=True)
class Grounded:
    """Meaning of words in a scene.

    Attributes:
        status: ``found``, ``question`` (more than one may be meant) or ``unknown``.
        name: Id of the thing; empty unless found.
        point: The place that is meant, in ``map``, m; None unless found.
        low: Corner of its region with the smallest coordinates, m.
        high: The opposite corner, m.
        confidence: How sure it is that it is there and that it is meant, 0 to 1.
        answer: The question, or why nothing was found.
        candidates: Ids of everything that may be meant.
    """

    status: Literal["found", "question", "unknown"]
    name: str = ""
    point: Point | None = None
    low: Point | None = None
    high: Point | None = None
    confidence: float = 0.0
    answer: str = ""
    candidates: tuple[str, ...] = ()


class Grounder:
    """Grounds words in a scene."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Takes the language."""
        self._lexicon = lexicon

    def ground(
        self,
        words: str,
        scene: SceneGraph,
        viewer: Pose2 | None = None,
        frame: Frame = "viewer",
        parts: Parts | None = None,
    ) -> Grounded:
        """The meaning of words.

        Args:
            words: A noun phrase, or one of its parts: ``the top of the blue box``, ``a free spot on the table``.
            scene: What there is.
            viewer: The viewpoint for left and right; None: the robot of the scene.
            frame: ``viewer``: left, right, before and behind as seen from there; ``own``: as the thing itself has
                them, which the relation is to, along its own heading; ``world``: along the map's x axis.
            parts: Handles, rims, lids and buttons that were seen.
        """
        part = _PART.match(words.strip().lower().rstrip(".!?"))
        whole = self._thing(words, scene, viewer, frame)
        if part is None or whole.status == "found":
            return whole
        whole = self._thing(part["whole"], scene, viewer, frame)
        if whole.status != "found":
            return whole
        seen = (parts or {}).get(whole.name, {}).get(part["part"])
        if seen is not None:
            return replace(whole, point=seen)
        return _part_of(part["part"], scene[whole.name], scene, viewer or scene.robot, whole)

    def _thing(self, text: str, scene: SceneGraph, viewer: Pose2 | None, frame: Frame) -> Grounded:
        pose = (viewer or scene.robot) if frame != "world" else None
        ids = things_meant(text, scene, self._lexicon, pose, frame)
        if isinstance(ids, Answer):
            if ids.status == "question":
                return Grounded("question", answer=ids.sentence, candidates=_meant(ids.sentence, scene))
            return Grounded("unknown", answer=ids.sentence)
        if len(ids) > 1:
            listed = ", ".join(scene[name].label for name in ids)
            return Grounded("question", answer=f"Which one do you mean: {listed}?", candidates=ids)
        return _whole(scene[ids[0]])


def _meant(answer: str, scene: SceneGraph) -> tuple[str, ...]:
    """Objects named in a question."""
    return tuple(thing.id for thing in scene.things if thing.label in answer or thing.id in answer)


def _whole(thing: SceneObject) -> Grounded:
    low, high = _region(thing)
    return Grounded("found", thing.id, thing.position, low, high, min(thing.confidence, SUREST))


def _region(thing: SceneObject) -> tuple[Point, Point]:
    """Corners of the upright box around a thing, turned as it is."""
    c, s = abs(math.cos(thing.yaw)), abs(math.sin(thing.yaw))
    across = (thing.size[0] * c + thing.size[1] * s) / 2
    along = (thing.size[0] * s + thing.size[1] * c) / 2
    (x, y, z), up = thing.position, thing.size[2] / 2
    return (x - across, y - along, z - up), (x + across, y + along, z + up)


def _part_of(part: str, thing: SceneObject, scene: SceneGraph, viewer: Pose2 | None, whole: Grounded) -> Grounded:
    """A point on a thing by the name of its part, from its solid."""
    (x, y, z), top = thing.position, thing.position[2] + thing.size[2] / 2
    if "spot" in part or part in ("free place", "space"):
        return _free_spot(thing, scene, whole)
    if part in ("handle", "button"):
        answer = f"I cannot see a {part}: I know the {thing.label} as a {thing.shape} only."
        return Grounded("unknown", answer=answer, candidates=(thing.id,))
    near = outline_point(thing, viewer)
    point: Point = {
        "top": (x, y, top), "lid": (x, y, top), "rim": (*near, top), "edge": (*near, top), "front": (*near, z),
        "side": (*near, z), "bottom": (x, y, z - thing.size[2] / 2), "base": (x, y, z - thing.size[2] / 2),
    }.get(part, (x, y, z))  # fmt: skip
    return Grounded("found", thing.id, point, whole.low, whole.high, whole.confidence)


def _free_spot(thing: SceneObject, scene: SceneGraph, whole: Grounded) -> Grounded:
    """The place on top of a thing that is farthest from everything on it and from its edge."""
    found = free_place(thing, scene.things, SPOT)
    if found is None:
        return Grounded("unknown", answer=f"There is no free spot on the {thing.label}.", candidates=(thing.id,))
    (x, y, z), _ = found
    return Grounded("found", thing.id, (x, y, z), (x - SPOT, y - SPOT, z), (x + SPOT, y + SPOT, z), whole.confidence)
