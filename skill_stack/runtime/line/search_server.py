"""SearchServer: runs requested searches, and returns the next view look by look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.language import GEOMETRY, Sought
from skill_stack.perception.perception_pipeline import PerceptionPipeline
from skill_stack.perception.search.search_map import Room, SearchMap
from skill_stack.perception.search.search_session import SearchSession
from skill_stack.perception.search.search_target import SearchTarget
from skill_stack.perception.search.view_search import Budget, ViewSearch

GUIDE = "searching"
"""Guide of search skills."""
REACH = 3.2
"""Distance up to which an object of 16 cm is recognised, m."""
AROUND = 5.0
"""Half size of the searched area without stated rooms, m."""
LIKELIER = 3.0
"""Factor of the probability density where objects of a kind usually are."""


@dataclass(frozen=True, slots=True)
class SearchBody:
    """The searching body.

    Attributes:
        radius: In the plane, m.
        view: Angle of view of its camera, rad.
    """

    radius: float
    view: float


class SearchServer:
    """One search at a time, for the running request.

    Attributes:
        lookout: What it said last, or None.
    """

    def __init__(
        self,
        library: SkillLibrary,
        body: SearchBody,
        describe: Callable[[str], Sought],
        known: frozenset[str] | None = GEOMETRY,
    ) -> None:
        """Begins with none.

        Args:
            library: Skills.
            body: The body.
            describe: Returns the appearance that words describe.
            known: Kinds that are told apart here; None where networks name things of any kind.
        """
        self._library, self._body, self._describe, self._known = library, body, describe, known
        self._request: SkillRequest | None = None
        self._looking: SearchSession | None = None
        self.lookout: SearchProgress | None = None

    def take(self, requests: Iterable[SkillRequest]) -> None:
        """Takes the running request; a finished or replaced search is dropped."""
        found = next((one for one in requests if self._searches(one)), None)
        if found is None or self._request is None or found.id != self._request.id:
            self._looking, self.lookout = None, None
        self._request = found

    def _searches(self, request: SkillRequest) -> bool:
        if request.skill not in self._library:
            return False
        guided = self._library[request.skill].guided
        return guided is not None and guided.guide == GUIDE

    def look(self, seeing: PerceptionPipeline, places: Iterable[SceneObject], now: float) -> SearchProgress | None:
        """Takes a look; returns a new result, or None.

        Args:
            seeing: The camera, which has taken the look.
            places: Stated places; those with a size are rooms.
            now: Task time, s.
        """
        request, pose, eye = self._request, seeing.base, seeing.eye
        if request is None or pose is None or eye is None:
            return None
        if self._looking is None:
            said = self._begin(request, pose, places, now)
            if said is not None:
                return self._say(said)
        if self._looking is None:
            return None
        return self._say(self._looking.look(seeing.scene, seeing.floor.grid(), eye, pose, now))

    def _say(self, said: SearchProgress) -> SearchProgress | None:
        if said == self.lookout:
            return None
        self.lookout = said
        return said

    def _begin(
        self, request: SkillRequest, pose: Pose2, places: Iterable[SceneObject], now: float
    ) -> SearchProgress | None:
        """Starts a search; returns why not where perception cannot recognise the object."""
        words = str(request.arguments.get("what", ""))
        wanted = self._describe(words) if words else Sought(frozenset({"nothing"}), "", frozenset())
        unknown = wanted.unknown(self._known) if self._known is not None and words else ""
        if unknown:
            return SearchProgress(request.id, "unsure", sentence=unknown)
        area = SearchMap(_rooms(places, pose, wanted), self._body.radius, REACH, self._body.view)
        budget = Budget(*(float(request.arguments.get(name, 1e4)) for name in ("path", "duration")))
        quarry = SearchTarget(wanted.kinds, wanted.colour)
        name = f"the {words}" if words else ""
        self._looking = SearchSession(request.id, name, quarry, ViewSearch(area, budget), now)
        return None


def _rooms(places: Iterable[SceneObject], pose: Pose2, wanted: Sought) -> list[Room]:
    """Stated rooms with their probability; the surroundings where there are none, or the body is in none."""
    rooms = []
    for place in places:
        if place.kind != "place" or min(place.size[:2]) <= 0:
            continue
        (x, y), (a, b) = place.position[:2], place.size[:2]
        names = {place.id, place.id.replace("_", " "), *place.names}
        weight = LIKELIER if names & wanted.rooms else 1.0
        rooms.append(Room(place.id.replace("_", " "), (x - a / 2, y - b / 2), (x + a / 2, y + b / 2), weight))
    inside = [all(lo <= v <= hi for lo, v, hi in zip(r.low, (pose.x, pose.y), r.high)) for r in rooms]
    if not any(inside):
        rooms.append(Room("", (pose.x - AROUND, pose.y - AROUND), (pose.x + AROUND, pose.y + AROUND)))
    return rooms
