"""Selector: the best skill for a request, and when to explore another one.

Thompson sampling (Thompson 1933; Russo et al., "A Tutorial on Thompson Sampling", 2018) over Beta posteriors whose
counts fade, with a restart where a change is detected (Besson et al. 2022, see :mod:`change_detector`), as
piecewise-stationary bandits require.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.selection.skill_options import SkillOption
from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.settings import Choosing

FAILURE = 30.0
"""Cost of a failure besides its time, s."""

ENERGY = 0.002
"""Cost of work, s per J: a second is worth 500 J."""

VAGUE = 0.3
"""Relative uncertainty of a duration after one success."""

CAUTIOUS = 0.1
"""Quantile of the success probability used where a failure does harm: exceeded with 90 %."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Inputs of a choice.

    Attributes:
        region: Where the goal lies.
        context: What holds besides.
        harmless: Whether a failure would do no harm now.
    """

    region: str = ""
    context: str = ""
    harmless: bool = False


class Selector:
    """Chooses by the value of success and the cost of time and energy."""

    def __init__(self, record: TrackRecord, rng: np.random.Generator, choosing: Choosing = "learn") -> None:
        """Takes what is known.

        Args:
            record: Statistics of past runs; updated elsewhere.
            rng: Draws.
            choosing: How it chooses.
        """
        self.record, self._rng, self._choosing = record, rng, choosing

    def choose(self, asked: str, ways: Sequence[SkillOption], situation: Situation) -> SkillOption:
        """The present choice.

        Args:
            asked: The requested skill.
            ways: At least one, the skill itself first. It is taken where no statistics favour another one; preferred
                ones come before all others.
            situation: What it depends on.
        """
        if self._choosing == "off":
            return ways[0]
        ways = [way for way in ways if way.preferred] or ways
        if len(ways) == 1:
            return ways[0]
        usual = self.record.descriptor(ways[0].name).duration(situation.region, situation.context)
        worth = [self._worth(asked, way, situation, usual if math.isfinite(usual) else 0.0) for way in ways]
        return ways[int(np.argmax(worth))]

    def _worth(self, asked: str, way: SkillOption, situation: Situation, usual: float) -> float:
        """Expected benefit, s; a skill that never succeeded is assumed to take as long as the first one."""
        known, at = self.record.descriptor(way.name), self.record.requests(asked)
        posterior = known.success(at, situation.region, situation.context)
        seconds = known.duration(situation.region, situation.context)
        seconds = seconds if math.isfinite(seconds) else usual
        harmless = situation.harmless and way.hazard != "high"
        if self._choosing == "learn" and harmless:
            success = posterior.draw(self._rng)
            seconds *= math.exp(float(self._rng.normal(0.0, VAGUE / math.sqrt(known.timed(at) + 0.5))))
        else:
            success = posterior.mean if harmless else posterior.quantile(CAUTIOUS)
        wasted = known.wasted.mean if known.wasted.weight.value > 0 else seconds
        energy = ENERGY * known.measured["energy"].mean if "energy" in known.measured else 0.0
        return success * (FAILURE - seconds) - (1.0 - success) * wasted - energy
