"""Joining: one word for whatever joins two things, and lists that go with each other one pair after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.duty import WANTING
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.text import Token

JOINED = (
    ("as", "well", "as"), ("along", "with"), ("together", "with"), ("plus",), ("and", "likewise"), ("and", "also"),
)  # fmt: skip
"""What stands between two things of which the same is said, besides ``and``."""

ARTICLES = frozenset({"the", "a", "an", "my", "your", "our", "that", "this"})
"""Words before an adjective with ``one``."""

SO = frozenset("should must shall can may does do is are has have needs will could".split())
"""Verbs after ``so`` that say the same of something else: ``and so must the lamp``."""

LIKEWISE = tuple(
    tuple(one.split())
    for one in ("so does", "so do", "so too does", "the same goes for", "the same is true of", "the same applies to")
)
"""Words before something else of which the same is said."""

WHERE = frozenset({"in", "on", "of", "at"})
"""Words between several things and the places where they are."""

BESIDE = WHERE | {"by", "with", "to", "behind", "near", "over"}
"""Words between ``the one`` and what tells it apart."""

NEEDING = frozenset("needs need wants want gets get".split())
"""Verbs after which ``both`` means what was named before."""

HIM = frozenset("him her them me us".split())
"""Those to whom both are brought: ``bring her both``."""

LONGEST_LIST = 24
"""Words of a list that is looked for before another one."""


@dataclass(slots=True)
class Joining:
    """Puts lists in the form in which everything reads them.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """One sentence with ``and`` between the things of a list, and two lists said one pair after the other.

        Args:
            tokens: The sentence.
        """
        tokens = self._both(tokens)
        for at in reversed(range(2, len(tokens) - 1)):
            link = next((one for one in JOINED if self.form.said(tokens[at : at + len(one)]) == " ".join(one)), ())
            if link and self._between(tokens, at, at + len(link)):
                tokens = (*tokens[:at], tokens[at].read_as("and"), *tokens[at + len(link) :])
        return self._in_pairs(self._in_each(self._of_its_kind(self._so_too(self._of_whom(tokens)))))

    def _both(self, tokens: Tokens) -> Tokens:
        """``them`` for ``both of them``, and the cup and the jug for ``both the cup and the jug``."""
        for at in range(len(tokens)):
            if tokens[at].text not in ("both", "all"):
                continue
            if self.form.said(tokens[at + 1 : at + 3]) in ("of them", "of those", "of these"):
                return self._both((*tokens[:at], tokens[at].read_as("them"), *tokens[at + 3 :]))
            last = at + 1 == len(tokens) or tokens[at + 1].text in (",", "please")
            after = tokens[at - 1].text if at else ""
            if last and after in NEEDING | HIM and tokens[at].text == "both":
                tokens = (*tokens[:at], tokens[at].read_as("them"), *tokens[at + 1 :])
                whom = self.form.words("to", tokens[at - 1]) + tokens[at - 1 : at] if after in HIM else ()
                return (*tokens[: at - bool(whom)], tokens[at], *whom, *tokens[at + 1 :])
            found = self.form.noun(tokens, at + 1) if tokens[at].text == "both" and at + 1 < len(tokens) else None
            if found is not None and found[1].role == "list":
                return self._both((*tokens[:at], *tokens[at + 1 :]))
        return tokens

    def _of_whom(self, tokens: Tokens) -> Tokens:
        """``take Ana's order, then Tom's`` with what is taken said of both."""
        what: Tokens = ()
        out: list[Token] = []
        for at, token in enumerate(tokens):
            out.append(token)
            end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text in LINKS), len(tokens))
            if token.owner and end > at + 1:
                what = tokens[at + 1 : end]
            elif token.owner and what and at > 1:
                out += what
        return tuple(out)

    def _so_too(self, tokens: Tokens) -> Tokens:
        """``the tv must be off, and so must the lamp`` with what must be said of both."""
        texts = [token.text for token in tokens]
        at = next((k for k in range(4, len(texts) - 2) if texts[k] == "so" and texts[k + 1] in SO), 0)
        likewise = self._likewise(tokens)
        if likewise:
            return likewise
        begin = texts.index(texts[at + 1]) if at else 0
        noun = self.form.noun(tokens, at + 2) if at and begin < at else None
        if noun is None:
            return tokens
        stop = next((k for k in range(begin, at) if texts[k] in LINKS), at)
        return (*tokens[:at], *tokens[at + 2 : noun[0]], *tokens[begin:stop], *tokens[noun[0] :])

    def _likewise(self, tokens: Tokens) -> Tokens:
        """``the hall wants sweeping, and so does the bar`` with what is said of both; nothing for other words."""
        for at in range(4, len(tokens) - 1):
            ends = (at + len(one) for one in LIKEWISE if self.form.said(tokens[at : at + len(one)]) == " ".join(one))
            begin = next(ends, len(tokens))
            noun = self.form.noun(tokens, begin) if begin < len(tokens) else None
            start = next((k for k in range(at - 1, 0, -1) if tokens[k].text not in LINKS), 0) + 1
            first = self.form.noun(tokens, 0) if noun is not None else None
            if noun is None or noun[1].role == "pronoun" or first is None or not 0 < first[0] < start:
                continue
            stop = next((k for k in range(first[0], start) if tokens[k].text in LINKS), start)
            verb = next((k for k in range(first[0], stop) if tokens[k].text in SO | WANTING), stop)
            said = tokens[verb:stop]
            if said:
                return (*tokens[:start], *self.form.words("and", tokens[at]), *tokens[begin : noun[0]], *said,
                        *tokens[noun[0] :])  # fmt: skip
        return ()

    def _in_each(self, tokens: Tokens) -> Tokens:
        """``the tables in room one and room two`` as the table in the one and the table in the other."""
        moving = ("putting", "taking", "giving")
        if any(self.form.at(name, tokens, at) is not None for at in range(2) for name in moving):
            return tokens  # "put the cups in the kitchen and the hall"
        for at in range(3, len(tokens) - 1):
            if tokens[at].text != "and":
                continue
            end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text in LINKS), len(tokens))
            for place in (k for k in range(at - 2, 1, -1) if tokens[k].text in WHERE):
                if any(self.form.at("excepting", tokens, k) is not None for k in range(place, at)):
                    continue  # "everyone in the hall except Ana and me"
                second = tokens[at + 1 + (tokens[at + 1].text == tokens[place].text) : end]
                thing = self._several_before(tokens, place)
                first = self._there(thing, tokens[place:at])
                other = self._there(thing, (tokens[place], *second))
                if first and other:
                    return (*tokens[: place - len(thing)], *first, tokens[at], *other, *tokens[end:])
        return tokens

    def _several_before(self, tokens: Tokens, end: int) -> Tokens:
        """The words for several things that end at a position; none where no such words do."""
        for begin in range(max(0, end - 4), end):
            for stop, noun in self.form.nouns().parse(tokens, begin):
                if stop == end and noun.role == "thing" and noun.ids and noun.many in ("some", "all", "both"):
                    return tokens[begin:end]
        return ()

    def _there(self, thing: Tokens, where: Tokens) -> Tokens:
        """The words for the things of some kind that are somewhere; none where nothing is called so."""
        for last in dict.fromkeys((thing[-1].text, thing[-1].text.removesuffix("s"))) if thing else ():
            tokens = (*thing[:-1], thing[-1].read_as(last), *where)
            whole = [noun for end, noun in self.form.nouns().parse(tokens, 0) if end == len(tokens) and noun.ids]
            if any(noun.role == "thing" and set(self.form.meant(replace(noun, many="all"))) for noun in whole):
                return tokens
        return ()

    def _of_its_kind(self, tokens: Tokens) -> Tokens:
        """``the red pen and the blue one`` with the noun that ``one`` stands for, where a thing is called so."""
        for at in range(3, len(tokens)):
            told_apart = tokens[at - 1].text == "the"
            if tokens[at].text != "one" or (not told_apart and self._known(tokens[at - 1 : at + 1])):
                continue
            before = [token.text for token in reversed(tokens[: at - 1 - (not told_apart)]) if token.text.isalpha()]
            ways = (tokens[at].read_as(one) for word in before for one in (word.removesuffix("s"), word))
            if told_apart:  # "close the one in the loft"
                kind = next((one for one in ways if self._named((one, *tokens[at + 1 :]))), None)
            else:
                kind = next((one for one in ways if self._known((tokens[at - 1], one))), None)
            after = tokens[at + 1].text if at + 1 < len(tokens) else "."
            ends = not after.isalpha() or after in ("and", "then", "please")
            if tokens[at - 2].text == "the" and tokens[at - 3].text in (",", "(") and not told_apart and ends:
                continue  # "the ball, the red one" is that ball
            if kind is not None and (told_apart or tokens[at - 2].text in ARTICLES):
                tokens = (*tokens[:at], kind, *tokens[at + 1 :])
        return tokens

    def _named(self, tokens: Tokens) -> bool:
        """Whether words begin with the whole name of a thing in which it is said where it is."""
        found = self.form.noun(tokens, 0)
        if found is None or found[0] < 3 or tokens[1].text not in BESIDE:
            return False
        return any(end >= 3 and noun.ids and not noun.relations for end, noun in self.form.nouns().parse(tokens, 0))

    def _known(self, tokens: Tokens) -> bool:
        """Whether something here is called by just these words."""
        named = [noun for end, noun in self.form.nouns().parse(tokens, 0) if end == len(tokens) and noun.ids]
        return any(not (noun.colour or noun.pick or noun.other or self.form.person(noun)) for noun in named)

    def _between(self, tokens: Tokens, at: int, after: int) -> bool:
        """Whether words stand between two nouns of one sort."""
        end = at - 1 if tokens[at - 1].text == "," else at
        other = self.form.noun(tokens, after)
        if other is None or other[1].role == "pronoun":
            return False
        nouns = (noun for begin in range(end) for stop, noun in self.form.nouns().parse(tokens[:end], begin)
                 if stop == end and noun.role in ("thing", "list"))  # fmt: skip
        first = next(nouns, None)
        return first is not None and self._sort(first) == self._sort(other[1])

    def _sort(self, noun: Noun) -> bool:
        """Whether a noun means people."""
        return self._sort(noun.parts[0]) if noun.parts else self.form.person(noun)

    def _in_pairs(self, tokens: Tokens) -> Tokens:
        """``give A and B to X and Y respectively`` as two orders."""
        texts = [token.text for token in tokens]
        if "respectively" not in texts or self.form.verb_of(tokens, 0) is None:
            return tokens
        at = texts.index("respectively")
        end = at - 1 if texts[at - 1] == "," else at
        verb = self.form.verb_of(tokens, 0) or 0
        for begin, second in self._lists(tokens, end):
            preposition = self.form.lexicon.prepositions.longest(tokens, begin - 1)
            between = begin - 1 if preposition is not None and preposition[0] == begin else begin
            for start, first in self._lists(tokens, between):
                if start > verb and len(first) == len(second) > 1:
                    pairs = ((*tokens[:start], *one, *tokens[between:begin], *other)
                             for one, other in zip(first, second, strict=True))  # fmt: skip
                    return (*self._one_after_the_other(pairs), *tokens[at + 1 :])
        return tokens

    def _one_after_the_other(self, orders: Iterator[Tokens]) -> Tokens:
        """Several orders in one sentence."""
        out: Tokens = ()
        for one in orders:
            out = (*out, *self.form.words(", then", one[0]), *one) if out else one
        return out

    def _lists(self, tokens: Tokens, end: int) -> Iterator[tuple[int, list[Tokens]]]:
        """Where lists begin that end at a position, with what they list; the longest first."""
        for begin in range(max(0, end - LONGEST_LIST), end):
            if begin and tokens[begin - 1].text in (*LINKS, "the", "a", "an"):
                continue
            if any(stop == end and noun.role == "list" for stop, noun in self.form.nouns().parse(tokens, begin)):
                yield begin, _parts(tokens[begin:end])


def _parts(tokens: Tokens) -> list[Tokens]:
    """What a list has between its links."""
    out: list[Tokens] = [()]
    for token in tokens:
        if token.text in (",", "and"):
            out += [()] if out[-1] else []
        else:
            out[-1] = (*out[-1], token)
    return [part for part in out if part]
