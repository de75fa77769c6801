"""The pages of docs/ build as a site without a warning: every link, anchor and name of the interface is there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Builds a site strictly, with the mkdocs of this Python."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", config, "--site-dir", site]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, timeout=180, check=False)


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = build(ROOT / "mkdocs.yml", tmp_path)
    assert done.returncode == 0, done.stderr
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    built = {path.parent.relative_to(tmp_path) for path in tmp_path.rglob("index.html")}
    assert {page.parent if page.name == "index" else page for page in pages} == built
    core = (tmp_path / "api" / "core" / "index.html").read_text(encoding="utf-8")
    assert 'id="skill_stack.core.plan.Plan"' in core and "Name of the plan, unique in a session." in core
    assert ":class:" not in core


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_pages_beside_the_site_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)[^)]*\)", (ROOT / name).read_text(encoding="utf-8"))
    assert [link for link in links if link != "https" and not (ROOT / link).exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[lost](nowhere.md)", "nowhere.md"),
        ("[lost](#no-such-heading)", "no-such-heading"),
        ("::: skill_stack.core.plan.NoSuchPlan", "NoSuchPlan"),
    ],
)
def test_what_is_not_there_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.md").write_text(f"# One page\n\n{text}\n", encoding="utf-8")
    config = tmp_path / "mkdocs.yml"
    own = {"INHERIT": f"{ROOT / 'mkdocs.yml'}", "docs_dir": f"{pages}", "nav": ["index.md"]}
    config.write_text(json.dumps(own | {"hooks": [f"{ROOT / 'packaging' / 'site_hooks.py'}"]}), encoding="utf-8")
    done = build(config, tmp_path / "site")
    assert done.returncode != 0 and said in done.stderr
