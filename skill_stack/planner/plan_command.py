"""``skill-stack plan``: words → checked plan as plain data; nothing moves."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import load_deployment
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.spatial.crowding import crowding_facts
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.world_facts import body_facts, place_facts
from skill_stack.planner.building.builder import Falls
from skill_stack.planner.model import ModelEndpoint, ModelPlanner, ModelSection
from skill_stack.planner.notations.library_file import read_library, read_scene
from skill_stack.planner.plan_files import PlanFiles
from skill_stack.planner.planner import Planner

LONGEST_REASON = 400
"""Characters of what is wrong with a line of a batch."""

DEFAULT_ROBOT = "go2"
DEFAULT_SCENE = "playground"


Ways = Callable[[SkillLibrary, str], Callable[[PlanNode, SceneGraph], str]]
"""Library and robot → what :class:`skill_stack.planner.planner.Planner` checks paths with."""


class PlanCommand:
    """Plans sentences for one library, in one scene or in a separate scene for each sentence.

    Attributes:
        planner: The planner of the library.
        models: The planner with language models, where they are queried, too; None otherwise.
        files: Its plan files.
    """

    def __init__(
        self,
        resources: Resources,
        robot: str,
        library_file: str | None,
        scene: str | None,
        models: ModelSection | None = None,
        ways: Ways | None = None,
        falls: Falls | None = None,
    ) -> None:
        """Loads library and scene.

        Args:
            resources: Where robots, skills and scenes are found.
            robot: Name of the robot.
            library_file: Skills from a file instead of the robot's own, or None.
            scene: Name or path of a scene; None for that of the robot's deployment.
            models: Language models that are queried, too, or None.
            ways: Makes the check of constraints on paths; None leaves it out.
            falls: Tries whether a structure stands; None leaves it out.

        Raises:
            SkillStackError: Something is missing or wrong.
        """
        self._resources = resources
        self._stated: frozenset[Fact] = frozenset()
        if library_file is None:
            self._library = load_library(resources, load_robot(resources.robot(robot)))
        else:
            self._library, self._stated = read_library(Path(library_file), robot)
        check = ways(self._library, robot) if ways is not None else None
        self.planner = Planner(self._library, ways=check, falls=falls)
        self.models = ModelPlanner(self.planner, models.models, time.monotonic, models.settings) if models else None
        self.files = PlanFiles(resources, self._library)
        self._scenes: dict[str, SceneGraph] = {}
        self._scene = scene or _usual_scene(resources, robot)

    def answer(self, words: str, scene: str | dict[str, Any] | None = None) -> dict[str, Any]:
        """The plan for some words, as plain data.

        Args:
            words: The instruction.
            scene: Another scene than the command's: name, path, or content.
        """
        graph, facts = self.world(scene)
        said = Instruction(words, "command line")
        if self.models is None:
            return self._checked(self.planner.plan(said, graph, facts), graph, facts).to_json()
        found = self.models.readings(said, graph, facts)
        return replace(found, answer=self._checked(found.answer, graph, facts)).to_json()

    def check(self, path: Path, repair: bool) -> dict[str, Any]:
        """What becomes of a plan file, as plain data.

        Args:
            path: The file.
            repair: Whether missing steps are put in.

        Raises:
            SkillStackError: The file is no plan, or names what does not exist.
        """
        graph, facts = self.world()
        return self._checked(self.files.check(path, graph, facts, repair), graph, facts).to_json()

    def _checked(self, plan: Plan, graph: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """A plan, or the refusal of a hazardous combination; states what a person must confirm."""
        plan, hazards = self.planner.hazards.checked(plan, self._library, graph, facts), self.planner.hazards
        if plan.tree is None:
            return plan
        asks = dict.fromkeys(one.reason for one in hazards.findings(plan.tree, self._library, graph, facts))
        told = f" A person must say yes before it runs: {'; '.join(asks)}." if asks else ""
        return replace(plan, reason=f"{plan.reason}{told}")

    def world(self, scene: str | dict[str, Any] | None = None) -> tuple[SceneGraph, frozenset[Fact]]:
        """A scene, and what is true of a robot that stands idle at its start.

        Args:
            scene: Another scene than the command's: name, path, or content.
        """
        graph = self._graph(self._scene if scene is None else scene)
        facts = place_facts(graph) | crowding_facts(self._library, graph) | self._stated
        if not any(fact.predicate in {f.predicate for f in facts} for fact in resting_facts(self._library)):
            facts |= resting_facts(self._library)
        return graph, facts

    def _graph(self, scene: str | dict[str, Any]) -> SceneGraph:
        """A scene, read once when it has a name."""
        if not isinstance(scene, str | dict):
            raise DataError(f"a scene is a name, a path or a mapping with 'objects', not {str(scene)[:80]}")
        if isinstance(scene, dict):
            return read_scene(scene)[0]
        if scene not in self._scenes:
            path = Path(scene)
            found = path if path.suffix in (".json", ".yml") or path.is_file() else self._resources.scene(scene)
            self._scenes[scene] = read_scene(found)[0]
        return self._scenes[scene]


def resting_facts(library: SkillLibrary) -> frozenset[Fact]:
    """Facts of a robot that is ready and idle: preconditions and effects of its default stance.

    Args:
        library: Skills; the usual stance is the one that most phases fall back to.
    """
    stances = Counter(phase.stance for spec in library for phase in spec.phases if phase.stance != spec.name)
    return body_facts(library, stances.most_common(1)[0][0], 1.0) if stances else frozenset()


def plan_json(
    resources: Resources, robot: str, words: str, library_file: str | None = None, scene_file: str | None = None
) -> dict[str, Any]:
    """Plans one sentence; the robot is taken to stand idle at the scene's start.

    Args:
        resources: Where robots, skills and scenes are found.
        robot: Name of the robot.
        words: The instruction.
        library_file: Skills from a file instead of the robot's own.
        scene_file: Name or path of a scene.
    """
    return PlanCommand(resources, robot, library_file, scene_file).answer(words)


def plan_batch(command: PlanCommand, path: Path) -> Iterator[dict[str, Any]]:
    """Answers a file with one JSON object per line: ``{"id": …, "text": …, "scene": …}``.

    A line that cannot be read gives an answer with status ``refusal`` and the reason, so that every line has one.

    Args:
        command: Plans.
        path: The file; ``scene`` of a line is a name, a path or a scene's content.

    Raises:
        DataError: The file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")  # characters that end a line elsewhere may stand inside a text
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        name: Any = number
        try:
            item = json.loads(line.decode("utf-8-sig"))
            if not isinstance(item, dict) or not isinstance(item.get("text"), str):
                raise DataError('a line is a JSON object such as {"id": 1, "text": "go to the red ball"}')
            name = item.get("id", number)
            answer = command.answer(item["text"], item.get("scene"))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a line, the others have their answers
            answer = {"id": "", "status": "refusal", "tree": None, "steps": [], "steps_complete": False, "facts": [],
                      "reason": f"line {number}: {str(error)[:LONGEST_REASON]}"}  # fmt: skip
        yield {**answer, "plan_id": answer["id"], "id": name}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.epilog = 'example: skill-stack plan "walk to the red ball and sit down"'
    parser.add_argument("words", nargs="*", help="the instruction")
    parser.add_argument("--robot", default=DEFAULT_ROBOT, help=f"robot whose skills are used (default {DEFAULT_ROBOT})")
    parser.add_argument("--library", metavar="FILE", help="skills from a file instead: YAML or JSON with 'skills'")
    parser.add_argument(
        "--scene", metavar="FILE", help="scene by name or file (default: that of the robot's deployment)"
    )
    parser.add_argument("--batch", metavar="FILE.jsonl", help="one JSON object per line: id, text, optional scene")
    parser.add_argument(
        "--model", nargs="?", const="", metavar="URL[:NAME]", help="have a language model read the words too: the one "
        "at an address, or without one those of the robot's deployment; prints both readings and what comes of them",
    )  # fmt: skip
    parser.add_argument("--file", metavar="PLAN.yaml", help="check a plan file that was written or edited")
    parser.add_argument("--repair", action="store_true", help="with --file: put in the steps that are missing")
    parser.add_argument(
        "--save", metavar="NAME", help="keep the plan as a composite skill of that name, or as a file NAME.yaml"
    )
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")


def run(options: argparse.Namespace, ways: Ways | None = None, falls: Falls | None = None) -> int:
    """0 when there is a plan or a statement (with ``--batch``: when every line was answered), else 1.

    Args:
        options: The arguments of the command line.
        ways: Makes the check of constraints on paths; None leaves it out.
        falls: Tries whether a structure stands; None leaves it out.
    """
    if options.model and "://" not in options.model:  # no address: the first of the words
        options.words, options.model = [options.model, *options.words], ""
    _check(options)
    resources = Resources.from_environment(os.environ)
    models = None if options.model is None else models_of(resources, options.robot, options.model)
    command = PlanCommand(resources, options.robot, options.library, options.scene, models, ways, falls)
    if options.batch:
        for answer in plan_batch(command, Path(options.batch)):
            sys.stdout.write(_as_line(answer) + "\n")
        return 0
    words = " ".join(options.words)
    if options.file:
        answer = command.check(Path(options.file), options.repair)
    else:
        answer = command.answer(words)
    if options.save:
        sys.stderr.write(f"saved: {command.files.save(options.save, answer, words or options.file)}\n")
    if options.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(_both(answer) if "own" in answer else _for_people(answer))
    return 0 if answer["status"] in ("plan", "statement") else 1


def _check(options: argparse.Namespace) -> None:
    """Refuses options that do not go together."""
    if sum(map(bool, (options.words, options.batch, options.file))) != 1:
        example = 'skill-stack plan "go to the red ball"'
        raise DataError(f"give one of: words, for example {example}; --batch FILE.jsonl; --file PLAN.yaml")
    if (options.save and options.batch) or (options.repair and not options.file):
        raise DataError("--save goes with words or --file, --repair with --file")
    if options.model is not None and options.file:
        raise DataError("--model goes with words or --batch: a plan file has steps, and nobody has to read it")


def _as_line(answer: dict[str, Any]) -> str:
    """An answer as one line of JSON; letters that no output can show are escaped."""
    line = json.dumps(answer, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(answer)
    return line


def models_of(resources: Resources, robot: str, address: str) -> ModelSection:
    """The language models that are queried.

    Args:
        resources: Where deployments are found.
        robot: Name of the robot.
        address: ``URL`` or ``URL:NAME`` of one model; empty for those of the robot's deployment, simulated or real.

    Raises:
        DataError: The address is none, or no deployment of the robot names a model.
    """
    if address:
        return ModelSection(models=(ModelEndpoint.at(address),))
    for name in (f"{robot}_sim", robot):
        with contextlib.suppress(ResourceNotFound):
            planner = load_deployment(resources.deployment(name)).planner
            if planner.models:
                data = {"models": list(planner.models), "settings": planner.settings}
                return parse_model(ModelSection, data, f"planner of deployment '{name}'")
    raise DataError(f"no deployment of '{robot}' names a language model (docs/models.md); give one: --model URL[:NAME]")


def _usual_scene(resources: Resources, robot: str) -> str:
    """The scene of the robot's simulated deployment, or the default one."""
    try:
        return load_deployment(resources.deployment(f"{robot}_sim")).scene or DEFAULT_SCENE
    except ResourceNotFound:
        return DEFAULT_SCENE


def _for_people(answer: dict[str, Any]) -> str:
    """The answer as lines of text."""
    lines = [f"{answer['status']}: {answer['reason']}"]
    lines += _tree_lines(answer["tree"], 1) if answer["tree"] else []
    lines += [f"afterwards: {', '.join(answer['facts'])}"] if answer["facts"] else []
    return "\n".join(lines) + "\n"


def _both(answer: dict[str, Any]) -> str:
    """The planner's own reading, the model's, and what comes of both, as lines of text."""
    model = answer["model"]
    if "why" in model:
        theirs = [f"model: none: {model['why']}"]
    else:
        theirs = [f"{model['name']}: {model['answer']}: {model['text']}".rstrip(": ")]
        theirs += _tree_lines(model["tree"], 1) if model["tree"] else []
    both = f"together: {answer['status']}: {answer['reason']}"
    return "\n".join([f"own: {_for_people(answer['own']).rstrip()}", *theirs, both]) + "\n"


def _tree_lines(node: dict[str, Any], depth: int) -> list[str]:
    """A node and those below it, one line each."""
    arguments = ", ".join(f"{name}={value}" for name, value in node["arguments"].items() if value != "")
    what = node.get("skill") or node["type"]
    why = f" – {node['why']}" if node["why"] else ""
    line = f"{'  ' * depth}{what}{f' ({arguments})' if arguments else ''}{why}"
    return [line, *(inner for child in node.get("children", ()) for inner in _tree_lines(child, depth + 1))]
