"""Reports for people say what happened, and text from elsewhere stays text."""

from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.report import html, markdown, plot
from skill_stack.evaluation.suite import Suite
from skill_stack.evaluation.suite_run import SuiteResult

TASKS = [{"skill": "turn", "success": ["end_tilt <= 0.3 rad"]}, {"skill": "sit", "success": ["end_tilt <= 0.3 rad"]}]
SUITE = Suite.model_validate({"name": "two", "description": "Two tasks.", "robot": "go2", "tasks": TASKS})


def result(failing=()):
    rows = [
        Episode(task, seed, (task, seed) not in failing, "succeeded", "<b>fell & broke</b>", {"end_tilt": 0.01 * seed})
        for task in ("turn", "sit")
        for seed in range(1, 101)
    ]
    return SuiteResult(SUITE, tuple(rows))


def test_markdown_has_counts_figures_and_failures():
    text = markdown(result({("sit", seed) for seed in range(1, 31)}))
    assert "| turn | 100 of 100 | 0.964 to 1.000 | yes |" in text
    assert "| sit | 70 of 100 | 0.600 to 0.788 | no |" in text
    assert "| end_tilt | 0.01 | 0.505 | 1 |" in text
    assert "- seed 20:" in text and "- seed 21:" not in text and "- and 10 more" in text


def test_html_needs_no_other_file_and_escapes():
    page = html(result({("sit", 1)}), {"sit": (1, b"picture")}, "")
    assert "data:image/webp;base64,cGljdHVyZQ==" in page
    assert "<b>fell" not in page and "&lt;b&gt;fell &amp; broke" in page
    assert page.count("<circle") == 2
    assert "No pictures" not in page
    assert "No pictures: apt-get install libegl1" in html(result(), {}, "apt-get install libegl1")


def test_the_plot_tells_what_counts():
    assert plot(result()).count("#228833") == 4
    assert "#cc6633" in plot(result({("sit", seed) for seed in range(50)}))
