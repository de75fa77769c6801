"""Moves: things and people that are to be somewhere else, or with somebody."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from skill_stack.planner.gist.content import Content
from skill_stack.planner.gist.fitter import Ids
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.kinds import Kinds
from skill_stack.planner.gist.maker import Maker
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.transfer import Transfer, goal_of, transfers
from skill_stack.planner.interpreter import Reading
from skill_stack.planner.language.reference import Discourse

HANDING = frozenset("give hand serve offer present pass lend".split())
"""Verbs by which a thing comes to somebody, and never to a place."""


class MoveOrders(Maker):
    """Finds what is to be carried, handed over, thrown away, fetched or led somewhere."""

    def rows(self, content: Content, form: Form) -> list[Order]:
        """Things and people with where they are to go, one after the other: ``soup to Anna, Ben to the lounge``."""
        parts = transfers(content.mentions, self.spoken, self.types) if form.kind == "bare" else []
        out: list[Order] = []
        before: Mention | None = None
        for part in parts:
            last = part.themes[-1] if part.themes else None
            if not part.goals and last is not None and len(part.themes) > 1 and self._receives(last, part.themes[:-1]):
                part = Transfer(part.themes[:-1], [last], part.dropped, part.lost)  # "nappies, nursery"
            goal = goal_of(part, self.spoken)
            if goal is None and [one.kind for one in part.themes] == ["place", "person"]:
                part, goal = Transfer(part.themes[1:], part.themes[:1], part.dropped), part.themes[0]
            if goal is not None and goal.kind == "person" and [one.kind for one in part.themes] == ["place"]:
                part, goal = Transfer([goal], part.themes, part.dropped), part.themes[0]  # "toilet for Finn"
            goal = goal or before  # "the menu for Emil and a pencil"
            if part.lost or goal is None:
                continue
            before = goal
            for one in part.themes:
                if one.kind != "person":
                    out += self._carried(one, goal, content, form)
                    continue
                for place in self._one(goal) if goal.way != "place" else []:  # "Tess in the cellar" only tells
                    found = self._chosen(one, partial(self.fitter.guide, place=place, words=content.words))
                    out += self._order(found, place, form, "guide")
        return out

    def _receives(self, mention: Mention, themes: list[Mention]) -> bool:
        """Whether what is named last is where what was named before it goes: ``soup, table one``."""
        kinds = Kinds(self.types, self.spoken.resolver)
        if mention.kind == "person":
            return all(one.kind != "person" and not all(map(kinds.stays, one.ids)) for one in themes)
        if mention.kind not in ("place", "thing") or not mention.ids:
            return False
        holds = all(map(kinds.holds, mention.ids))
        return all(
            holds if one.kind in ("person", "pronoun") else kinds.receives(mention.ids, one.ids) for one in themes
        )

    def guided(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
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

    def disposed(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
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
                if form.kind == "bare" and set(one.ids) & set(self._bins()):
                    continue  # "peel? bin."
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
            if Kinds(self.types, self.spoken.resolver).rank(thing.id)
            and names & {thing.kind.replace("_", " "), thing.id.replace("_", " "), *thing.names}
        ]

    def moved(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
        """Things that are to be somewhere else or with somebody."""
        verbs = [head for head in heads if head[0] in self.tables.data.carry]
        if not verbs and (heads or form.kind == "order"):
            return []
        before: Mention | None = None
        handing = form.kind == "order" and bool(verbs) and all(head[0] in HANDING for head in verbs)
        out: list[Order] = []
        for part in transfers(content.mentions, self.spoken, self.types):
            if part.lost:
                return []
            part = _with_recipient(part, form)
            goal = goal_of(part, self.spoken) or (before if part.themes else None)
            if goal is None or (not part.themes and form.kind == "bare"):
                return []
            before = goal  # "bring the gloves to Ben, and afterwards the tape"
            for one in part.themes:
                if one.kind == "person":
                    return []
                found = self._carried(one, goal, content, form)
                found = [order for order in found if not handing or order.kind == "give"]
                if not found and out:
                    return []  # not the half of it
                out += found
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

    def _laid(self, place: Ids, before: str, words: str, given: bool, ids: Ids) -> Reading | None:
        """A clause by which things are handed to somebody, or put somewhere; nobody is carried."""
        people = self.spoken.resolver.people
        kinds = Kinds(self.types, self.spoken.resolver)
        if set(ids) & {*people, *place} or any(map(kinds.stays, ids)):
            return None
        if not given and any(map(kinds.lives, place)):
            return None  # "the file on Rex"
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

    def fetched(self, content: Content, form: Form, heads: list[tuple[str, ...]]) -> list[Order]:
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
