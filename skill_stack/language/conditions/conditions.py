"""Conditions: words as literals over the predicates of library and scene."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.language.answers import Answer, every
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.words.endings import bases
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

Found = tuple[int, Literal | Answer]
"""The end of a condition and its literal, or the answer if a noun in it is ambiguous."""

Known = Callable[..., Literal | None]
"""Gives the literal of the first known predicate of some names over some ids."""

Groups = tuple[tuple[Literal, ...], ...]
"""Disjunctive normal form: one of the groups must hold, with all of its literals."""

MOST_PARTS = 7
"""Conditions joined to one at most."""

JOINING = ("and", "or")


class Vocabulary:
    """The predicates of skills and facts, and their constants."""

    def __init__(self, library: SkillLibrary, facts: Iterable[Fact]) -> None:
        """Collects predicates and constants.

        Args:
            library: Skills with preconditions and effects.
            facts: Facts that hold now.
        """
        texts = [text for spec in library for text in (*spec.preconditions, *spec.effects)]
        literals = [Literal.parse(text) for text in texts]
        literals += [Literal(fact.predicate, fact.arguments) for fact in sorted(facts)]
        literals += [Literal(name, ("robot", "*")) for name in ("near", "facing")]
        self.forms: dict[tuple[str, int], str] = {}
        self.constants: dict[str, Literal] = {}
        for literal in literals:
            first = literal.arguments[0] if literal.arguments else ""
            agent = "" if first.startswith("$") or first == "*" else first
            self.forms.setdefault((literal.predicate, len(literal.arguments)), agent)
            for value in literal.arguments[1:]:
                if not value.startswith("$") and value != "*":
                    self.constants.setdefault(value, Literal(literal.predicate, literal.arguments))

    def of_thing(self, names: Iterable[str], *arguments: str) -> Literal | None:
        """Returns the literal of the first known predicate over objects, or None; ``not`` before a name negates it."""
        for name in names:
            positive = not name.startswith("not ")
            predicate = name.removeprefix("not ").strip('"')
            if (predicate, len(arguments)) in self.forms:
                return Literal(predicate, arguments, positive)
        return None

    def of_robot(self, names: Iterable[str], *arguments: str) -> Literal | None:
        """Returns the literal of the first known predicate over the robot and objects, or None."""
        for name in names:
            agent = self.forms.get((name, len(arguments) + 1))
            if agent:
                return Literal(name, (agent, *arguments))
        return None


class ConditionReader:
    """Reads conditions of one text in one scene."""

    def __init__(
        self, lexicon: Lexicon, vocabulary: Vocabulary, resolver: Resolver, nouns: NounParser, discourse: Discourse
    ) -> None:
        """Builds the tables.

        Args:
            lexicon: The lexicon.
            vocabulary: Known predicates.
            resolver: Resolves noun phrases.
            nouns: Parses noun phrases of the tokens that are read later.
            discourse: Earlier mentions.
        """
        self._words, self._known = lexicon.clauses, vocabulary
        self._quantifiers = lexicon.statements.quantifiers
        self._resolver, self._nouns, self._discourse = resolver, nouns, discourse
        self._relations = lexicon.grouped(self._words.between)
        self._articles = frozenset(lexicon.small.articles)
        self._nothing = lexicon.table(self._words.empty_handed)
        self._addressee = lexicon.table((*lexicon.small.addressee, "you", "robot"))

    def read(
        self, tokens: Sequence[Token], at: int, before: Sequence[Literal] = ()
    ) -> list[tuple[int, Literal]] | Answer:
        """Returns single conditions that begin at a position, longest first, each with its end.

        Args:
            tokens: The text.
            at: Where the condition begins.
            before: Conditions before it, after which the robot may be omitted as subject: ``… and sitting``.

        Returns:
            The conditions; the answer if a noun in one is ambiguous.
        """
        read = self._read(tokens, at, before)
        found = every(one if isinstance(one, Answer) else (end, one) for end, one in read)
        return found if isinstance(found, Answer) else sorted(found, key=lambda pair: -pair[0])

    def groups(self, tokens: Sequence[Token], ends: Callable[[int], bool]) -> tuple[int, Groups] | Answer | None:
        """Returns the end and the groups of a condition; the answer if a noun in it is ambiguous, None if no fact can
        express it.

        Args:
            tokens: The condition with all that follows.
            ends: Whether a condition may end at a position.
        """
        begin, end, link = int(bool(tokens) and tokens[0].text in ("either", "both")), 0, "or"
        groups: Groups = ()
        before: list[Literal] = []
        mentioned = list(self._discourse.mentioned)
        for _ in range(MOST_PARTS):
            several = _link(tokens, begin)[1] in self._quantifiers  # a condition over several objects
            found = self.read(tokens, begin, before) if link in JOINING and not several else []
            if isinstance(found, Answer):
                return found
            one = next((pair for pair in found if ends(pair[0]) or _link(tokens, pair[0])[1] in JOINING), None)
            if one is None:
                break
            end, literal = one
            before.append(literal)
            groups = (*groups, (literal,)) if link == "or" else tuple((*group, literal) for group in groups)
            mentioned += [name for name in literal.arguments if name in self._resolver.words.scene.objects][:1]
            self._discourse.mentioned[:] = mentioned  # of "the cup is on the table" the cup
            end, link = _link(tokens, end)
            begin = end + 1
        return (end, groups) if groups and ends(end) else None

    def _read(self, tokens: Sequence[Token], at: int, before: Sequence[Literal]) -> list[Found]:
        """The same, in the order of discovery."""
        robot = self._addressee.longest(tokens, at)
        if robot is None and before and tokens[at : at + 1] and tokens[at].text.endswith("ing"):
            return self._of_robot(tokens, at)
        found = self._of_robot(tokens, robot[0]) if robot else []
        start = at + 2 if [t.text for t in tokens[at : at + 2]] in (["there", "is"], ["there", "are"]) else at
        for end, noun in self._nouns.parse(tokens, start):
            if noun.role in ("thing", "pronoun") and _single(noun):
                found += self._there_is(tokens, end, noun) if start > at else self._of_thing(tokens, end, noun)
        return found

    def _of_robot(self, tokens: Sequence[Token], at: int) -> list[Found]:
        begin, positive = self._copula(tokens, at)
        text = tokens[begin].text if begin < len(tokens) else ""
        found = self._holding(tokens, begin + 1, positive) if text in self._words.held else []
        constant = self._constant(text)
        if constant is not None and (begin > at or text.endswith("ing")):
            found.append((begin + 1, _signed(constant, positive)))
        for end, name in self._relations.match(tokens, begin):
            found += self._with_thing(tokens, end, self._words.between_facts[name], positive)
        return found + self._own(tokens, begin, positive)

    def _constant(self, text: str) -> Literal | None:
        constants = self._known.constants
        exact = next((constants[word] for word in (text, *bases(text)) if word in constants), None)
        return exact or next((literal for value, literal in constants.items() if _alike(value, text)), None)

    def _alike(self, word: str, count: int) -> list[str]:
        """Predicates of the robot that a word names in any inflection, by their number of arguments."""
        forms = self._known.forms.items()
        return [name for (name, many), robot in forms if robot and many == count and _alike(name, word)]

    def _own(self, tokens: Sequence[Token], at: int, positive: bool) -> list[Found]:
        """Predicates of the robot, alone or with an object: ``docked (at the charger)``."""
        text = tokens[at].text if at < len(tokens) else ""
        bare = self._known.of_robot(self._alike(text, 1))
        found: list[Found] = [(at + 1, _signed(bare, positive))] if bare is not None else []
        own = self._alike(text, 2)
        for end in (at + 1, at + 2):
            if end <= len(tokens) and tokens[end - 1].text not in self._articles:
                found += self._with_thing(tokens, end, own, positive)
        wild = self._known.of_robot(own, "*")
        return [*found, (at + 1, _signed(wild, positive))] if wild is not None else found

    def _of_nouns(
        self, tokens: Sequence[Token], at: int, known: Known, names: Iterable[str], positive: bool
    ) -> list[Found]:
        """The first known predicate over each object at a position."""
        nouns = [(end, noun) for end, noun in self._nouns.parse(tokens, at) if noun.role in ("thing", "pronoun")]
        return [one for end, noun in nouns for one in self._made(end, known, names, positive, noun)]

    def _made(self, end: int, known: Known, names: Iterable[str], positive: bool, *nouns: Noun) -> list[Found]:
        """The literal of the first known predicate over some nouns with its end; empty if there is none."""
        ids = every(map(self._one, nouns))
        if isinstance(ids, Answer):
            return [(end, ids)]
        literal = known(names, *ids)
        return [(end, _signed(literal, positive))] if literal is not None else []

    def _holding(self, tokens: Sequence[Token], at: int, positive: bool) -> list[Found]:
        names = self._words.held_facts
        found = self._with_thing(tokens, at, names, positive)
        if (wild := self._known.of_robot(names, "*")) is not None:
            found += [(end, _signed(wild, word == "anything" and positive))
                      for end, word in self._nothing.match(tokens, at)]  # fmt: skip
        return found

    def _with_thing(self, tokens: Sequence[Token], at: int, names: Iterable[str], positive: bool) -> list[Found]:
        """The first known predicate over the robot and the object at a position."""
        known = self._known.of_robot
        return self._of_nouns(tokens, at, known, names, positive) if known(names, "*") else []

    def _of_thing(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[Found]:
        begin, positive = self._copula(tokens, at)
        if begin == at or begin >= len(tokens):
            return []
        text = tokens[begin].text
        names = (*self._words.states.get(text, ()), text, *bases(text))
        ways = (self._known.of_thing, self._known.of_robot)  # "the samples are loaded" is about the robot
        known = next((one for one in ways if one(names, "*") is not None), None)
        found = self._made(begin + 1, known, names, positive, noun) if known is not None else []
        return found + self._placed(tokens, begin, noun, positive)

    def _placed(self, tokens: Sequence[Token], at: int, noun: Noun, positive: bool) -> list[Found]:
        found: list[Found] = []
        for end, name in self._relations.match(tokens, at):
            names = self._words.between_facts[name]
            for far, other in self._nouns.parse(tokens, end):
                if other.role == "robot" and name == "near":
                    found += self._made(far, self._known.of_robot, names, positive, noun)
                elif other.role in ("thing", "pronoun") and self._known.of_thing(names, "*", "*"):
                    found += self._made(far, self._known.of_thing, names, positive, noun, other)
        return found

    def _there_is(self, tokens: Sequence[Token], at: int, noun: Noun) -> list[Found]:
        """Existence of an object at a location: ``there is a cup on the table``."""
        found = self._placed(tokens, at, noun, True)
        for where in noun.relations:
            names = self._words.between_facts.get(where.kind, ())
            if self._known.of_thing(names, "*", "*"):
                found += self._made(at, self._known.of_thing, names, True, noun, where.noun)
        return found

    def _copula(self, tokens: Sequence[Token], at: int) -> tuple[int, bool]:
        """Position after verb and negation, and whether it is affirmative: ``is``, ``are not``, ``do not``."""
        positive = True
        while at < len(tokens) and tokens[at].text in WORDS.copulas | WORDS.beside_copula:
            if tokens[at].text in self._words.held and tokens[at].text in ("have", "has"):
                break
            positive = positive != (tokens[at].text == "not")
            at += 1
        return at, positive

    def _one(self, noun: Noun) -> str | Answer:
        """The id of an object; ``*`` for an indefinite one such as ``a box`` or ``anything``."""
        several = noun.many == "any" or (noun.ids is None and not noun.colour)
        several = several and noun.role == "thing" and not noun.pick
        found = self._resolver.candidates(noun, self._discourse) if several else []
        if isinstance(found, Answer) or len(found) > 1:
            return found if isinstance(found, Answer) else "*"
        return self._resolver.first(noun, self._discourse)


def _link(tokens: Sequence[Token], at: int) -> tuple[int, str]:
    """The word at a position, or the ``or`` after a comma there, with its position."""
    texts = [token.text for token in tokens[at : at + 2]]
    return (at + 1, "or") if texts == [",", "or"] else (at, texts[0] if texts else "")


def _signed(literal: Literal, positive: bool) -> Literal:
    return Literal(literal.predicate, literal.arguments, literal.positive == positive)


def _alike(name: str, word: str) -> bool:
    """Whether a word is the name of a predicate or constant, in any inflection."""
    return len(word) > 2 and (name == word or name in bases(word) or word in bases(name))


def _single(noun: Noun) -> bool:
    """Whether a noun means one object."""
    return not noun.each and (noun.many in ("one", "any") or len(noun.ids or ()) == 1)
