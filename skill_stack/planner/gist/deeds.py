"""Deeds: what verbs of the library ask for by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from skill_stack.planner.gist.content import Content
from skill_stack.planner.gist.fitter import Slot
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.maker import Maker
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.transfer import Transfer, transfers
from skill_stack.planner.language.chunks import Choice
from skill_stack.planner.language.staying import elsewhere


class DeedOrders(Maker):
    """Finds what is to be done with things where they are."""

    def of(self, content: Content, form: Form, heads: Iterable[tuple[str, ...]]) -> list[Order]:
        """What verbs of the library ask for by themselves."""
        pairs = self._paired(content) if form.kind != "need" else []
        if len(pairs) > 1:
            found = [self._one_act(part, form) for part in pairs]
            if all(found):
                return [order for orders in found for order in orders]
        for head in heads:
            for other in self._same(head):
                out = list(self._acted(content, form, other))
                if out:
                    return out
        return []

    def _one_act(self, content: Content, form: Form) -> list[Order]:
        """What the only verb of a part of a piece asks for."""
        ways = (list(self._acted(content, form, other)) for other in self._same(content.verbs[0][1]))
        return next((found for found in ways if found), [])

    def _paired(self, content: Content) -> list[Content]:
        """The verbs of a piece with the things right before them: ``the hall a sweep and the table a wipe``."""
        out: list[Content] = []
        named: list[Mention] = []
        at = -1
        for begin, head in content.verbs:
            if self._family(head):
                continue
            mine = [one for one in content.mentions if at < one.begin < begin]
            named, at = mine or named, begin
            out.append(replace(content, verbs=[(begin, head)], mentions=named))
        after = any(one.begin > at for one in content.mentions)
        return [] if after or any(not one.mentions for one in out) else out

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
                free = all(
                    goal.way == "place" or goal.before == "for" or goal.words == "there" for goal in goals
                ) and not self._family(head)
                free = free and not any(self._elsewhere(one, goal) for goal in goals)
                for goal in [*reversed(goals), *([None] if free or not goals else [])]:
                    after: list[Slot] = [] if goal is None else [(self._plain(goal), ids) for ids in self._one(goal)]
                    if goal is not None and not after:
                        continue
                    found = self._chosen(one, partial(self._fit, head, after, content.words, content.texts))
                    if found is not None:
                        break
                yield from self._order(found, (), form, "act")

    def _elsewhere(self, theme: Mention, goal: Mention) -> bool:
        """Whether a thing that stays where it is is in another room than the one that is named: ``in the foyer``."""
        if goal.kind != "place" or goal.way != "place":
            return False
        scene, facts, things = self.types.scene.objects, self.spoken.resolver.facts, self.types.lexicon.things
        return bool(theme.ids) and all(elsewhere(scene[one], goal.ids, facts, things, scene) for one in theme.ids)

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
