"""Macros: composites with the needs and effects that follow from their steps, so that a search can use them whole.

After Botea et al., Macro-FF: Improving AI Planning with Automatically Learned Macro-Operators, JAIR 24 (2005).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Literal

LONGEST = 12
"""Steps that a composite may have to be a macro."""


def with_macros(library: SkillLibrary) -> SkillLibrary:
    """The library; composites state the needs and effects of their steps.

    Only a plain sequence counts whose steps build on one another, each that needs something: a composite whose steps
    have nothing to do with each other would close no gap that its steps do not close.

    Args:
        library: Skills; composites in it have been checked.
    """
    entries = dict(library.entries)
    for name, entry in library.entries.items():
        if entry.usable and entry.spec is not None and entry.spec.composite is not None:
            derived = derived_facts(entry.spec, library)
            if derived is not None:
                needs, effects = derived
                spec = entry.spec.model_copy(update={"preconditions": needs, "effects": effects})
                entries[name] = replace(entry, spec=spec)
    return replace(library, entries=entries)


def derived_facts(spec: SkillSpec, library: SkillLibrary) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Needs and effects of a composite, as texts with its own arguments; None where they do not follow.

    Args:
        spec: The composite.
        library: Skills.
    """
    steps = list(_steps(spec, library))
    if not 2 <= len(steps) <= LONGEST:
        return None
    needs: list[Literal] = []
    made: list[Literal] = []
    ended: list[Literal] = []
    builds = False
    for number, (wanted, effects) in enumerate(steps):
        open_ones = [one for one in wanted if not _brought_about(one, made, ended)]
        if number and wanted and len(open_ones) == len(wanted):
            return None  # it does not build on what was done before
        builds = builds or len(open_ones) < len(wanted)
        if any(_contradicted(one, made, ended) for one in open_ones if one not in needs):
            return None
        needs += [one for one in open_ones if one not in needs]
        made, ended = _after(effects, made, ended)
    return (tuple(map(str, needs)), tuple(map(str, (*ended, *made)))) if builds else None


def _after(
    effects: list[Literal], made: list[Literal], ended: list[Literal]
) -> tuple[list[Literal], list[Literal]]:
    """What steps have brought about and ended, after one more."""
    gone = [one for one in effects if not one.positive]
    made = [one for one in made if not any(_covers(by, one) for by in gone)]
    made += [one for one in effects if one.positive and one not in made]
    return made, ended + [one for one in gone if one not in ended]


def _steps(spec: SkillSpec, library: SkillLibrary) -> Iterator[tuple[list[Literal], list[Literal]]]:
    """Needs and effects of the steps of a composite; none where it is more than a sequence."""
    assert spec.composite is not None
    tree = spec.composite.tree()
    if tree.type not in ("skill", "sequence") or any(child.type != "skill" for child in tree.children):
        return
    for node in tree.skills():
        yield from _of_step(node, library)


def _of_step(node: PlanNode, library: SkillLibrary) -> Iterator[tuple[list[Literal], list[Literal]]]:
    """Needs and effects of one step, or of the steps of a composite within."""
    inner = library[node.skill]
    values = {**{p.name: p.default for p in inner.goal if p.default is not None}, **node.arguments}
    if inner.composite is None:
        yield tuple([Literal.parse(text).ground(values) for text in texts]  # type: ignore[misc]
                    for texts in (inner.preconditions, inner.effects))  # fmt: skip
        return
    for pair in _steps(inner, library):
        yield tuple([one.ground(values) for one in literals] for literals in pair)  # type: ignore[misc]


def _covers(by: Literal, one: Literal) -> bool:
    """Whether a literal that ends facts ends what another one states, wildcards included."""
    same = by.predicate == one.predicate and len(by.arguments) == len(one.arguments)
    return same and all(mine in ("*", theirs) for mine, theirs in zip(by.arguments, one.arguments, strict=True))


def _brought_about(need: Literal, made: list[Literal], ended: list[Literal]) -> bool:
    """Whether the steps before have brought a need about, and none has undone it."""
    if need.positive:
        return need in made
    return any(_covers(one, need) for one in ended) and not _contradicted(need, made, ended)


def _contradicted(need: Literal, made: list[Literal], ended: list[Literal]) -> bool:
    """Whether the steps before have brought about the opposite of a need."""
    if need.positive:
        return any(_covers(one, need) for one in ended)
    return any(_covers(need, one) for one in made)
