"""Lessons are learnt from outcomes, enter plans, are told, fade, and yield to what a person says."""

from dataclasses import replace

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.memory.experience import Experience, StepRecord, ThingNote, things_of
from skill_stack.planner.memory.lessons import Edit, Lessons, plain_rule, rule_from
from skill_stack.planner.memory.rule import LearntRule, beta_interval
from skill_stack.planner.planner import Planner

CUP_WIPED = "grasp needs wiped($object)"


def skills(plan):
    return [step.skill for step in plan.steps]


@pytest.fixture
def contrast(task):
    """Runs that tell: wiped cups are grasped, others not."""
    good = [task(True, "wiped(cup)", time=n) for n in range(0, 6, 2)]
    return sorted(good + [task(False, time=n) for n in range(1, 6, 2)], key=lambda one: one.time)


def test_a_necessary_condition_is_found_with_its_evidence(contrast, library):
    lessons = Lessons.from_experiences(contrast, library)
    rule = lessons.claimed[0]
    assert (rule.key, rule.strength) == (CUP_WIPED, "hard")
    assert (rule.evidence.with_success, rule.evidence.with_failure) == (3, 0)
    assert (rule.evidence.without_success, rule.evidence.without_failure) == (0, 3)
    low, high = rule.evidence.rate_with
    assert low > rule.evidence.rate_without[1] - 0.2 and high <= 1.0
    assert "3 of 3 with it, 0 of 3 without" in str(rule)


def test_a_hard_lesson_closes_its_gap_by_search_and_says_so(contrast, library, scene):
    planner = Planner(Lessons.from_experiences(contrast, library).apply(library))
    plan = planner.plan(Instruction("grasp the cup"), scene, frozenset())
    assert skills(plan) == ["wipe", "grasp"]
    assert "wiped(cup)" in plan.steps[0].why and "3 of 3" in plan.steps[0].why
    assert "learnt" in plan.reason
    ready = planner.plan(Instruction("grasp the cup"), scene, frozenset({Fact("wiped", ("cup",))}))
    assert skills(ready) == ["grasp"]


def test_without_lessons_the_library_plans_as_before(library, scene):
    lessons = Lessons.from_experiences([], library)
    assert lessons.rules == ()
    plan = Planner(lessons.apply(library)).plan(Instruction("grasp the cup"), scene, frozenset())
    assert skills(plan) == ["grasp"]


def test_what_holds_for_cups_is_not_asked_of_plates(task, contrast, library, scene):
    plates = [task(True, target="plate", time=10.0 + n) for n in range(4)]
    planner = Planner(Lessons.from_experiences([*contrast, *plates], library).apply(library))
    assert skills(planner.plan(Instruction("grasp the cup"), scene, frozenset())) == ["wipe", "grasp"]
    assert skills(planner.plan(Instruction("grasp the plate"), scene, frozenset())) == ["grasp"]


def test_one_failure_is_no_lesson_but_something_is_tried(task, library, scene):
    lessons = Lessons.from_experiences([task(False)], library)
    assert lessons.claimed == ()
    plan = Planner(lessons.apply(library)).plan(Instruction("grasp the cup"), scene, frozenset())
    assert skills(plan)[-1] == "grasp" and len(plan.steps) > 1
    assert "a try" in plan.reason


def test_success_alone_teaches_nothing(task, library):
    assert Lessons.from_experiences([task(True, "wiped(cup)", time=n) for n in range(5)], library).rules == ()


def test_living_with_the_rule_ends_in_success_and_in_the_right_lesson(live, library, wiped):
    told, plans, successes = live(wiped, 12)
    assert not successes[0] and all(successes[-3:])
    found = [rule for rule in Lessons.from_experiences(told, library).claimed if rule.kind == "needs"]
    assert [rule.key for rule in found] == [CUP_WIPED]
    assert skills(plans[-1]) == ["wipe", "grasp"]


def test_what_makes_no_difference_is_told_and_not_done_again(live, library, wiped):
    told, plans, _ = live(wiped, 12)
    useless = {rule.condition for rule in Lessons.from_experiences(told, library).claimed if rule.kind == "useless"}
    tried = {step.skill for plan in plans for step in plan.steps} - {"grasp", "wipe"}
    assert useless and "wiped($object)" not in useless
    assert tried and not tried & set(skills(plans[-1]))


def test_nothing_is_invented_where_nothing_helps(live, library):
    told, plans, successes = live(lambda facts, arguments, number: False, 12)
    lessons = Lessons.from_experiences(told, library)
    assert not any(successes)
    assert [rule for rule in lessons.claimed if rule.kind == "needs"] == []
    assert [rule.kind for rule in lessons.claimed if rule.kind != "useless"] == ["fails"]
    assert "nothing that I tried helped" in plans[-1].reason


def test_chance_alone_is_no_hard_lesson(library, live):
    outcomes = [1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0]
    told, _, _ = live(lambda facts, arguments, number: bool(outcomes[number]), len(outcomes))
    assert not any(rule.strength == "hard" for rule in Lessons.from_experiences(told, library).rules)


def test_a_manner_is_learnt_and_used_where_nobody_asked_for_another(live, library, scene):
    told, plans, successes = live(lambda facts, arguments, number: arguments["grip"] == "gentle", 12)
    assert all(successes[-3:])
    assert plans[-1].steps[-1].arguments["grip"] == "gentle"
    assert any(rule.condition == "$grip = gentle" for rule in Lessons.from_experiences(told, library).claimed)


def test_a_lesson_fades_when_the_world_changes(live, library, wiped):
    told, _, _ = live(wiped, 10)
    assert any(rule.key == CUP_WIPED for rule in Lessons.from_experiences(told, library).claimed)
    told, plans, successes = live(lambda facts, arguments, number: Fact("lit", ("room",)) in facts, 8, experiences=told)
    assert all(successes[-2:])
    rules = Lessons.from_experiences(told, library).rules
    assert not any(rule.key == CUP_WIPED and rule.strength == "hard" for rule in rules)


def test_the_quotation_of_a_condition_is_believed_first(task, library):
    rules = Lessons.from_experiences([task(False, said="the thing must be pictured")], library).rules
    assert rules[0].condition == "pictured($object)"


def test_an_interruption_says_nothing(task, library):
    stopped = task(False)
    stopped = replace(stopped, steps=(replace(stopped.steps[0], outcome="interrupted"),))
    assert Lessons.from_experiences([stopped] * 4, library).rules == ()


@pytest.mark.parametrize(
    ("violated", "reason"),
    [("no emergency stop", "emergency stop"), ("controller is active", ""), ("grasp begins", ""),
     ("the action server answers", "gone"), ("", "the connector refused the step")],
)  # fmt: skip
def test_a_fault_of_the_stack_says_nothing(task, library, violated, reason):
    broken = task(False)
    broken = replace(broken, steps=(replace(broken.steps[0], violated=violated, reason=reason),))
    assert Lessons.from_experiences([broken] * 4, library).rules == ()


def test_a_walk_that_failed_does_not_become_a_tour():
    """After one failure the dog of the playground does not visit or face other things to see whether that helps."""
    resources = Resources.from_environment({})
    folders = sorted(path for path in resources.skills("go2"))
    library = SkillLibrary.from_specs("go2", [spec for spec in map(load_skill, folders) if spec.kind != "vendor"])
    setup = set_up(load_scene(resources.scene("playground")), 0)
    scene = replace(setup.graph(), robot=setup.start)
    facts = place_facts(scene) | {Fact("posture", ("robot", "standing"))}
    step = StepRecord("go_to", {"target": "red_ball", "gap": 0.04}, "failed", "stalled_for >= 4 s", "it stalled",
                      facts=tuple(sorted(map(str, facts))))  # fmt: skip
    told = Experience("go to the red ball", "go2", 1e9, 9.0, "failed", "", things_of(scene), step.facts, None, (step,))
    for count in (1, 3):
        planner = Planner(Lessons.from_experiences([told] * count, library).apply(library))
        assert skills(planner.plan(Instruction("go to the red ball"), scene, facts)) == ["go_to"]


def test_what_is_learnt_with_one_thing_goes_with_its_kind_unless_another_of_the_kind_does_without(task, library):
    told = [task(False), task(True, "lit(room)"), task(False, time=2.0), task(True, "lit(room)", time=3.0)]

    def given(experiences):
        rules = Lessons.from_experiences(experiences, library).claimed
        return next(rule.given for rule in rules if rule.condition == "lit(room)")

    assert "kind($object, cup)" in given(told)
    mug = replace(task(True, target="mug", time=4.0), things=(ThingNote("mug", "cup"), ThingNote("cup", "cup")))
    assert "is($object, cup)" in given([*told, mug])


def test_hidden_effects_are_learnt(task, library):
    def wiping(n):
        one = task(True, time=n, skill="wipe")
        wipe, then = one.steps[0], task(True, "wiped(cup)", "wet(room)").steps[0]
        return replace(one, steps=(replace(wipe, arguments={"object": "cup"}), then))

    lessons = Lessons.from_experiences([wiping(n) for n in range(3)], library)
    assert "wipe makes wet(room)" in [rule.key for rule in lessons.claimed]
    assert "wet(room)" in lessons.apply(library)["wipe"].effects
    assert "wet(room)" not in library["wipe"].effects


# --- what a person says -------------------------------------------------------------------------------------------


def edits_of(rule, state):
    return {rule.key: Edit(state, plain_rule(rule)).to_json()}


def test_a_deleted_lesson_is_not_learnt_again(contrast, library, scene):
    rule = Lessons.from_experiences(contrast, library).named(CUP_WIPED)
    lessons = Lessons.from_experiences(contrast, library, edits_of(rule, "deleted"))
    assert CUP_WIPED not in [one.key for one in lessons.rules]
    plan = Planner(lessons.apply(library)).plan(Instruction("grasp the cup"), scene, frozenset())
    assert "wipe" not in skills(plan)


def test_a_pinned_lesson_stays_whatever_happens(task, contrast, library):
    rule = Lessons.from_experiences(contrast, library).named(CUP_WIPED)
    against = [task(True, time=10.0 + n) for n in range(8)]
    assert CUP_WIPED not in [one.key for one in Lessons.from_experiences(against, library).rules]
    pinned = Lessons.from_experiences(against, library, edits_of(rule, "pinned")).named(CUP_WIPED)
    assert pinned.pinned and pinned.strength == "hard"


def test_a_written_lesson_counts_at_once(library, scene):
    given = ["kind($object, cup)"]
    rule = rule_from({"skill": "grasp", "kind": "needs", "condition": "pictured($object)", "given": given})
    lessons = Lessons.from_experiences([], library, edits_of(rule, "written"))
    planner = Planner(lessons.apply(library))
    plan = planner.plan(Instruction("grasp the cup"), scene, frozenset())
    assert skills(plan) == ["photograph", "grasp"] and "a person said so" in plan.reason
    assert skills(planner.plan(Instruction("grasp the plate"), scene, frozenset())) == ["grasp"]


def test_a_hard_lesson_that_cannot_be_met_is_named_in_the_refusal(library, scene):
    rule = rule_from({"skill": "grasp", "kind": "needs", "condition": "daylight(room)"})
    planner = Planner(Lessons.from_experiences([], library, edits_of(rule, "written")).apply(library))
    plan = planner.plan(Instruction("grasp the cup"), scene, frozenset())
    assert plan.status == "refusal" and "daylight(room)" in plan.reason and "a person said so" in plan.reason


def test_a_soft_lesson_that_cannot_be_met_is_passed_over(library, scene):
    rule = rule_from({"skill": "grasp", "kind": "needs", "condition": "daylight(room)", "strength": "soft"})
    planner = Planner(Lessons.from_experiences([], library, edits_of(rule, "written")).apply(library))
    assert skills(planner.plan(Instruction("grasp the cup"), scene, frozenset())) == ["grasp"]


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, {"skill": 3}, {"skill": "grasp"}, {"skill": "grasp", "kind": "wants", "condition": "a(b)"},
        {"skill": "grasp", "kind": "needs", "condition": "this is no fact"},
        {"skill": "grasp", "kind": "needs", "condition": "$speed <= fast"},
        {"skill": "grasp", "kind": "needs", "condition": "a(b)", "given": "c(d)"},
        {"skill": "grasp", "kind": "needs", "condition": "a(b)", "strength": "hunch"},
        {"skill": "grasp", "kind": "fails", "condition": "a(b)"},
    ],
)  # fmt: skip
def test_a_wrong_lesson_is_refused_in_words(data):
    with pytest.raises(DataError):
        rule_from(data)


def test_an_unknown_lesson_names_those_that_there_are(contrast, library):
    lessons = Lessons.from_experiences(contrast, library)
    with pytest.raises(UnknownName, match="wiped"):
        lessons.named("nothing")
    assert lessons.named(CUP_WIPED[:15]).key == CUP_WIPED


def test_the_interval_of_a_rate_narrows_with_evidence():
    assert beta_interval(0, 0)[0] < 0.1 and beta_interval(0, 0)[1] > 0.9
    (a, b), (c, d) = beta_interval(3, 0), beta_interval(30, 0)
    assert c > a and d >= b and d - c < b - a


def test_a_rule_is_named_by_what_it_says():
    assert LearntRule("grasp", "needs", "wiped($object)", ("kind($object, cup)",)).key == (
        "grasp needs wiped($object) when kind($object, cup)"
    )
