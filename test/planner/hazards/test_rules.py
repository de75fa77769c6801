"""The rules as data: what is shipped, what a deployment adds by a file of its own, and what is wrong with a file."""

import re

import pytest
import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.planner.hazards.check import Hazards
from skill_stack.planner.plan_command import PlanCommand

from .conftest import ROOT, SKILLS, node, thing, tree, with_things


def load(tmp_path, text, lexicon, name="ward.yaml"):
    """The shipped rules with a file of an overlay."""
    folder = tmp_path / "config" / "knowledge"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    found = Resources((tmp_path, ROOT), tmp_path)
    return Hazards(Knowledge.load(found.list("config/knowledge")), lexicon)


@pytest.fixture
def lexicon(planner):
    return planner.language.lexicon


OWN = """
hazards:
  kinds:
    corrosive: {of: [blorp]}
    clean room: {of: [clean bench]}
  rules:
    dirt into the clean room: {what: [animal], to: [clean room], outcome: refuse, reason: nothing may be carried in}
"""


def test_a_deployment_adds_rules_and_words(tmp_path, lexicon, hazards, households, home):
    wider = load(tmp_path, OWN, lexicon)
    library = households["told"].library
    scene = with_things(home, thing("bench", "clean bench"))
    for plan, before in (
        (tree(node("place", thing="cat", place="bench")), "plan"),
        (tree(node("hand_over", thing="blorp", recipient="tim")), "plan"),
    ):
        made = Plan("p", "w", "plan", plan)
        assert hazards.checked(made, library, scene, frozenset()).status == before
        refused = wider.checked(made, library, scene, frozenset())
        assert refused.status == "refusal" and refused.tree is None
    assert set(hazards.rules.rules) < set(wider.rules.rules)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hazards: {rules: {x: {what: [unicorn], to: [heat], outcome: ask, reason: r}}}", "rules.x.what: 'unicorn'"),
        ("hazards: {rules: {x: {what: [living], to: [hell], outcome: ask, reason: r}}}", "rules.x.to: 'hell'"),
        ("hazards: {rules: {x: {does: [fly], what: [living], outcome: ask, reason: r}}}", "rules.x.does: 'fly'"),
        ("hazards: {rules: {x: {what: [living], outcome: ask, reason: r}}}", "needs 'does' or 'to'"),
        ("hazards: {rules: {x: {what: [living], to: [heat], outcome: maybe, reason: r}}}", "hazards.rules.x.outcome"),
        ("hazards: {rules: {x: {what: [living], to: [heat], outcome: ask}}}", "hazards.rules.x.reason"),
        ("hazards: {rules: {x: {what: [], to: [heat], outcome: ask, reason: r}}}", "hazards.rules.x.what"),
        ("hazards: {rules: {life support off: {what: [living], to: [heat], outcome: ask, reason: r}}}", "of that name"),
        ("hazards: {marks: {soiled: {does: [cut], what: [food], until: [fly]}}}", "marks.soiled.until: 'fly'"),
        ("hazards: {kinds: {x: {fo: [y]}}}", "hazards.kinds.x.fo"),
        ("hazards: {kinds: {x: {kinds: [unicorn]}}}", "kinds.x.kinds: 'unicorn'"),
        ("hazards: {kinds: {x: {types: [unicorn]}}}", "kinds.x.types: 'unicorn'"),
        ("hazards: [rules]", "hazards"),
    ],
)
def test_a_wrong_file_is_told_by_file_and_field(tmp_path, lexicon, text, told):
    with pytest.raises(DataError) as error:
        load(tmp_path, text, lexicon)
    assert told in str(error.value)
    assert "config/knowledge" in str(error.value) and ".yaml" in str(error.value)


def test_the_table_of_the_documentation_is_the_data(hazards):
    text = (ROOT / "docs" / "safety.md").read_text()
    section = text.split("## Hazards of combinations")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z ]+) \| (refuse|ask|allow) \| ([^|]*) \|$", section, re.M)
    stated = {name: (outcome, source.strip()) for name, outcome, source in rows}
    assert stated == {name: (one.outcome, one.source or "—") for name, one in hazards.rules.rules.items()}


def test_the_plan_command_refuses_and_says_what_is_asked(tmp_path, resources):
    library = tmp_path / "library.yaml"
    library.write_text(yaml.safe_dump({"robot": "r", "skills": SKILLS}))
    scene = tmp_path / "scene.yaml"
    objects = {name: {"kind": kind} for name, kind in (("bleach", "bleach"), ("anna", "person"), ("tim", "child"))}
    scene.write_text(yaml.safe_dump({"objects": objects}))
    command = PlanCommand(resources, "r", str(library), str(scene))
    given = tmp_path / "plan.yaml"
    for person, status in (("anna", "plan"), ("tim", "refusal")):
        given.write_text(yaml.safe_dump({"steps": [{"hand_over": {"thing": "bleach", "recipient": person}}]}))
        for answer in (command.answer(f"hand over the bleach to {person}"), command.check(given, repair=True)):
            assert answer["status"] == status and (answer["tree"] is None) == (status == "refusal")
            assert ("must say yes" in answer["reason"]) == (status == "plan")


def test_what_breaks_or_lives_is_not_pushed_out_of_the_way(tmp_path, lexicon):
    hazards = load(tmp_path, "hazards: {left_alone: [corrosive], kinds: {corrosive: {of: [blorp]}}}", lexicon)
    scene = SceneGraph()
    assert all(hazards.spared(thing(kind, kind), scene) for kind in ("vase", "dog", "person", "blorp"))
    assert not any(hazards.spared(thing(kind, kind), scene) for kind in ("crate", "box", "chair"))
    with pytest.raises(DataError, match="no kind is called gizmo"):
        load(tmp_path, "hazards: {left_alone: [gizmo]}", lexicon, "other.yaml")
    with pytest.raises(DataError, match="no kind is called gizmo"):
        load(tmp_path, "hazards: {marks: {gizmo: {does: [cut], what: [food]}}}", lexicon, "other.yaml")
