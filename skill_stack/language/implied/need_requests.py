"""NeedRequests: the requests of a need, with the objects that serve it best."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import product

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language.implied.knowledge import Knowledge, Need, called
from skill_stack.language.implied.speakers import where_of
from skill_stack.language.words.endings import heads
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.verb_forms import bases

THERE = 6.0
"""Distance up to which an object is at a place that a need names, m."""

_HELPER = re.compile(r"\{use:([a-z ]+)\}")

MOST_THINGS = 3
"""Objects of a use that are tried at most."""


LOOSELY = 1000
"""Added rank of an object that matches by the last word of its name only."""


class NeedRequests:
    """Makes requests of a need."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self._knowledge, self._lexicon = knowledge, lexicon

    def worded(
        self, need: Need, parts: Mapping[str, str], speaker: str, said: Sequence[str], scene: SceneGraph
    ) -> list[str]:
        """Returns the requests of a need, best first.

        Args:
            need: The need.
            parts: The words of its open parts.
            speaker: Who has the need.
            said: The words that stated it.
            scene: The scene.
        """
        asked = [one.replace("{speaker}", speaker) for one in need.ask]
        for name, part in parts.items():
            asked = _with_part(asked, name, part)
        asked = [way for one in asked for way in self._with_places(one, parts, scene)]
        asked = [way for one in asked for way in self._with_helpers(one, said, scene)]
        where = where_of(said, scene)
        named = where.id.replace("_", " ") if where is not None else ""
        asked = [one.replace("{where}", named) for one in asked if named or "{where}" not in one]
        if not need.use:
            return asked
        things = self._fitting(need.use, said, scene)[:MOST_THINGS]
        pairs = list(product(asked, things))
        if where is not None:  # an object at the place takes precedence over a better one elsewhere
            pairs = [(one, thing) for thing, one in product(things, asked)]
        return [one.replace("{thing}", thing.id.replace("_", " ")) for one, thing in pairs
                if "{thing}" not in one or self._serves(one, thing)]  # fmt: skip

    def _serves(self, asked: str, thing: SceneObject) -> bool:
        """Whether a request can be done with an object."""
        return self._knowledge.suits(asked, thing) and not self._unmoved(asked, thing)

    def _unmoved(self, asked: str, thing: SceneObject) -> bool:
        """Whether a request carries an object that cannot be carried: a medicine chest."""
        kinds = {thing.kind.replace("_", " "), thing.kind.replace("_", " ").split()[-1], *called(thing)}
        types = self._lexicon.things.types
        fixed = {*types["fixed"].kinds, *types["furniture"].kinds, "chest", "cabinet", "medicine chest", "machine"}
        return asked.split()[0] in WORDS.carrying and (
            thing.kind == "place" or bool(kinds & fixed - {"drawer", "rack"})
        )

    def _with_places(self, asked: str, parts: Mapping[str, str], scene: SceneGraph) -> list[str]:
        """A request with usual places for ``{place}``."""
        if "{place}" not in asked:
            return [asked]
        words = [word for word in parts.get("x", "").split() if word not in self._lexicon.small.articles]
        said = {" ".join(words), " ".join(words).removesuffix("s")}
        things = [thing for thing in scene.things if said & called(thing)]
        wanted = [place for thing in things for place in self._knowledge.usual_places(thing)]
        found = [place.id for name in wanted for place in scene.objects.values() if name in called(place)]
        return [asked.replace("{place}", name.replace("_", " ")) for name in list(dict.fromkeys(found))[:MOST_THINGS]]

    def _with_helpers(self, asked: str, said: Sequence[str], scene: SceneGraph) -> list[str]:
        """A request with the best object of another use for ``{use:…}``; empty if there is none."""
        found = _HELPER.search(asked)
        if found is None:
            return [asked]
        things = self._fitting(found[1], said, scene)[:1]
        return [asked.replace(found[0], thing.id.replace("_", " ")) for thing in things]

    def _fitting(self, use: str, said: Sequence[str], scene: SceneGraph) -> list[SceneObject]:
        """Objects of a use: those that the words name first, then by rank of their name, then the nearest."""
        names = [name for known, kinds in self._knowledge.uses if known == use for name in kinds]
        pose, where = scene.robot, where_of(said, scene)
        spoken = f" {' '.join(said)} "
        ranked = []
        for thing in scene.things:
            ranks = [-len(name.split()) if f" {name} " in spoken else names.index(name)
                     for name in called(thing) if name in names]  # fmt: skip
            known = heads(called(thing), self._lexicon.nouns)
            ranks = ranks or [LOOSELY + names.index(head) for head in known if head in names]
            away = pose.distance_to(thing.position[0], thing.position[1]) if pose else 0.0
            if where is not None:  # "it is dark in the kitchen": the lamp there
                away = math.dist(thing.position[:2], where.position[:2])
                ranks = [min(rank, 0) for rank in ranks] if away < THERE else ranks
            ranked += [(min(ranks), away, thing.id, thing)] if ranks else []
        return [thing for *_, thing in sorted(ranked, key=lambda one: one[:3])]


def _with_part(asked: list[str], name: str, part: str) -> list[str]:
    """Requests with the words of an open part, also with its verb in each possible base form."""
    verb, *rest = part.split()
    done = [" ".join((base, *rest)) for base in bases(verb)]
    given = [one.replace(f"{{{name}}}", part) for one in asked]
    return [one.replace(f"{{do_{name}}}", way) for one in given for way in done or [part]]
