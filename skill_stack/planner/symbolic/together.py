"""Things done at the same time: pieces of the body that two need, conditions that one takes from the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact, Literal


class Clash(SkillStackError):
    """Two steps cannot be done at the same time.

    Attributes:
        one: The first skill.
        other: The second one.
        condition: What stands in the way, as what the second one needs.
    """

    def __init__(self, one: Step, other: Step, condition: str, sentence: str) -> None:
        """Takes the steps and the reason."""
        super().__init__(sentence)
        self.one, self.other = one.spec.name, other.spec.name
        self.condition = condition


def compatible(library: SkillLibrary, branches: Sequence[Sequence[Step]]) -> tuple[str, ...]:
    """Checks every step of each branch against every step of the others.

    Args:
        library: Skills, with what they need of the body.
        branches: The steps of each branch, all that may run at some time.

    Returns:
        Which branch leaves pieces of the body to another, in words.

    Raises:
        Clash: Two steps need the same piece of the body, or one undoes what the other needs or brings about.
    """
    told: list[str] = []
    for first, second in combinations(branches, 2):
        for one in first:
            for other in second:
                told += _bodies(library, one, other)
                told += _measured(library, one, other)
                _facts(one, other)
                _facts(other, one)
    return tuple(dict.fromkeys(told))


def _bodies(library: SkillLibrary, one: Step, other: Step) -> list[str]:
    """What one step leaves to the other; raises Clash where both need the same."""
    mine, theirs = library.claim(one.spec, one.arguments), library.claim(other.spec, other.arguments)
    piece = mine.clash(theirs)
    if piece:
        names = f"{one.spec.name} and {other.spec.name}"
        raise Clash(
            one, other, f"the {piece}, which {one.spec.name} needs at the same time",
            f"{names} cannot be done at the same time: both need the {piece}",
        )  # fmt: skip
    pairs = ((mine, theirs), (theirs, mine))
    left = [f"{a.skill} leaves the {piece} to {b.skill}" for a, b in pairs if (piece := a.left_to(b))]
    shared = (mine.wanted - mine.joints) & (theirs.wanted - theirs.joints)
    if shared and not left:  # the one that was said first keeps what neither needs
        left = [f"{theirs.skill} leaves to {mine.skill} what both could use"]
    return left


def _measured(library: SkillLibrary, one: Step, other: Step) -> list[str]:
    """What measurements lack; raises Clash where both seldom came true in them."""
    found = library.pairs.of_pair(one.spec.name, one.arguments, other.spec.name, other.arguments)
    if found is not None and found.fails:
        count = f"{found.successes} of {found.episodes}"
        raise Clash(
            one, other, f"that both come true at the same time, which was measured in {count} episodes",
            f"{one.spec.name} and {other.spec.name} at the same time came true in {count} episodes of {found.suite}",
        )  # fmt: skip
    return [unmeasured(one, other)] if found is None and library.pairs.pairs else []


def unmeasured(one: Step, other: Step) -> str:
    """What is said of two skills that were never measured at the same time."""
    return f"{one.spec.name} and {other.spec.name} were never measured at the same time"


def unmeasured_pairs(library: SkillLibrary, tree: PlanNode) -> list[tuple[str, str]]:
    """Skills that a tree does at the same time although that was never measured.

    Args:
        library: Skills, with what was measured of pairs.
        tree: Any tree.
    """
    out = [pair for child in tree.children for pair in unmeasured_pairs(library, child)]
    if tree.type != "parallel":
        return out
    for first, second in combinations(tree.children, 2):
        for one in first.every_skill():
            for other in second.every_skill():
                if library.pairs.of_pair(one.skill, one.arguments, other.skill, other.arguments) is None:
                    out.append((one.skill, other.skill))
    return out


def _facts(one: Step, other: Step) -> None:
    """Raises Clash where the first step undoes what the second one needs or brings about."""
    made = [effect for effect in one.effects if effect.positive]
    ended = [effect for effect in one.effects if not effect.positive]
    for need in other.needs:
        if (need.positive and _ends(ended, made, need)) or (not need.positive and _meets(made, need)):
            verb = "ends" if need.positive else "undoes"
            raise Clash(
                one, other, f"{need}, which {one.spec.name} {verb} at the same time",
                f"{one.spec.name} {verb} {need}, which {other.spec.name} needs at the same time",
            )  # fmt: skip
    for effect in other.effects:
        if effect.positive and _ends(ended, made, effect):
            raise Clash(
                one, other, f"that {effect} stays, which {one.spec.name} ends at the same time",
                f"{other.spec.name} brings about {effect}, which {one.spec.name} ends at the same time",
            )  # fmt: skip


def _ends(ended: Iterable[Literal], made: Iterable[Literal], wanted: Literal) -> bool:
    """Whether effects end a fact without making it anew."""
    fact = Fact(wanted.predicate, wanted.arguments)
    same = any(one.predicate == fact.predicate and one.arguments == fact.arguments for one in made)
    return not same and any(_matches(one, wanted) for one in ended)


def _meets(made: Iterable[Literal], absent: Literal) -> bool:
    """Whether effects make a fact that must not be."""
    return any(_matches(absent, one) for one in made)


def _matches(one: Literal, other: Literal) -> bool:
    """Whether two literals may match the same fact, wildcards on either side included."""
    same = one.predicate == other.predicate and len(one.arguments) == len(other.arguments)
    return same and all("*" in (a, b) or a == b for a, b in zip(one.arguments, other.arguments))


def merged(
    facts: frozenset[Fact], after: Sequence[frozenset[Fact]], steps: Sequence[Sequence[Step]], main: int | None
) -> frozenset[Fact]:
    """What is sure to hold after branches that do not disturb one another.

    Args:
        facts: What was true before all of them.
        after: What each branch leaves, done alone.
        steps: The steps of each branch.
        main: The branch whose end ends the others in the middle; None when all are done.
    """
    if main is None:
        ended = frozenset().union(*(facts - one for one in after))
        return (facts - ended).union(*(one - facts for one in after))
    beside = [e for k, branch in enumerate(steps) if k != main for s in branch for e in s.effects if not e.positive]
    return frozenset(fact for fact in after[main] if not any(one.matches(fact) for one in beside))
