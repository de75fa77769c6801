"""A skill without phrases is understood by its description, whatever it is called."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.language.phrases.described_phrases import DescribedPhrases
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

SKILLS = """
- name: relocateTo
  description: Walks to a spot.
  args: [spot]
  effects: ["not isNear(bot, *)", "isNear(bot, ?spot)"]
- name: acquire
  description: Picks up an item.
  args: [item]
  pre: ["isNear(bot, ?item)", "handEmpty(bot)"]
  effect: ["inHand(?item)", "!handEmpty(bot)"]
- name: deposit
  description: Puts an item on a support.
  args: [item, support]
  pre: ["inHand(?item)", "isNear(bot, ?support)"]
  effect: ["!inHand(?item)", "handEmpty(bot)", "on(?item, ?support)"]
- {name: capture, description: Takes a picture of a thing., args: [subject]}
- {name: unseal, description: Opens a door or a box., args: [thing]}
- {name: polish_up, description: polish up, args: [thing], pre: ["waxed(bot)"], effect: ["shiny(?thing)"]}
"""
SCENE = """
rooms: [hall]
objects: {cup: {type: cup}, shelf: {type: shelf}, crate: {type: box}}
"""


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown")
    (folder / "library.yaml").write_text(SKILLS)
    (folder / "scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "library.yaml")
    scene, facts = read_scene(folder / "scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated | facts)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("walk over to the shelf", [("relocateTo", "shelf")]),
        ("grab the cup", [("relocateTo", "cup"), ("acquire", "cup")]),
        ("take a photo of the crate", [("capture", "crate")]),
        ("open the crate", [("unseal", "crate")]),
    ],
)
def test_what_a_skill_does_gives_it_words(bot, text, steps):
    plan = bot(text)
    assert [(one.skill, *one.arguments.values()) for one in plan.steps] == steps, plan.reason


def test_a_hand_of_which_nothing_is_said_is_empty(bot):
    plan = bot("put the cup on the shelf")
    assert [one.skill for one in plan.steps] == ["relocateTo", "acquire", "relocateTo", "deposit"], plan.reason


def test_what_is_in_the_way_is_named(bot):
    plan = bot("polish up the cup")
    assert plan.status == "refusal" and "waxed(bot)" in plan.reason


def test_a_description_that_says_nothing_gives_nothing(bot, tmp_path):
    (tmp_path / "library.yaml").write_text("- {name: zonk, description: 'Blah, (: the.', args: [a, b]}\n")
    library, _ = read_library(tmp_path / "library.yaml")
    assert not DescribedPhrases(load_lexicon()).phrases_of(library["zonk"])
