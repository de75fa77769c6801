"""Instructions for libraries that the planner was not written for: how many must be planned as they should be."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[1] / "data" / "language" / "dev"
DOMAINS = sorted(path.name.removesuffix(".library.yaml") for path in DEV.glob("*.library.yaml"))
_spec = importlib.util.spec_from_file_location("score", Path(__file__).with_name("score.py"))
score = importlib.util.module_from_spec(_spec)
sys.modules["score"] = score  # dataclasses look their module up
_spec.loader.exec_module(score)


# The longest sets: those that are quick to read stand for them.
LONG = dict.fromkeys(("scullery", "courier", "flat", "rooms", "hall", "arena", "butler", "galley"), pytest.mark.slow)


@pytest.mark.parametrize("domain", [pytest.param(one, marks=LONG.get(one, ())) for one in DOMAINS])
def test_most_instructions_give_exactly_their_steps(domain):
    results = score.score_domain(DEV / f"{domain}.library.yaml")
    wrong = [f"{one.row['text']}: {one.plan.status} {one.plan.reason}" for one in results if not one.steps]
    assert len(results) >= 25
    assert len(wrong) <= 0.43 * len(results), "\n".join(wrong)


@pytest.mark.parametrize("domain", DOMAINS)
def test_lines_are_unique_and_name_skills_of_the_library(domain):
    library, _ = score.read_library(DEV / f"{domain}.library.yaml")
    rows = [json.loads(line) for line in (DEV / f"{domain}.jsonl").read_text().splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        for step in row["steps"] + row.get("conditional", []):
            assert step["skill"] in library and set(step["arguments"]) <= {p.name for p in library[step["skill"]].goal}


def test_score_compares_steps_in_order_or_as_a_multiset():
    one, other = {"skill": "a", "arguments": {"x": 1.0}}, {"skill": "b", "arguments": {}}
    assert score.same([one, other], [one, other]) and not score.same([one, other], [other, one])
    assert score.same([one, other], [other, one], any_order=True)
    assert not score.same([one], [one, one], any_order=True)
    assert score.same([{"skill": "a", "arguments": {"x": 1.0, "y": 2}}], [{"skill": "a", "arguments": {"x": 1.001}}])
    assert not score.same([one], [{"skill": "a", "arguments": {"x": 2.0}}])
