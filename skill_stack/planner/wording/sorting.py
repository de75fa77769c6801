"""Sorting: things that are put away by kind: ``put toys in the box, books on the shelf and clothes in the basket``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.language.text import Token
from skill_stack.planner.wording.order_form import OrderForm, Tokens

WHERE = frozenset("in into on onto inside to".split())
"""Words between things and where they go."""

BETWEEN = frozenset({",", "and", "then", "while"})
"""Marks and words between what is put somewhere and the next."""

BARE = frozenset("all the a an my your his her our their some any every each both another one this that".split())
"""Words with which a noun begins that is not bare."""

LONGEST = 16
"""Words for things that are put somewhere."""

NONE: frozenset[str] = frozenset()
"""No things."""

LONGEST_UNKNOWN = 4
"""Words of things that nothing here is called."""


@dataclass(frozen=True, slots=True)
class Group:
    """Things that are put somewhere.

    Attributes:
        parts: The words for them, kind by kind.
        kinds: What they mean.
        where: The words for the place, with the preposition.
        end: Where all of it ends.
    """

    parts: list[Tokens]
    kinds: list[Noun]
    where: Tokens
    end: int

    @property
    def ids(self) -> frozenset[str]:
        """All things that may be meant."""
        return NONE.union(*(kind.ids or NONE for kind in self.kinds))

    @property
    def bare(self) -> bool:
        """Whether some of them are a kind without an article."""
        return any(self.open(part, kind) for part, kind in zip(self.parts, self.kinds, strict=True))

    @property
    def other(self) -> bool:
        """Whether others are meant than those spoken of before."""
        return any(kind.other for kind in self.kinds)

    def open(self, words: Tokens, kind: Noun) -> bool:
        """Whether words are a kind of several things without an article, or others of a kind.

        Args:
            words: The words.
            kind: What they mean.
        """
        return kind.other or (words[0].text not in BARE and len(kind.ids or NONE) > 1)


@dataclass(slots=True)
class Sorting:
    """Says of every kind of things that is put somewhere that all of them are meant, and what is done with them.

    Attributes:
        form: Finds nouns and verbs.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence in which every kind that is put somewhere stands behind a verb of its own.

        Args:
            tokens: The sentence.
        """
        verb = self.form.past_polite(tokens, 0)
        begin = self.form.at("sorting", tokens, verb)
        groups = self._groups(tokens, begin) if begin is not None else []
        if not any(group.bare for group in groups):
            return tokens
        put, link = self.form.words("put", tokens[verb]), self.form.words(", then", tokens[verb])
        groups = sorted(groups, key=lambda group: sum(self._apart(one, group) for one in groups))
        out: list[Tokens] = [tokens[:verb]]
        for at, group in enumerate(groups):
            rest = any(self._apart(one, group) for one in groups)
            out += [link if at else (), put, self._all(group, rest), group.where]
        return tuple(token for some in out for token in some)

    def _groups(self, tokens: Tokens, begin: int) -> list[Group]:
        """What is put where; nothing where other words stand between."""
        out: list[Group] = []
        while begin < len(tokens):
            group = self._group(tokens, begin)
            if group is None:
                return []
            out.append(group)
            begin = group.end
            while begin < len(tokens) and tokens[begin].text in BETWEEN:
                begin += 1
        return out

    def _group(self, tokens: Tokens, at: int) -> Group | None:
        """What is put somewhere from a position on; None for no such."""
        for k in (k for k in range(at + 1, min(at + LONGEST, len(tokens))) if tokens[k].text in WHERE):
            end = self._place(tokens, k + 1)
            if end is None:
                continue
            parts = [part for part in self._parts(tokens[at:k]) if part]
            kinds = [self._kind(part) for part in parts]
            short = (kind is not None or len(part) <= LONGEST_UNKNOWN for part, kind in zip(parts, kinds, strict=True))
            if parts and all(short):
                return Group(parts, [kind or Noun("", "unknown") for kind in kinds], tokens[k:end], end)
        return None

    def _parts(self, tokens: Tokens) -> Iterator[Tokens]:
        """The things of a list."""
        begin = 0
        for k in range(len(tokens) + 1):
            if k == len(tokens) or tokens[k].text in (",", "and"):
                yield tokens[begin:k]
                begin = k + 1

    def _kind(self, words: Tokens) -> Noun | None:
        """What words mean that name things and nothing else."""
        found = (noun for end, noun in self.form.nouns().parse(words, 0) if end == len(words) and noun.role == "thing")
        return next((noun for noun in found if noun.ids and not noun.relations), None)

    def _place(self, tokens: Tokens, at: int) -> int | None:
        """Where the place ends at which things go; None where none is named."""
        ends = (k for k in range(at + 1, len(tokens) + 1) if k == len(tokens) or tokens[k].text in BETWEEN)
        end = next(ends, None)
        return end if end is not None and self._kind(tokens[at:end]) is not None else None

    def _apart(self, one: Group, group: Group) -> bool:
        """Whether things of one group are not meant by another one: they are fewer, or that one is of the others."""
        if one is group or not one.ids & group.ids:
            return False
        return (group.other and not one.other) or (group.bare and len(one.ids) < len(group.ids))

    def _all(self, group: Group, rest: bool) -> Tokens:
        """The words for the things of a group, all of every kind, or all that no other group has."""
        out: list[Token] = []
        for at, (part, kind) in enumerate(zip(group.parts, group.kinds, strict=True)):
            out += self.form.words("and", part[0]) if at else ()
            whole = self.form.words("all the other" if rest or kind.other else "all the", part[0])
            out += (*whole, *(part[1:] if kind.other else part)) if group.open(part, kind) else part
        return tuple(out)
