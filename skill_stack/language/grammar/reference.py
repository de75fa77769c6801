"""Reference: resolves noun phrases to objects of the scene, with earlier mentions as antecedents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.spatial.relations import SIDES, Frame, Viewing, body_of, framed, margin, related
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.world_facts import POINTED, POINTED_PLACE
from skill_stack.language.answers import Answer, every, question, refusal, shortened, things_known
from skill_stack.language.grammar.chunks import LocationChunk, Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.picking import labels, on_the_way, ordered, picked, so_called
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import STOPS, Token

POINTED_CLEARLY = 2.5
"""Factor by which others must be less likely pointed at for a single one to be meant."""


@dataclass(slots=True)
class Discourse:
    """Earlier mentions, and the expected pose of the robot.

    Attributes:
        mentioned: Ids of mentioned objects, latest last.
        pose: Expected pose of the robot in ``map``, if known.
        plural: Ids last mentioned by a plural noun phrase, one (``the crackers``) or several.
    """

    mentioned: list[str] = field(default_factory=list)
    pose: Pose2 | None = None
    plural: tuple[str, ...] = ()


class Resolver:
    """Resolves noun phrases in one scene."""

    def __init__(
        self, words: SceneWords, facts: frozenset[Fact] = frozenset(), frame: Frame | None = None,
        said: bool = False,
    ) -> None:  # fmt: skip
        """Takes the names of a scene.

        Args:
            words: The names.
            facts: Facts besides those of the scene.
            frame: Frame of sides without one; None: what has a front of its own is asked about where frames differ.
            said: Whether somebody named that frame.
        """
        self.frame, self.said, self.framed = frame, said, False
        self.strays: list[str] = []
        self.words = words
        self._scene: SceneGraph = words.scene
        self.facts = facts | words.scene.facts

    def first(self, noun: Noun, discourse: Discourse) -> str | Answer:
        """Returns the first id that a noun phrase means; see :meth:`resolve`."""
        ids = self.resolve(noun, discourse)
        return ids if isinstance(ids, Answer) else ids[0]

    def resolve(self, noun: Noun, discourse: Discourse) -> tuple[str, ...] | Answer:
        """Returns the ids that a noun phrase means, one or several, and adds them to the mentions.

        Returns:
            The ids; a question if it is ambiguous, a refusal if no object fits.
        """
        if noun.role == "list":
            return self._listed(noun, discourse)
        if noun.role == "group":
            return self._group(noun, discourse)
        if noun.role in ("pronoun", "speaker"):
            name = self._spoken_of(noun, discourse) if noun.role == "pronoun" else self._speaking(discourse)
            return name if isinstance(name, Answer) else (name,)
        if noun.role in ("unknown", "robot"):
            return self._nothing(noun)
        found = self._candidates(noun, discourse)
        return found if isinstance(found, Answer) else self._mentioned(noun, found or self._elsewhere(noun), discourse)

    def mention(self, told: Sequence[Token], nouns: NounParser, discourse: Discourse) -> list[Noun]:
        """Adds the objects of a statement to the mentions, the topic of each sentence last.

        Args:
            told: The statement.
            nouns: Parses noun phrases.
            discourse: Receives the mentions.

        Returns:
            The resolved nouns in order of mention; what is ambiguous is none.
        """
        out: list[Noun] = []
        at = begin = 0
        while at < len(told):
            before = told[at - 1].text if at else ""  # "stand" in "must never stand open" is a verb
            known = ((end, one) for end, one in nouns.parse(told, at) if one.role in ("thing", "list"))
            end, noun = (None if before in WORDS.before_verb else next(known, None)) or (at + 1, None)
            begin = len(out) if before in STOPS else begin
            if noun is not None:
                out.insert(begin if before in WORDS.before_aside else len(out), noun)
            at = max(end, at + 1)
        return [one for one in out if not isinstance(self.resolve(one, discourse), Answer)]

    def _listed(self, noun: Noun, discourse: Discourse) -> tuple[str, ...] | Answer:
        parts = every(self.resolve(part, discourse) for part in noun.parts)
        if isinstance(parts, Answer):
            return parts
        twice = next((part for part in parts if len(part) == 1 and parts.count(part) > 1), None)
        if twice is not None:  # "an apple and an apple"
            return question(f"You name {labels([self._scene.objects[twice[0]]])} twice. Which other one do you mean?")
        discourse.plural = tuple(dict.fromkeys(name for part in parts for name in part))
        return discourse.plural

    def _mentioned(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> tuple[str, ...] | Answer:
        """The ids that are meant of all objects that fit, which are added to the mentions."""
        ids = self._chosen(noun, found, discourse) if found else self._nothing(noun)
        if isinstance(ids, Answer):
            return ids
        for name in ids:
            discourse.mentioned.append(name)
        if len(ids) > 1 or (noun.several and not self.words.alone(ids)):  # "the crackers", "the Rossi family"
            discourse.plural = ids
        return ids

    def _speaking(self, discourse: Discourse) -> str | Answer:
        """The id of the speaker; a question if the speaker is not known."""
        here = self.words.speaker()
        if not here:
            return question(f"I do not know where you are. Which thing or place do you mean? {self._known()}")
        discourse.mentioned.append(here)
        return here

    def _chosen(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> tuple[str, ...] | Answer:
        """The ids that are meant of all objects that fit: the stated number, all, or one."""
        if noun.count:
            return self._several(noun, found, discourse)
        if noun.many == "both" and len(found) != 2:
            return question(
                f"There are {len(found)} of '{shortened(noun.words)}', not two: {labels(found)}. Which ones?"
            )
        every_one = noun.many == "all" or (noun.many == "some" and noun.pick == "")
        if noun.many == "both" or (every_one and not (noun.untold and found[1:])):
            return on_the_way(found, discourse.pose)
        one = self._one(noun, found, discourse)
        return one if isinstance(one, Answer) else (one.id,)

    def _elsewhere(self, noun: Noun) -> list[SceneObject]:
        """A named person at another place than the scene states; people move."""
        if noun.relations and noun.ids is not None and len(noun.ids) == 1 and noun.ids <= self.words.people:
            self.strays += noun.ids
            return [self._scene.objects[name] for name in noun.ids]
        return []

    def _group(self, noun: Noun, discourse: Discourse) -> tuple[str, ...] | Answer:
        names = tuple(dict.fromkeys(discourse.mentioned))
        whole = noun.words.startswith(("both", "them both", "all"))
        if discourse.plural and (not whole or len(discourse.plural) > 1):
            return discourse.plural
        if len(names) < 2 or (noun.words.startswith(("both", "them both")) and len(names) != 2):
            return question(f"Which ones do you mean by '{shortened(noun.words)}'? {self._known()}", "which")
        return names

    def _several(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> tuple[str, ...] | Answer:
        """The stated number of objects: all of them, or the first by a superlative."""
        if noun.count > len(found):
            return refusal(f"There are only {len(found)} of '{shortened(noun.words)}': {labels(found)}.")
        if noun.count == len(found):
            return on_the_way(found, discourse.pose)
        if noun.pick in ("", "order"):
            return question(f"Which of these do you mean by '{shortened(noun.words)}': {labels(found, 'or')}?", "which")
        ranked = ordered(found, noun.pick, discourse.pose)
        return ranked if isinstance(ranked, Answer) else tuple(thing.id for thing in ranked[: noun.count])

    def _spoken_of(self, noun: Noun, discourse: Discourse) -> str | Answer:
        """The object that a person points at, else the latest antecedent."""
        pointed = self._pointed(list(self._scene.things)) if noun.words.split()[:1] != ["it"] else []
        if len(pointed) > 1:
            return question(f"Which one do you mean by '{shortened(noun.words)}': {labels(pointed, 'or')}?", "which")
        if not pointed and noun.adverb and POINTED_PLACE in self._scene.objects:
            pointed = [self._scene.objects[POINTED_PLACE]]  # "over there"
        if pointed:
            discourse.mentioned.append(pointed[0].id)
            return pointed[0].id
        if not discourse.mentioned:
            return question(f"What do you mean by '{shortened(noun.words)}'? {self._known()}")
        places = [name for name in discourse.mentioned if noun.adverb and self._scene.objects[name].kind == "place"]
        if noun.words in WORDS.he_or_she:
            return self.somebody(noun, discourse)
        return (places or discourse.mentioned)[-1]

    def somebody(self, noun: Noun, discourse: Discourse) -> str | Answer:
        """Returns the person to whom ``him`` or ``her`` refers: the one mentioned last; a question if there is none."""
        living = self.words.meant_by(noun.words, list(dict.fromkeys(discourse.mentioned)))
        if not living:
            return question(f"Whom do you mean by '{shortened(noun.words)}'? {self._known()}")
        living = sorted(living, key=lambda name: len(discourse.mentioned) - discourse.mentioned[::-1].index(name))
        return living[-1]

    def candidates(self, noun: Noun, discourse: Discourse) -> list[SceneObject] | Answer:
        """Returns every object that fits a noun phrase, without mentioning it; the answer if another noun in it is
        ambiguous.
        """
        if noun.role == "list":
            parts = every(self.candidates(part, discourse) for part in noun.parts)
            return parts if isinstance(parts, Answer) else [thing for part in parts for thing in part]
        if noun.role != "thing":
            ids = self.resolve(noun, discourse)
            return ids if isinstance(ids, Answer) else [self._scene.objects[name] for name in ids]
        found = self._candidates(replace(noun, many="all"), discourse)
        if isinstance(found, Answer) or not found or noun.pick in ("", "order"):
            return found
        return every([picked(noun, found, discourse.pose)])

    def _candidates(self, noun: Noun, discourse: Discourse) -> list[SceneObject] | Answer:
        owned = self._owned(self._described(noun, self._called(noun, discourse)), noun.owner, discourse)
        if isinstance(owned, Answer):
            return owned
        things = [thing for thing in owned if all(self._is(thing, words) for words in noun.states)]
        if noun.other:
            left = [thing for thing in things if thing.id not in discourse.mentioned]
            things = [] if left == things[:1] else left  # it is no other one
        if noun.side:
            things = [thing for thing in things if self._on_side(thing, noun.side, discourse)]
        for where in noun.relations:
            there = self._related(noun, things, where, discourse)
            if isinstance(there, Answer):
                return there
            things = things if where.soft and not there else there
        unmeant = self._excluded(noun, discourse)
        return unmeant if isinstance(unmeant, Answer) else [thing for thing in things if thing.id not in unmeant]

    def _excluded(self, noun: Noun, discourse: Discourse) -> set[str] | Answer:
        """The ids that the excluded nouns of a noun may mean."""
        parts = [part for other in noun.excluded for part in other.parts or (other,)]
        others = (replace(part, again=False) for part in parts if part.role != "speaker")
        found = every(self._candidates(part, discourse) for part in others)
        speaker = {self.words.speaker()} if any(part.role == "speaker" for part in parts) else set()
        return found if isinstance(found, Answer) else speaker.union(thing.id for fits in found for thing in fits)

    def _called(self, noun: Noun, discourse: Discourse) -> list[SceneObject]:
        """Objects by name; for ``one``, objects of the last mentioned kind."""
        things = list(self._scene.things)
        if noun.ids is not None:
            return [self._scene.objects[name] for name in sorted(noun.ids)]
        if not noun.again or not discourse.mentioned:
            return things
        kind = self._scene.objects[discourse.mentioned[-1]].kind
        return self._described(noun, [thing for thing in things if thing.kind == kind]) or things

    def _owned(self, things: list[SceneObject], owner: Noun | None, discourse: Discourse) -> list[SceneObject] | Answer:
        """Objects of a possessor by facts, else by their names; all if the possession is not known."""
        if owner is None:
            return things
        names = self._owner_ids(owner, discourse)
        if isinstance(names, Answer):
            return names
        facts = [one for one in self.facts if one.predicate in WORDS.owning_facts and len(one.arguments) == 2]
        owned = {thing for one in facts for thing, who in (one.arguments, one.arguments[::-1]) if who in names}
        named = (one for one in things if any(self.words.belongs(one.id, name) for name in names))
        return [thing for thing in things if thing.id in owned] or list(named) or things

    def _owner_ids(self, owner: Noun, discourse: Discourse) -> set[str] | Answer:
        """The ids of a possessor; for ``her`` the last mentioned person."""
        if owner.role == "pronoun":
            return set([name for name in discourse.mentioned if name in self.words.people][-1:])
        if owner.role == "speaker":
            return {self.words.speaker()} - {""}
        ids = self.resolve(owner, Discourse(list(discourse.mentioned), discourse.pose))
        return ids if isinstance(ids, Answer) else set(ids)

    def _is(self, thing: SceneObject, states: tuple[str, ...]) -> bool:
        """Whether a fact states that an object is in one of some states, which may begin with ``not``."""
        known = {fact.predicate for fact in self.facts}
        for state in states:
            predicate, positive = state.removeprefix("not ").strip('"'), not state.startswith("not ")
            if predicate in known or state == states[-1]:
                return (Fact(predicate, (thing.id,)) in self.facts) == positive
        return False

    def _described(self, noun: Noun, things: list[SceneObject]) -> list[SceneObject]:
        return [thing for thing in things if not noun.colour or self.words.colour(thing) == noun.colour]

    def _on_side(self, thing: SceneObject, side: str, discourse: Discourse) -> bool:
        """Whether an object is on a side of the robot."""
        if discourse.pose is None or side not in SIDES:
            return True
        return margin(side, thing, [body_of(discourse.pose)], Viewing()) >= 0

    def _related(
        self, noun: Noun, things: list[SceneObject], where: LocationChunk, discourse: Discourse
    ) -> list[SceneObject] | Answer:
        """Objects in a relation to another; only the best one for a singular noun."""
        aside = Discourse(list(discourse.mentioned), discourse.pose)
        names = self.resolve(where.noun, aside)
        if isinstance(names, Answer):
            return names
        others = [self._scene.objects[name] for name in names]
        if where.kind == "between" and len(others) != 2:
            return question(f"Between which two of these: {labels(others)}?")
        found = self._there(where, noun, things, others, discourse)
        found = found if isinstance(found, Answer) else self._or_upon(noun, where, found, things, others) or found
        if isinstance(found, Answer):
            return found
        if not where.positive:
            fits = {thing.id for thing in found}
            return [thing for thing in things if thing.id not in fits and thing not in others]
        return found[:1] if _first_of(noun, where) else found

    def _or_upon(
        self, noun: Noun, where: LocationChunk, found: list[SceneObject], things: list[SceneObject],
        others: list[SceneObject],
    ) -> Answer | None:  # fmt: skip
        """The question where a thing may be beside another one or on it: ``the one on the right side of the table``."""
        upon = related("on", things, others, Viewing(facts=self.facts)) if where.kind in ("left", "right") else []
        if not upon or not found or noun.many != "one":
            return None
        among = labels([found[0], *(thing for thing in upon if thing.id != found[0].id)], "or")
        return question(f"Which one do you mean by '{shortened(noun.words)}': {among}?", "which")

    def _there(
        self, where: LocationChunk, noun: Noun, things: list[SceneObject], others: list[SceneObject],
        discourse: Discourse,
    ) -> list[SceneObject] | Answer:  # fmt: skip
        """Objects in a relation, in the frame that was said; a question where it was not and the frames differ."""
        frame = where.frame or self.frame
        asked = framed(where.kind, others[0]) and not where.frame
        self.framed |= asked
        if frame is not None or not asked:
            view = self._view(frame or "viewer", discourse, self.said or bool(where.frame))
            return related(where.kind, things, others, view)
        seen, own = (related(where.kind, things, others, self._view(f, discourse)) for f in ("viewer", "own"))
        if _first_of(noun, where):
            seen, own = seen[:1], own[:1]
        if {one.id for one in seen} == {one.id for one in own} or not (seen and own):
            return seen or own
        return _whose(where, others[0], seen, own)

    def _view(self, frame: Frame, discourse: Discourse, said: bool = False) -> Viewing:
        return Viewing(frame, discourse.pose, self.facts, said=said)

    def _one(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> SceneObject | Answer:
        """The object that a singular noun phrase means; a question if it is ambiguous."""
        if len(found) == 1 and noun.rank == 1:
            return found[0]
        if noun.pick:
            return picked(noun, found, discourse.pose)
        if noun.many == "any" and not noun.untold:
            found = [thing for thing in found if thing.id != self.words.speaker()] or found
            nearest = ordered(found, "nearest", discourse.pose)
            return nearest if isinstance(nearest, Answer) else nearest[0]
        pointed = self._pointed(found)
        if len(pointed) == 1:
            return pointed[0]
        for name in reversed(discourse.mentioned):
            if any(thing.id == name for thing in found) and not noun.other:
                return self._scene.objects[name]
        if (called := so_called(noun.words, found)) is not None:
            return called
        return question(f"Which one do you mean by '{shortened(noun.words)}': {labels(found, 'or')}?", "which")

    def _pointed(self, found: list[SceneObject]) -> list[SceneObject]:
        told = {f.arguments[0]: float(f.arguments[1]) if len(f.arguments) > 1 else 1.0
                for f in self.facts if f.predicate == POINTED and f.arguments}  # fmt: skip
        most = max((told.get(thing.id, 0.0) for thing in found), default=0.0)
        return [thing for thing in found if told.get(thing.id, 0.0) * POINTED_CLEARLY > most]

    def _nothing(self, noun: Noun) -> Answer:
        words = shortened(noun.words)
        return Answer("refusal", f"There is no {words} here. {self._known()}", missing=words)

    def _known(self) -> str:
        return f"I know: {things_known(self._scene)}."


def _whose(where: LocationChunk, anchor: SceneObject, seen: list[SceneObject], own: list[SceneObject]) -> Answer:
    """The question whose side is meant, with what is there for the robot and for the thing itself."""
    alike = {one.label for one in seen} & {one.label for one in own}
    one, other = (", ".join(a.id if alike else f"the {a.label}" for a in some) for some in (seen, own))
    side = where.kind.replace("front", "before")
    return question(
        f"Which do you mean: {one}, {side} as I see it, or {other}, on the {anchor.label}'s own {where.kind}? "
        "Say 'as you see it' or 'on its own side'.", "which",
    )  # fmt: skip


def _first_of(noun: Noun, where: LocationChunk) -> bool:
    """Whether of several objects in a relation the likeliest alone is meant."""
    one = noun.many in ("one", "any") and not noun.count and not noun.pick
    return one and where.kind not in ("on", "in", "from", "under", "above")
