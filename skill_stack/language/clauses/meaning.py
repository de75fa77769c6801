"""Meaning: the ids that a noun means as an argument of a skill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.language.answers import Answer, listed, question
from skill_stack.language.clauses.roles import Types
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.words.function_words import WORDS


@dataclass(frozen=True, slots=True)
class Place:
    """One parameter of a skill, for which nouns are resolved.

    Attributes:
        spec: The skill.
        parameter: Name of its parameter.
        resolver: Resolves nouns on their own.
        discourse: Mentions; the result is added.
        types: Which objects fit which parameters.
        so: Facts expected to hold by then.
        taken: Ids of the other arguments, to which a pronoun does not refer.
    """

    spec: SkillSpec
    parameter: str
    resolver: Resolver
    discourse: Discourse
    types: Types
    so: frozenset[Fact]
    taken: frozenset[str] = frozenset()

    def meant(self, noun: Noun) -> tuple[str, ...] | Answer:
        """Returns the ids that a noun means. ``it`` refers to what the skill can be done with, ``him`` to a person."""
        spoken_of = list(dict.fromkeys(reversed(self.discourse.mentioned)))
        spoken_of = [name for name in spoken_of if name not in self.taken] or spoken_of
        if noun.role == "pronoun" and spoken_of:
            return self._referred(noun, spoken_of)
        if noun.role == "group" and spoken_of and self._single(spoken_of[0]):  # "find the visitor and greet them"
            return (spoken_of[0],)
        ids = self.resolver.resolve(noun, self.discourse)
        if isinstance(ids, Answer) or noun.many != "all" or noun.ids is not None:
            return ids
        fits = tuple(self._fitting(ids))  # "switch off everything": of all things those that certainly fit
        return tuple(name for name in fits if self.types.certain(self.parameter, name)) or fits or ids

    def _referred(self, noun: Noun, spoken_of: list[str]) -> tuple[str] | Answer:
        """The id to which a pronoun refers, which is mentioned again."""
        name = self._somebody(noun) if noun.words in WORDS.he_or_she else self._likeliest(noun, spoken_of)
        if isinstance(name, Answer):
            return name
        self.discourse.mentioned.append(name)
        return (name,)

    def _single(self, name: str) -> bool:
        """Whether ``them`` may refer to one person who fits."""
        person = name not in self.discourse.plural and self.types.is_person(_thing(name))
        return person and not self.types.misfit(self.parameter, _thing(name))

    def _fitting(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not self.types.misfit(self.parameter, _thing(name))]

    def _somebody(self, noun: Noun) -> str | Answer:
        """The person to whom ``him`` or ``her`` refers, among those who fit if there are any."""
        mentioned = (name for name in self.discourse.mentioned if name not in self.taken)
        living = [name for name in mentioned if self.resolver.living.lives(name)]
        aside = Discourse(self._fitting(living) or living, self.discourse.pose)
        return self.resolver.somebody(noun, aside)

    def _likeliest(self, noun: Noun, spoken_of: list[str]) -> str:
        """The antecedent of a pronoun: of the objects that fit, the one in the right state for the skill."""
        names = _of_its_kind(noun, spoken_of, self.types)
        fits = self._fitting(names)
        fits = [name for name in fits if not self.types.unheld(self.spec, self.parameter, name)] or fits
        fits = [name for name in fits if not self.types.unlike(self.spec, self.parameter, name)] or fits
        names = fits or names
        return max(names, key=self._readiness()) if self.so else names[0]

    def _readiness(self) -> Callable[[str], int]:
        """A score of how many preconditions and reversed effects of the skill hold for an object."""
        variable = f"${self.parameter}"
        needs = [one for one in map(Literal.parse, self.spec.preconditions) if variable in one.arguments]
        effects = [one for one in map(Literal.parse, self.spec.effects) if one.arguments == (variable,)]
        undone = [replace(one, positive=True) for one in effects if not one.positive]  # "open …, then close it again"
        told = {fact.arguments[0] for fact in self.resolver.facts if len(fact.arguments) == 1} if effects else set()

        def ready(name: str) -> int:
            so = sum(one.ground({self.parameter: name}).holds(self.so) for one in (*needs, *undone))
            return 2 * so + (name in told)  # an object with a state is preferred

        return ready


def _thing(name: str) -> Noun:
    return Noun("", ids=frozenset({name}))


def _of_its_kind(noun: Noun, names: list[str], types: Types) -> list[str]:
    """Ids by pronoun: things for ``it``, places for ``there``; all if there are none."""
    people = [name for name in names if types.is_person(_thing(name))]
    if noun.words in WORDS.there:
        wide = [name for name in names if types.roomy(name)]
        return wide or [name for name in names if name not in people] or names
    things = [name for name in names if name not in people] if noun.words == "it" else []
    return [name for name in things if not types.is_place(_thing(name))] or things or names


def divided(spec: SkillSpec, ways: Sequence[Mapping[str, float | str]], types: Types) -> Answer | None:
    """Asks where a held object is to go that has several destinations; None if each object has one.

    Args:
        spec: The skill.
        ways: The arguments of each of its steps.
        types: Which objects fit which parameters.
    """
    for name in types.held(spec) if len(ways) > 1 else ():
        for thing in {str(one.get(name)) for one in ways}:
            among = [one for one in ways if one.get(name) == thing]
            goals = sorted({str(value) for one in among for key, value in one.items() if key != name})
            if len(among) > 1:
                return question(f"Which one is the {thing.replace('_', ' ')} for: {listed(goals, 'or')}?", "which")
    return None
