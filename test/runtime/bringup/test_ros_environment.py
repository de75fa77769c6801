"""What the stack adds to the environment of ROS, and what it leaves to the person."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from skill_stack.runtime.bringup.ros_environment import ros_environment

REACH = "ROS_AUTOMATIC_DISCOVERY_RANGE"
PROFILE = next(name for name in ros_environment({}) if name.endswith("_DEFAULT_PROFILES_FILE"))
SPACE = {"d": "http://www.eprosima.com"}


def is_loopback(environment: dict[str, str]) -> bool:
    """Whether Fast DDS is told to use the loopback interface alone, and the ROS layer to add nothing to that."""
    root = ElementTree.parse(environment[PROFILE]).getroot()
    allowed = [one.text for one in root.findall(".//d:interfaceWhiteList/d:address", SPACE)]
    builtin = root.findtext(".//d:useBuiltinTransports", namespaces=SPACE)
    return allowed == ["127.0.0.1"] and builtin == "false" and environment[REACH] == "SYSTEM_DEFAULT"


@pytest.mark.parametrize("said", [{}, {REACH: "LOCALHOST"}, {REACH: "", "ROS_STATIC_PEERS": ""}])
def test_ros_stays_on_this_machine_unless_someone_says_otherwise(said: dict[str, str]) -> None:
    changed = ros_environment(said)
    assert is_loopback(changed)
    assert changed["RMW_IMPLEMENTATION"] == "rmw_fastrtps_cpp"  # no other one would read the profile
    assert ros_environment(changed) == changed


def test_who_asks_for_the_network_gets_it() -> None:
    changed = ros_environment({REACH: "SUBNET"})
    assert changed[REACH] == "SUBNET" and not is_loopback(changed)
    assert REACH not in ros_environment({"ROS_STATIC_PEERS": "10.0.0.2"})
    here = ros_environment({})
    assert ros_environment({**here, REACH: "SUBNET"})[PROFILE] == changed[PROFILE]  # also below a stack that stays here
    assert is_loopback(ros_environment({**changed, REACH: "LOCALHOST"}))


def test_another_middleware_is_told_in_its_own_words() -> None:
    changed = ros_environment({"RMW_IMPLEMENTATION": "rmw_cyclonedds_cpp"})
    assert changed[REACH] == "LOCALHOST" and PROFILE not in changed


def test_the_profile_of_the_network_is_xml_that_exists() -> None:
    file = Path(ros_environment({"A": "b", REACH: "SUBNET"})[PROFILE])
    transports = ElementTree.parse(file).getroot().find(".//d:builtinTransports", SPACE)
    assert transports is not None and transports.text == "UDPv4"  # shared memory would leave files behind
    assert ros_environment({"A": "b"})["A"] == "b"


def test_older_releases_get_the_name_that_they_know() -> None:
    assert "FASTRTPS_DEFAULT_PROFILES_FILE" in ros_environment({"ROS_DISTRO": "jazzy"})
    assert "FASTDDS_DEFAULT_PROFILES_FILE" in ros_environment({"ROS_DISTRO": "kilted"})


@pytest.mark.parametrize(("wheel", "name"), [("8.4.3", "FASTRTPS"), ("9.3.3", "FASTDDS")])
def test_ros_from_pip_gets_the_name_by_its_wheel(monkeypatch: pytest.MonkeyPatch, wheel: str, name: str) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: wheel)
    assert f"{name}_DEFAULT_PROFILES_FILE" in ros_environment({})


def test_a_home_that_takes_no_writes_does_not_keep_ros_from_logging(tmp_path: Path) -> None:
    assert "ROS_LOG_DIR" in ros_environment({"HOME": "/proc"})
    assert "ROS_LOG_DIR" not in ros_environment({"HOME": str(tmp_path)})
    assert ros_environment({"HOME": "/proc", "ROS_LOG_DIR": "/own"})["ROS_LOG_DIR"] == "/own"


@pytest.mark.parametrize("name", ["FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE"])
def test_a_profile_of_the_persons_own_is_kept(name: str) -> None:
    changed = ros_environment({name: "/own.xml"})
    assert {value for key, value in changed.items() if key.endswith("PROFILES_FILE")} == {"/own.xml"}
    assert changed[REACH] == "LOCALHOST"
