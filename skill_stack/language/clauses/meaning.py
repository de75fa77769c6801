"""Meaning: the ids that a noun means in one place of one skill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

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


def meant(
    spec: SkillSpec, parameter: str, noun: Noun, resolver: Resolver, discourse: Discourse, types: Types,
    so: frozenset[Fact], taken: frozenset[str] = frozenset(),
) -> tuple[str, ...]:  # fmt: skip
    """The ids that a noun means: ``it`` is what the skill can be done with by then, ``him`` a person.

    Args:
        spec: The skill.
        parameter: Its parameter.
        noun: The noun.
        resolver: Finds what nouns mean by themselves.
        discourse: What was spoken of; the thing meant is added.
        types: Which things fit which parameters.
        so: What will be true by then, as far as the steps so far say.
        taken: What stands in the other places of the clause; a pronoun means none of it.

    Raises:
        Answer: It is not clear which.
    """
    spoken_of = list(dict.fromkeys(reversed(discourse.mentioned)))
    absurd = bool(spoken_of) and all(types.absurd(parameter, name) for name in spoken_of)
    if noun.words in THERE and spoken_of and (absurd or set(parameter.split("_")) & ROOMS):
        rooms = [name for name in spoken_of if resolver.kind(name) == "place"]
        rooms = rooms or [one for name in spoken_of for one in places_of(name, resolver.facts)
                          if one in types.scene.objects and resolver.kind(one) == "place"]  # fmt: skip
        if rooms:
            return (rooms[0],)  # "close the window in 3a and sweep the floor there"
    if noun.words in THERE and spoken_of and not set(spoken_of) - taken:
        return resolver.resolve(noun, Discourse(pose=discourse.pose))  # asks where
    spoken_of = [name for name in spoken_of if name not in taken] or spoken_of
    if noun.role == "pronoun" and spoken_of:
        if noun.words in HIM_OR_HER:
            return _somebody(parameter, noun, resolver, discourse, types, taken)
        spoken_of = _of_its_kind(noun, spoken_of, types)
        fits = [name for name in spoken_of if not types.misfit(parameter, Noun("", ids=frozenset({name})))]
        fits = [name for name in fits if not types.unheld(spec, parameter, name)] or fits
        fits = [name for name in fits if not types.named.unlike(spec, parameter, name)] or fits
        spoken_of = fits or spoken_of
        needs = [one for one in map(Literal.parse, spec.preconditions) if f"${parameter}" in one.arguments]
        effects = [one for one in map(Literal.parse, spec.effects) if one.arguments == (f"${parameter}",)]
        undone = [replace(one, positive=True) for one in effects if not one.positive]  # "open …, then close it again"
        told = {fact.arguments[0] for fact in resolver.facts if len(fact.arguments) == 1} if effects else set()
        ready = [
            2 * sum(one.ground({parameter: name}).holds(so) for one in (*needs, *undone)) + (name in told)
            for name in spoken_of
        ]  # what has a state is sooner opened or closed
        name = spoken_of[ready.index(max(ready))] if so else spoken_of[0]
        discourse.mention(name)
        return (name,)
    if noun.role == "group" and spoken_of:  # "find the visitor and greet them"
        one = Noun("", ids=frozenset({spoken_of[0]}))
        if types.is_person(one) and not types.misfit(parameter, one) and spoken_of[0] not in discourse.plural:
            return (spoken_of[0],)
    ids = resolver.resolve(noun, discourse)
    if noun.many == "all" and noun.ids is None:
        meant_of_all = tuple(name for name in ids if not types.misfit(parameter, Noun("", ids=frozenset({name}))))
        return tuple(name for name in meant_of_all if types.certain(parameter, name)) or meant_of_all or ids
    return ids


def _somebody(
    parameter: str, noun: Noun, resolver: Resolver, discourse: Discourse, types: Types, taken: frozenset[str]
) -> tuple[str, ...]:
    """The one whom ``him`` or ``her`` means: of those spoken of that may stand there, if any may.

    Raises:
        Answer: Nobody was spoken of.
    """
    living = [name for name in discourse.mentioned if name not in taken and resolver.living.lives(name)]
    fits = [name for name in living if not types.misfit(parameter, Noun("", ids=frozenset({name})))]
    aside = Discourse(fits or living, discourse.pose, owners=discourse.owners)
    name = resolver.somebody(noun, aside)
    discourse.mention(name)
    return (name,)


def _of_its_kind(noun: Noun, names: list[str], types: Types) -> list[str]:
    """Those that a pronoun may mean: things by ``it``, places by ``there``; all, where there is no such."""
    people = [name for name in names if types.is_person(Noun("", ids=frozenset({name})))]
    if noun.words in THERE:
        wide = [name for name in names if types.roomy(name)]
        return wide or [name for name in names if name not in people] or names
    if noun.words == "it":
        things = [name for name in names if name not in people]
        return [name for name in things if not types.is_place(Noun("", ids=frozenset({name})))] or things or names
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
                   if one in types.scene.objects and types.is_person(Noun("", ids=frozenset({one})))]  # fmt: skip
            if len(among) > 1 and len(who) > 1:
                raise question(f"Who shall have the {thing.replace('_', ' ')}: {', '.join(who[:-1])} or {who[-1]}?")
