"""A Dex3-1 hand on the vendor's network that is not one: motors of its own, real time-outs, and faults on demand.

Example: ``python test/peers/dex3/peer.py --side right --domain 67 --control /tmp/peer.sock``
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `dex3` and `unitree`, wherever it is run from

from dex3.firmware import Dex3Firmware
from dex3.messages import HandCmd, HandState
from unitree.bus import Bus, news
from unitree.control import ControlSocket, Message

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.processes.stop_signal import StopSignal

PRIORITY = 40  # under SCHED_FIFO: a real hand never stalls
GIVE_UP_BEHIND = 0.1  # s behind the clock at which lost time is given up instead of made good in a burst
ASIDE_EVERY = 5  # turns between two looks at what tests ask
WORDS = ("mute", "deaf", "dead", "motors", "error", "heal", "report")


class HandPeer:
    """The hand: a turn takes commands, lets its motors move, and publishes a state.

    Attributes:
        mute: Whether no state is published.
        deaf: Whether commands are not heard.
    """

    def __init__(self, bus: Bus, side: str, period: float) -> None:
        """Joins the network.

        Args:
            bus: Its network.
            side: Which hand it is.
            period: Time between two states, s.
        """
        self.firmware = Dex3Firmware(side)
        self.mute = self.deaf = False
        self._bus, self._period = bus, period  # the domain ends with its bus
        self._reader = bus.reader(f"rt/dex3/{side}/cmd", HandCmd)
        self._writers = [bus.writer(f"rt/{way}dex3/{side}/state", HandState) for way in ("", "lf/")]
        self._turns = 0

    def turn(self) -> None:
        """One period; every tenth state is published at the low rate too."""
        commands = news(self._reader)
        for command in commands if not self.deaf else ():
            self.firmware.obey(command)
        self.firmware.advance(self._period)
        self._turns += 1
        if not self.mute:
            state = self.firmware.state()
            for writer in self._writers[: 2 if self._turns % 10 == 0 else 1]:
                writer.write(state)

    def obey(self, message: Message) -> Message:
        """Does what a test asks for.

        Raises:
            SkillStackError: It asks for something that there is not.
        """
        do, values = message["do"], message
        if do not in WORDS:
            raise SkillStackError(f"'{do}' is none of {', '.join(WORDS)}")
        if do in ("mute", "deaf"):
            setattr(self, do, True)
        elif do == "dead":
            self.firmware.dead.add(values["motor"])
        elif do in ("motors", "error"):
            setattr(self.firmware, do, values["value"])
        elif do == "heal":
            self.mute = self.deaf = False
            self.firmware.dead.clear()
            self.firmware.motors, self.firmware.error = 7, 0
        return self.firmware.report()


def run(peer: HandPeer, period: float, control: ControlSocket | None, stop: StopSignal) -> None:
    """Turns by the monotonic clock until asked to stop."""
    clock = time.monotonic
    begin, done = clock(), 0
    while not stop.asked:
        time.sleep(max(begin + done * period - clock(), 0.0))
        peer.turn()
        done += 1
        if control is not None and done % ASIDE_EVERY == 0:
            for message, sender in control.requests():
                control.answer(_answer(peer, message), sender)
        if clock() - (begin + done * period) > GIVE_UP_BEHIND:
            begin, done = clock(), 0


def _answer(peer: HandPeer, message: Message) -> Message:
    try:
        return peer.obey(message)
    except (SkillStackError, KeyError, TypeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="peer", description=__doc__)
    parser.add_argument("--side", choices=("left", "right"), default="right")
    parser.add_argument("--domain", type=int, default=int(os.environ.get("ROS_DOMAIN_ID", "0")), help="DDS domain")
    parser.add_argument("--interface", default="lo", help="network interface")
    parser.add_argument("--rate", type=float, default=250.0, help="rate of states, Hz; the vendor's is not documented")
    parser.add_argument("--control", type=Path, help="path of a Unix socket on which tests ask")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Is a hand until SIGTERM or SIGINT."""
    options, stop = parse(argv), StopSignal()
    peer: Any = HandPeer(Bus(options.domain, options.interface), options.side, 1.0 / options.rate)
    control = ControlSocket(options.control) if options.control else None
    enter_real_time(PRIORITY)
    print("ready", flush=True)
    try:
        run(peer, 1.0 / options.rate, control, stop)
    finally:
        if control is not None:
            control.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
