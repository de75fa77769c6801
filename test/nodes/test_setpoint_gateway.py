"""Who sent a refused setpoint: the publisher that ROS names, or everybody who publishes where it names none."""

from types import SimpleNamespace

import pytest

from skill_stack.core.processes.setpoint_seal import ForeignSetpoint
from skill_stack.nodes import setpoint_gateway
from skill_stack.nodes.setpoint_gateway import UNKNOWN, SetpointGateway


def publisher(name: str, gid: list[int]) -> SimpleNamespace:
    return SimpleNamespace(node_namespace="/", node_name=name, endpoint_gid=gid)


@pytest.mark.parametrize(
    ("info", "sender"),
    [
        ({"publisher_gid": {"data": b"\x02"}}, "/rogue (publisher 02)"),
        ({"publisher_gid": {"data": b"\x07"}}, UNKNOWN),
        ({}, "one of /connector (publisher 01), /rogue (publisher 02)"),
    ],
    ids=["named", "gone", "Jazzy"],
)
def test_a_refused_setpoint_names_its_sender(monkeypatch: pytest.MonkeyPatch, info: dict, sender: str) -> None:
    there = [publisher("rogue", [2]), publisher("connector", [1])]
    gateway = SetpointGateway(SimpleNamespace(get_publishers_info_by_topic=lambda _: there))

    def refuse(_: object) -> None:
        raise ForeignSetpoint("it has no seal")

    monkeypatch.setattr(setpoint_gateway, "setpoint_of", lambda message: message)
    monkeypatch.setattr(gateway._check, "open", refuse)
    with pytest.raises(ForeignSetpoint) as refused:
        gateway.open(SimpleNamespace(), info)
    assert sender in str(refused.value) and gateway.refused == {sender: 1}
