"""SpatialProgram: runs a program of relations over a scene, in one frame of reference."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.spatial import relations as spatial
from skill_stack.core.spatial.relations import Frame, Viewing
from skill_stack.core.spatial.solids import gap
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.language.answers import Answer, Unclear, question
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.words.pattern_grammar import Term, Unfit

SAME = 0.01
"""Difference up to which two measures count as equal, m, and as a share of them."""
ALIKE = 0.03
SPANS = {"minute": 60.0, "hour": 3600.0}
"""Times that are said without a number, s."""
TURNS = {"left": math.pi / 2, "right": -math.pi / 2, "around": math.pi}
Things = list[SceneObject]


@dataclass
class SpatialProgram:
    """A run of programs over a scene.

    Attributes:
        scene: The scene, with things that are gone, so that they can be spoken of.
        here: Ids of the things that are there.
        facts: Facts that hold.
        resolvers: Makes a resolver of nouns for a scene and a frame.
        body: The robot, or where it would stand; None where that is not known.
        viewer: Whose view counts.
        frame: Frame of sides where the words name none.
        headed: Whether it is known where the body looks.
        taken: What was taken for a thing of which the shape was said otherwise.
        framed: Whether a side was met that depends on the frame.
        said: Whether somebody named the frame.
        discourse: What was mentioned.
        resolver: Resolves nouns in the scene and the frame.
    """

    scene: SceneGraph
    here: frozenset[str]
    facts: frozenset[Fact]
    resolvers: Callable[[SceneGraph, Frame, bool], Resolver]
    body: Pose2 | None
    viewer: Pose2 | None
    frame: Frame = "viewer"
    headed: bool = True
    taken: SceneObject | None = None
    framed: bool = False
    said: bool = False
    discourse: Discourse = field(default_factory=Discourse)
    resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        """Makes the resolver."""
        self.discourse.pose = self.viewer
        self.resolver = self.resolvers(self.scene, self.frame, self.said)

    def another(self, **changes: Any) -> SpatialProgram:
        """The same with another scene, viewer or frame, and nothing mentioned."""
        return replace(self, **{"discourse": Discourse(), **changes})

    @property
    def view(self) -> Viewing:
        """How relations are meant."""
        solids = tuple(one for one in self.all() if one.kind != "place")
        return Viewing(self.frame, self.viewer, self.facts, solids, said=self.said)

    def all(self) -> Things:
        """All things that are there, without places and walls."""
        return [thing for thing in self.scene.things if thing.id in self.here]

    def you(self) -> SceneObject:
        """The robot; ends where its pose is not known."""
        if self.body is None:
            raise Unclear(question("I do not know where I am."))
        return spatial.body_of(self.body)

    def me(self) -> SceneObject:
        """Who speaks; ends where nobody knows where that is."""
        name = self.resolver.words.speaker()
        if not name:
            raise Unclear(question("I do not know where you are."))
        return self.scene[name]

    def things(self, term: Any) -> Things:
        """The things that a program means, in the scene's order."""
        if isinstance(term, Noun):
            return self._meant(term)
        make: dict[str, Callable[..., Things]] = {
            "all": self.all, "you": lambda: [self.you()], "me": lambda: [self.me()],
            "people": lambda: [one for one in self.all() if one.id in self.resolver.words.people],
            "the": self._the, "set": self._set, "filter": self._filter,
            "extreme_set_to": lambda by, noun, to: self.extreme(by, self._set(noun), self.one(to)),
        }  # fmt: skip
        return make[term.name](*term.parts)

    def one(self, term: Any) -> SceneObject:
        """The single thing that a program means; ends where it means several."""
        found = self.things(term)
        if len(found) != 1:
            self._which_of(found)
        return found[0]

    def _the(self, term: Any) -> Things:
        if isinstance(term, Noun):
            return self._meant(term)
        found = self.things(term)
        noun = _noun_of(term)
        if not found:
            raise Unclear(self._missing(f"such {noun.words or 'thing'}" if noun else "such thing"))
        if len(found) > 1 and noun is not None and noun.many == "one":
            self._which_of(found)
        for thing in found:
            self.discourse.mentioned.append(thing.id)
        return found

    def _which_of(self, found: Things) -> None:
        """Ends with the question which of several is meant."""
        raise Unclear(question(f"Which one do you mean: {', '.join(f'the {one.label}' for one in found)}?", "which"))

    def _meant(self, noun: Noun) -> Things:
        if noun.role == "robot":
            return [self.you()]
        if noun.role == "thing" and noun.ids is None and noun.many == "any" and not noun.relations:
            raise Unfit  # "anything" means none in particular
        ids = self.resolver.resolve(noun, self.discourse)
        self.framed |= self.resolver.framed
        if isinstance(ids, Answer):
            if taken := self._taken_for(noun) if ids.missing else None:
                return [taken]
            raise Unclear(self._missing(ids.missing) if ids.missing else ids)
        there = [self.scene.objects[name] for name in ids if self.present(name)]
        if not there:
            raise Unclear(Answer("statement", self._gone(ids[0])))
        return there

    def _taken_for(self, noun: Noun) -> SceneObject | None:
        """The only thing of the colour that was said: cameras mistake shapes for one another."""
        words, shapes = noun.words.split(), self.resolver.words.lexicon.spatial.shapes
        if not self.watching or len(words) != 2 or words[1] not in shapes:
            return None
        colour, colour_of = self.resolver.words.colour_of.get(words[0], ""), self.resolver.words.colour
        found = [one for one in self.all() if colour and colour_of(one) == colour and one.kind in shapes]
        if len(found) != 1:
            return None
        self.taken = found[0]
        return replace(found[0], kind=words[1])

    def present(self, name: str) -> bool:
        """Whether a thing or place is there at the time that is spoken of."""
        thing = self.scene.objects[name]
        return name in self.here or thing.kind in ("place", "wall")

    def _set(self, noun: Noun) -> Things:
        if noun.role == "unknown":
            return []
        if noun.role not in ("thing", "list"):
            return self._meant(noun)
        found = self.resolver.candidates(replace(noun, many="all"), self.discourse)
        self.framed |= self.resolver.framed
        if isinstance(found, Answer):
            raise Unclear(found)
        if noun.ids is None:
            return [thing for thing in found if thing.id in self.here and thing.kind not in ("place", "wall")]
        return [thing for thing in found if self.present(thing.id)]

    def _filter(self, term: Any, so: Term) -> Things:
        found = self._set(term) if isinstance(term, Noun) else self.things(term)
        if so.name in ("extreme_to_one", "rel") and so.parts[0] in ("nearest", "far"):
            return spatial.related(so.parts[0], found, self.things(so.parts[1]), self.view)[:1]
        if so.name == "extreme_to_one":
            return self.extreme(so.parts[0], found, self.one(so.parts[1]))
        anchors = self._anchors(so)
        below = {name for one in anchors for name in self._carriers(one)}
        skipped = {one.id for one in anchors} | (below if _sided(so) else set())
        return [thing for thing in found if thing.id not in skipped and self.holds(so, thing)]

    def _anchors(self, so: Term) -> Things:
        if so.name in ("both", "either", "in_frame"):
            return [one for part in so.parts if isinstance(part, Term) for one in self._anchors(part)]
        if so.name in ("rel", "between", "within", "beyond", "facing", "compared"):
            nouns = [part for part in so.parts if isinstance(part, Term)]
            return [one for part in nouns for one in self.things(part)]
        return self.things(so.parts[0][1]) if so.name == "own" else []

    def _carriers(self, thing: SceneObject) -> set[str]:
        found, now = set[str](), thing
        while name := spatial.support(now, self.all(), spatial.TOUCH):
            if name in found:
                break
            found.add(name)
            now = self.scene.objects[name]
        return found

    def extreme(self, by: tuple[str, int], found: Iterable[SceneObject], to: SceneObject | None = None) -> Things:
        """The thing with the most of a measure, or the least; none where there is none.

        Args:
            by: The measure, and 1 for the most or -1 for the least.
            found: Among which.
            to: What a distance is to; None for the robot.
        """
        rest = [thing for thing in found if to is None or thing.id != to.id]
        return [max(rest, key=lambda thing: (by[1] * self.measure(by[0], thing, to), thing.id))] if rest else []

    def measure(self, name: str, thing: SceneObject, to: SceneObject | None = None) -> float:
        """A measure of a thing, m: a distance to another one, a bearing in rad, or one of its own."""
        if name == "distance":
            near, far = (thing, to if to is not None else self.you())
            bodies = any(spatial.is_body(one) and one.shape == "point" for one in (near, far))
            return math.dist(near.position[:2], far.position[:2]) if bodies else gap(near, far)
        if name == "bearing":
            me = self.you()
            return Pose2(*me.position[:2], me.yaw).bearing_to(*thing.position[:2])
        return spatial.MEASURES[name](thing)

    def alike(self, name: str, one: SceneObject, other: SceneObject, to: SceneObject | None = None) -> bool:
        """Whether a measure of two things is about the same."""
        a, b = (self.measure(name, thing, to) for thing in (one, other))
        return abs(a - b) <= max(SAME, ALIKE * max(abs(a), abs(b)))

    def holds(self, so: Term, thing: SceneObject) -> bool:
        """Whether something is so of a thing."""
        return _HOLDS[so.name](self, thing, *so.parts)

    def rel(self, thing: SceneObject, relation: str, other: Any) -> bool:
        """Whether a thing is in a relation to others: to each of them."""
        if relation in spatial.SIDES and _is_you(other) and not self.headed:
            raise Unclear(question("And facing what? Say for example 'if you stood at the door facing the window'."))
        others = self.things(other)
        if relation in ("nearest", "far"):
            return spatial.related(relation, self.all(), others, self.view)[:1] == [thing]
        self.framed |= any(spatial.framed(relation, one) for one in others)
        return all(spatial.margin(relation, thing, [one], self.view) >= 0 for one in others)

    def in_frame(self, thing: SceneObject, frame: Frame, so: Term) -> bool:
        """Whether something is so in a frame."""
        inner = self.another(frame=frame, said=True, discourse=self.discourse)
        held = inner.holds(so, thing)
        self.taken = inner.taken
        return held

    def fits(self, thing: SceneObject, room: Term) -> bool:
        """Whether a thing fits in, on, under or between others."""
        others = [self.one(part) for part in room.parts]
        if room.name == "under":
            return thing.size[2] < spatial.solids.bottom(others[0])
        return spatial.margin(f"fits_{room.name}", thing, others, self.view) >= 0

    def seen_from(self, where: Term) -> SpatialProgram:
        """The program for another viewer, or for the robot at another place."""
        if where.name == "me":
            me = self.me()
            return self.another(viewer=Pose2(*me.position[:2], me.yaw))
        if where.name == "at":
            place = self.one(where.parts[0])
            x, y = place.position[:2]
            headed = spatial.has_front(place) or spatial.is_body(place) or (place.kind == "place" and place.yaw != 0.0)
            pose = Pose2(x, y, place.yaw)
            if len(where.parts) > 1:
                pose, headed = self._turned_to(pose, where.parts[1]), True
            return self.another(body=pose, viewer=pose, headed=headed)
        me = self.you()
        pose = Pose2(*me.position[:2], me.yaw)
        if where.name == "facing_only":
            pose = self._turned_to(pose, where.parts[0])
        else:
            pose = replace(pose, yaw=wrap_angle(pose.yaw + TURNS[where.parts[0].name]))
        return self.another(body=pose, viewer=pose, headed=True)

    def _turned_to(self, pose: Pose2, term: Any) -> Pose2:
        x, y = self.one(term).position[:2]
        return replace(pose, yaw=math.atan2(y - pose.y, x - pose.x))

    def since(self, term: Term) -> float:
        """Task time that words mean, s; ends where nothing is known of that time."""
        history = self.scene.history
        if term.name == "ago":
            return history.now - float(term.parts[0])
        if term.name in SPANS:
            return history.now - SPANS[term.name]
        return history.began if term.name == "began" else history.entered

    def at_time(self, term: Term) -> SpatialProgram:
        """The program for the scene as it was."""
        history, stamp = self.scene.history, self.since(term)
        if stamp < history.began:
            raise Unclear(Answer("statement", "I cannot know: I have watched this place for "
                              f"{history.now - history.began:.0f} s only."))  # fmt: skip
        present = {name: thing for name, thing in self.scene.objects.items() if self.present(name)}
        then = history.things_at(stamp, present)
        scene = replace(self.scene, objects={**self.scene.objects, **then})
        moved = {change.name for change in history.since(stamp)}
        facts = frozenset(f for f in self.facts if not set(f.arguments) & moved)
        return self.another(scene=scene, here=frozenset(then), facts=facts)

    def _missing(self, words: str) -> Answer:
        """What is said of a thing that is not in the scene."""
        if self.watching:
            return Answer("statement", f"I cannot know: I have seen no {words} so far.", missing=words)
        return Answer("statement", f"I cannot know: there is no {words} that I know of.", missing=words)

    @property
    def watching(self) -> bool:
        """Whether the scene is what cameras saw, and not all that there is."""
        return self.scene.floor is not None or any(fact.predicate == "sees" for fact in self.facts)

    def _gone(self, name: str) -> str:
        thing, history = self.scene.objects[name], self.scene.history
        stamps = [change.stamp for change in history.changes if change.name == name and change.after is None]
        ago = f", {history.now - stamps[-1]:.0f} s ago" if stamps else ""
        return f"The {thing.label} is gone{ago}."

    def unseen(self, term: Term) -> str:
        """The region of which too little was seen to say that none of some things is there; empty where enough was."""
        found = (self._unseen(relation, self.things(other)) for relation, other in _placed(term))
        return next(filter(None, found), "")

    def _unseen(self, relation: str, anchors: Things) -> str:
        floor = self.scene.floor
        if floor is None:
            return ""
        points = [point for one in anchors for point in _region(relation, one, self.view)]
        known = sum(floor.seen(x, y) for x, y in points)
        if not points or known >= len(points) / 2:
            return ""
        said = {"front": "before", "in": "in", "behind": "behind"}.get(relation, f"{relation} of")
        return f"{said} the {anchors[0].label}" if not spatial.is_body(anchors[0]) else "there"


def _region(relation: str, anchor: SceneObject, view: Viewing) -> list[tuple[float, float]]:
    """Places on the floor where a thing in a relation to an anchor would be."""
    x, y = anchor.position[:2]
    if relation == "in" and anchor.kind == "place" and min(anchor.size[:2]) > 0:
        steps = [(i / 10 - 0.5, j / 10 - 0.5) for i in range(1, 10) for j in range(1, 10)]
        here = Pose2(x, y, anchor.yaw)
        spots = (here.compose(Pose2(a * anchor.size[0], b * anchor.size[1], 0.0)) for a, b in steps)
        return [(spot.x, spot.y) for spot in spots]
    if relation not in spatial.SIDES:
        return []
    ahead = spatial.side_direction(relation, anchor, view)
    return [
        (x + away * math.cos(ahead + turn), y + away * math.sin(ahead + turn))
        for away in (anchor.radius + 0.2, anchor.radius + 0.4, anchor.radius + 0.7) for turn in (-0.4, 0.0, 0.4)
    ]  # fmt: skip


def _placed(term: Any) -> Iterator[tuple[str, Any]]:
    """The relations by which things are described, with what they are to."""
    if isinstance(term, Noun):
        yield from ((where.kind, where.noun) for where in term.relations)
    elif isinstance(term, Term) and term.name == "rel":
        yield term.parts[0], term.parts[1]
    elif isinstance(term, Term) and term.name in ("filter", "set", "both", "in_frame"):
        for part in term.parts:
            yield from _placed(part)


def _noun_of(term: Any) -> Noun | None:
    while isinstance(term, Term) and term.parts:
        term = next((part for part in term.parts if isinstance(part, Noun | Term)), None)
    return term if isinstance(term, Noun) else None


def _is_you(term: Any) -> bool:
    inner = term.parts[0] if isinstance(term, Term) and term.name == "the" else term
    return (isinstance(inner, Term) and inner.name == "you") or (isinstance(inner, Noun) and inner.role == "robot")


def _sided(so: Term) -> bool:
    """Whether a property has to do with sides, on which no support of the other thing is."""
    if so.name in ("both", "either", "in_frame"):
        return any(_sided(part) for part in so.parts if isinstance(part, Term))
    sides = (*spatial.SIDES, *spatial.COMPASS, "near", "beside")
    return so.name == "own" or (so.name == "rel" and so.parts[0] in sides)


def _own(run: SpatialProgram, thing: SceneObject, side: tuple[str, Noun]) -> bool:
    anchor = run.one(side[1])
    return spatial.margin(side[0], thing, [anchor], replace(run.view, frame="own", said=True)) >= 0


def _compared(run: SpatialProgram, thing: SceneObject, by: tuple[str, int], other: Any) -> bool:
    return by[1] * (run.measure(by[0], thing) - run.measure(by[0], run.one(other))) > 0


def _compared_to(
    run: SpatialProgram, thing: SceneObject, by: tuple[str, int], one: Any, other: Any, second: Any = None
) -> bool:
    """``nearer to one than to the other``, or ``nearer to one than the other is to the second``."""
    far = gap(thing, run.one(other)) if second is None else gap(run.one(other), run.one(second))
    return by[1] * (gap(thing, run.one(one)) - far) > 0


def _stands(relation: str) -> Callable[..., bool]:
    def holds(run: SpatialProgram, thing: SceneObject, *others: Any) -> bool:
        if not others:
            run.you()
        return spatial.margin(relation, thing, list(map(run.one, others)), run.view) >= 0

    return holds


def _same(run: SpatialProgram, thing: SceneObject, other: Any) -> bool:
    noun = _noun_of(other)
    if noun is not None and noun.role not in ("thing", "list"):
        raise Unfit  # "how many boxes are there", "… are wearing hats"
    return thing.id in {one.id for one in run.things(other)}


_HOLDS: Mapping[str, Callable[..., bool]] = {
    "rel": SpatialProgram.rel,
    "in_frame": SpatialProgram.in_frame,
    "fits": SpatialProgram.fits,
    "own": _own,
    **{relation: _stands(relation) for relation in ("between", "facing", "visible", "reachable")},
    "compared": _compared,
    "equal": lambda run, thing, scale, other: run.alike(scale.name, thing, run.one(other)),
    "compared_to": _compared_to,
    "coloured": lambda run, thing, colour: run.resolver.words.colour(thing) == colour,
    "within": lambda run, thing, other, most: gap(thing, run.one(other)) <= most,
    "beyond": lambda run, thing, other, least: gap(thing, run.one(other)) >= least,
    "not": lambda run, thing, so: not run.holds(so, thing),
    "both": lambda run, thing, one, other: run.holds(one, thing) and run.holds(other, thing),
    "either": lambda run, thing, one, other: run.holds(one, thing) or run.holds(other, thing),
    "same": _same,
    "extreme_of": lambda run, thing, by, found: run.extreme(by, run.things(found)) == [thing],
}
"""Whether what the operation says is so of a thing."""
