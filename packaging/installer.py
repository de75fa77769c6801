"""Fills environments with packages by uv, which asks the indexes that pip is configured for; standard library alone."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from steps import StepFailed, Steps

HINT = "Is the network there? Repeat `make setup`: what was fetched is kept; if it fails again, `make clean` first."
# The newest release of torch brings gigabytes of CUDA with it; tests and demos do without.
TORCH = "torch==2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu/"
INDEX_SECONDS = 10.0  # to answer; behind some firewalls only the package index does
SETTINGS = {  # of pip: the variable of uv, and what stands between several values
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}


def python_of(venv: Path) -> Path:
    """Returns the Python of an environment."""
    return venv / "bin" / "python"


def pip(venv: Path) -> list[object]:
    """Returns the command that runs the pip of an environment."""
    return [python_of(venv), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def uv_settings(listed: str) -> dict[str, str]:
    """Translates what ``pip config list`` prints into variables of uv; those of the environment count most."""
    found = re.findall(r"^(.*)\.([\w-]+)=(['\"].*['\"])$", listed, re.MULTILINE)
    ordered = sorted(found, key=lambda line: line[0] == ":env:")
    values = {name: ast.literal_eval(text).split() for _, name, text in ordered}
    return {variable: between.join(values[name]) for name, (variable, between) in SETTINGS.items() if name in values}


def answers(index: str) -> bool:
    """Tells whether an index can be reached from here."""
    try:
        with urllib.request.urlopen(index, timeout=INDEX_SECONDS):
            return True
    except OSError:  # no name, no way, no answer, no certificate
        return False


class Installer:
    """Installs requirements into environments; without uv, by their own pip.

    Args:
        steps: What runs the commands.
        home: Folder for uv and for what it fetched.
    """

    def __init__(self, steps: Steps, home: Path) -> None:
        self._steps = steps
        self._home = home
        # pip takes the best of all its indexes; uv would take the first that knows a name
        self._environment = {
            **os.environ,
            "UV_CACHE_DIR": str(home / "cache"),
            "UV_INDEX_STRATEGY": "unsafe-best-match",
        }
        self._uv = home / "bin" / "uv"

    def prepare(self) -> None:
        """Gets uv from where pip gets packages."""
        if not self._uv.is_file():
            self._steps.run("make an environment for uv", [sys.executable, "-m", "venv", self._home], hint=HINT)
            self._steps.run("fetch uv", [*pip(self._home), "install", "uv"], hint=HINT)
        listed = subprocess.run([*pip(self._home), "config", "list"], capture_output=True, text=True, check=False)
        self._environment |= uv_settings(listed.stdout)

    def install(self, title: str, venv: Path, needs: list[object], *options: str) -> None:
        """Installs requirements; modules are compiled when first imported, as most never are.

        Raises:
            StepFailed: neither uv nor pip could do it.
        """
        cpu = ["--torch-backend", "cpu"] if TORCH in needs and answers(TORCH_CPU_INDEX) else []
        command = [self._uv, "pip", "install", "--no-progress", "--python", python_of(venv), *cpu, *options, *needs]
        try:
            self._steps.run(title, command, environment=self._environment)
        except StepFailed as failure:
            if self._steps.stopped:
                raise
            print(f"{failure}\nuv failed; trying with pip", flush=True)
            again = [*pip(venv), "install", "--no-compile", "--prefer-binary", *options, *needs]
            self._steps.run(f"{title} by pip", again, hint=HINT)
