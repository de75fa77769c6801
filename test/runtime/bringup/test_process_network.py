"""Which interfaces the ROS of a process is told to use; that it does is tested by real sockets in ``test_reach``."""

from xml.etree import ElementTree

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.runtime.bringup import process_network
from skill_stack.runtime.bringup.process_network import process_environment
from skill_stack.runtime.bringup.ros_environment import profile_variable, ros_environment

REACH, PROFILE = "ROS_AUTOMATIC_DISCOVERY_RANGE", profile_variable({})
SPACE = {"d": "http://www.eprosima.com"}
STACK = ros_environment({})


@pytest.fixture
def resources(overlay, monkeypatch) -> Resources:
    """The data of the stack on a machine with two cables."""
    addresses = {"eth0": "192.168.123.18", "eth1": "10.0.0.4", "wlan0": ""}
    monkeypatch.setattr(process_network, "check_interface", lambda name, origin: None)
    monkeypatch.setattr(process_network, "address_of", addresses.__getitem__)
    return Resources.from_environment({"SKILL_STACK_OVERLAY": str(overlay)})


def test_without_interfaces_it_is_the_environment_of_the_stack(resources):
    assert process_environment(STACK, (), "bridge", resources) == STACK


def test_fast_dds_is_bound_to_loopback_and_to_the_interfaces_alone(resources):
    changed = process_environment(STACK, ("eth0", "eth1"), "bridge", resources)
    root = ElementTree.parse(changed[PROFILE]).getroot()
    assert [one.text for one in root.findall(".//d:interfaceWhiteList/d:address", SPACE)] == [
        "127.0.0.1", "192.168.123.18", "10.0.0.4",
    ]  # fmt: skip
    peers = [one.text for one in root.findall(".//d:initialPeersList//d:address", SPACE)]
    assert peers == ["127.0.0.1", "239.255.0.1"]
    assert root.findtext(".//d:initialPeersList//d:port", namespaces=SPACE) == "7400"
    assert root.findtext(".//d:useBuiltinTransports", namespaces=SPACE) == "false"
    assert (changed[REACH], changed["RMW_IMPLEMENTATION"]) == ("SYSTEM_DEFAULT", "rmw_fastrtps_cpp")
    assert process_environment(STACK, ("eth0", "eth1"), "bridge", resources) == changed


def test_another_domain_has_a_port_and_a_profile_of_its_own(resources):
    changed = process_environment({**STACK, "ROS_DOMAIN_ID": "3"}, ("eth0",), "bridge", resources)
    root = ElementTree.parse(changed[PROFILE]).getroot()
    assert root.findtext(".//d:initialPeersList//d:port", namespaces=SPACE) == "8150"
    assert changed[PROFILE] != process_environment(STACK, ("eth0",), "bridge", resources)[PROFILE]


def test_an_address_that_changed_is_in_the_next_profile(resources, monkeypatch):
    process_environment(STACK, ("eth0",), "bridge", resources)
    monkeypatch.setattr(process_network, "address_of", lambda name: "172.16.0.9")
    changed = process_environment(STACK, ("eth0",), "bridge", resources)
    assert "172.16.0.9" in (resources.overlay / "dds" / "eth0-0.xml").read_text()
    assert changed[PROFILE] == str(resources.overlay / "dds" / "eth0-0.xml")


def test_older_releases_get_the_variable_that_they_know(resources):
    changed = process_environment(ros_environment({"ROS_DISTRO": "jazzy"}), ("eth0",), "bridge", resources)
    assert "FASTRTPS_DEFAULT_PROFILES_FILE" in changed and "FASTDDS_DEFAULT_PROFILES_FILE" not in changed


def test_cyclone_dds_gets_the_interfaces_themselves(resources):
    stack = ros_environment({"RMW_IMPLEMENTATION": "rmw_cyclonedds_cpp"})
    changed = process_environment(stack, ("eth0",), "bridge", resources)
    names = [one.get("name") for one in ElementTree.fromstring(changed["CYCLONEDDS_URI"]).iter("NetworkInterface")]
    assert names == ["lo", "eth0"] and changed[REACH] == "SUBNET"


@pytest.mark.parametrize(
    ("said", "interfaces", "message"),
    [
        ({}, ("wlan0",), "interfaces of 'bridge': wlan0 has no IPv4 address; for example: ip addr add"),
        ({"RMW_IMPLEMENTATION": "rmw_zenoh_cpp"}, ("eth0",), "can be set for Fast DDS and Cyclone DDS"),
        ({PROFILE: "/mine.xml"}, ("eth0",), "your own Fast DDS profile /mine.xml decides"),
    ],
)
def test_what_cannot_be_set_is_an_error_and_not_another_network(resources, said, interfaces, message):
    with pytest.raises(DataError, match=message):
        process_environment(ros_environment(said), interfaces, "bridge", resources)


def test_an_interface_that_is_not_there_is_named_with_those_there_are(overlay):
    found = Resources.from_environment({"SKILL_STACK_OVERLAY": str(overlay)})
    with pytest.raises(DataError, match=r"interfaces of 'bridge': there is no network interface 'nothing7'.*\blo\b"):
        process_environment(STACK, ("nothing7",), "bridge", found)
