"""Knowledge about a robot's skills: their shipped results, and later runs."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.statistics.beta import Beta
from skill_stack.connector.statistics.descriptor import FIRST, prior_from
from skill_stack.connector.statistics.run import Run
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.skill_results import results_of


def track_record(library: SkillLibrary, runs: Iterable[Run]) -> TrackRecord:
    """The record of a robot.

    Args:
        library: Its skills.
        runs: Its runs, oldest first.
    """

    def prior(name: str) -> Beta:
        return FIRST if name not in library.entries else prior_from(results_of(library, name))

    return TrackRecord(runs, prior)
