"""CoarseSuite: how long a hand keeps what coarse finger commands move, against raw retargeting; a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.quantity import Positive
from skill_stack.evaluation.suite import Seeds


class CoarseSuite(DataModel):
    """Who follows, how many hands, and what is enough.

    Attributes:
        name: Name of the suite.
        description: One sentence.
        through: ``coarse``.
        robot: The hand.
        skill: What follows; its folder has ``coarse.yaml``, which says who commands and what lies in the hand.
        hands: Hands with a cube and a person each, of every seed.
        seeds: Seeds that are used when none are named.
        dial: Place of the dial, from 0, hold, to 1, obey.
        cap: Longest time that counts, s.
        times: Least median holding time as a multiple of that of raw retargeting.
        fingers: Least correlation of the finger motion that was meant with what the fingers did.
    """

    name: str
    description: str
    through: Literal["coarse"]
    robot: str
    skill: str
    hands: Annotated[int, Field(ge=1)]
    seeds: Seeds
    dial: Annotated[float, Field(ge=0.0, le=1.0)]
    cap: Positive
    times: Positive
    fingers: Annotated[float, Field(ge=-1.0, le=1.0)]


def load_coarse_suite(path: Path) -> CoarseSuite:
    """Reads the file; raises DataError where it is wrong."""
    return load_model(CoarseSuite, path)
