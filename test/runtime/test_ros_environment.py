"""What the stack adds to the environment of ROS, and what it leaves to the person."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from skill_stack.runtime.ros_environment import ros_environment


def test_ros_stays_on_this_machine_unless_someone_says_otherwise() -> None:
    assert ros_environment({})["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "LOCALHOST"
    assert ros_environment({"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET"})["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "SUBNET"
    assert "ROS_AUTOMATIC_DISCOVERY_RANGE" not in ros_environment({"ROS_STATIC_PEERS": "10.0.0.2"})


def test_the_profile_is_xml_that_exists() -> None:
    file = Path(ros_environment({"A": "b"})["FASTDDS_DEFAULT_PROFILES_FILE"])
    space = {"d": "http://www.eprosima.com"}
    transports = ElementTree.parse(file).getroot().find(".//d:builtinTransports", space)
    assert transports is not None and transports.text == "UDPv4"  # shared memory would leave files behind
    assert ros_environment({"A": "b"})["A"] == "b"


def test_older_releases_get_the_name_that_they_know() -> None:
    assert "FASTRTPS_DEFAULT_PROFILES_FILE" in ros_environment({"ROS_DISTRO": "jazzy"})


def test_a_home_that_takes_no_writes_does_not_keep_ros_from_logging(tmp_path: Path) -> None:
    assert "ROS_LOG_DIR" in ros_environment({"HOME": "/proc"})
    assert "ROS_LOG_DIR" not in ros_environment({"HOME": str(tmp_path)})
    assert ros_environment({"HOME": "/proc", "ROS_LOG_DIR": "/own"})["ROS_LOG_DIR"] == "/own"


@pytest.mark.parametrize("name", ["FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE"])
def test_a_profile_of_the_persons_own_is_kept(name: str) -> None:
    changed = ros_environment({name: "/own.xml"})
    assert {value for key, value in changed.items() if key.endswith("PROFILES_FILE")} == {"/own.xml"}
