"""Guide ``around``: has a learnt way led around an object on one side, which is told as a mode."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import reach_of
from skill_stack.core.world.scene import Pose2

MODES = {"left": 1.0, "right": -1.0}
"""Goal value ``mode`` of a side."""

_BEYOND = 0.4  # m behind the object's outline, as far as a way past it leads


class AroundGuide:
    """Passes ``target`` on its ``side`` as seen from the robot at the start, by a base that was learnt for that.

    The base is told where the object's middle is from where the step began (``ahead``, ``aside``, m) and the side
    (``mode``). The settings ``nearest``, ``farthest`` and ``widest`` say for which places it was learnt, m; others are
    refused. Signal: ``distance_error``, what is left along the line to the object and beyond it, m.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target`` and ``side``: ``left`` or ``right``."""
        self._begin: Pose2 | None = None
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the place counts from where the step began."""
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)
        self._mode, self._context = MODES[str(context.arguments["side"])], context

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._begin = begin = self._begin or view.pose
        thing, numbers = self._target.find(view), self._context.numbers
        ahead, aside = begin.local(thing.position[0], thing.position[1])
        near, far, wide = numbers["nearest"], numbers["farthest"], numbers["widest"]
        if not (near <= ahead <= far and abs(aside) <= wide):
            told = f"{ahead:.1f} m ahead and {aside:.1f} m to the left"
            raise GuideFailure(
                "thing is ahead",
                f"'{thing.id}' is {told}; this way was learnt for {near:g} to {far:g} m ahead and {wide:g} m aside",
            )
        gone, _ = begin.local(view.pose.x, view.pose.y)
        left = max(0.0, ahead + reach_of(thing) + _BEYOND - gone)
        goals = {"ahead": ahead, "aside": aside, "mode": self._mode} if left > 0.0 else {}
        return GuideStep(goals, {"distance_error": left, "remaining": left}, left)
