"""SearchSession: a search that proceeds look by look, while another module moves the body."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.search.search_target import SearchTarget
from skill_stack.perception.search.view_search import LITTLE, SearchReport, View, ViewSearch

THERE, TURNED = 0.25, 0.2
"""Distance and angle within which the body is at its view, m and rad."""
SETTLE = 2
"""Looks from a view until it is done."""
PATIENCE = 7
"""Looks from near a possible match after which it counts as not recognisable."""
STUCK = 8.0
"""Time without approach after which a view counts as unreachable, s."""
NEARER = 0.1
"""Smallest progress that counts as approach, m or rad."""
LEFT = 0.35
"""Share of a view's expected gain that must still be unseen; otherwise another view is chosen."""
STEP = 0.02
"""Motion of the body up to which it counts as standing still, m."""


class SearchSession:
    """One search.

    Attributes:
        report: What came of it so far.
    """

    def __init__(self, request: str, words: str, quarry: SearchTarget, search: ViewSearch, now: float) -> None:
        """Begins.

        Args:
            request: Id of the request that the search is for.
            words: Words for the target.
            quarry: Its appearance.
            search: Map of its possible places.
            now: Task time, s.
        """
        self._request, self._words = request, words
        self._quarry, self._search, self._begun = quarry, search, now
        self.report = SearchReport("unsure")
        self._view: View | None = None
        self._thing = ""
        self._looks = 0
        self._pose: Pose2 | None = None
        self._nearest, self._since = math.inf, now
        self._ended = False

    @property
    def view(self) -> View | None:
        """The requested view."""
        return self._view

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._ended

    def look(self, scene: ObjectMap, grid: OccupancyGrid | None, eye: Pose2, pose: Pose2, now: float) -> SearchProgress:
        """Takes a look.

        Args:
            scene: The scene, which has taken the look.
            grid: What is known of the floor.
            eye: Where the camera was, and its heading, in ``map``.
            pose: The body in ``map``.
            now: Task time of the look, s.
        """
        self._move(pose, now)
        if grid is not None:
            self._search.area.take(grid, eye)
        self._quarry.look(scene, np.array([eye.x, eye.y]))
        if not self._ended:
            self._go_on(scene, pose, now)
        return self.lookout

    def _go_on(self, scene: ObjectMap, pose: Pose2, now: float) -> None:
        """Whether the view is done, and which is next."""
        gone = self._thing and self._thing not in scene.tracks
        if self._view is not None and (self._served(scene, pose, now) or gone):
            self._view, self._thing = None, ""
        if self._is_found(scene, now) or self._view is not None:
            return
        self._choose(scene, pose, now)

    def _is_found(self, scene: ObjectMap, now: float) -> bool:
        """Whether the target is known; then the search ends."""
        thing = self._quarry.found(scene, now)
        if thing is not None:
            self._end("found", thing)
        return thing is not None

    def _served(self, scene: ObjectMap, pose: Pose2, now: float) -> bool:
        """Whether nothing more can be learned from the view."""
        view = self._view
        assert view is not None
        gap = pose.distance_to(view.pose.x, view.pose.y)
        turn = abs(wrap_angle(view.pose.yaw - pose.yaw))
        if self._thing and self._thing in self._quarry.checked:
            return True
        if gap <= THERE and turn <= TURNED:
            self._looks += 1
            if self._looks >= (PATIENCE if self._thing else SETTLE):
                self._give_up(scene)
                return True
            return False
        if gap + turn < self._nearest - NEARER:
            self._nearest, self._since = gap + turn, now
        elif now - self._since > STUCK:
            self._give_up(scene)
            return True
        return not self._thing and self._search.worth(view) < max(LEFT * view.gain, LITTLE)

    def _give_up(self, scene: ObjectMap) -> None:
        if self._thing:
            self._quarry.take_from_afar(scene, self._thing)

    def _choose(self, scene: ObjectMap, pose: Pose2, now: float) -> None:
        """The next view: of a possible match, else of unseen floor."""
        perhaps = self._quarry.unconfirmed_candidate(scene, pose)
        view = self._search.next(pose) if perhaps is None else self._search.towards(pose, perhaps.thing(now))
        while perhaps is not None and view is None:
            self._quarry.take_from_afar(scene, perhaps.id)
            if self._is_found(scene, now):
                return
            perhaps = self._quarry.unconfirmed_candidate(scene, pose)
            view = self._search.next(pose) if perhaps is None else self._search.towards(pose, perhaps.thing(now))
        if view is None:
            alike = self._quarry.alike(scene)
            self.report.alike = f"{alike.colour} {alike.kind}" if alike is not None else ""
            self._end("absent")
            return
        budget = self._search.budget
        if self.report.path + view.length > budget.path or now - self._begun > budget.seconds:
            self._end("unsure")
            return
        self._view, self._thing = view, perhaps.id if perhaps is not None else ""
        self.report.views.append(view.pose)
        self._looks, self._nearest, self._since = 0, math.inf, now

    def _move(self, pose: Pose2, now: float) -> None:
        if self._pose is None:
            self._pose = pose
        gap = self._pose.distance_to(pose.x, pose.y)
        if gap > STEP:
            self.report.path, self._pose = self.report.path + gap, pose
        self.report.seconds = now - self._begun

    def _end(self, outcome: str, thing: SceneObject | None = None) -> None:
        report = self.report
        report.outcome = "found" if outcome == "found" else "absent" if outcome == "absent" else "unsure"
        report.thing, self._view, self._ended = thing, None, True
        report.looked, report.rooms = 1.0 - self._search.left, self._search.rooms()
        report.area = self._search.area.looked

    @property
    def lookout(self) -> SearchProgress:
        """The result for the module that moves the body."""
        report = self.report
        if not self._ended:
            view = self._view.pose if self._view is not None else None
            return SearchProgress(self._request, "looking", view, len(report.views))
        name = report.thing.id if report.thing is not None else ""
        return SearchProgress(
            self._request, report.outcome, None, len(report.views), name, report.sentence(self._words)
        )
