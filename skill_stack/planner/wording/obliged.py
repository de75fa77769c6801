"""Obliged: what has to be done, said of the thing itself, as an order: ``the lamp must be switched off``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from skill_stack.planner.wording.duty import MAY, WANTING, WOULD, Duty, Subject
from skill_stack.planner.wording.order_form import OrderForm, Tokens
from skill_stack.planner.wording.put_there import PutThere

ASKING = (
    "i want", "i would like", "i would love", "i need", "we want", "we would like", "we need", "i would prefer",
    "i wish for", "would it be possible to have", "is it possible to have", "it would be nice to have",
    "it would be good to have", "it would be great to have", "i would be happier with", "i would be happy with",
    "i would feel better with", "i would be more comfortable with", "i would be grateful for",
    "we would be happier with",
)  # fmt: skip
"""Beginnings of a wish that says what is to be done with a thing."""

NICE = tuple(
    f"{begin} {how} if"
    for begin in ("it would be", "it will be", "that would be", "would it be possible", "i would be", "we would be")
    for how in ("nice", "good", "great", "lovely", "helpful", "kind", "wonderful", "best", "better", "glad", "happy",
                "grateful", "very grateful", "delighted", "")
)  # fmt: skip
"""Beginnings of a wish after which a clause says what would be nice."""

STAYING = frozenset("stay remain".split())
"""What moves nothing."""

PARTICLES = frozenset("off on up out down away over".split())
"""Small words that belong to the verb before the thing."""

PLACING = frozenset("in into to on onto under behind inside back at".split())
"""Words after ``go`` or ``belong`` that begin the place of a thing."""

OTHERS = frozenset(
    "yesterday tomorrow every always usually never often sometimes twice once already by later tonight normally "
    "monday tuesday wednesday thursday friday saturday sunday weekly daily probably apparently each week month year "
    "ever not who".split()
)
"""Words of a clause that tells a rule, another time or who will do it."""

AHEAD = frozenset(
    (length, word)
    for length in ("hour", "hours", "minute", "minutes", "day", "days")
    for word in ("before", "after", "earlier")
)
"""Words for a time that is reckoned from another one."""

LINKS = frozenset({",", ":", "and", "but", "so", "then", "also", "please", "moreover", "only", "just"})
"""Words between two clauses."""

TO_WHOM = frozenset("give bring hand serve show pass tell offer get send".split())
"""Verbs whose passive may be said of the one who gets something."""

AS_OBJECT = {"they": "them", "these": "them", "those": "them", "both": "them", "he": "him", "she": "her"}
"""Pronouns as what something is done with."""

AIMS = frozenset("keep prevent avoid protect save stop make let ensure help".split())
"""Verbs of what something is done for: ``closed to keep the warmth in``."""

UNTIL = frozenset("before until while when".split())
WHO = frozenset("we i they he she it somebody someone everybody everyone anybody anyone".split())
"""Words with which it is said by when something is to be done: ``before we close``."""

KNOWN = frozenset("the my our his her their this that these those all both every each".split())
"""Words before what one asks something of, and not only about: ``could the lamp be switched on``."""

DO_IT = frozenset(
    f"{one}{whom}"
    for one in ("do it", "do that", "do so", "see to it", "take care of it", "please do", "do this", "see to that",
                "deal with it", "take care of that")
    for whom in ("", " for me", " for us", " now", " for him", " for her")
)  # fmt: skip
"""Sentences that only ask for what was said before them."""

COUNTING = ("tell me how many", "find out how many", "i would like to know how many")
"""Beginnings of orders to count, after which nobody need be told to count them."""

AGAIN = frozenset(", so please and then now could can would will you kindly just".split())
"""Words around such a request."""

BACK = frozenset(
    f"{verb} {what} {where}"
    for verb in ("put", "bring", "take", "carry", "return", "set")
    for what in ("it", "them", "this", "that")
    for where in ("back", "there", "away", "back there", "where it belongs", "where they belong", "in its place")
)
"""Orders to put something where it was said to belong."""


@dataclass(slots=True)
class Obliged:
    """Puts clauses that say what has to be done with a thing as orders.

    Attributes:
        form: Finds nouns and verbs.
    """

    form: OrderForm

    @property
    def duty(self) -> Duty:
        """What finds things and their duties."""
        return Duty(self.form)

    def of(self, tokens: Tokens, before: Tokens) -> Tokens:
        """One sentence with its duties as orders.

        Args:
            tokens: The sentence.
            before: The sentence before it as it was said.
        """
        tokens = self._aimed(self._asked(self._once(tokens)))
        bare = tuple(one for one in tokens if one.text not in ("please", ","))
        polite = self.duty.longest(self.form.lexicon.small.at_start, bare, 0)
        again = self.form.said(bare[polite:]) if before else ""
        put = PutThere(self.form).of(tokens, polite, before) if before and self._asks(before) else None
        if put is not None:
            tokens, again = put, again if put else "do it"
        asked = again in DO_IT | BACK and self._asks(before)
        if asked or (again == "count them" and self.form.said(before).startswith(COUNTING)):
            return ()
        if self.form.said(bare) in BACK:
            return self._where_it_belongs(bare, before) or tokens
        out: list[Tokens] = []
        left: Tokens = ()
        last: Tokens = ()
        for clause in self._clauses(tokens):
            link, rest = clause[: self._linked(clause)], clause[self._linked(clause) :]
            link, left = left or link, ()
            order = self._order(rest, bool(before) or bool(out), last)
            if order is None and self._stays(rest):
                left = link  # what may stay as it is moves nothing
                continue
            last = self._named(rest, last) if order else last
            out.append((*link, *(order or rest)))
        return _unlinked(tuple(token for one in out for token in one)) if last else tokens

    def _aimed(self, tokens: Tokens) -> Tokens:
        """``put the milk in the fridge`` for ``the milk goes into the fridge so that it stays cold``."""
        at = next((k for k in range(4, len(tokens) - 2) if tokens[k].text == "so"), 0)
        aim = at and tokens[at + 1].text in ("that", "it", "they") and not self.form.begins(tokens, at + 1)
        left = tokens[: at - (tokens[at - 1].text == ",")] if aim else ()
        subject = self.duty.subject(left, 0) if left else None
        if subject is None or subject.person or subject.pronoun or left[subject.end].text not in ("goes", "go"):
            return tokens
        return self._placed(left, subject.end + 1, subject) or tokens

    def _asked(self, tokens: Tokens) -> Tokens:
        """``the fan must be switched on`` for ``could the fan be switched on``."""
        known = len(tokens) > 4 and tokens[0].text == "could" and (tokens[1].text in KNOWN or tokens[1].owner)
        found = self.form.noun(tokens, 1) if known else None
        if found is None or self.form.person(found[1]) or found[1].role == "pronoun":
            return tokens
        be = found[0]
        if be + 1 >= len(tokens) or tokens[be].text != "be" or not self.duty.base(tokens, be + 1):
            return tokens
        ends = tokens[:-1] if tokens[-1].text == "?" else tokens
        return (*tokens[1:be], *self.form.words("must", tokens[be]), *ends[be:])

    def _once(self, tokens: Tokens) -> Tokens:
        """An order without words that only ask for it again: ``somebody must close the door, so please do it``."""
        for at in range(2, len(tokens)):
            again = self.form.said([one for one in tokens[at:] if one.text not in AGAIN])
            if tokens[at].text in (",", "so", "and") and again in DO_IT:
                return tokens[:at] if self._asks(tokens[:at]) else tokens
        return tokens

    def _asks(self, tokens: Tokens) -> bool:
        """Whether a sentence asks for something in so many words: ``wipe it``, ``somebody must wipe it``."""
        if tokens[0].text in ("someone", "somebody") and (end := self.duty.verb(tokens, 1)):
            return self.form.verb(tokens, end)
        return self.form.begins(tokens, 0) or self.of(tokens, ()) != tokens

    def _clauses(self, tokens: Tokens) -> Iterator[Tokens]:
        """The sentence in parts of which each may be a clause, each with the words that link it."""
        begin = 0
        for at in range(1, len(tokens)):
            if tokens[at].text not in LINKS or tokens[at - 1].text in LINKS or at < self._subject_end(tokens, begin):
                continue
            after = at + self._linked(tokens[at:])
            shared = after < len(tokens) and (self.duty.base(tokens, after) or self.duty.verb(tokens, after))
            if shared or self.duty.subject(tokens, after) is not None:
                yield tokens[begin:at]
                begin = at
        yield tokens[begin:]

    def _subject_end(self, tokens: Tokens, begin: int) -> int:
        """Where the thing ends of which a clause says something, maybe several: ``the couch and the bench must …``."""
        begin += self._linked(tokens[begin:])
        subject = self.duty.subject(tokens, begin + self._wish(tokens[begin:]))
        return subject.end if subject is not None else begin

    def _named(self, tokens: Tokens, last: Tokens) -> Tokens:
        """What the next clause may say something of: somebody by name, ``it`` for a thing."""
        subject = self.duty.subject(tokens, self._wish(tokens))
        if subject is None:
            return last
        return self._thing(tokens, subject) if subject.person or subject.pronoun else self.form.words("it", tokens[0])

    def _wish(self, tokens: Tokens) -> int:
        """Where the words end with which a wish begins."""
        return self.duty.longest(ASKING, tokens, 0) or self.duty.longest(NICE, tokens, 0)

    def _linked(self, tokens: Tokens) -> int:
        """Where the words end that link a clause to the one before."""
        at = 0
        while at < len(tokens) and tokens[at].text in LINKS:
            at += 1
        return at

    def _order(self, tokens: Tokens, known: bool, last: Tokens) -> Tokens | None:
        """One clause as an order, or None.

        Args:
            tokens: The clause.
            known: Whether something was named before.
            last: The thing of the clause before it where that is such an order, so that a verb may be left out.
        """
        texts = [token.text for token in tokens]
        halted = self._halted(tokens) if "not" in texts else None
        if halted is not None:
            return halted
        if set(texts) & OTHERS or any(pair in AHEAD for pair in itertools.pairwise(texts)):
            return None
        wish = self._wish(tokens)
        subject = self.duty.subject(tokens, wish)
        if subject is None:
            begin = self.duty.past(tokens, self.duty.verb(tokens, 0), ("be",))
            return self._done(tokens, begin, last) if last else None
        if subject.pronoun and not known:
            return None
        at, what = subject.end, self._thing(tokens, subject)
        verb = self._duty(tokens, at, wish)
        if not verb and wish and self._were(tokens, at):
            return self._done(tokens, at + 1, what, subject)
        if not verb:
            at += 2 if last and self.form.said(tokens[at : at + 2]) == "to be" else 0
            shared = last and self.duty.base(tokens, at)
            return self._done(tokens, at, what, subject) if shared else self._wanting(tokens, subject)
        at = self.duty.past(tokens, at + verb, ())
        runs = None if subject.person else self._running(tokens, at, what)
        if runs is not None:
            return runs
        if at + 1 < len(tokens) and tokens[at].text == "be":
            be = self.duty.past(tokens, at, ("be",))
            lies = None if subject.person else self._placed(tokens, be, subject)
            return self._done(tokens, be, what, subject) or lies
        return self._going(tokens, at, subject)

    def _halted(self, tokens: Tokens) -> Tokens | None:
        """``switch off the mixer`` for ``the mixer should not run any more``."""
        subject = self.duty.subject(tokens, 0)
        verb = self.duty.verb(tokens, subject.end) if subject is not None else 0
        if subject is None or subject.person or subject.pronoun or not verb or verb == len(tokens):
            return None
        return self._running(tokens, verb, self._thing(tokens, subject)) if tokens[verb].text == "not" else None

    def _running(self, tokens: Tokens, at: int, what: Tokens) -> Tokens | None:
        """``switch on the fan`` for ``the fan should run``, ``switch off …`` for ``… should not run any more``."""
        texts = [token.text for token in tokens[at:] if token.text != "please"]
        negated = texts[:1] == ["not"]
        said = " ".join(texts[negated:])
        ends = ("", " any more", " any longer", " now", " again")
        if said not in {f"{run}{end}" for run in ("run", "be running", "be working", "work") for end in ends}:
            return None
        return (*self.form.words("switch off" if negated else "switch on", tokens[at]), *what)

    def _duty(self, tokens: Tokens, at: int, wish: int) -> int:
        """How many words at a position say that something has to be so, after a wish that ends somewhere."""
        if wish and self.duty.longest(NICE, tokens, 0):
            return 0 if self._were(tokens, at) else self.duty.longest(WOULD, tokens, at)
        if wish:
            return int(at < len(tokens) and tokens[at].text == "to")
        free = {"now", "again"} & {token.text for token in tokens} and self.duty.longest(("can", "may"), tokens, at)
        return free or max(self.duty.verb(tokens, at) - at, 0)

    def _were(self, tokens: Tokens, at: int) -> bool:
        """Whether it is said that something were done: ``it would be nice if the hall were swept``."""
        return tokens[at : at + 1] != () and tokens[at].text in ("were", "was") and bool(self.duty.base(tokens, at + 1))

    def _done(self, tokens: Tokens, at: int, what: Tokens, subject: Subject | None = None) -> Tokens | None:
        """The order of a participle: ``switched off``; None where it is no verb of the robot."""
        base = self.duty.base(tokens, at)
        if not base:
            return None
        verb: Tokens = (tokens[at].read_as(base),)
        rest = self._aimless(tokens[at + 1 :])
        if tokens[at].text == "taken" and rest and rest[0].text == "with":
            return None  # "the tablets are to be taken with water"
        placed = len(rest) > 2 and rest[1].text in PLACING and self.form.noun(rest, 2) is not None
        if rest and rest[0].text in PARTICLES and not placed and (len(rest) == 1 or self.form.noun(rest, 1) is None):
            verb, rest = (*verb, rest[0]), rest[1:]
        if subject and subject.person and base in TO_WHOM and rest and rest[0].text not in PLACING:
            return (*verb, *what, *rest)
        if subject and subject.pronoun and len(verb) > 1:
            return (verb[0], *what, *verb[1:], *rest)
        return (*verb, *what, *rest)

    def _aimless(self, tokens: Tokens) -> Tokens:
        """The words behind a participle without what it is done for: ``to protect the paintings``."""
        for at in range(len(tokens) - 1):
            if tokens[at].text in UNTIL and tokens[at + 1].text in WHO:
                return tokens[:at]  # "wiped before we close"
            base = tokens[at + 1].text in self.form.lexicon.english.base and self.form.noun(tokens, at + 1) is None
            aim = tokens[at + 1].text in AIMS or (base and not self.form.verb(tokens, at + 1))
            if tokens[at].text == "to" and aim:
                return tokens[:at]
        return tokens

    def _going(self, tokens: Tokens, at: int, subject: Subject) -> Tokens | None:
        """The order of ``go into the bin``; None for others."""
        if subject.person or at + 2 >= len(tokens) or tokens[at].text not in ("go", "come"):
            return None
        return self._placed(tokens, at + 1, subject)

    def _placed(self, tokens: Tokens, at: int, subject: Subject) -> Tokens | None:
        """The order to put a thing where it belongs, or give it to the one for whom it is."""
        back = at < len(tokens) and tokens[at].text == "back"
        at += back
        if at + 1 >= len(tokens) or tokens[at].text not in PLACING:
            return None
        goal = self.form.noun(tokens, at + 1)
        if goal is None:
            return None
        like, what = tokens[at], self._thing(tokens, subject)
        if self.form.person(goal[1]):
            return (*self.form.words("give", like), *what, *self.form.words("to", like), *tokens[at + 1 :])
        if like.text == "to":
            return (*self.form.words("bring", like), *what, *tokens[at:])
        way = {"into": "in", "onto": "on"}.get(like.text, like.text)
        return (*self.form.words("put", like), *what, like.read_as(way), *tokens[at + 1 :])

    def _wanting(self, tokens: Tokens, subject: Subject) -> Tokens | None:
        """The order of ``needs washing``, of ``belongs in`` where it lies elsewhere, of ``Ana wants it on``."""
        at = subject.end
        if at + 1 >= len(tokens):
            return None
        if tokens[at].text in WANTING and tokens[at + 1].text.endswith("ing"):
            return self._done(tokens, at + 1, self._thing(tokens, subject), subject)
        meant = subject.pronoun or subject.placed or tokens[subject.begin].text == "both"
        if tokens[at].text in ("belongs", "belong", "goes", "go") and meant:
            return self._placed(tokens, at + 1, subject)
        if subject.person and tokens[at].text in WANTING and tokens[at + 1].text in ("it", "them"):
            return self._placed(tokens, at + 2, Subject(at + 1, at + 2, True))
        return None

    def _where_it_belongs(self, tokens: Tokens, before: Tokens) -> Tokens:
        """The order to put something where the sentence before says that it belongs; nothing where it does not."""
        at = next((at for at, one in enumerate(before) if one.text in ("belongs", "belong")), len(before))
        if at + 2 >= len(before) or before[at + 1].text not in PLACING:
            return ()
        return (*self.form.words("put", tokens[0]), tokens[1], *before[at + 1 :])

    def _stays(self, tokens: Tokens) -> bool:
        """Whether a clause only says that something may stay as it is."""
        subject = self.duty.subject(tokens, 0)
        at = subject.end if subject else len(tokens)
        return at + 1 < len(tokens) and tokens[at].text in MAY and tokens[at + 1].text in STAYING

    def _thing(self, tokens: Tokens, subject: Subject) -> Tokens:
        """The words for the thing as what is done with it."""
        words = tokens[subject.begin : subject.end]
        if subject.pronoun:
            return (words[0].read_as(AS_OBJECT.get(words[0].text, "it")),)
        texts = [one.text for one in words]
        if texts[-3:] in (["on", "the", "floor"], ["on", "the", "ground"]):
            return words[:-3]
        at = next((at for at, text in enumerate(texts) if text in ("lying", "standing", "sitting", "hanging")), None)
        if at is None:
            return words
        begin = at - 2 if texts[at - 2 : at - 1] in (["that"], ["which"]) else at
        return (*words[:begin], *words[at + 1 :])


def _unlinked(tokens: Tokens) -> Tokens:
    """Tokens without links at their beginning."""
    while tokens and tokens[0].text in LINKS - {"please"}:
        tokens = tokens[1:]
    return tokens
