"""Hazards: the check of every plan before it runs, whatever its origin."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Both, Branch, Loop, Part, Step, Until
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language import HazardRules, KindRule, Knowledge, Lexicon, Outcome, UsualUse, words_of
from skill_stack.planner.hazards.kinds import Kinds
from skill_stack.planner.hazards.senses import GO, HANDLE, WITHIN, Senses
from skill_stack.planner.symbolic.tree import expanded, parts_of

DEEPEST = 6
"""Largest depth of containment."""

BESIDE = 1.5
"""Distance up to which a thing already is next to another, m: an arm's reach and the bodies of both."""

THING, RUNNING, RESTARTED, UNNAMED, NOWHERE = "thing", "running", "restarted", "unnamed", "nowhere"
"""Kinds that the check knows: of everything, of what was switched on, of what ran in the plan and is off again, of what
nobody named, and of no destination."""

ON, OFF, HEAT, POUR = "on", "off", "heat", "pour"
"""Senses of switching; what is heated does not run by itself, and what is poured reaches what is in the vessel."""


@dataclass(frozen=True, slots=True)
class HazardWorld:
    """Possible locations of objects for the hazard check: a conservative superset.

    Attributes:
        held: Things that may be in the hand.
        within: Things that may be in or on others, in pairs.
        running: Things that may be switched on.
        started: Things that a step has switched on, whether or not they still run.
        marked: Things with the kinds that they have got by what was done with them; nobody named the empty one.
    """

    held: frozenset[str] = frozenset()
    within: frozenset[tuple[str, str]] = frozenset()
    running: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()
    marked: frozenset[tuple[str, str]] = frozenset()

    def inside(self, name: str) -> frozenset[str]:
        """Everything in or on an object, recursively."""
        return self._chain({(place, thing) for thing, place in self.within}, name)

    def around(self, name: str) -> frozenset[str]:
        """Everything that an object is in or on, recursively."""
        return self._chain(self.within, name)

    @staticmethod
    def _chain(pairs: Iterable[tuple[str, str]], name: str) -> frozenset[str]:
        pairs, found = tuple(pairs), {name}
        for _ in range(DEEPEST):
            found |= {far for near, far in pairs if near in found}
        return frozenset(found - {name})

    def moved(self, things: Iterable[str], goals: Iterable[str]) -> HazardWorld:
        """The world after objects have been moved to goals."""
        gone, to = set(things), set(goals)
        kept = {(thing, place) for thing, place in self.within if thing not in gone}
        within = frozenset(kept | {(thing, one) for thing in gone for one in to - {thing}})
        return replace(self, held=self.held - gone, within=within)

    def __or__(self, other: HazardWorld) -> HazardWorld:
        held, within = self.held | other.held, self.within | other.within
        running, started = self.running | other.running, self.started | other.started
        return HazardWorld(held, within, running, started, self.marked | other.marked)


@dataclass(frozen=True, slots=True)
class HazardFinding:
    """A step to which a rule applies.

    Attributes:
        rule: Name of the rule.
        outcome: The outcome of the rule.
        step: The key under which a *yes* to the step is stored; see :func:`step_key`.
        reason: The action, the things and the possible harm, for people.
        source: Where that is written, or an empty string.
    """

    rule: str
    outcome: Outcome
    step: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class _Event:
    """Effect of one step on one object.

    Attributes:
        senses: What the step does.
        what: The object; empty where it is not known.
        to: Its destination; empty without a motion.
        alone: Whether the step has no destination for any object.
        near: Whether ``to`` is what the destination is in or on, not the destination itself.
        still: Whether nothing is moved, and ``to`` is beside the object; only rules that say what is done count then.
    """

    senses: frozenset[str]
    what: str
    to: str = ""
    alone: bool = False
    near: bool = False
    still: bool = False


@dataclass(frozen=True, slots=True)
class _EventKinds:
    """Kinds of what an event is about.

    Attributes:
        what: Of the object.
        to: Of its destination.
        inside: Of what is in or on the object.
        within: Of what the object is in or on.
    """

    what: frozenset[str]
    to: frozenset[str]
    inside: frozenset[str]
    within: frozenset[str]

    def fit(self, one: KindRule | UsualUse) -> bool:
        """Whether all kinds that a rule or a usual combination names are there."""
        pairs = ((one.what, self.what), (one.to, self.to), (one.inside, self.inside), (one.within, self.within))
        return all(not wanted or not found.isdisjoint(wanted) for wanted, found in pairs)


@dataclass(frozen=True, slots=True)
class _Motion:
    """What a step that handles objects does with them.

    Attributes:
        takes: Whether it takes something into the hand.
        releases: Whether it lets go of something.
        named: The objects that it names.
        moved: Those of them that it moves.
        carried: What it may move: these, else what the hand may hold.
        goals: Where that goes.
    """

    takes: bool
    releases: bool
    named: set[str]
    moved: set[str]
    carried: set[str]
    goals: set[str]


class Hazards:
    """Finds hazardous combinations in plans over any library and scene.

    Attributes:
        rules: The rules, with the kinds and senses that they name.
        kinds: Returns the kinds of things.
        senses: Returns the senses of skills.
    """

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Prepares the rules.

        Args:
            knowledge: The rules, and what is known of things and skills.
            lexicon: The language.

        Raises:
            DataError: A rule names what is not known; names file and field.
        """
        self.rules = HazardRules.together(knowledge.hazards, lexicon.things.types)
        self.kinds = Kinds(self.rules.kinds, knowledge.categories, lexicon)
        self.senses = Senses(self.rules.senses, knowledge.forms, lexicon)

    def spared(self, thing: SceneObject, scene: SceneGraph) -> bool:
        """Whether an object must not be moved aside where it blocks a way: it breaks, lives, or somebody needs it."""
        return not self.kinds.kinds_of(thing, scene.facts, wary=True).isdisjoint(self.rules.left_alone)

    def speaks_of(self, kind: str, text: str) -> bool:
        """Whether a word of a text is a name for things of a kind.

        Args:
            kind: The kind, as the rules have it.
            text: The text.
        """
        words = (token.text for token in words_of(text))
        return any(kind in self.kinds.kinds_of(SceneObject(word, word, (0.0, 0.0, 0.0))) for word in words)

    def checked(
        self,
        plan: Plan,
        library: SkillLibrary,
        scene: SceneGraph,
        facts: frozenset[Fact],
        held: frozenset[str] = frozenset(),
    ) -> Plan:
        """The plan unchanged, or a refusal with the reason of the rule that forbids it.

        Args:
            plan: A plan, or any other answer.
            library: Skills.
            scene: What there is.
            facts: What is true before.
            held: What the robot may hold by what it did before.
        """
        if plan.tree is None:
            return plan
        try:
            found = self.findings(plan.tree, library, scene, facts, held)
        except SkillStackError as error:  # what cannot be looked at is not run
            return replace(plan, status="refusal", tree=None, facts=(), reason=f"I cannot do that: {error}.")
        refused = next((one for one in found if one.outcome == "refuse"), None)
        if refused is None:
            return plan
        return replace(plan, status="refusal", tree=None, facts=(), reason=f"I will not do that: {refused.reason}.")

    def findings(
        self,
        tree: PlanNode,
        library: SkillLibrary,
        scene: SceneGraph,
        facts: frozenset[Fact],
        held: frozenset[str] = frozenset(),
    ) -> tuple[HazardFinding, ...]:
        """Refused and questioned parts of a tree, in order, each once.

        Args:
            tree: Any tree; both sides of a condition count, and things carried from step to step.
            library: Skills.
            scene: What there is.
            facts: What is true before.
            held: What the robot may hold besides.

        Raises:
            SkillStackError: A step is wrong.
        """
        walk = _Walk(self, scene, scene.facts | facts)
        walk.all(expanded(parts_of(tree, library), library), self._world(scene, scene.facts | facts, held))
        return tuple(dict.fromkeys(walk.found))

    def held_after(
        self, step: Step, scene: SceneGraph, facts: frozenset[Fact], held: frozenset[str], done: bool = True
    ) -> frozenset[str]:
        """What may be in the hand after a step.

        Args:
            step: The step.
            scene: What there is.
            facts: What is true.
            held: What may be in the hand before.
            done: Whether it succeeded; one that failed may have taken something, and let go of nothing for sure.
        """
        after = _Walk(self, scene, facts).step(step, HazardWorld(held)).held
        return after if done else after | held

    def _world(self, scene: SceneGraph, facts: Iterable[Fact], held: frozenset[str]) -> HazardWorld:
        """Initial locations of objects."""
        within, holding, running = set[tuple[str, str]](), set(held), set[str]()
        switched = self.rules.senses[ON].effects if ON in self.rules.senses else ()
        for fact in facts:
            if fact.predicate in WITHIN and len(fact.arguments) == 2:
                within.add((fact.arguments[0], fact.arguments[1]))
            elif fact.predicate in self.senses.held_facts and not set(fact.arguments[:-1]) & set(scene.objects):
                holding |= set(fact.arguments[-1:])
            elif fact.predicate in switched and len(fact.arguments) == 1:
                running.add(fact.arguments[0])
        return HazardWorld(frozenset(holding), frozenset(within), frozenset(running))


class _Walk:
    """One pass over a plan."""

    def __init__(self, hazards: Hazards, scene: SceneGraph, facts: Iterable[Fact]) -> None:
        self._hazards, self._scene, self._facts = hazards, scene, tuple(facts)
        self.found: list[HazardFinding] = []

    def all(self, parts: Iterable[Part], world: HazardWorld) -> HazardWorld:
        """The world after parts, one after the other."""
        for part in parts:
            world = self._part(part, world)
        return world

    def _part(self, part: Part, world: HazardWorld) -> HazardWorld:
        """The world after one part; repeated and parallel parts are applied twice, one after the other."""
        if isinstance(part, Step):
            return self.step(part, world)
        if isinstance(part, Branch):
            return self.all(part.then, world) | self.all(part.otherwise, world)
        if isinstance(part, Loop | Until):
            return self.all(part.body, world | self.all(part.body, world))
        if isinstance(part, Both):
            for _ in range(2):
                for branch in part.branches:
                    world |= self.all(branch, world)
        return world

    def step(self, step: Step, world: HazardWorld) -> HazardWorld:
        """Finds the hazards of a step, and returns the world after it."""
        does, things = self._hazards.senses.senses_of(step.spec, step.arguments), self._things(step)
        if HANDLE in does:
            return self._handle(step, does, things, world)
        if GO in does:
            self._judge_all(step, self._pairs(does, world.held, things.values(), world), world)
        return world

    def _handle(self, step: Step, does: frozenset[str], things: Mapping[str, str], world: HazardWorld) -> HazardWorld:
        """The same for a step that handles objects."""
        motion = self._motion(step, does, things, world)
        seen = world.moved(motion.moved, motion.goals) if HEAT in does else world  # it heats what it puts there
        self._judge_all(step, self._events(step, does, motion, world), seen)
        world = replace(world, marked=self._marked(does, motion, world))
        if motion.takes:
            return replace(world.moved(motion.moved, ()), held=world.held | motion.moved)
        after = world.moved(motion.carried if motion.releases else motion.moved, motion.goals)
        running = self._running(does, motion.named, world)
        started = world.started | (running - world.running)
        return after if motion.releases else replace(after, held=world.held, running=running, started=started)

    def _marked(self, does: frozenset[str], motion: _Motion, world: HazardWorld) -> frozenset[tuple[str, str]]:
        """Which things have what kinds by what was done with them, after a step."""
        marked = set(world.marked)
        for name, mark in self._hazards.rules.marks.items():
            if not does.isdisjoint(mark.until):
                tools = not all(self.kinds(one).isdisjoint(mark.tool) for one in motion.named)
                marked -= {(one, name) for one in (*motion.named, *([""] if tools else ()))}
            about = {one for one in motion.named if not self.kinds(one, wary=True).isdisjoint(mark.what)}
            if about and not does.isdisjoint(mark.does):
                marked |= {(one, name) for one in (motion.named | motion.carried) - about or {""}}
        return frozenset(marked)

    def _motion(self, step: Step, does: frozenset[str], things: Mapping[str, str], world: HazardWorld) -> _Motion:
        """What a step does with what it names and with what is held."""
        senses = self._hazards.senses
        takes, releases = senses.takes(step.spec, does), senses.releases(step.spec, does)
        named = set(things.values())
        if len(things) == 1:  # it takes what it names, or brings what is in the hand to it
            moved, goals = (named, set[str]()) if takes or world.held & named else (set[str](), named)
        else:
            moved, goals = self._by_role(step, things)
        return _Motion(takes, releases, named, moved, moved or set(world.held), goals)

    def _by_role(self, step: Step, things: Mapping[str, str]) -> tuple[set[str], set[str]]:
        """What a step may move, and where to, by the roles of its parameters."""
        roles = self._hazards.senses.roles(step.spec)
        return {things[one] for one in roles.moved & set(things)}, {things[one] for one in roles.goals & set(things)}

    def _events(self, step: Step, does: frozenset[str], motion: _Motion, world: HazardWorld) -> set[_Event]:
        """What a step does to each object, and which objects meet."""
        things = self._things(step)
        acted = self._by_role(step, things)[0] if motion.takes or motion.releases else motion.named
        if motion.releases or not motion.named:
            acted = acted.union(motion.carried, *map(world.inside, motion.carried))
        filled = motion.goals - motion.carried if POUR in does else set[str]()
        pairs = self._pairs(does, motion.carried, motion.goals.union(*map(world.inside, filled)), world)
        if not (motion.carried or motion.takes or motion.releases):
            pairs = {_Event(does, "", one) for one in motion.goals}
        beside = set[_Event]() if motion.takes else self._beside(step, does, motion.carried, world)
        if not (motion.takes or motion.releases):  # it does something to what it names, where that is
            beside |= self._beside(step, does, motion.named - motion.carried, world, still=True)
        return pairs | beside | {_Event(does, one, alone=not pairs) for one in acted}

    def _beside(
        self, step: Step, does: frozenset[str], whats: set[str], world: HazardWorld, still: bool = False
    ) -> set[_Event]:
        """Pairs with what the words name without being an argument: ``on the floor next to the fireplace``."""
        told, objects = " ".join(token.text for token in words_of(step.why)), self._scene.objects
        named = {one for one in objects.values() if one.id not in step.arguments.values() and _spoken(one, told)}
        return {
            replace(event, near=True, still=still)
            for what in whats & set(objects)
            for to in named
            if still or math.dist(objects[what].position, to.position) > BESIDE  # what is there is moved away
            for event in self._pairs(does, {what}, {to.id}, world)
        }

    @staticmethod
    def _running(does: frozenset[str], named: set[str], world: HazardWorld) -> frozenset[str]:
        """What may run after a step that switches the things that it names."""
        if ON in does and HEAT not in does:
            return world.running | named
        return world.running - named if OFF in does else world.running

    def _things(self, step: Step) -> dict[str, str]:
        """Arguments that are objects; a choice counts where rules have a kind with its word."""
        out: dict[str, str] = {}
        for one in step.spec.goal:
            value = step.arguments.get(one.name)
            if (
                isinstance(value, str)
                and value
                and (one.type == "object" or (one.type == "choice" and self.kinds(value)))
            ):
                out[one.name] = value
        return out

    def _pairs(
        self, does: frozenset[str], moved: Iterable[str], goals: Iterable[str], world: HazardWorld
    ) -> set[_Event]:
        """Pairs that meet: everything in and on what is moved, and everything around its goal."""
        whats = {one for thing in moved for one in ({thing} | world.inside(thing))}
        goals = set(goals)
        tos = goals.union(*map(world.around, goals))
        return {_Event(does, what, to, near=to not in goals) for what in whats for to in tos if what != to}

    def kinds(self, name: str, wary: bool = False) -> frozenset[str]:
        """The kinds of an object by its id; of an unknown one by its words."""
        thing = self._scene.objects.get(name) or SceneObject(name, name, (0.0, 0.0, 0.0))
        return self._hazards.kinds.kinds_of(thing, self._facts, wary=wary)

    def _judge_all(self, step: Step, events: Iterable[_Event], world: HazardWorld) -> None:
        """Applies the rules to events, and records the findings."""
        for event in sorted(events, key=lambda one: (one.what, one.to)):
            sure, wary = self._seen(event, world), self._seen(event, world, wary=True)
            rules = self._hazards.rules.rules
            spoken = {name: rule for name, rule in rules.items() if _speaks(rule, event, sure, wary)}
            outcomes = {rule.outcome for rule in spoken.values()}
            worst: Outcome = "refuse" if "refuse" in outcomes else "allow" if "allow" in outcomes else "ask"
            for name, rule in spoken.items():
                if rule.outcome == worst != "allow":
                    self.found.append(self._finding(name, rule, step, event))

    def _seen(self, event: _Event, world: HazardWorld, wary: bool = False) -> _EventKinds:
        """The kinds of an event."""
        kinds, none = partial(self.kinds, wary=wary), frozenset[str]()
        what = kinds(event.what) | {THING} if event.what else frozenset({THING, UNNAMED})
        what |= {RUNNING} if event.what in world.running else {RESTARTED} if event.what in world.started else set()
        what |= {kind for one, kind in world.marked if one == event.what}
        to = kinds(event.to) | {THING} if event.to else frozenset({NOWHERE} if event.alone else ())
        to |= {RUNNING} if any(f"{event.to}_".startswith(f"{one}_") for one in world.running) else set()  # or a part
        inside, within = world.inside(event.what), world.around(event.what)
        return _EventKinds(what, to, none.union(*map(kinds, inside)), none.union(*map(kinds, within)))

    def _finding(self, name: str, rule: KindRule, step: Step, event: _Event) -> HazardFinding:
        """The finding for an event."""
        named = ", ".join(one.replace("_", " ") for one in (event.what, event.to) if one)
        done = f"{step.spec.name.replace('_', ' ')}: {named}"
        return HazardFinding(
            name, rule.outcome, step_key(step.spec.name, step.arguments), f"{rule.reason} ({done})", rule.source
        )


def _spoken(thing: SceneObject, told: str) -> bool:
    """Whether words in lower case have a name of an object."""
    names = (" ".join(token.text for token in words_of(one)) for one in (thing.kind, thing.id, *thing.names))
    return any(name and f" {name} " in f" {told} " for name in names)


def _speaks(rule: KindRule, event: _Event, sure: _EventKinds, wary: _EventKinds) -> bool:
    """Whether a rule applies to an event: danger by all that may be meant, safety by what surely is."""
    if (event.to and not rule.to) or (rule.does and event.senses.isdisjoint(rule.does)):
        return False
    if event.still and not rule.does:
        return False
    if event.near and rule.usual:  # a mug on the table is filled, not the table
        return False
    seen = sure if rule.outcome == "allow" else wary
    return seen.fit(rule) and not any(map(sure.fit, rule.usual))


def step_key(skill: str, arguments: Mapping[str, object]) -> str:
    """A step by its skill and its objects; distances and speeds do not matter."""
    named = (f"{name}={value}" for name, value in sorted(arguments.items()) if isinstance(value, str))
    return f"{skill}({', '.join(named)})"
