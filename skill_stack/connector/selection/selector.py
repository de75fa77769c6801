"""Selector: which way of doing something is best, and when to try another one.

Thompson sampling (Thompson 1933; Russo et al., "A Tutorial on Thompson Sampling", 2018) over Beta posteriors whose
counts fade, with a restart where a change is detected (Besson et al. 2022, see :mod:`change_detector`), as
piecewise-stationary bandits ask for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.selection.ways import Way
from skill_stack.connector.settings import Choosing

FAILURE = 30.0
"""What a failure costs besides its time, in seconds that one would wait to avoid it."""

ENERGY = 0.002
"""What work costs, s per J: one waits a second to save 500 J."""

CAUTIOUS = 0.1
"""Where a failure does harm, a way counts with the success that it exceeds with nine chances in ten."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a choice depends on.

    Attributes:
        region: Where the goal lies.
        context: What holds besides.
        harmless: Whether a failure would do no harm now.
    """

    region: str = ""
    context: str = ""
    harmless: bool = False


class Selector:
    """Chooses by what success is worth and what time and energy cost."""

    def __init__(self, record: TrackRecord, rng: np.random.Generator, choosing: Choosing = "learn") -> None:
        """Takes what is known.

        Args:
            record: What runs say; goes on learning elsewhere.
            rng: Draws.
            choosing: How it chooses.
        """
        self.record, self._rng, self._choosing = record, rng, choosing

    def choose(self, asked: str, ways: Sequence[Way], situation: Situation) -> Way:
        """The way to go now.

        Args:
            asked: Skill that is asked for.
            ways: At least one, the skill itself first, which is taken where nothing speaks for another one.
            situation: What it depends on.
        """
        if self._choosing == "off" or len(ways) == 1:
            return ways[0]
        usual = self._cost(ways[0], situation, 0.0)
        worth = [self._worth(asked, way, situation, usual) for way in ways]
        return ways[int(np.argmax(worth))]

    def _worth(self, asked: str, way: Way, situation: Situation, usual: float) -> float:
        """Expected benefit, s; a way of unknown cost counts as costing what the first one does."""
        known = self.record.descriptor(way.name)
        posterior = known.success(self.record.requests(asked), situation.region, situation.context)
        harmless = situation.harmless and way.hazard != "high"
        if self._choosing == "learn" and harmless:
            success = posterior.draw(self._rng)
        else:
            success = posterior.mean if harmless else posterior.quantile(CAUTIOUS)
        return success * FAILURE - self._cost(way, situation, usual)

    def _cost(self, way: Way, situation: Situation, unknown: float) -> float:
        known = self.record.descriptor(way.name)
        seconds = known.duration(situation.region, situation.context)
        energy = known.measured["energy"].mean if "energy" in known.measured else 0.0
        return unknown if math.isnan(seconds) else seconds + ENERGY * energy
