"""Wording: puts what an instruction takes back, and its times, into the form that the grammar reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.plan import PlanNode
from skill_stack.language.answers import FORBIDDEN, Answer, every, question, refusal
from skill_stack.language.conditions.constraints import Constraints
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import LINKS, PAUSES, STOPS, Text, Token, past, past_end, sentences, tokenise

MOST_TOKENS = 80
"""Tokens of an instruction that is rewritten at most."""

INSTEAD = ", no ,"
"""Words before what is said instead, as the grammar reads them."""

LEAST_TOKENS = 4
"""Tokens of a sentence with a time at least."""

Time = tuple[int, str, Tokens]
"""The end of a time, its kind (``delay`` or a list of ``wording.yaml``), and the length of a delay."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Rewrites instructions to the form that the grammar reads.

    Attributes:
        form: Finds orders.
    """

    form: OrderForm

    def rewrite(self, text: Text) -> Text | Answer:
        """Returns the rewritten instruction, or the same text if nothing changes.

        Returns:
            The text; the answer if it takes everything back, or needs a clock, an event or an endless repetition.
        """
        if len(text.tokens) > MOST_TOKENS:
            return text
        said = self._out_of_order(text.tokens) or self._depending(text.tokens) or self._taken_back(text.tokens)
        if isinstance(said, Answer):
            return said
        worded = every(one for tokens, stop in sentences(said) for one in (self._sentence(tokens), stop))
        if isinstance(worded, Answer):
            return worded
        done = tuple(token for one in worded for token in one)
        if done == text.tokens:
            return text
        return tokenise(_written(text, list(done)), self.form.lexicon.small.contractions)

    def refused(self, tree: PlanNode, text: Text) -> Answer | None:
        """Returns the refusal of a plan that uses an excluded object; None for others."""
        asked = (node for node in tree.every_skill() if node.why.startswith("asked"))
        done = frozenset(str(value) for node in asked for value in node.arguments.values())
        right = "all the cups except the red one"
        for sentence, _ in sentences(text.tokens):
            for noun, words in self._left_out(sentence):
                among = done if noun.ids is None else noun.ids & done
                if among and self.form.meant(replace(noun, ids=among, again=False, many="all")):
                    return refusal(f"I do not understand what '{words}' leaves out. Say it as in '{right}'.")
        return None

    def _left_out(self, tokens: Tokens) -> Iterator[tuple[Noun, str]]:
        """What words leave out, with the words: ``except the red one``."""
        for at in range(1, len(tokens)):
            begin = self.form.at("excepting", tokens, at)
            noun = self.form.noun(tokens, begin) if begin is not None and begin < len(tokens) else None
            if noun is not None:
                words = self.form.said(tokens[at : noun[0]])
                yield from ((part, words) for part in noun[1].parts or (noun[1],))

    def _taken_back(self, tokens: Tokens) -> Tokens | Answer:
        """Joins a correction to the sentence that it corrects; the answer to a text that takes its order back."""
        if not self.form.begins(tokens, past(tokens, 0, LINKS)):
            return tokens
        for at in range(2, len(tokens)):
            end = self.form.at("cancelling", tokens, at) if self._takes_back(tokens, at) else None
            if end is not None and past(tokens, end, PAUSES | WORDS.beside_cancelling) == len(tokens):
                return Answer("statement", FORBIDDEN)
            stopped = at + 1 < len(tokens) and tokens[at].text in STOPS
            mark = self.form.lexicon.table(self.form.lexicon.small.instead).longest(tokens, at + 1) if stopped else None
            if mark is not None and mark[0] < len(tokens):
                more = WORDS.adding & {token.text for token in tokens[mark[0] :]}
                said = tokens[at : at + 1] if more else self.form.inserted(INSTEAD, tokens[at])
                tokens = (*tokens[:at], *said, *tokens[mark[0] :])
        return tokens

    def _takes_back(self, tokens: Tokens, at: int) -> bool:
        """Whether words may take back the order before them, but neither ``yes or no`` nor what a skill does."""
        before, no = tokens[at - 1].text, any(one.text == "no" for one in tokens[at : at + 1])
        return (before in LINKS or (no and before != "or")) and self.form.spoken.skill_end(tokens, at) is None

    def _out_of_order(self, tokens: Tokens) -> Answer | None:
        """The refusal of an order with its place in the sequence at its end: ``close the door last; …``; or None."""
        for at in range(2, len(tokens)):
            end = self.form.at("out_of_order", tokens, at)
            said = end is not None and (tokens[at].text == "before" or tokens[at - 1].text not in LINKS)
            if end is not None and said and end < len(tokens) and tokens[end].text in LINKS:
                more = (k for k in range(end + 1, len(tokens)) if tokens[k - 1].text in LINKS | {"first"})
                if any(self.form.begins(tokens, k) for k in more):
                    words = self.form.said(tokens[at:end])
                    return refusal(f"I do not understand what '{words}' says of the order. Say first what comes first.")
        return None

    def _depending(self, tokens: Tokens) -> Answer | None:
        """The refusal of an order that depends on something in a way that is not read: ``whenever …``; or None."""
        clauses = self.form.lexicon.clauses
        always, awaiting = self.form.lexicon.table(clauses.other_conditions), self.form.lexicon.table(clauses.awaiting)
        teaching = self.form.lexicon.table(clauses.when_i_say)
        for at in range(len(tokens)):
            if teaching.longest(tokens, at) is not None:
                continue  # "when I say patrol" gives a name
            event = awaiting.longest(tokens, at)  # but not "once you are there", "when does it close?"
            awaits = event and (self._subject(tokens, event[0]) or self._must(tokens, at, event[0]))
            found = event if awaits else always.longest(tokens, at)
            if found is not None and (self.form.begins(tokens, 0) or self._order_within(tokens, found[0] + 1)):
                end = next((k for k in range(at, len(tokens)) if tokens[k].text in PAUSES), len(tokens))
                return Constraints.refusal(self.form.said(tokens[at:end]))
        return None

    def _must(self, tokens: Tokens, at: int, end: int) -> bool:
        """Whether words around an event state a rule: ``you must ring once you open the door``."""
        texts = [token.text for token in tokens]
        return "must" in texts[:at] and texts[end : end + 1] == ["you"]

    def _subject(self, tokens: Tokens, at: int) -> bool:
        """Whether a subject other than the robot begins at a position."""
        lexicon = self.form.lexicon
        known = {*lexicon.small.articles, *lexicon.statements.pronouns} - WORDS.robot
        alone = at + 1 >= len(tokens) or tokens[at + 1].text in LINKS or tokens[at].text in LINKS  # "once there, sit"
        return not alone and (tokens[at].text in known or self.form.noun(tokens, at) is not None)

    def _order_within(self, tokens: Tokens, at: int) -> bool:
        """Whether an order begins after a position."""
        begun = (k for k in range(max(at, 1), len(tokens)) if self.form.begins(tokens, k))
        return any(tokens[k - 1].text not in self.form.wording.no_order_after - LINKS for k in begun)

    def _conditions(self, tokens: Tokens) -> Tokens | Answer:
        """Makes a condition within a sentence one of its own where an order follows: ``sit, and if …, lie down``."""
        clauses = self.form.lexicon.clauses
        table = self.form.lexicon.table((*clauses.if_, *clauses.unless))
        for at in range(2, len(tokens) - 2):
            found = table.longest(tokens, at) if tokens[at - 1].text in ("and", "but", "then", ",") else None
            if found is None:
                continue
            begin = past_end(tokens[:at], LINKS)
            if not self._order_within(tokens, found[0] + 1):
                return (*tokens[:begin], *tokens[at:])  # "close the door, if it is open"
            if tokens[-1].text in WORDS.first:
                return Constraints.refusal(self.form.said(tokens[at:]))
            return (*tokens[:begin], *self.form.inserted(".", tokens[at]), *tokens[at:])
        return tokens

    def _sentence(self, tokens: Tokens) -> Tokens | Answer:
        apart = self._conditions(tokens)
        return apart if isinstance(apart, Answer) else self._timed(apart)

    def _timed(self, tokens: Tokens) -> Tokens | Answer:
        """A sentence with its delays as waiting; the answer if a time is no delay."""
        links = [at - 1 for at in range(2, len(tokens)) if tokens[at - 1].text in LINKS and (
                 self.form.begins(tokens, at) or self._delay(tokens, at) is not None)]  # fmt: skip
        for begin, end in zip((0, *(at + 1 for at in links)), (*links, len(tokens))):
            changed = self._clause(tokens, begin, end)
            if changed is not None:
                return changed if isinstance(changed, Answer) else self._timed(changed)
        return tokens

    def _clause(self, tokens: Tokens, begin: int, end: int) -> Tokens | Answer | None:
        """The sentence with the first time in a clause as waiting; None if it has none."""
        ordered = self.form.begins(tokens[begin:end], 0) and not self._says(tokens[begin:end])
        for at in range(begin, end):
            time, before = self._delay(tokens, at) or self._beyond(tokens, at), tokens[max(at - 1, 0)].text
            if at > begin + 1 and (before in self.form.wording.telling_of_times or (before == "," and time is None)):
                ordered = False  # the rest is no part of the order
            if time is None or (len(tokens) < LEAST_TOKENS and time[1] != "endless"):  # "see you later"
                continue
            if after := self._before_order(tokens, at, time):
                return self._waited(tokens, (at, at, after), time)
            if ordered and at > begin and time[0] == end:
                return self._waited(tokens, (begin, at, end), time)
        return None

    def _before_order(self, tokens: Tokens, at: int, time: Time) -> int:
        """Where the order begins that a time stands before; 0 where it stands before none."""
        after = past(tokens, time[0], LINKS)
        first = (at == 0 or tokens[at - 1].text in LINKS) and self.form.begins(tokens, after)
        return after if first and (time[2] or not self._says(tokens[after:])) else 0

    def _delay(self, tokens: Tokens, at: int) -> Time | None:
        """The delay at a position, or None."""
        begin = self.form.at("delay_before", tokens, at)
        amounts = self.form.spoken.quantities.amount(tokens, begin or at)
        end = next((end for end, amount in amounts if amount.unit == "s"), None)
        after = self.form.at("delay_after", tokens, end) if end is not None else None
        return (after or end, "delay", tokens[begin or at : end]) if end is not None and (begin or after) else None

    def _beyond(self, tokens: Tokens, at: int) -> Time | None:
        """The clock time, schedule, event or repetition without an end at a position, or None."""
        numbers = self.form.lexicon.quantities.numbers
        plain = [one.read_as("number") if one.number is not None or one.text in numbers else one for one in tokens]
        found = self.form.lexicon.shared(_times).longest(plain, at)
        return (*found, ()) if found is not None else None

    def _says(self, tokens: Sequence[Token]) -> bool:
        """Whether an order contains speech, to which a time may belong."""
        return any(token.text in self.form.wording.saying for token in tokens)

    def _waited(self, tokens: Tokens, places: tuple[int, int, int], time: Time) -> Tokens | Answer:
        """The sentence with waiting in place of a time: where to wait, where the time is said, and where it goes on."""
        (begin, at, after), (end, kind, length) = places, time
        said = self.form.said(length or tokens[at:end])
        if kind == "endless":
            return question(f"How often? '{said}' has no end; say for example 'three times' or 'until …'.")
        if kind == "recurring":
            instead = "'three times', or 'again' when it is to be done once more"
            return refusal(f"I keep no timetable, so I cannot do anything '{said}'. What I understand is {instead}.")
        if kind == "clock":
            now = "Say 'in ten minutes', or the order" if self.form.spoken.waits else "Say the order"
            return refusal(f"I have no clock and no calendar, so I cannot do anything '{said}'. {now} itself then.")
        if not self.form.spoken.waits:
            return refusal(
                f"I have no skill that waits, so I cannot do anything in {said}; without the time I would do it now."
            )
        wait, then = (self.form.inserted(words, tokens[begin]) for words in ("wait", ", then"))
        return (*tokens[:begin], *wait, *length, *then, *tokens[begin:at], *tokens[after:])


def _written(text: Text, tokens: list[Token]) -> str:
    out = []
    for token in tokens:
        source = text.source[token.start : token.end]
        out.append(source if source.casefold() == token.text or token.owner else token.text)
    return " ".join(out)


def _times(lexicon: Lexicon) -> PhraseTable[str]:
    """Times that are no delay, with their kinds."""
    words = lexicon.wording
    events = (f"after {before}{event}" for before in ("", "the ", "your ", "my ") for event in words.events)
    return lexicon.grouped(
        {"clock": Words((*words.clock, *events)), "recurring": words.recurring, "endless": words.endless}
    )
