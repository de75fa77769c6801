"""States: things that are to be on, off, open or closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from skill_stack.planner.gist.content import Content
from skill_stack.planner.gist.form import Form
from skill_stack.planner.gist.maker import Maker
from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.order import Order
from skill_stack.planner.gist.transfer import Transfer, transfers
from skill_stack.planner.language.geometry import places_of

CARRYING = frozenset({"take", "remove", "bring", "fetch", "carry", "move", "pick", "place"})
"""Verbs of which ``on`` and ``out`` rather belong to where something is than to how it shall be."""


class StateOrders(Maker):
    """Finds what is to be switched, opened or closed."""

    def of(self, content: Content, form: Form) -> list[Order]:
        """Things that are to be on, off, open or closed."""
        out: list[Order] = []
        for state in [state for _, state in content.states[-1:]] or self._switched(content, form):
            if content.negated and {"can", "could", "will", "would"} & set(content.texts):
                return []  # "the door can't be shut"
            if content.negated or form.negated:
                state = self.tables.data.opposites.get(state, "")
            for head in self._switching(state):
                for one in self._targets(content):
                    if form.kind == "bare" or any(head[0] in CARRYING for _, head in content.verbs):
                        fit = partial(self._changes, self.tables.data.sides.get(state, state))
                        one = replace(one, ids=tuple(filter(fit, one.ids)))
                    if not one.ids and one.kind != "pronoun":
                        continue  # "shoes on, coat on"
                    fits = partial(self._fit, head, [], content.words, (self.tables.data.sides.get(state, state),))
                    out += self._order(self._chosen(one, fits), (), form, "state")
                if out:
                    return out
        return out

    def _changes(self, state: str, name: str) -> bool:
        """Whether a thing is one that is switched, or opened and closed."""
        switched = state in ("on", "off")
        facts = self.spoken.resolver.facts
        words = ("on", "off") if switched else ("open", "closed")
        if any(fact.predicate in words and fact.arguments == (name,) for fact in facts):
            return True
        if switched:
            return self.types.certain("device", name)
        return self.spoken.resolver.kind(name) not in ("place", "person") and self._opens(name)

    def _switched(self, content: Content, form: Form) -> list[str]:
        """The state that verbs such as ``kill`` bring about."""
        if form.kind == "bare":
            return []
        others = {other for _, head in content.verbs for other in self.tables.data.instead.get(head[0], ())}
        return [state for state, verb in (("off", "switch off"), ("on", "switch on")) if verb in others]

    def _switching(self, state: str) -> Iterator[tuple[str, ...]]:
        """Verbs by which something comes to be in a state, those of skills with a choice of states at the end."""
        for verb in self.tables.data.states.get(state, ()):
            yield self.tables.lexicon.split(verb)
        value = self.tables.data.sides.get(state, state)
        for head, frames in self.fitter.interpreter.frames.items():
            if any(frame.own and value in one.choices for frame in frames for one in frame.skill.goal):
                yield head

    def _targets(self, content: Content) -> list[Mention]:
        """What may be meant to be in a state: things without a preposition, else any."""
        (first, *_) = transfers(content.mentions, self.spoken, self.types) or [Transfer()]
        bare = [self._there(one, content) for one in first.themes if one.kind != "person"]
        return bare or [one for one in content.mentions if one.kind == "thing" and one.way == "place"]

    def _there(self, theme: Mention, content: Content) -> Mention:
        """Of several things so called the one in the room of what it is said to be at: ``the light on the desk``."""
        facts = self.spoken.resolver.facts
        places = [one.ids[0] for one in content.mentions if one.way == "place" and len(one.ids) == 1]
        rooms = {room for name in places for room in (name, *places_of(name, facts))}
        there = tuple(name for name in theme.ids if places_of(name, facts) & rooms)
        apart = all(places_of(name, facts) for name in theme.ids) and not there and theme.kind == "thing"
        if apart and any(self.spoken.resolver.kind(name) == "place" for name in places):
            return replace(theme, ids=())  # the only television is not in the bar
        return replace(theme, ids=there) if len(theme.ids) > 1 and not theme.many and len(there) == 1 else theme
