"""Maker: what all have in common that make orders of the content of a piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from skill_stack.planner.gist.fitter import PUTTING, Fitter, Ids, Slot
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.interpreter import Reading
from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.language.reference import Discourse
from skill_stack.planner.roles import Types

SWITCHING = frozenset("open close shut switch turn start stop lock unlock power put activate deactivate".split())
"""Verbs by which something is opened or switched."""

OPENED = frozenset(
    "window curtain curtains blind blinds shutter cabinet till chest rack sign parasol awning hatch".split()
)
"""Kinds that are opened, closed or switched besides those of the types."""


@dataclass(slots=True)
class Maker:
    """Binds what is spoken of to skills.

    Attributes:
        tables: The words.
        fitter: Binds verbs and things to skills.
        spoken: What was spoken of.
        speaker: Who speaks, or empty.
        types: Kinds of things.
    """

    tables: Tables
    fitter: Fitter
    spoken: Spoken
    speaker: str
    types: Types

    def _family(self, head: tuple[str, ...]) -> bool:
        """Whether a verb is one of carrying, fetching or leading, whatever else it means here."""
        data = self.tables.data
        return head[0] in data.carry or head[0] in data.guide or head[0] in data.fetch

    def _chosen(self, mention: Mention, fits: Callable[[Ids], Reading | None]) -> tuple[Reading, Ids] | None:
        """The first meaning of a mention that fits.

        Raises:
            Answer: Several fit equally.
        """
        found: list[tuple[Reading, Ids]] = []
        for ids in self.spoken.options(mention):
            reading = fits(ids)
            if reading is not None:
                found.append((reading, ids))
                if mention.many or (mention.kind == "pronoun" and self._likely(reading, ids)):
                    return reading, ids
        if len(found) > 1 and mention.noun is not None:
            names = frozenset(name for _, ids in found for name in ids)
            (meant, *_) = self.fitter.interpreter.resolver.resolve(
                replace(mention.noun, ids=names, words=mention.words),
                Discourse(pose=self.fitter.interpreter.discourse.pose),
            )
            found = [one for one in found if one[1] == (meant,)] or found
        return found[0] if found else None

    def _likely(self, reading: Reading, ids: Ids) -> bool:
        """Whether a pronoun may well mean things: what is opened and switched is no such thing as is carried about."""
        spec, values = reading.binding.frame.skill, reading.binding.values.items()
        held = [(name, set(value.ids or ()) & set(ids)) for name, value in values if isinstance(value, Noun)]
        if any(self.types.unheld(spec, name, one) for name, same in held for one in same):
            return False
        if reading.clause.head[0] not in SWITCHING or reading.clause.head in PUTTING:
            return True
        return all(map(self._opens, ids))

    def _opens(self, name: str) -> bool:
        """Whether a thing may well be one that is opened, closed and switched, and not carried about."""
        types = self.types.lexicon.things.types
        kinds = {kind for one in ("fixed", "furniture", "container", "device") for kind in types[one].kinds} | OPENED
        kind = self.spoken.resolver.kind(name).replace("_", " ")
        return kind in kinds or kind.split()[-1] in kinds

    def _order(self, found: tuple[Reading, Ids] | None, goal: Ids, form: Form, kind: str) -> Iterator[Order]:
        """An order, where something fits."""
        if found is not None:
            yield Order(found[0], found[1], goal, form.strength, kind)

    def _fit(
        self, head: tuple[str, ...], after: list[Slot], words: str, texts: tuple[str, ...], ids: Ids
    ) -> Reading | None:
        """A clause of a verb with a thing right after it."""
        return self.fitter.fit(head, [("", ids), *after], words, texts)

    def _one(self, goal: Mention) -> list[Ids]:
        """What a goal means.

        Raises:
            Answer: It may be several.
        """
        options = self.spoken.options(goal)
        if goal.kind == "pronoun" or len(options) < 2 or goal.noun is None:
            return options[:1]
        names = frozenset(name for one in options for name in one)
        pose = self.fitter.interpreter.discourse.pose
        return [
            (name,)
            for name in self.fitter.interpreter.resolver.resolve(
                replace(goal.noun, ids=names, words=goal.words), Discourse(pose=pose)
            )
        ]
