"""Destined: several things of which is said where each goes, as orders: ``the tea goes to Ana, the coffee to Tom``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.wording.order_form import OrderForm, Tokens

BETWEEN = frozenset({",", "and", "but", "while", "whereas", "then", "also", "please"})
"""Words between two clauses."""

ITSELF = frozenset({"they", "it", "those", "these", "that", "this"})
"""Words that say once more what was named before them: ``the pear and the orange, they go to Yuki``."""

POLITE = frozenset("please then now would could will can you , kindly to so just".split())
"""Words around an order that say no more."""

AGAIN = frozenset({"too", "also", "likewise", "please", "as", "well"})
"""Words at the end of a clause that say no more."""

MAY = frozenset({"could", "can", "may", "might"})
"""Verbs with which it is asked whether somebody gets something."""

Found = tuple[int, Tokens, Tokens, bool]
"""Where a clause ends, what is done, where to, and whether its verb was said."""


@dataclass(slots=True)
class Destined:
    """Puts clauses that say where things go, or who gets them, as orders where there are several.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, sentences: list[tuple[Tokens, Tokens]]) -> list[tuple[Tokens, Tokens]]:
        """Sentences with their marks, in which what several things are meant for is ordered.

        Args:
            sentences: The sentences as they were said, each with the mark that ends it.
        """
        out: list[tuple[Tokens, Tokens]] = []
        found: list[int] = []
        count = 0
        there: Tokens = ()
        for tokens, stop in sentences:
            if found and self._hands_out(tokens):
                count += 1  # "the tea is for Ana. Hand it out."
                continue
            body = self._headed(tokens)
            orders = self._orders(body or tokens, there)
            found += [len(out)] if orders else []
            every = bool(tokens) and tokens[0].text in ("both", "all")
            several = any(where[0].text == "to" and "and" in self.form.said(what).split() for what, where in orders)
            firm = bool(body) or every or several or any(token.text == "there" for token in tokens)
            count += len(orders) + bool(firm) if orders else 0
            there = (orders[-1][1] if orders else self._goal(tokens)) or there
            joined = [token for what, where in orders for token in (*self._then(tokens), *what, *where)]
            out.append((tuple(joined[2:]) if orders else tokens, stop))
        return out if count > 1 else sentences

    def _hands_out(self, tokens: Tokens) -> bool:
        """Whether a sentence only asks for what is shared out by then: ``hand them out, please``."""
        bare = tuple(one for one in tokens[self.form.past_polite(tokens, 0) :] if one.text not in POLITE)
        at = self.form.at("handing_out", bare, 0)
        texts = [one.text for one in bare[at:]] if at is not None else ["no"]
        return not set(texts) - {*ITSELF, "them", "all", "out", "round", "around", "over", "everything", "both"}

    def _headed(self, tokens: Tokens) -> Tokens:
        """What stands behind ``hand out the post:``, with the post for ``it``; nothing for other sentences."""
        colon = next((k for k, one in enumerate(tokens) if one.text == ":"), 0)
        at = self.form.at("handing_out", tokens, self.form.past_polite(tokens, 0)) if colon else None
        if at is None or at >= colon:
            return ()
        head = tuple(one for one in tokens[at:colon] if one.text not in ("out", "round", "around"))
        body = tuple(one for one in tokens[colon + 1 :] if one.text not in ("all", "both"))
        return (*head, *body[1:]) if body and body[0].text in ITSELF else body

    def _then(self, tokens: Tokens) -> Tokens:
        """What stands between two orders."""
        return self.form.words(", then", tokens[0])

    def _orders(self, tokens: Tokens, there: Tokens) -> list[tuple[Tokens, Tokens]]:
        """What is done with each of the things of a sentence, and where to; none where it says anything else.

        Args:
            tokens: The sentence.
            there: Where the thing of the sentence before it goes.
        """
        out: list[tuple[Tokens, Tokens]] = []
        at, way = 0, ""
        while at < len(tokens):
            while at < len(tokens) and tokens[at].text in BETWEEN:
                at += 1
            if at == len(tokens):
                break
            clauses = [(one, "goes") for one in self._goes(tokens, at, way, there)]
            clauses += [(one, "gets") for one in self._gets(tokens, at, way)]
            if not clauses:
                return []
            (at, what, where, _), way = clauses[0]
            out.append((what, where))
            there = where or there
        return out

    def _goes(self, tokens: Tokens, at: int, way: str, there: Tokens) -> Iterator[Found]:
        """Clauses at a position that say where a thing goes."""
        for end, noun in self._nouns(tokens, at):
            if self._people(noun) or any(token.text in BETWEEN - {"and", ","} for token in tokens[at:end]):
                continue
            verb = end
            if tokens[verb : verb + 1] and tokens[verb].text == "," and self._word(tokens, verb + 1) in ITSELF:
                verb += 2
            past = self.form.at("going", tokens, verb)
            if past is None and way != "goes":
                continue
            begin = past if past is not None else end
            if self._word(tokens, begin) == "there" and there and past is not None:
                stop = self._closed(tokens, begin + 1)
                if stop is not None:
                    yield stop, self._order(tokens[at:end], there), there, True
                continue
            yield from self._placed(tokens, (at, end, begin), past is not None)

    def _placed(self, tokens: Tokens, parts: tuple[int, int, int], said: bool) -> Iterator[Found]:
        """Clauses with the place of a thing after their verb."""
        at, end, begin = parts
        if self._word(tokens, begin) == "back":
            begin += 1
        between = self.form.lexicon.prepositions.longest(tokens, begin)
        if between is None or tokens[begin].text not in ("to", "for", "in", "into", "on", "onto", "at"):
            return
        if tokens[begin - 1].text in ("is", "are", "meant") and tokens[begin].text != "for":
            return  # "the fridge is in the kitchen"
        for far, goal in self._nouns(tokens, between[0]):
            stop = self._closed(tokens, far)
            if stop is None or goal.role == "list":
                continue
            like = tokens[begin]
            word = "to" if self._people(goal) else {"into": "in", "onto": "on"}.get(like.text, like.text)
            where = (like.read_as(word), *tokens[begin + 1 : far])
            if like.text == "for" and not self._people(goal):
                continue
            yield stop, self._order(tokens[at:end], where, self._people(goal)), where, said

    def _order(self, thing: Tokens, where: Tokens, person: bool | None = None) -> Tokens:
        """The order to put a thing somewhere, or to give it to somebody."""
        if person is None:
            goal = self.form.noun(where, 1)
            person = goal is not None and self._people(goal[1])
        verb = "give" if person else "bring" if where[0].text in ("to", "at") else "put"
        return (*self.form.words(verb, thing[0]), *thing)

    def _gets(self, tokens: Tokens, at: int, way: str) -> Iterator[Found]:
        """Clauses at a position that say who gets a thing."""
        asked = tokens[at].text in MAY  # "could Ana have the tea"
        at += asked
        for end, who in self._whom(tokens, at):
            past = self.form.at("getting", tokens, end)
            past = end + 1 if asked and self._word(tokens, end) in ("have", "get") else past
            if past is None and way != "gets":
                continue
            begin = past if past is not None else end
            for far, what in self._nouns(tokens, begin):
                stop = self._closed(tokens, far)
                if stop is not None and not self._people(what):
                    order = (*self.form.words("give", tokens[at]), *tokens[begin:far])
                    yield stop, order, (*self.form.words("to", tokens[at]), *who), past is not None

    def _whom(self, tokens: Tokens, at: int) -> Iterator[tuple[int, Tokens]]:
        """Where the name of somebody ends at a position, who gets something, and the name: ``me`` for ``I``."""
        if self._word(tokens, at) == "i":
            yield at + 1, self.form.words("me", tokens[at])
        for end, noun in self._nouns(tokens, at):
            if self._people(noun) and noun.role != "list":
                yield end, tokens[at:end]

    def _goal(self, tokens: Tokens) -> Tokens:
        """Where an order puts something: the last place of it."""
        if not self.form.begins(tokens, 0):
            return ()
        for at in range(len(tokens) - 2, 0, -1):
            noun = self.form.noun(tokens, at + 1)
            if tokens[at].text in ("on", "in", "into", "onto", "to") and noun is not None and noun[0] == len(tokens):
                return tokens[at:]
        return ()

    def _closed(self, tokens: Tokens, at: int) -> int | None:
        """Where a clause ends at a position, after words that say no more; None where it goes on."""
        while at < len(tokens) and tokens[at].text in AGAIN:
            at += 1
        return at if at == len(tokens) or tokens[at].text in BETWEEN else None

    def _nouns(self, tokens: Tokens, at: int) -> list[tuple[int, Noun]]:
        """Things and people at a position, the longest first."""
        known = ((end, noun) for end, noun in self.form.nouns().parse(tokens, at) if noun.role in ("thing", "list"))
        return [(end, noun) for end, noun in known if noun.ids is not None or noun.again or noun.parts]

    def _people(self, noun: Noun) -> bool:
        """Whether a noun means people."""
        return all(self._people(one) for one in noun.parts) if noun.parts else self.form.person(noun)

    def _word(self, tokens: Tokens, at: int) -> str:
        """The word at a position; empty behind the last."""
        return tokens[at].text if at < len(tokens) else ""
