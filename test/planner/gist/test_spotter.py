"""A verb before a verb is no thing, whatever a thing of the scene may also be called."""

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
- {name: go, args: [place], effects: ["not at(bot, *)", "at(bot, $place)"]}
- {name: fetchUp, args: [item], description: Picks a thing up,
   pre: ["at(bot, $item)"], effects: ["holding(bot, $item)"]}
- {name: layIn, args: [item, spot], description: Puts the thing it carries in or on something,
   pre: ["holding(bot, $item)", "at(bot, $spot)"], effects: ["not holding(bot, $item)", "in($item, $spot)"]}
"""
SCENE = """
rooms: [den]
objects:
  letters: {type: mail, in: den, names: [post]}
  draft: {type: document, in: den, names: [old draft]}
  basket: {type: bin, in: den, names: [recycling bin]}
"""


def test_can_is_a_verb_where_no_article_stands_before_it(tmp_path):
    (tmp_path / "den.library.yaml").write_text(LIBRARY)
    (tmp_path / "den.scene.yaml").write_text(SCENE)
    library, facts = read_library(tmp_path / "den.library.yaml")
    scene = read_scene(tmp_path / "den.scene.yaml")[0]
    words = Instruction("the old draft can go in the recycling bin")
    plan = Planner(library).plan(words, scene, place_facts(scene) | facts)
    assert plan.steps[-1].arguments == {"item": "draft", "spot": "basket"}, plan.reason
    assert all("letters" not in step.arguments.values() for step in plan.steps)
