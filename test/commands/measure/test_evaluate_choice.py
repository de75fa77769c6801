"""``skill-stack eval choice``: conditions within what the suite states, walks judged on truth, and kept."""

import argparse
import json
import os
from pathlib import Path

import pytest

from skill_stack.benchmarks.connecting import connector_walks
from skill_stack.benchmarks.connecting.connector_walks import Walker, condition
from skill_stack.commands.measure import evaluate_choice
from skill_stack.core.resources import Resources
from skill_stack.evaluation.choice_suite import load_choice_suite
from skill_stack.evaluation.scores.choice_score import ChoiceScore, MeasuredRun

FOUND = Resources.from_environment(os.environ)
FILE = FOUND.find("config/scenarios/choice.yaml", "suite")


def test_conditions_are_drawn_from_what_the_suite_states_and_the_same_for_a_seed():
    suite = load_choice_suite(FILE)
    worlds = [condition(suite, seed) for seed in range(1, 200)]
    for name in ("friction", "added_mass", "motor_strength", "latency", "noise"):
        low, high = getattr(suite.conditions, name)
        drawn = [getattr(world, name) for world in worlds]
        assert low <= min(drawn) < low + 0.05 * (high - low) and high - 0.05 * (high - low) < max(drawn) <= high
    assert condition(suite, 7) == condition(suite, 7) and not worlds[0].objects


def test_a_walk_is_judged_on_truth_and_ice_is_no_floor_to_walk_on():
    if not (FOUND.robot("go2").parents[1] / "models" / "go2" / "walk" / "policy.onnx").is_file():
        pytest.skip("the walking policy is not there")
    walker, world = Walker.load(FOUND, "go2"), condition(load_choice_suite(FILE), 3)
    one = walker.walk("go_to_briskly", world, (1.5, 0.3), 3)
    assert one.succeeded and one.arrived and "target=middle,ahead" in one.region and one.energy > 0
    assert not walker.walk("go_to_briskly", world.model_copy(update={"friction": 0.02}), (1.5, 0.3), 3).passed


def test_walks_are_kept_and_figures_told(monkeypatch, tmp_path, capsys):
    class Made:
        walked = []

        def __init__(self, *_):
            pass

        def score(self, seed):
            self.walked.append(seed)
            runs = {way: (MeasuredRun(seed, True, 5.0 + number, 100.0, True),) for number, way in enumerate(WAYS)}
            return ChoiceScore(seed, {"friction": 0.1 * seed}, runs)

    WAYS = ("go_to", "go_to_briskly", "go_to_carefully")
    text = FILE.read_text(encoding="utf-8").replace("count: 200", "count: 3").replace("requests: 400", "requests: 40")
    file = Path(tmp_path / "choice.yaml")
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(connector_walks, "ChoiceEpisodes", Made)
    found, options = Resources(FOUND.roots, tmp_path), argparse.Namespace(json=True, fresh=False)
    assert evaluate_choice.run(file, (1, 2, 3), options, found) == 0
    told = json.loads(capsys.readouterr().out)
    values = {row["name"]: row["value"] for row in told["rows"]}
    assert values["'go_to': benefit of a request"] == pytest.approx(30 - 5 - 0.2)
    assert evaluate_choice.run(file, (1, 2, 3, 4), options, found) == 0
    assert Made.walked == [1, 2, 3, 4]
