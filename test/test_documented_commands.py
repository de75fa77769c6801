"""Commands that documents and messages name are understood by the command line itself; nothing is run."""

import argparse
import ast
import io
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path

import pytest

from skill_stack import cli
from skill_stack.core.resources import Resources

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^(?:\$ |sudo |\.venv/bin/|docker compose exec \w+ |ros2 run skill_stack )*skill-stack (.*)$")
NUMBERS = {"N": "1", "S": "1", "X": "1", "Y": "1", "YAW": "1"}  # what stands for a number in documents
NAMED = {  # where the names are that follow these verbs
    "up": ("deployment", ("config/deployments", "config/teams")),
    "eval": ("suite", ("config/scenarios",)),
    "skills": ("robot", ("urdf",)),
    "prepare": ("robot", ("urdf",)),
}


def blocks(text: str) -> Iterator[str]:
    """Lines in code blocks, continued ones in one piece."""
    for block in re.findall(r"^ *```[^\n]*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        yield from re.sub(r"\\\n\s*", "", block).splitlines()


def in_text(text: str) -> Iterator[str]:
    """What stands between single backquotes, outside code blocks."""
    outside = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (" ".join(found.split()) for found in re.findall(r"`([^`]+)`", outside))


def one_by_one(line: str) -> Iterator[list[str]]:
    """The words of every command in a line, without what is said of it."""
    for part in re.split(r"[;|]|&&|\s{2,}", re.sub(r'("[^"]*")', lambda found: found[0].replace(" ", "\0"), line)):
        command = COMMAND.match(part.strip())
        if command:
            words = shlex.split(command[1].replace("[", "").replace("]", "").replace("\0", " "), comments=True)
            yield [NUMBERS.get(word, word) for word in words]


def commands(text: str) -> list[list[str]]:
    return [words for line in (*blocks(text), *in_text(text)) for words in one_by_one(line) if words]


def trouble(words: list[str]) -> str:
    """Why a command is not understood; empty where it is."""
    verb, *rest = words
    if verb in ("…", "VERB", "help", "--help", "--version"):
        return ""
    if verb not in cli.VERBS:
        return f"no verb '{verb}'"
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            parser, left = cli.command_line(verb, rest)
            options = parser.parse_args(left)
    except SystemExit as end:
        return "" if not end.code or not rest else said.getvalue().strip().splitlines()[-1]
    return missing(verb, options)


def missing(verb: str, options: argparse.Namespace) -> str:
    """Which file a command names that there is not."""
    key, folders = NAMED.get(verb, ("", ()))
    name = str(getattr(options, key, "") or "")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return ""
    there = {path.stem for folder in folders for path in Resources((ROOT,), ROOT).list(folder)}
    return "" if name in there else f"{' and '.join(folders)} have no '{name}'"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_documented_commands_are_understood(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = commands(page.read_text("utf-8"))
    made = {words[2] for words in said if words[:2] == ["robot", "new"] and len(words) > 2}
    found = {" ".join(words): why for words in said if (why := trouble(words))}
    assert {words: why for words, why in found.items() if not any(why.endswith(f"'{name}'") for name in made)} == {}


def test_what_is_not_understood_is_found() -> None:
    text = "`skill-stack fly` and `skill-stack bench\nconnector --dropz 3`\n"
    text += "```sh\n$ skill-stack say  x\nskill-stack up --no\n"
    text += "skill-stack stop; skill-stack hover   # both\nskill-stack up nowhere\n```\n"
    wrong = [" ".join(words) for words in commands(text) if trouble(words)]
    assert wrong == ["up --no", "hover", "up nowhere", "fly", "bench connector --dropz 3"]
    assert sum(len(commands(page.read_text("utf-8"))) for page in PAGES) > 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_documented_modules_and_files_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    modules = {ROOT / Path(*name.split(".")) for name in re.findall(r"python3? -m (skill_stack[\w.]+)", text)}
    files = {ROOT / name for name in re.findall(r"`((?:skill_stack|test|packaging|launch|examples)/[\w./]+)`", text)}
    lost = {path for path in modules if not (path.with_suffix(".py").is_file() or (path / "__main__.py").is_file())}
    assert lost | {path for path in files if not path.exists()} == set()


@cache
def options_of(verb: str) -> frozenset[str]:
    """Every option of a verb, of verbs below it, and of all benchmarks."""
    lines = [cli.command_line(verb)[0]]
    if verb == "bench":
        from skill_stack.benchmarks.catalogue import BENCHMARKS

        lines += [cli.command_line(verb, (name, "--no-such-option"))[0] for name in BENCHMARKS]
    found: set[str] = set()
    for line in lines:  # grows while it is walked through
        for action in line._actions:
            found |= set(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                lines += action.choices.values()
    return frozenset(found)


def said_in(path: Path) -> Iterator[str]:
    """Texts in a Python file that names a command; what a text is put together of stands as one word."""
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if "skill-stack " in text else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "WORD" for part in node.values)


def test_messages_name_verbs_and_options_that_there_are() -> None:
    wrong = set()
    for path in (ROOT / "skill_stack").rglob("*.py"):
        for text in said_in(path):
            for verb, rest in re.findall(r"skill-stack ([a-z_]+)((?: [^\s,;:'\"`()]+)*)", text):
                known = options_of(verb) if verb in cli.VERBS else frozenset()
                lost = [word for word in re.findall(r"(?<= )--[a-z-]+", rest) if word not in known]
                if verb not in {*cli.VERBS, "help"} or lost:
                    wrong.add(f"{os.path.relpath(path, ROOT)}: {verb} {' '.join(lost)}")
    assert wrong == set()
