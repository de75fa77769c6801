"""The scenes with a hidden rule hide it, are the same with and without memory, and memory gains in them."""

import numpy as np
import pytest

from skill_stack.benchmarks.planning import lessons
from skill_stack.benchmarks.planning.lessons_scene import (
    HiddenEffect,
    HiddenRule,
    LessonScene,
    LessonVariation,
    load_scenes,
)
from skill_stack.benchmarks.planning.lessons_trials import run_series, symbolic_trial
from skill_stack.benchmarks.planning.lessons_world import SymbolicWorld, extra_library, first_facts
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.world.fact import Fact
from skill_stack.planner.notations.library_file import read_scene
from skill_stack.planner.planner import Planner

SCENES = {scene.name: scene for scene in load_scenes(Resources.from_environment({}))}


def test_there_are_twelve_scenes_three_of_them_with_physics():
    assert len(SCENES) == 12
    assert sum(scene.physics is not None for scene in SCENES.values()) >= 3
    assert any(not scene.learnable for scene in SCENES.values())
    assert any(variation.like for scene in SCENES.values() for variation in scene.vary)
    assert any(rule.trials[0] > 1 for scene in SCENES.values() for rule in scene.rules)


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if not scene.physics])
def test_the_library_does_not_tell_the_rule(name):
    scene = SCENES[name]
    library = extra_library(scene)
    for rule in scene.rules:
        assert not set(rule.needs) & set(library[rule.skill].preconditions)
    for effect in scene.effects:
        assert not set(effect.effects) & set(library[effect.skill].effects)


def plain(**changes):
    skill = {"name": "take", "description": "Takes.", "phrases": ["take {object}"], "effects": ["has(robot, $object)"],
             "goal": [{"name": "object", "type": "object", "description": "what"}]}  # fmt: skip
    made = {"name": "plain", "description": "", "library": {"robot": "toy", "skills": [skill]},
            "scene": {"objects": [{"id": "cup", "kind": "cup", "position": [1.0, 0.0]}]},
            "words": ["take the cup"]}  # fmt: skip
    return LessonScene(**{**made, **changes})


def outcome(scene, trial=1, seed=0):
    library, graph = extra_library(scene), read_scene(scene.scene)[0]
    world = SymbolicWorld(scene, graph, library, trial, np.random.default_rng(seed))
    plan = Planner(library).plan(Instruction(scene.words[0]), graph, world.seen)
    return world.run(plan), world


def test_a_rule_is_enforced_where_it_counts():
    rule = HiddenRule(skill="take", needs=("clean($object)",), given=("kind($object, cup)",), says="no", trials=(2, 3))
    assert outcome(plain(rules=(rule,)), 1)[0].outcome == "succeeded"
    run, _ = outcome(plain(rules=(rule,)), 2)
    assert run.outcome == "failed" and "no" in run.reason
    assert outcome(plain(rules=(rule,), facts=("clean(cup)",)), 2)[0].outcome == "succeeded"
    elsewhere = rule.model_copy(update={"given": ("kind($object, plate)",)})
    assert outcome(plain(rules=(elsewhere,)), 2)[0].outcome == "succeeded"


def test_hidden_effects_happen_and_unseen_facts_are_not_seen():
    effect = HiddenEffect(skill="take", effects=("dirty($object)", "not dry(cup)"))
    scene = plain(effects=(effect,), facts=("dry(cup)", "secret(cup)"), unseen=("secret",))
    _, world = outcome(scene)
    assert Fact("dirty", ("cup",)) in world.facts and Fact("dry", ("cup",)) not in world.facts
    assert Fact("secret", ("cup",)) in world.facts - world.seen


def test_what_comes_and_goes_does_so_at_its_rate():
    vary = (LessonVariation(fact="a(x)", chance=0.3), LessonVariation(fact="b(x)", like="a(x)", chance=0.9))
    drawn = [first_facts(plain(vary=vary), np.random.default_rng(n)) for n in range(400)]
    a = np.array([Fact("a", ("x",)) in facts for facts in drawn])
    b = np.array([Fact("b", ("x",)) in facts for facts in drawn])
    assert 0.2 < a.mean() < 0.4 and 0.84 < (a == b).mean() < 0.96


@pytest.mark.parametrize("name", ["wet_floor", "ripe_fruit"])
def test_memory_gains_where_there_is_something_to_learn(name, tmp_path):
    scene = SCENES[name].model_copy(update={"trials": 5})
    library, trial = symbolic_trial(scene)
    kept = run_series(scene, 1, True, library, trial, tmp_path)
    bare = run_series(scene, 1, False, library, trial, tmp_path)
    assert kept.successes[0] == bare.successes[0] is False  # the same world, nothing known yet
    assert kept.successes[-1] and not bare.successes[-1]
    assert bare.rules == () and kept.false_lessons == ()


def test_the_figures_count_what_happened(tmp_path):
    scene = SCENES["wet_floor"].model_copy(update={"trials": 5})
    library, trial = symbolic_trial(scene)
    series = [run_series(scene, 1, memory, library, trial, tmp_path) for memory in (True, False)]
    found = {row.name: row.value for row in lessons.rows(series)}
    assert found["gain from the first to the fifth trial"] == 100.0
    assert found["without memory, fifth trial"] == 0.0
    assert found["wet_floor, fifth trial"] == 100.0
    assert found["series with a false lesson"] == 0.0


def test_a_wrong_scene_is_named(capsys):
    assert lessons.main(["--scene", "nowhere"]) == 2
    assert "greasy_cups" in capsys.readouterr().err
