"""Skill libraries and scenes from single files: enough to plan with, without a robot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from skill_stack.core.data_file import parse_model, read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import SceneFile, set_up
from skill_stack.language import ParameterKinds, load_lexicon, name_words
from skill_stack.planner.notations.library_shapes import literal_text, scene_shape, skill_shape
from skill_stack.planner.notations.scene_notations import scene_plain
from skill_stack.planner.notations.skill_notations import skills_in

ROOMS = frozenset({"room", "area", "zone", "location", "region", "waypoint"})
"""Kinds by which scene files call places."""

FREE = frozenset("free empty handempty unoccupied".split())
"""Words of predicates for an empty hand."""

TURNING = frozenset("turn rotate spin pivot yaw rotation swivel".split())
"""Words of names of skills that turn something by an angle."""

ANGLES = frozenset("angle yaw rotation theta".split())
"""Words of names of parameters for angles."""

ANGLE_UNITS = {"deg": frozenset({"deg", "degree", "degrees"}), "rad": frozenset({"rad", "radian", "radians"})}
"""Units of angles by the words for them."""

FAR = 1e6
"""Bound of a number whose range a library file does not state."""


def read_library(path: Path, robot: str = "") -> tuple[SkillLibrary, frozenset[Fact]]:
    """Reads skills from one YAML or JSON file.

    The file is a list of skills, or has ``skills``, and may have ``robot``, ``facts`` (what is true at the beginning)
    and ``groups`` (what pieces of the body are made of: ``arms: [left_arm, right_arm]``). A skill is written as in
    ``skill.yaml``; what only running it needs (kind, phases, envelope, timeout, provenance, ranges of numbers) may be
    left out.

    Args:
        path: The file.
        robot: Name of the robot where the file does not state it.

    Raises:
        DataError: The file is missing or wrong, or two skills share a name.
    """
    data = read_yaml(path)
    top = data if isinstance(data, dict) else {}
    skills = skills_in(data)
    if not skills:
        raise DataError(
            f"{path}: needs 'skills', a list with at least one skill: each a mapping with 'name' and 'goal', or a "
            "signature such as 'go_to(place)'"
        )
    name = str(top.get("robot") or robot or "robot")
    kinds = ParameterKinds(load_lexicon())
    specs = [kinds.told(_spec(item, name, f"{path}: skill {number}")) for number, item in enumerate(skills, start=1)]
    names = [spec.name for spec in specs]
    twice = sorted({one for one in names if names.count(one) > 1})
    if twice:
        raise DataError(f"{path}: skills share the name {', '.join(twice)}")
    try:
        library = SkillLibrary.from_specs(name, specs, _groups(top.get("groups", {}), path))
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    stated = _facts(top.get("facts", []), path)
    return library, stated | _presumed(specs, stated)


def read_scene(source: Path | dict[str, Any]) -> tuple[SceneGraph, frozenset[Fact]]:
    """Reads a scene and stands the robot at its start.

    Args:
        source: A scene file, or its content as plain data; ``facts`` may state what is true besides geometry.

    Raises:
        DataError: The scene is wrong.
    """
    data = read_yaml(source) if isinstance(source, Path) else source
    origin = source if isinstance(source, Path) else "scene"
    data = scene_plain(data)
    if not isinstance(data, dict) or not isinstance(data.get("objects", []), list | dict):
        raise DataError(f"{origin}: a scene has 'objects', a list of things, each a name or a mapping with 'id'")
    plain = {"name": "scene", "description": "", **scene_shape(data, str(origin))}
    facts = _facts(plain.pop("facts"), origin)
    setup = set_up(parse_model(SceneFile, plain, str(origin)), 0)
    graph = setup.graph()
    rooms = {name: replace(thing, kind="place") for name, thing in graph.objects.items() if thing.kind in ROOMS}
    return replace(graph, objects={**graph.objects, **rooms}, facts=facts, robot=setup.start), facts


def _spec(item: Any, robot: str, origin: str) -> SkillSpec:
    """One skill of a library file."""
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        raise DataError(f"{origin}: needs at least a 'name'")
    given = skill_shape(item, origin)
    goal = [_turning(item, _parameter(one, origin)) for one in given.get("goal") or []]
    kinds = [kind for kind in ("policy", "posture", "guided", "composite") if kind in item]
    filled: dict[str, Any] = {
        "robot": robot, "description": item["name"].replace("_", " "), "timeout": 60.0,
        "kind": kinds[0] if kinds else "guided", "phases": [{"name": "only", "stance": item["name"]}],
        "envelope": {"tilt": 1.0, "angular_speed": 6.0}, "provenance": {"recipe": "library file"},
    }  # fmt: skip
    if not kinds:
        filled["guided"] = {"base": item["name"], "guide": "none"}
    return parse_model(SkillSpec, {**filled, **given, "goal": goal}, origin)


def _parameter(item: Any, origin: str) -> dict[str, Any]:
    """One goal parameter with the range that it may have left out."""
    if not isinstance(item, dict):
        raise DataError(f"{origin}: an argument is written as a mapping with 'name' and 'type', not {item!r}")
    filled: dict[str, Any] = {"description": str(item.get("name", "")).replace("_", " "), "type": "number", **item}
    if filled["type"] == "number":
        filled = {"unit": "1", "lower": -FAR, "upper": FAR, **filled}
    return filled


def _turning(skill: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """A number parameter of a turn with the unit from its name or description: ``turn(degrees)``."""
    words = set(name_words(str(parameter.get("name", ""))))
    turns = words & ANGLES or set(name_words(str(skill["name"]))) & TURNING
    if parameter.get("type") != "number" or parameter.get("unit") not in ("1", "", None) or not turns:
        return parameter
    described = f"{parameter.get('description', '')} {skill.get('description', '')}".casefold()
    told = words | set(re.findall(r"[a-z]+", described))
    unit = next((unit for unit, names in ANGLE_UNITS.items() if told & names), "1")
    return {**parameter, "unit": unit}


def _presumed(specs: Sequence[SkillSpec], stated: frozenset[Fact]) -> frozenset[Fact]:
    """Facts of the robot that hold initially although the file does not state them: its hand is empty.

    These are facts that a skill requires and removes, and that no skill can achieve from the start, so that the skill
    could never be used.
    """
    needs = {spec.name: [Literal.parse(one) for one in spec.preconditions] for spec in specs}
    effects = {spec.name: [Literal.parse(one) for one in spec.effects] for spec in specs}
    out: set[Fact] = set()
    used = [(spec.name, one) for spec in specs for one in needs[spec.name] if one.positive and _of_robot(one)]
    for name, need in used:
        ends = any(not one.positive and _same(one, need) for one in effects[name])
        empty = bool(set(need.predicate.split("_")) & FREE) and not stated
        if empty or (ends and need.predicate not in _reachable(needs, effects, stated)):
            out.add(Fact(need.predicate, need.arguments))
    return frozenset(out)


def _of_robot(literal: Literal) -> bool:
    """Whether a literal has no argument to choose."""
    return not any(one.startswith("$") or one == "*" for one in literal.arguments)


def _same(one: Literal, other: Literal) -> bool:
    """Whether two literals have the same predicate and arguments, negated or not."""
    return one.predicate == other.predicate and one.arguments == other.arguments


def _reachable(
    needs: Mapping[str, Sequence[Literal]], effects: Mapping[str, Sequence[Literal]], stated: frozenset[Fact]
) -> set[str]:
    """Predicates that can become true from the stated facts and from facts that no skill changes."""
    made = {one.predicate for some in effects.values() for one in some if one.positive}
    out = {fact.predicate for fact in stated}
    out |= {one.predicate for some in needs.values() for one in some} - made
    while True:
        usable = [name for name, some in needs.items() if all(one.predicate in out for one in some if one.positive)]
        more = {one.predicate for name in usable for one in effects[name] if one.positive} - out
        if not more:
            return out
        out |= more


def _groups(groups: Any, origin: object) -> dict[str, list[str]]:
    """What pieces of the body are made of."""
    lists = isinstance(groups, dict) and all(isinstance(names, list) for names in groups.values())
    if not lists or not all(isinstance(name, str) for names in groups.values() for name in names):
        raise DataError(f"{origin}: 'groups' is a mapping such as {{arms: [left_arm, right_arm]}}, not {groups!r}")
    return {str(name): names for name, names in groups.items()}


def _facts(texts: Any, origin: object) -> frozenset[Fact]:
    """Facts given as text, in the spelling of those of skills."""
    if not isinstance(texts, list):
        raise DataError(f"{origin}: 'facts' is a list such as ['near(robot, table)']")
    literals = [Literal.parse(literal_text(str(text))) for text in texts]
    return frozenset(Fact(one.predicate, one.arguments) for one in literals if one.positive)
