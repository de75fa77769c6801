"""``skill-stack check`` walks through hands on their buses."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

from skill_stack.runtime.checkup.bench import Bench
from skill_stack.runtime.checkup.machine_steps import can_interface, serial_port
from skill_stack.runtime.checkup.operator import Nobody
from skill_stack.runtime.checkup.walk_through import link, listening, starting

FOLDERS = ("dynamixel", "allegro", "unitree/hand", "../peers")
sys.path[:0] = [str(Path(__file__).parent / folder) for folder in FOLDERS]
from bench_hand import LeapRig  # noqa: E402
from fake_hand import Dex3Rig  # noqa: E402
from virtual_hand import AllegroRig  # noqa: E402


def walked(rig):
    """Results of the steps that move nothing, by name."""
    driver = rig.open()

    def sleep(seconds):
        for _ in range(max(1, round(seconds / rig.STEP))):
            rig.step()

    bench = Bench(rig.robot, driver, lambda: rig.now, sleep)
    results = [starting(bench, driver, Nobody()), *listening(bench, Nobody(), ()), link(driver)]
    bench.release()
    return {result.step: result for result in results}


@pytest.mark.e2e  # nine of ten cycles of a bus thread must be on time
@pytest.mark.parametrize("kind", [LeapRig, AllegroRig, Dex3Rig])
def test_a_hand_as_it_should_be_passes_without_being_asked_for_an_imu(tmp_path, kind):
    rig = kind(tmp_path)
    results = walked(rig)
    rig.close()
    assert {result.verdict for result in results.values()} == {"good"}, results
    assert not any(step.startswith("IMU") for step in results)


def test_a_dead_motor_shows(tmp_path):
    rig = LeapRig(tmp_path)
    rig.bus.cut_power([rig.numbers["mf_dip"], rig.numbers["if_dip"]])
    driver = rig.open()
    rig.until(lambda: (driver.read() or True) and "mf_dip" in driver.health.reason)
    assert not driver.health.drives
    rig.close()


def test_what_leads_to_a_hand_is_looked_at(tmp_path):
    assert "/dev/nowhere" in serial_port("/dev/nowhere").found
    (tmp_path / "can0").mkdir()
    (tmp_path / "can0" / "type").write_text("280\n")
    (tmp_path / "can0" / "flags").write_text("0x40080\n")
    assert "ip link set can0 up" in can_interface("can0", tmp_path).advice
    assert "can0" in can_interface("can7", tmp_path).advice
    (tmp_path / "can0" / "flags").write_text("0x40081\n")
    assert can_interface("can0", tmp_path).verdict == "good"
