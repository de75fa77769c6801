"""``skill-stack security``: what it needs; the keystore itself is tested in ``test/nodes/clients/test_keystore.py``."""

import json
import stat
import sys

import pytest

pytest.importorskip("rclpy")

from skill_stack import cli
from skill_stack.nodes.clients.keystore import policy_of
from skill_stack.nodes.clients.node_access import NodeAccess

NODES = ("controller", "connector", "planner", "scene", "lifecycle_manager", "monitor")


@pytest.fixture
def tool():
    return pytest.importorskip("sros2.keystore", reason="sros2 is not installed", exc_type=ImportError)


def test_without_sros2_nothing_is_asked_of_anybody(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sros2", None)
    assert cli.main(["security", "keystore", str(tmp_path / "keys")]) == 1
    assert "apt install ros-" in capsys.readouterr().err and not (tmp_path / "keys").exists()


def test_without_a_stack_it_says_how_to_start_one(tool, tmp_path, capsys):
    assert cli.main(["security", "keystore", str(tmp_path / "keys"), "--namespace", "nobody"]) == 1
    assert "no stack is up" in capsys.readouterr().err and not (tmp_path / "keys").exists()


def test_a_policy_of_ones_own_is_signed_without_a_stack(tool, tmp_path, capsys):
    used = NodeAccess(("/rosout",), (), (), ())
    file = tmp_path / "mine.xml"
    file.write_text(policy_of({f"/alice/{name}": ("/alice", name, used) for name in NODES}))
    words = ["--policy", str(file), "--deployment", "go2_sim", "--namespace", "alice", "--json"]
    assert cli.main(["security", "keystore", str(tmp_path / "keys"), *words]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["operator"]["ROS_SECURITY_ENCLAVE_OVERRIDE"] == "/alice/operator"
    assert set(said["enclaves"]) == {f"/alice/{name}" for name in NODES} == tool.get_enclaves(tmp_path / "keys") - {
        "/alice/operator"
    }  # fmt: skip
    assert stat.S_IMODE((tmp_path / "keys" / "private" / "ca.key.pem").stat().st_mode) == 0o600
