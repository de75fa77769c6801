"""Orders: the content of a piece → what is asked for, by the frame of a skill that explains most of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from skill_stack.planner.gist.choosing import Choosing
from skill_stack.planner.gist.content import Content
from skill_stack.planner.gist.fitter import PUTTING, Fitter, Ids, Slot
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.gist.transfer import Transfer, goal_of, transfers
from skill_stack.planner.gist.words import Tables
from skill_stack.planner.interpreter import Reading
from skill_stack.planner.language.chunks import Choice, Noun
from skill_stack.planner.language.reference import Discourse
from skill_stack.planner.roles import Types

HANDING = frozenset("give hand serve offer present pass lend".split())
"""Verbs by which a thing comes to somebody, and never to a place."""

SWITCHING = frozenset("open close shut switch turn start stop lock unlock power put activate deactivate".split())
"""Verbs by which something is opened or switched."""

LIGHT = frozenset("have get make let want see keep leave need like give be go end stand lie hang come".split())
"""Verbs that say little beside another one: ``have it washed``."""


@dataclass(slots=True)
class Orders:
    """Finds what is asked for.

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

    def of(self, content: Content, form: Form) -> list[Order]:
        """What a piece asks for; nothing where no skill explains it.

        Raises:
            Answer: It may mean several things.
        """
        heads = [head for _, head in content.verbs]
        if form.kind != "order" or (heads and heads[0][0] in LIGHT and len(heads) > 1):
            heads.reverse()
        ways: tuple[Callable[[], list[Order]], ...] = (
            lambda: self._states(content, form),
            lambda: self._acts(content, form, [head for head in heads if not self._family(head)]),
            lambda: self._rows(content, form),
            lambda: self._guided(content, form, heads),
            lambda: self._disposed(content, form, heads),
            lambda: self._moved(content, form, heads),
            lambda: Choosing(self.tables, self.fitter, self.spoken).orders(content, form, heads),
            lambda: self._fetched(content, form, heads),
            lambda: self._acts(content, form, [head for head in heads if self._family(head) and form.kind == "order"]),
        )
        if content.negated and not content.states and not form.negated:
            return []
        themes = any(not one.before for one in content.mentions)
        if form.kind == "end" and form.whose is None and not themes and (heads or content.states):
            content.mentions.insert(0, Mention(0, 0, "it", "pronoun"))  # "…, needs to be washed"
        for way in ways:
            found = way()
            if found:
                return found
        return []

    def _rows(self, content: Content, form: Form) -> list[Order]:
        """Things and people with where they are to go, one after the other: ``soup to Anna, Ben to the lounge``."""
        parts = transfers(content.mentions, self.spoken, self.types) if form.kind == "bare" else []
        out: list[Order] = []
        for part in parts:
            last = part.themes[-1] if part.themes else None
            if not part.goals and last is not None and len(part.themes) > 1 and last.kind in ("place", "person"):
                part = Transfer(part.themes[:-1], [last], part.dropped, part.lost)  # "nappies, nursery"
            goal = goal_of(part, self.spoken)
            if part.lost or goal is None:
                continue
            for one in part.themes:
                if one.kind != "person":
                    out += self._carried(one, goal, content, form)
                    continue
                for place in self._one(goal):
                    found = self._chosen(one, partial(self.fitter.guide, place=place, words=content.words))
                    out += self._order(found, place, form, "guide")
        return out

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
        types = self.types.lexicon.things.types
        kinds = {kind for name in ("fixed", "furniture", "container", "device") for kind in types[name].kinds}
        kinds |= {
            "window",
            "curtain",
            "curtains",
            "blind",
            "blinds",
            "shutter",
            "cabinet",
            "till",
            "chest",
            "rack",
            "sign",
        }
        named = (self.spoken.resolver.kind(name).replace("_", " ") for name in ids)
        return all(kind in kinds or kind.split()[-1] in kinds for kind in named)

    def _order(self, found: tuple[Reading, Ids] | None, goal: Ids, form: Form, kind: str) -> Iterator[Order]:
        """An order, where something fits."""
        if found is not None:
            yield Order(found[0], found[1], goal, form.strength, kind)

    def _states(self, content: Content, form: Form) -> list[Order]:
        """Things that are to be on, off, open or closed."""
        out: list[Order] = []
        for _, state in content.states[-1:]:
            if content.negated and {"can", "could", "will", "would"} & set(content.texts):
                return []  # "the door can't be shut"
            if content.negated or form.negated:
                state = self.tables.data.opposites.get(state, "")
            for verb in self.tables.data.states.get(state, ()):
                head = self.tables.lexicon.split(verb)
                for one in self._targets(content):
                    found = self._chosen(one, partial(self._fit, head, [], content.words, ()))
                    out += self._order(found, (), form, "state")
                if out:
                    return out
        return out

    def _targets(self, content: Content) -> list[Mention]:
        """What may be meant to be in a state: things without a preposition, else any."""
        (first, *_) = transfers(content.mentions, self.spoken, self.types) or [Transfer()]
        bare = [one for one in first.themes if one.kind != "person"]
        return bare or [one for one in content.mentions if one.kind == "thing" and one.way == "place"]

    def _acts(self, content: Content, form: Form, heads: Iterable[tuple[str, ...]]) -> list[Order]:
        """What verbs of the library ask for by themselves."""
        for head in heads:
            for other in self._same(head):
                out = list(self._acted(content, form, other))
                if out:
                    return out
        return []

    def _same(self, head: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """A verb, and others that a skill may answer to in its place."""
        yield head
        for other in self.tables.data.instead.get(head[0], ()) if len(head) == 1 else ():
            yield self.tables.lexicon.split(other)

    def _acted(self, content: Content, form: Form, head: tuple[str, ...]) -> Iterator[Order]:
        """The orders of one verb: with everything that is said, else with less."""
        for part in transfers(content.mentions, self.spoken, self.types):
            if part.lost:
                yield from self._said(content, form, head, part)
                return
            goals = [one for one in part.goals if one.kind != "unknown"]
            whose = [form.whose] if form.whose is not None and form.kind == "need" else []
            themes = part.themes or part.dropped[:1] or whose
            if not themes and content.left:
                continue  # "sit xyzzy"
            if not themes:
                bare = self.fitter.fit(
                    head,
                    [("to" if one.way == "goal" else one.before, ids) for one in goals for ids in self._one(one)],
                    content.words,
                    content.texts,
                )
                if bare is not None:
                    yield Order(bare, (), goals[0].ids if goals else (), form.strength, "act")
                continue
            for one in themes:
                found = None
                loose = all(
                    goal.way == "place" or goal.before == "for" or goal.words == "there" for goal in goals
                ) and not self._family(head)
                for goal in [*reversed(goals), *([None] if loose or not goals else [])]:
                    after: list[Slot] = [] if goal is None else [(self._plain(goal), ids) for ids in self._one(goal)]
                    if goal is not None and not after:
                        continue
                    found = self._chosen(one, partial(self._fit, head, after, content.words, content.texts))
                    if found is not None:
                        break
                yield from self._order(found, (), form, "act")

    def _said(self, content: Content, form: Form, head: tuple[str, ...], part: Transfer) -> Iterator[Order]:
        """The order of a verb with what is said, which no thing is: ``recite me a poem``."""
        people = [ids for one in part.themes if one.kind == "person" for ids in self._one(one)]
        ways: list[list[Slot]] = [[("", ids)] for ids in people]
        for slots in [*ways, []]:
            found = self.fitter.fit(head, slots, content.words, content.texts)
            if found is not None and any(isinstance(chunk, Choice) for chunk in found.clause.chunks):
                yield Order(found, slots[0][1] if slots else (), (), form.strength, "act")
                return

    def _plain(self, mention: Mention) -> str:
        """The preposition of a goal as skills have it."""
        last = mention.before.split()[-1:] or [""]
        return {"into": "in", "onto": "on", "towards": "to"}.get(last[0], last[0])

    def _guided(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
        """Somebody who is to be led somewhere."""
        if not any(head[0] in self.tables.data.guide for head in heads):
            return []
        for part in transfers(content.mentions, self.spoken, self.types):
            people = [one for one in part.themes if one.kind == "person" or one.words in ("him", "her", "them")]
            if form.kind in ("end", "need") and form.whose is not None and not part.themes:
                people = [form.whose]
            if len(people) != max(1, len(part.themes)) or part.lost:
                continue
            goals = [one for one in part.goals if not (one.before == "for")]
            for goal in goals[::-1]:
                for place in self._one(goal):
                    found = self._chosen(people[0], partial(self.fitter.guide, place=place, words=content.words))
                    if found is not None:
                        return list(self._order(found, place, form, "guide"))
        return []

    def _disposed(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
        """Things that are to be thrown away."""
        table = self.tables.lexicon.table(self.tables.data.dispose)
        said = " ".join(content.texts)
        away = any(f" {' '.join(self.tables.lexicon.split(one))} " in f" {said} " for one in self.tables.data.dispose)
        away = (
            away
            or any(head[0] in ("throw", "chuck", "toss") for head in heads)
            and bool({"away", "out"} & set(content.texts))
        )
        if not away or table is None:
            return []
        out: list[Order] = []
        for part in transfers(content.mentions, self.spoken, self.types):
            if part.goals or part.lost:
                return []
            for one in part.themes:
                found = self._chosen(one, partial(self._binned, content.words))
                out += self._order(found, (), form, "put")
        return out

    def _bins(self) -> list[str]:
        """Things that are for what is thrown away."""
        scene = self.fitter.interpreter.scene
        names = set(self.tables.data.bins)
        return [
            thing.id
            for thing in scene.things
            if names & {thing.kind.replace("_", " "), thing.id.replace("_", " "), *thing.names}
        ]

    def _moved(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
        """Things that are to be somewhere else or with somebody."""
        verbs = [head for head in heads if head[0] in self.tables.data.carry]
        if not verbs and (heads or form.kind == "order"):
            return []
        handing = form.kind == "order" and bool(verbs) and all(head[0] in HANDING for head in verbs)
        out: list[Order] = []
        for part in transfers(content.mentions, self.spoken, self.types):
            if part.lost:
                return []
            part = _with_recipient(part, form)
            goal = goal_of(part, self.spoken)
            if goal is None or (not part.themes and form.kind == "bare"):
                return []
            for one in part.themes:
                if one.kind == "person":
                    return []
                out += [
                    order for order in self._carried(one, goal, content, form) if not handing or order.kind == "give"
                ]
        return out

    def _carried(self, theme: Mention, goal: Mention, content: Content, form: Form) -> list[Order]:
        """One thing that is to be with somebody, or somewhere."""
        people = self.spoken.resolver.people
        for place in self._places(goal, theme, content):
            given = set(place) <= people
            kind = "give" if given else "put"
            found = self._chosen(theme, partial(self._laid, place, goal.before, content.words, given))
            if found is not None:
                if kind == "put" and form.strength < 3 and all(self.spoken.inside(name, place) for name in found[1]):
                    return []  # it is there
                return list(self._order(found, place, form, kind))
        return []

    def _fit(
        self, head: tuple[str, ...], after: list[Slot], words: str, texts: tuple[str, ...], ids: Ids
    ) -> Reading | None:
        """A clause of a verb with a thing right after it."""
        return self.fitter.fit(head, [("", ids), *after], words, texts)

    def _laid(self, place: Ids, before: str, words: str, given: bool, ids: Ids) -> Reading | None:
        """A clause by which things are handed to somebody, or put somewhere; nobody is carried."""
        people = self.spoken.resolver.people
        if set(ids) & {*people, *place}:
            return None
        return self.fitter.give(ids, place, words) if given else self.fitter.put(ids, place, before, words)

    def _binned(self, words: str, ids: Ids) -> Reading | None:
        """A clause by which things are thrown away."""
        ways = (self.fitter.put(ids, (place,), "in", words) for place in self._bins() if place not in ids)
        return next((one for one in ways if one is not None), None)

    def _places(self, goal: Mention, theme: Mention, content: Content) -> list[Ids]:
        """What a goal may mean: of several so called, those where something can be put or that somebody is.

        Raises:
            Answer: It may be several.
        """
        options = self.spoken.options(goal)
        if goal.kind == "pronoun" or len(options) < 2 or goal.noun is None:
            return options
        themes = self.spoken.options(theme)[:1]
        fits = [
            one
            for one in options
            for ids in themes
            if set(one) <= self.spoken.resolver.people or self.fitter.put(ids, one, goal.before, content.words)
        ]
        names = frozenset(name for one in fits or options for name in one)
        pose = self.fitter.interpreter.discourse.pose
        return [
            (name,)
            for name in self.fitter.interpreter.resolver.resolve(
                replace(goal.noun, ids=names, words=goal.words), Discourse(pose=pose)
            )
        ]

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

    def _fetched(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
        """Things that somebody wants, or that are to be brought to the one who speaks."""
        verbs = [head for head in heads if self._family(head)]
        fetches = any(head[0] in self.tables.data.fetch for head in heads) and form.kind == "order"
        wanting = form.kind in ("need", "end") and not [head for head in heads if head not in verbs]
        if not fetches and not (wanting and form.whose is not None):
            return []
        whose = form.whose or (Mention(0, 0, "me", "person", (self.speaker,)) if self.speaker else None)
        out: list[Order] = []
        for part in transfers(content.mentions, self.spoken, self.types):
            if part.lost or part.goals:
                return []
            themes = [one for one in part.themes if one.kind != "person"]
            named = [one for one in part.themes if one.kind == "person"]
            to = named[0] if named else whose
            for one in themes:
                if to is None:
                    out += self._order(
                        self._chosen(one, lambda ids: self.fitter.take(ids, content.words)), (), form, "take"
                    )
                    continue
                out += self._carried(one, to, content, form)
        return out


def _with_recipient(part: Transfer, form: Form) -> Transfer:
    """The transfer with somebody who stands before the things as its goal: ``hand Kofi the beer``."""
    people = [
        one
        for one in part.themes
        if one.kind == "person"
        or one.words in ("him", "her", "them")
        and len(part.themes) > 1
        and one is part.themes[0]
    ]
    things = [one for one in part.themes if one not in people]
    if people and things and not part.goals:
        return Transfer(things, people[:1], part.dropped, part.lost)
    if form.kind == "need" and form.whose is not None and not part.goals:
        return Transfer(part.themes, [form.whose], part.dropped, part.lost)
    return part
