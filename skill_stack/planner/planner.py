"""Planner: words → checked plan, without a language model."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode, PlanStatus
from skill_stack.core.rewards.reward_arguments import DURATION
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.parts import with_parts
from skill_stack.core.steps import Step
from skill_stack.core.stop_words import find_stop
from skill_stack.core.world.blueprint import Blueprint
from skill_stack.core.world.blueprint_layout import Unbuildable
from skill_stack.core.world.clearing import Clearing
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import (
    Answer,
    ClearingWords,
    Knowledge,
    Language,
    LearntPhrase,
    LearntPhrases,
    Lexicon,
    Reading,
    TakenAs,
    refusal,
    shortened,
    side_by_side,
)
from skill_stack.motion.templates import TemplateVerbs
from skill_stack.motion.words import ToldMotion, halves
from skill_stack.planner.building.builder import Builder, Falls
from skill_stack.planner.building.clearing import things_left
from skill_stack.planner.building.placing import placing_skill
from skill_stack.planner.building.seen_goal import SeenGoal, going_on, left_of
from skill_stack.planner.completion import Completion
from skill_stack.planner.composites import ASKED_FOR, taught, without_inserted_steps
from skill_stack.planner.dialogue.remedies import cause_said
from skill_stack.planner.hazards.check import Hazards
from skill_stack.planner.memory.features import object_parameters
from skill_stack.planner.memory.lessons import TaughtLibrary
from skill_stack.planner.memory.troubles import Trouble, against
from skill_stack.planner.open_objects import fitting, left_open
from skill_stack.planner.plan_summary import BEGIN, to_go_on
from skill_stack.planner.reading_plans import ReadingPlans, first_made
from skill_stack.planner.symbolic.checker import node_of
from skill_stack.planner.symbolic.tree import parts_of

IN_TURN = 3.0
"""How long a motion goes on that something else follows, where words do not say it, s."""
LIVING = "living"
"""Kind of people and animals, as the rules on hazards have it."""

MOST_OFFERED = 3
"""Largest number of plans offered for unread words: as many as people can remember from listening."""


class Planner:
    """Plans over one library. Everything that does not depend on the scene is prepared at construction.

    Attributes:
        library: Skills of the robot.
        language: Reads texts.
        hazards: Checks plans for hazardous combinations; callers use it before they run or report a plan.
        ways: Checks the constraints on paths; None where nothing does.
        falls: Tries whether a structure stands; None where nothing does.
    """

    def __init__(
        self,
        library: SkillLibrary,
        lexicon: Lexicon | None = None,
        knowledge: Knowledge | None = None,
        learnt: LearntPhrases | None = None,
        ways: Callable[[PlanNode, SceneGraph], str] | None = None,
        falls: Falls | None = None,
    ) -> None:
        """Compiles the library's phrases.

        Args:
            library: Skills of the robot.
            lexicon: The words; None for those that come with the package.
            knowledge: Needs and uses of things; None for those of ``config/knowledge``.
            learnt: Phrases that were learnt from use; None where nothing is.
            ways: Tells why a plan cannot keep to the constraints on its paths, in a sentence that is empty where it
                can; None leaves that to the connector, which fails the step before it moves.
            falls: Tries in simulation whether a structure stands before it is built; None where nothing can.
        """
        self.ways, self.falls = ways, falls
        self.library, self.language = library, Language(library, lexicon, knowledge, learnt)
        self._completion = Completion(self.language)
        self._builder = Builder(self.language.lexicon.kind_nouns.nouns_of, falls)
        self.hazards = Hazards(self.language.knowledge, self.language.lexicon)
        self._motion = ToldMotion.in_library(self.language.library)
        self._verbs = TemplateVerbs.in_library(self.language.library)

    def is_stop(self, text: str) -> bool:
        """Whether a text requests an immediate stop; see :func:`skill_stack.core.stop_words.find_stop`."""
        return find_stop(text) is not None

    def plan(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None = None
    ) -> Plan:
        """Answers an instruction; never raises for anything that people can type.

        Args:
            instruction: The words.
            scene: What there is; with the robot's pose, nearness and sides are understood.
            facts: What is true now, see :mod:`skill_stack.core.world.world_facts`.
            last: What was done before, for "call that the patrol"; None when nothing was.
        """
        scene = with_parts(scene, instruction.text)
        plan = self._planned(instruction, scene, facts, last)
        if plan.status == "plan" and isinstance(self.library, TaughtLibrary):
            plan = self._elsewhere(plan, instruction, scene, facts)
        told = plan.status == "statement" and (plan.facts or plan.skill is not None)
        if plan.status == "plan" or told:
            return plan
        return self._as_learnt(plan, scene, facts) or plan

    def wording(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> LearntPhrase | None:
        """The phrase that a sentence becomes whose plan a person confirmed; None where nothing is to be learnt.

        Args:
            plan: The plan.
            scene: What there is.
            facts: What is true now.
        """
        if plan.tree is None:
            return None
        return self.language.phrase_of(plan.instruction, without_inserted_steps(plan.tree), scene, facts)

    def _elsewhere(self, plan: Plan, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """The plan; where words leave a thing open and something was learnt against it, one with another thing."""
        why = self._learnt_against(plan, scene)
        other_way = copy.copy(self)  # another thing is explanation enough: nothing else is tried besides
        other_way._completion = Completion(self.language, self._without_hunches())
        for name, told in why.items():
            thing = scene.objects[name]
            words = left_open(instruction.text, thing)
            for other in fitting(thing, words, scene) if words is not None else ():
                assert words is not None
                renamed = replace(instruction, text=words.named(instruction.text, other))
                made = other_way._planned(renamed, scene, facts, None)
                taken = {value for step in made.steps for value in step.arguments.values()}
                if made.status == "plan" and other.id in taken and not self._learnt_against(made, scene).keys() & taken:
                    return replace(made, id=plan.id, instruction=plan.instruction, reason=f"{made.reason} {told}")
        return plan

    def _without_hunches(self) -> SkillLibrary:
        """The library with what was learnt for sure."""
        if not isinstance(self.library, TaughtLibrary):
            return self.library
        lessons = self.library.lessons
        return replace(self.library, lessons=replace(lessons, rules=lessons.claimed))

    def _learnt_against(self, plan: Plan, scene: SceneGraph) -> dict[str, str]:
        """Things of a plan against which something was learnt, and what, in a sentence."""
        if not isinstance(self.library, TaughtLibrary):
            return {}
        lessons, found = self.library.lessons, dict[str, str]()
        for step in plan.steps:
            one = against(step, lessons.rules, lessons.troubles, self.library, scene)
            target = next((str(step.arguments[name]) for name in object_parameters(self.library[step.skill])), "")
            if one is not None and target in scene.objects:
                label = scene.objects[target].label
                said = cause_said(one.cause, label) if isinstance(one, Trouble) else str(one)
                found[target] = f"Not with the {label}: {said}."
        return found

    def _as_learnt(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Plan | None:
        """The answer by a learned phrase, for words not read otherwise; None where there is none."""
        reading = self.language.learnt_reading(plan.instruction, scene, facts)
        if reading is None:
            return None
        made = self._completion.finish(reading, scene, facts)
        if isinstance(made, Answer):
            return Plan(plan.id, plan.instruction, made.status, None, made.facts, made.sentence)
        return Plan(plan.id, plan.instruction, "plan", made.tree, made.facts, made.summary, learnt=reading.learnt)

    def _planned(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None
    ) -> Plan:
        """The answer to an instruction without learned phrases."""
        name = f"{instruction.source}|{instruction.time}|{instruction.operator}|{instruction.text}"
        digest = hashlib.sha1(name.encode("utf-8", "replace")).hexdigest()[:10]
        plan_id = f"plan-{digest}"
        made = self._made(instruction.text, scene, facts, last)
        moved = self._moved(made, instruction.text, scene, facts)
        if isinstance(moved, ReadingPlans) and isinstance(made, Answer):
            # every word was read, only not by a skill of its own; where one was near, a person is asked
            asks = made.status == "question" and not made.unread
            said = _asked(moved.summary) if asks else moved.summary
            return Plan(plan_id, instruction.text, "question" if asks else "plan", moved.tree, moved.facts, said,
                        certainty="inferred")  # fmt: skip
        made = moved if isinstance(moved, Answer) else made
        if isinstance(made, Answer):
            plain = Plan(plan_id, instruction.text, made.status, None, made.facts, made.sentence, made.skill,
                         made.missing, unread=made.unread, settled=made.about == "settled")  # fmt: skip
            return plain if made.status != "refusal" else self._instead(plain, scene, facts)
        problem = self.ways(made.tree, scene) if self.ways is not None else ""
        if problem:
            return Plan(plan_id, instruction.text, "refusal", reason=problem)
        sure = made.certainty == "said"
        status: PlanStatus = "plan" if sure else "question"
        said = made.summary if sure else _asked(made.summary)
        plan = Plan(plan_id, instruction.text, status, made.tree, made.facts, said, certainty=made.certainty,
                    building=made.building)  # fmt: skip
        return _or_moved(plan, made, moved) if isinstance(moved, ReadingPlans) else plan

    def _moved(
        self, made: ReadingPlans | Answer, text: str, scene: SceneGraph, facts: frozenset[Fact]
    ) -> ReadingPlans | Answer | None:
        """The plan of words by reward terms, where no skill has all of them; None where they are not about that."""
        answered = isinstance(made, Answer)
        if self._motion is None or self._settled(made, text):
            return None
        at_once = self._at_once(text, scene, facts) if answered else None
        if isinstance(at_once, ReadingPlans):
            return at_once
        read = self._motion.read(text, scene.robot.yaw if scene.robot is not None else None)
        if isinstance(read, dict):
            return self._completion.finish(Reading((self._told(read, text),)), scene, facts)
        in_turn = at_once or self._in_turn(text, scene, facts) if answered else None
        missing = isinstance(made, Answer) and made.missing
        return in_turn or (refusal(read.reason) if read is not None and answered and not missing else None)

    def _by_template(self, plain: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Plan | None:
        """The question whether a verb of the hand that no skill has is a template motion; None for other words."""
        read = self._verbs.read(plain.instruction) if self._verbs is not None else None
        if read is None or self.hazards.speaks_of(LIVING, plain.instruction):
            return None
        assert self._verbs is not None
        spec, why = self._verbs.spec, f"{ASKED_FOR}{shortened(plain.instruction.strip())}"
        step = Step(spec, spec.complete(read.arguments), why)
        made = self._completion.finish(Reading((step,)), scene, facts)
        if isinstance(made, Answer):
            return None
        return replace(plain, status="question", tree=made.tree, facts=made.facts, reason=read.question,
                       certainty="nearest")  # fmt: skip

    def _settled(self, made: ReadingPlans | Answer, text: str) -> bool:
        """Whether words need no motion: a skill has them, even if it refuses their numbers, or they are no request."""
        assert self._motion is not None
        if not isinstance(made, Answer):
            return made.certainty == "said"
        refused = made.status == "refusal" and not made.unread and not self._motion.names_a_motion(text)
        return made.status == "statement" or made.understood or refused

    def _told(self, arguments: dict[str, float], text: str) -> Step:
        """A step by reward terms."""
        assert self._motion is not None
        return Step(self._motion.spec, arguments, f"{ASKED_FOR}{shortened(text.strip())}")

    def _in_turn(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> ReadingPlans | None:
        """The plan of the two halves of a text one after the other, one of them at least by reward terms."""
        assert self._motion is not None
        yaw = scene.robot.yaw if scene.robot is not None else None
        for first, last in halves(text):
            read, then = self._motion.read(first, yaw), self._motion.read(last, yaw)
            if isinstance(read, dict):
                begin = Reading((self._told({DURATION: IN_TURN, **read}, first),))
            else:
                begin = self._said(first, scene, facts) if isinstance(then, dict) else Reading(())
            if not begin.parts:
                continue
            end = Reading((self._told(then, last),)) if isinstance(then, dict) else self._said(last, scene, facts)
            both = Reading((*begin.parts, *end.parts), (*begin.notes, *end.notes))
            done = self._completion.finish(both, scene, facts) if end.parts else None
            if isinstance(done, ReadingPlans):
                return done
        return None

    def _at_once(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> ReadingPlans | Answer | None:
        """The plan of a motion by reward terms beside what a skill does, e.g. of arms above walking legs; why not."""
        assert self._motion is not None
        refused: Answer | None = None
        yaw = scene.robot.yaw if scene.robot is not None else None
        for pair in chain(self.language.at_once(text), halves(text, at_once=True)):
            read = [self._motion.read(one, yaw) for one in pair]
            if sum(isinstance(one, dict) for one in read) != 1:
                continue
            main, other = (
                Reading((self._told(one, said),)) if isinstance(one, dict) else self._said(said, scene, facts)
                for one, said in zip(read, pair)
            )
            both = side_by_side(main.parts, other.parts, f"{ASKED_FOR}{shortened(text.strip())}")
            reading = Reading((both,), (*main.notes, *other.notes))
            done = self._completion.finish(reading, scene, facts) if main.parts and other.parts else None
            if isinstance(done, ReadingPlans):
                return done
            refused = refused or done
        return refused

    def _said(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> Reading:
        """Words that skills cover, a guess among the notes, so that it is asked about; no steps for other words."""
        made = self._made(text, scene, facts, None)
        if isinstance(made, Answer):
            return Reading(())
        if made.certainty != "said" and not any(isinstance(note, TakenAs) for note in made.notes):
            return Reading(())
        return Reading(tuple(parts_of(without_inserted_steps(made.tree), self.library)), made.notes)

    def _made(
        self, text: str, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None
    ) -> ReadingPlans | Answer:
        """The plan of the first reading that has one; the answer where none has."""
        if self.is_stop(text):
            still = self._completion.stop(facts)
            return still if isinstance(still, Answer) else self._completion.finish(still, scene, facts)
        places = placing_skill(self.library) is not None
        blueprint = self.language.structure(text) if places else None
        clearing = self.language.structures.clearing(text) if places else None
        if clearing is not None:
            goal = self._clearing(clearing, scene)
            return goal if isinstance(goal, Answer) else self._by_sight(goal, scene, facts)
        if blueprint is not None:
            return blueprint if isinstance(blueprint, Answer) else self._built(blueprint, scene, facts)

        def make(reading: Reading) -> ReadingPlans | Answer:
            naming = reading.naming
            if naming is None:
                done = self._completion.finish(reading, scene, facts)
                return replace(done, understood=True) if isinstance(done, Answer) else done
            made = self._completion.finish(reading, scene, facts) if naming.source else None
            if isinstance(made, Answer):
                return made  # what cannot be done gets no name
            tree = PlanNode("sequence", tuple(node_of(part) for part in reading.parts)) if naming.source else last
            return replace(taught(naming, self.language.library, tree), final=True)

        return first_made(self.language.readings(text, scene, facts), make)

    def _built(self, blueprint: Blueprint, scene: SceneGraph, facts: frozenset[Fact]) -> ReadingPlans | Answer:
        """The plan of a structure; the answer where it cannot be built or stands already."""
        try:
            building = self._builder.building(blueprint, scene)
        except Unbuildable as error:
            return Answer("refusal", f"I cannot build that: {error}.")
        return self._by_sight(building, scene, facts)

    def _clearing(self, words: ClearingWords, scene: SceneGraph) -> Clearing | Answer:
        """The loose things that are to be brought to a place; the answer where that is not clear."""
        nouns = self.language.lexicon.kind_nouns.nouns_of
        holders = (words.place,) if words.place else self.language.structures.holders
        places = [one for noun in holders for one in scene.things if noun in (one.kind, *one.names)]
        if not places:
            known = f"I see no {words.place}." if words.place else "Where shall I put it all?"
            return Answer("question", known)
        shapes = {one.shape for one in scene.things if words.noun and words.noun in nouns(one)}
        goal = Clearing(places[0], words.colour, tuple(sorted(shapes)))
        return replace(goal, count=len(things_left(goal, scene)))

    def _by_sight(self, goal: SeenGoal, scene: SceneGraph, facts: frozenset[Fact]) -> ReadingPlans | Answer:
        """The plan of the next steps for a goal that is judged by what is seen; the answer where there is none."""
        try:
            left = left_of(goal, scene, self.library)
        except Unbuildable as error:
            return Answer("refusal", f"I cannot do that: {error}.")
        if left is None:
            done = "Everything is there already." if isinstance(goal, Clearing) else "It stands already."
            return Answer("statement", done, about="settled")
        made = self._completion.finish(Reading(parts_of(left, self.library)), scene, facts)
        if isinstance(made, Answer):
            return made
        pairs = ((scene[node.arguments[name]].label for name in ("target", "place")) for node in left.children)
        told = ", then ".join(f"put the {thing} on the {place}" for thing, place in pairs)
        return made._replace(summary=f"{BEGIN}{told}.", building=going_on(goal, left))

    def _instead(self, plain: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """What is offered instead of a refusal; the refusal where nothing is near."""
        if plain.missing:
            return self._of_that_kind(plain, scene, facts)
        return self._nearest_to(plain, scene, facts) if plain.unread else plain

    def _nearest_to(self, plain: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """The answer to unread words: plans of the nearest skills to choose from; the refusal where there are none."""
        if (template := self._by_template(plain, scene, facts)) is not None:
            return template
        offers: dict[str, ReadingPlans] = {}
        words = plain.instruction.strip()
        for skill, reading in self.language.nearest(plain.instruction, scene, facts):
            if skill not in offers and (reading.parts or skill):
                made = self._completion.finish(reading, scene, facts)
                if not isinstance(made, Answer) and skill in ("", *(node.skill for node in made.tree.every_skill())):
                    offers[skill], words = made, reading.unclaimed[0]  # else it is so already
            if len(offers) == MOST_OFFERED:
                break
        told = f"I do not understand '{shortened(words)}'. The nearest that I can do: "
        return _offered(plain, told, list(offers.values()))

    def _of_that_kind(self, plain: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """The question whether a thing of the kind is meant by a name that fits none; the refusal where too many are.

        A word before a noun may be the person's own: *the kitchen table* where one table is known; one behind it at the
        end of a single order may be no noun. A colour or a relation tells things apart, and people are not taken for
        one another.
        """
        name, lexicon = plain.missing, self.language.lexicon
        said = name.split()
        heads = {" ".join(said[at:]) for at in range(1, len(said))}
        text = plain.instruction.casefold().rstrip(" .!")
        if text.endswith(name) and lexicon.small.then.isdisjoint(text.replace(",", " and ").split()):
            heads |= {" ".join(said[:at]) for at in range(1, len(said))}  # "wash the pan thoroughly"
        alike = [
            thing for thing in scene.objects.values()
            if not heads.isdisjoint(lexicon.kind_nouns.nouns_of(thing))
            and not _at_another(thing.id, name, scene, facts)
            and LIVING not in self.hazards.kinds.kinds_of(thing)
        ]  # fmt: skip
        between, colours = lexicon.verbs.prepositions.values(), lexicon.things.colours.values()
        told_apart = {*chain(*between, *colours), *lexicon.small.articles}  # an article: of another thing
        told_apart |= {*lexicon.statements.modal, *lexicon.statements.pronouns}  # "mug must stay here" is no name
        if len(alike) > MOST_OFFERED or not told_apart.isdisjoint(said):
            return plain
        texts = (_renamed(plain.instruction, name, thing.label) for thing in alike)
        offers = [self._made(text, scene, facts, None) for text in texts if text]
        told = f"There is no {name} here. What I can do: "
        return _offered(plain, told, [made for made in offers if isinstance(made, ReadingPlans)])


def _renamed(text: str, name: str, label: str) -> str:
    """A text with another name for a thing; empty where it does not have the name so."""
    renamed, count = re.subn(rf"\b{re.escape(name)}\b", label, text, flags=re.IGNORECASE)
    return renamed if count else ""


def _at_another(name: str, said: str, scene: SceneGraph, facts: frozenset[Fact]) -> bool:
    """Whether words name a place, and the thing is known to be at another one."""
    named = {one.id for one in scene.objects.values() if any(f"{words} " in said for words in (one.label, *one.names))}
    known = {one.arguments[1] for one in facts if len(one.arguments) == 2 and one.arguments[0] == name}
    return bool(named and known) and named.isdisjoint(known)


def _offered(plain: Plan, told: str, offers: Sequence[ReadingPlans]) -> Plan:
    """The question which of some plans is meant; the answer without them where there are none."""
    if not offers:
        return plain
    plans = [Plan(f"{plain.id}~{number}", plain.instruction, "plan", made.tree, made.facts, made.summary)
             for number, made in enumerate(offers, start=1)]  # fmt: skip
    listed = ", ".join(f"({number}) {to_go_on(one.reason)}" for number, one in enumerate(plans, start=1))
    first = plans[0]
    return replace(plain, status="question", tree=first.tree, facts=first.facts, reason=f"{told}{listed}. Do you mean "
                   f"{'that' if len(plans) == 1 else 'one of these'}?", certainty="nearest",
                   others=tuple(plans[1:]))  # fmt: skip


def _or_moved(plan: Plan, made: ReadingPlans, moved: ReadingPlans) -> Plan:
    """A plan of a skill that leaves words out, or the motion that has them all: a person is asked which."""
    other = Plan(f"{plan.id}~told", plan.instruction, "plan", moved.tree, moved.facts, moved.summary)
    asked = f"I can read that as (1) {to_go_on(made.summary)}, or (2) {to_go_on(moved.summary)}. Which is meant?"
    return replace(plan, reason=asked, certainty="disputed", others=(other,))


def _asked(summary: str) -> str:
    """The summary of a plan as a question; the answer *yes* runs it."""
    return f"Shall I {to_go_on(summary)}?" if summary.startswith(BEGIN) else f"{summary} Shall I?"
