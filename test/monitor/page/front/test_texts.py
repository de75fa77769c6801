"""The texts of the page: complete in each language, and none in the code; and nothing becomes markup."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from skill_stack.monitor.page.static_files import load_static
from test.monitor.page.front.scripted_page import STATIC

ROOT = Path(__file__).parents[4]
MODULES = sorted(STATIC.glob("*.js"))
ENGLISH = json.loads((STATIC / "text" / "en.json").read_text())
LANGUAGES = sorted(path.stem for path in (STATIC / "text").glob("??.json"))
COMPUTED = (
    "mode.", "step.", "node.", "role.", "event.", "talk.", "who.", "stop.", "estop.", "reset.", "theme.", "fault.",
)  # fmt: skip
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function|srcdoc"
)


def sources() -> str:
    return "".join(path.read_text() for path in (*MODULES, STATIC / "index.html"))


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_a_language_has_every_text_with_the_same_placeholders(language: str) -> None:
    texts = json.loads((STATIC / "text" / f"{language}.json").read_text())
    assert list(texts) == list(ENGLISH)
    slots = {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in ENGLISH.items()}
    assert {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in texts.items()} == slots
    assert all(text.strip() for text in texts.values())
    assert sum(texts[key] == ENGLISH[key] for key in texts) < 12  # names like "Plan" alone are the same


def test_german_is_chosen_where_it_is_there() -> None:
    offered = re.search(r"LANGUAGES = \{(.*)\}", (STATIC / "words.js").read_text())
    assert offered is not None and LANGUAGES == sorted(re.findall(r"(\w\w):", offered[1])) == ["de", "en"]


def test_every_text_that_is_used_is_there_and_every_text_is_used() -> None:
    text = sources()
    used = set(re.findall(r"""\bt\(\s*"([\w.]+)\"""", text)) | set(re.findall(r'data-\w+="([a-z_]+\.?\w*)"', text))
    named = {key for key in ENGLISH if f'"{key}"' in text}
    assert {key for key in used if "." in key} <= ENGLISH.keys()
    unused = {key for key in ENGLISH.keys() - named if not key.startswith(COMPUTED) and not key.endswith(".one")}
    assert not unused


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_makes_no_markup_of_text(path) -> None:
    assert not MARKUP.search(path.read_text())


def test_examples_name_skills_that_there_are() -> None:
    skills = {path.parent.name for path in (ROOT / "models").glob("*/*/skill.yaml")}
    for one in json.loads((STATIC / "text" / "examples.json").read_text()):
        assert set(one["needs"]) <= skills, one


def test_every_file_of_the_page_is_packed_and_served() -> None:
    packed = re.search(r"package_data=\{NAME: (\[.*?\])", (ROOT / "setup.py").read_text("utf-8"))
    assert packed is not None
    files = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    assert {f"**/*{Path(name).suffix}" for name in files} <= set(ast.literal_eval(packed[1]))
    assert files == load_static(STATIC).keys()
    named = set(re.findall(r"/static/([\w./]+)\"", sources())) | set(re.findall(r'from "\./(\w+\.js)"', sources()))
    assert named <= files and {path.name for path in MODULES} <= named
