"""Instruction to checked plan without a language model, on one core."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.benchmarks.planning import gaps
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.planner import Planner

ROBOT = "go2"
SCENE = "playground"
LIMIT, LATE, LOADING = 15.0, 100.0, 700.0  # ms: median, 99th percentile, making the planner
SENTENCES = (
    "walk to the red ball, then sit down",
    "stand up",
    "please go to the yellow box and turn around",
    "turn left",
    "walk two metres forward",
    "go to the blue box, wait three seconds, then come back and sit",
    "face the red ball",
    "sit",
    "walk to the nearest box",
    "turn around and walk one metre backwards",
    "could you go over to the green box, then face the red ball and wait for five seconds?",
    "stand up, walk to the red ball, turn right, then go home and sit down",
    "bring me a coffee",
    "go to the box",
)
"""Short and long sentences, with some that must give a refusal or a question."""


MORE_SENTENCES = (
    "polish the red lamp",
    "go to the blue crate and scrub it",
    "fold the green towel, then sit",
    "walk to the nearest bottle, wait two seconds, then dust the white shelf",
    "if the oak drawer is open, empty it",
    "wind up the clock",
)
"""Sentences for skills and things that only the large library and scene have."""

COLOURS = ("red", "blue", "green", "yellow", "white", "black", "brown", "pink", "grey", "orange")
KINDS = ("lamp", "crate", "towel", "bottle", "shelf", "drawer", "clock", "basket", "kettle", "plate", "jar", "stool",
         "pillow", "curtain", "bucket", "vase", "helmet", "speaker", "ladder", "toolbox")  # fmt: skip
VERBS = (
    "polish scrub fold dust empty wipe rinse shake stack sort weigh tighten loosen unwrap label inspect sweep brush "
    "press stir shelve hoist tilt lean roll flip rotate drag nudge tap knock squeeze twist bend cover uncover lock "
    "unlock seal peel slice chop mash pour fill drain water feed paint sand drill hammer screw unscrew plug unplug "
    "charge scan measure photograph film count mark sign stamp fetch deliver store load unload pack unpack hang drop "
    "throw catch park tow tie untie zip button"
).split()
"""Verbs of the skills that fill the large library: each is done to one thing that the robot is near."""

SKILLS, THINGS = 100, 200
"""Size of the large library and scene."""


@dataclass(frozen=True, slots=True)
class Case:
    """A library and a scene with sentences.

    Attributes:
        planner: The planner.
        scene: What there is.
        starts: What is true at the beginning, in turn.
        sentences: What is said.
        loading: How long the planner took to be made, s.
    """

    planner: Planner
    scene: SceneGraph
    starts: tuple[frozenset[Fact], ...]
    sentences: tuple[str, ...]
    loading: float

    @classmethod
    def prepare(cls, library: SkillLibrary, scene: SceneGraph, sentences: tuple[str, ...]) -> Case:
        """Makes the planner."""
        begin = time.perf_counter()
        planner = Planner(library)
        loading = time.perf_counter() - begin
        starts = place_facts(scene), place_facts(scene) | {Fact("posture", ("robot", "standing"))}
        return cls(planner, scene, starts, sentences, loading)

    @classmethod
    def large(cls, library: SkillLibrary, scene: SceneGraph) -> Case:
        """The same with so many skills and things that a robot of a whole house would have them."""
        own = [spec for spec in library if spec.kind != "vendor"]
        like = next(spec for spec in own if spec.name == "go_to")
        more = [_done_to_a_thing(like, verb) for verb in VERBS[: SKILLS - len(own)]]
        objects = dict(scene.objects)
        for number in range(THINGS - len(objects)):
            colour, kind = COLOURS[number // len(KINDS)], KINDS[number % len(KINDS)]
            place = (float(number % 14), float(number // 14), 0.2)
            objects[f"{colour}_{kind}"] = SceneObject(f"{colour}_{kind}", kind, place, size=(0.2, 0.2, 0.4),
                                                      shape="box", colour=colour)  # fmt: skip
        sentences = (*SENTENCES, *MORE_SENTENCES)
        return cls.prepare(SkillLibrary.from_specs(ROBOT, [*own, *more]), replace(scene, objects=objects), sentences)


def _done_to_a_thing(like: SkillSpec, verb: str) -> SkillSpec:
    """A skill that does something to one thing that the robot is near."""
    changes = {
        "name": verb, "phrases": (f"{verb} {{target}}",), "description": f"Does something to a thing: {verb}.",
        "preconditions": ("near(robot, $target)",), "effects": (f"{verb}_done($target)",), "senses": (),
    }  # fmt: skip
    return like.model_copy(update=changes)


def measure(seconds: float) -> list[Row]:
    """Plans every sentence in turn, from lying and from standing, until the time is over.

    Args:
        seconds: How long, s.
    """
    resources = Resources.from_environment(os.environ)
    setup = set_up(load_scene(resources.scene(SCENE)), 0)
    scene = replace(setup.graph(), robot=setup.start)
    library = load_library(resources, load_robot(resources.robot(ROBOT)))
    own = Case.prepare(library, scene, SENTENCES)
    rows = [*_timed(own, "", 0.3 * seconds), Row("loading skills and vocabulary", own.loading * 1e3, "ms", LOADING)]
    large = Case.large(library, scene)
    name = f", {SKILLS} skills and {THINGS} things"
    rows += [*_timed(large, name, 0.3 * seconds), Row(f"loading vocabulary{name}", large.loading * 1e3, "ms")]
    return [*rows, *gaps.measure(0.4 * seconds)]


def _timed(case: Case, name: str, seconds: float) -> list[Row]:
    """How long a planner takes for each sentence."""
    taken: dict[str, list[float]] = {}
    answers: dict[str, set[str]] = {}
    first, turn, end = float("nan"), 0, time.perf_counter() + seconds
    while turn <= len(case.sentences) or time.perf_counter() < end:
        sentence = case.sentences[turn % len(case.sentences)]
        facts = case.starts[turn // len(case.sentences) % len(case.starts)]
        before = time.perf_counter()
        plan = case.planner.plan(Instruction(sentence), case.scene, facts)
        spent = time.perf_counter() - before
        if turn == 0:
            first = spent
        else:
            taken.setdefault(sentence, []).append(spent)
        answers.setdefault(plan.status, set()).add(sentence)
        turn += 1
    everything = np.concatenate([np.array(values) for values in taken.values()])
    slowest = max(taken, key=lambda sentence: float(np.median(taken[sentence])))
    counts = ", ".join(f"{len(sentences)} {status}" for status, sentences in sorted(answers.items()))
    median = median_row(f"instruction to checked plan, median{name}", everything, "ms", 1e3, LIMIT)
    return [
        replace(median, note=f"{len(everything)} runs over {len(case.sentences)} sentences: {counts}"),
        Row(f"instruction to checked plan, p99{name}", percentile(everything, 99) * 1e3, "ms", LATE),
        replace(median_row(f"slowest sentence, median{name}", np.array(taken[slowest]), "ms", 1e3),
                note=f"“{slowest}”"),
        Row(f"first instruction{name}", first * 1e3, "ms"),
    ]  # fmt: skip
