"""Words of stop: what stops a robot in fifteen languages, and what only has such a word in it."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core import stop_words
from skill_stack.core.stop_words import LONGEST, StopLanguage, StopWords, find_stop

FILE = Path(stop_words.__file__).with_name("stop_words.yaml")
LANGUAGES = yaml.safe_load(FILE.read_text("utf-8"))
ROOT = Path(__file__).resolve().parents[2]

STOPS = {
    "en": ["stop", "Hey, stop that", "wait, stop", "stop it!", "STOP STOP STOP", "please don't move",
           "no, stop right there"],
    "de": ["stopp", "halt bitte", "Bleib sofort stehen!", "hör auf damit", "hor auf", "hoer auf"],
    "fr": ["arrête", "arrete", "Arrêtez-vous, s'il vous plaît !", "arrête ça tout de suite", "ne bouge plus"],
    "es": ["alto", "¡Para ya!", "oye, detente", "por favor, pare"],
    "it": ["fermati", "Fermo lì!", "alt, per favore", "basta"],
    "pt": ["pare", "Pára já!", "pare com isso, por favor", "nao se mexa"],
    "nl": ["stop", "hou op alsjeblieft", "Sta stil!", "houd op daarmee"],
    "pl": ["stój", "stoj", "Zatrzymaj się natychmiast!", "proszę przestań"],
    "ru": ["стоп", "СТОЙ!", "остановитесь, пожалуйста", "стооой"],
    "tr": ["dur", "DUR!", "lütfen durun", "kıpırdama", "kipirdama"],
    "ar": ["توقف", "قِفْ", "من فضلك توقف", "أوقف ذلك", "اوقف", "توقـــف"],
    "hi": ["रुको", "अरे, रुक जाओ!", "कृपया रुकिए", "प्लीज रुको"],
    "zh": ["停", "停下来！", "请马上停下", "别动", "停停停", "請停下來"],
    "ja": ["止まれ", "止まってください。", "ちょっと待って、ストップ！", "それをやめて", "ｽﾄｯﾌﾟ"],
    "ko": ["멈춰", "멈춰주세요", "지금 당장 멈춰 주세요!", "정지", "그만해"],
}  # fmt: skip
EMERGENCIES = [
    "emergency stop", "E-STOP", "estop!", "hey, emergency stop now", "Not-Aus", "NOTHALT!", "arrêt d’urgence",
    "noodstop", "parada de emergencia", "parada de emergência", "arresto di emergenza", "stop awaryjny",
    "аварийная остановка", "acil durdurma", "توقف طارئ", "आपातकालीन स्टॉप", "紧急停止", "緊急停止！", "非常停止",
    "비상정지",
    "stop, emergency stop",
]  # fmt: skip
OTHERS = [
    "", " ", "!", "go to the bus stop", "stop at the blue box", "walk until I say stop", "alto saxophone bring",
    "stop for 5 seconds", "go to the red ball and stop", "don't stop", "do not stop", "wait", "no", "please", "hey",
    "that", "stoop", "hold that", "hold for me", "stay there", "stop and sit down", "no parking", "停车场", "不停",
    "バス停",
    "ne t'arrête pas", "non fermarti", "не останавливайся", "geh zur Haltestelle", "halte den Ball", "para la mesa",
    "durum", "stop 2", "don't stop walking", "never stop walking",
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in STOPS.items() for text in texts])
def test_a_stop_is_heard_in_every_language(language, text):
    assert language in LANGUAGES and find_stop(text) == "stop"


@pytest.mark.parametrize("text", EMERGENCIES)
def test_an_emergency_stop_is_more_than_a_stop(text):
    assert find_stop(text) == "estop"


@pytest.mark.parametrize("text", OTHERS)
def test_a_word_of_stop_among_other_words_is_none(text):
    assert find_stop(text) is None


@pytest.mark.parametrize(
    "text", ["stop waving", "please stop closing your hand.", "you can stop walking, please", "hör auf zu laufen",
             "arrête d'avancer", "deja de caminar", "smettila di girare", "перестань идти", "stop met lopen"],
)  # fmt: skip
def test_what_is_to_end_may_be_named(text):
    assert find_stop(text) == "ending"


@pytest.mark.parametrize(
    "text", ["stop walking and sit down", "stop sing", "arrête de marcher et assieds-toi", "stop", "stop ing"]
)
def test_words_that_ask_for_more_name_nothing_that_ends(text):
    assert find_stop(text) != "ending"


@pytest.mark.parametrize(
    "text",
    ["ＳＴＯＰ！", "StOp", "stooooop", "STOPPPP!!!", "stopstopstop", "s\u200btop", "*stop*", "stop 🛑", "\u202eстой",
     "arre\u0302te", "ARRÊTE", "  stop\n", "alto, halt, stop, стоп, 停!"],
)  # fmt: skip
def test_how_it_is_written_makes_no_difference(text):
    assert find_stop(text) == "stop"


def test_who_says_nothing_else_for_long_means_it():
    assert find_stop("stop " * LONGEST) == "stop"
    assert find_stop("停" * LONGEST * 2) == "stop"
    assert find_stop("stop " * 300 + "at the ball") is None
    assert find_stop("x" * 10**6) is None


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=300) | st.text(st.characters(categories=["Cs", "Mn", "Lo", "Cf"]), max_size=60))
def test_no_text_is_too_much(text):
    assert find_stop(text) in (None, "stop", "estop", "ending")


PHRASES = [(kind, text) for one in LANGUAGES.values() for kind in ("stop", "alone", "emergency") for text in one[kind]]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PHRASES),
    st.lists(st.sampled_from(sorted({text for one in LANGUAGES.values() for text in one["attention"]})), max_size=3),
    st.sampled_from([str.upper, str.title, str.casefold, str.strip]),
)
def test_politeness_around_it_and_case_take_nothing_away(phrase, around, write):
    kind, text = phrase
    expected = "estop" if kind == "emergency" else "stop"
    assert find_stop(write(", ".join([*around[:1], text, *around[1:]]) + "!")) == expected


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PHRASES), st.sampled_from(["ball", "table", "Kiste", "стол", "卓"]), st.booleans())
def test_a_thing_beside_it_takes_it_away(phrase, thing, before):
    assert find_stop(f"{thing} {phrase[1]}" if before else f"{phrase[1]} {thing}") in (None, "ending")


def test_no_phrase_of_a_skill_but_those_that_halt_is_a_stop():
    files = sorted(ROOT.glob("models/*/*/skill.yaml"))
    phrases = {text for file in files for text in yaml.safe_load(file.read_text("utf-8")).get("phrases", ())}
    assert len(phrases) > 50
    assert {text for text in phrases if find_stop(text)} <= {"stop", "halt", "freeze", "stop moving", "do not move"}


def test_the_file_holds_what_its_head_says():
    assert set(LANGUAGES) == set(STOPS) and len(LANGUAGES) == 15
    for code, one in LANGUAGES.items():
        assert set(one) == set(StopLanguage.__dataclass_fields__), code
        for kind, texts in one.items():
            assert all(isinstance(text, str) and stop_words._words(text) for text in texts), (code, kind)
            assert len(texts) == len(set(texts)), (code, kind)
        assert all(text.endswith("*") or text.endswith("*ing") for text in one["ending"]), code
        assert one["stop"] and one["emergency"] and one["attention"], code


def test_a_misspelt_key_is_an_error():
    with pytest.raises(TypeError, match="stops"):
        StopWords({"xx": StopLanguage(**{**LANGUAGES["de"], "stops": []})})


def test_it_needs_nothing_heavy():
    """What a stop waits for when a process has just begun."""
    look = "import sys; import skill_stack.core.stop_words; print(*sys.modules)"
    found = set(subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split())
    ours = {name for name in found if name.startswith("skill_stack")}
    assert ours == {"skill_stack", "skill_stack.core", "skill_stack.core.stop_words"}
    assert not found & {"numpy", "pydantic", "scipy", "numba", "rclpy", "mujoco", "prompt_toolkit", "viser"}
