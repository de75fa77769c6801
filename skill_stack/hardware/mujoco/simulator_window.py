"""Window of MuJoCo's viewer on the simulator process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import mujoco

from skill_stack.core.processes.process_log import ProcessLog


class Window(Protocol):
    """What the simulator needs of a window."""

    def sync(self) -> None:
        """Shows the present state."""

    def close(self) -> None:
        """Closes the window."""


def open_window(
    model: mujoco.MjModel, data: mujoco.MjData, environment: Mapping[str, str], log: ProcessLog
) -> Window | None:
    """Opens a window that follows a simulation, or logs why there is none.

    Args:
        model: The model.
        data: Its data.
        environment: Usually ``os.environ``; states whether there is a display.
        log: Where a missing display is reported.
    """
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        log.warn("no window: neither DISPLAY nor WAYLAND_DISPLAY is set; the web monitor shows the robot too")
        return None
    import mujoco.viewer  # needs a display already at import

    window: Window = mujoco.viewer.launch_passive(model, data, show_left_ui=False, show_right_ui=False)
    return window
