"""Surroundings: what the things of a scene are good for, which room they are in, and in what state they are."""

from __future__ import annotations

from collections.abc import Mapping

from skill_stack.core.fact import Fact
from skill_stack.core.scene import SceneGraph, SceneObject
from skill_stack.language.implied.knowledge import called
from skill_stack.language.implied.ontology import Function

STATES = {
    "on": frozenset("on running active lit switched_on powered is_on".split()),
    "off": frozenset("off".split()),
    "open": frozenset("open opened is_open ajar".split()),
    "closed": frozenset("closed shut locked".split()),
}
"""Predicates of facts that tell a state."""

WITHIN = frozenset("in on at inside located_at located_in".split())
"""Predicates of facts that tell where a thing is."""

SPEAKER = ("me", "i", "user", "operator", "speaker", "you")
"""What the one who speaks is called in scenes."""

DEEPEST = 6
"""Things that one thing may be in or on, one within the other."""

POTS = frozenset(("pot", "cup", "mug", "tub"))
"""What things are in that are meant all the same: a pot of basil is basil."""

EXACT, HEAD = 0, 1000
"""Ranks of a thing that is called just so, and of one whose name ends so."""


class Surroundings:
    """What is known of the things of one scene."""

    def __init__(self, scene: SceneGraph, facts: frozenset[Fact], functions: Mapping[str, Function]) -> None:
        """Looks at the scene.

        Args:
            scene: What there is.
            facts: What is true now.
            functions: What things are good for.
        """
        self.scene, self._functions = scene, functions
        self._above: dict[str, str] = {}
        self._states: dict[str, set[str]] = {}
        for fact in (*scene.facts, *facts):
            if len(fact.arguments) == 2 and fact.predicate in WITHIN and fact.arguments[0] in scene.objects:
                self._above.setdefault(*fact.arguments)
            if len(fact.arguments) == 1:
                state = next((name for name, words in STATES.items() if fact.predicate in words), fact.predicate)
                self._states.setdefault(fact.arguments[0], set()).add(state)
        self._ranks: dict[tuple[str, str], int | None] = {}
        self._names = {name: called(thing) for name, thing in scene.objects.items()}

    def room(self, name: str) -> str:
        """The room in which a thing or somebody is, or an empty string."""
        for _ in range(DEEPEST):
            if name in self.scene.objects and self.scene.objects[name].kind == "place":
                return name
            name = self._above.get(name, "")
        return ""

    def under(self, name: str) -> str:
        """What a thing is in or on, or an empty string."""
        return self._above.get(name, "")

    def state(self, name: str) -> frozenset[str]:
        """States of a thing as far as they are stated: ``on``, ``off``, ``open``, ``closed`` and others."""
        return frozenset(self._states.get(name, ()))

    def rank(self, name: str, function: str) -> int | None:
        """How well a thing serves a function, the lowest the best; None for not at all."""
        key = name, function
        if key not in self._ranks:
            self._ranks[key] = self._ranked(self.scene.objects[name], function)
        return self._ranks[key]

    def serving(self, function: str) -> list[str]:
        """Things that serve a function, the best first."""
        ranked = [(rank, name) for name in self.scene.objects if (rank := self.rank(name, function)) is not None]
        return [name for _, name in sorted(ranked)]

    def names(self, name: str) -> set[str]:
        """What a thing is called."""
        return self._names[name]

    @property
    def speaker(self) -> str:
        """The one who speaks, or an empty string where the scene has no such."""
        known = {word: one for one, names in self._names.items() for word in names}
        return next((known[word] for word in SPEAKER if word in known), "")

    def _ranked(self, thing: SceneObject, function: str) -> int | None:
        """How well a thing serves a function by its names."""
        known = self._functions.get(function)
        if known is None or thing.kind in ("wall", "person"):
            return None
        if function == "room":
            return 0 if thing.kind == "place" and thing.id != "start" else None
        ranks = []
        order = {word: at for at, word in reversed(list(enumerate(known.words)))}
        for name in self._names[thing.id]:
            words = name.split()
            within = words[2:] if words[:1] and words[0] in POTS and words[1:2] == ["of"] else words
            if set(within) & set(known.never):
                return None
            for k in range(len(words)):
                tail = " ".join(words[k:])
                found = order.get(tail, order.get(tail.removesuffix("s"), order.get(tail + "s")))
                if found is not None:
                    ranks.append((EXACT if k == 0 else HEAD) + found)
                    break
            if thing.kind == "place" and any(word in order for word in words):
                ranks.append(HEAD + min(order[word] for word in words if word in order))
        return min(ranks) if ranks else None
