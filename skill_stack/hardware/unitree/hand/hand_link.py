"""Dex3Link: all connections of one process to a hand on the robot's network."""

from __future__ import annotations

from skill_stack.hardware.unitree.hand.settings import Dex3Hand, Dex3Settings
from skill_stack.hardware.unitree.link import Inlet, Outlet, ends
from skill_stack.hardware.unitree.messages.messages_hg import HandCmd, HandState
from skill_stack.hardware.unitree.network import join
from skill_stack.hardware.unitree.topics import hand_command_topic, hand_state_topic
from skill_stack.hardware.unitree.writer_watch import Watch, WriterWatch


class Dex3Link:
    """Reader, writer and the watch over other writers; commands nothing by itself.

    Attributes:
        states: Topic of the hand's states.
        inlet: States of the hand.
        outlet: Commands to it.
        watch: Other writers of the same commands.
    """

    def __init__(self, hand: Dex3Hand, settings: Dex3Settings, mark: bytes) -> None:
        """Joins the network.

        Args:
            hand: The hand as its firmware sees it.
            settings: Where it is.
            mark: What marks writers of this stack.

        Raises:
            DataError: The network cannot be joined, or ``cyclonedds`` cannot pack.
        """
        inlet, outlet = ends(settings.packed)
        participant = join(settings)
        topic = hand_command_topic(hand.side)
        self.states = hand_state_topic(hand.side, settings.states == "low")
        self.inlet: Inlet = inlet(participant, self.states, HandState)
        self.watch: Watch = WriterWatch(participant, topic, HandCmd, mark)
        self.outlet: Outlet = outlet(participant, topic, HandCmd, mark)
