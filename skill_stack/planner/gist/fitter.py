"""Fitter: a verb and things → a clause bound to a skill, where things are of the kind that the skill is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.planner.binding import Binding
from skill_stack.planner.interpreter import Interpreter, Reading
from skill_stack.planner.language.chunks import Choice, Chunk, Clause, Noun, Thing
from skill_stack.planner.roles import Types, kinds_of

Ids = tuple[str, ...]
Slot = tuple[str, Ids]
"""A preposition, or an empty string, and the things after it."""

PUTTING = (("put",), ("place",), ("bring",), ("move",), ("take",), ("carry",), ("deliver",), ("set",), ("transport",))
"""Verbs that skills of laying down answer to."""

GIVING = (("give",), ("hand",), ("bring",), ("deliver",), ("take",), ("pass",))
"""Verbs that skills of handing over answer to."""

GUIDING = (("guide",), ("lead",), ("escort",), ("take",), ("bring",), ("accompany",), ("show",), ("walk",), ("seat",))
"""Verbs that skills of leading people answer to."""

TAKING = (("bring",), ("fetch",), ("get",), ("take",), ("pick", "up"), ("grab",))
"""Verbs that skills of taking answer to."""

AREAS = frozenset({"room", "area", "zone", "region", "floor"})
"""Last words of parameters for rooms, where something is done to the room."""

STOPWORDS = frozenset("a an the of is it what that to for in on s".split())
"""Words of choices that everybody says."""


@dataclass(slots=True)
class Fitter:
    """Binds verbs and things to skills.

    Attributes:
        interpreter: Knows the frames of the library.
    """

    interpreter: Interpreter

    def fit(
        self, head: tuple[str, ...], slots: Sequence[Slot], words: str, texts: Sequence[str] = ()
    ) -> Reading | None:
        """The clause of a verb with things, or None where no skill takes them all.

        Args:
            head: The verb.
            slots: Prepositions and things.
            words: What was said.
            texts: Every word of it, among which a choice may be.
        """
        things = tuple(Thing(between, self._noun(ids), self._label(ids)) for between, ids in slots)
        binding = self.interpreter.best(head, things)
        chunks: tuple[Chunk, ...] = things
        if binding is not None and binding.missing and texts:
            choice = self._choice(binding, texts)
            if choice is None:
                return None
            chunks = (*things, choice)
            binding = self.interpreter.best(head, chunks)
        if binding is None or not self._whole(binding, slots):
            return None
        return Reading(Clause(words, head, chunks), binding)

    def _noun(self, ids: Ids) -> Noun:
        """Things as a noun."""
        return Noun(self._label(ids), ids=frozenset(ids), many="all" if len(ids) > 1 else "one")

    def _label(self, ids: Ids) -> str:
        """Things in words."""
        return " and ".join(self.interpreter.scene[name].label for name in ids)

    def _whole(self, binding: Binding, slots: Sequence[Slot]) -> bool:
        """Whether every thing has a place that is for such things."""
        aside = binding.beside or binding.via or binding.onward or binding.facing or binding.apart or binding.unused
        if binding.missing or binding.misfit or aside or binding.awkward or binding.described:
            return False
        values = {name: value.ids for name, value in binding.values.items() if isinstance(value, Noun) and value.ids}
        types = Types(self.interpreter.lexicon, self.interpreter.scene, kinds=kinds_of(self.interpreter.library))
        spec = binding.frame.skill
        wrong = any(
            types.absurd(name, one) or types.unheld(spec, name, one) > 1 or types.named.foreign(spec, name, one)
            for name, ids in values.items()
            for one in ids or ()
        )
        rooms = [one for name, ids in values.items() if name.split("_")[-1] in AREAS for one in ids or ()]
        outside = any(self.interpreter.scene[one].kind != "place" for one in rooms)
        return len(values) == len(slots) and not wrong and not (outside and len(slots) == 1)

    def _choice(self, binding: Binding, texts: Sequence[str]) -> Choice | None:
        """The choice of a skill that words speak of; None where none or several do."""
        said = {
            form
            for text in texts
            for form in (text, text.removesuffix("s"), text.removesuffix("ed"), text.removesuffix("ing"))
        }
        for parameter in binding.frame.skill.goal:
            if parameter.name not in binding.missing or parameter.type != "choice":
                continue
            found = []
            for value in parameter.choices:
                whole = self.interpreter.lexicon.split(value)
                words = [word for word in whole if word not in STOPWORDS] or (list(whole) if len(texts) == 1 else [])
                if words and all(word in said or word.removesuffix("s") in said for word in words):
                    found.append((len(words), value))
            best = [value for count, value in found if count == max(one for one, _ in found)]
            if len(best) == 1:
                return Choice(parameter.name, best[0], best[0])
        return None

    def first(self, heads: Sequence[tuple[str, ...]], ways: Sequence[Sequence[Slot]], words: str) -> Reading | None:
        """The first of some verbs and ways of saying it that a skill takes."""
        for slots in ways:
            for head in heads:
                found = self.fit(head, slots, words)
                if found is not None:
                    return found
        return None

    def put(self, things: Ids, place: Ids, before: str, words: str) -> Reading | None:
        """Laying things down somewhere: the preposition that was said counts where there is a skill for it."""
        said = (
            "in"
            if before.split()[-1:] in (["in"], ["into"], ["inside"])
            else "on"
            if before.split()[-1:] in (["on"], ["onto"])
            else ""
        )
        types = Types(self.interpreter.lexicon, self.interpreter.scene, kinds=kinds_of(self.interpreter.library))
        holds = types.certain("container", place[0]) or types.is_place(Noun("", ids=frozenset(place)))
        usual = ("in", "on") if holds else ("on", "in")
        order = list(dict.fromkeys(filter(None, (said, *usual, "to", "at"))))
        return self.first(PUTTING, [[("", things), (one, place)] for one in order], words)

    def give(self, things: Ids, person: Ids, words: str) -> Reading | None:
        """Handing things to somebody."""
        return self.first(GIVING, [[("", things), ("to", person)]], words)

    def guide(self, person: Ids, place: Ids, words: str) -> Reading | None:
        """Leading somebody somewhere."""
        if not set(person) <= self.interpreter.resolver.people:
            return None
        return self.first(GUIDING, [[("", person), ("to", place)]], words)

    def take(self, things: Ids, words: str) -> Reading | None:
        """Taking things."""
        return self.first(TAKING, [[("", things)]], words)
