"""TextReader: all readings of one text in one scene."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from skill_stack.core.plan import PlanNode
from skill_stack.core.world.fact import Fact
from skill_stack.language.answers import Answer, Noted, shortened
from skill_stack.language.attempts import Attempts, Tokens
from skill_stack.language.clauses.composer import Composer
from skill_stack.language.clauses.interpreter import Interpreter
from skill_stack.language.clauses.manners import Manners
from skill_stack.language.clauses.reader import cannot
from skill_stack.language.conditions.conditions import ConditionReader, Vocabulary
from skill_stack.language.conditions.constraints import Constraints
from skill_stack.language.conversation import Conversation
from skill_stack.language.grammar.chunks import WayLimit
from skill_stack.language.grammar.grammar import Grammar
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.grammar.way_limits import Marked, WayLimits
from skill_stack.language.implied.needs import Needs
from skill_stack.language.naming import naming_in
from skill_stack.language.nearest import Nearest, clauses, orders
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.readings import Reading, Readings, Ways, changed
from skill_stack.language.spatial.questions import SpatialQuestions
from skill_stack.language.statements import Statements
from skill_stack.language.wording.order_form import OrderForm
from skill_stack.language.wording.wording import Wording
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import LINKS, STOPS, Text, tokenise, unlinked


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads texts in a scene.

    Attributes:
        spoken: The library with its words.
        needs: Finds requests for stated needs.
        words: Names of the scene.
        facts: Facts that hold now.
    """

    spoken: SpokenLibrary
    needs: Needs
    words: SceneWords
    facts: frozenset[Fact]

    def readings(self, text: Text, slips: list[str]) -> Readings:
        """Yields the readings of a text, best first; returns the answer to the text.

        Args:
            text: The text, with corrected spelling.
            slips: Notes on the corrections.
        """
        wording = self.wording()
        ordered = self.spoken.heads.longest(text.tokens, 0) is not None  # "tell me how many people …"
        asked = None if ordered else SpatialQuestions(self.spoken, self.words, self.facts).answer(text.tokens)
        if asked is not None:
            return asked
        worded = wording.rewrite(text)
        if isinstance(worded, Answer):
            return worded
        text = worded
        statements = Statements(self.spoken.lexicon, self.words, self.spoken.verb_at)
        attempts = Attempts(functools.partial(self._understood, slips), self.needs, statements)
        named = yield from self._named(text, attempts)
        if named is not None:
            return named

        def limited(reading: Reading) -> Reading:
            def limits(tree: PlanNode) -> Answer | None:
                return self.spoken.constraints.refused(text, reading.read, tree) or wording.refused(tree, text)

            return replace(reading, limits=limits)

        answer = yield from changed(attempts.readings(text), limited, ends=True)
        if isinstance(answer, Noted) and statements.orders(text.tokens):
            return cannot(self.spoken.library, shortened(text.source.strip()))
        return answer

    def wording(self) -> Wording:
        """Returns the rewriter that puts an instruction into the form that the grammar reads."""
        return Wording(OrderForm(self.spoken, self.words, self.facts))

    def _nouns(self) -> NounParser:
        return self.spoken.nouns(self.words)

    def _named(self, text: Text, attempts: Attempts) -> Ways:
        """Readings of a text that gives steps a name; None for other texts."""

        def is_verb(head: tuple[str, ...]) -> bool:
            return any(one.skill.composite is None for one in self.spoken.frames.get(head, ()))

        things = functools.partial(self._thing_at_the_end, Resolver(self.words, self.facts))
        naming = naming_in(text, self.spoken.lexicon, is_verb, things)
        if naming is None:
            return None
        if naming.source:
            steps = tokenise(naming.source, self.spoken.lexicon.small.contractions)
            answer = yield from changed(attempts.readings(steps), lambda one: replace(one, naming=naming), ends=True)
        else:
            answer = yield Reading((), naming=naming)
        return answer if naming.sure or answer.skill is not None else None  # "that sign means danger" gives no name

    def _thing_at_the_end(self, resolver: Resolver, tokens: Tokens) -> tuple[int, str] | None:
        """The object at the end of words: its position and its id, or None."""
        for begin in range(len(tokens)):
            for end, noun in self._nouns().parse(tokens, begin):
                if end == len(tokens) and noun.role == "thing":
                    ids = resolver.resolve(noun, Discourse(pose=self.words.scene.robot))
                    if not isinstance(ids, Answer):
                        return begin, ids[0]
        return None

    def nearest(self, text: Text) -> Iterator[tuple[str, Reading]]:
        """Yields readings by the skills most similar to unread words; see :class:`Nearest`.

        Of several clauses one may be unread: the others are done as they were said, before and after it.
        """
        tokens = text.tokens
        parts = clauses(self._grammar()[0], tokens)
        closed = self.spoken.preparation.known | WORDS.excluding | self.spoken.lexicon.statements.subjects
        for begin, end in parts:
            start = self.wording().form.past_polite(tokens, begin)
            told = start >= end or self.words.nouns.longest(tokens, start) is not None  # "…, Ben wants to make tea"
            ordered = not parts[1:] or (not told and orders(tokens[start:end], closed))
            apart = self._apart(tokens, begin, end)
            if not ordered and not apart:
                continue
            first, last = self._rest(text, tokens[:begin], ()), self._rest(text, tokens[end:], tokens[:end])
            if isinstance(first, Answer) or isinstance(last, Answer):
                continue
            words = text.said(tokens[begin:end])

            def interpreter(told: Tokens = tokens[:begin]) -> Interpreter:
                resolver, discourse = Resolver(self.words, self.facts), Discourse(pose=self.words.scene.robot)
                heard = resolver.mention(told, self._nouns(), discourse)
                return Interpreter(
                    self.spoken.library, self.words.scene, resolver, self.spoken.lexicon, self.spoken.frames,
                    discourse, Manners(self.spoken.lexicon), [], heard=heard,
                )  # fmt: skip

            nearest = Nearest(self.spoken).offers(tokens[begin:end], words, self._grammar()[0], interpreter)
            for skill, offer in (*(nearest if ordered else ()), *([("", Reading(()))] if apart else ())):
                done = (*first.parts, *offer.parts, *last.parts)
                yield skill, Reading(done, (*first.notes, *last.notes), unclaimed=(words,))
            return

    def _apart(self, tokens: Tokens, begin: int, end: int) -> bool:
        """Whether a clause is a sentence or a statement of its own, without which the others are what they are."""
        lexicon, told = self.spoken.lexicon, tokens[begin:end]
        first, marks = told[0].text, {one.text for one in (*tokens[:begin][-1:], *tokens[end : end + 1])}
        states = Statements(lexicon, self.words, self.spoken.verb_at).mood_of(told) == "states"
        limits = lexicon.english.opening | WORDS.excluding | WORDS.avoiding
        return marks <= (STOPS | {","} if states else STOPS) and first not in limits and begin + 1 < end

    def _rest(self, text: Text, tokens: Tokens, told: Tokens) -> Reading | Answer:
        """The clauses before or behind an unread one; no steps where there is none."""
        bare = unlinked(tokens, LINKS | STOPS)
        if not bare:
            return Reading(())
        worded = self.wording().rewrite(Text(text.source, bare))
        return worded if isinstance(worded, Answer) else self._parts(worded, worded.tokens, told, [])

    def _limits(self, tokens: Tokens) -> Marked:
        """Replaces each constraint on the path by one token."""
        places = frozenset(name for name, one in self.words.scene.objects.items() if one.kind == "place")
        return WayLimits(self.spoken.lexicon, self.spoken.quantities, self._nouns, places).mark(tokens)

    def _grammar(self, limits: Mapping[str, WayLimit] | None = None) -> tuple[Grammar, NounParser]:
        """A grammar for one text, with its parser of noun phrases."""
        spoken, nouns = self.spoken, self._nouns()
        tables = spoken.heads, spoken.choices, spoken.between, spoken.tails, spoken.owned
        return Grammar(spoken.lexicon, spoken.quantities, nouns, *tables, limits), nouns

    def _understood(
        self, so_far: list[str], text: Text, tokens: Tokens, told: Tokens, notes: list[str]
    ) -> Readings:
        """Reads tokens once, with the notes made so far."""
        reading = self._parts(text, tokens, told, so_far + notes)
        if isinstance(reading, Answer):
            return reading
        return (yield replace(reading, read=tokens))

    def _parts(self, text: Text, tokens: Tokens, told: Tokens, notes: list[str]) -> Reading | Answer:
        """The steps that the grammar reads, notes on them, and the skills that they prohibit.

        Returns:
            The reading; the answer if the words were not read, or request nothing.
        """
        words, facts, scene, spoken = self.words, self.facts, self.words.scene, self.spoken
        resolver, discourse = Resolver(words, facts), Discourse(pose=scene.robot)

        def conditions(nouns: NounParser) -> ConditionReader:
            known = Vocabulary(spoken.library, facts | scene.facts)
            return ConditionReader(spoken.lexicon, known, resolver, nouns, discourse)

        heard = resolver.mention(told, self._nouns(), discourse)
        known = facts | scene.facts
        talk = Conversation(spoken.library, scene, known, spoken.lexicon, resolver, self._nouns, conditions)
        answer = self._converse(tokens, talk)
        if answer is not None:
            return answer
        manners = Manners(spoken.lexicon)
        tokens = spoken.preparation.without_fillers(tokens, words, manners.said)
        interpreter = Interpreter(
            spoken.library, scene, resolver, spoken.lexicon, spoken.frames, discourse, manners, notes, heard=heard
        )

        marked = self._limits(tokens)
        tokens, interpreter.whole = marked.tokens, marked.whole
        grammar = functools.partial(self._grammar, marked.limits)
        composer = Composer(text, interpreter, spoken.outliner, grammar, conditions, spoken.again)
        parts = composer.compose(tokens)
        if not isinstance(parts, Answer):
            return Reading(tuple(parts), tuple(interpreter.notes + manners.notes()), composer.banned)
        if marked.said and not isinstance(self._parts(text, marked.plain, told, []), Answer):
            return Constraints.refusal(marked.said[0])  # without it, all of it can be done
        return parts

    def _converse(self, tokens: Tokens, conversation: Conversation) -> Answer | None:
        """The answer to a remark, a question about the scene or a statement; None for other words."""
        answer = conversation.remark(tokens)
        if answer is not None and tuple(t.text for t in tokens if t.text not in STOPS) not in self.spoken.frames:
            return answer
        polite = self.spoken.lexicon.table(self.spoken.lexicon.small.at_start).longest(tokens, 0)
        several = any(token.text in STOPS for token in tokens[:-1])
        if (polite is None or polite[0] < 2) and not several:
            return conversation.statement(tokens)
        return None
