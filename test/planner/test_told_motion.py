"""Requests that no skill covers, as motion: what a skill covers stays with it, and what is no request moves nothing."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner import Planner
from skill_stack.planner.candidates import Candidates
from test.told_skill import told_skill

STANDS = frozenset({Fact("posture", ("robot", "standing"))})
TEN_DEGREES = pytest.approx(0.1745, abs=1e-3)


@pytest.fixture(scope="module")
def told_planner(library):
    """The planner of a robot that also has a skill whose arguments are reward terms."""
    return Planner(SkillLibrary.from_specs("go2", [*library, told_skill()]))


@pytest.fixture(scope="module")
def told(told_planner, scene, standing):
    """Plans a sentence."""
    return lambda text: told_planner.plan(Instruction(text), scene, standing)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("lift your left front paw", {"foot_lift_FL": 0.1, "foot_lift_FL_weight": 1.0}),
        ("could you please lean 10 degrees to the right?", {"base_roll": TEN_DEGREES, "base_roll_weight": 1.0}),
        ("roll over", {"base_roll": pytest.approx(3.1416), "base_height": 0.1}),
        ("lift one paw for 3 seconds", {"foot_lift_FL": 0.1, "foot_lift_FL_weight": 1.0, "duration": 3.0}),
    ],
)  # fmt: skip
def test_what_no_skill_covers_becomes_terms(told, text, arguments):
    """One step of the skill that takes terms, told in words with units."""
    plan = told(text)
    assert plan.status == "plan" and plan.certainty == "inferred", plan.reason
    (step,) = plan.steps
    assert step.skill == "move_as_told"
    assert {name: value for name, value in step.arguments.items() if name in arguments} == arguments
    assert "move as told: " in plan.reason


@pytest.mark.parametrize(
    "text", ["sit", "turn left 30 degrees", "spin on the spot fast", "crouch", "wave", "go to the red ball"]
)
def test_what_a_skill_covers_stays_with_it(told, ask, text):
    """The same plan as without the skill that takes terms."""
    assert [(s.skill, s.arguments) for s in told(text).steps] == [(s.skill, s.arguments) for s in ask(text).steps]


@pytest.mark.parametrize(
    "text",
    [
        "don't lift your paw", "why do you lift your paw?", "never spin", "you lifted your paw", "lift the ball",
        "my dog can lift its paw", "walk forward 50 metres",
        "lift your front paw without leaning", "if you see a cat, roll over",
    ],
)  # fmt: skip
def test_what_is_no_request_of_ours_moves_nothing(told, ask, text):
    """Prohibitions, questions, remarks and things are answered as before."""
    assert told(text).tree == ask(text).tree and told(text).reason == ask(text).reason


def test_a_term_out_of_range_is_named(told):
    """The refusal says which term, and its range."""
    plan = told("raise your body to 3 m")
    assert plan.status == "refusal" and "base_height: 3 m is outside of 0.08 to 0.6 m" in plan.reason


def test_a_request_that_a_skill_nearly_covers_is_asked_about(told, ask):
    """*Step* is a verb of a skill that asks where to: its question is not passed over."""
    assert ask("step in place quickly").status == "question"
    plan = told("step in place quickly")
    assert plan.status == "question" and plan.reason.startswith("Shall I move as told: step frequency")


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("go to the red ball and lift your left front paw", ["go_to", "move_as_told"]),
        ("lift your left front paw, then sit", ["move_as_told", "sit"]),
        ("lean left for 2 seconds and then lean right", ["move_as_told", "move_as_told"]),
        ("lean to the left and sit down", ["move_as_told", "sit"]),
    ],
)
def test_motions_and_skills_follow_one_another(told, text, skills):
    """A motion that something follows goes on for as long as was said, or for some seconds."""
    plan = told(text)
    assert [step.skill for step in plan.steps] == skills, plan.reason
    assert skills[0] != "move_as_told" or plan.steps[0].arguments["duration"] == (2.0 if "seconds" in text else 3.0)


@pytest.mark.parametrize("text", ["lift your left paw and do not sit", "if the door is open, lift your paw and sit"])
def test_conditions_and_prohibitions_are_no_half(told, text):
    """One half alone is never done."""
    assert told(text).tree is None


def test_nothing_is_no_other_way_of_doing_it(told, told_planner, scene, standing):
    """A rehearsal compares plans of the same words: there is one of a motion, and an empty one is none."""
    words = Instruction("lift your left front paw")
    plans = [one.plan for one in Candidates(told_planner).beside(told(words.text), words, scene, standing, 6)]
    assert [[step.skill for step in plan.steps] for plan in plans] == [["move_as_told"]]


@pytest.mark.parametrize("text", ["jump up", "hop up", "leap up"])
def test_a_particle_belongs_to_the_verb_before_it(told, text):
    """*Up* is no order to stand, which a robot that stands would have carried out."""
    (step,) = told(text).steps
    assert step.skill == "move_as_told" and step.arguments["apex_height_weight"] == 1.0


@pytest.fixture(scope="module")
def g1_plan():
    """Plans a sentence for a G1 that stands, with the skills that it comes with."""
    found = Resources.from_environment({})
    robot = load_robot(found.robot("g1"), found)
    planner = Planner(load_library(found, robot))
    return lambda text: planner.plan(Instruction(text), set_up(load_scene(found.scene("open")), 0).graph(), STANDS)


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("raise your left hand above your head", ["move_as_told"]),  # 'above' is of places elsewhere
        ("bring your hands together", ["move_as_told"]),  # hands are no thing to be brought
        ("bend forward by ten degrees at the waist", ["move_as_told"]),
        ("turn your upper body to the left by 30 degrees", ["move_as_told"]),
        ("raise your left hand, then walk forward", ["move_as_told", "move"]),
        ("raise your arms", ["raise_arms"]),
        ("turn left by 30 degrees", ["turn"]),
        ("wave your hand", ["wave"]),
    ],
)
def test_a_humanoid_moves_arms_and_trunk_as_told_and_keeps_the_skills_that_it_has(g1_plan, text, skills):
    plan = g1_plan(text)
    assert plan.status == "plan" and [step.skill for step in plan.steps] == skills, plan.reason


@pytest.mark.parametrize("text", ["don't raise your hand", "put your hands behind your back", "lift your left leg"])
def test_a_humanoid_does_nothing_where_words_ask_for_no_motion_of_its_arms(g1_plan, text):
    assert g1_plan(text).status in ("refusal", "statement")


@pytest.mark.parametrize(
    ("text", "skills", "main"),
    [
        ("raise your left hand above your head while you walk forward", ["move_as_told", "move"], 1),
        ("while you walk forward, raise your left hand above your head", ["move_as_told", "move"], 1),
        ("walk forward two metres with both hands in front of your chest", ["move", "move_as_told"], 0),
        ("raise your left hand for 3 seconds while you turn left", ["move_as_told", "turn"], None),
        ("turn left and bend forward by ten degrees at the same time", ["turn", "move_as_told"], 0),
    ],
)
def test_a_motion_goes_on_beside_what_a_skill_does(g1_plan, text, skills, main):
    """One without a time ends with the skill; one that has a time is completed too."""
    plan = g1_plan(text)
    assert plan.status == "plan", plan.reason
    (both,) = plan.tree.children
    assert both.type == "parallel" and [one.skill for one in both.children] == skills
    assert both.arguments.get("main") == main


@pytest.mark.parametrize(
    "text", ["wave while you raise your right hand", "do not walk while you raise your left hand",
             "walk forward while you do not raise your left hand"],
)  # fmt: skip
def test_what_needs_the_same_joints_and_prohibitions_are_not_done_beside_one_another(g1_plan, text):
    assert g1_plan(text).tree is None


def test_what_makes_no_difference_is_said_beside_a_motion_too(g1_plan):
    said = g1_plan("bend forward by ten degrees while you walk forward slowly").reason
    assert "'slowly' makes no difference" in said


def test_two_things_that_need_the_same_joints_are_refused_by_their_name(g1_plan):
    assert "both need the right arm" in g1_plan("wave while you raise your right hand").reason
