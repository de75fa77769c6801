"""Meaning: the object ids that a noun means as an argument of a skill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.language.answers import question
from skill_stack.language.clauses.roles import Types
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.phrases.geometry import places_of
from skill_stack.language.words.living import HIM_OR_HER

THERE = ("there", "over there", "right there", "that place", "that spot")
"""Pronouns for where something is or goes."""


ROOMS = frozenset({"room", "rooms"})
"""Words of parameters that are rooms alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a skill, for which it is asked what a noun means there.

    Attributes:
        spec: The skill.
        parameter: Its parameter.
        resolver: Finds what nouns mean by themselves.
        discourse: What was spoken of; the thing meant is added.
        types: Which things fit which parameters.
        so: What will be true by then, as far as the steps so far say.
        taken: What stands in the other places of the clause; a pronoun means none of it.
    """

    spec: SkillSpec
    parameter: str
    resolver: Resolver
    discourse: Discourse
    types: Types
    so: frozenset[Fact]
    taken: frozenset[str] = frozenset()

    def meant(self, noun: Noun) -> tuple[str, ...]:
        """The ids that a noun means: ``it`` is what the skill can be done with by then, ``him`` a person.

        Args:
            noun: The noun.

        Raises:
            Answer: It is not clear which.
        """
        spoken_of = list(dict.fromkeys(reversed(self.discourse.mentioned)))
        if noun.words in THERE and spoken_of:
            room = self._room(spoken_of)
            if room:
                return (room,)  # "close the window in 3a and sweep the floor there"
            if not set(spoken_of) - self.taken:
                return self.resolver.resolve(noun, Discourse(pose=self.discourse.pose))  # asks where
        spoken_of = [name for name in spoken_of if name not in self.taken] or spoken_of
        if noun.role == "pronoun" and spoken_of:
            name = self._somebody(noun) if noun.words in HIM_OR_HER else self._likeliest(noun, spoken_of)
            self.discourse.mention(name)
            return (name,)
        if noun.role == "group" and spoken_of and self._single(spoken_of[0]):  # "find the visitor and greet them"
            return (spoken_of[0],)
        ids = self.resolver.resolve(noun, self.discourse)
        return self._surest(ids) if noun.many == "all" and noun.ids is None else ids

    def _single(self, name: str) -> bool:
        """Whether ``them`` may mean a thing alone: a person who may stand here."""
        person = name not in self.discourse.plural and self.types.is_person(_thing(name))
        return person and not self.types.misfit(self.parameter, _thing(name))

    def _surest(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Of all that a word may mean, those that are surely for this place, or at least may stand here."""
        fits = tuple(self._fitting(names))
        return tuple(name for name in fits if self.types.certain(self.parameter, name)) or fits or names

    def _fitting(self, names: Iterable[str]) -> list[str]:
        """Those that may stand here."""
        return [name for name in names if not self.types.misfit(self.parameter, _thing(name))]

    def _room(self, spoken_of: list[str]) -> str:
        """The room that ``there`` means where nothing spoken of may stand here, or this is for rooms; or empty."""
        absurd = all(self.types.absurd(self.parameter, name) for name in spoken_of)
        if not absurd and not set(self.parameter.split("_")) & ROOMS:
            return ""
        where = (one for name in spoken_of for one in places_of(name, self.resolver.facts)
                 if one in self.types.scene.objects)  # fmt: skip
        return next((name for name in (*spoken_of, *where) if self.resolver.kind(name) == "place"), "")

    def _somebody(self, noun: Noun) -> str:
        """The one whom ``him`` or ``her`` means: of those spoken of that may stand there, if any may.

        Raises:
            Answer: Nobody was spoken of.
        """
        mentioned = (name for name in self.discourse.mentioned if name not in self.taken)
        living = [name for name in mentioned if self.resolver.living.lives(name)]
        aside = Discourse(self._fitting(living) or living, self.discourse.pose, owners=self.discourse.owners)
        return self.resolver.somebody(noun, aside)

    def _likeliest(self, noun: Noun, spoken_of: list[str]) -> str:
        """What a pronoun means for a thing: of those that may stand here, the one that is ready for the skill."""
        names = _of_its_kind(noun, spoken_of, self.types)
        fits = self._fitting(names)
        fits = [name for name in fits if not self.types.unheld(self.spec, self.parameter, name)] or fits
        fits = [name for name in fits if not self.types.named.unlike(self.spec, self.parameter, name)] or fits
        names = fits or names
        return max(names, key=self._readiness()) if self.so else names[0]

    def _readiness(self) -> Callable[[str], int]:
        """How much of what the skill needs and undoes is so of a thing by then; having a state counts half."""
        variable = f"${self.parameter}"
        needs = [one for one in map(Literal.parse, self.spec.preconditions) if variable in one.arguments]
        effects = [one for one in map(Literal.parse, self.spec.effects) if one.arguments == (variable,)]
        undone = [replace(one, positive=True) for one in effects if not one.positive]  # "open …, then close it again"
        told = {fact.arguments[0] for fact in self.resolver.facts if len(fact.arguments) == 1} if effects else set()

        def ready(name: str) -> int:
            so = sum(one.ground({self.parameter: name}).holds(self.so) for one in (*needs, *undone))
            return 2 * so + (name in told)  # what has a state is sooner opened or closed

        return ready


def _thing(name: str) -> Noun:
    """A noun that means one thing."""
    return Noun("", ids=frozenset({name}))


def _of_its_kind(noun: Noun, names: list[str], types: Types) -> list[str]:
    """Those that a pronoun may mean: things by ``it``, places by ``there``; all, where there is no such."""
    people = [name for name in names if types.is_person(_thing(name))]
    if noun.words in THERE:
        wide = [name for name in names if types.roomy(name)]
        return wide or [name for name in names if name not in people] or names
    if noun.words == "it":
        things = [name for name in names if name not in people]
        return [name for name in things if not types.is_place(_thing(name))] or things or names
    return names


def refuse_dividing(spec: SkillSpec, ways: Sequence[Mapping[str, float | str]], types: Types) -> None:
    """Asks who is to have one thing that several people cannot have.

    Args:
        spec: The skill.
        ways: The arguments of each of its steps.
        types: Which things fit which parameters.

    Raises:
        Answer: Somebody would be given what another one was given before.
    """
    for name in types.held(spec) if len(ways) > 1 else ():
        for thing in {str(one.get(name)) for one in ways}:
            among = [one for one in ways if one.get(name) == thing]
            others = {str(value) for one in among for key, value in one.items() if key != name}
            who = [one.replace("_", " ") for one in sorted(others)
                   if one in types.scene.objects and types.is_person(_thing(one))]  # fmt: skip
            if len(among) > 1 and len(who) > 1:
                raise question(f"Who shall have the {thing.replace('_', ' ')}: {', '.join(who[:-1])} or {who[-1]}?")
