"""Policies of what nodes use, and keystores that the real ``sros2`` makes of them."""

import stat
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("rclpy")

from skill_stack.core.errors import DataError
from skill_stack.nodes.clients.keystore import ToolMissing, make_keystore, policy_of
from skill_stack.nodes.clients.node_access import NodeAccess

SCENE = NodeAccess(("/alice/scene",), ("/alice/perceived",), ("/alice/scene/get_state",), ())
MUTE = NodeAccess((), (), (), ("/alice/scene/get_state",))
POLICY = policy_of({"/alice/scene": ("/alice", "scene", SCENE), "/alice/monitor": ("/alice", "monitor", MUTE)})


@pytest.fixture
def policy(tmp_path) -> Path:
    file = tmp_path / "policy.xml"
    file.write_text(POLICY)
    return file


@pytest.fixture
def tool():
    return pytest.importorskip("sros2.keystore", reason="sros2 is not installed", exc_type=ImportError)


def topics(keystore: Path, enclave: str, way: str) -> list[str]:
    root = ElementTree.parse(keystore / "enclaves" / enclave / "permissions.xml").getroot()
    return [str(one.text) for one in root.findall(f".//allow_rule/{way}/topics/topic")]


def test_a_policy_allows_each_process_what_its_node_uses_and_nothing_else():
    root = ElementTree.fromstring(POLICY)
    assert [one.get("path") for one in root.findall("enclaves/enclave")] == ["/alice/monitor", "/alice/scene"]
    monitor, scene = root.findall("enclaves/enclave/profiles/profile")
    assert (scene.get("ns"), scene.get("node")) == ("/alice", "scene")
    rules = [(one.tag, dict(one.attrib), [each.text for each in one]) for one in scene]
    assert rules == [
        ("topics", {"publish": "ALLOW"}, ["/alice/scene"]),
        ("topics", {"subscribe": "ALLOW"}, ["/alice/perceived"]),
        ("services", {"reply": "ALLOW"}, ["/alice/scene/get_state"]),
    ]
    assert [one.attrib for one in monitor] == [{"request": "ALLOW"}]


def test_without_sros2_its_package_is_named(tmp_path, policy, monkeypatch):
    monkeypatch.setitem(sys.modules, "sros2", None)
    monkeypatch.setenv("ROS_DISTRO", "kilted")
    with pytest.raises(ToolMissing, match="apt install ros-kilted-sros2"):
        make_keystore(tmp_path / "keys", policy, (), "/operator")
    assert not (tmp_path / "keys").exists()


def test_a_keystore_has_keys_that_nobody_else_reads(tool, tmp_path, policy):
    keys = tmp_path / "keys"
    make_keystore(keys, policy, ("/alice/scene", "/alice/monitor"), "/alice/operator")
    assert tool.get_enclaves(keys) == {"/alice/scene", "/alice/monitor", "/alice/operator"}
    private = [file for file in keys.rglob("*key.pem") if not file.is_symlink()]
    assert len(private) == 4 and {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}


def test_permissions_are_those_of_the_policy_and_the_operator_may_do_everything(tool, tmp_path, policy, monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", "7")
    keys = tmp_path / "keys"
    make_keystore(keys, policy, ("/alice/scene", "/alice/monitor"), "/alice/operator")
    assert "rt/alice/scene" in topics(keys, "alice/scene", "publish")
    assert "rt/alice/scene" not in topics(keys, "alice/monitor", "publish")
    assert "rq/alice/scene/get_stateRequest" in topics(keys, "alice/monitor", "publish")
    assert "rt/*" in topics(keys, "alice/operator", "publish")
    root = ElementTree.parse(keys / "enclaves" / "governance.xml").getroot()
    assert [one.text for one in root.iter("id")] == ["7"]
    assert b"rt/alice/perceived" in (keys / "enclaves" / "alice" / "scene" / "permissions.p7s").read_bytes()


def test_a_second_time_keys_stay_and_permissions_are_made_anew(tool, tmp_path, policy):
    keys = tmp_path / "keys"
    make_keystore(keys, policy, ("/alice/scene",), "/operator")
    kept = {file: file.read_bytes() for file in keys.rglob("*key.pem")}
    next(iter(kept)).chmod(0o644)
    policy.write_text(POLICY.replace("/alice/perceived", "/alice/seen"))
    make_keystore(keys, policy, ("/alice/scene", "/alice/monitor"), "/operator")
    assert {file: file.read_bytes() for file in kept} == kept
    assert "rt/alice/seen" in topics(keys, "alice/scene", "subscribe")
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "no policy of ROS"),
        ("<policy version='0.2.0'><wrong/></policy>", "no policy of ROS"),
        (POLICY.replace("/alice/monitor", "/bob/monitor"), "says nothing of /alice/monitor"),
        (None, "no policy of ROS.*does not exist"),
    ],
)
def test_a_wrong_policy_makes_nothing(tool, tmp_path, text, message):
    file = tmp_path / "policy.xml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(DataError, match=message):
        make_keystore(tmp_path / "keys", file, ("/alice/monitor",), "/operator")
    assert not (tmp_path / "keys").exists()
