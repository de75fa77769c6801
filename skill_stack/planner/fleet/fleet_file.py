"""Fleet files: robots with their skills, positions and names."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.builtin import Control
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.fleet.fleet import Fleet
from skill_stack.planner.fleet.fleet_plan import FleetPlan, FleetRobot
from skill_stack.planner.notations.library_file import read_library, read_scene
from skill_stack.planner.plan_command import DEFAULT_SCENE, resting_facts
from skill_stack.planner.planner import Planner


class FleetMember(DataModel):
    """One robot of a fleet file.

    Attributes:
        name: What people call it.
        names: Other names.
        robot: Robot of this checkout whose skills it has.
        library: File with skills instead, beside the fleet file or by full path.
        control: Who moves the joints of ``robot``, as in its deployment.
        at: x, y in m and yaw in rad in ``map``; None where it is not known.
        facts: What is true of it besides, e.g. ``holding(robot, cup)``.
        namespace: ROS namespace of its running stack; None for its name.
    """

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    names: tuple[str, ...] = ()
    robot: str = ""
    library: str = ""
    control: Control = "joints"
    at: tuple[float, float, float] | None = (0.0, 0.0, 0.0)
    facts: tuple[str, ...] = ()
    namespace: str | None = None

    @property
    def place(self) -> str:
        """ROS namespace of its running stack."""
        return self.name if self.namespace is None else self.namespace

    @model_validator(mode="after")
    def _one_source(self) -> FleetMember:
        if bool(self.robot) == bool(self.library):
            raise ValueError("a robot has either 'robot', the name of one of this checkout, or 'library', a file")
        return self


class FleetFile(DataModel):
    """Several robots.

    Attributes:
        robots: The robots.
        scene: Name or path of the scene that they share; empty for the usual one.
    """

    robots: tuple[FleetMember, ...] = Field(min_length=1)
    scene: str = ""


def load_fleet(path: Path) -> FleetFile:
    """Reads a fleet file.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(FleetFile, path)


def fleet_of(file: FleetFile, resources: Resources, scene: SceneGraph, folder: Path) -> Fleet:
    """The robots of a file, each standing idle at its place in a scene.

    Args:
        file: The file.
        resources: Where the robots of this checkout are.
        scene: The world.
        folder: Where library files are looked for.

    Raises:
        SkillStackError: A robot or library is missing or wrong.
    """
    return Fleet([_member(one, resources, scene, folder) for one in file.robots])


def plan_for(file: FleetFile, words: str, resources: Resources, folder: Path, scene: str | None = None) -> FleetPlan:
    """Divides an instruction among the robots of a file; nothing moves.

    Args:
        file: The file.
        words: The request.
        resources: Where robots and scenes are.
        folder: Where library files, and a scene file, are looked for.
        scene: Another scene than the file's, by name or path.

    Raises:
        SkillStackError: Something is missing or wrong.
    """
    name = scene or file.scene or DEFAULT_SCENE
    beside = folder / name
    graph = read_scene(beside if beside.is_file() else resources.scene(name))[0]
    return fleet_of(file, resources, graph, folder).plan(Instruction(words, "command line"), graph)


def _member(one: FleetMember, resources: Resources, scene: SceneGraph, folder: Path) -> FleetRobot:
    """One robot with its planner."""
    stated: frozenset[Fact] = frozenset()
    if one.library:
        library, stated = read_library(folder / one.library, one.name)
    else:
        library = load_library(resources, load_robot(resources.robot(one.robot)), one.control)
    pose = None if one.at is None else Pose2(*one.at)
    own = frozenset(Fact(fact.predicate, fact.arguments) for fact in map(Literal.parse, one.facts) if fact.positive)
    facts = place_facts(SceneGraph(scene.objects, frozenset(), pose)) | stated | own
    resting = resting_facts(library)
    if not {fact.predicate for fact in facts} & {fact.predicate for fact in resting}:
        facts |= resting
    return FleetRobot(one.name, Planner(library), pose, facts, one.names)
