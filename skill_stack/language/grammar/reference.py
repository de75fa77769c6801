"""Reference: descriptions → objects of the scene, using what was mentioned before."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.world_facts import POINTED
from skill_stack.language.answers import Answer, question, refusal, shortened, things_known
from skill_stack.language.grammar.chunks import MAYBE, LocationChunk, Noun
from skill_stack.language.grammar.picking import Picking, labels
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.grammar.staying import elsewhere
from skill_stack.language.phrases.geometry import places_of, related
from skill_stack.language.words.living import HIM_OR_HER, Living

SIDE_ANGLE = 0.17
"""Bearing beyond which something is to the left or right of the robot, rad: 10 degrees."""

OWNING = frozenset({"belongs_to", "owned_by", "owns", "owner", "has"})
"""Predicates that say whose something is."""

FARTHEST_IN_PLACE = 8.0
"""Distance up to which something may be at the place that is nearest to it, m: half a large hall."""

FRONT_ANGLE = math.radians(60)
"""Bearing within which something is in front of the robot, rad."""


@dataclass(slots=True)
class Discourse:
    """What was spoken of, and where the robot will be by then.

    Attributes:
        mentioned: Ids of things in the order in which they were spoken of, the last at the end.
        pose: Where the robot will be, as far as it is known.
        plural: What was last spoken of in the plural, one thing (``the crackers``) or several.
        owners: People who were last spoken of only as those to whom something belongs.
    """

    mentioned: list[str] = field(default_factory=list)
    pose: Pose2 | None = None
    plural: tuple[str, ...] = ()
    owners: set[str] = field(default_factory=set)

    def mention(self, name: str) -> None:
        """Remembers the thing spoken of."""
        self.mentioned.append(name)
        self.owners.discard(name)


class Resolver:
    """Finds what nouns mean in one scene."""

    def __init__(self, words: SceneWords, facts: frozenset[Fact] = frozenset()) -> None:
        """Takes the scene with its names, and what is true of it besides where things are."""
        self._words = words
        self._scene: SceneGraph = words.scene
        self.facts = facts | words.scene.facts
        self.living = Living(words)
        self._picking = Picking(words)

    @property
    def people(self) -> frozenset[str]:
        """Ids of persons."""
        return self._words.people

    def kind(self, name: str) -> str:
        """The kind of a thing by its id."""
        return self._scene.objects[name].kind

    def belongs(self, name: str, person: str) -> bool:
        """Whether a thing is called after somebody: ``Anna's room``."""
        return self.living.belongs(name, person)

    def speaker(self) -> str:
        """The person who speaks; empty where unknown."""
        return self.living.speaker()

    def look_up(self, noun: Noun, discourse: Discourse) -> tuple[str, ...] | Answer:
        """What :meth:`resolve` gives, or the answer that it raises."""
        try:
            return self.resolve(noun, discourse)
        except Answer as answer:
            return answer

    def resolve(self, noun: Noun, discourse: Discourse) -> tuple[str, ...]:
        """The ids that a noun means: one, or several for ``all the balls``.

        Raises:
            Answer: A question when it is not clear which, a refusal when there is none.
        """
        if noun.role == "list":
            ids = tuple(dict.fromkeys(name for part in noun.parts for name in self.resolve(part, discourse)))
            discourse.plural = ids
            return ids
        if noun.role == "group":
            return self._group(noun, discourse)
        if noun.role == "pronoun":
            return (self._spoken_of(noun, discourse),)
        if noun.role == "speaker":
            return (self._speaking(discourse),)
        if noun.role in ("unknown", "robot"):
            raise self._nothing(noun)
        found = self._candidates(noun, discourse) or self._elsewhere(noun)
        if not found:
            raise self._nothing(noun)
        ids = self._chosen(noun, found, discourse)
        owners = self._owners(noun, ids, discourse)
        for name in (*owners, *ids):
            discourse.mention(name)
        discourse.owners |= set(owners) - set(ids)
        if len(ids) > 1 or (noun.several and not self.living.alone(ids)):  # "the crackers", "the Rossi family"
            discourse.plural = ids
        return ids

    def _speaking(self, discourse: Discourse) -> str:
        """The person who speaks.

        Raises:
            Answer: It is not known who that is.
        """
        here = self.speaker()
        if not here:
            raise question(f"I do not know where you are. Which thing or place do you mean? {self._known()}")
        discourse.mention(here)
        return here

    def _chosen(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> tuple[str, ...]:
        """Those of the things that fit a description that are meant: as many as were said, all of them, or one.

        Raises:
            Answer: It is not clear which, or there are not as many.
        """
        if noun.count:
            return self._several(noun, found, discourse)
        if noun.many == "both" and len(found) != 2:
            raise question(
                f"There are {len(found)} of '{shortened(noun.words)}', not two: {labels(found)}. Which ones?"
            )
        if noun.many in ("all", "both") or (noun.many == "some" and noun.pick == ""):
            ids = self._picking.on_the_way(found, discourse.pose)
            return ids[::2] if noun.share == "every other" else ids[: (len(ids) + 1) // 2] if noun.share else ids
        return (self._one(noun, found, discourse).id,)

    def _owners(self, noun: Noun, ids: tuple[str, ...], discourse: Discourse) -> tuple[str, ...]:
        """The people who are named as those to whom something belongs: ``him`` may mean them afterwards."""
        others = [where.noun for where in noun.relations if where.noun.ids and len(where.noun.ids) == 1]
        for other in others:  # "the key on Karim's desk"
            if owners := self._owners(other, tuple(other.ids or ()), discourse):
                return owners
        if noun.owner is not None and noun.owner.role == "thing":
            return tuple(sorted(name for name in noun.owner.ids or () if self.living.lives(name))[:1])
        whose = noun.words.rpartition(" ")[0]
        living = sorted(filter(self.living.lives, self._scene.objects))
        called = (person for person in living if len(ids) == 1 and self.living.belongs(ids[0], person))
        return tuple(person for person in called if self.living.named(person) & {whose, *whose.split()})[:1]

    def _elsewhere(self, noun: Noun) -> list[SceneObject]:
        """A person named by name who is said to be where the scene does not have them: people walk about."""
        if noun.relations and noun.ids is not None and len(noun.ids) == 1 and noun.ids <= self._words.people:
            return [self._scene.objects[name] for name in noun.ids]
        return []

    def _group(self, noun: Noun, discourse: Discourse) -> tuple[str, ...]:
        """Everything spoken of, when that is more than one thing."""
        names = tuple(dict.fromkeys(discourse.mentioned))
        whole = noun.words.startswith(("both", "them both", "all"))
        if discourse.plural and (not whole or len(discourse.plural) > 1):
            return discourse.plural
        if len(names) < 2 or (noun.words.startswith(("both", "them both")) and len(names) != 2):
            raise question(f"Which ones do you mean by '{shortened(noun.words)}'? {self._known()}", "which")
        return names

    def _several(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> tuple[str, ...]:
        """As many as were said: all of them, or the first ones in the order of a superlative."""
        if noun.count > len(found):
            raise refusal(f"There are only {len(found)} of '{shortened(noun.words)}': {labels(found)}.")
        if noun.count == len(found):
            return self._picking.on_the_way(found, discourse.pose)
        if noun.pick in ("", "order"):
            raise question(f"Which of these do you mean by '{shortened(noun.words)}': {labels(found, 'or')}?", "which")
        return tuple(thing.id for thing in self._picking.ordered(found, noun.pick, discourse.pose)[: noun.count])

    def _spoken_of(self, noun: Noun, discourse: Discourse) -> str:
        """What somebody points at, else the last thing spoken of."""
        pointed = self._pointed(list(self._scene.things)) if noun.words.split()[:1] != ["it"] else []
        if len(pointed) > 1:
            raise question(f"Which one do you mean by '{shortened(noun.words)}': {labels(pointed, 'or')}?", "which")
        if pointed:
            discourse.mention(pointed[0].id)
            return pointed[0].id
        if not discourse.mentioned:
            raise question(f"What do you mean by '{shortened(noun.words)}'? {self._known()}")
        places = [name for name in discourse.mentioned if noun.adverb and self.kind(name) == "place"]
        if noun.words in HIM_OR_HER:
            return self.somebody(noun, discourse)
        return (places or _singly(noun, discourse) or discourse.mentioned)[-1]

    def somebody(self, noun: Noun, discourse: Discourse) -> str:
        """Whom ``him`` or ``her`` means: the last one spoken of.

        Raises:
            Answer: Nobody was spoken of.
        """
        living = self.living.meant_by(noun.words, list(dict.fromkeys(discourse.mentioned)))
        if not living:
            raise question(f"Whom do you mean by '{shortened(noun.words)}'? {self._known()}")
        living = sorted(living, key=lambda name: len(discourse.mentioned) - discourse.mentioned[::-1].index(name))
        return living[-1]

    def candidates(self, noun: Noun, discourse: Discourse) -> list[SceneObject]:
        """Everything that a description fits, one or many.

        Raises:
            Answer: Another thing that it speaks of is not clear.
        """
        if noun.role == "list":
            return [thing for part in noun.parts for thing in self.candidates(part, discourse)]
        if noun.role != "thing":
            return [self._scene.objects[name] for name in self.resolve(noun, discourse)]
        found = self._candidates(replace(noun, many="all"), discourse)
        single = noun.pick not in ("", "order") and found
        return [self._picking.picked(noun, found, discourse.pose)] if single else found

    def _candidates(self, noun: Noun, discourse: Discourse) -> list[SceneObject]:
        """Everything that fits the description."""
        things = self._described(noun, self._called(noun, discourse))
        if noun.owner is not None:
            things = self._owned(things, noun.owner, discourse)
        things = self._in_states(noun, things)
        if noun.other:
            spoken = set(discourse.mentioned)
            things = [thing for thing in things if thing.id not in spoken]
        if noun.side:
            things = [thing for thing in things if self._on_side(thing, noun.side, discourse)]
        for where in noun.relations:
            there = self._related(noun, things, where, discourse)
            there = there or (things if self._only(things, where) else [])
            things = self._kept(things, where) if where.soft and not there else there
        for other in noun.excluded:
            unmeant = self._excluded(other, things, discourse)
            things = [thing for thing in things if thing.id not in unmeant]
        return things

    def _excluded(self, other: Noun, things: list[SceneObject], discourse: Discourse) -> set[str]:
        """The ids of those of some things that a noun leaves out."""
        parts = [part for part in other.parts or (other,) if part.role != "speaker"]
        unmeant = {thing.id for part in parts for thing in self._fitting(part, things, discourse)}
        return unmeant | {self.speaker()} if other.role == "speaker" else unmeant

    def _called(self, noun: Noun, discourse: Discourse) -> list[SceneObject]:
        """What is called so; for ``one`` what is of the kind last spoken of."""
        things = list(self._scene.things)
        if noun.ids is not None:
            return [self._scene.objects[name] for name in sorted(noun.ids)]
        if not noun.again or not discourse.mentioned:
            return things
        kind = self._scene.objects[discourse.mentioned[-1]].kind
        return self._described(noun, [thing for thing in things if thing.kind == kind]) or things

    def _in_states(self, noun: Noun, things: list[SceneObject]) -> list[SceneObject]:
        """Those in the states that a description wants, where there are any, and in those that it states."""
        for word in noun.wanted:
            things = [thing for thing in things if self.is_so(thing, word.removesuffix(MAYBE))] or things
        for words in noun.states:
            things = [thing for thing in things if self._is(thing, words)]
        return things

    def _only(self, things: list[SceneObject], where: LocationChunk) -> bool:
        """Whether there is one such thing alone, which is told apart by a side of something that nobody moves."""
        types = self._words.lexicon.things.types
        kinds = {*types["fixed"].kinds, *types["furniture"].kinds, *types["support"].kinds}
        near = [self._scene.objects[one].kind.replace("_", " ") for noun in where.noun.parts or (where.noun,)
                for one in noun.ids or ()]  # fmt: skip
        sided = where.positive and where.kind not in ("on", "in", "from", "nearest", "far")
        return sided and len(things) == 1 and bool(near) and all({one, one.split()[-1]} & kinds for one in near)

    def _kept(self, things: list[SceneObject], where: LocationChunk) -> list[SceneObject]:
        """Things by a room in which none of them is: not what stays in another one, ``the foyer window``."""
        rooms = where.noun.ids or ()
        if not rooms or where.noun.role != "thing" or where.noun.adverb:
            return things
        lexicon, scene = self._words.lexicon, self._scene.objects
        return [thing for thing in things if not elsewhere(thing, rooms, self.facts, lexicon, scene)]

    def _owned(self, things: list[SceneObject], owner: Noun, discourse: Discourse) -> list[SceneObject]:
        """Those that are said to be somebody's; all, where nothing says whose they are."""
        names = self._owner_ids(owner, discourse)
        said = self._belongings(names)
        mine = [thing for thing in things if thing.id in said]
        mine = mine or [thing for thing in things if any(self.belongs(thing.id, name) for name in names)]
        if mine or len(things) < 2:
            return mine or things
        rooms = {room for name in names for room in self._rooms(name)}
        if any(thing.id in rooms for thing in things):
            return [thing for thing in things if thing.id in rooms]  # the room that she is in
        return [thing for thing in things if rooms & set(places_of(thing.id, self.facts))] or things

    def _belongings(self, names: set[str]) -> set[str]:
        """The ids of what facts say to belong to some people."""
        pairs = [fact.arguments for fact in self.facts if fact.predicate in OWNING and len(fact.arguments) == 2]
        return {thing for pair in pairs for thing, person in (pair, pair[::-1]) if person in names}

    def _owner_ids(self, owner: Noun, discourse: Discourse) -> set[str]:
        """The ids of those to whom something is said to belong: for ``her`` the last person spoken of."""
        if owner.role == "pronoun":
            return set([name for name in discourse.mentioned if name in self._words.people][-1:])
        if owner.role == "speaker":
            return {self.speaker()} - {""}
        return set(self.resolve(owner, Discourse(list(discourse.mentioned), discourse.pose)))

    def _rooms(self, name: str) -> set[str]:
        """The rooms in which something is."""
        return {place for place in places_of(name, self.facts) if self.kind(place) == "place"}

    def is_so(self, thing: SceneObject, word: str) -> bool:
        """Whether a fact says in so many words that a thing is in a state."""
        stated = {fact.predicate for fact in self.facts if fact.arguments == (thing.id,)}
        ways = (word, f"is_{word}", *self._words.states.get(word, ()))
        return any(way in stated for way in ways if not way.startswith("not "))

    def _is(self, thing: SceneObject, states: tuple[str, ...]) -> bool:
        """Whether a fact says that a thing is in one of some states; a state may begin with ``not``."""
        known = {fact.predicate for fact in self.facts}
        for state in states:
            predicate, positive = state.removeprefix("not ").strip('"'), not state.startswith("not ")
            if predicate in known or state == states[-1]:
                return (Fact(predicate, (thing.id,)) in self.facts) == positive
        return False

    def _fitting(self, noun: Noun, things: list[SceneObject], discourse: Discourse) -> list[SceneObject]:
        """Those of some things that a description fits."""
        fits = [thing for thing in self._described(noun, things) if noun.ids is None or thing.id in noun.ids]
        for where in noun.relations:
            fits = self._related(noun, fits, where, discourse)
        if noun.pick and noun.pick != "order" and fits:
            return [self._picking.picked(noun, fits, discourse.pose)]
        return fits

    def _described(self, noun: Noun, things: list[SceneObject]) -> list[SceneObject]:
        """Those of the described colour."""
        return [thing for thing in things if not noun.colour or self._words.colour(thing) == noun.colour]

    def _on_side(self, thing: SceneObject, side: str, discourse: Discourse) -> bool:
        """Whether something is on a side of the robot."""
        bearing = self._picking.bearing(thing, discourse.pose)
        return {
            "left": bearing > SIDE_ANGLE, "right": bearing < -SIDE_ANGLE,
            "front": abs(bearing) < FRONT_ANGLE, "behind": abs(bearing) > math.pi - FRONT_ANGLE,
        }.get(side, True)  # fmt: skip

    def _related(
        self, noun: Noun, things: list[SceneObject], where: LocationChunk, discourse: Discourse
    ) -> list[SceneObject]:
        """Those in a relation to something; of several the one that fits best, where one is meant."""
        aside = Discourse(list(discourse.mentioned), discourse.pose)
        others = self._others(noun, things, where, aside)
        if where.kind == "between" and len(others) != 2:
            raise question(f"Between which two of these: {labels(others)}?")
        found = related(where.kind, things, others, self.facts, discourse.pose) or self._implied(things, where, others)
        if not where.positive:
            fits = {thing.id for thing in found}
            return [thing for thing in things if thing.id not in fits and thing not in others]
        one = noun.many in ("one", "any") and not noun.count and not noun.pick
        return found[:1] if one and where.kind not in ("on", "in", "from", "under", "above") else found

    def _implied(self, things: list[SceneObject], where: LocationChunk, others: list[SceneObject]) -> list[SceneObject]:
        """Those that may be in or on something though nobody stated it: by the nearest place, or in the same room."""
        found: list[SceneObject] = []
        if where.kind in ("in", "from") and others:
            if others[0].kind == "place":
                found = [thing for thing in things if thing.kind != "place" and self._place_of(thing) == others[0].id]
            if not found and others[0].id in self.people:  # "the window in 3a"
                rooms = self._rooms(others[0].id)
                found = [thing for thing in things if rooms & set(places_of(thing.id, self.facts))]
        on = where.kind in ("on", "from") and where.positive
        return self._unstated(things, others) if on and not found else found

    def _unstated(self, things: list[SceneObject], others: list[SceneObject]) -> list[SceneObject]:
        """The one thing in the same room as what it is said to be on, where nobody stated what it is on."""
        rooms = {room for other in others for room in self._rooms(other.id)}
        loose = [thing for thing in things if thing not in others and thing.kind != "place"
                 and all(self.kind(where) == "place" for where in places_of(thing.id, self.facts))]  # fmt: skip
        near = [thing for thing in loose if rooms & set(places_of(thing.id, self.facts))]
        return near if len(near) == 1 and len(things) < len(self._scene.objects) else []

    def _others(
        self, noun: Noun, things: list[SceneObject], where: LocationChunk, aside: Discourse
    ) -> list[SceneObject]:
        """The other things of a relation; of several that a word may mean, the one that something is related to.

        Raises:
            Answer: It is not clear which.
        """
        found = self.look_up(where.noun, aside)
        if not isinstance(found, Answer):
            return [self._scene.objects[name] for name in found]
        if found.status != "question" or where.kind not in ("on", "in", "from") or not where.positive:
            raise found
        fits = [other for other in self.candidates(replace(where.noun, many="all"), aside)
                if related(where.kind, things, [other], self.facts, aside.pose)]  # fmt: skip
        if len(fits) != 1 or noun.ids is None:
            raise found
        return fits

    def holder(self, where: LocationChunk, theme: Noun, discourse: Discourse) -> Noun:
        """The noun of what something is on or in, narrowed to what it is on or in now, where several are called so."""
        aside = Discourse(list(discourse.mentioned), discourse.pose)
        others = self.candidates(replace(where.noun, many="all"), aside) if where.noun.role == "thing" else []
        things = self.candidates(replace(theme, many="all"), aside) if len(others) > 1 and theme.role == "thing" else []
        fits = [one for one in others if related(where.kind, things, [one], self.facts, aside.pose)] if things else []
        return replace(where.noun, ids=frozenset({fits[0].id})) if len(fits) == 1 else where.noun

    def _place_of(self, thing: SceneObject) -> str:
        """The nearest place, where a thing is as far as nothing else says."""
        places = [place for place in self._scene.objects.values() if place.kind == "place" and place.id != "start"]
        away = sorted((math.dist(place.position[:2], thing.position[:2]), place.id) for place in places)
        return away[0][1] if away and away[0][0] <= FARTHEST_IN_PLACE else ""

    def _one(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> SceneObject:
        """The one that is meant.

        Raises:
            Answer: It is not clear which one.
        """
        if len(found) == 1:
            return found[0]
        if noun.pick:
            return self._picking.picked(noun, found, discourse.pose)
        if noun.many == "any":
            return self._picking.ordered(found, "nearest", discourse.pose)[0]
        pointed = self._pointed(found)
        if len(pointed) == 1:
            return pointed[0]
        for name in reversed(discourse.mentioned):
            if any(thing.id == name for thing in found) and not noun.other:
                return self._scene.objects[name]
        called = self._picking.so_called(noun.words, found)
        if called is not None:
            return called
        raise question(f"Which one do you mean by '{shortened(noun.words)}': {labels(found, 'or')}?", "which")

    def _pointed(self, found: list[SceneObject]) -> list[SceneObject]:
        """Those of some things at which somebody points."""
        return [thing for thing in found if Fact(POINTED, (thing.id,)) in self.facts]

    def _nothing(self, noun: Noun) -> Exception:
        """That there is no such thing."""
        words = shortened(noun.words)
        return Answer("refusal", f"There is no {words} here. {self._known()}", missing=words)

    def _known(self) -> str:
        """What there is."""
        return f"I know: {things_known(self._scene)}."


def _singly(noun: Noun, discourse: Discourse) -> list[str]:
    """What was spoken of by itself, for ``it`` after several things: ``the cups belong in the box, so open it``."""
    several = len(discourse.plural)
    if noun.words != "it" or several < 2 or set(discourse.mentioned[-several:]) != set(discourse.plural):
        return []
    return discourse.mentioned[:-several]
