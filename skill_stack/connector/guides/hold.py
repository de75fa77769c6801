"""Guide ``hold``: holds the stance for a time."""

from __future__ import annotations

from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView


class HoldGuide:
    """Keeps the present stance for ``duration`` seconds. Signal: ``remaining``, s."""

    def __init__(self, context: GuideContext) -> None:
        """Takes the argument ``duration``."""
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the time counts from the start of the step."""
        self._duration = context.number("duration")

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        left = max(0.0, self._duration - view.elapsed)
        return GuideStep({}, {"remaining": left}, left)
