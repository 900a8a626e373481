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
from dataclasses import replace
from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from packaging.requirements import Requirement
from packaging.version import Version

from conftest import complaints
from tools import course, folding, questions, slides, timetables
from tools.course_copy import copy
from tools.lessons import NOTEBOOKS, ROOT, Lesson, all_lessons, manifest, tags
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
    text = (ROOT / "course.toml").read_text(encoding="utf-8")
    old = manifest()["course"]["repository"]
    new = "https://github.com/somebody/sequences"
    run = fork_of(fork, text.replace(old, new))
    assert run("--check").returncode == 1
    assert run().returncode == 0
    assert run("--check").returncode == 0
    for path in [fork / "README.md", *(fork / "notebooks").glob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        assert old not in text
        assert "colab.research.google.com/github/somebody/sequences/blob/main/" in text
    assert new in (fork / "CITATION.cff").read_text(encoding="utf-8")
    readme = (fork / "README.md").read_text(encoding="utf-8")
    assert "https://somebody.github.io/sequences/" in readme
    assert readme.count("/somebody/sequences/blob/executed/notebooks/") == len(LESSONS)


def test_without_an_address_no_badge_and_no_link_is_dead():
    for path in [ROOT / "README.md", *(x.path for x in LESSONS)]:
        assert course.published(manifest()["course"]) or (
            "colab-badge" not in path.read_text(encoding="utf-8")
        )


def test_the_check_sees_a_change():
    lesson = LESSONS[0]
    minutes = folding.rounded(folding.minutes(lesson.read()))
    now, written = manifest()["course"], lesson.read().cells[0].source
    assert course.navigation(now, LESSONS, 0, minutes) in written
    fork = now | {"repository": "https://github.com/somebody/sequences"}
    assert course.navigation(fork, LESSONS, 0, minutes) not in written
    assert course.navigation(now, LESSONS, 0, minutes + 5) not in written


def fork_of(folder, manifest_text):
    """A copy of the course with another manifest; returns what runs its tools.course."""
    copy(folder)
    shutil.copytree(ROOT / "tools", folder / "tools", dirs_exist_ok=True)
    shutil.copytree(ROOT / "docs", folder / "docs", dirs_exist_ok=True)
    for name in ("README.md", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    (folder / "course.toml").write_text(manifest_text, encoding="utf-8")

    def run(*arguments):
        command = [sys.executable, "-m", "tools.course", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True)

    return run


def with_optional(*names, value="true"):
    """The manifest's text with these lessons marked optional."""
    text = (ROOT / "course.toml").read_text(encoding="utf-8")
    for name in names:
        head = f"[lessons.{name}]\n"
        assert head in text
        text = text.replace(head, f"{head}optional = {value}\n")
    return text


def test_an_optional_lesson_is_marked_and_passed_over(tmp_path):
    """In its title cell, the README's table, the hours and the timetables."""
    last = max(x.name for x in LESSONS if not x.optional)
    run = fork_of(tmp_path / "fork", with_optional("26_deeper", last))
    assert run("--check").returncode == 1
    made = run()
    assert made.returncode == 0, made.stderr
    assert run("--check").stdout.count("differs") == 0

    def title(number):
        (path,) = (tmp_path / "fork" / "notebooks").glob(f"{number}_*.ipynb")
        line = nbformat.read(path, 4).cells[0].source.split("minutes to work through")
        return line[1]

    names = [x.number for x in LESSONS]
    after = names[names.index("26") + 1]
    assert "**optional**" in title("26") and "**optional**" not in title("25")
    assert "← [25 · " in title("26") and f"[{after} · " in title("26")
    assert "← [25 · " in title(after) and "26" not in title(after).split("needs")[1]
    assert f"[{after} · " in title("25") and "optional: [26 · " in title("25")
    assert title("25").index(f"[{after} · ") < title("25").index("[26 · ")
    assert "→" not in title(last[:2])
    readme = (tmp_path / "fork" / "README.md").read_text(encoding="utf-8")
    rows = [x for x in readme.splitlines() if "(optional)" in x]
    marked = {"26_deeper", last} | {x.name for x in LESSONS if x.optional}
    assert [row[3:5] for row in rows] == [x.number for x in LESSONS if x.name in marked]
    teaching = (tmp_path / "fork" / "docs" / "teaching.md").read_text(encoding="utf-8")
    term = teaching.split("timetable-term:begin")[1].split("timetable-term:end")[0]
    weeks, home = term.split("Optional, at home: ")
    assert "26 " not in weeks and home.startswith("26 ")


@pytest.mark.parametrize(
    ("manifest_text", "said"),
    [
        (
            with_optional("13_windows"),
            " needs 13_windows, which is optional",
        ),
        (with_optional("26_deeper", value='"yes"'), "26_deeper: optional is 'yes'"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(manifest_text, said, tmp_path):
    made = fork_of(tmp_path / "fork", manifest_text)()
    assert made.returncode == 1 and said in made.stderr, made.stderr


def some_lessons(*optional, names="10_a 11_b 12_c 13_d 14_e"):
    """Lessons that need the one before; ``optional`` are marked. No notebook is read."""
    made, before = [], []
    for name in names.split():
        made.append(Lesson(name, 1, before, [], name[:2] in optional))
        before = [name] if name[:2] not in optional else before
    return made


@pytest.mark.parametrize(
    ("optional", "number", "around"),
    [
        ((), "11", ("10", "12", [])),
        (("12",), "11", ("10", "13", ["12"])),
        (("12",), "12", ("11", "13", [])),
        (("12",), "13", ("11", "14", [])),
        (("12", "13"), "11", ("10", "14", ["12"])),
        (("12", "13"), "13", ("11", "14", [])),
        (("12", "13"), "14", ("11", None, [])),
        (("13", "14"), "12", ("11", None, ["13"])),
        (("13", "14"), "14", ("12", None, [])),
        (("10",), "10", (None, "11", [])),
        (("10",), "11", (None, "12", [])),
    ],
)
def test_the_arrows_pass_over_optional_lessons(optional, number, around):
    lessons = some_lessons(*optional)
    place = [x.number for x in lessons].index(number)
    before, after = course.neighbours(lessons, place)
    beside = [x.number for x in course.beside(lessons, place)]
    assert (before and before.number, after and after.number, beside) == around


def test_of_each_optional_part_the_first_lesson_is_linked():
    lessons = some_lessons("12", "13", "20", "21", names="11_b 12_c 13_d 20_e 21_f")
    assert [x.number for x in course.beside(lessons, 0)] == ["12", "20"]


def test_hours_of_the_core_and_of_optional_lessons():
    lessons = some_lessons("12", "14", names="10_a 12_c 11_b 14_e 23_f")
    spent = {x.name: 60 + 30 * x.optional for x in lessons}
    lines = course.minutes_table({"1": "One", "2": "Two"}, lessons, spent).splitlines()
    assert lines[2:] == [
        "| 1 · One | 10 to 11 | 60 | 2.0 | 12 to 14 | 3.0 |",
        "| 2 · Two | 23 | 60 | 1.0 | – | – |",
        "| together | 3 |  | 3.0 | 2 | 3.0 |",
    ]
    only = [replace(x, optional=True) for x in lessons]
    line = course.minutes_table({"2": "Two"}, only, spent).splitlines()[2]
    assert line == "| 2 · Two | – |  | – | 23 | 1.0 |"


def test_timetables_are_packed_and_say_what_they_leave_out(monkeypatch):
    monkeypatch.setattr(Lesson, "title", property(lambda self: self.name[3:].upper()))
    lessons = some_lessons("13")
    spent = dict(zip([x.name for x in lessons], (60, 60, 150, 45, 75), strict=True))
    plan = {"session": "week", "minutes": 120}
    lines = timetables.table("term", plan, lessons, spent).splitlines()
    assert lines[2:6] == [
        "| 1 | 10 A · 11 B | 120 |",
        "| 2 | 12 C | 150 |",
        "| 3 | 14 E | 75 |",
        "| together | 4 lessons | 5.8 hours |",
    ]
    assert lines[-1] == "Optional, at home: 13 D (45 minutes)."
    plan |= {"lessons": ["11", "13", "14"], "at_most": 2}
    text = timetables.table("day", plan, lessons, spent)
    assert "13 D (optional)" in text and "at home" not in text
    assert text.endswith("Needed, but left out: 10 (for 11), 12 (for 13 and 14).")
    assert not timetables.too_full("day", plan, lessons, spent)
    full = timetables.too_full("day", plan | {"at_most": 1}, lessons, spent)
    assert "[timetables.day]: 2 sessions of 120 minutes, at most 1" in full
    with pytest.raises(
        SystemExit, match=r"timetables.day\]: no lesson 77, 78; there are"
    ):
        timetables.table("day", plan | {"lessons": ["77", "11", "78"]}, lessons, spent)


def test_the_page_for_teachers_names_exercises_that_exist():
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b\d\d-[a-z_-]+-\d+\b", text))
    there = {
        cell.metadata["exercise"]
        for lesson in LESSONS
        for cell in lesson.read().cells
        if "exercise" in tags(cell)
    }
    assert named <= there, f"no such exercise: {sorted(named - there)}"


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
    claims = [c for c in notebook.cells if "claim" in tags(c)]
    assert len(claims) >= 3
    for cell in claims:
        assert cell.source.startswith("# Claim: "), cell.source[:60]
        assert "assert " in cell.source
        assert "|" not in cell.source.splitlines()[0], "it would break docs/claims.md"


@by_name
def test_three_questions_before_and_five_lines_to_remember(lesson):
    found = questions.faults(lesson.read(), first=not lesson.needs)
    assert not found, "\n".join(found)


ASKS = """\
Three questions on what came before. Choose an answer: it opens and says why.

**1. Which part of the data may a scaler be fitted on?**

<details><summary>All of it</summary>Not quite. Then the test has helped the forecast.</details>
<details><summary>The <code>training</code> part</summary>Right. The rest is not known.</details>
<details><summary>None of it</summary>Not quite. Some mean and spread it must have.</details>

**2. What does persistence say?**

<details><summary>The last value</summary>Right. It needs no training at all.</details>
<details><summary>The mean</summary>Not quite. That is another simple rule.</details>
<details><summary>Nothing</summary>Not quite. It always says some number.</details>

**3. How many axes has a batch of windows?**

<details><summary>Two</summary>Not quite. The features have their own axis.</details>
<details><summary>Three</summary>Right. Batch, time and features make three.</details>
<details><summary>Four</summary>Not quite. A picture a step would need four.</details>
"""


def test_the_form_of_the_questions_passes():
    assert questions.question_faults(ASKS) == []
    asked = questions.questions(ASKS)
    assert [len(answers) for _, answers in asked] == [3, 3, 3]
    assert asked[0][1][1][0] == "The <code>training</code> part"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Choose an", "Think of an", "first line"),
        ("**3. How many", "**4. How many", "2 questions"),
        ("**3. How many", "3. How many", "neither '**1. …?**'"),
        (ASKS[ASKS.index("**3.") :], "", "2 questions"),
        (ASKS[ASKS.index("<details><summary>Four") :], "", "question 3 has 2 answers"),
        ("Right. Batch", "Not quite. Batch", "question 3 has 0 right answers"),
        ("Not quite. That is", "Right. That is", "question 2 has 2 right answers"),
        ("Not quite. That is", "No. That is", "begins with neither"),
        ("Not quite. That is", "Not quite, that is", "begins with neither"),
        ("That is another simple rule.", "Wrong.", "fewer than 5 words"),
        ("It needs no training at all.", "", "fewer than 5 words"),
        ("It always says some number", "That is another simple rule", "same reason"),
        ("It always says some number", "that is another simple  rule", "same reason"),
        (">Nothing<", ">The last value<", "alike"),
        (">Nothing<", f">{'word ' * 14}and<", "15 words, more than 14"),
        ("<code>training</code>", "`training`", "Markdown inside HTML"),
        ("All of it", "**All** of it", "Markdown inside HTML"),
        ("All of it", "All of $x$", "Markdown inside HTML"),
        ("says some number.<", "says\nsome number.<", "neither '**1. …?**'"),
        (
            "The last value</summary>Right. It needs no training at all.</details>\n"
            "<details><summary>The mean</summary>Not quite. That is another simple rule.",
            "The mean</summary>Not quite. That is another simple rule.</details>\n"
            "<details><summary>The last value</summary>Right. It needs no training at all.",
            "same place",
        ),
    ],
)
def test_questions_that_are_not_in_the_form_are_refused(old, new, said):
    assert old in ASKS
    found = questions.question_faults(ASKS.replace(old, new))
    assert any(said in fault for fault in found), found


FIVE = "## What to remember\n\n" + "".join(f"{n}. A line.\n" for n in range(1, 6))


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["# 1", ASKS, FIVE, questions.NEXT], None),
        (["# 1", ASKS, questions.NEXT], "not one cell"),
        (["# 1", ASKS, FIVE, FIVE, questions.NEXT], "not one cell"),
        (["# 1", ASKS, questions.NEXT, FIVE], "stands after"),
        (["# 1", ASKS, FIVE[:-11], questions.NEXT], "not five lines"),
        (["# 1", ASKS, FIVE + "6. More.\n", questions.NEXT], "not five lines"),
        (["# 1", ASKS, FIVE + "And more.\n", questions.NEXT], "not five lines"),
        (["# 1", ASKS, FIVE.replace("2.", "-"), questions.NEXT], "not five lines"),
        (["# 1", ASKS, FIVE.replace("5.", "4."), questions.NEXT], "not five lines"),
        (["# 1", ASKS, FIVE.replace("A line.", ""), questions.NEXT], "not five lines"),
        (["# 1", FIVE, questions.NEXT], "the second cell"),
        (["# 1", "More.", ASKS, FIVE, questions.NEXT], "the second cell"),
        (["# 1", ASKS, ASKS, FIVE, questions.NEXT], "the second cell"),
        (["# 1", ASKS.replace("**3.", "**2."), FIVE, questions.NEXT], "not 1, 2 and 3"),
    ],
)
def test_what_to_remember_and_where_the_questions_stand(texts, said):
    made = new_notebook(cells=[new_markdown_cell(text) for text in texts])
    found = questions.faults(made)
    assert (any(said in fault for fault in found)) if said else (found == []), found


def test_the_first_lesson_asks_nothing():
    cells = [new_markdown_cell(text) for text in ("# 0", FIVE, questions.NEXT)]
    assert questions.faults(new_notebook(cells=cells), first=True) == []
    cells.insert(1, new_markdown_cell(ASKS))
    assert "no cell" in questions.faults(new_notebook(cells=cells), first=True)[0]


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


@by_name
def test_a_table_at_the_end_of_a_cell_is_shown_as_one(lesson):
    """Printed it is text of fixed width on the site, and nothing to read on a telephone."""
    for cell in lesson.read().cells:
        end = cell.source.rstrip().splitlines()[-1:]
        assert not re.match(r"print\((?!f?\").*\.to_string\(\)\)$", "".join(end)), end


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


def test_the_glossary_explains_words_of_the_lessons():
    """Both languages and a line for each term, none twice, and every one is used."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if "|" in line]
    rows = [row for row in rows if row[0] != "English" and "---" not in row[0]]
    cells = [c for x in LESSONS for c in x.read().cells if c.cell_type == "markdown"]
    used = " ".join(" ".join(cell.source for cell in cells).split()).lower()
    seen = set()
    for row in rows:
        assert len(row) == 3 and all(row), row
        for term in row[0].split(", "):
            assert term not in seen, f"{term} stands there twice"
            seen.add(term)
    unused = sorted(term for term in seen if term.lower() not in used)
    assert not unused, f"no lesson says {', '.join(unused)}"
    assert len(seen) > 60


def test_the_map_of_the_first_lesson_names_every_lesson():
    (map_,) = [c for c in LESSONS[0].read().cells if "· The map" in c.source]
    named = set(re.findall(r"\b\d\d\b", map_.source))
    missing = [x.name for x in LESSONS[1:] if x.number not in named]
    assert not missing, f"lesson 00, 'The map': add {', '.join(missing)}"
