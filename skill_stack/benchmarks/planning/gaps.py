"""Random domains for the planner's search: forty objects, long plans, on one core."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.seed_counts import SeedCounts, counted_figures
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.evaluation.scores.drawn_figures import ratio
from skill_stack.planner.symbolic.macros import with_macros
from skill_stack.planner.symbolic.search import GapSearch, SearchResult

LIMIT = 100.0  # ms
ROOMS, BOXES, THINGS = 6, 10, 24
WANTED = 2
"""Things that must end up in another place; each takes about four steps with closed boxes, doors and one hand."""
HELD_OUT = 1000
"""First of the domains on which composites are measured."""
DOMAINS = 40
"""Domains that are measured in turn."""
HAND = "gantry_allegro_right"
Domain = tuple[tuple[str, ...], frozenset[Fact], tuple[Literal, ...]]
"""Objects, initial facts and goal."""
SOLVED, SOLVED_WITHOUT = "solved", "solved without composites"
STATES, STATES_WITHOUT = "states looked at", "states looked at without composites"
RATIO = "states, of those without"


def household() -> SkillLibrary:
    """A robot with one hand among rooms with doors and boxes with lids."""
    objects = {"thing": "what", "room": "where", "box": "which box", "other": "which room next"}

    def skill(name: str, goal: Sequence[str], needs: Sequence[str], effects: Sequence[str]) -> SkillSpec:
        return SkillSpec.model_validate(
            {
                "name": name, "robot": "helper", "kind": "guided", "description": name, "timeout": 60.0,
                "goal": [{"name": g, "type": "object", "description": objects[g]} for g in goal],
                "preconditions": list(needs), "effects": list(effects), "provenance": {"recipe": "benchmark"},
                "phases": [{"name": "only", "stance": name}], "envelope": {"tilt": 1.0, "angular_speed": 6.0},
                "guided": {"base": name, "guide": "none"},
            }
        )  # fmt: skip

    here, empty = "at(robot, $room)", "not holding(robot, *)"
    return SkillLibrary.from_specs("helper", [
        skill("open_door", ["room", "other"], [here, "door($room, $other)", empty],
              ["open($room, $other)", "open($other, $room)"]),
        skill("go", ["room", "other"], [here, "door($room, $other)", "open($room, $other)"],
              ["not at(robot, *)", "at(robot, $other)"]),
        skill("open_box", ["box", "room"], [here, "in_room($box, $room)", empty], ["lid_open($box)"]),
        skill("take", ["thing", "room"], [here, "lies($thing, $room)", empty],
              ["not lies($thing, *)", "holding(robot, $thing)"]),
        skill("take_out", ["thing", "box", "room"],
              [here, "in_room($box, $room)", "inside($thing, $box)", "lid_open($box)", empty],
              ["not inside($thing, *)", "holding(robot, $thing)"]),
        skill("put_down", ["thing", "room"], [here, "holding(robot, $thing)"],
              ["not holding(robot, *)", "lies($thing, $room)"]),
        skill("put_in", ["thing", "box", "room"],
              [here, "in_room($box, $room)", "lid_open($box)", "holding(robot, $thing)"],
              ["not holding(robot, *)", "inside($thing, $box)"]),
    ])  # fmt: skip


def composites() -> list[SkillSpec]:
    """What such a robot is taught: through a door that is closed, and out of a box that is closed."""

    def taught(name: str, goal: Sequence[str], *skills: str) -> SkillSpec:
        steps = [{"skill": skill, "arguments": {p.name: f"${p.name}" for p in library[skill].goal}} for skill in skills]
        goals = [{"name": one, "type": "object", "description": one} for one in goal]
        return SkillSpec.model_validate(
            {"name": name, "robot": "helper", "kind": "composite", "description": name, "goal": goals,
             "composite": {"steps": steps}}
        )  # fmt: skip

    library = household()
    return [
        taught("go_through", ["room", "other"], "open_door", "go"),
        taught("unpack", ["thing", "box", "room"], "open_box", "take_out"),
    ]


def domain(seed: int) -> Domain:
    """Objects, initial facts, and the goal.

    Args:
        seed: Which domain.
    """
    random = Random(seed)
    rooms = [f"room{k}" for k in range(ROOMS)]
    boxes = [f"box{k}" for k in range(BOXES)]
    things = [f"thing{k}" for k in range(THINGS)]
    facts = {Fact("at", ("robot", random.choice(rooms)))}
    for number, room in enumerate(rooms[1:], start=1):  # a tree of rooms
        other = random.choice(rooms[max(0, number - 3) : number])
        facts |= {Fact("door", (room, other)), Fact("door", (other, room))}
        if random.random() < 0.5:
            facts |= {Fact("open", (room, other)), Fact("open", (other, room))}
    facts |= {Fact("in_room", (box, random.choice(rooms))) for box in boxes}
    facts |= {Fact("lid_open", (box,)) for box in boxes if random.random() < 0.3}
    for thing in things:
        facts.add(Fact("lies", (thing, random.choice(rooms))) if random.random() < 0.6
                  else Fact("inside", (thing, random.choice(boxes))))  # fmt: skip
    wanted = [Literal("inside", (thing, random.choice(boxes))) for thing in random.sample(things, WANTED)]
    return (*rooms, *boxes, *things), frozenset(facts), tuple(wanted)


def measure(seconds: float) -> list[Row]:
    """Searches in one domain after the other until the time is over.

    Args:
        seconds: How long, s.
    """
    library = household()
    taken, found, number, end = list[float](), dict[int, SearchResult](), 0, time.perf_counter() + seconds
    while number < DOMAINS or time.perf_counter() < end:
        objects, facts, wanted = domain(number % DOMAINS)
        before = time.perf_counter()
        found[number % DOMAINS] = GapSearch(library, objects).search(facts, wanted)
        taken.append(time.perf_counter() - before)
        number += 1
    lengths = [len(one.steps) for one in found.values() if one.steps is not None]
    proven = sum(one.proven for one in found.values())
    times = np.array(taken)
    note = (
        f"{len(lengths)} of {DOMAINS} domains solved, {ROOMS + BOXES + THINGS} objects, "
        f"{min(lengths)} to {max(lengths)} steps (median {np.median(lengths):g}), {proven} shown to be the cheapest"
    )
    return [
        replace(median_row("missing steps in random domains, median", times, "ms", 1e3, LIMIT), note=note),
        Row("missing steps in random domains, p99", percentile(times, 99) * 1e3, "ms"),
        _with_composites(library),
        _with_shipped_composites(),
    ]


def both_ways(where: Domain, library: SkillLibrary, more: SkillLibrary) -> tuple[SearchResult, SearchResult]:
    """What the search finds in one domain without composites, and with them.

    Args:
        where: The domain.
        library: Skills without composites.
        more: The same with composites.
    """
    objects, facts, wanted = where
    first, second = (GapSearch(skills, objects).search(facts, wanted) for skills in (library, more))
    return first, second


def with_composites(library: SkillLibrary) -> SkillLibrary:
    """A library with what such a robot is taught, as the search uses it."""
    return with_macros(SkillLibrary.from_specs("helper", [*library, *composites()]))


def _with_composites(library: SkillLibrary) -> Row:
    """States that the search looks at with composites, as a share of those without, on domains of their own."""
    return _share("states with composites, of those without", library, with_composites(library), domain)


def _with_shipped_composites() -> Row:
    """The same with those that come with the hand on a gantry."""
    found = Resources.from_environment(os.environ)
    shipped = load_library(found, load_robot(found.robot(HAND)))
    plain = SkillLibrary.from_specs(HAND, [one for one in shipped if one.composite is None])
    return _share("states with the gantry's composites, of those without", plain, with_macros(shipped), table)


def table(seed: int) -> Domain:
    """Things on places, of which one to three are to stand elsewhere, for a hand on a gantry; as :func:`domain`.

    Args:
        seed: Which domain.
    """
    random = Random(seed)
    places, things = [f"place{k}" for k in range(4)], [f"thing{k}" for k in range(10)]
    on = {thing: random.choice(places) for thing in things}
    moved = random.sample(things, random.randint(1, 3))
    wanted = [Literal("on", (one, random.choice([place for place in places if place != on[one]]))) for one in moved]
    return (*places, *things), frozenset(Fact("on", pair) for pair in on.items()), tuple(wanted)


def _share(name: str, library: SkillLibrary, more: SkillLibrary, domains: Callable[[int], Domain]) -> Row:
    """States that the search looks at with composites, as a share of those without."""
    found = [both_ways(domains(number), library, more) for number in range(HELD_OUT, HELD_OUT + DOMAINS)]
    plain, taught = ([pair[which] for pair in found] for which in (0, 1))
    looked = [sum(one.states for one in results) for results in (plain, taught)]
    solved = [sum(one.steps is not None for one in results) for results in (plain, taught)]
    note = f"{looked[1]} against {looked[0]} states; solved {solved[1]} against {solved[0]} of {DOMAINS} domains"
    return Row(name, 100.0 * looked[1] / looked[0], "%", 100.0, note=note)


class CompositeSearches:
    """Searches in random domains with composites and without."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Makes both libraries.

        Args:
            resources: Not needed: the robot of these domains is made here.
            robot: The same.
        """
        self._library = household()
        self._more = with_composites(self._library)

    def score(self, seed: int) -> SeedCounts:
        """Searches in the domain of a seed."""
        plain, taught = both_ways(domain(seed), self._library, self._more)
        solved = {SOLVED: {"": taught.steps is not None}, SOLVED_WITHOUT: {"": plain.steps is not None}}
        return SeedCounts(seed, solved, {STATES: float(taught.states), STATES_WITHOUT: float(plain.states)})


def composite_figures(scores: Sequence[SeedCounts]) -> dict[str, Any]:
    """Domains solved, states looked at, and the ratio of these."""
    looked, without = ([one.amounts[name] for one in scores] for name in (STATES, STATES_WITHOUT))
    return {**counted_figures(scores), RATIO: ratio(looked, without)}


def composite_misses(figures: Mapping[str, Any]) -> list[str]:
    """What falls short: more states with composites, or fewer domains solved."""
    more, solved, without = figures[RATIO]["value"], figures[SOLVED]["count"], figures[SOLVED_WITHOUT]["count"]
    out = [f"{RATIO} {more:.3f} is above 1"] if more > 1.0 else []
    return [*out, f"solved {solved} with composites and {without} without"] if solved < without else out
