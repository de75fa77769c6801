"""Guide ``latent``: walks a distance by a gait latent: plans how high and how far feet swing from a terrain code."""

from __future__ import annotations

from skill_stack.connector.gaits.latent_plan import LatentPlan
from skill_stack.connector.gaits.terrain_code import TerrainCode
from skill_stack.connector.guides.displacement import DisplacementGuide
from skill_stack.connector.guides.guide import GuideContext, GuideStep, GuideView

LATENT = ("lift", "reach")
"""Goal values of the plane's axes: how high and how far feet swing, each -1 to 1."""


class LatentGuide:
    """Walks ``forward`` metres from its start; a step of two numbers at a time. Signal: ``distance_error``, m.

    The base has the goal values ``lift`` and ``reach``, -1 to 1, and ``vy`` and ``wz``. Settings: ``lift_middle`` and
    ``lift_extent`` (m of swing height at 0, and from there to 1), ``reach_middle`` and ``reach_extent`` (m of swing
    length), ``frequency`` (Hz), ``rate`` (most change of either number in a period), ``margin`` (m by which feet swing
    higher than what they cross), ``rise`` (m, what ``steps: high`` expects), ``shorter`` (share by which steps are
    shorter there), ``footing_length`` and ``footing_width`` (m between feet), ``memory`` (s). What else it does is
    that of :class:`skill_stack.connector.guides.displacement.DisplacementGuide`.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``forward`` and ``steps``: ``high`` or ``low``."""
        self._way, self._numbers = DisplacementGuide(context), context.numbers
        self._terrain = TerrainCode(context)
        self._plan: LatentPlan | None = None

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; the distance counts from the start of the step."""
        self._way.change(context)
        self._terrain = TerrainCode(context)

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        step = self._way.step(view)
        numbers, rise = self._numbers, self._terrain.look(view.body, view.now)
        lift = (rise + numbers["margin"] - numbers["lift_middle"]) / numbers["lift_extent"]
        speed = step.goals["vx"] * (1.0 - numbers["shorter"] * rise / numbers["rise"])
        wanted = lift, self._reach(speed)
        if self._plan is None:  # who stands is nowhere in the plane: the first step is as it is wanted
            self._plan = LatentPlan(wanted, 1.0 / numbers["frequency"], numbers["rate"])
        point = self._plan.towards(wanted, view.now)
        goals = {**dict(zip(LATENT, point)), "vy": step.goals["vy"], "wz": step.goals["wz"]}
        return GuideStep(goals, step.signals, step.remaining)

    def _reach(self, speed: float) -> float:
        """Where feet swing as far as a speed, m/s, takes them in a period."""
        length = speed / self._numbers["frequency"]
        return (length - self._numbers["reach_middle"]) / self._numbers["reach_extent"]
