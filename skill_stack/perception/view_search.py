"""ViewSearch: where to look next for something that nobody has seen yet, and when to say that it is not there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.scene import Pose2, SceneObject
from skill_stack.perception.search_map import CELL, NEVER, SearchMap

Array = np.ndarray
HEADINGS = 12
EVERY = 0.4
"""Distance between places that are thought of, m."""
TURNING, LOOKING = 0.15, 0.2
"""Metres that one would walk to be spared turning by a radian, and one look: way is what searching costs."""
DONE = 0.03
"""Share of what is likely that may stay unseen before it counts as not there."""
NEAR = 1.2
"""Distance from which one thing is told from another, m."""
HOMELY = 0.5
"""How much less a view is worth for each metre to it, 1/m: whoever walks off has to come back for the rest."""
LITTLE = 0.2
"""Weighed area that a view must show, m²; less is the edge of something."""


@dataclass(frozen=True, slots=True)
class View:
    """A view to be taken.

    Attributes:
        pose: Where from, and its heading.
        way: Places on the way there, m.
        gain: Weighed area that it would show, m².
        length: Of the way, m.
    """

    pose: Pose2
    way: tuple[tuple[float, float], ...]
    gain: float
    length: float


@dataclass(frozen=True, slots=True)
class Budget:
    """How far a search may go.

    Attributes:
        path: m.
        seconds: s of task time.
    """

    path: float = 40.0
    seconds: float = 300.0


@dataclass(slots=True)
class SearchReport:
    """What came of a search.

    Attributes:
        outcome: ``found``; ``absent``: everything was looked at; ``unsure``: the budget was over before.
        thing: What was found.
        views: Where was looked from.
        path: How far was walked, m.
        seconds: How long it took, s.
        looked: Share of what is likely that was seen, 0 to 1.
        rooms: Share of each room that was seen.
    """

    outcome: Literal["found", "absent", "unsure"]
    thing: SceneObject | None = None
    views: list[Pose2] = field(default_factory=list)
    path: float = 0.0
    seconds: float = 0.0
    looked: float = 0.0
    rooms: dict[str, float] = field(default_factory=dict)

    def sentence(self, words: str) -> str:
        """The report in words.

        Args:
            words: What was looked for.
        """
        where = ", ".join(f"{100 * share:.0f} % of the {name}" for name, share in self.rooms.items())
        how = f"I looked from {len(self.views)} places over {self.path:.0f} m and saw {where}."
        if self.outcome == "found":
            return f"I found {words}. {how}"
        if self.outcome == "absent":
            return f"There is no {_bare(words)} here. {how}"
        return f"I have not found {words}, and there is more to look at than I may walk. {how}"


def _bare(words: str) -> str:
    return words.removeprefix("the ").removeprefix("a ")


class ViewSearch:
    """Chooses views: most of what is likely for the time that it takes to get there."""

    def __init__(self, area: SearchMap, budget: Budget | None = None) -> None:
        """Takes what is to be searched and how far it may go."""
        self.area, self.budget = area, budget or Budget()
        self._whole = float(area.likely.sum())
        self._tried: set[tuple[int, int, int]] = set()

    @property
    def left(self) -> float:
        """Share of what is likely that nobody has looked at, 0 to 1."""
        return float(self.area.unseen.sum()) / max(self._whole, 1e-9)

    def next(self, pose: Pose2) -> View | None:
        """The best view from here, or None when nothing worth looking at can be reached."""
        if self.left <= DONE:
            return None
        far, before = self.area.reach(pose)
        cells = self._places(far)
        if not len(cells):
            return None
        places = np.array([self.area.place((int(r), int(c))) for r, c in cells])
        gains = self.area.gains(places, HEADINGS) * CELL**2
        travel = far[cells[:, 0], cells[:, 1]]
        yaws = np.arange(HEADINGS) * 2 * math.pi / HEADINGS
        moving = np.array([_turn(pose, place, yaw) for place in places for yaw in yaws]).reshape(len(places), HEADINGS)
        rate = np.where(gains >= LITTLE, gains / (travel[:, None] + moving * TURNING + LOOKING), 0.0)
        rate *= np.exp(-HOMELY * travel)[:, None]
        for number, (row, column) in enumerate(cells.tolist()):
            tried = [heading for heading in range(HEADINGS) if (row, column, heading) in self._tried]
            rate[number, tried] = 0.0  # what it did not show it never will
        best, heading = np.unravel_index(int(rate.argmax()), rate.shape)
        if rate[best, heading] <= 0:
            return None
        row, column = cells[best].tolist()
        self._tried.add((row, column, int(heading)))
        x, y = places[best].tolist()
        yaw = wrap_angle(float(yaws[heading]))
        way = tuple(self.area.way(before, (row, column)))
        return View(Pose2(x, y, yaw), way, float(gains[best, heading]), float(far[row, column]))

    def towards(self, pose: Pose2, thing: SceneObject) -> View | None:
        """A view of something that may be what is looked for, from near enough to tell; None where there is none."""
        far, before = self.area.reach(pose)
        cells = np.argwhere(far < NEVER)
        if not len(cells):
            return None
        places = np.array([self.area.place((int(r), int(c))) for r, c in cells])
        away = np.hypot(*(places - thing.position[:2]).T)
        cost = np.abs(away - NEAR) * 3 + far[cells[:, 0], cells[:, 1]]
        row, column = cells[int(cost.argmin())].tolist()
        x, y = self.area.place((row, column))
        yaw = math.atan2(thing.position[1] - y, thing.position[0] - x)
        way = tuple(self.area.way(before, (row, column)))
        return View(Pose2(x, y, yaw), way, 0.0, float(far[row, column]))

    def _places(self, far: Array) -> Array:
        """Cells to look from, evenly spread over where the body can go, that where it is among them; shape (N, 2)."""
        step = round(EVERY / CELL)
        rows, columns = np.nonzero(far < NEVER)
        chosen = (rows % step == 0) & (columns % step == 0) | (far[rows, columns] == 0)
        return np.stack([rows[chosen], columns[chosen]], axis=1)

    def search(
        self,
        pose: Callable[[], Pose2],
        look: Callable[[View], tuple[SceneObject | None, float, float]],
        seen: Callable[[], SceneObject | None],
        doubt: Callable[[], SceneObject | None] = lambda: None,
    ) -> SearchReport:
        """Looks until it is found, everything was seen, or the budget is over.

        Args:
            pose: Where the body is.
            look: Goes and looks, also on the way; gives what was found, how far it went, m, and how long it took, s.
            seen: What is known already.
            doubt: Something that may be it and that nobody has seen well; each is looked at once.
        """
        report = SearchReport("unsure", thing=seen())
        while report.thing is None:
            perhaps = doubt()
            view = self.next(pose()) if perhaps is None else self.towards(pose(), perhaps)
            if view is None:
                report.outcome = "absent"
                break
            if report.path + view.length > self.budget.path or report.seconds > self.budget.seconds:
                break
            report.views.append(view.pose)
            report.thing, length, seconds = look(view)
            report.path += length
            report.seconds += seconds
        if report.thing is not None:
            report.outcome = "found"
        report.looked = 1.0 - self.left
        report.rooms = self._rooms()
        return report

    def _rooms(self) -> dict[str, float]:
        """Share of each room that was seen."""
        unseen = self.area.unseen > 0
        out = {}
        for room in self.area.rooms:
            (a, b), (c, d) = (self.area.cell(corner) for corner in (room.low, room.high))
            part = unseen[a:c, b:d]
            out[room.name] = 1.0 - float(part.mean()) if part.size else 1.0
        return out


def _turn(pose: Pose2, place: Array, yaw: float) -> float:
    """Angle to turn on the way to a place and there, rad."""
    away = place - (pose.x, pose.y)
    if math.hypot(*away) < 0.15:
        return abs(wrap_angle(yaw - pose.yaw))
    along = math.atan2(away[1], away[0])
    return abs(wrap_angle(along - pose.yaw)) + abs(wrap_angle(yaw - along))
