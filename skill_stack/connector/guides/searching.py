"""Guide ``searching``: moves to the views that perception requests, until the object is found."""

from __future__ import annotations

import math

from skill_stack.connector.guides.guide import STILL, GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.guides.waypoints import Waypoints
from skill_stack.connector.paths.steering import turn_for
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.search_progress import SearchProgress

FOUND = "the thing is found"
"""Name of the failure of a search that found nothing."""
SEEN = "a camera looks"
_PATIENCE = 20.0  # s without a word of perception after which nobody looks
_THERE, _REST = 0.15, 0.06  # m and rad; perception takes less for being there


class SearchGuide:
    """Searches for ``what``. Signals: ``unfound``, 1 until it is found; for a view ``distance_error``,
    ``heading_error``.

    Without a word in ``what``, the search succeeds when everything visible has been viewed.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``what``."""
        self._way: Waypoints | None = None
        self._number = -1
        self._heard = 0.0
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._context, self._what = context, str(context.arguments["what"])
        self._turning = True

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        told = view.lookout
        if told is None:
            return self._wait(view, 1.0)
        self._heard = view.elapsed
        if told.outcome == "found" or (told.outcome == "absent" and not self._what):
            return GuideStep(STILL, {"unfound": 0.0, "remaining": 0.0}, 0.0, said=told.sentence)
        if told.outcome != "looking":
            raise GuideFailure(FOUND, told.sentence or "it was not found")
        if told.view is None:
            return self._wait(view, 1.0)
        return self._to(view, told, told.view)

    def _wait(self, view: GuideView, unfound: float) -> GuideStep:
        """Stands until perception sends a view."""
        if view.elapsed - self._heard > _PATIENCE:
            raise GuideFailure(SEEN, f"no camera has said for {_PATIENCE:g} s where to look")
        return GuideStep(STILL, {"unfound": unfound}, 0.0)

    def _to(self, view: GuideView, told: SearchProgress, goal: Pose2) -> GuideStep:
        """Moves to a view position, then turns to its heading."""
        here = (view.pose.x, view.pose.y)
        if told.number != self._number:
            self._number, self._way, self._turning = told.number, Waypoints(self._context, [(goal.x, goal.y)]), True
        left = math.dist(here, (goal.x, goal.y))
        turn = wrap_angle(goal.yaw - view.pose.yaw)
        signals = {"unfound": 1.0, "distance_error": left, "heading_error": abs(turn), "remaining": left + abs(turn)}
        if left > _THERE and self._way is not None:
            try:
                goals = self._way.follow(view)
                return GuideStep(goals, signals, left + math.pi, path=self._way.path)
            except GuideFailure:  # perception soon notices that nobody comes nearer, and chooses another place
                self._way = None
        wz = turn_for(turn, self._context.settings, _REST, self._turning)
        self._turning = wz != 0.0
        return GuideStep({**STILL, "wz": wz}, signals, abs(turn))
