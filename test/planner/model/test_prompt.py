"""What a model is shown: the same first, the words last, not too much; of many skills those that the words speak of."""

import itertools
import json
import os
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.model.likeness import grams, held_by
from skill_stack.planner.model.prompt import prompt
from skill_stack.planner.model.proposal_judge import ProposalJudge
from skill_stack.planner.model.proposal_schema import proposal_schema
from skill_stack.planner.model.skill_offer import SkillOffer
from skill_stack.planner.model.worked_examples import worked_examples
from skill_stack.planner.notations.library_file import read_library

DEV = Path(__file__).parents[2] / "data" / "language" / "dev"
SENTENCES = (
    "go to the rde ball", "blorp yourself to that crimson sphere, never sit", "menisitkö punaisen pallon luo",
    "get up", "sky", "wave three times and then walk around the brown table twice, please, and do not fall over it",
    "go to the elephant", "人形のところへ行って",
)  # fmt: skip
CHARACTERS_PER_TOKEN = 3.5
"""Of English text and JSON; common tokenisers have 3.5 to 4.5."""


def asked(words, library, scene, facts, skills=60, objects=40, used=()):
    offer = SkillOffer.select(words, library, scene, facts, skills, objects, used)
    messages = prompt(
        Instruction(words), offer, scene.robot, worked_examples(ProposalJudge(library, scene, facts, offer))
    )
    return offer, messages


@pytest.fixture
def go2(library, scene, standing):
    return library, scene, standing


def test_two_sentences_share_all_but_the_end(go2):
    texts = ["".join(message["content"] for message in asked(words, *go2)[1]) for words in SENTENCES]
    for one, other in itertools.combinations(texts, 2):
        shared = len(os.path.commonprefix([one, other]))
        assert shared >= 0.95 * max(len(one), len(other))


def test_the_grammar_of_the_answer_is_the_same_for_all_words(go2):
    assert len({json.dumps(proposal_schema(asked(words, *go2)[0])) for words in SENTENCES}) == 1


def test_the_words_are_the_last_thing_said(go2):
    for words in SENTENCES:
        user = asked(words, *go2)[1][-1]
        assert user["role"] == "user" and user["content"].endswith(f'"instruction":{json.dumps(words)}}}')


def test_the_prompt_of_the_go2_is_short(go2):
    for words in SENTENCES:
        offer, messages = asked(words, *go2)
        shown = [spec for spec in go2[0] if not (takes_terms(spec) or spec.streamed)]
        assert len(offer.skills) == len(shown), "all but what takes some ninety reward terms, or numbers all the time"
        assert "follow_body" not in offer.skills
        assert sum(len(message["content"]) for message in messages) / CHARACTERS_PER_TOKEN <= 4000


def test_the_order_in_which_things_were_seen_changes_nothing(go2):
    library, scene, facts = go2
    turned = type(scene)(dict(reversed(scene.objects.items())), scene.facts, scene.robot)
    assert asked("wave", library, scene, facts)[1] == asked("wave", library, turned, facts)[1]


@pytest.fixture(scope="module")
def many():
    """The skills of every place, one of each name, in the order of their names."""
    found = {}
    for file in sorted(DEV.glob("*.library.yaml")):
        for spec in read_library(file, "go2")[0]:
            found.setdefault(spec.name, spec)
    return SkillLibrary.from_specs("go2", [found[name] for name in sorted(found)])


def chosen(words, many, scene, standing, **more):
    return list(SkillOffer.select(words, many, scene, standing, 32, 40, **more).skills)


def test_of_many_skills_some_are_shown_in_the_same_order(many, scene, standing):
    order = [spec.name for spec in many]
    assert len(order) > 100
    for words in SENTENCES:
        names = chosen(words, many, scene, standing)
        assert len(names) == 32 and names == sorted(names, key=order.index)


def test_skills_of_the_planners_own_reading_are_always_shown(many, scene, standing):
    order = [spec.name for spec in many]
    for used in (order[:3], order[-3:], order[40:43]):
        assert set(used) <= set(chosen("人形のところへ行って", many, scene, standing, used=used))


@pytest.mark.slow
def test_skills_that_the_words_speak_of_are_found(many, scene, standing):
    """By spelling alone, so also with slips and other endings; words for the same thing are not known."""
    said = {
        "disinfect": "disinfecting the table would be good",
        "photograph": "make a foto, I mean a photografh, of the door",
        "loosen": "kindly loosn that screw",
    }
    for name, words in said.items():
        assert name in chosen(words, many, scene, standing)
    rows = [json.loads(line) for file in sorted(DEV.glob("*.jsonl")) for line in file.read_text().splitlines()]
    hit = total = 0
    for row in rows[::15]:
        wanted = {step["skill"] for step in row.get("steps", ()) if not step.get("inserted")} & {s.name for s in many}
        hit += len(wanted & set(chosen(row["text"], many, scene, standing)))
        total += len(wanted)
    assert total > 50 and hit / total > 0.6, f"{hit} of {total}; 0.15 would be chance"


def test_likeness_knows_no_language():
    assert held_by(grams("Bitte HINSETZEN!"), grams("hinsetzen")) == 1.0
    assert held_by(grams("sitting down"), grams("sit")) > held_by(grams("walking"), grams("sit"))
    assert held_by(grams(""), grams("sit")) == held_by(grams("sit"), grams("")) == 0.0
