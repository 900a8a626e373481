"""The manifest and what is written from it; notebooks as sources; the docstrings."""

import ast
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tokenize
from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from packaging.requirements import Requirement
from packaging.version import Version

from conftest import complaints
from tools import course, folding, slides
from tools.course_copy import copy
from tools.lessons import NOTEBOOKS, ROOT, all_lessons, manifest, tags
from tools.strip import strip

LESSONS = all_lessons()
#: What Colab had installed when the ranges were last set.
COLAB = {
    "tensorflow": "2.20.0",
    "keras": "3.13.2",
    "numpy": "2.1.3",
    "pandas": "2.2.3",
    "matplotlib": "3.10.0",
    "statsmodels": "0.14.5",
    "scikit-learn": "1.6.1",
    "ipywidgets": "7.7.1",
}
#: Tokens that are no code, and what may begin with a docstring.
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
HAS_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)


def test_a_fork_changes_one_line(tmp_path):
    """With another address, one command leads every badge and first cell to it."""
    fork = tmp_path / "fork"
    copy(fork)
    shutil.copytree(ROOT / "tools", fork / "tools", dirs_exist_ok=True)
    shutil.copytree(ROOT / "docs", fork / "docs", dirs_exist_ok=True)
    shutil.copy(ROOT / "README.md", fork)
    text = (ROOT / "course.toml").read_text(encoding="utf-8")
    old = manifest()["course"]["repository"]
    new = "https://github.com/somebody/sequences"
    (fork / "course.toml").write_text(text.replace(old, new), encoding="utf-8")

    def run(*arguments):
        command = [sys.executable, "-m", "tools.course", *arguments]
        return subprocess.run(command, cwd=fork, capture_output=True, text=True)

    assert run("--check").returncode == 1
    assert run().returncode == 0
    assert run("--check").returncode == 0
    for path in [fork / "README.md", *(fork / "notebooks").glob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        assert old not in text
        assert "colab.research.google.com/github/somebody/sequences/blob/main/" in text


def test_the_check_sees_a_change():
    lesson = LESSONS[0]
    minutes = folding.rounded(folding.minutes(lesson.read()))
    now, written = manifest()["course"], lesson.read().cells[0].source
    assert course.navigation(now, LESSONS, 0, minutes) in written
    assert course.navigation(now | {"ref": "v2"}, LESSONS, 0, minutes) not in written
    assert course.navigation(now, LESSONS, 0, minutes + 5) not in written


def test_needs_come_before():
    seen = set()
    for lesson in LESSONS:
        assert set(lesson.needs) <= seen, (
            f"{lesson.name} needs a lesson that comes later"
        )
        seen.add(lesson.name)


@by_name
def test_lesson_has_its_parts(lesson):
    notebook = lesson.read()
    assert lesson.title
    assert lesson.question
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    texts = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    assert "## Where to go next" in texts
    if lesson.number == "00":
        return
    assert texts.count("<details>") >= 3, "three questions with folded answers"
    claims = [c for c in notebook.cells if "claim" in tags(c)]
    assert len(claims) >= 3
    for cell in claims:
        assert cell.source.startswith("# Claim: "), cell.source[:60]
        assert "assert " in cell.source
        assert "|" not in cell.source.splitlines()[0], "it would break docs/claims.md"


@by_name
def test_lesson_is_stripped(lesson):
    for path in (lesson.path, lesson.solutions):
        if path.is_file():
            notebook = nbformat.read(path, as_version=4)
            before = nbformat.writes(notebook)
            strip(notebook)
            assert nbformat.writes(notebook) == before, path.name


@by_name
def test_no_cell_is_skipped_or_allowed_to_fail(lesson):
    for cell in lesson.read().cells:
        assert not tags(cell) & {"skip-execution", "raises-exception", "nbval-skip"}


def test_solutions_have_reasons():
    for path in (NOTEBOOKS / "solutions").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        for before, cell in pairwise(cells):
            if cell.cell_type == "code":
                assert before.cell_type == "markdown", path.name
                assert len(before.source.split()) > 8, before.source


def test_public_functions_have_docstrings():
    for path in (ROOT / "utils").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for node in [*tree.body, *(part for found in classes for part in found.body)]:
            if (
                isinstance(node, (ast.FunctionDef, ast.ClassDef))
                and node.name[0] != "_"
            ):
                known = ast.get_docstring(node) or node.name.startswith("on_")
                assert known, f"{path.name}: {node.name} has no docstring"


def test_utils_know_no_lesson_and_lessons_no_tools():
    for path in (ROOT / "utils").glob("*.py"):
        assert not re.search(r"(from|import) (tools|tests|notebooks)", path.read_text())
    for lesson in LESSONS:
        code = "\n".join(c.source for c in lesson.read().cells if c.cell_type == "code")
        assert not re.search(r"(from|import) (tools|tests)\b", code), lesson.name


def code_lines(text):
    """Lines of code of a module: not blank, no comment, no docstring."""
    used = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            used |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, HAS_DOCSTRING) and ast.get_docstring(node) is not None:
            used -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    blank = {n for n, line in enumerate(text.splitlines(), 1) if not line.strip()}
    return len(used - blank)


def test_lines_of_code_are_counted():
    text = '''"""What it is,

    in two lines."""
import numpy  # why

# a comment


class A:
    """Doc."""

    b = """
    text, no docstring

    # and no comment
    """

    def c(self):
        """Doc
        again."""
        return (
            1
        )
'''
    assert code_lines(text) == 1 + 1 + 4 + 1 + 3


def test_utils_stay_thin():
    """What lessons share is plumbing of at most 900 lines. This bound is never raised."""
    files = {
        path.relative_to(ROOT).as_posix(): code_lines(path.read_text(encoding="utf-8"))
        for path in (ROOT / "utils").rglob("*.py")
    }
    assert sum(files.values()) <= 900, files


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        (
            {"output_type": "stream", "name": "stderr", "text": "Warning"},
            "writes to stderr",
        ),
        (
            {"output_type": "stream", "name": "stdout", "text": "MAE {mae:.2f}"},
            "placeholder",
        ),
        (
            {"output_type": "stream", "name": "stdout", "text": "loss {loss}"},
            "placeholder",
        ),
        (
            {
                "output_type": "stream",
                "name": "stdout",
                "text": "{'MAE': 1.0} {} {1, 2}",
            },
            None,
        ),
    ],
)
def test_what_a_run_is_blamed_for(output, complaint):
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(output)])
    found = complaints(nbformat.v4.new_notebook(cells=[cell]))
    assert (complaint in found[0]) if complaint else (found == [])


def test_the_ranges_are_those_that_were_run():
    """A bound that is moved asks for a run: `make test-oldest`, `make test-newest`."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needs = [Requirement(x) for x in lines if x and not x.startswith("#")]
    ran = json.loads((ROOT / "results" / "versions.json").read_text(encoding="utf-8"))
    oldest, newest = ran["oldest"]["versions"], ran["newest"]["versions"]
    ranges = {n.name: n.specifier for n in needs if n.name in oldest}
    assert set(COLAB) <= set(ranges)
    for name, range_ in ranges.items():
        low = next(x.version for x in range_ if x.operator == ">=")
        assert f"{oldest[name]}.".startswith(f"{low}."), f"{name} {low} was not run"
        assert range_.contains(newest[name]), f"{name} {newest[name]} ran, but is out"
        if name in COLAB:
            ends = Version(oldest[name]), Version(newest[name])
            assert ends[0] <= Version(COLAB[name]) <= ends[1], f"{name} on Colab"
            assert range_.contains(COLAB[name])


@by_name
def test_slides_hold_no_more_than_a_screen(lesson):
    notebook = lesson.read()
    assert not slides.overflow(notebook)
    shown = slides.slides(notebook)
    assert len(shown) >= 10
    for cells in shown:
        assert not any(tags(c) & slides.NOT_SHOWN for c in cells)
    kinds = [c.metadata.slideshow.slide_type for c in notebook.cells]
    assert kinds[0] == "slide" and kinds.count("slide") >= 3, "a slide for each section"


@by_name
def test_sections_and_exercises_begin_their_own_cell(lesson):
    for cell in lesson.read().cells:
        if cell.cell_type == "markdown":
            assert "\n## " not in cell.source and "\n### Exercise" not in cell.source


def cells_for_slides(*sources):
    make = {"T": new_markdown_cell, "C": new_code_cell}
    notebook = new_notebook(cells=[make[s[0]](s[2:]) for s in sources])
    slides.assign(notebook)
    return [c.metadata.slideshow.slide_type for c in notebook.cells], notebook.cells


def test_slides_follow_the_lesson():
    long = "x = 1\n" * 25
    kinds, cells = cells_for_slides(
        "T # 99 · Title",
        "T Predict, then run:",
        "C print(1)",
        "T One. It reads the output.",
        "T " + "word " * 90,
        "C import numpy",
        "C def draw(ax):\n    ax.plot()",
        "C " + long + "print(x)",
        "C " + long,
    )
    assert kinds[:4] == ["slide", "subslide", "fragment", "-"]
    assert kinds[4:] == ["subslide", "skip", "skip", "-", "skip"]
    assert tags(cells[7]) == {"slide-output"}, "of a long cell what it prints"


def test_slides_leave_what_an_author_set():
    notebook = LESSONS[0].read()
    code = next(c for c in notebook.cells if c.cell_type == "code" and not tags(c))
    code.metadata["slideshow"]["slide_type"] = "fragment"
    code.source = "x = 1\n" * 40
    slides.assign(notebook)
    assert code.metadata["slideshow"]["slide_type"] == "fragment"
    assert any("40" in said or "41" in said for said in slides.overflow(notebook))
    del code.metadata["slideshow"]
    slides.assign(notebook)
    assert code.metadata["slideshow"]["slide_type"] == "skip"
    assert not slides.overflow(notebook)


def test_slides_are_divided_when_cells_grow():
    kinds, cells = cells_for_slides("T # 99 · Title", "C x = 1", "C " + "y = 2\n" * 10)
    assert kinds == ["slide", "-", "-"]
    notebook = new_notebook(cells=cells)
    cells[1].source = "x = 1\n" * 11
    assert slides.overflow(notebook)
    slides.assign(notebook)
    assert not slides.overflow(notebook)
    assert cells[2].metadata.slideshow.slide_type == "subslide"
    cells[2].source = "y = 2\n" * 30
    slides.assign(notebook)
    assert cells[2].metadata.slideshow.slide_type == "subslide"
    assert slides.overflow(notebook), "a slide of its own that is too long is refused"


def test_shipped_weights_are_small_and_those_of_their_note():
    shipped = sorted((ROOT / "weights").glob("*.npz"))
    assert shipped
    for path in shipped:
        note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        content = path.read_bytes()
        assert len(content) < 1e6
        assert hashlib.sha256(content).hexdigest() == note["sha256"]
        assert note["made_by"] == "python -m tools.make_weights"
