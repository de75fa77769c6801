"""Recognisers whose models nobody can ship: each against a stand-in of its library with recorded answers."""

import json
import math
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.voice.capture import BYTES
from skill_stack.voice.recognisers import KINDS, make_recogniser
from skill_stack.voice.spoken_grammar import SpokenGrammar

GRAMMAR = SpokenGrammar(
    ("go to {thing}", "sit down"), {"thing": ("{article} {name}",), "article": ("the",), "name": ("red ball", "gizmo")},
    ("please",), ("then",), ("yes",),
)  # fmt: skip
PIECE = np.full(BYTES // 2, 16384, dtype="<i2").tobytes()


@pytest.fixture
def library(monkeypatch):
    """Puts a module in place of a library."""

    def put(name, **content):
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
        for kind in KINDS.values():
            monkeypatch.delitem(sys.modules, f"skill_stack.voice.{kind.place.partition(':')[0]}", raising=False)
        return module

    return put


class VoskDecoder:
    """Answers as vosk's documentation has them."""

    made = []

    def __init__(self, model, rate, words=""):
        self.made.append((rate, json.loads(words) if words else []))
        self.pieces = 0

    def SetWords(self, on):
        assert on

    def AcceptWaveform(self, samples):
        self.pieces += 1
        return self.pieces == 3

    def PartialResult(self):
        return json.dumps({"partial": ["", "go", "go to", ""][self.pieces]})

    def Result(self):
        return json.dumps({"result": [{"word": "go", "conf": 1.0}, {"word": "to", "conf": 0.8}], "text": "go to"})

    def FinalResult(self):
        return json.dumps(
            {"result": [{"word": "[unk]", "conf": 1.0}, {"word": "ball", "conf": 0.6}], "text": "[unk] ball"}
        )


def test_vosk_takes_the_grammar_shows_parts_and_gives_the_mean_of_its_words(library, tmp_path):
    known = {"go": 1, "to": 2, "the": 3, "red": 4, "ball": 5}
    model = SimpleNamespace(vosk_model_find_word=lambda word: known.get(word, -1))
    library("vosk", SetLogLevel=lambda level: None, Model=lambda path: model, KaldiRecognizer=VoskDecoder)
    recogniser = make_recogniser("vosk", tmp_path)
    assert recogniser.bias(GRAMMAR) == ("down", "gizmo", "please", "sit", "then", "yes")
    recogniser.begin()
    rate, words = VoskDecoder.made[-1]
    assert rate == 16000 and "gizmo" in words and words[-1] == "[unk]"
    assert [heard.text for heard in map(recogniser.feed, [PIECE] * 3) if heard] == ["go", "go to"]
    heard = recogniser.end()
    assert heard.text == "go to ball" and heard.final
    assert heard.confidence == pytest.approx((1.0 + 0.8 + 0.6) / 4)  # what it does not know counts as nothing
    recogniser.begin()
    assert recogniser.end().text == "ball"


def test_a_folder_without_a_model_of_vosk_is_named(library, tmp_path):
    def broken(path):
        raise Exception("Failed to create a model")

    library("vosk", SetLogLevel=lambda level: None, Model=broken, KaldiRecognizer=VoskDecoder)
    with pytest.raises(DataError, match="holds no model of vosk"):
        make_recogniser("vosk", tmp_path)


class Transducer:
    """A streaming recogniser that hears one more word with each piece."""

    words = ["GO", "TO", "THE", "RED", "BALL"]

    def __init__(self, **options):
        self.options, self.streams = options, []

    def create_stream(self, **options):
        self.streams.append(SimpleNamespace(heard=0, waiting=0, options=options, ended=False))
        stream = self.streams[-1]
        stream.accept_waveform = lambda rate, samples: self._accept(stream, rate, samples)
        stream.input_finished = lambda: setattr(stream, "ended", True)
        return stream

    def _accept(self, stream, rate, samples):
        assert rate == 16000 and samples.dtype == np.float32 and np.abs(samples).max() <= 1.0
        stream.waiting += 1

    def is_ready(self, stream):
        return stream.waiting > 0

    def decode_stream(self, stream):
        stream.waiting, stream.heard = stream.waiting - 1, stream.heard + 1

    def get_result(self, stream):
        return " ".join(self.words[: stream.heard])

    def ys_probs(self, stream):
        return [math.log(0.9)] * stream.heard


@pytest.mark.parametrize("pieces", [True, False])
def test_sherpa_takes_names_as_hot_words_where_its_model_states_its_pieces(library, tmp_path, pieces):
    for name in ("encoder.onnx", "encoder.int8.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt"):
        (tmp_path / name).write_text("x" * (2 if name == "encoder.onnx" else 1))
    if pieces:
        (tmp_path / "bpe.vocab").write_text("x")
    made = []
    kind = SimpleNamespace(from_transducer=lambda **options: made.append(Transducer(**options)) or made[-1])
    library("sherpa_onnx", OnlineRecognizer=kind)
    recogniser = make_recogniser("sherpa", tmp_path)
    assert made[0].options["encoder"].endswith("encoder.int8.onnx")  # of several the smallest
    recogniser.bias(GRAMMAR)
    recogniser.begin()
    assert ("RED BALL" in made[0].streams[-1].options.get("hotwords", "")) == pieces
    assert [recogniser.feed(PIECE).text for _ in range(4)][-1] == "go to the red"
    heard = recogniser.end()
    assert heard.text == "go to the red ball" and heard.confidence == pytest.approx(0.9) and made[0].streams[-1].ended


def test_sherpa_names_the_file_that_is_missing(library, tmp_path):
    library("sherpa_onnx", OnlineRecognizer=None)
    with pytest.raises(DataError, match=r"has no \*encoder\*\.onnx"):
        make_recogniser("sherpa", tmp_path)


def test_whisper_hears_whole_sentences_from_a_folder_and_keeps_numbers(library, tmp_path):
    asked = []

    class Model:
        def __init__(self, path, **options):
            assert options["local_files_only"] and path == str(tmp_path)

        def transcribe(self, audio, **options):
            asked.append((audio, options))
            segments = [
                SimpleNamespace(text=" Walk 1.5 meters,", avg_logprob=math.log(0.8), no_speech_prob=0.0),
                SimpleNamespace(text=" then sit down!", avg_logprob=math.log(0.6), no_speech_prob=0.5),
            ]
            return iter(segments), None

    library("faster_whisper", WhisperModel=Model)
    recogniser = make_recogniser("whisper", tmp_path)
    recogniser.bias(GRAMMAR)
    recogniser.begin()
    assert recogniser.feed(PIECE) is None
    heard = recogniser.end()
    assert heard.text == "walk 1.5 meters then sit down" and heard.confidence == pytest.approx((0.8 + 0.3) / 2)
    audio, options = asked[0]
    assert audio.max() == pytest.approx(0.5) and "red ball" in options["hotwords"]


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.model])
def test_what_is_missing_says_what_to_do(name, tmp_path, monkeypatch):
    with pytest.raises(DataError, match=f"'{name}' needs a model of yours"):
        make_recogniser(name)
    with pytest.raises(DataError, match="there is no folder"):
        make_recogniser(name, tmp_path / "nowhere")
    module = {"sherpa": "sherpa_onnx", "whisper": "faster_whisper"}.get(name, name)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, f"skill_stack.voice.{KINDS[name].place.partition(':')[0]}", raising=False)
    with pytest.raises(DataError, match=f"make setup EXTRAS={KINDS[name].extra}"):
        make_recogniser(name, tmp_path)


def test_another_name_lists_those_there_are():
    with pytest.raises(UnknownName, match="pocketsphinx, sherpa, vosk, whisper"):
        make_recogniser("siri")
