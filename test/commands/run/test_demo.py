"""What a demonstration asks of a robot where nobody says anything."""

from dataclasses import replace

import pytest

from skill_stack.commands.run.demo import words_for
from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, load_deployment
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner

FOUND = Resources.from_environment({})
SIMULATED = sorted(path.stem for path in FOUND.list("config/deployments") if path.stem.endswith("_sim"))


@pytest.mark.parametrize("name", SIMULATED)
def test_every_simulated_robot_can_do_what_its_demonstration_asks(name):
    deployment = load_deployment(FOUND.find(f"config/deployments/{name}.yaml", "deployment"))
    setup = set_up(load_scene(FOUND.scene(deployment.scene)), 0)
    scene = replace(setup.graph(), robot=setup.start)
    library = load_library(FOUND, load_robot(FOUND.robot(deployment.robot)))
    plan = Planner(library).plan(Instruction(words_for(deployment)), scene, place_facts(scene))
    assert plan.status == "plan" and len(plan.steps) > 1, plan.reason


def test_a_robot_without_words_for_a_demonstration_says_so():
    with pytest.raises(SkillStackError, match="kitchen_sim says no words.*'demo'"):
        words_for(Deployment(name="kitchen_sim", robot="go2"))
