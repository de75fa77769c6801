"""A policy of this project as another one might have exported it, and a floor to try it on."""

import pytest

from skill_stack.controllers.policies.network import Network
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up

FLOOR = {"name": "floor", "description": "Nothing but a floor.", "start": [0.0, 0.0, 0.0], "size": [50.0, 50.0],
         "wall_height": 0.0, "objects": []}  # fmt: skip


@pytest.fixture(scope="session")
def bare_floor(tmp_path_factory):
    file = tmp_path_factory.mktemp("floor") / "floor.yaml"
    file.write_text(str(FLOOR))
    return set_up(load_scene(file), 0)


@pytest.fixture(scope="session")
def go2():
    resources = Resources.from_environment({})
    return load_robot(resources.robot("go2"), resources)


@pytest.fixture(scope="session")
def foreign_walk(go2):
    """The Go2's own skills, its walk and stand as another project might have exported them."""
    made = load_library(Resources.from_environment({}), go2)
    entry = made.entries["walk"]
    contract = Network(entry.folder / "policy.onnx", "x").contract
    terms = [{"term": name} for name in contract.observation_names]
    terms[-1]["params"] = {"form": "sin_cos"}
    manifest = PolicyManifest.model_validate({
        "rate": contract.control_rate, "joint_names": contract.joint_names,
        "default_joint_pos": contract.default_joint_pos, "stiffness": contract.joint_stiffness,
        "damping": contract.joint_damping, "inputs": [{"name": "obs", "terms": terms}],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": contract.action_scale},
        "commands": [
            {"name": name, "unit": "m/s", "lower": low, "upper": high}
            for name, (low, high) in zip(contract.command_names, contract.command_ranges)
        ],
        "command_deadband": 0.1,
        "gait": {"period": 1 / contract.gait.frequency, "offsets": contract.gait.offsets, "stand_below": 0.1,
                 "stand": "zero", "stop_delay": contract.gait.stop_delay},
    })  # fmt: skip
    for name in ("walk", "stand"):
        made = made.changed(name, policy=made[name].policy.model_copy(update={"manifest": manifest}))
    return made.changed("walk", timeout=4.0, enter_through=None, preconditions=())
