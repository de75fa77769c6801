"""Reference: descriptions → things of the scene, with what was spoken of before."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from skill_stack.core.fact import Fact
from skill_stack.core.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world_facts import POINTED
from skill_stack.planner.answers import Answer, listed, question, refusal, shortened, things_known
from skill_stack.planner.language.chunks import COLLECTIVE, Noun, Where
from skill_stack.planner.language.geometry import places_of, related
from skill_stack.planner.language.scene_words import SceneWords, unnumbered

SIDE_ANGLE = 0.17
"""Bearing beyond which something is to the left or right of the robot, rad: 10 degrees."""

OWNING = frozenset({"belongs_to", "owned_by", "owns", "owner", "has"})
"""Predicates that say whose something is."""

FARTHEST_IN_PLACE = 8.0
"""Distance up to which something may be at the place that is nearest to it, m: half a large hall."""

SIZES = ("biggest", "smallest", "tallest", "shortest", "longest")
"""What things are picked by where one of them may be called so."""

ANIMALS = frozenset("dog cat pet rabbit hamster horse pony cow sheep goat pig bird parrot animal guinea".split())
"""Kinds of animals, of which people speak as of somebody."""

TITLES = {
    **dict.fromkeys("mrs ms miss madame lady girl woman mum mother aunt sister".split(), "her"),
    **dict.fromkeys("mr boy man dad father uncle brother".split(), "him"),
}
"""Words in names of people by which one pronoun alone may mean them."""

FRONT_ANGLE = math.radians(60)
"""Bearing within which something is in front of the robot, rad."""


@dataclass(slots=True)
class Discourse:
    """What was spoken of, and where the robot will be by then.

    Attributes:
        mentioned: Ids of things in the order in which they were spoken of, the last at the end.
        pose: Where the robot will be, as far as it is known.
        plural: What was last spoken of in the plural, one thing (``the crackers``) or several.
    """

    mentioned: list[str] = field(default_factory=list)
    pose: Pose2 | None = None
    plural: tuple[str, ...] = ()

    def mention(self, name: str) -> None:
        """Remembers the thing spoken of."""
        self.mentioned.append(name)


class Resolver:
    """Finds what nouns mean in one scene."""

    def __init__(self, words: SceneWords, facts: frozenset[Fact] = frozenset()) -> None:
        """Takes the scene with its names, and what is true of it besides where things are."""
        self._words = words
        self._scene: SceneGraph = words.scene
        self.facts = facts | words.scene.facts

    @property
    def people(self) -> frozenset[str]:
        """Ids of persons."""
        return self._words.people

    def kind(self, name: str) -> str:
        """The kind of a thing by its id."""
        return self._scene.objects[name].kind

    def belongs(self, name: str, person: str) -> bool:
        """Whether a thing is called after somebody: ``Anna's room``."""
        called = (person.replace("_", " "), *self._scene.objects[person].names)
        whose = {f"{one.removeprefix('the ')}'s " for one in called}
        if any(called.startswith(tuple(whose)) for called in self._scene.objects[name].names):
            return True
        seated = {f" {_plain(one)}" for one in (name, *self._scene.objects[name].names) if len(_plain(one).split()) > 1}
        return any(called.endswith(tuple(seated)) for called in self._named(person))  # "the guest at table one"

    def speaker(self) -> str:
        """The person who speaks: the one that the scene calls so, or the only one there is; empty where unknown."""
        for name in ("user", "me", "speaker", "operator", "human", "owner"):
            if name in self._scene.objects:
                return name
        named = [name for name in self._words.people if {"me", "I"} & set(self._scene.objects[name].names)]
        if len(named) == 1:
            return named[0]
        return next(iter(self._words.people)) if len(self._words.people) == 1 else ""

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
            here = self.speaker()
            if here:
                discourse.mention(here)
                return (here,)
            raise question(f"I do not know where you are. Which thing or place do you mean? {self._known()}")
        if noun.role in ("unknown", "robot"):
            raise self._nothing(noun)
        found = self._candidates(noun, discourse) or self._elsewhere(noun)
        if not found:
            raise self._nothing(noun)
        if noun.count:
            ids = self._several(noun, found, discourse)
        elif (
            noun.many == "all" or (noun.many == "both" and len(found) == 2) or (noun.many == "some" and noun.pick == "")
        ):
            ids = self._in_order_of_way(found, discourse)
            ids = ids[::2] if noun.share == "every other" else ids[: (len(ids) + 1) // 2] if noun.share else ids
        elif noun.many == "both":
            raise question(
                f"There are {len(found)} of '{shortened(noun.words)}', not two: {_labels(found)}. Which ones?"
            )
        else:
            ids = (self._one(noun, found, discourse).id,)
        for name in (*self._owners(noun, ids, discourse), *ids):
            discourse.mention(name)
        if len(ids) > 1 or (noun.several and not self._one_person(ids)):  # "the crackers", "the Rossi family"
            discourse.plural = ids
        return ids

    def _owners(self, noun: Noun, ids: tuple[str, ...], discourse: Discourse) -> tuple[str, ...]:
        """The people who are named as those to whom something belongs: ``him`` may mean them afterwards."""
        if noun.owner is not None and noun.owner.role == "thing":
            return tuple(sorted(name for name in noun.owner.ids or () if self._living(name))[:1])
        whose = noun.words.rpartition(" ")[0]
        living = sorted(filter(self._living, self._scene.objects))
        called = (person for person in living if len(ids) == 1 and self.belongs(ids[0], person))
        return tuple(person for person in called if self._named(person) & {whose, *whose.split()})[:1]

    def _one_person(self, ids: tuple[str, ...]) -> bool:
        """Whether ids mean a single person, whatever the name ends with: Ines, and not the Novaks."""
        return bool(set(ids) & self.people) and not any(
            name.startswith("the ") and (name.endswith("s") or name.split()[-1] in COLLECTIVE)
            for one in ids
            for name in (called.replace("_", " ").casefold() for called in (one, *self._scene.objects[one].names))
        )

    def _named(self, person: str) -> set[str]:
        """What a person is called, as people write it."""
        return {_plain(name) for name in (person, *self._scene.objects[person].names)}

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
        if len(names) == 1 and not noun.words.startswith(("both", "all")):
            return names  # "the pills": one thing in the plural
        if len(names) < 2 or (noun.words.startswith(("both", "them both")) and len(names) != 2):
            raise question(f"Which ones do you mean by '{shortened(noun.words)}'? {self._known()}")
        return names

    def _several(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> tuple[str, ...]:
        """As many as were said: all of them, or the first ones in the order of a superlative."""
        if noun.count > len(found):
            raise refusal(f"There are only {len(found)} of '{shortened(noun.words)}': {_labels(found)}.")
        if noun.count == len(found):
            return self._in_order_of_way(found, discourse)
        if noun.pick in ("", "order"):
            raise question(f"Which of these do you mean by '{shortened(noun.words)}': {_labels(found, 'or')}?")
        return tuple(thing.id for thing in self._by(found, noun.pick, discourse)[: noun.count])

    def _spoken_of(self, noun: Noun, discourse: Discourse) -> str:
        """What somebody points at, else the last thing spoken of."""
        pointed = self._pointed(list(self._scene.things)) if noun.words.split()[:1] != ["it"] else []
        if len(pointed) > 1:
            raise question(f"Which one do you mean by '{shortened(noun.words)}': {_labels(pointed, 'or')}?")
        if pointed:
            discourse.mention(pointed[0].id)
            return pointed[0].id
        if not discourse.mentioned:
            raise question(f"What do you mean by '{shortened(noun.words)}'? {self._known()}")
        places = [name for name in discourse.mentioned if noun.adverb and self.kind(name) == "place"]
        if noun.words in ("him", "her"):
            living = [name for name in discourse.mentioned if self._living(name)]
            places = [name for name in living if noun.words in self._pronouns(name)] or living
        return (places or discourse.mentioned)[-1]

    def _living(self, name: str) -> bool:
        """Whether something is a person or an animal."""
        return name in self.people or bool(ANIMALS & set(self.kind(name).split()))

    def _pronouns(self, name: str) -> set[str]:
        """The pronouns that may mean somebody: one where a name tells, else both."""
        words = {word for called in self._named(name) for word in called.split()}
        return {TITLES[word] for word in words if word in TITLES} or {"him", "her"}

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
        return [self._picked(noun, found, discourse)] if noun.pick not in ("", "order") and found else found

    def _candidates(self, noun: Noun, discourse: Discourse) -> list[SceneObject]:
        """Everything that fits the description."""
        things = list(self._scene.things)
        if noun.ids is not None:
            things = [self._scene.objects[name] for name in sorted(noun.ids)]
        elif noun.again and discourse.mentioned:
            kind = self._scene.objects[discourse.mentioned[-1]].kind
            same = [thing for thing in things if thing.kind == kind]
            things = self._described(noun, same) or things
        things = self._described(noun, things)
        if noun.owner is not None:
            things = self._owned(things, noun.owner, discourse)
        for word in noun.wanted:
            things = [thing for thing in things if self.is_so(thing, word)] or things
        for words in noun.states:
            things = [thing for thing in things if self._is(thing, words)]
        if noun.other:
            spoken = set(discourse.mentioned)
            things = [thing for thing in things if thing.id not in spoken]
        if noun.side:
            things = [thing for thing in things if self._on_side(thing, noun.side, discourse)]
        for where in noun.relations:
            there = self._related(noun, things, where, discourse)
            things = things if where.soft and not there else there
        for other in noun.excluded:
            parts = [part for part in other.parts or (other,) if part.role != "speaker"]
            unmeant = {thing.id for part in parts for thing in self._fitting(part, things, discourse)}
            unmeant |= {self.speaker()} if other.role == "speaker" else set()
            things = [thing for thing in things if thing.id not in unmeant]
        return things

    def _owned(self, things: list[SceneObject], owner: Noun, discourse: Discourse) -> list[SceneObject]:
        """Those that are said to be somebody's; all, where nothing says whose they are."""
        if owner.role == "pronoun":
            names = {name for name in discourse.mentioned if name in self._words.people}
            names = {[name for name in discourse.mentioned if name in names][-1]} if names else set()
        else:
            names = set(self.resolve(owner, Discourse(list(discourse.mentioned), discourse.pose)))
        said = {(fact.arguments[0], fact.arguments[1]) for fact in self.facts
                if fact.predicate in OWNING and len(fact.arguments) == 2}  # fmt: skip
        said |= {(thing, person) for person, thing in said}
        mine = [thing for thing in things if any((thing.id, name) in said for name in names)]
        mine = mine or [thing for thing in things if any(self.belongs(thing.id, name) for name in names)]
        if mine or len(things) < 2:
            return mine or things
        where = (places_of(name, self.facts) for name in names)
        rooms = {place for one in where for place in one if self._scene.objects[place].kind == "place"}
        if any(thing.id in rooms for thing in things):
            return [thing for thing in things if thing.id in rooms]  # the room that she is in
        return [thing for thing in things if rooms & set(places_of(thing.id, self.facts))] or things

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
            return [self._picked(noun, fits, discourse)]
        return fits

    def _described(self, noun: Noun, things: list[SceneObject]) -> list[SceneObject]:
        """Those of the described colour."""
        return [thing for thing in things if not noun.colour or self._words.colour(thing) == noun.colour]

    def _on_side(self, thing: SceneObject, side: str, discourse: Discourse) -> bool:
        """Whether something is on a side of the robot."""
        bearing = self._bearing(thing, discourse)
        return {
            "left": bearing > SIDE_ANGLE, "right": bearing < -SIDE_ANGLE,
            "front": abs(bearing) < FRONT_ANGLE, "behind": abs(bearing) > math.pi - FRONT_ANGLE,
        }.get(side, True)  # fmt: skip

    def _related(self, noun: Noun, things: list[SceneObject], where: Where, discourse: Discourse) -> list[SceneObject]:
        """Those in a relation to something; of several the one that fits best, where one is meant."""
        aside = Discourse(list(discourse.mentioned), discourse.pose)
        others = self._others(noun, things, where, aside)
        if where.kind == "between" and len(others) != 2:
            raise question(f"Between which two of these: {_labels(others)}?")
        found = related(where.kind, things, others, self.facts, discourse.pose)
        if not found and where.kind in ("in", "from") and others and others[0].kind == "place":
            found = [thing for thing in things if thing.kind != "place" and self._place_of(thing) == others[0].id]
        if not found and where.kind in ("in", "from") and others and others[0].id in self.people:
            rooms = {room for room in places_of(others[0].id, self.facts) if self.kind(room) == "place"}
            found = [thing for thing in things if rooms & set(places_of(thing.id, self.facts))]  # "the window in 3a"
        if not where.positive:
            fits = {thing.id for thing in found}
            return [thing for thing in things if thing.id not in fits and thing not in others]
        one = noun.many in ("one", "any") and not noun.count and not noun.pick
        return found[:1] if one and where.kind not in ("on", "in", "from", "under", "above") else found

    def _others(self, noun: Noun, things: list[SceneObject], where: Where, aside: Discourse) -> list[SceneObject]:
        """The other things of a relation; of several that a word may mean, the one that something is related to.

        Raises:
            Answer: It is not clear which.
        """
        try:
            return [self._scene.objects[name] for name in self.resolve(where.noun, aside)]
        except Answer as answer:
            if answer.status != "question" or where.kind not in ("on", "in", "from") or not where.positive:
                raise
            fits = [other for other in self.candidates(replace(where.noun, many="all"), aside)
                    if related(where.kind, things, [other], self.facts, aside.pose)]  # fmt: skip
            if len(fits) != 1 or noun.ids is None:
                raise
            return fits

    def holder(self, where: Where, theme: Noun, discourse: Discourse) -> Noun:
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
            return self._picked(noun, found, discourse)
        if noun.many == "any":
            return self._by(found, "nearest", discourse)[0]
        pointed = self._pointed(found)
        if len(pointed) == 1:
            return pointed[0]
        for name in reversed(discourse.mentioned):
            if any(thing.id == name for thing in found) and not noun.other:
                return self._scene.objects[name]
        called = self._so_called(noun.words, found)
        if called is not None:
            return called
        raise question(f"Which one do you mean by '{shortened(noun.words)}': {_labels(found, 'or')}?")

    def _pointed(self, found: list[SceneObject]) -> list[SceneObject]:
        """Those of some things at which somebody points."""
        return [thing for thing in found if Fact(POINTED, (thing.id,)) in self.facts]

    def _so_called(self, words: str, found: list[SceneObject]) -> SceneObject | None:
        """The only one that the scene itself calls so, where words fit others by their kind or by another word."""
        for names in (lambda thing: (thing.id, unnumbered(thing.id)), lambda thing: thing.names):
            called = [thing for thing in found if words in (_plain(name) for name in names(thing))]
            if len(called) == 1:
                return called[0]
        return None

    def _picked(self, noun: Noun, found: list[SceneObject], discourse: Discourse) -> SceneObject:
        """The one that a superlative singles out."""
        if noun.pick == "order":
            raise question(
                f"In what order? Which one do you mean by '{shortened(noun.words)}': {_labels(found, 'or')}?"
            )
        called = [one for one in found if noun.pick in SIZES and self._said_of(noun.words, one)]
        if len(called) == 1 and noun.rank == 1:
            return called[0]
        ordered = self._by(found, noun.pick, discourse)
        if noun.pick in ("left", "right"):
            ordered = self._by(found, f"{noun.pick}most", discourse)
        if noun.rank > len(ordered):
            raise refusal(f"There are only {len(ordered)}: {_labels(ordered)}.")
        return ordered[noun.rank - 1]

    def _said_of(self, words: str, thing: SceneObject) -> bool:
        """Whether an adjective of a description is part of what a thing is called: ``the small one``."""
        called = {word for name in (thing.id, *thing.names) for word in _plain(name).split()}
        return bool(called & set(words.split()) & self._words.sizes)

    def _by(self, found: list[SceneObject], pick: str, discourse: Discourse) -> list[SceneObject]:
        """Things in the order of a superlative, ties by name."""

        def distance(thing: SceneObject) -> float:
            pose = discourse.pose
            return pose.distance_to(thing.position[0], thing.position[1]) if pose else 0.0

        keys = {
            "nearest": distance,
            "farthest": lambda thing: -distance(thing),
            "biggest": lambda thing: -math.prod(thing.size),
            "smallest": lambda thing: math.prod(thing.size),
            "tallest": lambda thing: -thing.size[2],
            "shortest": lambda thing: (thing.size[2], max(thing.size)),
            "longest": lambda thing: -max(thing.size),
            "leftmost": lambda thing: -self._bearing(thing, discourse),
            "rightmost": lambda thing: self._bearing(thing, discourse),
        }
        if pick in ("nearest", "farthest", "leftmost", "rightmost") and discourse.pose is None:
            raise question(f"I do not know where I am, so which of these do you mean: {_labels(found, 'or')}?")
        if pick == "middle":
            ordered = sorted(found, key=lambda thing: (self._bearing(thing, discourse), thing.id))
            return [ordered[len(ordered) // 2]]
        return sorted(found, key=lambda thing: (keys[pick](thing), thing.id))

    def _in_order_of_way(self, found: list[SceneObject], discourse: Discourse) -> tuple[str, ...]:
        """All of them, each time the nearest to the one before."""
        left, out = list(found), []
        at = (discourse.pose.x, discourse.pose.y) if discourse.pose else found[0].position[:2]
        while left:
            nearest = min(left, key=lambda thing: (math.dist(thing.position[:2], at), thing.id))
            left.remove(nearest)
            out.append(nearest.id)
            at = nearest.position[:2]
        return tuple(out)

    def _bearing(self, thing: SceneObject, discourse: Discourse) -> float:
        """Angle to a thing, rad, positive to the left; 0 when the robot's pose is not known."""
        return discourse.pose.bearing_to(thing.position[0], thing.position[1]) if discourse.pose else 0.0

    def _nothing(self, noun: Noun) -> Exception:
        """That there is no such thing."""
        words = shortened(noun.words)
        return Answer("refusal", f"There is no {words} here. {self._known()}", missing=words)

    def _known(self) -> str:
        """What there is."""
        return f"I know: {things_known(self._scene)}."


def _plain(name: str) -> str:
    """A name as people write it, without its article."""
    return name.replace("_", " ").casefold().removeprefix("the ")


def _labels(things: list[SceneObject], word: str = "and") -> str:
    """Things in words."""
    labels = [thing.label for thing in things]
    names = [thing.id if labels.count(thing.label) > 1 else thing.label for thing in things]
    return listed((f"the {name}" for name in names), word)
