"""SearchProgress: result of perception for a search: the next view, or how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skill_stack.core.world.scene import Pose2

Search = Literal["looking", "found", "absent", "unsure"]


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """Progress of a search.

    Attributes:
        request: Id of the request that the search is for.
        outcome: ``looking`` while it goes on; ``found``; ``absent``: everything was looked at; ``unsure``: the budget
            ended before, or the appearance of the object is not known.
        view: Next pose of the body to look from, in ``map``; None when the search has ended.
        number: Number of the view; a new one is a new place to go.
        thing: Id of what was found, or an empty string.
        sentence: What was looked at, for people.
    """

    request: str
    outcome: Search = "looking"
    view: Pose2 | None = None
    number: int = 0
    thing: str = ""
    sentence: str = ""
