"""StructureReader: a description of a structure or a scene → groups of blocks with their relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.core.world.blueprint import Blueprint
from skill_stack.language.answers import Answer, question
from skill_stack.language.structures.groups import Group, Member, Unclear, blueprint_of
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import STOPS, Token, tokenise

RELATIONS = ("left", "right", "behind", "front", "near", "on", "under", "between")
"""Relations of the lexicon that a blueprint can state."""


@dataclass(frozen=True, slots=True)
class BlockPhrase:
    """A noun phrase.

    Attributes:
        member: What each block is like.
        count: How many; 0 where the noun is plural and no number is said.
        definite: Whether it may mean blocks mentioned before: ``the red cube``, ``them``.
        ground: Whether it is what everything stands on.
    """

    member: Member
    count: int = 1
    definite: bool = False
    ground: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """What was read of a text.

    Attributes:
        groups: Groups, those first that others refer to by ``them``.
        ground: Noun of what everything stands on; empty where nothing is said.
        end: Index of the first token that was not read.
        said: Whether the words name a structure, not blocks alone.
    """

    groups: list[Group]
    ground: str
    end: int
    said: bool


class StructureReader:
    """Reads descriptions; everything is prepared at construction."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Builds the tables.

        Args:
            lexicon: Numbers, colours, kinds and relations.
        """
        words, self._lexicon = lexicon.structures, lexicon
        self._words = words
        self._numbers = lexicon.quantities.numbers
        self._colours = lexicon.grouped(lexicon.things.colours)
        self._nouns = lexicon.table(sorted({noun for nouns in lexicon.things.kinds.values() for noun in nouns}))
        self._any = {*words.block, *lexicon.things.anything}
        self._block = lexicon.table(sorted(self._any))
        self._ground = lexicon.table(words.ground)
        self._shapes = lexicon.grouped(words.structures)
        self._arranged, self._ends = lexicon.grouped(words.arranged), lexicon.grouped(words.ends)
        self._end_words = lexicon.grouped(words.end_words)
        self._of, self._into, self._high = (lexicon.table(one) for one in (words.made_of, words.into, words.high))
        self._joining, self._being = lexicon.table(words.joining), lexicon.table(words.being)
        self._relations = lexicon.grouped({name: lexicon.things.relations[name] for name in RELATIONS})
        self._pronouns = lexicon.table((*lexicon.small.pronouns["group"], "it", "that", "this", "those", "these"))
        self._building = PhraseTable((lexicon.split(verb), shape) for verb, shape in words.building.items())
        polite = (*lexicon.small.at_start, *lexicon.small.anywhere)
        self._arranging, self._polite = lexicon.table(words.arranging), lexicon.table(polite)

    def request(self, text: str) -> Blueprint | Answer | None:
        """The structure that a text asks to build.

        Args:
            text: An instruction.

        Returns:
            The structure; the answer where something is missing or contradictory; None for any other text.
        """
        try:
            return self._request(text)
        except Unclear as unclear:
            return unclear.answer

    def _request(self, text: str) -> Blueprint | None:
        """The structure; raises Unclear."""
        tokens = self._tokens(text)
        verb = self._verb(tokens)
        if verb is None:
            return None
        found = _Reading(self, tokens, verb[0], verb[1] or "").read()
        relating = verb[1] is not None and any(group.relation == "on" for group in found.groups)
        if found.end < len(tokens) or not found.groups or not (found.said or relating):
            return None
        return blueprint_of(found.groups, text.strip())

    def _verb(self, tokens: Sequence[Token]) -> tuple[int, str | None] | None:
        """The end of the verb of an order behind words of politeness, and the structure that it implies.

        The structure is None for a verb that may mean something else; the whole is None where there is no such verb.
        """
        at = 0
        while at < len(tokens):
            strong, weak = self._building.longest(tokens, at), self._arranging.longest(tokens, at)
            if strong is not None:
                return strong
            if weak is not None:
                return weak[0], None
            polite = self._polite.longest(tokens, at)
            if polite is None and tokens[at].text not in self._lexicon.small.noise and tokens[at].text != ",":
                return None
            at = polite[0] if polite else at + 1
        return None

    def scene(self, text: str) -> tuple[Blueprint, str]:
        """The scene that a text describes, and the noun of what everything stands on; empty for the floor.

        Args:
            text: A description.

        Raises:
            Unclear: A word was not understood, or the description contradicts itself.
        """
        tokens = self._tokens(text)
        found = _Reading(self, tokens, 0, "").read()
        if found.end < len(tokens) or not found.groups:
            unread = " ".join(token.text for token in tokens[found.end : found.end + 4])
            raise Unclear(question(f"I do not understand '{unread or text.strip()}' in that description."))
        return blueprint_of(found.groups, text.strip()), found.ground

    def _tokens(self, text: str) -> tuple[Token, ...]:
        tokens = tokenise(text, self._lexicon.small.contractions).tokens
        while tokens and tokens[-1].text in STOPS:
            tokens = tokens[:-1]
        return tokens

    # --- parts of a text -------------------------------------------------------------------------------------------

    def phrase(self, tokens: Sequence[Token], at: int) -> tuple[int, BlockPhrase] | None:
        """The noun phrase at a position: count or article, colour, noun; None if there is none."""
        at, count, definite = self._determiners(tokens, at)
        number = self.number(tokens, at)
        at, count = number or (at, count)
        colour = self._colours.longest(tokens, at)
        at, shade = colour or (at, "")
        counted = number is not None and not shade
        for table, ground in ((self._nouns, False), (self._block, False), (self._ground, True)):
            end, noun, plural = self._noun(table, tokens, at)
            if noun and not (ground and counted):
                member = Member(shade, "" if noun in self._any else noun)
                is_ground = noun in self._words.ground and (ground or count <= 1)
                return end, BlockPhrase(member, count or int(not plural), definite, is_ground)
        return (at, BlockPhrase(Member(shade), count or 1, definite)) if shade or number else None

    def _determiners(self, tokens: Sequence[Token], at: int) -> tuple[int, int, bool]:
        """End of the articles at a position, the count that they state or 0, and whether they are definite."""
        count, definite = 0, False
        while at < len(tokens) and (tokens[at].text in self._lexicon.small.articles or tokens[at].text == "both"):
            text = tokens[at].text
            definite = definite or text not in ("a", "an", "some", "any")
            count = count or {"a": 1, "an": 1, "both": 2}.get(text, 0)
            at += 1
        return at, count, definite

    def number(self, tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
        """A whole number at a position, in words or digits."""
        if at >= len(tokens):
            return None
        value = tokens[at].number
        value = self._numbers.get(tokens[at].text) if value is None else value
        return None if value is None or value != int(value) or value < 1 else (at + 1, int(value))

    def _noun(self, table: PhraseTable[str], tokens: Sequence[Token], at: int) -> tuple[int, str, bool]:
        """End, singular and number of the longest noun of a table at a position; an empty noun where there is none."""
        found = table.longest(tokens, at)
        best = (found[0], found[1], False) if found else (at, "", False)
        for length in (3, 2, 1):
            words = tokens[at : at + length]
            if len(words) < length or at + length <= best[0]:
                continue
            for cut in ("s", "es"):
                last = words[-1].text
                if last.endswith(cut) and len(last) > len(cut) + 1:
                    single = (*words[:-1], words[-1].read_as(last.removesuffix(cut)))
                    whole = table.longest(single, 0)
                    if whole and whole[0] == length:
                        return at + length, whole[1], True
        return best


class _Reading:
    """One pass over a text."""

    def __init__(self, words: StructureReader, tokens: Sequence[Token], at: int, shape: str) -> None:
        self._of, self._tokens, self._at, self._shape = words, tokens, at, shape
        self._groups: list[Group] = []
        self._ground, self._said = "", False
        self._waiting: tuple[str, list[Group]] | None = None

    def read(self) -> Described:
        """Reads as far as possible."""
        steps = (self._end, self._arrangement, self._relation, self._structure, self._blocks, self._join)
        while self._at < len(self._tokens) and any(step() for step in steps):
            pass
        return Described(self._groups, self._ground, self._at, self._said)

    def _take(self, table: PhraseTable[str], at: int | None = None) -> tuple[int, str] | None:
        return table.longest(self._tokens, self._at if at is None else at)

    def _join(self) -> bool:
        found = self._take(self._of._joining)
        text = self._tokens[self._at].text
        if found is None and text not in (",", *STOPS):
            return False
        self._at = found[0] if found else self._at + 1
        return True

    # --- red on top, the top block is red ---------------------------------------------------------------------------

    def _end(self) -> bool:
        if not self._groups:
            return False
        for read in (self._block_at_end, self._end_with_block, self._end_being):
            found = read()
            if found is not None and self._groups[-1].put(found[1], found[2]):
                self._at = found[0]
                return True
        return False

    def _place(self, at: int) -> tuple[int, str] | None:
        """The name of an end at a position, unless it goes on as a relation to something else."""
        found = self._take(self._of._ends, at)
        if found is None:
            return None
        relation = self._take(self._of._relations, at)
        return None if relation is not None and relation[0] > found[0] else found

    def _block_at_end(self) -> tuple[int, str, Member] | None:
        phrase = self._of.phrase(self._tokens, self._at)
        if phrase is None or phrase[1].count > 1 or phrase[1].ground:
            return None
        place = self._place(phrase[0])
        return (place[0], place[1], phrase[1].member) if place else None

    def _end_with_block(self) -> tuple[int, str, Member] | None:
        place = self._place(self._at)
        if place is None:
            return None
        phrase = self._of.phrase(self._tokens, self._being(place[0]))
        if phrase is None or phrase[1].count > 1 or self._place(phrase[0]):
            return None
        return phrase[0], place[1], phrase[1].member

    def _end_being(self) -> tuple[int, str, Member] | None:
        """The top block is red; a red top."""
        at = self._at
        if self._tokens[at].text in self._of._lexicon.small.articles:
            at += 1
        colour = self._take(self._of._colours, at)
        word = self._take(self._of._end_words, colour[0] if colour else at)
        if word is None:
            return None
        noun = self._of.phrase(self._tokens, word[0]) if not colour else None
        end = noun[0] if noun and noun[1].count <= 1 and not noun[1].member.colour else word[0]
        if colour:
            return word[0], word[1], Member(colour[1])
        after = self._being(end)
        phrase = self._of.phrase(self._tokens, after) if after > end else None
        return (phrase[0], word[1], phrase[1].member) if phrase else None

    def _being(self, at: int) -> int:
        found = self._take(self._of._being, at)
        return found[0] if found else at

    # --- three red cubes, a tower of three --------------------------------------------------------------------------

    def _arrangement(self) -> bool:
        """``in a row``, ``stacked``: the shape of the last group."""
        if not self._groups or self._groups[-1].shape:
            return False
        found = self._take(self._of._arranged)
        if found is None:
            into = self._take(self._of._into)
            at = into[0] if into else self._at
            at += into is not None and at < len(self._tokens) and self._tokens[at].text in ("a", "an", "one", "the")
            found = self._take(self._of._shapes, at) if into else None
        if found is None or len(self._groups[-1].members) < 2:
            return False
        self._at, self._groups[-1].shape, self._said = found[0], found[1], True
        self._groups[-1].named = True
        return True

    def _structure(self) -> bool:
        """``a tower of three red cubes``."""
        at = self._at
        while at < len(self._tokens) and self._tokens[at].text in (*self._of._lexicon.small.articles, "one"):
            at += 1
        found = self._take(self._of._shapes, at)
        if found is None or self._tokens[self._at].text == "the":
            return False
        at, group = found[0], Group(found[1], named=True, noun=found[1])
        of = self._take(self._of._of, at)
        if of is not None:
            end = self._members(of[0], group)
            at = end if group.members else at
        else:
            number = self._of.number(self._tokens, at)
            high = self._take(self._of._high, number[0]) if number else None
            if number and high:
                at, group.members = high[0], [Member()] * number[1]
        if not group.members:
            usual = int(self._of._words.usual.get(group.shape, 0))
            if not usual:
                raise Unclear(question(f"A {group.shape} of how many blocks?"))
            group.members = [Member()] * usual
        self._at, self._said = at, True
        self._add(group)
        return True

    def _members(self, at: int, group: Group) -> int:
        """What a structure is made of: a count, or a list; the position behind it."""
        while True:
            phrase = self._of.phrase(self._tokens, at)
            ends = phrase is not None and self._place(phrase[0]) is not None
            if phrase is None or ends or (group.members and self._goes_on(phrase[0])):
                return at - self._joined(at) if group.members else at
            group.members += [phrase[1].member] * (phrase[1].count or int(self._of._words.usual.get(group.shape, 0)))
            at = phrase[0]
            if not self._comma(at):
                return at
            at = self._comma(at)

    def _comma(self, at: int) -> int:
        """The position behind a comma or ``and``; 0 where there is none."""
        end = at
        while end < len(self._tokens) and self._tokens[end].text in (",", "and"):
            end += 1
        return end if end > at else 0

    def _joined(self, at: int) -> int:
        begin = at
        while begin and self._tokens[begin - 1].text in (",", "and"):
            begin -= 1
        return at - begin

    def _goes_on(self, at: int) -> bool:
        """Whether what is at a position says more of the noun before it, which then begins a part of its own."""
        tables = (self._of._ends, self._of._relations, self._of._arranged)
        return any(self._take(table, at) for table in tables) or bool(self._take(self._of._into, at))

    def _blocks(self) -> bool:
        """``three red cubes``."""
        phrase = self._of.phrase(self._tokens, self._at)
        if phrase is None:
            return False
        end, said = phrase
        if said.ground:
            return False
        count = said.count
        if not count:
            raise Unclear(question(f"How many {self._tokens[end - 1].text}?"))
        self._at = end
        shape = self._shape if count > 1 else ""
        self._said = self._said or bool(shape)
        self._add(Group(shape, [said.member] * count, said.member.kind))
        return True

    def _add(self, group: Group) -> None:
        """Adds a group, with the relation that was said before it."""
        if self._waiting is not None:
            group.relation, group.others = self._waiting
            self._waiting = None
        self._groups.append(group)

    # --- behind them ------------------------------------------------------------------------------------------------

    def _relation(self) -> bool:
        """``behind them``, ``left of the blue ball``, ``on the table``."""
        found = self._take(self._of._relations)
        if found is None:
            return False
        end, name = found
        others = self._reference(end)
        if others is None:
            return False
        end, groups = others
        if not groups:  # what everything stands on
            self._at = end
            return True
        subject = self._groups[-1] if self._groups and self._groups[-1] not in groups else None
        if subject is not None and not subject.relation:
            _relate(subject, name, groups)
        else:  # it says where what comes next is
            self._waiting = (name, groups)
        self._at = end
        return True

    def _reference(self, at: int) -> tuple[int, list[Group]] | None:
        """The groups that a phrase refers to, new ones where nothing before is like it; none for the ground."""
        at += at < len(self._tokens) and self._tokens[at].text == "all"
        earlier = self._groups[:-1] if self._groups and not self._groups[-1].relation else self._groups
        return self._pronoun(at, earlier) or self._named(at, earlier) or self._listed(at)

    def _pronoun(self, at: int, earlier: list[Group]) -> tuple[int, list[Group]] | None:
        """``them``: the last group."""
        pronoun = self._take(self._of._pronouns, at)
        before = earlier or self._groups
        if pronoun is None or not before or self._of.phrase(self._tokens, at):
            return None
        return pronoun[0], [before[-1]]

    def _named(self, at: int, earlier: list[Group]) -> tuple[int, list[Group]] | None:
        """``the tower``: the last group of that shape."""
        if at >= len(self._tokens) or self._tokens[at].text not in ("the", "that", "this"):
            return None
        shape = self._take(self._of._shapes, at + 1)
        named = [one for one in earlier if shape and one.shape == shape[1]]
        return (shape[0], [named[-1]]) if shape and named else None

    def _listed(self, at: int) -> tuple[int, list[Group]] | None:
        """``the red cube``, ``a cube and a ball``; no group for what everything stands on."""
        found: list[Group] = []
        while (phrase := self._of.phrase(self._tokens, at)) is not None:
            at, said = phrase
            if said.ground and not found:
                self._ground = said.member.kind
                return at, []
            found.append(self._known(said) or self._new(said))
            behind = self._comma(at)
            if sum(len(one.members) for one in found) > 1 or not behind or not self._pairs(behind):
                break
            at = behind
        return (at, found) if found else None

    def _pairs(self, at: int) -> bool:
        """Whether a second noun belongs to ``between``: it ends the text, or a part of it."""
        begun = self._tokens[self._at].text in ("between", "in")
        phrase = self._of.phrase(self._tokens, at)
        return begun and phrase is not None

    def _known(self, said: BlockPhrase) -> Group | None:
        if not said.definite:
            return None
        fits = [
            one
            for one in self._groups
            if all(_same(member, said.member) for member in one.members) and said.count in (0, 1, len(one.members))
        ]
        return fits[-1] if fits else None

    def _new(self, said: BlockPhrase) -> Group:
        """A group that is only mentioned as what another one stands by; it comes before that."""
        if not said.count:
            raise Unclear(question(f"How many {said.member.kind}s?"))
        group = Group("", [said.member] * said.count, said.member.kind)
        self._groups.insert(max(len(self._groups) - 1, 0), group)
        return group


def _same(member: Member, said: Member) -> bool:
    """Whether a block is what a phrase says; the phrase may say less."""
    return (not said.colour or said.colour == member.colour) and (not said.kind or said.kind == member.kind)


def _relate(subject: Group, name: str, groups: list[Group]) -> None:
    """States a relation; what is under something carries it."""
    if name == "under":
        groups[0].relation, groups[0].others = "on", [subject]
    else:
        subject.relation, subject.others = name, groups
