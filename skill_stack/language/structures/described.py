"""Description: the groups of blocks that the parts of a description make, told one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from skill_stack.language.answers import Unclear, question
from skill_stack.language.structures.groups import Group, Member
from skill_stack.language.words.lexicon_files import WordFile
from skill_stack.language.words.pattern_grammar import Term, Unfit


@dataclass(frozen=True, slots=True)
class BlockPhrase:
    """A noun phrase.

    Attributes:
        member: What each block is like.
        count: How many; 0 where the noun is plural and no number is said.
        definite: Whether it may mean blocks mentioned before: ``the red cube``.
        ground: Whether it is what everything stands on.
    """

    member: Member
    count: int
    definite: bool
    ground: bool


@dataclass(slots=True)
class Description:
    """What was told so far.

    Attributes:
        shape: Shape of several blocks of which nothing else is said, which the verb implies; empty for none.
        words: Nouns of what everything stands on, and usual numbers of blocks.
        groups: The groups of blocks; before a group comes what it stands by, if that is mentioned there only.
        ground: Noun of what everything stands on; empty where nothing is said.
        said: Whether the words name a structure, not blocks alone.
        waiting: Relation and groups of what comes next.
    """

    shape: str
    words: WordFile
    groups: list[Group] = field(default_factory=list)
    ground: str = ""
    said: bool = False
    waiting: tuple[str, list[Group]] | None = None

    def tell(self, program: Term) -> None:
        """Adds the parts of a text.

        Raises:
            Unfit: A part does not fit what was told before it.
            Unclear: Something is missing.
        """
        for part in _each(program):
            if part != "joint":
                getattr(self, f"_{part.name}")(*part.parts)

    def _end(self, end: str, phrase: Term) -> None:
        """``red on top``."""
        one = self._phrase(phrase)
        if one.count > 1 or one.ground or not self.groups or not self.groups[-1].put(end, one.member):
            raise Unfit

    def _arranged(self, shape: str) -> None:
        """``in a row``: the shape of the last group."""
        if not self.groups or self.groups[-1].shape or len(self.groups[-1].members) < 2:
            raise Unfit
        self.groups[-1].shape, self.said = shape, True

    def _structure(self, shape: str, made_of: Term | None = None) -> None:
        """``a tower of three red cubes``."""
        usual, members = int(self.words.usual.get(shape, 0)), list[Member]()
        if made_of is not None and made_of.name == "high":
            members = [Member()] * made_of.parts[0]
        elif made_of is not None:
            phrases = [self._phrase(one) for one in _each(made_of)]
            members = [one.member for one in phrases for _ in range(one.count or usual)]
        members = members or [Member()] * usual
        if not members:
            raise Unclear(question(f"A {shape} of how many blocks?"))
        self.said = True
        self._add(Group(shape, members))

    def _loose(self, phrase: Term) -> None:
        """``three red cubes``."""
        one = self._phrase(phrase)
        if one.ground:
            raise Unfit
        if not one.count:
            raise Unclear(question(f"How many of '{one.member.kind or 'block'}'?"))
        shape = self.shape if one.count > 1 else ""
        self.said = self.said or bool(shape)
        self._add(Group(shape, [one.member] * one.count))

    def _add(self, group: Group) -> None:
        """Adds a group, with the relation that was said before it."""
        if self.waiting is not None:
            group.relation, group.others = self.waiting
            self.waiting = None
        self.groups.append(group)

    def _relation(self, name: str, reference: Term | str) -> None:
        """``behind them``, ``left of the blue ball``, ``on the table``; what is under something carries it."""
        last = self.groups[-1] if self.groups else None
        others = self._meant(name, reference)
        if not others:
            return
        if last is None or last in others or last.relation:
            self.waiting = (name, others)  # it says where what comes next is
        elif name == "under":
            others[0].relation, others[0].others = "on", [last]
        else:
            last.relation, last.others = name, others

    def _meant(self, name: str, reference: Term | str) -> list[Group]:
        """The groups that a phrase refers to, new ones where nothing before is like it; none for the ground."""
        earlier = self.groups[:-1] if self.groups and not self.groups[-1].relation else self.groups
        if not isinstance(reference, Term):  # "them": the last group
            if not self.groups:
                raise Unfit
            return [(earlier or self.groups)[-1]]
        if reference.name == "shape":
            return _last_of(reference.parts[0], earlier)
        phrases = [self._phrase(one) for one in reference.parts]
        if len(phrases) > 1 and (name != "between" or phrases[0].count != 1):
            raise Unfit
        if phrases[0].ground:
            self.ground = phrases[0].member.kind
            return []
        return [self._known(one) or self._new(one) for one in phrases]

    def _known(self, said: BlockPhrase) -> Group | None:
        """The last group that a definite phrase may mean."""
        fits = [one for one in self.groups if all(member.is_a(said.member) for member in one.members)
                and said.count in (0, 1, len(one.members))]  # fmt: skip
        return fits[-1] if said.definite and fits else None

    def _new(self, said: BlockPhrase) -> Group:
        """A group that is only mentioned as what another one stands by; it comes before that."""
        if not said.count:
            raise Unclear(question(f"How many of '{said.member.kind or 'block'}'?"))
        group = Group("", [said.member] * said.count)
        self.groups.insert(max(len(self.groups) - 1, 0), group)
        return group

    def _phrase(self, phrase: Term) -> BlockPhrase:
        """A noun phrase of the grammar: determiner, number, colour, and noun with whether it is plural."""
        determiner, number, colour, named = (*phrase.parts, None)[:4]
        noun, plural = named or ("", False)
        stated = number or {"a": 1, "both": 2}.get(determiner, 0)
        ground = noun in self.words.ground and stated <= 1
        definite = determiner in ("the", "both")
        return BlockPhrase(Member(colour or "", noun), stated or int(not plural), definite, ground)


def _last_of(shape: str, groups: list[Group]) -> list[Group]:
    named = [one for one in groups if one.shape == shape]  # "the tower"
    if not named:
        raise Unfit
    return named[-1:]


def _each(program: Any) -> Iterator[Any]:
    """The parts of ``then(a, then(b, none))`` in order."""
    while isinstance(program, Term):
        yield program.parts[0]
        program = program.parts[1] if len(program.parts) > 1 else None
