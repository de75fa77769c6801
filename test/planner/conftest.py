"""The go2 library and the playground, and planning in one call."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner

ROOT = Path(__file__).resolve().parents[2]
STANDING = Fact("posture", ("robot", "standing"))
SITTING = Fact("posture", ("robot", "sitting"))


@pytest.fixture(scope="session")
def library():
    # specs alone: planning does not need the networks, nor that they are the measured ones
    folders = sorted(path for path in (ROOT / "models" / "go2").iterdir() if (path / "skill.yaml").is_file())
    specs = [load_skill(folder) for folder in folders]
    return SkillLibrary.from_specs("go2", [spec for spec in specs if spec.kind != "vendor"])


@pytest.fixture(scope="session")
def scene():
    setup = set_up(load_scene(ROOT / "config" / "scenes" / "playground.yaml"), 0)
    return replace(setup.graph(), robot=setup.start)


@pytest.fixture(scope="session")
def planner(library):
    return Planner(library)


@pytest.fixture(scope="session")
def standing(scene):
    return place_facts(scene) | {STANDING}


@pytest.fixture(scope="session")
def sitting(scene):
    return place_facts(scene) | {SITTING}


@pytest.fixture(scope="session")
def ask(planner, scene, standing):
    """Plans a sentence for a robot that stands at the start."""

    def plan(text, facts=None, where=None):
        return planner.plan(Instruction(text), where or scene, standing if facts is None else facts)

    return plan


@pytest.fixture(scope="session")
def resources():
    return Resources.from_environment(os.environ)
