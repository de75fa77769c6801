"""Orders: the content of a piece → what is asked for, by the frame of a skill that explains most of it."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.planner.gist.choosing import Choosing
from skill_stack.planner.gist.content import Content
from skill_stack.planner.gist.deeds import DeedOrders
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.maker import Maker
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.moves import MoveOrders
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.states import StateOrders

LIGHT = frozenset("have get make let want see keep leave need like give be go end stand lie hang come".split())
"""Verbs that say little beside another one: ``have it washed``."""


class Orders(Maker):
    """Finds what is asked for."""

    def of(self, content: Content, form: Form) -> list[Order]:
        """What a piece asks for; nothing where no skill explains it.

        Raises:
            Answer: It may mean several things.
        """
        heads = [head for _, head in content.verbs]
        if form.kind != "order" or (heads and heads[0][0] in LIGHT and len(heads) > 1):
            heads.reverse()
        made = self.tables, self.fitter, self.spoken, self.speaker, self.types
        states, deeds, moves = StateOrders(*made), DeedOrders(*made), MoveOrders(*made)
        ways: tuple[Callable[[], list[Order]], ...] = (
            lambda: states.of(content, form),
            lambda: deeds.of(content, form, [head for head in heads if not self._family(head)]),
            lambda: moves.rows(content, form),
            lambda: moves.guided(content, form, heads),
            lambda: moves.disposed(content, form, heads),
            lambda: moves.moved(content, form, heads),
            lambda: Choosing(self.tables, self.fitter, self.spoken).orders(content, form, heads),
            lambda: moves.fetched(content, form, heads),
            lambda: deeds.of(content, form, [head for head in heads if self._family(head) and form.kind == "order"]),
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
