"""Listen client: a prompt to which a person can talk; what was heard is shown and corrected before it goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from skill_stack.core.resources import Resources
from skill_stack.core.stop_words import find_stop
from skill_stack.monitor.status_board import PageEvent
from skill_stack.nodes.clients.console_key import console_of
from skill_stack.nodes.prompt_node import PromptNode, converse, start_ros
from skill_stack.teleop.prompt_session import PromptSession
from skill_stack.voice.heard import Recogniser, Utterance
from skill_stack.voice.loudness import Fault
from skill_stack.voice.speech_out import SpeechOut
from skill_stack.voice.spoken_grammar import SpokenGrammar
from skill_stack.voice.talk import TELL, Talk
from skill_stack.voice.voice_process import EAR, VoiceProcess
from skill_stack.voice.voice_settings import VoiceSettings

_ALOUD = ("good", "bad")


class Listening:
    """What joins ear, recogniser, prompt and node."""

    def __init__(
        self, node: PromptNode, recogniser: Recogniser, settings: VoiceSettings, grammar: Callable[..., SpokenGrammar]
    ) -> None:
        """Prepares.

        Args:
            node: Sends words and stops.
            recogniser: Makes words of audio.
            settings: Of voice.
            grammar: Gives what can be said, for names of things.
        """
        self._node, self._recogniser, self._grammar = node, recogniser, grammar
        self.talk = Talk(recogniser, settings, self._shown, self._done)
        self.session: PromptSession | None = None
        node.on_names = self._take_names

    def note(self, event: Mapping[str, Any]) -> None:
        """Takes an event of the ear."""
        kind = event["event"]
        if kind in ("stop", "estop"):
            self._say(f"heard “{event['phrase']}”: {kind}")
            if not event["reached"]:
                self._node.ask(kind)  # the robot is elsewhere, or nobody's
        elif kind == "wake":
            self.talk.wake()
            self._show("listening …")
        elif kind == "problem":
            self._say(f"nothing is heard: {event['text']}. You can still type.")
        elif kind == "ended":
            self.talk.ended()

    def press(self) -> None:
        """The key to talk."""
        self.talk.press()
        if self.talk.listening:
            self._show("listening …")

    def _take_names(self, names: list[str]) -> None:
        self._recogniser.bias(self._grammar(names))
        if self.session is not None:
            self.session.complete_with(self._grammar(names).names())

    def _shown(self, text: str) -> None:
        self._show(f"… {text}")

    def _done(self, heard: Utterance, fault: Fault | None) -> None:
        stop = find_stop(heard.text)
        if stop in ("stop", "estop"):  # the ear may have missed it
            self._node.ask(stop)
            self._say(f"heard “{heard.text}”: {stop}")
            return
        others = "; or: " + ", ".join(text for text, _ in heard.alternatives[:3]) if heard.alternatives else ""
        self._show(TELL[fault] if fault else f"{100 * heard.confidence:.0f} % sure{others}. Enter sends it.")
        if heard.text and self.session is not None:
            self.session.offer(heard.text)

    def _show(self, text: str) -> None:
        if self.session is not None:
            self.session.show(text)

    def _say(self, text: str) -> None:
        self._node.events.put(f"  {text}")


def listen(
    namespace: str,
    ear: Sequence[str],
    recogniser: Recogniser,
    settings: VoiceSettings,
    grammar: Callable[..., SpokenGrammar],
    aloud: bool,
) -> int:
    """Runs until the person leaves.

    Args:
        namespace: ROS namespace of the robot.
        ear: Command line of the ear.
        recogniser: Makes words of audio.
        settings: Of voice.
        grammar: Gives what can be said, for names of things.
        aloud: Whether outcomes are said aloud.

    Returns:
        0; 1 when the link to ROS broke.
    """
    start_ros(["--ros-args", "--disable-external-lib-logs", "-r", f"__ns:=/{namespace}"])
    colour = not os.environ.get("NO_COLOR") and sys.stdout.isatty()
    resources = Resources.from_environment(os.environ)
    node = PromptNode(colour, console_of(resources))
    listening = Listening(node, recogniser, settings, grammar)
    if aloud:
        out = SpeechOut(settings.speak)
        node.on_event = lambda event: out.say(event.text) if _is_said(event) else None
    session = PromptSession(
        node.callbacks(False), grammar(()).names(), node.events, Path(resources.overlay), colour, talk=listening.press
    )
    listening.session = session
    hearing = VoiceProcess(EAR, ear, listening.note, listening.talk.take)
    try:
        converse(node, session)
    finally:
        hearing.close()
    return int(node.lost)


def _is_said(event: PageEvent) -> bool:
    return event.kind in _ALOUD
