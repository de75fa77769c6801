"""ViewSearch: the next view in a search for an unseen object, and when to stop."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy import ndimage

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.perception.search.search_map import CELL, NEVER, SearchMap
from skill_stack.perception.search.tour_planner import MOST, best_order

Array = np.ndarray
HEADINGS = 12
EVERY = 0.4
"""Distance between candidate viewpoints, m."""
TURNING, LOOKING = 0.15, 0.2
"""Cost in metres of a rotation by a radian, and of a look."""
DONE = 0.05
"""Share of the probability that may stay unseen at the end: the last corners cost most of the path."""
NEAR = (0.8, 1.7)
"""Distances from which an object is identified, m."""
HIDDEN, OFF = 6.0, 3.0
"""Cost in metres of an occluded view, and of each metre of distance."""
CRUMB = 0.03
"""Share of all that a place must show while others show so much; smaller corners may stay unseen."""
LITTLE = 0.6
"""Least weighted area that a view must show, m²."""


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
    """Limits of a search.

    Attributes:
        path: m.
        seconds: s of task time.
    """

    path: float = 40.0
    seconds: float = 300.0


@dataclass(slots=True)
class SearchReport:
    """Result of a search.

    Attributes:
        outcome: ``found``; ``absent``: everything was looked at; ``unsure``: the budget was over before.
        thing: What was found.
        views: Where was looked from.
        path: How far was walked, m.
        seconds: How long it took, s.
        looked: Share of what is likely that was seen, 0 to 1.
        rooms: Share of each room that was seen.
        area: Floor that was looked at, m².
        alike: What may be it in another light, in words; empty where there is no such thing.
    """

    outcome: Literal["found", "absent", "unsure"]
    thing: SceneObject | None = None
    views: list[Pose2] = field(default_factory=list)
    path: float = 0.0
    seconds: float = 0.0
    looked: float = 0.0
    rooms: dict[str, float] = field(default_factory=dict)
    area: float = 0.0
    alike: str = ""

    def sentence(self, words: str) -> str:
        """The report in words.

        Args:
            words: What was looked for; empty: nothing but what there is.
        """
        where = ", ".join(f"{100 * share:.0f} % of the {name}" for name, share in self.rooms.items())
        where = where or f"{self.area:.0f} m² of floor"
        how = f"I looked {len(self.views)} times over {self.path:.0f} m and saw {where}."
        if not words:
            return how
        if self.outcome == "found":
            return f"I found {words}. {how}"
        if self.outcome == "absent":
            article = "an" if self.alike[:1] in "aeiou" else "a"
            perhaps = f" There is {article} {self.alike}, which may be it in this light." if self.alike else ""
            return f"There is no {_bare(words)} here. {how}{perhaps}"
        return f"I have not found {words}, and there is more to look at than I may walk. {how}"


def _bare(words: str) -> str:
    return words.removeprefix("the ").removeprefix("a ")


class ViewSearch:
    """Chooses views: the most probability per time to get there."""

    def __init__(self, area: SearchMap, budget: Budget | None = None) -> None:
        """Takes the search map and its limits."""
        self.area, self.budget = area, budget or Budget()
        self._whole = float(area.likely.sum())
        self._tried: set[tuple[int, int, int]] = set()

    @property
    def left(self) -> float:
        """Share of the probability that is unseen, 0 to 1."""
        return float(self.area.unseen.sum()) / max(self._whole, 1e-9)

    def next(self, pose: Pose2) -> View | None:
        """The best view from here, or None when no useful view can be reached.

        Whatever can be seen from here is looked at first, since turning is no way. Then the places that show most of
        the rest for the way between them are put in an order, and the first of them is gone to.
        """
        if self.left <= DONE:
            return None
        far, before = self.area.reach(pose)
        cells = self._places(far)
        if not len(cells):
            return None
        places = np.array([self.area.place((int(r), int(c))) for r, c in cells])
        unseen, shown = np.append(self.area.unseen, 0.0), self.area.shown(places)
        worth = self.area.worth(shown, unseen) * CELL**2
        gains = self.area.ahead(worth, HEADINGS)
        for number, cell in enumerate(map(tuple, cells.tolist())):
            gains[number, [heading for heading in range(HEADINGS) if (*cell, heading) in self._tried]] = 0.0
        travel = far[cells[:, 0], cells[:, 1]]
        here = int(travel.argmin())
        best = here
        if travel[here] > 0 or gains[here].max() < LITTLE:
            seen = shown, unseen, gains
            crumb = CRUMB * self._whole * CELL**2
            best = self._first_stop(pose, cells, travel, seen, crumb)
            best = best if best >= 0 else self._first_stop(pose, cells, travel, seen, LITTLE)
        if best < 0:
            return None
        yaws = np.arange(HEADINGS) * 2 * math.pi / HEADINGS
        turns = np.array([_turn(pose, places[best], yaw) for yaw in yaws])
        heading = int(np.where(gains[best] >= LITTLE, gains[best] / (turns * TURNING + LOOKING), 0.0).argmax())
        row, column = cells[best].tolist()
        self._tried.add((row, column, heading))
        x, y = places[best].tolist()
        way = tuple(self.area.way(before, (row, column)))
        pose = Pose2(x, y, wrap_angle(float(yaws[heading])))
        return View(pose, way, float(gains[best, heading]), float(travel[best]))

    def _first_stop(
        self, pose: Pose2, cells: Array, travel: Array, seen: tuple[Array, Array, Array], least: float
    ) -> int:
        """The first place to visit; negative where none shows enough.

        Args:
            pose: Where the body is.
            cells: Places, shape (N, 2).
            travel: Ways to them, m.
            seen: What each shows, the weight of each cell, and what each view shows.
            least: What a place must show all around, m².
        """
        shown, unseen, gains = seen
        unseen = unseen.copy()
        open_ = gains.max(axis=1) >= LITTLE
        stops: list[int] = []
        chances: list[float] = []
        whole, gap = float(unseen.sum()) * CELL**2, travel
        while len(stops) < MOST:
            all_around = np.where(open_, self.area.worth(shown, unseen).sum(axis=1) * CELL**2, 0.0)
            rate = np.where(all_around >= least, all_around / (gap + LOOKING), 0.0)
            best = int(rate.argmax())
            if rate[best] <= 0:
                break
            stops.append(best)
            chances.append(float(all_around[best]))
            unseen[shown[best].ravel()] = 0.0
            open_[best] = False
            gap = np.minimum(gap, np.hypot(*(cells - cells[best]).T) * CELL)
        if len(stops) < 2:
            return stops[0] if stops else -1
        chosen = cells[stops]
        rest = unseen[:-1].reshape(self.area.taken.shape)
        ways = np.zeros(len(stops))
        if rest.sum() > 0:
            ways = np.hypot(*(chosen - np.array(ndimage.center_of_mass(rest))).T) * CELL
        left = max(0.0, 1.0 - sum(chances) / max(whole, 1e-9))
        share = np.array(chances) / max(whole, 1e-9)
        return stops[best_order(travel[stops], self.area.between(pose, chosen), share, ways, left)[0]]

    def towards(self, pose: Pose2, thing: SceneObject) -> View | None:
        """A view of a possible match from near by; None where there is none."""
        far, before = self.area.reach(pose)
        cells = np.argwhere(far < NEVER)
        if not len(cells):
            return None
        places = np.array([self.area.place((int(r), int(c))) for r, c in cells])
        away = np.hypot(*(places - thing.position[:2]).T)
        off = np.maximum(NEAR[0] - away, 0.0) + np.maximum(away - NEAR[1], 0.0)
        hidden = self.area.hidden(places, np.array(thing.position[:2]), thing.radius)
        cost = OFF * off + HIDDEN * hidden + far[cells[:, 0], cells[:, 1]]
        row, column = cells[int(cost.argmin())].tolist()
        x, y = self.area.place((row, column))
        yaw = math.atan2(thing.position[1] - y, thing.position[0] - x)
        way = tuple(self.area.way(before, (row, column)))
        return View(Pose2(x, y, yaw), way, 0.0, float(far[row, column]))

    def _places(self, far: Array) -> Array:
        """Viewpoints evenly spread over the reachable floor, including the present one; shape (N, 2)."""
        step = round(EVERY / CELL)
        rows, columns = np.nonzero(far < NEVER)
        chosen = (rows % step == 0) & (columns % step == 0) | (far[rows, columns] == 0)
        return np.stack([rows[chosen], columns[chosen]], axis=1)

    def worth(self, view: View) -> float:
        """Weighted area that a view would show now, m²; it decreases on the way."""
        heading = round(view.pose.yaw / (2 * math.pi / HEADINGS)) % HEADINGS
        return float(self.area.gains(np.array([[view.pose.x, view.pose.y]]), HEADINGS)[0, heading]) * CELL**2

    def rooms(self) -> dict[str, float]:
        """Seen share of each named room."""
        unseen = self.area.unseen > 0
        out = {}
        for room in (one for one in self.area.rooms if one.name):
            (a, b), (c, d) = (self.area.cell(corner) for corner in (room.low, room.high))
            part = unseen[a:c, b:d]
            out[room.name] = 1.0 - float(part.mean()) if part.size else 1.0
        return out


def _turn(pose: Pose2, place: Array, yaw: float) -> float:
    """Rotation on the path to a place and at it, rad."""
    away = place - (pose.x, pose.y)
    if math.hypot(*away) < 0.15:
        return abs(wrap_angle(yaw - pose.yaw))
    along = math.atan2(away[1], away[0])
    return abs(wrap_angle(along - pose.yaw)) + abs(wrap_angle(yaw - along))
