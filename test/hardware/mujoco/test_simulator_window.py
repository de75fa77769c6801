import io

import mujoco

from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.hardware.mujoco.simulator_window import open_window


def test_without_a_display_it_says_so_and_goes_on():
    model = mujoco.MjModel.from_xml_string("<mujoco/>")
    text = io.StringIO()
    assert open_window(model, mujoco.MjData(model), {}, ProcessLog("simulator", text)) is None
    assert "DISPLAY" in text.getvalue() and "web monitor" in text.getvalue()
