"""What a deployment consists of."""

import importlib.util
import json
import os

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, ResourceNotFound, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, MonitorConfig, PlannerConfig, load_deployment
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.bringup.child_process import command_line, ros_arguments
from skill_stack.runtime.bringup.processes import MANAGED, ProcessSpec, describe

RESOURCES = Resources.from_environment(os.environ)
DEPLOYMENTS = [path.stem for path in RESOURCES.list("config/deployments")]


def deployment(**changes: object) -> Deployment:
    return Deployment(name="test", robot="go2", **changes)


def by_name(specs: tuple[ProcessSpec, ...]) -> dict[str, ProcessSpec]:
    return {spec.name: spec for spec in specs}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_deployment_can_be_described_and_its_programs_exist(name: str) -> None:
    specs = describe(load_deployment(RESOURCES.deployment(name)), RESOURCES)
    assert len({spec.name for spec in specs}) == len(specs)
    for spec in specs:
        assert importlib.util.find_spec(spec.module), spec.module


def test_what_keeps_the_robot_safe_is_nobodys_child() -> None:
    specs = by_name(describe(deployment(), RESOURCES))
    assert {name for name, spec in specs.items() if spec.detached} == {"simulator", "control", "supervisor"}
    assert all(spec.ros != spec.detached for name, spec in specs.items() if name != "policy_worker")
    assert specs["simulator"].restart == "never"
    assert all(spec.restart == "always" for name, spec in specs.items() if name != "simulator")


def test_a_part_with_slow_policies_has_a_worker_without_which_the_robot_is_as_safe() -> None:
    worker = by_name(describe(deployment(), RESOURCES))["policy_worker"]
    assert worker.arguments[-2:] == ("--part", "body") and not (worker.ros or worker.detached)
    assert worker.arguments[worker.arguments.index("--provider") + 1] == "auto"
    assert worker.optional and worker.restart == "always" and worker.patience > 0.0
    for without in ({"pace": "lock_step"}, {"control": "vendor", "driver": "unitree"}):
        assert "policy_worker" not in by_name(describe(deployment(**without), RESOURCES))


def test_the_manager_manages_nodes_that_run() -> None:
    specs = by_name(describe(deployment(), RESOURCES))
    assert specs["lifecycle_manager"].parameters["managed"] == list(MANAGED)
    assert set(MANAGED) <= set(specs)


def test_options_reach_the_processes_that_need_them() -> None:
    given_ = deployment(
        provider="cuda", namespace="a/b", pace="lock_step", seed=7, viewer=True, rearm="auto", publish_clock=True
    )
    specs = by_name(describe(given_, RESOURCES))
    assert all(spec.namespace == "a/b" for spec in specs.values())
    for name in ("simulator", "control", "supervisor"):
        assert specs[name].arguments[specs[name].arguments.index("--pace") + 1] == "lock_step"
        assert specs[name].arguments[specs[name].arguments.index("--namespace") + 1] == "a/b"
    assert "--viewer" in specs["simulator"].arguments
    assert specs["control"].arguments[specs["control"].arguments.index("--rearm") + 1] == "auto"
    assert specs["control"].arguments[specs["control"].arguments.index("--provider") + 1] == "cuda"
    assert specs["connector"].parameters["pace"] == "lock_step"
    assert specs["scene"].parameters["seed"] == 7
    start = set_up(load_scene(RESOURCES.scene("playground")), 7).start
    assert specs["controller"].parameters["start_pose"] == [start.x, start.y, start.yaw]
    assert all(spec.parameters["use_sim_time"] for spec in specs.values() if spec.ros)


def test_parameters_of_the_deployment_win() -> None:
    specs = by_name(describe(deployment(parameters={"connector": {"speed": 0.3}}), RESOURCES))
    assert specs["connector"].parameters["speed"] == 0.3


def test_the_monitor_runs_when_it_is_wanted_and_nothing_waits_for_it() -> None:
    assert by_name(describe(deployment(), RESOURCES))["monitor"].optional
    assert "monitor" not in by_name(describe(deployment(monitor=MonitorConfig(enabled=False)), RESOURCES))


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"scene": "nowhere"}, "scene 'nowhere'.*playground"), ({"robot": "r2d2"}, "robot 'r2d2'.*go2")],
)
def test_what_does_not_exist_is_an_error_before_anything_runs(changes: dict, why: str) -> None:
    with pytest.raises(ResourceNotFound, match=why):
        describe(Deployment(**{"name": "test", "robot": "go2", **changes}), RESOURCES)


def test_attached_processes_are_tethered_and_detached_ones_are_not() -> None:
    for spec in describe(deployment(), RESOURCES):
        assert ("skill_stack.runtime.bringup.die_with_parent" in command_line(spec, 1)) != spec.detached


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        st.one_of(
            st.booleans(),
            st.integers(-(2**31), 2**31),
            st.floats(-1e6, 1e6).map(lambda v: round(v, 3)),
            st.text(st.characters(categories=["L", "N"], max_codepoint=0x7F), min_size=1, max_size=8),
            st.lists(st.floats(-10, 10).map(lambda v: round(v, 3)), min_size=1, max_size=3),
        ),
        max_size=4,
    )
)
def test_parameters_survive_the_command_line(parameters: dict[str, object]) -> None:
    """What ROS parses from the command line is what the description says; ROS reads values as YAML."""
    spec = ProcessSpec("n", "n", "n", parameters=parameters)
    words = ros_arguments(spec)
    pairs = [words[i + 1] for i, word in enumerate(words) if word == "-p"]
    assert {p.split(":=")[0]: yaml.safe_load(p.split(":=", 1)[1]) for p in pairs} == parameters


def test_each_node_has_an_enclave_of_its_own() -> None:
    """By which ``ros2 security generate_policy`` files what it uses, whether or not there are keys."""
    for namespace in ("", "alice"):
        specs = [spec for spec in describe(deployment(namespace=namespace), RESOURCES) if spec.ros]
        words = [ros_arguments(spec) for spec in specs]
        found = [each[each.index("--enclave") + 1] for each in words]
        assert found == [f"/{namespace}/{spec.name}".replace("//", "/") for spec in specs]


def test_a_deployment_may_raise_the_rate_of_the_loop() -> None:
    specs = by_name(describe(deployment(control_rate=500.0), RESOURCES))
    for name in ("simulator", "control", "supervisor"):
        arguments = specs[name].arguments
        assert arguments[arguments.index("--rate") + 1] == "500"
    assert "--rate" not in by_name(describe(deployment(), RESOURCES))["control"].arguments
    with pytest.raises(DataError, match="control_rate.*1000"):
        load_deployment(RESOURCES.deployment("go2_sim"), control_rate=2e4)


def argument(spec: ProcessSpec, name: str) -> str | None:
    return spec.arguments[spec.arguments.index(name) + 1] if name in spec.arguments else None


def test_every_part_of_a_robot_has_a_control_process_and_one_supervisor_watches_all() -> None:
    file = load_deployment(RESOURCES.deployment("go2_hand_sim"), safety={"tilt": 0.8})
    specs = by_name(describe(file, RESOURCES))
    body, hand, supervisor = specs["control"], specs["control_right_hand"], specs["supervisor"]
    assert (argument(body, "--part"), argument(hand, "--part")) == (None, "right_hand")
    assert (body.ready, hand.ready) == ("go2_hand.body at ", "go2_hand.right_hand at ")
    assert body.executable == hand.executable == "control_process" and hand.detached and hand.restart == "always"
    assert argument(hand, "--rearm") == argument(body, "--rearm") == "auto"
    assert "--safety" in body.arguments and "--safety" not in hand.arguments  # limits of a deployment are the body's
    assert argument(supervisor, "--part-driver") == "right_hand=mujoco"
    assert [name for name in specs if name.startswith("control")] == ["control", "control_right_hand", "controller"]


def test_a_part_may_have_another_driver_than_the_main_one(tmp_path) -> None:
    robot = tmp_path / "urdf" / "mix"
    robot.mkdir(parents=True)
    data = yaml.safe_load((RESOURCES.robot("go2_hand") / "robot.yaml").read_text())
    data["name"], data["parts"]["right_hand"]["driver"] = "mix", "can"
    (robot / "robot.yaml").write_text(yaml.safe_dump(data))
    found = Resources((tmp_path, *RESOURCES.roots), tmp_path)
    for driver, hand in (("mujoco", "mujoco"), ("unitree", "can")):
        specs = by_name(describe(Deployment(name="test", robot="mix", driver=driver), found))
        assert argument(specs["control"], "--driver") == driver
        assert argument(specs["control_right_hand"], "--driver") == hand
        assert argument(specs["supervisor"], "--part-driver") == f"right_hand={hand}"


@pytest.mark.parametrize(
    ("changes", "simulated"),
    [
        ({}, True),
        ({"driver": "replay"}, True),
        ({"driver": "unitree"}, False),
        ({"driver": "unitree_ros"}, False),
        ({"robot": "go2_hand"}, True),
        ({"robot": "go2_hand", "parts": {"right_hand": {"driver": "allegro"}}}, False),
    ],
)
def test_nodes_know_whether_anything_real_moves(changes: dict[str, object], simulated: bool) -> None:
    specs = describe(Deployment.model_validate({"name": "test", "robot": "go2", **changes}), RESOURCES)
    told = {spec.name: spec.parameters["simulated"] for spec in specs if "robot" in spec.parameters}
    assert set(told.values()) == {simulated} and {"connector", "planner", "monitor"} <= set(told)


def test_models_of_a_deployment_reach_the_planner_and_mistakes_are_told_before_anything_starts() -> None:
    base = load_deployment(RESOURCES.deployment("go2_sim"))
    endpoint = {"name": "local", "url": "http://127.0.0.1:8080/v1", "key_variable": "SOME_KEY"}
    made = base.model_copy(update={"planner": PlannerConfig(models=(endpoint,), settings={"seconds": 5.0})})
    planner = next(spec for spec in describe(made, RESOURCES) if spec.name == "planner")
    given = json.loads(planner.parameters["models"])
    assert given == {"models": [endpoint], "settings": {"seconds": 5.0}}
    assert planner.parameters["scene"] == base.scene
    plain = next(spec for spec in describe(base, RESOURCES) if spec.name == "planner")
    assert "models" not in plain.parameters
    wrong = base.model_copy(update={"planner": PlannerConfig(models=({**endpoint, "url": "ftp://x"},))})
    with pytest.raises(DataError, match="go2_sim"):
        describe(wrong, RESOURCES)


def test_a_deployment_says_whether_plans_are_rehearsed():
    base = load_deployment(RESOURCES.deployment("go2_sim"))
    made = base.model_copy(update={"planner": PlannerConfig(rehearse=True)})
    never = base.model_copy(update={"planner": PlannerConfig(rehearse="never", rehearse_seconds=1.5)})
    for deployment, told in ((base, ("doubtful", 3.0)), (made, ("always", 3.0)), (never, ("never", 1.5))):
        given = next(spec for spec in describe(deployment, RESOURCES) if spec.name == "planner").parameters
        assert (given["rehearse"], given["rehearse_seconds"]) == told


def test_a_part_on_its_own_bus_gets_its_own_driver_and_place() -> None:
    places = {"right_hand": {"driver": "allegro", "driver_settings": {"channel": "can0"}}}
    made = Deployment.model_validate({"name": "test", "robot": "go2_hand", "driver": "mujoco", "parts": places})
    specs = by_name(describe(made, RESOURCES))
    assert "simulator" in specs and argument(specs["control"], "--driver") == "mujoco"
    assert argument(specs["control"], "--driver-settings") is None
    hand, supervisor = specs["control_right_hand"], specs["supervisor"]
    assert argument(hand, "--driver") == "allegro"
    assert json.loads(argument(hand, "--driver-settings")) == {"channel": "can0"}
    assert argument(supervisor, "--part-driver") == "right_hand=allegro"
    assert json.loads(argument(supervisor, "--part-settings")) == {"right_hand": {"channel": "can0"}}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"left_hand": {"driver": "allegro"}}, "it has right_hand"),
        ({"body": {"driver": "unitree"}}, "no such part"),
        ({"right_hand": {"driver": "ros2_control"}}, "that the simulator measures too"),
        ({"right_hand": {"driver": "unitree_ros"}}, "for whole robots"),
    ],
)
def test_parts_that_are_reached_otherwise_must_be_there(parts, expected) -> None:
    made = Deployment.model_validate({"name": "test", "robot": "go2_hand", "driver": "mujoco", "parts": parts})
    with pytest.raises(DataError, match=expected):
        describe(made, RESOURCES)


def test_parts_behind_ros2_control_have_a_bridge_each() -> None:
    places = {part: {"driver": "ros2_control", "driver_settings": {"controller": f"/{part}_controller"}}
              for part in ("left_hand", "right_hand")}  # fmt: skip
    made = Deployment.model_validate(
        {"name": "test", "robot": "g1_hands", "driver": "unitree_ros", "safety": {"tilt": 0.5}, "parts": places}
    )
    specs = by_name(describe(made, RESOURCES))
    body, hand = specs["bridge"], specs["bridge_right_hand"]
    assert body.executable == "unitree_bridge" and argument(body, "--part") is None and "--safety" in body.arguments
    assert hand.executable == "ros2_control_bridge" and argument(hand, "--part") == "right_hand"
    assert json.loads(argument(hand, "--driver-settings")) == {"controller": "/right_hand_controller"}
    assert hand.ready == "g1_hands.right_hand over ROS" and hand.detached and "--safety" not in hand.arguments
    assert "simulator" not in specs and "standby" not in specs and "bridge_left_hand" in specs


def test_a_part_does_not_share_the_controller_of_another() -> None:
    settings = {"controller": "/everything"}
    made = Deployment.model_validate(
        {"name": "test", "robot": "go2_hand", "driver": "ros2_control", "driver_settings": settings}
    )
    with pytest.raises(DataError, match="right_hand: 'ros2_control' needs driver_settings of the part's own"):
        describe(made, RESOURCES)


def test_a_simulator_has_other_robots_beside_its_own_and_they_have_none() -> None:
    other = {"robot": "g1", "namespace": "humanoid", "start": (-1.0, 1.5, 0.0)}
    first = by_name(describe(deployment(namespace="dog", start=(0.5, 0.0, 1.0), beside=(other,)), RESOURCES))
    arguments = first["simulator"].arguments
    assert "--beside=g1:humanoid:-1,1.5,0" in arguments and "--start=0.5,0,1" in arguments
    assert first["controller"].parameters["start_pose"] == [0.5, 0.0, 1.0]
    guest = Deployment(
        name="humanoid", robot="g1", namespace="humanoid", start=other["start"], simulated_elsewhere=True
    )
    second = by_name(describe(guest, RESOURCES))
    assert "simulator" not in second and "control" in second and "supervisor" in second
    assert second["controller"].parameters["start_pose"] == [-1.0, 1.5, 0.0]


@pytest.mark.parametrize(
    ("changes", "stands_by"),
    [
        ({}, False),
        ({"driver": "replay"}, False),
        ({"driver": "unitree_ros"}, False),
        ({"driver": "unitree"}, True),
        ({"robot": "go2_hand", "parts": {"right_hand": {"driver": "allegro"}}}, True),
    ],
)
def test_a_second_supervisor_stands_by_where_the_driver_dies_with_the_control_process(changes, stands_by) -> None:
    made = Deployment.model_validate({"name": "test", "robot": "go2", **changes})
    specs = by_name(describe(made, RESOURCES))
    assert ("standby" in specs) == stands_by
    assert "--standby" not in specs["supervisor"].arguments
    if stands_by:
        assert specs["standby"].arguments == (*specs["supervisor"].arguments, "--standby")
        assert specs["standby"].detached


def test_the_device_is_told_the_limits_of_the_deployment() -> None:
    told = {"safety": {"command_age": 0.06}}
    assert json.loads(argument(by_name(describe(deployment(**told), RESOURCES))["simulator"], "--safety")) == {
        "command_age": 0.06
    }
    bridge = by_name(describe(deployment(driver="unitree_ros", **told), RESOURCES))["bridge"]
    assert json.loads(argument(bridge, "--safety")) == {"command_age": 0.06}


def test_interfaces_are_those_of_the_process_or_of_all_nodes() -> None:
    told = {"driver": "unitree_ros", "interfaces": {"bridge": ["eth0"], "nodes": ["wlan0"], "scene": []}}
    specs = by_name(describe(deployment(**told), RESOURCES))
    assert specs["bridge"].interfaces == ("eth0",)
    assert specs["planner"].interfaces == specs["monitor"].interfaces == ("wlan0",)
    assert specs["scene"].interfaces == specs["supervisor"].interfaces == ()
    assert not any(spec.interfaces for spec in describe(deployment(), RESOURCES))


def test_interfaces_of_what_has_no_ros_are_refused_and_the_others_named() -> None:
    with pytest.raises(DataError, match="interfaces: 'supervisor' is no ROS process.* controller, .* nodes"):
        describe(deployment(interfaces={"supervisor": ["eth0"]}), RESOURCES)


def test_the_interface_of_a_command_line_is_that_of_the_bridge(tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("{name: mine, robot: go2, driver: unitree_ros, interfaces: {bridge: [eth0]}}")
    made = load_deployment(file, interface="lo")
    assert made.interfaces == {"bridge": ("lo",)} and made.driver_settings == {}


def test_a_camera_that_follows_an_object_looks_for_nothing_else() -> None:
    specs = by_name(describe(load_deployment(RESOURCES.deployment("leap_camera")), RESOURCES))
    assert "perception" not in specs and not specs["object_tracker"].ros and "--tracks" in specs["control"].arguments
    assert "perception" not in specs["lifecycle_manager"].parameters["managed"]
    assert "--tracks" not in by_name(describe(deployment(), RESOURCES))["control"].arguments


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"perception": {"tracks": True}}, "needs a camera"),
        ({"robot": "go2", "perception": {"camera": "front", "tracks": True}}, "go2 has nothing to follow: no sensors"),
        ({"robot": "leap", "scene": "cube_in_hand", "perception": {"camera": "side", "tracks": True}},
         "leap has nothing to follow: no marker on 'cube' in the scene cube_in_hand"),
    ],
)  # fmt: skip
def test_a_camera_that_has_nothing_to_follow_is_an_error_before_anything_runs(changes: dict, why: str) -> None:
    with pytest.raises(DataError, match=why):
        describe(Deployment.model_validate({**deployment().model_dump(), **changes}), RESOURCES)


def test_balls_are_followed_where_a_scene_has_any_that_roll() -> None:
    sim = RESOURCES.deployment("go2_sim")
    specs = by_name(describe(load_deployment(sim, scene="ball_game", seed=3), RESOURCES))
    assert argument(specs["sim_camera"], "--camera") == "wide" and "--cameras" in specs["simulator"].arguments
    told = specs["balls"].parameters
    assert (told["scene"], told["seed"], told["camera"], told["source"]) == ("ball_game", 3, "wide", "simulator")
    assert specs["lifecycle_manager"].parameters["managed"] == [*MANAGED, "balls"]
    assert "stated" not in specs["scene"].parameters, "the map states the rest"
    others = by_name(describe(load_deployment(sim), RESOURCES))
    assert "balls" not in others and "sim_camera" not in others and "--cameras" not in others["simulator"].arguments


def test_one_camera_of_a_simulated_robot_is_drawn_and_things_need_depth() -> None:
    seeing: dict[str, object] = {"perception": {"camera": "front", "balls": "wide"}}
    assert "balls" not in by_name(describe(deployment(**seeing), RESOURCES)), "nothing rolls on the playground"
    with pytest.raises(DataError, match="'camera' or 'balls', not both"):
        describe(deployment(scene="ball_game", **seeing), RESOURCES)
    real = by_name(describe(deployment(scene="ball_game", driver="unitree_ros", **seeing), RESOURCES))
    assert {"balls", "perception"} <= set(real) and "sim_camera" not in real
    with pytest.raises(DataError, match="'wide' measures no depth"):
        describe(deployment(perception={"camera": "wide"}), RESOURCES)
    with pytest.raises(UnknownName, match="no camera"):
        describe(deployment(perception={"balls": "rear"}), RESOURCES)
