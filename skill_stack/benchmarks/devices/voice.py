"""Spoken commands with noise through the recogniser: word errors, commands that became the right plan, and the stop."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from rapidfuzz.distance import Levenshtein

from skill_stack.benchmarks.devices.made_speech import MadeVoice, end_of, mixed, padded, pink
from skill_stack.benchmarks.report import Row
from skill_stack.core.data_file import load_model
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import MonitorConfig
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SLOT
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.planner import Planner
from skill_stack.voice.capture import BYTES, CHUNK
from skill_stack.voice.heard import RATE, Utterance
from skill_stack.voice.loudness import Fault
from skill_stack.voice.recognisers import make_recogniser
from skill_stack.voice.spoken_grammar import SpokenGrammar
from skill_stack.voice.stop_spotter import StopSpotter
from skill_stack.voice.talk import Talk
from skill_stack.voice.voice_settings import VoiceSettings

SEED = 4211
"""Of the figures; the thresholds of ``config/voice.yaml`` were set on seeds 1 to 3."""
COMMANDS = 100
SNRS = (20.0, 10.0, 5.0)
BEFORE, AFTER = 0.4, 1.2  # s of noise around a sentence
QUIET = 1.0  # s of noise before a stop, in which what is heard is false
STOPS = 60
WAKE = MonitorConfig().wake
LATEST = 0.7  # s from the end of the word
_TWO, _POLITE = 0.25, 0.2  # shares of sentences


@dataclass(slots=True)
class VoiceStage:
    """A robot that is talked to.

    Attributes:
        settings: Of voice.
        grammar: What can be said.
        planner: Its planner.
        answer: Plans a text.
    """

    settings: VoiceSettings
    grammar: SpokenGrammar
    planner: Planner
    _place: tuple[object, frozenset[Fact]] = field(default=(None, frozenset()))

    @classmethod
    def make(cls, robot: str = "go2", scene: str = "playground") -> VoiceStage:
        """A standing robot in a scene."""
        found = Resources.from_environment(os.environ)
        settings = load_model(VoiceSettings, found.find("config/voice.yaml", "settings of voice"))
        library = load_library(found, load_robot(found.robot(robot), found))
        setup = set_up(load_scene(found.scene(scene)), 0)
        graph = replace(setup.graph(), robot=setup.start)
        names = [name for thing in graph.objects.values() for name in (thing.label, *thing.names)]
        facts = place_facts(graph) | {Fact("posture", ("robot", "standing"))}
        grammar = SpokenGrammar.of_robot(library, names, settings)
        return cls(settings, grammar, Planner(library), (graph, facts))

    def plan(self, text: str) -> Plan:
        """The answer to a text."""
        graph, facts = self._place
        return self.planner.plan(Instruction(text), graph, facts)  # type: ignore[arg-type]

    def commands(self, rng: np.random.Generator) -> Iterator[str]:
        """Sentences of the grammar that give a plan, in order of drawing, each once."""
        said: set[str] = set()
        while True:
            count = 2 if rng.random() < _TWO else 1
            joined = f" {rng.choice(self.grammar.joining)} ".join(self._command(rng) for _ in range(count))
            text = f"{rng.choice(self.grammar.polite)} {joined}" if rng.random() < _POLITE else joined
            if text not in said and self.plan(text).tree is not None:
                said.add(text)
                yield text

    def _command(self, rng: np.random.Generator) -> str:
        text = str(rng.choice(self.grammar.commands))
        while SLOT.search(text):
            text = SLOT.sub(lambda found: str(rng.choice(self.grammar.slots[found[1]])), text)
        return text


@dataclass(slots=True)
class Hearing:
    """What became of sentences.

    Attributes:
        words: Number of words said.
        errors: Words that were wrong, missing or too many.
        right: Sentences whose plan is that of what was said.
        wrong: Sentences whose plan is another one.
        unsure: Sentences that were called unsure or faulty.
        unsure_wrong: Sentences among those that were not right.
        seconds: Time of this process for each second of audio.
        examples: What was said, and heard instead.
    """

    words: int = 0
    errors: int = 0
    right: int = 0
    wrong: int = 0
    unsure: int = 0
    unsure_wrong: int = 0
    count: int = 0
    seconds: list[float] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def take(self, said: str, heard: Utterance, fault: Fault | None, stage: VoiceStage) -> None:
        """Counts one sentence."""
        truth = said.split()
        self.count += 1
        self.words += len(truth)
        self.errors += Levenshtein.distance(truth, heard.text.split())
        wanted, got = _steps(stage.plan(said)), _steps(stage.plan(heard.text)) if heard.text else None
        right = wanted == got
        self.right += right
        self.wrong += not right and got is not None
        self.unsure += fault is not None
        self.unsure_wrong += fault is not None and not right
        if not right:
            self.examples.append(f"“{said}” → “{heard.text}”")


def _steps(plan: Plan) -> list[tuple[str, tuple[tuple[str, object], ...]]] | None:
    """What a plan does; None where it does nothing."""
    return [(one.skill, tuple(sorted(one.arguments.items()))) for one in plan.steps] or None


def hear(talk_settings: VoiceSettings, recogniser: object, audio: np.ndarray) -> tuple[Utterance, Fault | None]:
    """One sentence from a press of the key, through all that a person's words go through."""
    done: list[tuple[Utterance, Fault | None]] = []
    talk = Talk(recogniser, talk_settings, lambda _: None, lambda *found: done.append(found))  # type: ignore[arg-type]
    talk.press()
    for piece in pieces(audio):
        if not done:
            talk.take(piece)
    talk.ended()
    return done[0]


def pieces(audio: np.ndarray) -> Iterator[bytes]:
    """Audio as a microphone gives it."""
    data = audio.tobytes()
    yield from (data[place : place + BYTES].ljust(BYTES, b"\0") for place in range(0, len(data), BYTES))


def measure(seconds: float) -> list[Row]:
    """Says commands until the time is over, the same ones with every noise; a third of it for the stop.

    Args:
        seconds: How long, s; the figures of ``docs/results/voice.md`` need 1500 s of a core.
    """
    stage = VoiceStage.make()
    recogniser = make_recogniser("pocketsphinx")
    recogniser.bias(stage.grammar)
    rng = np.random.default_rng(SEED)
    commands = stage.commands(rng)
    counts = {snr: Hearing() for snr in SNRS}
    end = time.perf_counter() + 0.7 * seconds
    for number in range(COMMANDS):
        if number and time.perf_counter() > end:
            break
        said = next(commands)
        audio = padded(MadeVoice.draw(rng).say(said), BEFORE, AFTER)
        noise = pink(len(audio), rng)
        for snr, counted in counts.items():
            begin = time.process_time()
            heard, fault = hear(stage.settings, recogniser, mixed(audio, noise, snr))
            counted.seconds.append((time.process_time() - begin) * RATE / len(audio))
            counted.take(said, heard, fault, stage)
    rows = [row for snr, counted in counts.items() for row in _rows(snr, counted)]
    return [*rows, *stop_rows(stage, rng, 0.3 * seconds)]


def _rows(snr: float, counted: Hearing) -> list[Row]:
    name, count = f"SNR {snr:g} dB", max(counted.count, 1)
    unsure = f"{counted.unsure} called unsure, {counted.unsure_wrong} of them wrong"
    return [
        Row(f"word error rate, {name}", 100.0 * counted.errors / max(counted.words, 1), "%",
            note=f"{counted.errors} of {counted.words} words in {counted.count} sentences"),
        Row(f"commands that became the right plan, {name}", 100.0 * counted.right / count, "%", better="higher",
            note=f"{counted.right} of {counted.count}; {counted.wrong} another plan; {unsure}"),
        Row(f"time of a core for a second of audio, {name}", float(np.median(counted.seconds)), "s"),
    ]  # fmt: skip


def stop_rows(stage: VoiceStage, rng: np.random.Generator, seconds: float) -> list[Row]:
    """How many stops the small path hears and how fast, and how often it hears one in other speech."""
    rows, end = [], time.perf_counter() + seconds
    phrases = list(stage.settings.stop)
    for snr in SNRS:
        late, missed, count, awake = list[float](), 0, 0, 0
        while count < STOPS and (not count or time.perf_counter() < end):
            speech = MadeVoice.draw(rng).say(phrases[count % len(phrases)])
            audio = padded(speech, QUIET, AFTER)
            moment = spotted(stage.settings, mixed(audio, pink(len(audio), rng), snr), QUIET)
            missed += moment is None
            if moment is not None:  # some are heard before their end
                late.append(max(0.0, moment - QUIET - end_of(speech)))
            audio = padded(MadeVoice.draw(rng).say(WAKE), QUIET, AFTER)
            awake += spotted(stage.settings, mixed(audio, pink(len(audio), rng), snr), QUIET, WAKE) is not None
            count += 1
        worst = max(late, default=float("nan"))
        rows += [
            Row(f"spoken stops that are heard, SNR {snr:g} dB", 100.0 * (count - missed) / count, "%", better="higher",
                note=f"{count - missed} of {count}"),
            Row(f"end of the word → heard, worst, SNR {snr:g} dB", 1e3 * worst, "ms", 1e3 * LATEST,
                spread=tuple(1e3 * np.percentile(late, [10, 90])) if late else None,
                note="" if late else f"none of {count} was heard"),
            Row(f"wake words that are heard, SNR {snr:g} dB", 100.0 * awake / count, "%", better="higher",
                note=f"“{WAKE}”, {awake} of {count}"),
        ]  # fmt: skip
    return [*rows, *_false_alarms(stage, rng, end)]


def spotted(settings: VoiceSettings, audio: np.ndarray, since: float, wake: str = "") -> float | None:
    """When a stop or wake word is heard in audio, s from its beginning, with what the piece took to be worked on.

    What is heard before ``since``, where the word begins, is a false stop and no hit.
    """
    spotter = StopSpotter(settings, wake)
    for number, piece in enumerate(pieces(audio), 1):
        begin = time.perf_counter()
        heard = [kind for kind, _ in spotter.take(piece) if (kind == "wake") == bool(wake)]
        if heard and number * CHUNK > since:
            return number * CHUNK + time.perf_counter() - begin
    return None


def _false_alarms(stage: VoiceStage, rng: np.random.Generator, end: float) -> list[Row]:
    """Stops and wake words heard in commands that hold none, at 10 dB."""
    spotter, length, commands = StopSpotter(stage.settings, WAKE), 0.0, stage.commands(rng)
    said: dict[str, list[str]] = {"stop": [], "estop": [], "wake": []}
    while not length or (length < 600.0 and time.perf_counter() < end + 60.0):
        text = next(commands)
        audio = padded(MadeVoice.draw(rng).say(text), 0.2, 0.5)
        length += len(audio) / RATE
        for piece in pieces(mixed(audio, pink(len(audio), rng), 10.0)):
            for kind, _ in spotter.take(piece):
                said[kind].append(text)
    return [
        Row(f"false {name} in an hour of commands", 3600.0 * len(texts) / length, "1/h",
            note=f"{len(texts)} in {length:.0f} s of commands without one, SNR 10 dB; {'; '.join(texts[:5])}")
        for name, texts in (("stops", said["stop"] + said["estop"]), ("wake words", said["wake"]))
    ]  # fmt: skip
