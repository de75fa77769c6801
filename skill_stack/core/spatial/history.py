"""SceneRecorder: notes what appears, moves and goes away from one scene to the next."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.core.spatial.relations import Viewing, body_of, margin
from skill_stack.core.world.scene import SceneChange, SceneGraph, SceneHistory, SceneObject, alike, moved

SETTLING = 3.0
"""Time for which the place of a new thing is still being found out, s."""
MOST = 500
"""Changes that are kept."""


class SceneRecorder:
    """Notes what changes from one scene to the next."""

    def __init__(self) -> None:
        """Starts without a scene."""
        self._known: dict[str, SceneObject] = {}
        self._since: dict[str, float] = {}
        self._changes: list[SceneChange] = []
        self._began: float | None = None
        self._room, self._entered = "", 0.0

    def take(self, things: Mapping[str, SceneObject], now: float) -> None:
        """Takes the complete scene.

        Args:
            things: Things and places by id.
            now: Task time, s.
        """
        kept = {name: thing for name, thing in things.items() if thing.kind not in ("place", "wall")}
        if self._began is None or (self._changes and now < self._changes[-1].stamp):  # the time began anew
            self._began, self._known, self._changes = now, kept, []
            self._since = dict.fromkeys(kept, -math.inf)
            return
        for name in self._known.keys() - kept.keys():
            gone = self._known.pop(name)
            if not self._known_now_as(gone, kept):
                self._note(SceneChange("removed", now, gone, None))
        for name, thing in kept.items():
            was = self._known.get(name)
            if was is None:
                self._since[name] = now
                self._note(SceneChange("appeared", now, None, thing))
            elif not moved(was, thing):
                continue  # a slow drift adds up to a move
            elif now - self._since[name] > SETTLING:
                self._note(SceneChange("moved", now, was, thing))
            self._known[name] = thing

    def _known_now_as(self, gone: SceneObject, kept: Mapping[str, SceneObject]) -> bool:
        """Whether a thing is one of the same looks that moved to where it stands; drops what was noted of it then."""
        heirs = (self._known[name] for name in self._known.keys() & kept.keys())
        if not any(moved(one, now := kept[one.id]) and not moved(now, gone) and alike(now, gone) for one in heirs):
            return False
        self._changes = [change for change in self._changes if change.name != gone.id]
        return True

    def _note(self, change: SceneChange) -> None:
        self._changes = [*self._changes, change][-MOST:]

    def enter(self, room: str, now: float) -> None:
        """Takes the room in which the robot is; empty where that is not known."""
        if room and room != self._room:
            self._room, self._entered = room, now

    def history(self, now: float) -> SceneHistory:
        """The history at a task time, s."""
        began = self._began if self._began is not None else now
        return SceneHistory(tuple(self._changes), began, max(self._entered, began), now)


def room_of(scene: SceneGraph) -> str:
    """Id of the smallest place with an extent in which the robot is; empty where there is none."""
    if scene.robot is None:
        return ""
    body = body_of(scene.robot)
    rooms = [one for one in scene.objects.values() if one.kind == "place" and min(one.size[:2]) > 0]
    inside = [one for one in rooms if margin("in", body, [one], Viewing()) >= 0]
    return min(inside, key=lambda one: (one.size[0] * one.size[1], one.id)).id if inside else ""
