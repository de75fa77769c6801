import filled
import numpy as np
import pytest

from skill_stack.core.errors import UnknownName
from skill_stack.hardware.unitree.messages import messages_go as go
from skill_stack.hardware.unitree.messages import messages_hg as hg
from skill_stack.hardware.unitree.messages.packed_message import PackedMessage

FIELDS = ("q", "dq", "tau", "kp", "kd")
PATHS = tuple(f"motor_cmd.{name}" for name in FIELDS)


@pytest.mark.parametrize(
    ("message", "crc"), [(filled.go_command(), 0xC3CE19AC), (filled.hg_command(), 0xD036AFBD)], ids=["go", "hg"]
)
def test_packed_bytes_are_those_of_the_serializer(message, crc):
    packed = PackedMessage(type(message))
    packed.rows(PATHS)[:] = [[getattr(motor, name) for name in FIELDS] for motor in message.motor_cmd]
    packed.fill("motor_cmd.mode", 1)
    if isinstance(message, go.LowCmd):
        packed.view("head")[:] = message.head
        packed.fill("level_flag", message.level_flag)
    else:
        packed.fill("mode_machine", message.mode_machine)
    message.crc = crc
    assert packed.signed() == message.serialize(use_version_2=False)
    assert packed.signed() == packed.signed(), "the sum does not enter itself"


def test_wrong_fields_are_refused():
    packed = PackedMessage(hg.LowCmd)
    with pytest.raises(ValueError, match="not evenly spaced"):
        packed.rows(("motor_cmd.q", "motor_cmd.reserve"))  # a float and a whole number
    with pytest.raises(ValueError, match="not evenly spaced"):
        packed.view("motor_cmd.mode")  # the first one is not padded
    with pytest.raises(UnknownName, match=r"motor_cmd\.mode"):
        packed.fill("motor_cmd.mod", 1)
    with pytest.raises(ValueError):
        packed.rows(PATHS)[:] = np.zeros((34, 5))
