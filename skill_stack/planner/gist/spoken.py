"""Spoken: what was spoken of so far, and what pronouns and names may mean by it."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.language.geometry import places_of
from skill_stack.planner.language.living import HIM_OR_HER
from skill_stack.planner.language.reference import Resolver

Ids = tuple[str, ...]


@dataclass(slots=True)
class Spoken:
    """What was spoken of, the last at the end.

    Attributes:
        resolver: The scene.
        groups: Things that were spoken of together.
        places: Where something was said to be, or to go.
        around: What the piece speaks of that is being read.
        narrowed: Words of several things of which the one was meant that is where something else is.
        carried: Whether the piece that is being read brings things to somebody, who may be anywhere.
    """

    resolver: Resolver
    groups: list[Ids] = field(default_factory=list)
    places: list[Ids] = field(default_factory=list)
    around: list[Ids] = field(default_factory=list)
    narrowed: set[str] = field(default_factory=set)
    carried: bool = False

    def state(self) -> tuple[list[Ids], list[Ids], set[str]]:
        """What was spoken of until now, to go back to."""
        return list(self.groups), list(self.places), set(self.narrowed)

    def restore(self, state: tuple[list[Ids], list[Ids], set[str]]) -> None:
        """Forgets what was spoken of since.

        Args:
            state: What :meth:`state` gave.
        """
        self.groups, self.places, self.narrowed = list(state[0]), list(state[1]), set(state[2])

    def hear(self, mentions: list[Mention]) -> None:
        """Remembers what a piece spoke of, that which it is about at the end."""
        named = [one for one in mentions if one.ids and one.kind != "pronoun" and (one.many or len(one.ids) == 1)]
        who = [one for one in named if one.kind == "person" and not one.before]
        named = [*reversed(who), *(one for one in named if one not in who)]  # who does it before whom it is done to
        for one in sorted(named, key=lambda one: not one.before):  # what a piece is about is spoken of last
            if len(one.owners) == 1:
                self.groups.append(one.owners)
            self.groups += self._owners([one.ids])
            self.groups.append(one.ids)
            if one.way in ("place", "goal", "source") and one.kind != "person":
                self.places.append(one.ids)
        bare = tuple(name for one in named if not one.before and one.kind == "thing" for name in one.ids)
        if len(set(bare)) > 1:
            self.groups.append(tuple(dict.fromkeys(bare)))

    def options(self, mention: Mention) -> list[Ids]:
        """What a mention may mean, the likeliest first."""
        if mention.kind == "unknown":
            return []
        if mention.kind != "pronoun":
            return self._named(mention)
        people = self.resolver.people
        groups = list(dict.fromkeys(reversed(self.groups)))
        singles = [one for one in groups if len(one) == 1]
        if mention.words in HIM_OR_HER:
            meant = self.resolver.living.meant_by(mention.words, [one[0] for one in singles])
            known: list[Ids] = [(name,) for name in meant]
            return known + [one for one in self._owners(self.around) if one not in known]
        if mention.words in ("them", "they", "these", "those"):
            return [one for one in groups if not set(one) & people] + [one for one in singles if one[0] in people]
        things = [one for one in singles if one[0] not in people]
        if mention.words == "there":
            return (
                list(reversed(self.places)) + [one for one in things if self.resolver.kind(one[0]) == "place"] + things
            )
        return sorted(things, key=lambda one: self.resolver.kind(one[0]) == "place")

    def _named(self, mention: Mention) -> list[Ids]:
        """What a name may mean: of several so called, the one spoken of."""
        if mention.many or len(mention.ids) == 1:
            return [mention.ids]
        here = self._owned(mention) or self._near(mention)
        if here:
            return here
        before: list[Ids] = [one for one in reversed(self.groups) if len(one) == 1 and one[0] in mention.ids]
        each: list[Ids] = [(name,) for name in mention.ids]
        return before[:1] or each

    def _owners(self, things: list[Ids]) -> list[Ids]:
        """People after whom single things are called."""
        people = sorted(self.resolver.people)
        return [(p,) for ids in things if len(ids) == 1 for p in people if self.resolver.belongs(ids[0], p)]

    def _owned(self, mention: Mention) -> list[Ids]:
        """The one of several so called that bears the name of somebody who was spoken of: her room, Anna's room."""
        owner = mention.noun.owner if mention.noun is not None else None
        if owner is None or owner.role != "pronoun":
            return []
        for one in [*reversed(self.around), *reversed(self.groups)]:
            if len(one) != 1 or one[0] not in self.resolver.people:
                continue
            found = [name for name in mention.ids if self.resolver.belongs(name, one[0])]
            if len(found) == 1:
                self.narrowed.add(mention.words)
                return [(found[0],)]
        return []

    def _near(self, mention: Mention) -> list[Ids]:
        """The one of several so called that is where something else is that was spoken of: its room, their room."""
        for one in (*self.around, *reversed(self.groups)):
            anchor = len(one) == 1 and (one[0] in self.resolver.people or self.resolver.kind(one[0]) == "place")
            if not anchor or mention.kind == "person" or one[0] in (*mention.ids, self.resolver.speaker()):
                continue
            if self.carried and one[0] in self.resolver.people:
                continue  # "bring Lena the gloves": hardly those that are beside her
            where = {one[0], *places_of(one[0], self.resolver.facts)}
            there = [name for name in mention.ids if places_of(name, self.resolver.facts) & where]
            if len(there) == 1:
                self.narrowed.add(mention.words)
                return [(there[0],)]
        return []

    def inside(self, name: str, holders: Ids) -> bool:
        """Whether a thing is in or on one of some others, as far as is known."""
        return bool(places_of(name, self.resolver.facts) & set(holders))
