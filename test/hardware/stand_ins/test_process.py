"""What a person may do to the motors of a bus that stands in for a real one."""

import json

import pytest

from skill_stack.hardware.stand_ins.dynamixel.bus import PtyBus
from skill_stack.hardware.stand_ins.dynamixel.process import answer


@pytest.fixture
def bus(tmp_path):
    with PtyBus(range(3), tmp_path / "tty") as made:
        yield made


def test_words_do_what_happens_on_a_table(bus):
    assert json.loads(answer(bus, "unplug\n")) == {"pulling": False, "on": False, "angles": {"0": 0, "1": 0, "2": 0}}
    assert not bus.path.is_symlink()
    answer(bus, "plug")
    answer(bus, "mute 1")
    assert bus.path.is_symlink() and bus.mute == {1}
    answer(bus, "hear 1")
    answer(bus, "cut")
    assert not bus.mute and not any(motor.powered for motor in bus.motors.values())


@pytest.mark.parametrize("line", ["", "explode", "mute", "mute 9", "plug 1"])
def test_other_words_change_nothing_and_are_told(bus, line):
    assert "unplug" in json.loads(answer(bus, line))["error"]
    assert bus.path.is_symlink() and not bus.mute
