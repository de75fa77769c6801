"""Exclusion: moves an exception behind its noun phrase: ``all the cups except the red one``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.text import LINKS, past_end


@dataclass(frozen=True, slots=True)
class Left:
    """An exception.

    Attributes:
        begin: Where its words begin.
        end: Where they end.
        what: Begin and end of its noun phrase.
        firm: Whether the words can only mean an exception.
    """

    begin: int
    end: int
    what: tuple[int, int]
    firm: bool


@dataclass(slots=True)
class Exclusion:
    """Moves exceptions behind the noun phrases that they restrict.

    Attributes:
        form: Finds orders and noun phrases.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens:
        """Returns one sentence with each exception behind its noun phrase."""
        tokens = self._behind(tokens)
        for left in self.found(tokens):
            group = self._group(tokens, left)
            if group is None:
                continue
            noun, behind = tokens[left.what[0] : left.what[1]], group[0]
            link = (tokens[left.begin].read_as("except"),)
            return (*tokens[:behind], *link, *noun, *tokens[behind : left.begin], *tokens[left.end :])
        return tokens

    def _behind(self, tokens: Tokens) -> Tokens:
        """Moves a fronted exception to the end: ``apart from the skull, put everything in the chest``."""
        begin = self.form.at("excepting", tokens, 0) if tokens else None
        noun = self.form.noun(tokens, begin) if begin is not None and begin < len(tokens) else None
        if noun is None or begin is None or noun[0] + 1 >= len(tokens) or tokens[noun[0]].text != ",":
            return tokens
        order = tokens[noun[0] + 1 : past_end(tokens, LINKS)]
        if not self.form.begins(order, 0):
            return tokens
        return (*order, *self.form.words(", except", tokens[0]), *tokens[begin : noun[0]])

    def kept(self, tokens: Tokens, meant: Callable[[Noun], Iterable[str]]) -> dict[str, str]:
        """Returns the ids of exceptions, with the words of each.

        Args:
            tokens: The sentence.
            meant: Gives the ids that a noun may mean.
        """
        out: dict[str, str] = {}
        for left in self.found(tokens):
            noun, group = self.form.noun(tokens, left.what[0]), self._group(tokens, left)
            if noun is None or noun[0] != left.what[1] or group is None:
                continue
            parts = noun[1].parts or (noun[1],)
            parts = tuple(replace(one, ids=group[1].ids, again=False) if one.ids is None else one for one in parts)
            ids = {name for part in parts for name in meant(part)}
            out |= dict.fromkeys(ids, self.form.said(tokens[left.begin : left.end]))
        return out

    def found(self, tokens: Tokens) -> Iterator[Left]:
        """Yields the exceptions of a sentence."""
        words = self.form.lexicon.wording
        hinting = self.form.lexicon.firsts(Words((*words.excepting, *words.leaving, *words.staying)))
        if not any(token.text in hinting for token in tokens):
            return
        nouns = self.form.nouns()
        for at in range(1, len(tokens)):
            left = self._left(tokens, at, nouns)
            if left is not None:
                yield left

    def _left(self, tokens: Tokens, at: int, nouns: NounParser) -> Left | None:
        """The exception at a position, or None."""
        start = at
        while self._joins(tokens, start):
            start += 1
        firm = self.form.at("excepting", tokens, start)
        if firm is None and start == at:
            return None
        said = firm or self.form.at("leaving", tokens, start)
        begin = said or start
        if firm is not None and firm + 1 < len(tokens) and tokens[firm].text in self.form.wording.said_again:
            begin = firm + 1  # "…, but not to Ana"
        for end, noun in nouns.parse(tokens, begin):
            if noun.role in ("thing", "list", "speaker"):
                stays = self._stays(tokens, end, said is None)
                if stays is not None and (stays == len(tokens) or tokens[stays].text in LINKS):
                    return Left(at, stays, (begin, end), firm is not None)
        return None

    def _joins(self, tokens: Tokens, at: int) -> bool:
        """Whether a conjunction before an exception stands at a position."""
        before = at < len(tokens) and tokens[at].text in self.form.wording.before_exclusion
        return before and self.form.at("excepting", tokens, at) is None

    def _stays(self, tokens: Tokens, at: int, needed: bool) -> int | None:
        """The end of words such as ``stays where it is``; None if they are needed but missing."""
        stays = self.form.at("staying", tokens, at)
        if needed and stays is None:
            return None
        end = stays or at
        words = self.form.at("where_it_is", tokens, end)
        if words is not None:
            return words
        if stays is not None and end < len(tokens) and self.form.lexicon.prepositions.longest(tokens, end):
            place = self.form.noun(tokens, end + 1)
            return place[0] if place is not None else end
        return end

    def _group(self, tokens: Tokens, left: Left) -> tuple[int, Noun] | None:
        """End and noun of the noun phrase that an exception restricts; None if there is none."""
        nouns = self.form.nouns()
        for at in range(left.begin):
            if at and tokens[at - 1].text in WORDS.within_group:
                continue
            plain = [(end, noun) for end, noun in nouns.parse(tokens, at) if end <= left.begin and _several(noun)]
            if plain and (left.firm or self._among(tokens, left, plain[-1][1])):
                if plain[0][0] == left.begin and not self._placing(tokens, at, left):
                    return plain[0]  # "weigh all the animals in the waiting room except the hamster"
                narrow = [pair for pair in plain if self._narrowed(pair[1])]
                if narrow:  # "everything from the prop shelf", not "everything from the prop"
                    least = min(_depth(noun) for _, noun in narrow)
                    return max((pair for pair in narrow if _depth(pair[1]) == least), key=lambda pair: pair[0])
                return min(plain, key=lambda pair: pair[0])
        return None

    def _placing(self, tokens: Tokens, at: int, left: Left) -> bool:
        """Whether a location after objects may be their destination: no other one is stated."""
        goal = left.end < len(tokens) and self.form.lexicon.prepositions.longest(tokens, left.end) is not None
        laid = any(self.form.at("putting", tokens, k) is not None for k in range(max(0, at - 4), at))
        return laid and not goal

    def _narrowed(self, noun: Noun) -> bool:
        """Whether a location after a noun restricts it and is no destination."""
        return bool(noun.relations) and (noun.ids is None or self.form.person(noun))

    def _among(self, tokens: Tokens, left: Left, group: Noun) -> bool:
        """Whether an exception is of the kind of the objects before it."""
        nouns = [noun for end, noun in self.form.nouns().parse(tokens, left.what[0]) if end == left.what[1]]
        parts = [part for noun in nouns for part in (noun.parts or (noun,))]
        return group.ids is None or any(part.ids is None or part.ids & group.ids for part in parts)


def _depth(noun: Noun) -> int:
    """Number of nested relations of a noun."""
    return len(noun.relations) + sum(_depth(where.noun) for where in noun.relations)


def _several(noun: Noun) -> bool:
    """Whether a noun means several objects."""
    several = noun.many in ("all", "some", "both") or noun.each or bool(noun.share)
    return noun.role == "thing" and several and not noun.excluded
