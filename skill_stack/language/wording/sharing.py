"""Sharing: verbs and places that several orders share, said in each of them: ``do the same with the banana``."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens

TOO = frozenset({"too", "also", "likewise"})
"""Words after a thing with which the same is to be done."""


@dataclass(slots=True)
class Sharing:
    """Says what orders share in each of them.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens, before: Tokens) -> Tokens:
        """One sentence in which every order has its own verb and things.

        Args:
            tokens: The sentence.
            before: The sentence before it.
        """
        return self._carried(self._gapped(self._same(tokens, before)))

    def _same(self, tokens: Tokens, before: Tokens) -> Tokens:
        """``do the same with the banana`` with what is done with it."""
        for at in range(len(tokens)):
            begin = self.form.at("the_same", tokens, at)
            if begin is None or (at and tokens[at - 1].text not in LINKS):
                continue
            noun = self.form.noun(tokens, begin)
            if noun is None or not (noun[0] == len(tokens) or tokens[noun[0]].text in (*LINKS, *TOO, "as")):
                continue
            earlier = _bare(tokens[:at]) or _bare(before)
            again = self._instead(earlier, tokens[begin : noun[0]])
            end = noun[0]
            while end < len(tokens) and tokens[end].text in (*TOO, "as", "well"):
                end += 1
            if again:
                joined = self.form.words(", then", tokens[at]) if _bare(tokens[:at]) else ()
                return (*_bare(tokens[:at]), *joined, *again, *tokens[end:])
        return self._too(tokens, before)

    def _too(self, tokens: Tokens, before: Tokens) -> Tokens:
        """``put the apple in the bowl, and the banana too`` with both orders; also in a sentence of its own."""
        if not self.form.begins(tokens, 0):
            again = self._again(_bare(before), _bare(tokens))
            alone = again and not any(token.text in LINKS for token in _bare(before))
            return again if alone else tokens
        for at in range(3, len(tokens)):
            if tokens[at].text in ("and", ","):
                starts = (k for k in range(at - 1, 0, -1) if tokens[k - 1].text in LINKS)
                last = next((k for k in starts if tokens[k].text not in LINKS and self.form.begins(tokens, k)), 0)
                again = self._again(_bare(tokens[last:at]), _bare(tokens[at:]))
                if again:
                    return (*tokens[:at], *self.form.words(", then", tokens[at]), *again)
        return tokens

    def _again(self, order: Tokens, new: Tokens) -> Tokens:
        """An order with what it is to be done with too; nothing where that is not said."""
        between = self.form.lexicon.prepositions.longest(new, 0) if new else None
        start = between[0] if between is not None else 0
        noun = self.form.noun(new, start) if start < len(new) else None
        if noun is None:
            return ()
        words = [token.text for token in new[noun[0] :] if token.text not in (",", "please")]
        if words not in (["too"], ["as", "well"], ["also"], ["likewise"]):
            return ()
        if between is None:
            return self._instead(order, new[: noun[0]], self.form.person(noun[1]))
        for at in range(len(order) - 1, 0, -1):
            where = self.form.noun(order, at + start) if at + start < len(order) else None
            if where is not None and order[at : at + start] and order[at].text == new[0].text:
                return (*order[:at], *new[: noun[0]], *order[where[0] :])
        return ()

    def _instead(self, order: Tokens, noun: Tokens, person: bool = False) -> Tokens:
        """An order with another thing in the place of the first that it names; nothing where it names none."""
        verb = self.form.verb_of(order, 0) if order else None
        if verb is None:
            return ()
        found = [(at, one) for at in range(verb + 1, len(order)) if (one := self.form.noun(order, at)) is not None]
        for at, (end, meant) in found:
            if person and self.form.person(meant):
                return (*order[:at], *noun, *order[end:])
        for at, (end, meant) in found:
            if meant.role == "thing" and not self._recipient(order, at, end):
                return (*order[:at], *noun, *order[self._name_end(order, at) :])
        return ()

    def _name_end(self, order: Tokens, at: int) -> int:
        """Where the name of a thing ends, without where it is."""
        between = self.form.lexicon.prepositions
        ends = sorted(end for end, one in self.form.nouns().parse(order, at) if one.role == "thing")
        marks = [k for k in range(at + 1, ends[-1]) if order[k].text != "of" and between.longest(order, k)]
        bare = [end for end in ends if not marks or end <= marks[0]]
        return bare[-1] if bare else ends[0]

    def _recipient(self, order: Tokens, at: int, end: int) -> bool:
        """Whether a noun is only for whom something is: another one follows it right away."""
        return end < len(order) and order[end].text not in LINKS and self.form.noun(order, end) is not None

    def _gapped(self, tokens: Tokens) -> Tokens:
        """``put the cup on the shelf, the bowl on the table and …`` with the verb in each."""
        marks = [at for at in range(len(tokens)) if tokens[at].text in LINKS]
        pieces = [tokens[one + 1 : two] for one, two in itertools.pairwise([-1, *marks, len(tokens)])]
        pieces = [piece for piece in pieces if piece]
        if len(pieces) < 3 or not pieces or self.form.verb_of(pieces[0], 0) != 0:
            return tokens
        first = next((at for at in range(1, min(len(pieces[0]), 4)) if self._placed(pieces[0][at:])), None)
        if first is None or not all(self._placed(piece) for piece in pieces[1:]):
            return tokens
        verb, then = pieces[0][:first], self.form.words(", then", tokens[0])
        return (*pieces[0], *(token for piece in pieces[1:] for token in (*then, *verb, *piece)))

    def _placed(self, tokens: Tokens) -> bool:
        """Whether words are a thing with the place that it goes to, and nothing more."""
        nouns = self.form.nouns()
        for end, noun in reversed(nouns.parse(tokens, 0)):
            place = self.form.lexicon.prepositions.longest(tokens, end) if noun.role == "thing" else None
            where = nouns.parse(tokens, place[0]) if place is not None else []
            if any(far == len(tokens) and one.role == "thing" for far, one in where):
                return True
        return False

    def _carried(self, tokens: Tokens) -> Tokens:
        """``pick up the cup and the bowl and put them …`` one after the other."""
        pronoun = next((at for at in range(4, len(tokens)) if tokens[at].text in ("them", "both")), None)
        links = [at for at in range(1, pronoun or 0) if self._second_order(tokens, at, pronoun or 0)]
        taking = self.form.at("taking", tokens, 0)
        if pronoun is None or not links or taking is None:
            return tokens
        noun = self.form.noun(tokens, taking)
        stop = next((at for at in range(pronoun, len(tokens)) if tokens[at].text in LINKS), len(tokens))
        if noun is None or noun[0] > links[0]:
            return tokens
        out: list[Tokens] = []
        for part in self._parts(tokens[taking : noun[0]], noun[1]):
            each = (*tokens[:taking], *part, *tokens[noun[0] : pronoun], tokens[pronoun].read_as("it"))
            out.append((*each, *tokens[pronoun + 1 : stop]))
        if len(out) < 2:
            return tokens
        then = self.form.words(", then", tokens[pronoun])
        return (*(token for k, one in enumerate(out) for token in ((*then, *one) if k else one)), *tokens[stop:])

    def _second_order(self, tokens: Tokens, at: int, pronoun: int) -> bool:
        """Whether an order begins after a link, which is done with what the pronoun after its verb means."""
        return tokens[at].text in LINKS and at < pronoun <= at + 4 and self.form.begins(tokens, at + 1)

    def _parts(self, tokens: Tokens, noun: Noun) -> list[Tokens]:
        """The things of a list, or those that a noun of several means, each by itself."""
        if noun.role == "thing":
            several = noun.many in ("all", "some", "both") or noun.count > 1
            ids = sorted(self.form.meant(noun)) if several else []
            return [self.form.words(name.replace("_", " "), tokens[0]) for name in ids]
        out: list[list[int]] = [[]]
        for at, token in enumerate(tokens):
            if token.text in (",", "and", "&"):
                out.append([])
            elif token.text != "both":
                out[-1].append(at)
        return [tuple(tokens[at] for at in part) for part in out if part] if noun.role == "list" else []


def _bare(tokens: Tokens) -> Tokens:
    """Words without marks and links at both ends."""
    begin, end = 0, len(tokens)
    while begin < end and tokens[begin].text in LINKS:
        begin += 1
    while end > begin and tokens[end - 1].text in LINKS:
        end -= 1
    return tokens[begin:end]
