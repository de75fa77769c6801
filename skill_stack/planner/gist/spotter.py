"""Spotter: finds the things, people and places that a piece of text speaks of, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skill_stack.planner.answers import Answer
from skill_stack.planner.gist.compounds import Compounds
from skill_stack.planner.gist.mention import Kind, Mention, Way
from skill_stack.planner.gist.part_names import DIGITS, PartNames
from skill_stack.planner.gist.people import People
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.language.geometry import places_of
from skill_stack.planner.language.noun_phrase import NounParser
from skill_stack.planner.language.reference import Discourse, Resolver
from skill_stack.planner.language.staying import elsewhere
from skill_stack.planner.language.text import Token

PRONOUNS = frozenset("it them him her he she they there these those this that".split())
"""Words for what was spoken of before."""

SPEAKERS = frozenset("me us myself ourselves here i we".split())
"""Words for the one who speaks, and where he is."""

WAYS: tuple[tuple[Way, str], ...] = (
    ("source", "sources"),
    ("goal", "goals"),
    ("place", "places"),
    ("beside", "beside"),
)

AUXILIARIES = frozenset("can will may must might".split())
"""Verbs before verbs, which are nouns behind an article alone: ``the can``."""

NAMELESS = frozenset("a an the my your our his her their its some any this that these those".split())
"""Words before a noun."""


BODY = frozenset("hand hands lap shoulders knees feet head arms legs side seat".split())
"""Where somebody has what is brought to him."""


LONGEST_THING = 10
"""Words that name one thing without what is told of where it is."""


@dataclass(slots=True)
class Spotter:
    """Finds mentions.

    Attributes:
        tables: The words.
        nouns: Makes a reader of noun phrases for one text.
        resolver: Finds what they mean.
        discourse: What was spoken of.
        speaker: Who speaks, or empty where nobody knows.
        people: Finds people who are not named in full.
        parts: Finds things that are not named in full.
        compounds: Tells what is another thing than its words name.
    """

    tables: Tables
    nouns: NounParser
    resolver: Resolver
    discourse: Discourse
    speaker: str
    people: People
    parts: PartNames
    compounds: Compounds

    def at(self, tokens: Sequence[Token], at: int, subject: bool = False) -> Mention | None:
        """The mention that begins at a position, with the preposition before it.

        Args:
            tokens: The piece.
            at: Where it is to begin.
            subject: Whether ``I`` and ``we`` count.
        """
        for way, group in WAYS:
            end = self.tables.longest(group, tokens, at)
            other = max((self.tables.longest(name, tokens, at) for _, name in WAYS if name != group), default=at)
            if end > at and end >= other:
                found = self._bare(tokens, end, subject)
                if found is not None:
                    before = " ".join(token.text for token in tokens[at:end])
                    if found.words == "there" or (found.words == "here" and way != "source"):
                        return replace(found, begin=at)  # "over here" is where who speaks is
                    return replace(found, begin=at, way=way, before=before)
        return self._bare(tokens, at, subject)

    def _bare(self, tokens: Sequence[Token], at: int, subject: bool) -> Mention | None:
        """A mention without preposition."""
        if at >= len(tokens) or tokens[at].text in AUXILIARIES:
            return None
        found = self._compound(tokens, at) or self._unlike(tokens, at)
        if found is not None:
            return found
        found = self._thing(tokens, at)
        if (found is None or found.kind == "unknown") and any(token.owner for token in tokens[at : at + 4]):
            plain = [replace(token, written="") for token in tokens]
            found = self._thing(plain, at) or found  # "the cashier's thirsty"
        if found is None or found.kind == "unknown" or (found.kind == "person" and len(found.ids) > 1):
            found = self._somebody(tokens, at) or found
        if (found is None or found.kind == "unknown") and (part := self.parts.at(tokens, at)) is not None:
            end, name = part
            words = " ".join(token.text for token in tokens[at:end])
            found = Mention(at, end, words, "place" if self._rooms((name,)) else "thing", (name,))
        text = tokens[at].text
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if (found is None or found.kind == "unknown") and (ones := self.parts.ones(tokens, at)) is not None:
            words = " ".join(token.text for token in tokens[at : ones[0]])
            return Mention(at, ones[0], words, "thing", tuple(sorted(ones[1])))
        if (text == "there" and after in ("is", "are", "was", "were")) or (
            text in ("the", "that") and after in ("one", "ones")
        ):
            return None
        if found is not None and (text not in PRONOUNS | SPEAKERS or found.end > at + 1 or text == "me"):
            return found
        if text in NAMELESS and at + 2 < len(tokens) and (found is None or found.kind == "unknown"):
            other = self._adjective(tokens, at)
            if other is not None:
                return other
        if text in PRONOUNS:
            return Mention(
                at,
                at + 1,
                text,
                "pronoun",
                way="goal" if text == "there" else "",
                before="to" if text == "there" else "",
            )
        if text == "here" and self.speaker:
            return Mention(at, at + 1, text, "person", (self.speaker,), way="goal", before="to")
        if text in SPEAKERS and (subject or text not in ("i", "we")):
            return Mention(at, at + 1, text, "person", (self.speaker,) if self.speaker else ())
        return self._unknown(tokens, at)

    def _compound(self, tokens: Sequence[Token], at: int) -> Mention | None:
        """Something that is not here, named by a word for something that is: ``the bread knife``, ``the cash box``."""
        begin = at + 1 if tokens[at].text in NAMELESS else at
        found = self._thing(tokens, at)
        if found is None and begin > at and begin + 1 < len(tokens) and self.compounds.before(tokens[begin].text):
            found = self._thing(tokens, begin + 1) if tokens[begin + 1].text not in NAMELESS | PRONOUNS else None
        elif found is not None and begin > at and found.kind == "place":
            found = self._of_room(tokens, found)
        elif found is None or found.kind != "thing":
            return None
        elif not (self.compounds.after(tokens, found.end) or (begin > at and self.compounds.last(tokens, found.end))):
            return None
        else:
            found = replace(found, end=found.end + 1)
        if found is None or found.kind != "thing":
            return None
        return Mention(at, found.end, " ".join(token.text for token in tokens[begin : found.end]), "unknown")

    def _of_room(self, tokens: Sequence[Token], room: Mention) -> Mention | None:
        """What stays in another room than the one after which it is called: ``the foyer window``; None for no such."""
        if room.end >= len(tokens) or tokens[room.end].text in NAMELESS | PRONOUNS | SPEAKERS:
            return None
        found = self._thing(tokens, room.end)
        if found is None or found.kind != "thing":
            return None
        scene, facts, things = self.nouns.scene.objects, self.resolver.facts, self.tables.lexicon.things
        return found if all(elsewhere(scene[one], room.ids, facts, things, scene) for one in found.ids) else None

    def _somebody(self, tokens: Sequence[Token], at: int) -> Mention | None:
        """Somebody who is not named in full: ``the lady outside``, ``old man Okafor``."""
        found = self.people.at(tokens, at)
        if found is None:
            return None
        end, ids = found
        if len(ids) > 1 and end < len(tokens):
            end, ids = self._of_place(tokens, end, ids)
        words = " ".join(token.text for token in tokens[at:end])
        return Mention(at, end, words, "person", ids) if len(ids) == 1 else None

    def _of_place(self, tokens: Sequence[Token], at: int, people: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
        """Those of some people who are where the words after them say: ``the boy at the door``."""
        end = self.tables.longest("places", tokens, at)
        where = self._thing(tokens, end) if end > at else None
        if where is None or where.kind not in ("place", "thing"):
            return at, people
        facts = self.resolver.facts
        rooms = {room for name in where.ids for room in (name, *places_of(name, facts))}
        there = tuple(name for name in people if places_of(name, facts) & rooms)
        return (where.end, there) if there else (at, people)

    def _adjective(self, tokens: Sequence[Token], at: int) -> Mention | None:
        """Something of the scene after an article and a word that says nothing here: ``those dead flowers``."""
        word = tokens[at + 1].text
        english = self.tables.lexicon.english
        known = word in english.past or word in english.finite or word in english.before_noun or word in PRONOUNS
        if (
            not word.isalpha()
            or known
            or self.tables.lexicon.prepositions.longest(tokens, at + 1)
            or tokens[at + 1].owner
        ):
            return None
        found = self._thing(tokens, at + 2) if tokens[at + 2].text not in NAMELESS | PRONOUNS | SPEAKERS else None
        return replace(found, begin=at) if found is not None and found.kind == "thing" else None

    def _unlike(self, tokens: Sequence[Token], at: int) -> Mention | None:
        """Something that is not here, as nothing of its kind is like that: ``a sour snack``; None for other words."""
        if tokens[at].text not in ("a", "an", "some", "any"):
            return None
        for end, _ in self.nouns.traits.before(tokens, at + 1):
            found = self._thing(tokens, end) if end < len(tokens) and self._thing(tokens, at) is None else None
            if found is not None and found.kind == "thing":
                return Mention(at, found.end, " ".join(token.text for token in tokens[at : found.end]), "unknown")
        return None

    def _thing(self, tokens: Sequence[Token], at: int) -> Mention | None:
        """Something of the scene by name, without what is told of where it is."""
        if self._numbers(tokens, at):
            tokens = [*tokens[:at], Token("room", tokens[at].start, tokens[at].end), *tokens[at:]]  # "to 202"
            found = self._thing(tokens, at) if at + 1 < len(tokens) else None
            return replace(found, end=found.end - 1) if found is not None and found.end == at + 2 else None
        parser = self.nouns.fresh()
        best: tuple[int, Noun] | None = None
        for end, noun in parser.parse(tokens[: at + LONGEST_THING], at):
            plain = noun.role == "thing" and (noun.ids is not None or noun.colour) and not noun.again
            where = any(not one.soft for one in noun.relations)
            if noun.ids is None and {*noun.words.split()[-1:]} & set(self.tables.lexicon.things.anything):
                continue
            if not plain or where or noun.excluded or noun.states or noun.wanted and noun.ids is None:
                continue
            if best is None or end > best[0]:
                best = end, noun
        if best is None:
            return None
        end, noun = best
        if noun.other and noun.many == "all":
            return Mention(at, end, noun.words, "unknown", noun=noun)  # which ones are others is for the grammar
        try:
            ids = tuple(
                thing.id
                for thing in self.resolver.candidates(
                    noun, Discourse(list(self.discourse.mentioned), self.discourse.pose)
                )
            )
        except Answer:
            ids = ()
        if not ids and noun.ids is not None:
            return Mention(at, end, noun.words, "unknown", noun=noun)
        people = self.resolver.people
        kind: Kind = "person" if ids and set(ids) <= people else "place" if self._rooms(ids) else "thing"
        many = noun.many in ("all", "both") or noun.count == len(ids) > 1 or (noun.many == "some" and len(ids) > 1)
        owner = noun.owner.ids if noun.owner is not None else None
        return Mention(at, end, noun.words, kind, ids, many=many, noun=noun, owners=tuple(owner or ()))

    def _numbers(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a number stands for a room: ``to 202``, ``through to two`` at the end."""
        before = tokens[at - 1].text if at else ""
        last = at + 1 == len(tokens) or tokens[at + 1].text == ","
        word = tokens[at].text in DIGITS and before in ("to", "into") and last
        return (word or tokens[at].number is not None) and before != "room"

    def proper(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a name means somebody, or one room."""
        found = self._thing(tokens, at)
        return found is not None and found.kind in ("person", "place")

    def _rooms(self, ids: tuple[str, ...]) -> bool:
        """Whether all of some things are rooms."""
        return bool(ids) and all(self.resolver.kind(name) == "place" for name in ids)

    def _unknown(self, tokens: Sequence[Token], at: int) -> Mention | None:
        """A noun after an article that nothing here is called."""
        if tokens[at].text not in NAMELESS or at + 1 >= len(tokens) or not tokens[at + 1].text.isalpha():
            return None
        found = next((pair for pair in self.nouns.fresh().parse(tokens, at) if pair[1].role == "unknown"), None)
        end = min(found[0], at + 4) if found is not None and found[0] > at + 1 else at + 2
        end = next((k for k in range(at + 2, end) if self._ends(tokens, k)), end)
        words = [token.text for token in tokens[at:end]]
        if words[0] in ("my", "our") and words[-1] in BODY and self.speaker:
            return Mention(at, end, "me", "person", (self.speaker,))
        return Mention(at, end, " ".join(words), "unknown")

    def _ends(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a noun that nothing here is called ends before a position: before a name, a verb or a participle."""
        text = tokens[at].text
        english = self.tables.lexicon.english
        return text in english.past or text in english.finite or self._thing(tokens, at) is not None
