"""Guide ``face``: turns on the spot until the robot faces an object or place."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView, TargetMemory
from skill_stack.connector.paths.steering import turn_for

_REST = 0.05  # rad


class FaceGuide:
    """Faces ``target``. Signal: ``heading_error``, rad."""

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``target``."""
        self.change(context)
        self._moving = True

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        self._settings = context.settings
        self._target = TargetMemory(str(context.arguments["target"]), context.settings.lost_grace)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        target = self._target.find(view)
        bearing = view.pose.bearing_to(target.position[0], target.position[1])
        wz = turn_for(bearing, self._settings, _REST, self._moving)
        self._moving = wz != 0.0
        error = abs(bearing)
        return GuideStep({"vx": 0.0, "vy": 0.0, "wz": wz}, {"heading_error": error, "remaining": error}, error)
