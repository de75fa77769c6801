"""SearchProgress: result of perception for a search: the next view, or how it ended."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import Pose2

Search = Literal["looking", "found", "absent", "unsure"]


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """Progress of a search.

    Attributes:
        request: Id of the request that the search is for.
        outcome: ``looking`` while it goes on; ``found``; ``absent``: everything was looked at; ``unsure``: the budget
            was over before, or nobody knows what it looks like.
        view: Where the body shall look from, in ``map``; None when the search has ended.
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

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        view = None if self.view is None else [self.view.x, self.view.y, self.view.yaw]
        return {
            "request": self.request, "outcome": self.outcome, "view": view, "number": self.number,
            "thing": self.thing, "sentence": self.sentence,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Any) -> SearchProgress:
        """From plain data.

        Raises:
            DataError: It is something else.
        """
        if not isinstance(data, Mapping) or data.get("outcome") not in get_args(Search):
            raise DataError(f"a lookout has a request and an outcome of {', '.join(get_args(Search))}")
        view = data.get("view")
        if view is not None and not (
            isinstance(view, list | tuple)
            and len(view) == 3
            and all(isinstance(value, int | float) and math.isfinite(value) for value in view)
        ):
            raise DataError(f"a view is x, y and yaw in numbers, not {view!r}")
        return cls(
            str(data.get("request", "")), data["outcome"], None if view is None else Pose2(*map(float, view)),
            int(data.get("number", 0)), str(data.get("thing", "")), str(data.get("sentence", "")),
        )  # fmt: skip
