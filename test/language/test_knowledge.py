"""Needs that people state, and what serves them, are data."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_scene

LIGHTS = "needs: [{say: [play with me], use: play, ask: ['go to {thing}']}]\nuses: {play: [ball, cone]}\n"


@pytest.fixture()
def knowledge(tmp_path):
    (tmp_path / "play.yaml").write_text(LIGHTS)
    return Knowledge.load([tmp_path / "play.yaml"])


def test_a_need_is_served_by_the_nearest_thing_of_its_use(library, scene, standing, knowledge):
    plan = Planner(library, knowledge=knowledge).plan(Instruction("Please play with me!"), scene, standing)
    assert [(s.skill, s.arguments["target"]) for s in plan.steps] == [("go_to", "red_ball")]
    assert "play with me" in plan.reason


def test_without_such_a_thing_or_such_knowledge_nothing_moves(library, standing, knowledge, scene):
    empty = read_scene({"objects": []})[0]
    assert Planner(library, knowledge=knowledge).plan(Instruction("play with me"), empty, standing).tree is None
    assert Planner(library, knowledge=Knowledge()).plan(Instruction("play with me"), scene, standing).tree is None


def test_wrong_knowledge_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("needs: [{say: [a]}]")
    with pytest.raises(DataError, match="use"):
        Knowledge.load([path])
