"""The import page: every command in its table makes a skill of an export that lies where the command says."""

import argparse
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml

from skill_stack.cli import main
from skill_stack.commands.skills import import_policy
from skill_stack.core.data_file import read_yaml
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from test.controllers.importers import conftest as make  # the exports in small

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "import.md"
POLICIES = ROOT.parent / "shared" / "policies"
TRACKED = "command,motion_anchor_ori_b,base_ang_vel,joint_pos,joint_vel,actions"


def commands() -> dict[str, str]:
    """Command by trainer, as the table has them."""
    table = PAGE.read_text(encoding="utf-8").split("## One command per trainer")[1].split("\n## ")[0]
    found = re.findall(r"^\| ([^|]+) \| `(skill-stack import [^`]+)`", table, re.MULTILINE)
    return dict(found)


def rl_sar(path: Path, **changes) -> None:
    made = make.write_rl_sar(path.parents[2] / "made", **changes)
    shutil.move(made, path)
    base = yaml.safe_load((made.parent / "base.yaml").read_text())
    (path.parent / "base.yaml").write_text(yaml.safe_dump(base))


def robomimic(path: Path) -> None:
    terms = ["ang_vel", "gravity_vec", "dof_pos", "dof_vel", "actions", "RoboMimic_Deploy/phase"]
    rl_sar(path, seen=43, observations=terms)


def gym(path: Path) -> None:
    make.write_gym(path.parent).rename(path)


def real(name: str):
    """A real export, where it lies beside the project."""

    def copy(path: Path) -> None:
        if not POLICIES.is_dir():
            pytest.skip("the policies of other projects are not beside this one")
        source = POLICIES / name
        if source.is_dir():
            shutil.copytree(source, path)
        else:
            shutil.copyfile(source, path)

    return copy


def plain(path: Path) -> None:
    """A network that says nothing, and mine.yaml."""
    make.export(path, 45)
    terms = ("base_ang_vel", "projected_gravity", "velocity_commands", "joint_pos_rel", "joint_vel_rel", "last_action")
    mine = {
        "rate": 50.0, "joint_names": list(make.MOTORS), "default_joint_pos": make.POSE, "stiffness": [25.0] * 12,
        "damping": [0.5] * 12, "action": {"kind": "default_plus_scaled", "scale": 0.25},
        "inputs": [{"name": "obs", "terms": [{"term": name} for name in terms]}],
        "commands": [{"name": name, "unit": "m/s", "lower": -1.0, "upper": 1.0} for name in ("vx", "vy", "wz")],
    }  # fmt: skip
    (path.parent / "mine.yaml").write_text(yaml.safe_dump(mine))


MADE = {
    "unitree_rl_lab, unitree_rl_mjlab": make.write_lab,
    "mjlab": make.write_mjlab,
    "whole_body_tracking, mjlab tracking (with or without state estimation)": lambda path: make.write_tracking(
        path, TRACKED, 69, bodies=("pelvis", "torso_link")
    ),
    "holosoma": real("holosoma/ppo_g1_29dof.onnx"),
    "rl_sar": rl_sar,
    "rl_sar, RoboMimic": robomimic,
    "unitree_rl_gym": gym,
    "ASAP": make.write_asap,
    "Isaac Lab": make.write_isaac,
    "Isaac Lab 3, LEAPP": make.write_leapp,
    "mujoco_playground": real("mujoco_playground/go1_policy.onnx"),
    "mujoco_playground, LEAP cube": real("mujoco_playground/leap_reorient_policy.onnx"),
    "any, as TorchScript": None,  # its own tests export one, which takes some seconds
    "anything else": plain,
}


def test_every_row_of_the_table_is_tried_here() -> None:
    assert set(commands()) == set(MADE)


@pytest.mark.parametrize("trainer", MADE)
def test_its_command_makes_a_skill_that_can_be_used(trainer, overlay, tmp_path, monkeypatch, capsys) -> None:
    words = shlex.split(commands()[trainer])[1:]
    parser = argparse.ArgumentParser()
    import_policy.add_arguments(parser)
    options = parser.parse_args(words[1:])
    assert not options.path.is_absolute()
    if MADE[trainer] is None:
        assert options.trust_torchscript and options.path.suffix == ".pt"
        return
    resources = Resources.from_environment({})
    names = load_robot(resources.robot(options.robot), resources).joint_names
    if options.robot == "g1":
        monkeypatch.setattr(make, "MOTORS", list(names[:12]))
    place = tmp_path / "work"
    path = place / options.path
    path.parent.mkdir(parents=True)
    MADE[trainer](path)
    monkeypatch.chdir(place)
    assert main([*words, "--json"]) == 0, capsys.readouterr().err
    told = json.loads(capsys.readouterr().out)
    assert told["usable"], told["reason"]
    assert Path(told["folders"][0]).is_relative_to(overlay)


@pytest.mark.parametrize("preset", sorted((ROOT / "config" / "importers").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_preset_has_its_source_and_is_on_the_page(preset) -> None:
    assert f"--preset {preset.stem}" in PAGE.read_text(encoding="utf-8")
    assert "# Source: " in preset.read_text(encoding="utf-8") and isinstance(read_yaml(preset), dict)
