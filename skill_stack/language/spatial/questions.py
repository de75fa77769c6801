"""SpatialQuestions: answers to questions about things, places, views and changes, from the scene alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skill_stack.core.spatial import relations as spatial
from skill_stack.core.spatial.parts import is_part
from skill_stack.core.spatial.places import free_place
from skill_stack.core.spatial.relations import Frame
from skill_stack.core.spatial.solids import gap
from skill_stack.core.world.scene import SceneChange, SceneGraph, SceneObject
from skill_stack.language.answers import Answer, Unclear, listed, question
from skill_stack.language.grammar.reference import Resolver
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.spatial.program import SpatialProgram
from skill_stack.language.wording.order_form import OrderForm
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.pattern_grammar import PatternGrammar, Term, Unfit, load_grammar
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import STOPS, Token

MOST_TRIED = 40
"""Readings of a question that are tried at most."""
FREE = 0.06
"""Radius of a free place for nothing in particular, m."""
NOTHING = "Nothing that I know of."
AGREED = 0.05
"""Difference of two distances in two frames that makes no difference, m."""


def spatial_grammar() -> PatternGrammar:
    """The grammar of spatial questions."""
    return load_grammar(Path(__file__).with_name("grammar.yaml"))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a program found.

    Attributes:
        value: The answer as a value, by which answers in two frames are compared.
        sentence: The answer in words.
    """

    value: Any
    sentence: str


class SpatialWordReader:
    """Reads what the grammar of spatial questions leaves to code."""

    def __init__(self, spoken: SpokenLibrary, words: SceneWords) -> None:
        """Builds the tables; see :class:`skill_stack.language.words.pattern_grammar.WordReader`."""
        self._words, self._nouns, self._quantities = words, spoken.nouns(words), spoken.quantities
        lexicon = spoken.lexicon
        self._tables = lexicon.shared(_tables)
        self._articles = frozenset(lexicon.small.articles)
        said = (word for kind in ("COMPARED", "EXTREME", "RELATION") for word in self._tables[kind].words())
        self._closed = (spatial_grammar().words | frozenset(said)) - self._articles

    def read(self, kind: str, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        """Yields the end and the value of what is read at a position."""
        if kind == "NOUN":
            yield from self._noun(tokens, at)
        elif kind == "ANYTHING":
            nouns = self._nouns.parse(tokens, at)
            yield from ((end, one) for end, one in nouns if one.role == "thing" and one.ids is None)
        elif kind == "OWN_SIDE":
            yield from ((end, (side, noun)) for end, side, noun in self._nouns.own_side(tokens, at))
        elif kind == "COLOUR":
            yield from self._words.colours.match(tokens, at)
        elif kind in ("METRES", "SECONDS"):
            unit = "m" if kind == "METRES" else "s"
            amounts = self._quantities.amount(tokens, at)
            yield from ((end, one.value) for end, one in amounts if one.unit == unit and not one.vague)
        else:
            yield from self._tables[kind].match(tokens, at)

    def _noun(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        """Noun phrases; an unknown noun ends where the grammar has a word."""
        known = list[int]()
        for end, noun in self._nouns.parse(tokens, at):
            if noun.role != "unknown":
                known.append(end)
                yield end, noun
                continue
            texts = [token.text for token in tokens[at:end]]
            stop = next((k for k, text in enumerate(texts) if k and text in self._closed), len(texts))
            if at + stop > max(known, default=0):
                said = texts[texts[0] in self._articles : stop]
                yield at + stop, replace(noun, words=" ".join(said))


def posed(phrase: str) -> bool:
    """Whether a relation begins with a verb, which the grammar reads: ``resting on``."""
    return phrase.split()[0].endswith(("ing", "ed"))


def _tables(lexicon: Lexicon) -> dict[str, PhraseTable[Any]]:
    words, sides = lexicon.spatial, ("left", "right")
    strict = {phrase for phrases in words.strict.values() for phrase in phrases}
    relations = {kind: Words(one for one in phrases if one not in strict and not posed(one))
                 for kind, phrases in lexicon.things.relations.items() if kind not in ("between", "from")}  # fmt: skip
    scales = {"COMPARED": words.compared, "EXTREME": words.extremes}
    return {
        "RELATION": lexicon.grouped({**relations, **words.strict, **words.compass}),
        "SIDE": lexicon.grouped({side: Words((side,)) for side in sides}),
        "FRAME": lexicon.grouped(words.frames),
        **{kind: PhraseTable((lexicon.split(phrase), (name, sign)) for name, both in groups.items()
                             for sign, phrases in zip((1, -1), both) for phrase in phrases)
           for kind, groups in scales.items()},
    }  # fmt: skip


class SpatialQuestions(OrderForm):
    """Answers questions over one scene."""

    def answer(self, tokens: Sequence[Token]) -> Answer | None:
        """Answers a question; None where the words are none that the grammar reads."""
        asked = list(tokens)
        while asked and asked[-1].text in STOPS:
            asked.pop()
        while asked and asked[-1].text in (",", "please", "now"):
            asked.pop()
        words, scene = self._spoken_of()
        reader = SpatialWordReader(self.spoken, words)
        ended: Answer | None = None
        for tried, program in enumerate(spatial_grammar().readings("question", asked, reader)):
            if tried == MOST_TRIED:
                break
            try:
                return self._agreed(program, words, scene)
            except Unclear as end:
                ended = ended or end.answer
            except Unfit:
                continue
        return ended

    def _spoken_of(self) -> tuple[SceneWords, SceneGraph]:
        """The names of the scene with what is gone, and that scene."""
        scene = self.words.scene
        labels = {thing.label for thing in scene.objects.values()}
        gone = {change.name: change.before for change in scene.history.since(-math.inf)
                if change.change == "removed" and change.before is not None and change.before.label not in labels}
        if not gone:
            return self.words, scene
        whole = replace(scene, objects={**gone, **scene.objects})
        return self.words.of_scene(whole), whole

    def _agreed(self, program: Term, words: SceneWords, scene: SceneGraph) -> Answer:
        """The answer, where the frames that may be meant agree; else the question which is meant."""
        facts = self.facts | scene.facts

        def resolver(over: SceneGraph, frame: Frame, said: bool) -> Resolver:
            return Resolver(words if over is scene else self.words.of_scene(over), self.facts, frame, said)

        here = frozenset(name for name in self.words.scene.objects if name in scene.objects)
        run = SpatialProgram(scene, here, facts, resolver, scene.robot, scene.robot)
        own_run = run.another(frame="own")
        seen = _found(run, program)
        note = f" It looks to me like a {run.taken.kind}." if run.taken is not None else ""
        if not run.framed:
            return Answer("statement", seen.sentence + note)
        own = _found(own_run, program)
        if _same(seen.value, own.value):
            return Answer("statement", seen.sentence + note)
        return question(
            f"That depends on whose side is meant. As I see it: {_lower(seen.sentence)} As the thing itself has it: "
            f"{_lower(own.sentence)} Say 'as you see it' or 'on its own side'."
        )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= AGREED
    return bool(one == other)


def _lower(sentence: str) -> str:
    return sentence if sentence.startswith("I ") else sentence[:1].lower() + sentence[1:]


def _found(run: SpatialProgram, program: Term) -> Finding:
    if program.name in ("in_frame", "seen_from", "before"):
        start: dict[str, Callable[[Any], SpatialProgram]] = {
            "in_frame": lambda frame: run.another(frame=frame, said=True, framed=False),
            "seen_from": run.seen_from,
            "before": run.at_time,
        }
        inner = start[program.name](program.parts[0])
        found = _found(inner, program.parts[1])
        run.framed |= inner.framed and program.name != "in_frame"
        run.taken = inner.taken
        return found
    return _ASKED[program.name](run, *program.parts)


def _whether(run: SpatialProgram, term: Any, so: Term) -> Finding:
    things = run.things(term)
    fits = [run.holds(so, thing) for thing in things]
    if all(fits):
        return Finding(True, "Yes.")
    which = listed((name_of(one) for one, holds in zip(things, fits) if not holds), "and")
    return Finding(False, f"No: {which} {'is' if fits.count(False) == 1 else 'are'} not." if len(things) > 1 else "No.")


def _exists(run: SpatialProgram, term: Any) -> Finding:
    found = run.things(term)
    if found:
        return Finding(True, f"Yes: {names_of(found)}.")
    return _unknown(run, term) or Finding(False, "No." if not run.watching else "No, none that I have seen.")


def _unknown(run: SpatialProgram, term: Any) -> Finding | None:
    """That it cannot be known, where too little was seen."""
    where = run.unseen(term)
    return Finding(None, f"I cannot know: I have not seen what is {where}.") if where else None


def _count(run: SpatialProgram, term: Any) -> Finding:
    found = run.things(term)
    if not found:
        return _unknown(run, term) or Finding(0, "There are none.")
    return Finding(len(found), f"There {'is' if len(found) == 1 else 'are'} {len(found)}: {names_of(found)}.")


def _which(run: SpatialProgram, term: Any) -> Finding:
    found = run.things(term)
    return (None if found else _unknown(run, term)) or _named(found, NOTHING)


def _extreme(run: SpatialProgram, by: tuple[str, int], term: Any, to: Any = None) -> Finding:
    return _named(run.extreme(by, run.things(term), run.one(to) if to is not None else None))


def _named(found: list[SceneObject], none: str = "There is none.") -> Finding:
    return Finding(_ids(found), f"{_upper(names_of(found))}." if found else none)


def _choice(run: SpatialProgram, by: tuple[str, int], one: Any, other: Any, to: Any = None) -> Finding:
    pair, target = [run.one(one), run.one(other)], run.one(to) if to is not None else None
    if by[0] != "bearing" and run.alike(by[0], pair[0], pair[1], target):
        return Finding("same", "They are about the same.")
    return _named([max(pair[::-1], key=lambda thing: by[1] * run.measure(by[0], thing, target))])


def _distance(run: SpatialProgram, one: Any, other: Any) -> Finding:
    a, b = run.one(one), run.one(other)
    away = run.measure("distance", a, b)
    return Finding(away, f"{metres(away)} lie between {name_of(a)} and {name_of(b)}.")


def _measure(run: SpatialProgram, scale: Term, one: Any) -> Finding:
    thing = run.one(one)
    if is_part(thing) and scale.name in ("height", "level"):
        return Finding(thing.position[2], f"{metres(thing.position[2])} over the floor.")
    if max(thing.size) <= 0:
        return Finding(None, f"I do not know how large {name_of(thing)} is.")
    value = run.measure(scale.name, thing)
    if scale.name == "size":
        size = " by ".join(metres(extent) for extent in thing.size)
        return Finding(value, f"{_upper(name_of(thing))} measures {size}, {1e3 * value:.1f} litres.")
    return Finding(value, f"{metres(value)}.")


def _colour(run: SpatialProgram, term: Any) -> Finding:
    things = run.things(term)
    said = " ".join(f"{_upper(name_of(one))} is {one.colour or 'of no colour that I know'}." for one in things)
    return Finding(tuple(one.colour for one in things), said)


def _fronted(answer: Callable[[SpatialProgram, SceneObject, list[SceneObject]], Finding]) -> Callable[..., Finding]:
    """Answers about a thing with a front, and what it faces."""

    def found(run: SpatialProgram, term: Any) -> Finding:
        thing = run.one(term)
        if not (spatial.has_front(thing) or spatial.is_body(thing) or is_part(thing)):
            return Finding(None, f"I cannot know: I know of no front of {name_of(thing)}.")
        return answer(run, thing, _ahead_of(run, thing))

    return found


def _heading(run: SpatialProgram, thing: SceneObject, faced: list[SceneObject]) -> Finding:
    north = min(spatial.COMPASS, key=lambda one: abs(math.remainder(thing.yaw - spatial.COMPASS[one], math.tau)))
    towards = f"Towards {name_of(faced[0])}, " if faced else "Towards the "
    return Finding(north, f"{towards}{north}{_as_seen(run, thing)}.")


def _as_seen(run: SpatialProgram, thing: SceneObject) -> str:
    viewer = run.viewer
    if viewer is None or spatial.is_body(thing) and thing.id == "robot":
        return ""
    away = math.atan2(thing.position[1] - viewer.y, thing.position[0] - viewer.x)
    names = {"away from me": 0.0, "to my left": math.pi / 2, "towards me": math.pi, "to my right": -math.pi / 2}
    return f", {min(names, key=lambda one: abs(math.remainder(thing.yaw - away - names[one], math.tau)))}"


def _ahead_of(run: SpatialProgram, thing: SceneObject) -> list[SceneObject]:
    """The nearest thing that another one faces; none where there is none."""
    others = [one for one in run.all() if one.id != thing.id]
    facing = [one for one in others if spatial.margin("facing", thing, [one], run.view) >= 0]
    return sorted(facing, key=lambda one: (gap(thing, one), one.id))[:1]


def _where(run: SpatialProgram, term: Any) -> Finding:
    things = run.things(term)
    if [one.id for one in things] == ["robot"]:
        return _own_place(run)
    return Finding(_ids(things), " ".join(_place(run, one) for one in things))


def _own_place(run: SpatialProgram) -> Finding:
    pose = run.body
    assert pose is not None  # its thing was found
    near = run.extreme(("distance", -1), run.all())
    away = metres(run.measure("distance", near[0])) if near else ""
    told = f", {away} from {name_of(near[0])}" if near else ""
    return Finding("robot", f"I am at x = {pose.x:.2f} m, y = {pose.y:.2f} m{told}.")


def _place(run: SpatialProgram, thing: SceneObject) -> str:
    """Where a thing is: on what, and relative to the robot if its pose is known."""
    facts = run.facts
    held = next((f for f in sorted(facts) if f.predicate in ("on", "in") and f.arguments[:1] == (thing.id,)), None)
    known = held is not None and held.arguments[1] in run.scene.objects
    on = f" {held.predicate} {name_of(run.scene[held.arguments[1]])}," if held is not None and known else ""
    x, y, _ = thing.position
    pose = run.body
    if pose is None:
        return f"{_upper(name_of(thing))} is{on} at x = {x:.2f} m, y = {y:.2f} m."
    bearing = math.degrees(pose.bearing_to(x, y))
    side = "straight ahead" if abs(bearing) < 5 else f"{abs(bearing):.0f}° to my {'left' if bearing > 0 else 'right'}"
    return f"{_upper(name_of(thing))} is{on} {pose.distance_to(x, y):.1f} m away, {side}."


def _free_on(run: SpatialProgram, term: Any, carrier: Any) -> Finding:
    """Where there is room on a thing for another one."""
    under = run.one(carrier)
    thing = None if isinstance(term, Term) and term.name == "you" else run.one(term)
    radius = FREE if thing is None else min(thing.size[:2]) / 2
    found = free_place(under, (one for one in run.all() if thing is None or one.id != thing.id), radius)
    if found is None:
        return Finding(None, f"There is no room on {name_of(under)}.")
    (x, y, z), clear = found
    return Finding((x, y, z), f"At x = {x:.2f} m, y = {y:.2f} m, with {metres(clear)} of room around it.")


def _holders(run: SpatialProgram, relation: str, term: Any) -> Finding:
    thing = run.one(term)
    rooms = [one for one in run.scene.objects.values() if one.kind == "place"] if relation == "in" else []
    others = [one for one in (*run.all(), *rooms) if one.id != thing.id]
    run.framed |= any(spatial.framed(relation, one) for one in others)
    found = [one for one in others if spatial.margin(relation, thing, [one], run.view) >= 0]
    return _named(found, NOTHING)


def _described(run: SpatialProgram, term: Any) -> Finding:
    things = run.things(term)
    if any(one.id == "robot" for one in things):
        raise Unfit
    return Finding(_ids(things), " ".join(_told(run, one) for one in things))


def _told(run: SpatialProgram, thing: SceneObject) -> str:
    so = sorted(str(fact) for fact in run.facts if thing.id in fact.arguments)
    kind = " ".join(filter(None, (thing.colour, thing.kind.replace("_", " "))))
    return f"{_upper(name_of(thing))} is a {kind}{f'; {listed(so)}' if so else ''}."


def _changes(*kinds: str) -> Callable[..., Finding]:
    def found(run: SpatialProgram, since: Term) -> Finding:
        stamp, history = run.since(since), run.scene.history
        if stamp < history.began - 1.0:
            watched = history.now - history.began
            return Finding(None, f"I cannot know: I have watched this place for {watched:.0f} s only.")
        changes = [one for one in history.since(stamp) if one.change in kinds]
        said = " ".join(_change_told(one) for one in changes)
        return Finding(frozenset((one.change, one.name) for one in changes), said or "Nothing that I have seen.")

    return found


def _change_told(change: SceneChange) -> str:
    thing = change.after or change.before
    assert thing is not None
    if change.change == "moved" and change.before is not None and change.after is not None:
        return f"{_upper(name_of(thing))} has moved by {metres(math.dist(change.before.position, thing.position))}."
    return f"{_upper(name_of(thing))} {'is new' if change.change == 'appeared' else 'is gone'}."


def _has_moved(run: SpatialProgram, term: Any, since: Term, stays: bool = False) -> Finding:
    """Whether a thing has moved, or whether it has stayed where it was."""
    moved = _move(run, term, since)
    told = f" {_change_told(moved)}" if moved is not None else ""
    return Finding((moved is None) == stays, f"{'Yes' if (moved is None) == stays else 'No'}.{told}")


def _move(run: SpatialProgram, term: Any, since: Term) -> SceneChange | None:
    """The move of a thing since a time."""
    name, changes = run.one(term).id, run.scene.history.since(run.since(since))
    return next((one for one in changes if one.name == name and one.change == "moved"), None)


def _how_far_moved(run: SpatialProgram, term: Any, since: Term) -> Finding:
    moved = _move(run, term, since)
    if moved is None or moved.before is None or moved.after is None:
        return Finding(0.0, f"{_upper(name_of(run.one(term)))} has not moved.")
    away = math.dist(moved.before.position, moved.after.position)
    return Finding(away, f"{metres(away)}.")


def _still(run: SpatialProgram, term: Any, so: Term) -> Finding:
    now = _whether(run, term, so)
    before = _whether(run.at_time(Term("entered")), term, so)
    if now.value and not before.value:
        return Finding(True, "Yes, but it was not so before.")
    return now if now.value or before.value else Finding(False, "No, and it was not so before.")


_ASKED: Mapping[str, Callable[..., Finding]] = {
    "whether": _whether,
    "exists": _exists,
    "count": _count,
    "which": _which,
    "extreme": _extreme,
    "extreme_to": _extreme,
    "choice": _choice,
    "choice_to": lambda run, by, to, one, other: _choice(run, by, one, other, to),
    "distance": _distance,
    "measure": _measure,
    "colour": _colour,
    "heading": _fronted(_heading),
    "faced": _fronted(lambda run, thing, faced: _named(faced)),
    "where": _where,
    "free_on": _free_on,
    "holders": _holders,
    "described": _described,
    "changed": _changes("appeared", "moved", "removed"),
    "moved": _changes("moved"),
    "appeared": _changes("appeared"),
    "removed": _changes("removed"),
    "has_moved": _has_moved,
    "has_stayed": lambda run, term, since: _has_moved(run, term, since, stays=True),
    "how_far_moved": _how_far_moved,
    "still": _still,
}
"""How each question is answered."""


def _ids(things: list[SceneObject]) -> frozenset[str]:
    return frozenset(one.id for one in things)


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def metres(length: float) -> str:
    """A length in words: in centimetres below one metre."""
    return f"{length:.2f} m" if length >= 1.0 else f"{100 * length:.0f} cm"


def name_of(thing: SceneObject) -> str:
    """The label of an object, with its id where they differ."""
    if thing.id == "robot":
        return "me"
    return f"the {thing.label}" if thing.label.replace(" ", "_") == thing.id else f"the {thing.label} ({thing.id})"


def names_of(things: Sequence[SceneObject]) -> str:
    """Objects in a list."""
    return listed((name_of(thing) for thing in things), "and")

