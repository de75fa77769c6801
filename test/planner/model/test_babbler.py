"""Real engines with our schema: a model of random weights in llama.cpp's server, and the grammar that vLLM compiles."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner.model.proposal_schema import proposal_schema
from skill_stack.planner.model.skill_offer import SkillOffer

FEW = 6
"""Sentences; ``babbler.py`` itself asks a thousand."""


@pytest.fixture(scope="module")
def babbler():
    found = importlib.util.spec_from_file_location("babbler", Path(__file__).with_name("babbler.py"))
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_whatever_a_random_model_says_nothing_wrong_moves(babbler, planner, scene, standing, tmp_path):
    pytest.importorskip("gguf", reason="the package gguf writes the model: pip install gguf")
    if shutil.which("llama-server") is None:
        pytest.importorskip("xllamacpp", reason="needs llama-server on the path, or: pip install xllamacpp")
    names = babbler.names_of(scene, standing, planner)
    babbler.write_random_model(tmp_path / "babbler.gguf", names)
    with babbler.served(tmp_path / "babbler.gguf") as url:
        judgement = babbler.Judgement(planner, scene, standing, url, extra=babbler.BABBLING)
        for words in babbler.sentences(FEW):
            judgement.take(words)
    said = sum(count for name, count in judgement.counts.items() if name.startswith("said "))
    assert judgement.wrong == [] and said >= FEW // 2, judgement.counts


def test_the_judgement_finds_what_is_wrong(babbler, planner, scene, standing, server, kit):
    """Asked of a model whose plans run unasked, and of one that leaves the form, it says so."""
    server.script = [kit.GO]
    judgement = babbler.Judgement(planner, scene, standing, server.url, model="small-model")
    judgement.take("gehe zum roten Ball")
    assert judgement.wrong == [] and judgement.counts["answer question with steps"] == 1
    judgement.models.readings, asked = _unasked(judgement.models.readings), "gehe zum roten Ball"
    judgement.take(asked)
    assert judgement.wrong == [f"{asked}: runs unasked: off it goes"]
    server.script = ["Sure, I will walk there."]
    judgement.models.plan(Instruction("gehe hin"), scene, standing)
    assert "not of the form" in judgement.wrong[1]


def _unasked(readings):
    """A planner that lets plans run which only a model has."""
    from dataclasses import replace

    def wrong(*said):
        found = readings(*said)
        return replace(found, answer=replace(found.answer, status="plan", reason="off it goes"))

    return wrong


def test_the_schema_compiles_to_a_grammar(library, scene, standing):
    xgrammar = pytest.importorskip("xgrammar", reason="the grammars of vLLM: pip install xgrammar")
    schema = proposal_schema(SkillOffer.select("", library, scene, standing, 100, 100))
    grammar = xgrammar.Grammar.from_json_schema(json.dumps(schema))
    from xgrammar.testing import _is_grammar_accept_string as accepts

    told = {"target": "red_ball", "gap": None, "side": "any", "frame": "viewer", "way": None}
    go = {"skill": "go_to", "arguments": told}
    plan = {"answer": "plan", "steps": [go, {"repeat": 2, "steps": [go]}], "text": ""}
    assert accepts(grammar, json.dumps(plan))
    assert accepts(grammar, json.dumps({"answer": "nothing", "steps": [], "text": ""}))
    for wrong in (
        {**plan, "answer": "yes"},
        {**plan, "steps": [{"skill": "fly", "arguments": {}}]},
        {**plan, "steps": [{**go, "arguments": {**go["arguments"], "target": "green_elephant"}}]},
        {**plan, "steps": [{**go, "force": True}]},
        {**plan, "text": "x" * 301},
    ):
        assert not accepts(grammar, json.dumps(wrong))
