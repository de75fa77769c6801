"""Keys of processes: who gets which variables, and what is refused."""

from pathlib import Path

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, SecurityConfig
from skill_stack.runtime.bringup.process_security import SECURITY, enclave_of, environment_of
from skill_stack.runtime.bringup.processes import ProcessSpec, describe, with_ros
from skill_stack.runtime.bringup.ros_environment import ros_environment

STACK = ros_environment({})


@pytest.fixture
def resources(tmp_path) -> Resources:
    return Resources.from_environment({"SKILL_STACK_OVERLAY": str(tmp_path / "overlay")})


def specs(resources: Resources, **changes: object) -> dict[str, ProcessSpec]:
    deployment = Deployment.model_validate({"name": "test", "robot": "go2", **changes})
    return {spec.name: spec for spec in describe(deployment, resources)}


def with_key(keystore: Path, enclave: str) -> Path:
    folder = keystore / "enclaves" / enclave
    folder.mkdir(parents=True)
    (folder / "key.pem").touch()
    return keystore


def test_without_an_entry_no_process_is_told_of_security(resources):
    for spec in specs(resources).values():
        assert environment_of(STACK, spec, resources) == STACK


def test_each_ros_process_is_told_its_own_enclave(resources, tmp_path):
    keystore = with_key(tmp_path, "alice/bridge")
    told = specs(resources, security={"keystore": str(keystore)}, namespace="alice", driver="unitree_ros")
    assert [spec.name for spec in told.values() if spec.security] == [spec.name for spec in with_ros(told.values())]
    secured = environment_of(STACK, told["bridge"], resources)
    assert [secured[name] for name in SECURITY] == ["true", "Enforce", str(keystore), "/alice/bridge"]
    assert {name: secured[name] for name in STACK} == STACK
    assert environment_of(STACK, told["supervisor"], resources) == STACK


def test_keys_and_interfaces_go_together(resources, tmp_path):
    keystore = with_key(tmp_path, "scene")
    told = specs(resources, security={"keystore": str(keystore)}, interfaces={"scene": ["lo"]})
    secured = environment_of(STACK, told["scene"], resources)
    assert secured["ROS_SECURITY_ENCLAVE_OVERRIDE"] == "/scene" and "dds/lo-0.xml" in " ".join(secured.values())


def test_a_process_without_a_key_does_not_start_and_the_remedy_is_named(resources, tmp_path):
    told = specs(resources, security={"keystore": str(tmp_path)})
    with pytest.raises(
        DataError, match=f"'planner'.*no {tmp_path}/enclaves/planner/key.pem.*security keystore {tmp_path}"
    ):
        environment_of(STACK, told["planner"], resources)


def test_where_security_is_permissive_it_starts_without(resources, tmp_path):
    told = specs(resources, security={"keystore": str(tmp_path), "strategy": "Permissive"})
    assert environment_of(STACK, told["planner"], resources)["ROS_SECURITY_STRATEGY"] == "Permissive"


def test_the_home_may_be_written_as_a_tilde(resources, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with_key(tmp_path / "keys", "scene")
    told = specs(resources, security={"keystore": "~/keys"})
    assert environment_of(STACK, told["scene"], resources)["ROS_SECURITY_KEYSTORE"] == str(tmp_path / "keys")


@pytest.mark.parametrize("wrong", [{"keystore": ""}, {}, {"keystore": "/k", "strategy": "enforce"}, {"keystor": "/k"}])
def test_a_wrong_entry_is_an_error(wrong):
    with pytest.raises(ValueError):
        SecurityConfig.model_validate(wrong)


@pytest.mark.parametrize(("namespace", "path"), [("", "/scene"), ("alice", "/alice/scene"), ("a/b", "/a/b/scene")])
def test_an_enclave_is_below_the_namespace_of_its_robot(namespace, path):
    assert enclave_of(namespace, "scene") == path


def test_a_bridge_is_known_by_the_name_of_its_node(resources):
    told = specs(resources, driver="unitree_ros")
    assert (told["bridge"].node, told["scene"].node) == ("unitree_bridge", "scene")
