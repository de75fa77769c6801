"""Groups: the counted parts of a description, and the blueprint that they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from skill_stack.core.world.blueprint import Block, Blueprint, Side
from skill_stack.language.answers import Unclear, question, refusal

MOST = 40
"""Blocks of a description at most."""


@dataclass(frozen=True, slots=True)
class Member:
    """One block as described.

    Attributes:
        colour: Colour; empty for any.
        kind: Noun; empty for any block.
    """

    colour: str = ""
    kind: str = ""

    def fits(self, other: Member) -> bool:
        """Whether another description may be of the same block."""
        return all(not a or not b or a == b for a, b in ((self.colour, other.colour), (self.kind, other.kind)))

    def is_a(self, said: Member) -> bool:
        """Whether the block is what a phrase says; the phrase may say less."""
        return said.colour in ("", self.colour) and said.kind in ("", self.kind)

    def with_more(self, other: Member) -> Member:
        """The description with what another one adds."""
        return Member(other.colour or self.colour, other.kind or self.kind)


@dataclass(slots=True)
class Group:
    """Blocks that are described together.

    Attributes:
        shape: ``tower``, ``row``, ``pyramid``, ``bridge``, or empty where nothing is said.
        members: From bottom to top, or from left to right; of a pyramid row by row from the bottom.
        relation: Where it is relative to ``others``, a relation of the lexicon; empty where nothing is said.
        others: Groups of that relation.
    """

    shape: str = ""
    members: list[Member] = field(default_factory=list)
    relation: str = ""
    others: list[Group] = field(default_factory=list)

    def rows(self) -> list[int]:
        """Number of blocks in each layer, from the bottom."""
        count = len(self.members)
        if self.shape == "tower":
            return [1] * count
        if self.shape == "bridge":
            return [2, 1]
        if self.shape != "pyramid":
            return [count]
        rows, left = [1], count - 1
        while left > 0:
            rows.insert(0, rows[0] + 1)
            left -= rows[0]
        return rows

    def at_end(self, end: str) -> list[int]:
        """Numbers of the members at a named end; empty where it has none such.

        Args:
            end: ``top``, ``bottom``, ``middle``, ``left`` or ``right``.
        """
        rows = self.rows()
        low, high = rows[0], len(self.members) - rows[-1]
        if end in ("left", "right"):
            return [] if low < 2 else [0 if end == "left" else low - 1]
        if len(rows) == 1:
            odd = low % 2 == 1 and low > 1
            return [low // 2] if end == "middle" and odd else []
        if end == "top":
            return list(range(high, len(self.members)))
        if end == "bottom":
            return list(range(low))
        return [sum(rows[: len(rows) // 2])] if len(rows) % 2 == 1 and self.shape == "tower" else []

    def put(self, end: str, member: Member) -> bool:
        """Says what is at an end; a further block is put there where those of the group are described otherwise."""
        places = self.at_end(end)
        if places and all(self.members[place].fits(member) for place in places):
            for place in places:
                self.members[place] = self.members[place].with_more(member)
            return True
        grows = {("tower", "top"): len(self.members), ("row", "right"): len(self.members),
                 ("tower", "bottom"): 0, ("row", "left"): 0}  # fmt: skip
        if (self.shape or "row", end) not in grows or not (member.colour or member.kind):
            return False
        self.members.insert(grows[self.shape or "row", end], member)
        return True


def blueprint_of(groups: list[Group], described: str) -> Blueprint:
    """The blueprint of groups.

    Args:
        groups: The groups; relations name groups of this list.
        described: The words.

    Raises:
        Unclear: They make no structure.
    """
    if sum(len(group.members) for group in groups) > MOST:
        raise Unclear(refusal(f"That is more than {MOST} blocks; I read up to {MOST}."))
    names: dict[int, list[str]] = {}
    taken = _names(groups)
    for group in groups:
        names[id(group)] = [next(taken) for _ in group.members]
    blocks = [block for number, group in enumerate(groups) for block in _blocks(group, f"row_{number + 1}", names)]
    blocks = _between(groups, blocks, names)
    return Blueprint(name="structure", description=described, blocks=tuple(blocks))


def _names(groups: list[Group]) -> Iterator[str]:
    """Names of all members in order, after their looks."""
    counts: dict[str, int] = {}
    for member in (member for group in groups for member in group.members):
        base = "_".join(filter(None, (member.colour, (member.kind or "block").replace(" ", "_"))))
        counts[base] = counts.get(base, 0) + 1
        yield base if counts[base] == 1 else f"{base}_{counts[base]}"


def _blocks(group: Group, row: str, names: dict[int, list[str]]) -> list[Block]:
    """The blocks of a group: each layer stands on the one below it, the lowest where the words say."""
    mine, rows = names[id(group)], group.rows()
    if sum(rows) != len(mine):
        known = "3" if group.shape == "bridge" else "3, 6 or 10"
        raise Unclear(question(f"A {group.shape} of {len(mine)}? I know those of {known} blocks."))
    under = [name for one in group.others for name in names[id(one)][len(one.members) - one.rows()[-1] :]]
    below = under if group.relation == "on" else []
    made: list[Block] = []
    for count in rows:
        layer = mine[len(made) : len(made) + count]
        carriers = _carriers(count, below) if below else [()] * count
        for name, on in zip(layer, carriers):
            member, beside = group.members[len(made)], row if count > 1 and not on else ""
            made.append(Block(name=name, kind=member.kind, colour=member.colour, on=on, row=beside))
        below = layer
    if group.relation not in ("", "on", "between"):
        of = tuple(name for one in group.others for name in names[id(one)][: one.rows()[0]])
        made[0] = made[0].model_copy(update={"side": cast(Side, group.relation), "of": of})
    return made


def _carriers(count: int, below: list[str]) -> list[tuple[str, ...]]:
    """What carries each block of a layer that is centred over the layer below: one block of that, or two."""
    spare = len(below) - count
    if spare < 0:
        raise Unclear(refusal(f"I do not know how {count} blocks shall stand on {len(below)}."))
    return [tuple(below[spare // 2 + at : spare // 2 + at + 1 + spare % 2]) for at in range(count)]


def _between(groups: list[Group], blocks: list[Block], names: dict[int, list[str]]) -> list[Block]:
    """Blocks with every group that stands between two others put into a row with these."""
    for group in groups:
        if group.relation != "between":
            continue
        ends = [name for other in group.others for name in names[id(other)][: other.rows()[0]]]
        if len(ends) != 2 or len(group.rows()) != 1:
            raise Unclear(refusal("Between is between two blocks, for one block or a row."))
        by_name = {block.name: block for block in blocks}
        row = by_name[ends[0]].row or by_name[ends[1]].row or f"row_of_{ends[0]}"
        stated = [by_name[name] for name in ends]
        said = next((block for block in stated if block.side), stated[0])
        mine = [ends[0], *names[id(group)], ends[1]]
        changed = [by_name[name].model_copy(update={"row": row, "side": "", "of": ()}) for name in mine]
        changed[0] = changed[0].model_copy(update={"side": said.side, "of": said.of})
        blocks = [block for block in blocks if block.name not in mine] + changed
    return blocks
