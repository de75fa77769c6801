"""RunMemory: the connector node's records of runs between its starts."""

from __future__ import annotations

import time

import numpy as np
from sensor_msgs.msg import JointState

from skill_stack.connector.selection.known import track_record
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.statistics.keeper import RunKeeper
from skill_stack.connector.statistics.store import store_path
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.stack_node import StackNode


class RunMemory:
    """Opens the record of runs, and measures them by ``joint_states``.

    Attributes:
        observer: For the connector.
    """

    def __init__(self, node: StackNode, library: SkillLibrary, settings: ConnectorSettings) -> None:
        """Reads the records.

        Args:
            node: The connector node.
            library: Skills of the robot.
            settings: How skills are chosen.
        """
        log = node.get_logger()
        self._keeper = RunKeeper(store_path(node.resources), library.body, log.warning)
        self.observer = RunObserver(
            track_record(library, self._keeper.known),
            np.random.default_rng(),
            time.time,
            self._keeper,
            settings.choosing,
            lambda change: log.info(str(change)),
            self._keeper.own,
        )
        subscribe(node, JointState, "joint_states", as_it_is, self._take_joints, NEWEST)

    def _take_joints(self, message: JointState) -> None:
        if not self.observer.watching or len(message.velocity) != len(message.effort):
            return
        stamp = message.header.stamp
        moment = stamp.sec + 1e-9 * stamp.nanosec
        self.observer.joints(moment, np.array(message.velocity), np.array(message.effort))

    def close(self) -> None:
        """Writes pending records."""
        self._keeper.close()
