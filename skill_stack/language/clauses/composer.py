"""Composer: makes steps, branches and prohibitions of the segments of an instruction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from skill_stack.core.steps import Branch, Part, Step, Until, steps_of
from skill_stack.core.world.fact import Literal, negated
from skill_stack.language.answers import Answer, question, refusal, shortened
from skill_stack.language.clauses.clause_steps import clause_parts
from skill_stack.language.clauses.interpreter import BoundClause, Interpreter
from skill_stack.language.clauses.mentions import mention
from skill_stack.language.clauses.outline import Do, Forbid, If, Outliner, Segment, Tokens
from skill_stack.language.clauses.parallel import Beside, Togetherness, instruction, side_by_side
from skill_stack.language.clauses.reader import Reader
from skill_stack.language.clauses.sharing import Sharing
from skill_stack.language.conditions.condition_groups import ConditionGroups, Groups
from skill_stack.language.conditions.conditions import ConditionReader
from skill_stack.language.conditions.constraints import PASSING, Constraints
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.grammar import Grammar
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Text

KEPT_OUT = frozenset({"avoid", "without"})
"""Words of prohibition before a noun to keep away from; ``not the box`` only excludes a reading."""

MOST_CONDITIONS = 8
"""Conditions of one instruction at most."""


@dataclass(slots=True)
class Composer:
    """Composes the steps of one instruction.

    Attributes:
        text: The instruction.
        interpreter: Makes steps of clauses.
        outliner: Splits the instruction into segments.
        grammar: Makes a grammar for one segment, with its parser of noun phrases.
        conditions: Makes a reader of conditions for one segment.
        unsupported: Words that are refused, each with what it asks for.
        again: Verbs that request a repetition.
        forbidden: Prohibited steps, each with its words.
        refused: Prohibitions that no skill violates.
        dropped: Those of them that a plan might violate on its way.
        depth: Number of conditions so far.
    """

    text: Text
    interpreter: Interpreter
    outliner: Outliner
    grammar: Callable[[], tuple[Grammar, NounParser]]
    conditions: Callable[[NounParser], ConditionReader]
    unsupported: dict[str, str]
    again: frozenset[tuple[str, ...]]
    forbidden: list[tuple[Step, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    depth: int = 0

    def compose(self, tokens: Tokens) -> list[Part]:
        """Returns the steps of an instruction.

        Raises:
            Answer: Something in it was not read, or it requests nothing.
        """
        parts: list[Part] = []
        segments = self.outliner.segments(tokens)
        for segment in segments or [Do(tokens)]:
            parts += self._segment(segment)
        self._refuse_forbidden(parts)
        if parts and self.dropped:
            raise Constraints.refusal(self.dropped[0])
        if not parts and segments and not any(isinstance(one, Do) for one in segments):
            told = shortened(", ".join([words for _, words in self.forbidden] + self.refused))
            raise Answer("statement", f"Understood, I will leave that be: {told}.")
        return parts

    def _refuse_forbidden(self, parts: list[Part]) -> None:
        """Refuses an instruction that requests what it prohibits.

        Raises:
            Answer: It does so.
        """
        banned = {step.spec.name: words for step, words in self.forbidden if not _told(step)}
        for step in steps_of(parts):
            same = [w for other, w in self.forbidden if other.spec is step.spec and other.arguments == step.arguments]
            if same or step.spec.name in banned:
                raise refusal(f"You ask for {step.spec.name}, and also: '{(same or [banned[step.spec.name]])[0]}'.")

    @property
    def _until(self) -> PhraseTable[str]:
        """Conjunctions before an end of an action."""
        return self.interpreter.lexicon.table(self.interpreter.lexicon.clauses.until)

    @property
    def banned(self) -> frozenset[str]:
        """Skills that must not be used at all."""
        return frozenset(step.spec.name for step, _ in self.forbidden if not _told(step))

    def _segment(self, segment: Segment) -> list[Part]:
        if isinstance(segment, If):
            return self._branch(segment)
        if isinstance(segment, Forbid):
            self._forbid(segment.tokens, segment.mark)
            return []
        return self._doing(segment.tokens)

    def _doing(self, tokens: Tokens) -> list[Part]:
        """The steps of a request, in sequence or concurrent."""
        refused: Answer | None = None
        discourse = self.interpreter.discourse
        before = discourse.pose, list(discourse.mentioned), list(self.interpreter.notes)
        words = Togetherness(self.interpreter.lexicon)
        for found in words.readings(tokens, lambda at: any(self.grammar()[0].heads(tokens, at))):
            try:
                return self._at_once(found)
            except Answer as answer:
                refused = refused or (answer if found.sure else None)
                discourse.pose, discourse.mentioned[:], self.interpreter.notes[:] = before[0], before[1], before[2]
        if refused is not None:
            raise refused
        return self._after_each_other(tokens)

    def _at_once(self, found: Beside) -> list[Part]:
        """Concurrent steps with those before and after; or steps while a fact holds.

        Raises:
            Answer: One of them was not read.
        """
        discourse = self.interpreter.discourse
        first = self._doing(found.before) if found.before else []
        why = f'asked: "{shortened(self._said(found.words))}"'
        begin = discourse.pose
        lasting = self._holding(found.other)
        if lasting is not None:
            both: Part = Until(tuple(self._after_each_other(found.main)), negated(lasting), why)
        else:
            said = [found.main, instruction(found.other)]
            done: dict[int, list[Part]] = {}
            for place in (1, 0) if found.fronted else (0, 1):  # in text order: the second may refer to the first
                moved, discourse.pose = discourse.pose, begin
                done[place] = self._after_each_other(said[place])
                discourse.pose = moved if discourse.pose == begin else discourse.pose
            both = side_by_side(done[0], done[1], why)
        return [*first, both, *(self._doing(found.after) if found.after else [])]

    def _holding(self, tokens: Tokens) -> Literal | None:
        """The fact that words state, ``while the door is open``, or None."""
        try:
            literals, end = self._literals(tokens)
        except Answer:
            return None
        return literals[0] if len(literals) == 1 and end == len(tokens) else None

    def _after_each_other(self, tokens: Tokens) -> list[Part]:
        """The steps of a request, done once or until a condition holds."""
        until = self._until
        at = next((k for k in range(len(tokens)) if until.longest(tokens, k)), None)
        if at is None:
            return self._once(tokens)
        discourse = self.interpreter.discourse
        before = discourse.pose, list(discourse.mentioned)
        try:
            return self._once(tokens)  # "walk until you reach the ball" is a way of going there
        except Answer as answer:
            if answer.status == "question":
                raise
            discourse.pose, discourse.mentioned[:] = before
            return self._lasting(tokens, at)

    def _lasting(self, tokens: Tokens, at: int) -> list[Part]:
        """Steps until a condition holds, and those after it.

        Raises:
            Answer: No fact can express the condition, or there are no steps.
        """
        begin, _ = self._until.longest(tokens, at) or (at + 1, "")
        literals, end = self._literals(tokens[begin:])
        said, rest = self._said(tokens[at : begin + end]), tokens[begin + end :]
        while rest and rest[0].text in (",", "then", "and", ":"):
            rest = rest[1:]
        body = tokens[:at] or rest
        if not body:
            raise question(f"What shall I do {said}?")
        if len(literals) > 1:
            raise refusal(f"I can do something until one thing is so, not several: '{said}'.")
        parts = self._inner(body)
        lasting = Until(tuple(parts), literals[0], f'asked: "{said}"')
        return [lasting, *(self._inner(rest) if tokens[:at] and rest else [])]

    def _once(self, tokens: Tokens) -> list[Part]:
        return clause_parts(self.interpreter, self._reader(tokens).readings())

    def _reader(self, tokens: Tokens) -> Reader:
        """A reader of one segment, with shared objects given to each verb."""
        grammar, _ = self.grammar()
        whole = Sharing(grammar, self.interpreter).spelt_out(tokens)
        if whole != tokens:
            tokens, grammar = whole, self.grammar()[0]
        return Reader(self.text, tokens, grammar, self.interpreter, self.unsupported, self.again)

    def _forbid(self, tokens: Tokens, mark: Tokens) -> None:
        """Adds a prohibition; ``not the box`` only excludes a reading."""
        whole = self._said((*mark, *tokens))
        words = shortened(" ".join(token.written or token.text for token in tokens))
        _, nouns = self.grammar()
        noun = _only_named(tokens, nouns, self.interpreter.lexicon)
        if noun is not None:
            self.interpreter.resolver.resolve(noun, self.interpreter.discourse)
            self.refused.append(f"not {words}")
            self.dropped += [whole] if mark and mark[0].text in KEPT_OUT else []
            return
        self.dropped += [whole] if PASSING & {token.text for token in tokens} else []
        pose = self.interpreter.discourse.pose
        try:
            for step in self._forbidden_steps(tokens):
                self.forbidden.append((step, f"not {words}"))
        except Answer as answer:
            if answer.status == "question":
                raise
            self.refused.append(f"not {words}")
            head = next((found for _, found in self.grammar()[0].heads(tokens, 0)), ())
            skills = {frame.skill.name: frame.skill for frame in self.interpreter.frames.get(head, ())}
            self.forbidden += [(Step(skill, {}, ""), f"not {words}") for skill in skills.values()]
            self.dropped += [] if skills else [whole]  # a prohibited skill is kept out of the plan
            mention(tokens, nouns.fresh(), self.interpreter.resolver, self.interpreter.discourse)
        self.interpreter.discourse.pose = pose

    def _forbidden_steps(self, tokens: Tokens) -> Iterator[Step]:
        """The steps that words prohibit; without arguments if these are incomplete.

        Raises:
            Answer: The words were not read.
        """
        plain = tuple(token.read_as("and") if token.text in ("or", "nor") else token for token in tokens)
        for one in self._reader(plain).readings():
            if isinstance(one, BoundClause) and one.binding.missing:
                yield Step(one.binding.frame.skill, {}, "")
            elif isinstance(one, BoundClause):
                yield from steps_of(self.interpreter.parts(one))

    def _branch(self, segment: If) -> list[Part]:
        """The steps of a condition.

        Raises:
            Answer: No fact can express the condition.
        """
        self.depth += 1
        if self.depth > MOST_CONDITIONS:
            raise refusal(f"That has too many conditions; I follow up to {MOST_CONDITIONS}.")
        pose = self.interpreter.discourse.pose
        then = self._inner(segment.before)
        groups, end = self._groups(segment.tokens)
        rest = segment.tokens[end:]
        while rest and rest[0].text in (",", "then", ":"):
            rest = rest[1:]
        why = f'asked: "if {self._said(segment.tokens[:end])}"'
        so = self.interpreter.so
        self.interpreter.so = frozenset()  # "it" refers to the subject of the condition
        after = [] if segment.before else self._inner(rest)
        self.interpreter.so |= so
        later = self._inner(rest) if segment.before else []
        self.interpreter.discourse.pose = pose
        other = self._inner(segment.otherwise)
        yes, no = tuple(then + after), tuple(other)
        if not yes and not no:
            raise question(f"What shall I do if {self._said(segment.tokens[:end])}?")
        if not segment.positive and len(groups) == 1 and len(groups[0]) == 1:
            groups = ((negated(groups[0][0]),),)
        elif not segment.positive:
            yes, no = no, yes
        return [*_either(groups, yes, no, why), *later]

    def _inner(self, tokens: Tokens) -> list[Part]:
        """The steps of the segments of some tokens."""
        return [part for segment in self.outliner.segments(tokens) for part in self._segment(segment)]

    def _literals(self, tokens: Tokens) -> tuple[list[Literal], int]:
        """The literals of a condition without ``or``, and its end.

        Raises:
            Answer: No fact can express it, or it has an ``or``.
        """
        groups, end = self._groups(tokens)
        if len(groups) > 1:
            said = self._said(tokens[:end])
            raise refusal(f"I can follow one thing or several at once here, not a choice: '{said}'.")
        return list(groups[0]), end

    def _groups(self, tokens: Tokens) -> tuple[Groups, int]:
        """The groups of a condition, and its end.

        Raises:
            Answer: No fact can express it.
        """
        grammar, nouns = self.grammar()
        groups = ConditionGroups(
            self.conditions(nouns), nouns, lambda at: self._ends(tokens, at, grammar),
            self.interpreter.discourse.mentioned, frozenset(self.interpreter.scene.objects),
        )  # fmt: skip
        found = groups.read(tokens)
        if found is not None:
            return found[1], found[0]
        end = next((k for k, token in enumerate(tokens) if token.text in (",", "then")), len(tokens))
        if not tokens:
            raise question("On what condition? I heard 'if' and nothing after it.")
        raise refusal(f"I cannot tell whether '{shortened(self._said(tokens[:end]))}': nothing that I know says so.")

    def _ends(self, tokens: Tokens, at: int, grammar: Grammar) -> bool:
        """Whether a condition may end at a position: before a comma, a conjunction or a verb."""
        if at >= len(tokens) or tokens[at].text in (",", "then", "and", ":"):
            return True
        return any(True for start in grammar.verb_starts(tokens, at) for _ in grammar.heads(tokens, start))

    def _said(self, tokens: Tokens) -> str:
        """The tokens as written."""
        if not tokens:
            return ""
        return " ".join(self.text.source[tokens[0].start : tokens[-1].end].split())


def _either(groups: Groups, yes: tuple[Part, ...], no: tuple[Part, ...], why: str) -> list[Part]:
    """Nested branches for a disjunction of groups."""
    parts = no
    for group in reversed(groups):
        parts = (Branch(group, yes, parts, why),)
    return list(parts)


def _told(step: Step) -> bool:
    """Whether a prohibited step has arguments, so that not the whole skill is prohibited."""
    return any(step.arguments.get(p.name, p.default) != p.default for p in step.spec.goal)


def _only_named(tokens: Tokens, nouns: NounParser, lexicon: Lexicon) -> Noun | None:
    """The noun of words that are a single noun phrase, or None."""
    found = lexicon.prepositions.longest(tokens, 0)
    begin = found[0] if found is not None and found[0] < len(tokens) and not PASSING & {tokens[0].text} else 0
    return next((one for end, one in nouns.parse(tokens, begin) if end == len(tokens) and one.role == "thing"), None)
