"""``ros2 launch`` and ``skill-stack up`` start the same nodes under the same names with the same parameters.

With ``launch`` and ``launch_ros`` installed the files are evaluated by them; elsewhere by a recording stand-in of the
few actions that they use, since no package index carries the real ones.
"""

import argparse
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from skill_stack.commands.common import deployment_of
from skill_stack.commands.run import up
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, MonitorConfig, load_deployment
from skill_stack.runtime.bringup.process_security import enclave_of
from skill_stack.runtime.bringup.processes import ProcessSpec, describe
from skill_stack.runtime.bringup.shutdown import GRACE, GUARD_WITHIN
from test.launch.ament_prefix import ROOT, launch_missing

REAL = not launch_missing()
RESOURCES = Resources.from_environment(os.environ)


@pytest.fixture(autouse=True)
def with_recorder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorder is one of the processes."""
    monkeypatch.delenv("SKILL_STACK_RECORDING")


class Recorded:
    """An action or substitution of the stand-in: its name and what it was given."""

    def __init__(self, kind: str, *arguments: Any, **options: Any) -> None:
        self.kind, self.arguments, self.options = kind, arguments, options

    def perform(self, context: dict) -> str:
        return context[self.arguments[0]]


def stand_in() -> dict[str, types.ModuleType]:
    """Modules with just the names that the launch files import."""
    names = {
        "launch": ["LaunchContext", "LaunchDescription"],
        "launch.actions": [
            "DeclareLaunchArgument", "ExecuteProcess", "OpaqueFunction", "Shutdown", "IncludeLaunchDescription",
            "RegisterEventHandler",
        ],
        "launch.event_handlers": ["OnShutdown"],
        "launch.substitutions": ["LaunchConfiguration"],
        "launch.launch_description_sources": ["PythonLaunchDescriptionSource"],
        "launch_ros": [],
        "launch_ros.actions": ["Node"],
        "launch_ros.parameter_descriptions": ["ParameterValue"],
        "launch_ros.substitutions": ["ExecutableInPackage"],
    }  # fmt: skip
    modules = {}
    for module, members in names.items():
        modules[module] = types.ModuleType(module)
        for member in members:
            setattr(modules[module], member, recorder(member))
    return modules


def recorder(kind: str) -> Callable[..., Recorded]:
    return lambda *arguments, **options: Recorded(kind, *arguments, **options)


def load(path: Path) -> Any:
    """Runs a launch file and gives its description."""
    spec = importlib.util.spec_from_file_location(path.stem.replace(".", "_"), path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.generate_launch_description()


def unrolled(entity: Recorded, context: dict) -> Iterator[Recorded]:
    """The actions that start processes, in order, as launch would find them."""
    if entity.kind == "LaunchDescription":
        for child in entity.arguments[0]:
            yield from unrolled(child, context)
    elif entity.kind == "DeclareLaunchArgument":
        default = entity.options.get("default_value")
        assert entity.arguments[0] in context or default is not None, f"{entity.arguments[0]} has no value"
        context.setdefault(entity.arguments[0], default)
    elif entity.kind == "IncludeLaunchDescription":
        context |= {name: value.perform(context) for name, value in entity.options["launch_arguments"]}
        yield from unrolled(load(Path(entity.arguments[0].arguments[0])), context)
    elif entity.kind == "OpaqueFunction":
        for child in entity.options["function"](context):
            yield from unrolled(child, context)
    elif entity.kind != "RegisterEventHandler":
        yield entity


def started_by_stand_in(file: str, arguments: dict[str, str]) -> dict[str, dict[str, Any]]:
    found = {}
    for entity in unrolled(load(ROOT / "launch" / file), dict(arguments)):
        options = entity.options
        if entity.kind == "Node":
            row = {"executable": options["executable"], "arguments": options["arguments"]}
            row["ros_arguments"] = options["ros_arguments"]
            files = [group for group in options["parameters"] if isinstance(group, str)]
            parameters = {k: v for group in options["parameters"] if group not in files for k, v in group.items()}
            texts = {k: v for k, v in parameters.items() if isinstance(v, Recorded)}
            assert all(v.options == {"value_type": str} for v in texts.values())
            assert not any(isinstance(v, str) for v in parameters.values()), "launch takes JSON for a table"
            parameters |= {k: v.arguments[0] for k, v in texts.items()}
            parameters |= {"file": files[0]} if files else {}
            row |= {"namespace": options["namespace"], "parameters": parameters}
        else:
            row = {"command": [p if isinstance(p, str) else p.options["executable"] for p in options["cmd"]]}
            row["patience"] = float(options["sigterm_timeout"])
        row |= {"respawn": options.get("respawn", False), "ends": "on_exit" in options}
        found[options["name"]] = row
    return found


def started_by_launch(file: str, arguments: dict[str, str]) -> dict[str, dict[str, Any]]:
    from launch.launch_description_sources import PythonLaunchDescriptionSource
    from launch_ros.actions import Node
    from launch_ros.substitutions import ExecutableInPackage

    from launch import LaunchContext

    context = LaunchContext()
    context.launch_configurations.update(arguments)
    found: dict[str, dict[str, Any]] = {}

    def text(substitutions: Any) -> str:
        """What the substitutions give; of a program only its name, since the package is not installed here."""
        programs = [text(part.executable) for part in substitutions if isinstance(part, ExecutableInPackage)]
        return "".join(programs or (part.perform(context) for part in substitutions))

    def visit(entities: Any) -> None:
        for entity in entities:
            if type(entity).__name__ not in ("ExecuteProcess", "Node"):
                visit(entity.visit(context) or [])
                continue
            respawn = entity._ExecuteLocal__respawn
            row = {"respawn": bool(respawn), "ends": entity._ExecuteLocal__on_exit is not None}
            if not isinstance(entity, Node):
                found[text(entity.name)] = {**row, "command": [text(part) for part in entity.cmd]}
                found[text(entity.name)]["patience"] = float(text(entity._ExecuteLocal__sigterm_timeout))
                continue
            entity._perform_substitutions(context)
            parameters: dict[str, Any] = {}
            for path, is_file in entity._Node__expanded_parameter_arguments or []:
                assert is_file
                if str(path) == context.launch_configurations.get("params_file"):
                    parameters["file"] = str(path)
                    continue
                for content in yaml.unsafe_load(Path(path).read_text()).values():  # launch writes lists as tuples
                    own = content["ros__parameters"]
                    parameters |= {k: list(v) if isinstance(v, tuple) else v for k, v in own.items()}
            namespace = (entity.expanded_node_namespace or "").strip("/")
            name = entity.node_name.split("/")[-1]
            executable = str(entity._Node__node_executable)
            found[name] = {**row, "executable": executable, "arguments": [], "namespace": namespace}
            found[name]["ros_arguments"] = [text(part) for part in entity._Node__ros_arguments]
            found[name]["parameters"] = parameters

    visit(PythonLaunchDescriptionSource(str(ROOT / "launch" / file)).get_launch_description(context).entities)
    return found


def expected(spec: ProcessSpec, own: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"respawn": True, "ends": False}
    row |= {"executable": spec.executable, "arguments": list(spec.arguments), "namespace": spec.namespace}
    row["ros_arguments"] = ["--enclave", enclave_of(spec.namespace, spec.name)]
    return {**row, "parameters": {**spec.parameters, **own}}


def launched(file: str, arguments: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """What a launch file starts, by name, in order."""
    if REAL:
        return started_by_launch(file, arguments)
    for name, module in stand_in().items():
        monkeypatch.setitem(sys.modules, name, module)
    return started_by_stand_in(file, arguments)


def brought_up(command: list[str]) -> Deployment:
    """The deployment that the command line of the bring-up means."""
    assert command[0] == "skill-stack" and command[1] == "up"
    parser = argparse.ArgumentParser()
    up.add_arguments(parser)
    options = parser.parse_args(command[2:])
    assert options.launched_by == os.getpid()
    assert options.verbose  # so that launch shows what becomes of the robot
    return deployment_of(options.deployment, options)


CASES = [
    ("go2_sim.launch.py", {}),
    ("go2_sim.launch.py", {"namespace": "left/dog", "seed": "5"}),
    ("skill_stack.launch.py", {"deployment": "go2_sim"}),
    ("skill_stack.launch.py", {"deployment": str(ROOT / "config/deployments/go2_sim.yaml"), "namespace": "dog"}),
    ("go2_hardware.launch.py", {"deployment": "go2_builtin", "interface": "eth0"}),
    ("g1_hardware.launch.py", {"deployment": "g1_builtin", "interface": "eth7", "namespace": "two/legs"}),
]


@pytest.mark.parametrize(("file", "arguments"), CASES)
def test_both_bring_ups_start_the_same(file: str, arguments: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"namespace": arguments.get("namespace"), "seed": int(arguments.get("seed", 0)) or None}
    path = RESOURCES.deployment(arguments.get("deployment", "go2_sim"))
    deployment = load_deployment(path, interface=arguments.get("interface"), **changes)
    nodes = [spec for spec in describe(deployment, RESOURCES) if spec.ros]
    found = launched(file, arguments, monkeypatch)
    rest = found.pop("bring_up")
    assert list(found) == [spec.name for spec in nodes]
    for spec in nodes:
        assert found[spec.name] == expected(spec, {}), spec.name
    assert rest["ends"] and not rest["respawn"]
    assert rest["patience"] > GRACE + GUARD_WITHIN  # killed in the midst of it, it would damp nothing
    assert brought_up(rest["command"]) == deployment


def test_a_parameter_file_and_the_clock_reach_every_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("/**:\n  ros__parameters: {}\n")
    arguments = {"deployment": "go2_sim", "params_file": str(file), "use_sim_time": "true", "monitor": "false"}
    found = launched("skill_stack.launch.py", arguments, monkeypatch)
    del found["bring_up"]
    deployment = load_deployment(
        RESOURCES.deployment("go2_sim"), publish_clock=True, monitor=MonitorConfig(enabled=False)
    )
    nodes = [spec for spec in describe(deployment, RESOURCES) if spec.ros]
    assert found == {spec.name: expected(spec, {"use_sim_time": True, "file": str(file)}) for spec in nodes}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"params_file": "/nowhere/mine.yaml"}, "there is no file /nowhere/mine.yaml"),
        ({"use_sim_time": "maybe"}, "use_sim_time: 'maybe' is neither true nor false"),
        ({"rviz": "1"}, "rviz: '1' is neither true nor false"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_starts(
    arguments: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match=why):
        launched("skill_stack.launch.py", {"deployment": "go2_sim", **arguments}, monkeypatch)


@pytest.mark.parametrize("deployment", ["go2_builtin", "g1_builtin"])
def test_hardware_runs_the_same_nodes_as_simulation(deployment: str) -> None:
    simulation = describe(load_deployment(RESOURCES.deployment("go2_sim")), RESOURCES)
    hardware = describe(load_deployment(RESOURCES.deployment(deployment), interface="eth0"), RESOURCES)
    alone = ("simulator", "policy_worker")  # the robot's own controller needs no policy, slow or fast
    names = [spec.name for spec in hardware]
    names.remove("standby")  # a device without a process of its own has a second supervisor instead
    assert names == [spec.name for spec in simulation if spec.name not in alone]
    settings = next(spec for spec in hardware if spec.name == "supervisor").arguments
    assert '"interface": "eth0"' in settings[settings.index("--driver-settings") + 1]
    assert settings[settings.index("--control") + 1] == "vendor"


def test_every_executable_is_a_console_script() -> None:
    text = (ROOT / "setup.py").read_text()
    for spec in describe(load_deployment(RESOURCES.deployment("go2_sim")), RESOURCES):
        assert f'"{spec.executable} = {spec.module}:main"' in text
