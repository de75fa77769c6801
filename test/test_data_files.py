"""No number of a data file may be nonsense: every one is tried as nan, as infinite and as beyond all bounds."""

from __future__ import annotations

import copy
import functools
import importlib
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from skill_stack.benchmarks.planning.lessons_scene import LessonScene
from skill_stack.benchmarks.planning.rehearsal_scenes import load_traps
from skill_stack.core import data_file
from skill_stack.core.data_file import load_model, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots import robot_file
from skill_stack.core.robots.camera_spec import CamerasFile
from skill_stack.core.robots.deployment import Deployment, load_deployment
from skill_stack.core.robots.gripper import load_gripper
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.condition import Condition
from skill_stack.core.skills.pair_results import load_pairs
from skill_stack.core.skills.policy_part import CounterbalanceTable
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.world.scene_file import load_scene
from skill_stack.evaluation.bodies.body_suite import load_body_suite
from skill_stack.evaluation.choice_suite import load_choice_suite
from skill_stack.evaluation.connector_suite import load_connector_suite
from skill_stack.evaluation.hand_suite import load_hand_suite
from skill_stack.evaluation.practice_suite import load_practice_suite
from skill_stack.evaluation.reward_suite import load_reward_suite
from skill_stack.evaluation.scores.any_shape_suite import load_any_shape_suite
from skill_stack.evaluation.suite import load_suite
from skill_stack.evaluation.verb_suite import load_verb_suite
from skill_stack.hardware.rendering.harder_pictures import PicturesFile
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.planner.fleet.fleet_file import load_fleet
from skill_stack.runtime.rehearsal.rehearsal import RehearsalFile
from skill_stack.runtime.rehearsal.responses import Responses
from skill_stack.sharing.package_manifest import SharingLimits
from skill_stack.teleop.gamepad.profile import GamepadProfile
from skill_stack.training.coarse.suite import load_coarse_line_suite, load_coarse_suite
from skill_stack.training.what_where.settings import load_settings as load_view_settings
from skill_stack.voice.voice_settings import VoiceSettings

ROOT = Path(__file__).parents[1]
RESOURCES = Resources.from_environment({})
NONSENSE = (math.nan, math.inf, 1e300, -1e300)



def _training(module: str) -> Any:
    pytest.importorskip("torch", reason="tasks of training are read where they can be trained")
    return importlib.import_module(f"skill_stack.training.{module}")


LOADERS: tuple[tuple[str, Callable[[Path], object]], ...] = (
    (r"config/deployments/.*", load_deployment),
    (r"config/knowledge/.*", lambda path: Knowledge.load((path,))),
    (r"config/gamepads/.*", lambda path: load_model(GamepadProfile, path)),
    (r"config/lessons/.*", lambda path: load_model(LessonScene, path)),
    (r"config/rehearsal.yaml", lambda path: load_model(RehearsalFile, path)),
    (r"config/rehearsal_scenes.yaml", load_traps),
    (r"config/harder_pictures.yaml", lambda path: load_model(PicturesFile, path)),
    (r"config/voice.yaml", lambda path: load_model(VoiceSettings, path)),
    (r"config/sharing.yaml", lambda path: load_model(SharingLimits, path)),
    (r"config/scenarios/(allegro_right|allegro_left|leap).yaml", load_hand_suite),
    (r"config/scenarios/any_shape.yaml", load_any_shape_suite),
    (r"config/scenarios/coarse.yaml", load_coarse_suite),
    (r"config/scenarios/coarse_line(_left)?.yaml", load_coarse_line_suite),
    (r"config/scenarios/(go2_)?bodies.yaml", load_body_suite),
    (r"config/scenarios/choice.*.yaml", load_choice_suite),
    (r"config/scenarios/connector.yaml", load_connector_suite),
    (r"config/scenarios/rewards(_g1)?.yaml", load_reward_suite),
    (r"config/scenarios/practice.yaml", load_practice_suite),
    (r"config/scenarios/verbs.yaml", load_verb_suite),
    (r"config/scenarios/.*", load_suite),
    (r"config/scenes/.*", load_scene),
    (r"config/teams/.*", load_fleet),
    (r"models/.*/pairs.json", lambda path: load_pairs(path.parent)),
    (r"models/.*/responses.json", lambda path: load_model(Responses, path)),
    (r"models/.*/skill.yaml", lambda path: load_skill(path.parent)),
    (r"models/.*/train.yaml", lambda path: _training("hands.hand_task").load_any_task(path.parent)),
    (r"models/.*/(reach|detour)/clone.yaml", lambda path: _training("chunks.settings").load_settings(path.parent)),
    (r"models/networks/what_where/settings.yaml", lambda path: load_view_settings(path.parent)),
    (r"models/.*/clone.yaml", lambda path: _training("tasks.clone_task").load_clone_task(path.parent)),
    (r"models/.*/blend.yaml", lambda path: _training("blending.settings").load_settings(path.parent)),
    (r"models/.*/search.yaml", lambda path: _training("keyframe_numbers").load_settings(path.parent)),
    (r"models/.*/coarse.yaml", lambda path: _training("coarse.settings").load_settings(path.parent)),
    (r"models/.*/latent.yaml", lambda path: _training("gait_latent.settings").load_settings(path.parent)),
    (r"models/.*/mirror.yaml", lambda path: _training("mirroring.settings").load_settings(path.parent)),
    (r"models/.*/prior.yaml", lambda path: _training("body_prior.settings").load_prior(path.parent)),
    (r"models/.*/new_task.yaml", lambda path: _training("body_prior.new_task").load_new_task(path.parent)),
    (r"models/.*/play.yaml", lambda path: _training("ball_play.settings").load_play(path.parent)),
    (r"models/.*/score.yaml", lambda path: _training("ball_play.settings").load_score(path.parent)),
    (r"models/.*/directions.yaml", lambda path: _training("directions.settings").load_directions(path.parent)),
    (r"models/.*/balance.yaml", lambda path: _training("balance.balance_task").load_balance_task(path.parent)),
    (r"models/.*/clip.yaml", lambda path: _training("balance.body_course").load_clip_task(path.parent)),
    (r"models/.*/counterbalance.yaml", lambda path: load_model(CounterbalanceTable, path)),
    (r"urdf/.*/cameras.yaml", lambda path: load_model(CamerasFile, path)),
    (r"urdf/.*/gripper.yaml", lambda path: load_gripper(path.parent)),
    (r"urdf/.*/(robot|grasps).yaml", lambda path: load_robot(path.parent, RESOURCES)),
)
ELSEWHERE = (
    r"config/scenarios/(perception|search|seen_success|depth_grasps|clearing|pointing_votes).yaml",  # seeds alone count
    r"config/foxglove/.*",  # a layout that Foxglove reads; test/foxglove compares it with what is recorded
    r"config/importers/.*",  # parts of a manifest, checked with what they complete
    r"config/selection/.*", r"models/.*/(results(\..*)?|figures).json",  # measured by the stack itself
    r"models/networks/.*/tokenizer.json",  # read by the library of tokenizers
)  # fmt: skip


_read = functools.cache(data_file.read_yaml)


@functools.cache
def _files() -> tuple[tuple[Path, Callable[[Path], object]], ...]:
    """Every data file that holds a number, and what reads it."""
    found = []
    for path in sorted(path for folder in ("config", "models", "urdf") for path in (ROOT / folder).rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in (".yaml", ".json") or any(re.fullmatch(one, name) for one in ELSEWHERE):
            continue
        if any(True for _ in _numbers(_read(path))):
            load = next((load for form, load in LOADERS if re.fullmatch(form, name)), None)
            assert load is not None, f"nothing here says what reads {name}"
            found.append((path, load))
    return tuple(found)


def _numbers(data: Any, *way: Any) -> Iterator[tuple[Any, ...]]:
    """Ways to all numbers of plain data."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _numbers(value, *way, key)
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield way


def _shape(way: tuple[Any, ...]) -> tuple[Any, ...]:
    """The way without numbers of items: joints of a list, and the first of a vector and its last, are alike."""
    return tuple("#" if isinstance(key, int) else key for key in way)


def _changed(data: Any, way: tuple[Any, ...], value: object) -> Any:
    if not way:
        return value
    out = copy.copy(data)
    out[way[0]] = _changed(data[way[0]], way[1:], value)
    return out


def _kind(path: Path) -> str:
    name = path.relative_to(ROOT)
    return name.name if name.parts[0] in ("models", "urdf") else name.parent.name or name.name


@pytest.mark.parametrize("kind", sorted({_kind(path) for path, _ in _files()}))
def test_numbers_that_are_nonsense_are_refused_with_file_and_field(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[Path, Any] = {}
    for module in (data_file, robot_file):
        monkeypatch.setattr(module, "read_yaml", lambda path: told[path] if path in told else _read(path))
    seen: set[tuple[Any, ...]] = set()
    accepted, unnamed = [], []
    for path, load in _files():
        if _kind(path) != kind:
            continue
        load(path)  # as it is, or nothing below says anything
        for way in _numbers(_read(path)):
            if _shape(way) in seen:
                continue
            seen.add(_shape(way))
            field = next(str(key) for key in reversed(way) if not isinstance(key, int))
            for value in NONSENSE:
                told[path] = _changed(_read(path), way, value)
                try:
                    load(path)
                except DataError as error:
                    if not all(text in str(error) for text in (path.parent.name, path.name, field)):
                        unnamed.append((way, str(error)))
                else:
                    accepted.append((path.name, way, value))
        told.clear()
    assert seen and not accepted and not unnamed


SCENE = """
name: s
description: a scene
objects:
  - {{id: box, kind: box, position: [1.0, 0.0], mass: {number}}}
"""


@pytest.mark.parametrize(
    "number", [".nan", ".inf", "-.inf", "1e999", "1.0e+999", '"nan"', '"inf"', "1e300", "9" * 400, "-1"]
)
def test_nonsense_is_refused_however_yaml_writes_it(number: str, tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(SCENE.format(number=number))
    with pytest.raises(DataError, match=r"scene\.yaml: 1 problem\(s\)\n  objects\.0\.mass: "):
        load_scene(path)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"driver_settings": {"torque": {"limits": [1.0, math.nan]}}}, "driver_settings: torque: limits: 1: nan"),
        ({"parameters": {"connector": {"clearance": math.inf}}}, "parameters: connector: clearance: inf"),
        ({"parameters": {"connector": {"clearance": 10**400}}}, "parameters: connector: clearance: it is beyond"),
        ({"control_rate": 1e9}, "control_rate: .*less than or equal to 1000"),
        ({"seed": -3}, "seed: .*greater than or equal to 0"),
        ({"namespace": "a b"}, "namespace: "),
    ],
)
def test_settings_of_any_form_hold_plausible_numbers(change: dict[str, Any], field: str) -> None:
    path = ROOT / "config/deployments/go2_sim.yaml"
    with pytest.raises(DataError, match=field):
        parse_model(Deployment, {**_read(path), **change}, str(path))
    with pytest.raises(DataError, match=f"go2_sim.yaml with {next(iter(change))} changed: 1 problem"):
        load_deployment(path, **change)


@pytest.mark.parametrize(
    ("key", "value"),
    [("kp", 1e6), ("kd", -1.0), ("effort", 1e6), ("velocity", 1e5), ("lower", -1e5), ("upper", 1e5)],
)
def test_joints_have_plausible_limits_and_gains(key: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "urdf/go2/robot.yaml"
    changed = _changed(_read(path), ("joints", 0, key), value)
    monkeypatch.setattr(robot_file, "read_yaml", lambda _: changed)
    with pytest.raises(DataError, match=f"joints.0.{key}"):
        load_robot(path.parent)


@pytest.mark.parametrize("text", ["1e999 m/s", "1e300", "1.2.3", ".", "1 for 9.9.9 s"])
def test_conditions_hold_plausible_numbers(text: str) -> None:
    text = f"speed >= {text}"
    with pytest.raises(DataError):
        Condition.parse(text)


def test_ranges_run_upwards(monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "config/scenes/ahead.yaml"
    monkeypatch.setattr(data_file, "read_yaml", lambda _: _changed(_read(path), ("variation", "friction"), [1.0, 0.2]))
    with pytest.raises(DataError, match="variation.friction: .*low above its high"):
        load_scene(path)
