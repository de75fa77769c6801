"""What runs unasked, what is asked about, and what is only offered; over a small library with and without senses."""

import pytest
import yaml

from skill_stack.core.data_file import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
- {{name: drive, phrases: ["drive to {{place}}"], args: [place], effects: ["not at(bot, *)", "at(bot, $place)"]}}
- {{name: take, description: "Can snaffle and frobnicate.", phrases: ["pick up {{item}}"], {senses} args: [item],
   pre: ["at(bot, $item)", "not holding(bot, *)"], effects: ["holding(bot, $item)"]}}
- {{name: hurl, phrases: ["throw {{item}} on {{spot}}"], args: [item, spot], pre: ["holding(bot, $item)"],
   effects: ["not holding(bot, *)", "on($item, $spot)"]}}
- {{name: lay, phrases: ["put {{item}} on {{spot}}"], {laying} args: [item, spot],
   pre: ["holding(bot, $item)", "at(bot, $spot)"], effects: ["not holding(bot, *)", "on($item, $spot)"]}}
- {{name: unlatch, description: "Can frobnicate a door.", phrases: ["open {{door}}"],
   args: [{{name: door, type: door}}], pre: ["at(bot, $door)"], effects: ["open($door)"]}}
"""
SCENE = """
rooms: [{id: hall}]
objects: {mug: {type: cup, in: hall}, bench: {type: table, in: hall}, gate: {type: door, in: hall}}
"""


def robot(folder, senses="", laying=""):
    (folder / "x.library.yaml").write_text(LIBRARY.format(senses=senses, laying=laying))
    (folder / "x.scene.yaml").write_text(SCENE)
    library, facts = read_library(folder / "x.library.yaml")
    planner, scene = Planner(library), read_scene(folder / "x.scene.yaml")[0]
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | facts)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return robot(tmp_path_factory.mktemp("plain"))


def skills(plan):
    return [step.skill for step in plan.steps if step.skill != "drive"]


@pytest.mark.parametrize("text", ["pick up the mug", "could you please pick the mug up", "grab the mug"])
def test_own_words_and_exact_synonyms_run(plain, text):
    plan = plain(text)
    assert (plan.status, plan.certainty, skills(plan)) == ("plan", "said", ["take"])


@pytest.mark.parametrize("text", ["fetch the mug", "pick up the mgu", "gently pick up the mug", "maybe pick up the mug",
                                  "we should pick up the mug", "keep picking up the mug"])  # fmt: skip
def test_other_verbs_mended_slips_manners_and_doubt_are_asked_about(plain, text):
    plan = plain(text)
    assert (plan.status, plan.certainty, skills(plan)) == ("question", "inferred", ["take"])
    assert plan.reason.startswith("Shall I ") and plan.reason.endswith("?")


@pytest.mark.parametrize(
    ("text", "name", "step"),
    [("pick up the enamel mug", "enamel mug", "take"), ("open the garden gate", "garden gate", "unlatch")],
)
def test_another_word_before_the_one_thing_of_a_kind_is_asked_about(plain, text, name, step):
    plan = plain(text)
    assert (plan.status, plan.certainty, skills(plan)) == ("question", "nearest", [step])
    assert plan.reason.startswith(f"There is no {name} here.") and plan.reason.endswith("Do you mean that?")


@pytest.mark.parametrize("text", ["you can pick up the mug now", "you could pick up the mug",
                                  "can we pick up the mug?", "how would you pick up the mug"])  # fmt: skip
def test_permissions_and_questions_how_are_asked_about(plain, text):
    plan = plain(text)
    assert plan.proposed and skills(plan) == ["take"]


@pytest.mark.parametrize("text", ["could you pick up the mug", "can you pick up the mug?", "grab the mug if you can"])
def test_requests_run(plain, text):
    assert (plain(text).status, skills(plain(text))) == ("plan", ["take"])


@pytest.mark.parametrize("text", ["the mug must stay here. drive to the bench", "*drive to the bench*"])
def test_what_must_stay_so_and_stage_directions_are_asked_about(plain, text):
    plan = plain(text)
    assert plan.proposed and [step.arguments for step in plan.steps] == [{"place": "bench"}]


@pytest.mark.parametrize("text", ["the mug must stay here", "can I get out of here", "rehydrate the mug"])
def test_nothing_is_offered_for_what_no_skill_is_about(plain, text):
    assert plain(text).tree is None


def test_for_whom_something_is_done_is_asked_about_where_no_skill_takes_them(plain):
    plan = plain("take me the mug")
    assert plan.proposed and skills(plan) == ["take"]


@pytest.mark.parametrize("text", ["you can see the mug", "you can", "could you see the mug"])
def test_what_one_is_able_to_moves_nothing(plain, text):
    assert plain(text).tree is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("drive to the hall and frobnicate the gate", ["hall"]),
        ("frobnicate the mug, then drive to the hall", ["hall"]),
        ("drive to the hall, frobnicate the mug and open the gate", ["hall", "gate"]),
        ("drive to the gate and frobnicate it", ["gate"]),
    ],
)  # fmt: skip
def test_one_unread_clause_of_several_is_offered_with_the_rest(plain, text, rest):
    plan = plain(text)
    assert (plan.status, plan.certainty) == ("question", "nearest") and "understand 'frobnicate" in plan.reason
    for offer in (plan, *plan.others):
        at = iter([thing for one in offer.steps for thing in one.arguments.values()])
        assert all(thing in at for thing in rest), offer.reason  # in this order
    assert len(plan.others) <= 2


@pytest.mark.parametrize("text", ["frobnicate the mug and perlustrate the gate", "frobnicate the mug or open the gate",
                                  "open the gate, but first frobnicate the mug",
                                  "if the gate is open, frobnicate the mug"])  # fmt: skip
def test_nothing_is_offered_for_two_unread_clauses_or_another_order(plain, text):
    assert plain(text).tree is None


@pytest.mark.parametrize("text", ["open the gate a bit", "open the gate for ten seconds", "gate maybe, open it"])
def test_an_amount_or_a_time_that_no_skill_takes_is_not_dropped(plain, text):
    assert plain(text).status in ("question", "refusal")


@pytest.mark.parametrize("text", ["pick up the mug but", "pick up the mug and.", "pick up the mug when"])
def test_an_order_that_is_not_finished_is_asked_about(plain, text):
    plan = plain(text)
    assert (plan.status, plan.tree) == ("question", None) and plan.reason.endswith("what?")


@pytest.mark.parametrize("text", ["help me open the gate", "open the gate wide"])
def test_the_words_of_a_skill_that_stand_in_others_are_offered(plain, text):
    plan = plain(text)
    assert (plan.status, plan.certainty, skills(plan)) == ("question", "nearest", ["unlatch"])


def test_of_several_things_of_a_kind_a_person_may_choose(planner, scene, standing):
    plan = planner.plan(Instruction("go to the steel cylinder"), scene, standing)
    offers = [plan, *plan.others]
    assert plan.status == "question" and plan.reason.endswith("Do you mean one of these?")
    assert [offer.steps[-1].arguments["target"] for offer in offers] == ["purple_cylinder", "white_cylinder"]


@pytest.mark.parametrize("text", ["pick up the green mug", "pick up the mug on the gate", "pick up the enamel spoon"])
def test_what_a_colour_a_relation_or_the_kind_tells_apart_is_refused(plain, text):
    plan = plain(text)
    assert plan.status == "refusal" and plan.tree is None


def test_verbs_of_a_declared_sense_run(tmp_path):
    plan = robot(tmp_path, "senses: [grasp],")("retrieve the mug")
    assert (plan.status, plan.certainty, skills(plan)) == ("plan", "said", ["take"])


def test_who_declares_a_sense_has_it_alone(tmp_path):
    told = robot(tmp_path, laying="senses: [place],")
    assert skills(told("deposit the mug on the bench")) == ["take", "lay"]
    assert skills(told("throw the mug on the bench")) == ["take", "hurl"]


def test_an_unknown_sense_is_refused_with_those_that_there_are(tmp_path):
    with pytest.raises(DataError, match=r"skill take: senses: there is no sense 'grab'; there are approach,.*grasp"):
        robot(tmp_path, "senses: [grab],")


def test_a_thing_of_another_kind_than_the_skill_is_for_is_asked_about(plain):
    assert plain("open the gate").certainty == "said"
    assert plain("open the mug").status != "plan"


@pytest.mark.parametrize("name", ["sweeper", "device"])
@pytest.mark.parametrize(("thing", "certainty"), [("sweeper", "said"), ("fan", "inferred"), ("drill", "said")])
def test_a_thing_of_a_kind_that_another_skill_names_is_asked_about(tmp_path, name, thing, certainty):
    sweeper = {"name": name, "type": "object", "description": "the sweeper"}
    (tmp_path / "x.library.yaml").write_text(yaml.safe_dump({"robot": "r", "skills": [
        {"name": "start_sweeper", "phrases": [f"start {{{name}}}"], "goal": [sweeper]},
        {"name": "slow_down", "phrases": ["slow down {fan}"], "goal": [{"name": "fan", "type": "object"}]},
    ]}))  # fmt: skip
    planner = Planner(read_library(tmp_path / "x.library.yaml")[0])
    scene = read_scene({"name": "s", "objects": [{"id": thing, "kind": thing, "position": [2.0, 1.0]}]})[0]
    assert planner.plan(Instruction(f"start the {thing}"), scene, place_facts(scene)).certainty == certainty


def test_a_word_that_was_not_read_is_no_plan_that_runs(plain):
    for text in ("pick up the mug that fell yesterday", "Ana wants you to pick up the mug", "pick up the wet mug"):
        assert plain(text).status != "plan", text


def test_what_was_not_read_offers_the_nearest_to_pick_from(plain):
    plan = plain("snaffle the mug")
    offers = [skills(one) for one in (plan, *plan.others)]
    assert (plan.status, plan.certainty) == ("question", "nearest") and ["take"] in offers and len(offers) <= 3
    assert all(one.tree is not None and f"({number})" in plan.reason
               for number, one in enumerate((plan, *plan.others), start=1))  # fmt: skip


def test_a_skill_whose_phrase_names_the_thing_is_offered_for_it(tmp_path):
    slides = '- {name: slide_mug, phrases: ["push the mug towards your wrist"], args: []}\n'
    (tmp_path / "x.library.yaml").write_text(LIBRARY.format(senses="", laying="") + slides)
    (tmp_path / "x.scene.yaml").write_text(SCENE)
    library, facts = read_library(tmp_path / "x.library.yaml")
    scene = read_scene(tmp_path / "x.scene.yaml")[0]
    plan = Planner(library).plan(Instruction("nudge the mug to your wrist"), scene, place_facts(scene) | facts)
    assert (plan.status, plan.certainty, skills(plan)) == ("question", "nearest", ["slide_mug"])


@pytest.mark.parametrize("text", ["never snaffle the mug", "snaffle the mug unless the gate is open",
                                  "snaffle the mug without opening the gate", "snaffle"])  # fmt: skip
def test_what_forbids_or_limits_something_is_offered_nothing(plain, text):
    plan = plain(text)
    assert plan.status != "plan" and plan.certainty != "nearest", plan.reason


SWITCHES = """
- {{name: fan_on, phrases: ["turn on {{{fan}}}"], args: [{fan}], effects: ["blowing(${fan})"]}}
- {{name: pump_on, phrases: ["turn on {{{pump}}}"], args: [{pump}], effects: ["pumping(${pump})"]}}
"""
MACHINES = """
rooms: [{id: yard}]
objects: {desk_fan: {type: fan, in: yard}, well_pump: {type: pump, in: yard}}
"""


@pytest.mark.parametrize(("names", "certainty"), [(("fan", "pump"), "said"), (("device", "device"), "inferred")])
def test_skills_that_share_a_verb_are_told_apart_by_their_objects_or_asked_about(tmp_path, names, certainty):
    (tmp_path / "x.library.yaml").write_text(SWITCHES.format(fan=names[0], pump=names[1]))
    (tmp_path / "x.scene.yaml").write_text(MACHINES)
    planner, scene = Planner(read_library(tmp_path / "x.library.yaml")[0]), read_scene(tmp_path / "x.scene.yaml")[0]
    for thing, skill in (("fan", "fan_on"), ("pump", "pump_on")):
        plan = planner.plan(Instruction(f"turn on the {thing}"), scene, place_facts(scene))
        assert plan.certainty == certainty
        assert certainty == "inferred" or skills(plan) == [skill]


@pytest.mark.parametrize(("words", "certainty"), [("", "said"), ('phrases: ["carry {item} to {spot}"], ', "inferred")])
def test_stated_words_of_a_skill_go_before_words_made_from_the_name_of_another(tmp_path, words, certainty):
    more = f"- {{name: carry_to, {words}args: [item, spot], effects: [\"at($item, $spot)\"]}}\n"
    own = LIBRARY.format(senses="", laying="").replace("put {item} on {spot}", "carry {item} to {spot}")
    (tmp_path / "x.library.yaml").write_text(own + more)
    (tmp_path / "x.scene.yaml").write_text(SCENE)
    library, facts = read_library(tmp_path / "x.library.yaml")
    scene = read_scene(tmp_path / "x.scene.yaml")[0]
    plan = Planner(library).plan(Instruction("carry the mug to the bench"), scene, place_facts(scene) | facts)
    assert plan.certainty == certainty
    assert certainty == "inferred" or skills(plan)[-1] == "lay"


@pytest.mark.parametrize(
    ("text", "certainty"),
    [("pick up the mug, then pick up the jug", "inferred"),
     ("pick up the mug, put it on the bench and pick up the jug", "said")],
)  # fmt: skip
def test_what_would_be_put_where_nobody_said_is_asked_about(tmp_path, text, certainty):
    (tmp_path / "x.library.yaml").write_text(LIBRARY.format(senses="", laying=""))
    (tmp_path / "x.scene.yaml").write_text(SCENE.replace("bench:", "jug: {type: cup, in: hall}, bench:"))
    library, facts = read_library(tmp_path / "x.library.yaml")
    scene = read_scene(tmp_path / "x.scene.yaml")[0]
    plan = Planner(library).plan(Instruction(text), scene, place_facts(scene) | facts)
    assert (plan.certainty, skills(plan)[::2]) == (certainty, ["take", "take"]), plan.reason


def test_the_particle_of_a_phrase_may_stand_behind_its_thing(tmp_path):
    louder = '- {name: louder, phrases: ["turn up the volume"], effects: ["loud(bot)"]}'
    (tmp_path / "x.library.yaml").write_text(louder)
    (tmp_path / "x.scene.yaml").write_text(SCENE)
    library, facts = read_library(tmp_path / "x.library.yaml")
    scene = read_scene(tmp_path / "x.scene.yaml")[0]
    for text in ("turn up the volume", "turn the volume up"):
        plan = Planner(library).plan(Instruction(text), scene, place_facts(scene) | facts)
        assert (plan.certainty, skills(plan)) == ("said", ["louder"]), plan.reason
