"""Composer: makes steps, branches and prohibitions of the segments of an instruction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from skill_stack.core.steps import Branch, Part, Step, Until, steps_of
from skill_stack.core.world.fact import Literal, negated
from skill_stack.language.answers import Answer, each, every, question, refusal, shortened
from skill_stack.language.clauses.clause_steps import clause_parts
from skill_stack.language.clauses.interpreter import BoundClause, Interpreter
from skill_stack.language.clauses.outline import Outlined, Outliner, Tokens
from skill_stack.language.clauses.parallel import Beside, Togetherness, instruction, side_by_side
from skill_stack.language.clauses.reader import Reader
from skill_stack.language.conditions.conditions import ConditionReader, Groups
from skill_stack.language.conditions.constraints import Constraints
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.grammar import Grammar
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import LINKS, STOPS, Text, past, past_end

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
    again: frozenset[tuple[str, ...]]
    forbidden: list[tuple[Step, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    depth: int = 0

    def compose(self, tokens: Tokens) -> list[Part] | Answer:
        """Returns the steps of an instruction.

        Returns:
            The steps; the answer if something in it was not read, or it requests nothing.
        """
        segments = self.outliner.segments(tokens)
        parts = self._in_turn(segments or [Outlined("do", tokens)])
        if isinstance(parts, Answer):
            return parts
        end = past_end(self.text.tokens, STOPS)
        if parts and self.text.tokens[end - 1].text in WORDS.unfinished:  # "lift the pan but"
            return question(f"'{self.text.said(self.text.tokens[:end])}' what?")
        requested = self._requested(parts)
        if requested is not None:
            return requested
        if parts and self.dropped:
            return Constraints.refusal(self.dropped[0])
        if not parts and segments and not any(one.kind == "do" for one in segments):
            told = shortened(", ".join([words for _, words in self.forbidden] + self.refused))
            return Answer("statement", f"Understood, I will leave that be: {told}.")
        return parts

    def _in_turn(self, segments: Iterable[Outlined]) -> list[Part] | Answer:
        return every(part for segment in segments for part in each(self._segment(segment)))

    def _requested(self, parts: list[Part]) -> Answer | None:
        """The refusal of an instruction that requests what it prohibits, or None."""
        banned = {step.spec.name: words for step, words in self.forbidden if not _told(step)}
        for step in steps_of(parts):
            same = [w for other, w in self.forbidden if other.spec is step.spec and other.arguments == step.arguments]
            if same or step.spec.name in banned:
                return refusal(f"You ask for {step.spec.name}, and also: '{(same or [banned[step.spec.name]])[0]}'.")
        return None

    @property
    def banned(self) -> frozenset[str]:
        """Skills that must not be used at all."""
        return frozenset(step.spec.name for step, _ in self.forbidden if not _told(step))

    def _segment(self, segment: Outlined) -> list[Part] | Answer:
        if segment.kind == "do":
            return self._doing(segment.tokens)
        return self._forbid(segment.tokens, segment.mark) if segment.kind == "forbid" else self._branch(segment)

    def _doing(self, tokens: Tokens) -> list[Part] | Answer:
        refused: Answer | None = None
        discourse = self.interpreter.discourse
        before = discourse.pose, list(discourse.mentioned), list(self.interpreter.notes)
        words = Togetherness(self.interpreter.lexicon)
        for found in words.readings(tokens, lambda at: any(self.grammar()[0].heads(tokens, at))):
            parts: list[Part] | Answer = every(self._at_once(found))
            if not isinstance(parts, Answer):
                return parts
            refused = refused or (parts if found.sure else None)
            discourse.pose, discourse.mentioned[:], self.interpreter.notes[:] = before[0], before[1], before[2]
        return refused or self._after_each_other(tokens)

    def _at_once(self, found: Beside) -> Iterator[Part | Answer]:
        """Concurrent steps with those before and after; or steps while a fact holds."""
        yield from each(self._doing(found.before) if found.before else [])
        yield self._both(found)
        yield from each(self._doing(found.after) if found.after else [])

    def _both(self, found: Beside) -> Part | Answer:
        """Two concurrent lists of steps, or one while a fact holds."""
        discourse = self.interpreter.discourse
        why = f'asked: "{shortened(self.text.said(found.words))}"'
        begin = discourse.pose
        lasting = self._holding(found.other) if not self._orders(found.other) else None
        if lasting is not None:
            main = self._after_each_other(found.main)
            return main if isinstance(main, Answer) else Until(tuple(main), negated(lasting), why)
        said = [found.main, instruction(found.other)]
        done: dict[int, list[Part]] = {}
        for place in (1, 0) if found.fronted else (0, 1):  # in text order: the second may refer to the first
            moved, discourse.pose = discourse.pose, begin
            parts = self._after_each_other(said[place])
            if isinstance(parts, Answer):
                return parts
            done[place] = parts
            discourse.pose = moved if discourse.pose == begin else discourse.pose
        return side_by_side(done[0], done[1], why)

    def _orders(self, tokens: Tokens) -> bool:
        """Whether words say what the robot is to do: ``you face the ball``, but not ``you are facing the ball``."""
        texts = [token.text for token in tokens[:2]]
        states = not WORDS.robot & set(texts[:1]) or bool(WORDS.condition_verbs & set(texts[1:]))
        return not states and any(self.grammar()[0].heads(tokens, 1))

    def _holding(self, tokens: Tokens) -> Literal | None:
        """The fact that words state, ``while the door is open``, or None."""
        found = self._literals(tokens)
        if isinstance(found, Answer) or len(found[0]) != 1 or found[1] != len(tokens):
            return None
        return found[0][0]

    def _after_each_other(self, tokens: Tokens) -> list[Part] | Answer:
        """The steps of a request, done once or until a condition holds."""
        until = self.interpreter.lexicon.table(self.interpreter.lexicon.clauses.until)
        at = next((k for k in range(len(tokens)) if until.longest(tokens, k)), None)
        if at is None:
            return self._once(tokens)
        discourse = self.interpreter.discourse
        before = discourse.pose, list(discourse.mentioned)
        parts = self._once(tokens)  # "walk until you reach the ball" is a way of going there
        if not isinstance(parts, Answer) or parts.status == "question":
            return parts
        discourse.pose, discourse.mentioned[:] = before
        return every(self._lasting(tokens, at, (until.longest(tokens, at) or (at + 1, ""))[0]))

    def _lasting(self, tokens: Tokens, at: int, begin: int) -> Iterator[Part | Answer]:
        found = self._literals(tokens[begin:])
        if isinstance(found, Answer):
            yield found
            return
        literals, end = found
        said, rest = self.text.said(tokens[at : begin + end]), tokens[past(tokens, begin + end, LINKS) :]
        body = tokens[:at] or rest
        if not body:
            yield question(f"What shall I do {said}?")
        if len(literals) > 1:
            yield refusal(f"I can do something until one thing is so, not several: '{said}'.")
        parts = self._inner(body)
        yield parts if isinstance(parts, Answer) else Until(tuple(parts), literals[0], f'asked: "{said}"')
        yield from each(self._inner(rest) if tokens[:at] else [])

    def _once(self, tokens: Tokens) -> list[Part] | Answer:
        clauses = self._reader(tokens).readings()
        return clauses if isinstance(clauses, Answer) else clause_parts(self.interpreter, clauses)

    def _reader(self, tokens: Tokens) -> Reader:
        return Reader(self.text, tokens, self.grammar()[0], self.interpreter, self.again)

    def _forbid(self, tokens: Tokens, mark: Tokens) -> list[Part] | Answer:
        """Adds a prohibition, which has no steps; ``not the box`` only excludes a reading."""
        whole = self.text.said((*mark, *tokens))
        words = shortened(" ".join(token.written or token.text for token in tokens))
        _, nouns = self.grammar()
        noun = _only_named(tokens, nouns, self.interpreter.lexicon)
        if noun is not None:
            found = self.interpreter.resolver.resolve(noun, self.interpreter.discourse)
            self.refused.append(f"not {words}")
            self.dropped += [whole] if mark and mark[0].text in WORDS.avoiding else []
            return found if isinstance(found, Answer) else []
        self.dropped += [whole] if WORDS.passing & {token.text for token in tokens} else []
        pose = self.interpreter.discourse.pose
        plain = tuple(token.read_as("and") if token.text in ("or", "nor") else token for token in tokens)
        steps = every(self._forbidden(plain))
        if isinstance(steps, Answer) and steps.status == "question":
            return steps
        if isinstance(steps, Answer):
            self._forbid_skills(tokens, words, whole)
            self.interpreter.resolver.mention(tokens, nouns.fresh(), self.interpreter.discourse)
        else:
            self.forbidden += [(step, f"not {words}") for step in steps]
        self.interpreter.discourse.pose = pose
        return []

    def _forbid_skills(self, tokens: Tokens, words: str, whole: str) -> None:
        """Adds a prohibition of which only the verb was read, or nothing."""
        self.refused.append(f"not {words}")
        head = next((found for _, found in self.grammar()[0].heads(tokens, 0)), ())
        skills = {frame.skill.name: frame.skill for frame in self.interpreter.frames.get(head, ())}
        self.forbidden += [(Step(skill, {}, ""), f"not {words}") for skill in skills.values()]
        self.dropped += [] if skills else [whole]  # a prohibited skill is kept out of the plan

    def _forbidden(self, tokens: Tokens) -> Iterator[Step | Answer]:
        """The steps that clauses prohibit; without arguments, which prohibits the skill, if these are incomplete."""
        for one in each(self._reader(tokens).readings()):
            if isinstance(one, BoundClause) and not one.binding.missing:
                parts = self.interpreter.parts(one)
                yield from [parts] if isinstance(parts, Answer) else steps_of(parts)
            elif not isinstance(one, int):
                yield one if isinstance(one, Answer) else Step(one.binding.frame.skill, {}, "")

    def _branch(self, segment: Outlined) -> list[Part] | Answer:
        self.depth += 1
        if self.depth > MOST_CONDITIONS:
            return refusal(f"That has too many conditions; I follow up to {MOST_CONDITIONS}.")
        pose = self.interpreter.discourse.pose
        then = self._inner(segment.before)
        if isinstance(then, Answer):
            return then
        found = self._groups(segment.tokens)
        if isinstance(found, Answer):
            return found
        groups, end = found
        rest = segment.tokens[past(segment.tokens, end, (",", "then", ":")) :]
        why = f'asked: "if {self.text.said(segment.tokens[:end])}"'
        so = self.interpreter.so
        self.interpreter.so = so if segment.before else frozenset()  # "it" refers to the subject of the condition
        follows = self._inner(rest)
        if isinstance(follows, Answer):
            return follows
        self.interpreter.so |= so
        self.interpreter.discourse.pose = pose
        other = self._inner(segment.otherwise)
        if isinstance(other, Answer):
            return other
        yes, no = tuple(then if segment.before else follows), tuple(other)
        if not yes and not no:
            return question(f"What shall I do if {self.text.said(segment.tokens[:end])}?")
        if segment.kind == "unless" and len(groups) == 1 and len(groups[0]) == 1:
            groups = ((negated(groups[0][0]),),)
        elif segment.kind == "unless":
            yes, no = no, yes
        return [*_either(groups, yes, no, why), *(follows if segment.before else ())]

    def _inner(self, tokens: Tokens) -> list[Part] | Answer:
        return self._in_turn(self.outliner.segments(tokens))

    def _literals(self, tokens: Tokens) -> tuple[list[Literal], int] | Answer:
        """The literals of a condition without ``or``, and its end."""
        found = self._groups(tokens)
        if isinstance(found, Answer):
            return found
        groups, end = found
        if len(groups) > 1:
            said = self.text.said(tokens[:end])
            return refusal(f"I can follow one thing or several at once here, not a choice: '{said}'.")
        return list(groups[0]), end

    def _groups(self, tokens: Tokens) -> tuple[Groups, int] | Answer:
        """The groups of a condition, and its end; the answer if no fact can express it."""
        grammar, nouns = self.grammar()
        found = self.conditions(nouns).groups(tokens, lambda at: self._ends(tokens, at, grammar))
        if found is not None:
            return found if isinstance(found, Answer) else (found[1], found[0])
        end = next((k for k, token in enumerate(tokens) if token.text in (",", "then")), len(tokens))
        if not tokens:
            return question("On what condition? I heard 'if' and nothing after it.")
        said = shortened(self.text.said(tokens[:end]))
        return refusal(f"I cannot tell whether '{said}': nothing that I know says so.")

    def _ends(self, tokens: Tokens, at: int, grammar: Grammar) -> bool:
        """Whether a condition may end at a position: before a comma, a conjunction or a verb."""
        if at >= len(tokens) or tokens[at].text in (",", "then", "and", ":"):
            return True
        return any(True for start in grammar.verb_starts(tokens, at) for _ in grammar.heads(tokens, start))


def _either(groups: Groups, yes: tuple[Part, ...], no: tuple[Part, ...], why: str) -> list[Part]:
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
    begin = found[0] if found is not None and found[0] < len(tokens) and not WORDS.passing & {tokens[0].text} else 0
    return next((one for end, one in nouns.parse(tokens, begin) if end == len(tokens) and one.role == "thing"), None)
