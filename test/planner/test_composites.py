"""Plans that get a name: taught in words, saved, edited, and done by that name."""

import json
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import node_of_steps, plan_text
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import load_kept_rewards
from skill_stack.core.rewards.reward_arguments import arguments_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.planner import Planner, plan_command
from skill_stack.planner.composites import composite, keep
from skill_stack.planner.plan_files import PlanFiles
from skill_stack.planner.standing_planner import StandingPlanner
from skill_stack.planner.symbolic.checker import Checker, node_of
from skill_stack.planner.symbolic.tree import parts_of

ROUND = "go to the red ball, then to the blue box, then sit"


@pytest.fixture
def mind(tmp_path, resources, scene, standing, library):
    """A planner that keeps what it is taught, as a robot does."""

    class Mind:
        overlay = tmp_path
        resources_ = Resources((tmp_path, *resources.roots), tmp_path)
        last = None

        def __init__(self):
            self.load()

        def load(self):
            robot = load_robot(self.resources_.robot("go2"))
            self.library = load_library(self.resources_, robot)
            self._planner = None

        @property
        def planner(self):
            self._planner = self._planner or Planner(self.library)
            return self._planner

        def say(self, words, facts=standing):
            plan = self.planner.plan(Instruction(words), scene, facts, self.last)
            if plan.skill is not None:
                keep(self.resources_, plan.skill)
                self.load()
            self.last = plan.tree or self.last
            return plan

        def steps(self, words, facts=standing):
            plan = self.say(words, facts)
            assert plan.tree is not None, plan.reason
            return [step.skill for step in plan.steps]

    return Mind()


def test_what_was_done_gets_a_name_and_is_done_by_it(mind):
    mind.say(ROUND)
    told = mind.say("call that the patrol")
    assert told.status == "statement" and "do the patrol" in told.reason
    for words in ("do the patrol", "patrol", "please go on patrol"):
        assert mind.steps(words) == ["go_to", "go_to", "sit"]
    once = ["go_to", "go_to", "sit", "rise"]
    assert mind.steps("patrol twice, then stand up") == once * 2


@pytest.mark.parametrize(
    "words",
    [
        f"this is how you patrol: {ROUND}",
        f"This is how to do the patrol: {ROUND}.",
        f"please learn to patrol: {ROUND}",
        f'when I say "patrol", {ROUND}',
        f"patrol means {ROUND}",
        f"by patrol I mean {ROUND}",
        f"{ROUND}. That is how you patrol.",
        f"{ROUND}. Call that the patrol.",
    ],
)
def test_it_is_taught_in_many_ways(mind, words):
    told = mind.say(words)
    assert told.status == "statement" and told.tree is None, told.reason
    assert mind.steps("do the patrol") == ["go_to", "go_to", "sit"]


def test_what_the_moment_added_is_not_learnt(mind, sitting):
    mind.say("this is how you unwind: sit and wait two seconds", sitting)
    data = yaml.safe_load((mind.overlay / "models" / "go2" / "unwind" / "skill.yaml").read_text())
    assert data["composite"]["steps"] == ["sit", {"wait": {"duration": 2.0}}]
    mind.say("go to the red ball", sitting)
    mind.say("call that the outing", sitting)
    assert mind.steps("do the outing") == ["go_to"]
    assert mind.steps("do the outing", sitting) == ["rise", "go_to"]


def test_a_thing_in_the_name_becomes_an_argument(mind):
    mind.say("this is how you honour the red ball: go to the red ball, wait and turn left")
    plan = mind.say("honour the blue box")
    assert [(s.skill, s.arguments.get("target")) for s in plan.steps][:1] == [("go_to", "blue_box")]
    assert mind.say("honour").status == "question"


def test_it_is_taught_anew_and_what_it_is_made_of_may_be_taught_too(mind):
    mind.say(f"this is how you patrol: {ROUND}")
    mind.say("this is how you parade: patrol, then stand up")
    mind.say("this is how you patrol: turn left")
    assert mind.steps("parade") == ["turn"] and mind.library.entries["parade"].usable
    loop = mind.say("this is how you patrol: parade twice")
    assert loop.status == "statement"
    assert "contains itself" in mind.library.entries["patrol"].reason and mind.say("patrol").status == "refusal"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("call that the patrol", "question", "I have done nothing yet"),
        ("this is how you sit: turn left", "refusal", "choose another name"),
        ("this is how you fly: fly to the moon", "refusal", "cannot do 'fly to the moon'"),
        ("that sign means danger", "statement", "Noted"),
        ("this is the kitchen", "statement", "kitchen"),
        ("the red ball is called Bob", "statement", "bob"),
    ],
)
def test_words_that_teach_nothing_keep_nothing(mind, words, status, told):
    plan = mind.say(words)
    assert (plan.status, plan.skill) == (status, None) and told in plan.reason


def test_what_is_forbidden_is_so_within_a_composite_too(mind):
    mind.say(f"this is how you patrol: {ROUND}")
    refused = mind.say("do the patrol but do not sit")
    assert refused.status == "refusal" and "sit" in refused.reason


def test_a_composite_that_cannot_be_is_unusable_with_its_reason(mind):
    def reason(*steps, **more):
        data = composite("go2", "trick", node_of_steps(list(steps)))
        keep(mind.resources_, {**data, **more})
        mind.load()
        return mind.library.entries["trick"].reason

    assert "'juggle' does not exist" in reason({"juggle": {}})
    assert "needs 'target'" in reason("go_to")
    assert "outside" in reason({"wait": {"duration": 9999.0}})
    assert "'speed'" in reason({"sit": {"speed": 1.0}})
    assert "contains itself" in reason("trick")
    assert "argument of trick 'place'" in reason({"go_to": {"target": "$place"}})
    number = {"name": "place", "description": "p", "unit": "m", "lower": 0.0, "upper": 1.0}
    assert "takes 'target' as object, but 'place' is number" in reason({"go_to": {"target": "$place"}}, goal=[number])
    assert "follow from its steps" in reason("sit", effects=["happy(robot)"])
    assert reason("sit") == ""


def test_a_saved_plan_is_found_by_its_name(mind, scene, standing):
    files = PlanFiles(mind.resources_, mind.library)
    answer = mind.say("go to the red ball, then sit").to_json()
    path = files.save("guard", answer, "go to the red ball, then sit")
    assert path == mind.overlay / "models" / "go2" / "guard" / "skill.yaml"
    mind.load()
    assert mind.steps("do the guard") == ["go_to", "sit"]
    with pytest.raises(DataError, match="'sit' is a skill of go2 already"):
        files.save("sit", answer, "")
    with pytest.raises(DataError, match="no name for a skill"):
        files.save("../../evil", answer, "")
    with pytest.raises(DataError, match="no plan to save"):
        files.save("guard", mind.say("fly").to_json(), "")


def test_an_edited_plan_is_checked_again_and_the_violated_condition_named(mind, tmp_path, scene, standing):
    files, path = PlanFiles(mind.resources_, mind.library), tmp_path / "plan.yaml"
    answer = mind.say("sit, then stand up and go to the red ball").to_json()
    files.save(str(path), answer, "words")
    again = files.check(path, scene, standing)
    assert [s.skill for s in again.steps] == ["sit", "rise", "go_to"]
    data = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({"steps": [one for one in data["steps"] if "rise" not in one]}))
    refused = files.check(path, scene, standing)
    assert refused.status == "refusal" and "step 2 (go_to) needs posture(robot, standing)" in refused.reason
    repaired = files.check(path, scene, standing, repair=True)
    assert [s.skill for s in repaired.steps] == ["sit", "rise", "go_to"]
    path.write_text("steps: [{go_to: {target: red_bell}}]")
    with pytest.raises(UnknownName, match="did you mean 'red_ball'"):
        files.check(path, scene, standing)
    path.write_text("steps: [{at_once: [[sit], [{turn: {angle: 1.0}}]]}]")
    assert "needs the legs, which sit needs at the same time" in files.check(path, scene, standing).reason


@pytest.mark.slow
def test_the_command_saves_checks_and_teaches(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    path = tmp_path / "plan.yaml"

    def call(*words):
        parser = plan_command.argparse.ArgumentParser()
        plan_command.add_arguments(parser)
        code = plan_command.run(parser.parse_args([*words, "--json"]))
        return code, json.loads(capsys.readouterr().out)

    assert call("sit", "--save", str(path))[0] == 0
    code, plan = call("--file", str(path))
    assert code == 0 and [step["skill"] for step in plan["steps"]] == ["sit"]
    path.write_text("steps: [sit, {turn: {angle: 1.0}}]")
    assert call("--file", str(path))[0] == 1
    code, plan = call("--file", str(path), "--repair", "--save", "twist")
    assert code == 0 and [step["skill"] for step in plan["steps"]] == ["sit", "rise", "turn"]
    assert [step["skill"] for step in call("twist")[1]["steps"]] == ["sit", "rise", "turn"]
    assert call("this is how you curtsy: sit")[1]["skill"]["name"] == "curtsy"
    assert call("curtsy")[0] == 1  # planning alone keeps nothing
    assert call("this is how you bow: sit", "--save", "bow")[0] == 0
    assert call("bow")[0] == 0
    for wrong in (("sit", "--file", str(path)), (), ("sit", "--repair"), ("--batch", "x", "--save", "y")):
        with pytest.raises(DataError):
            call(*wrong)


def test_a_running_planner_knows_at_once_what_it_is_taught_and_keeps_it(library, scene, standing):
    kept = []
    mind = StandingPlanner(Planner(library), kept.append)

    def say(words, source="test"):
        return mind.plan(Instruction(words, source), scene, standing)

    say("go to the red ball, then sit")
    say("go to the blue box", "correction")
    assert say("call that the outing").status == "statement" and [data["name"] for data in kept] == ["outing"]
    assert [step.skill for step in say("do the outing").steps] == ["go_to", "sit"]
    mind.relearn(library, True)  # what was learnt of conditions does not make it forget
    assert say("do the outing").status == "plan" and mind.taught
    say("this is how you bow: sit", "service")
    assert say("bow").status != "plan" and len(kept) == 1
    mind.plan(Instruction("this is how you bow: sit"), scene, standing)

    def full(data):
        raise DataError("the disk is full")

    forgetful = StandingPlanner(Planner(library), full)
    told = forgetful.plan(Instruction("this is how you bow: sit"), scene, standing)
    assert "only until I am started anew: the disk is full" in told.reason


NAMES = st.sampled_from(["sit", "rise", "stand"])
TREES = st.recursive(
    st.one_of(
        NAMES.map(lambda name: PlanNode("skill", skill=name)),
        st.floats(-6, 6).map(lambda a: PlanNode("skill", skill="turn", arguments={"angle": a})),
        st.floats(0, 60).map(lambda s: PlanNode("skill", skill="wait", arguments={"duration": s})),
    ),
    lambda inner: st.one_of(
        st.tuples(st.lists(inner, min_size=1, max_size=3), st.integers(2, 3)).map(
            lambda t: PlanNode("repeat", tuple(t[0]), arguments={"count": t[1]})
        ),
        st.lists(inner, min_size=2, max_size=2).map(
            lambda c: PlanNode("condition", tuple(PlanNode("sequence", (x,)) for x in c),
                               arguments={"fact": "near(robot, red_ball)"})  # fmt: skip
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(st.lists(TREES, min_size=1, max_size=3))
def test_trees_become_steps_and_files_and_come_back_as_they_were(children):
    library = SkillLibrary.from_specs("go2", LIBRARY)
    tree = PlanNode("sequence", tuple(children))
    back = PlanNode("sequence", tuple(node_of(part) for part in parts_of(tree, library)))
    assert silent(back) == silent(tree)
    assert node_of_steps(yaml.safe_load(plan_text(tree))["steps"]) == tree
    done, _ = Checker(library).complete(parts_of(tree, library), frozenset())
    whole = PlanNode("sequence", tuple(node_of(part) for part in done))
    assert Checker(library).check(whole, frozenset()) is None  # what was completed passes its own simulation


def silent(node):
    return replace(node, why="", children=tuple(silent(child) for child in node.children))




LIBRARY = []


@pytest.fixture(autouse=True, scope="module")
def _library(library):
    LIBRARY[:] = list(library)


def test_a_motion_by_its_terms_is_kept_with_them(mind):
    """The skill holds the terms that were asked for and no others; whoever trains it finds them with the words."""
    mind.say("lift your left front paw and lower your head for 4 seconds")
    told = mind.say("remember that as salute")
    assert told.status == "statement" and "foot lift of FL 10 cm" in told.reason
    folder = mind.overlay / "models" / "go2" / "salute"
    (step,) = yaml.safe_load((folder / "skill.yaml").read_text())["composite"]["steps"]
    asked = {"foot_lift_FL": 0.1, "foot_lift_FL_weight": 1.0, "base_pitch": 0.3, "base_pitch_weight": 1.0}
    asked |= {"duration": 4.0}
    assert step == {"move_as_told": asked}
    kept = load_kept_rewards(folder)
    assert kept is not None and arguments_of(kept.rewards) == asked
    assert kept.words == "lift your left front paw and lower your head for 4 seconds"
    assert mind.steps("do the salute") == ["move_as_told"] and mind.say("salute twice, then sit").status == "plan"
    mind.say("this is how you salute: turn left")
    assert load_kept_rewards(folder) is None, "another motion of the name has no terms of the old one"


def test_a_name_takes_a_motion_as_it_was_corrected(resources, scene, standing):
    """What was changed while it ran counts, and what is off is left out."""
    library = load_library(resources, load_robot(resources.robot("go2")))
    kept: list[dict] = []
    planner = StandingPlanner(Planner(library), kept.append)
    tree = planner.plan(Instruction("lift your left front paw"), scene, standing).tree
    (step,) = tree.children
    changed = library[step.skill].complete({"foot_lift_FR": 0.2, "foot_lift_FR_weight": 1.0})
    planner.note(replace(tree, children=(replace(step, arguments=changed),)))
    told = planner.plan(Instruction("call that a wink"), scene, standing)
    assert "foot lift of FR 20 cm" in told.reason and "could not" not in told.reason
    assert kept[0]["composite"]["steps"] == [{"move_as_told": {"foot_lift_FR": 0.2, "foot_lift_FR_weight": 1.0}}]
    assert [one.skill for one in planner.plan(Instruction("wink"), scene, standing).steps] == ["move_as_told"]
