"""The editions for a class: nothing leaks, nothing names the machine, all is graded.

Lesson 13 alone is executed. What needs nbgrader runs where it is installed
(`uv pip install -r requirements-nbgrader.txt`) and is skipped elsewhere.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tools import editions
from tools.lessons import (
    GUARDED,
    ONE_THREAD,
    ROOT,
    all_lessons,
    chosen,
    manifest,
    printed,
    tags,
)

LESSONS = all_lessons()
NAME = "13_windows"
PICTURE = re.compile(r"base64,[\w+/=\\]+")


def texts(folder):
    """Every text file of a folder, pictures left out: {relative path: text}."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix not in (".gz", ".npz"):
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                text = "\n".join(sources_and_outputs(nbformat.reads(text, 4)))
            found[path.relative_to(folder).as_posix()] = PICTURE.sub("", text)
    return found


def sources_and_outputs(notebook):
    for cell in notebook.cells:
        yield cell.source
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            yield from [output.get("text", ""), *map(str, data.get("traceback", []))]
            yield from (v for k, v in data.items() if k.startswith("text/"))
        yield str(cell.metadata)
    yield str(notebook.metadata)


def leaks(folder):
    """The files of a hand-out that hold a solution or its reason."""
    solutions = [a for lesson in LESSONS for a in editions.answers(lesson).values()]
    assert len(solutions) > 40, "every lesson has solutions"
    told = [part.strip() for answer in solutions for part in answer]
    return [n for n, text in texts(folder).items() if any(x in text for x in told)]


def machine(folder, *places):
    """The files of a folder that name a place of this machine, and which."""
    places = {str(ROOT), str(Path.home()), tempfile.gettempdir(), sys.prefix, *places}
    alone = re.compile("|".join(rf"{re.escape(p)}(?!\w)" for p in places if len(p) > 3))
    found = {n: alone.findall(text) for n, text in texts(folder).items()}
    return {name: names for name, names in found.items() if names}


def asked(page):
    """What a page would fetch from another host (a link to follow is no fetching)."""
    page = re.sub(r"<a [^>]*>", "", page)
    fetched = r"""(?:src|href|data|poster)=["']?(https?:)?//[^"'\s>]+"""
    inside = (
        r"""(?:url\(|@import|import\(|fetch\(|Worker\()\s*["']?(https?:)?//[^"')]+"""
    )
    return [m[0] for m in re.finditer(f"{fetched}|{inside}", page)]


def same(one, other):
    """True if two folders hold the same files with the same bytes."""
    files = [
        {
            p.relative_to(f).as_posix(): p.read_bytes()
            for p in f.rglob("*")
            if p.is_file()
        }
        for f in (one, other)
    ]
    return files[0] == files[1] and len(files[0]) > 10


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handout") / "student"
    editions.main(["student", str(folder)])
    return folder


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Lesson 13 in the instructors' edition, executed twice, and once as slides."""
    folders = []
    with pytest.MonkeyPatch.context() as patch:
        for number in (1, 2):
            folder = tmp_path_factory.mktemp(f"made{number}")
            patch.setattr(editions, "BUILD", folder / "build")  # nothing kept
            folders.append(folder / f"edition{number}")
            editions.main(["instructor", str(folders[-1]), "13"])
        editions.main(["slides", str(folder / "slides"), "13"])
    return folders


def test_student_has_what_is_needed_and_no_more(handout):
    assert {p.name for p in handout.iterdir()} == {
        *("LICENSE", "LICENSE-text.md", "Makefile", "README.md", "course.toml"),
        *("data", "notebooks", "requirements.txt", "results", "tools", "utils"),
        "weights",
    }
    assert [p.stem for p in sorted((handout / "notebooks").iterdir())] == sorted(
        lesson.name for lesson in LESSONS
    )
    assert sorted(p.name for p in (handout / "tools").iterdir()) == sorted(
        editions.STUDENT_TOOLS
    )


def test_student_holds_no_solution(handout, tmp_path):
    assert leaks(handout) == []
    shutil.copy(chosen(["13"])[0].solutions, tmp_path)
    assert leaks(tmp_path) == ["13_windows.ipynb"], "the test above can fail"
    for name, text in texts(handout).items():
        assert "notebooks/solutions" not in text, name
        assert "colab-badge" not in text, name


def test_student_has_the_lessons_code_unchanged(handout):
    for lesson in LESSONS:
        notebook = nbformat.read(handout / "notebooks" / lesson.path.name, 4)
        nbformat.validate(notebook)
        before, after = lesson.read().cells, notebook.cells
        assert [c.id for c in after] == [c.id for c in before]
        for old, new in zip(before, after, strict=True):
            if old.cell_type == "code":
                assert new == old
            else:  # only badge, links and the place of the solutions may go
                assert len(new.source) > 0.6 * len(old.source) or "nav:" in old.source


def test_student_commands_work(handout):
    words = ["make", "--dry-run", "--always-make", "lab", "forecast"]
    done = subprocess.run(words, cwd=handout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "notebooks/00_welcome.ipynb" in done.stdout
    words = [sys.executable, "-B", "-m", "tools.forecast", "--help"]
    done = subprocess.run(words, cwd=handout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_student_readme_points_to_files_that_are_there(handout):
    text = (handout / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) == len(LESSONS) + 3
    assert all((handout / link).is_file() for link in links), links


def test_student_is_the_same_every_time(handout, tmp_path):
    editions.main(["student", str(tmp_path / "again")])
    assert same(handout, tmp_path / "again")
    assert machine(handout) == {}


def test_links_lead_to_lessons_of_the_edition(tmp_path):
    editions.main(["student", str(tmp_path / "few"), "12", "13"])
    text = "\n".join(texts(tmp_path / "few" / "notebooks").values())
    assert set(re.findall(r"\]\((\d\d)_\w+\.ipynb", text)) == {"12", "13"}
    assert "20 · A simple recurrent cell →" in text, "its name stays, the link goes"


@pytest.mark.parametrize("words", [[], ["student"], ["student", ""], ["other", "x"]])
def test_says_what_it_wants(words):
    with pytest.raises(SystemExit, match="OUT=folder"):
        editions.main(words)


def test_only_slides_are_taken_from_executed_lessons(tmp_path):
    with pytest.raises(SystemExit, match="student takes no FROM"):
        editions.main(["student", str(tmp_path / "x"), "--from", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"13_windows\.ipynb is not there"):
        editions.main(["slides", str(tmp_path / "x"), "--from", str(tmp_path), "13"])
    assert not any((tmp_path / "x").glob("*"))


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit, match="not empty"):
        editions.main(["student", str(tmp_path)])
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_instructor_has_every_check_right(executed):
    notebook = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4)
    nbformat.validate(notebook)
    said = [printed(c).strip() for c in notebook.cells if "check" in tags(c)]
    solutions = editions.answers(chosen(["13"])[0])
    assert said == [f"Exercise {name}: right ✓" for name in solutions]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count
            assert all(o.output_type != "error" for o in cell.outputs)
            assert all(o.get("name") != "stderr" for o in cell.outputs)


def test_instructor_shows_stub_reason_solution_and_check_in_this_order(executed):
    cells = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4).cells
    solutions = editions.answers(chosen(["13"])[0])
    places = [i for i, c in enumerate(cells) if "exercise" in c.metadata]
    assert len(places) == len(solutions)
    for place, (name, (reason, code)) in zip(places, solutions.items(), strict=True):
        stub, why, answer, check = cells[place : place + 4]
        assert f"# exercise {name}" in stub.source and "..." in stub.source
        assert why.source == f"#### Solution of {name}\n\n{reason}"
        assert len(reason.split()) > 8 and name not in reason
        assert answer.source == code
        assert "check" in tags(check)


def test_a_wrong_solution_stops_the_edition(tmp_path, monkeypatch):
    """The first check stops the run, so this costs no training and no TensorFlow."""
    found = editions.answers(chosen(["13"])[0])
    wrong = dict.fromkeys(found, ("no reason", "def count_windows(*_): return 7"))
    monkeypatch.setattr(editions, "answers", lambda lesson: wrong)
    with pytest.raises(
        CellExecutionError, match=r"(?s)NotSolved.*13-windows-1: not yet"
    ):
        editions.main(["instructor", str(tmp_path / "x"), "13"])


def test_instructor_is_the_same_every_time(executed):
    assert same(*executed)


def test_instructor_names_no_machine(executed, tmp_path):
    assert machine(executed[0], str(executed[0])) == {}
    (tmp_path / "page.html").write_text(f"saved in {ROOT}/x")
    assert list(machine(tmp_path)) == ["page.html"], "the test above can fail"
    notebook = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4)
    assert set(notebook.metadata.language_info) == {"name"}
    assert all(
        set(c.metadata) <= {"tags", "exercise", "slideshow"} for c in notebook.cells
    )


def test_page_shows_everything(executed):
    page = (executed[0] / "pages" / f"{NAME}.html").read_text(encoding="utf-8")
    cells = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4).cells
    outputs = [o for c in cells if c.cell_type == "code" for o in c.outputs]
    figures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(figures) >= 2
    assert page.count('src="data:image/png;base64,') >= len(figures) + 1
    assert page.count('class="animation"') == 1, "the animation has its player"
    assert page.count("right ✓") == len(editions.answers(chosen(["13"])[0]))
    assert "<title>13 · Windows</title>" in page
    assert page.count("<math") == 6 and "$" not in re.sub(
        r"<(script|style|pre|code)\b.*?</\1>|<[^>]*>", "", page, flags=re.DOTALL
    )


def test_page_asks_no_other_host(executed):
    page = (executed[0] / "pages" / f"{NAME}.html").read_text(encoding="utf-8")
    assert asked(page) == []
    assert "default-src 'none'" in page, "the browser itself would refuse"
    assert page.index("Content-Security-Policy") < page.index("<script")


@pytest.mark.parametrize(
    "part",
    [
        '<script src="https://example.org/a.js"></script>',
        "<script src=//example.org/a.js></script>",
        '<link rel="stylesheet" href="http://example.org/a.css">',
        '<img src="https://example.org/badge.svg">',
        "<style>@import 'https://example.org/a.css'</style>",
        "<style>p {background: url(https://example.org/a.png)}</style>",
        "<script>import('https://example.org/a.mjs')</script>",
    ],
)
def test_asking_is_noticed(part):
    assert asked(part)
    assert not asked('<a class="x" href="https://example.org">a link</a>')


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_formulas_are_drawn_without_a_script(lesson):
    notebook = lesson.read()
    notebook.cells = [c for c in notebook.cells if c.cell_type == "markdown"]
    source = "\n".join(
        re.sub(r"```.*?```|`[^`]*`", "", c.source) for c in notebook.cells
    )
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", source, flags=re.DOTALL)
    page = editions.page(notebook, "x").split("<main>")[1]
    drawn = re.findall(r"<math.*?</math>", page, flags=re.DOTALL)
    assert len(drawn) == len(formulas)
    assert not [formula for formula in drawn if "\\" in formula], "an unknown command"


def test_what_names_the_machine_is_taken_out(tmp_path):
    temporary = tempfile.gettempdir()
    said = f"in {tmp_path}/x and {temporary}/tmpab12cd34/y, {ROOT}, <F at 0x7f001122aa>"
    assert editions.impersonal(said, tmp_path) == "in …/x and …/y, …, <F>"
    line = "GRU: done · loss 0.1 · 12 s"
    assert editions.impersonal(line, tmp_path) == "GRU: done · loss 0.1"


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nbgrader") / "course"
    editions.main(["nbgrader", str(folder), "13"])
    return folder


def test_nbgrader_cells(export):
    folder = export / "source" / NAME
    notebook = nbformat.read(folder / f"{NAME}.ipynb", 4)
    nbformat.validate(notebook)
    marked = [c for c in notebook.cells if "nbgrader" in c.metadata]
    ids = [c.metadata.nbgrader.grade_id for c in marked]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[\w-]+", i) for i in ids)
    solutions = editions.answers(chosen(["13"])[0])
    for name, (_, code) in solutions.items():
        answer, check = (
            next(c for c in marked if c.metadata.nbgrader.grade_id == i)
            for i in (name, f"{name}-check")
        )
        region = f"\n### BEGIN SOLUTION\n{code}\n### END SOLUTION"
        assert answer.source.endswith(region)
        assert answer.metadata.nbgrader == {
            **{"grade": False, "solution": True, "locked": False, "task": False},
            **{"grade_id": name, "schema_version": 3},
        }
        assert check.metadata.nbgrader == {
            **{"grade": True, "solution": False, "locked": True, "task": False},
            **{"grade_id": f"{name}-check", "schema_version": 3, "points": 1},
        }
    assert "https://" not in (export / "nbgrader_config.py").read_text()
    assert (folder / "utils" / "exercises.py").is_file()
    kept = {p.name for p in (folder / "data").iterdir()}
    assert kept == {"sunspots.csv", "README.md", "SHA256SUMS"}
    assert machine(export) == {}


def test_nbgrader_every_lesson_and_its_points(tmp_path):
    points = manifest()["points"]
    editions.main(["nbgrader", str(tmp_path / "all")])
    known = {name for lesson in LESSONS for name in editions.answers(lesson)}
    assert set(points) - {"each"} <= known, "points for an exercise that is not there"
    for lesson in LESSONS:
        path = tmp_path / "all" / "source" / lesson.name / lesson.path.name
        cells = [c.metadata.get("nbgrader", {}) for c in nbformat.read(path, 4).cells]
        assert [c["points"] for c in cells if c.get("grade")] == [
            editions.worth(points, name) for name in editions.answers(lesson)
        ]
    assert editions.worth({"each": 1, "a": 3}, "a") == 3
    assert editions.worth({"each": 1, "a": 3}, "b") == 1


@pytest.mark.skipif(
    importlib.util.find_spec("nbgrader") is None,
    reason="nbgrader is not installed: uv pip install -r requirements-nbgrader.txt",
)
def test_nbgrader_grades_right_wrong_and_untouched(export, monkeypatch):
    """Generate the assignment, hand in three answers, read the points in the gradebook."""
    from nbgrader.api import Gradebook

    for name, value in {**ONE_THREAD, **GUARDED}.items():
        monkeypatch.setenv(name, value)
    # nbgrader starts alembic by its name
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    lesson = chosen(["13"])[0]
    solutions = editions.answers(lesson)

    def run(*words):
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=export, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    run("generate_assignment", NAME, "--create")
    release = export / "release" / NAME
    released = nbformat.read(release / f"{NAME}.ipynb", 4)
    assert leaks(release) == []
    text = "\n".join(sources_and_outputs(released))
    assert "COURSE_STRICT" not in text and "BEGIN" not in text
    stubs = [c for c in lesson.read().cells if "exercise" in c.metadata]
    given = [c for c in released.cells if "exercise" in c.metadata]
    assert [c.source.strip() for c in given] == [c.source.strip() for c in stubs]

    wrong = "def count_windows(n, window, horizon):\n    return n - window"
    hand_ins = {
        "right": {name: code for name, (_, code) in solutions.items()},
        "wrong": {name: code for name, (_, code) in solutions.items()}
        | {"13-windows-1": wrong},
        "untouched": {},
    }
    for student, answers in hand_ins.items():
        folder = export / "submitted" / student / NAME
        shutil.copytree(release, folder)
        notebook = nbformat.read(folder / f"{NAME}.ipynb", 4)
        for cell in notebook.cells:
            if cell.metadata.get("exercise") in answers:
                cell.source = answers[cell.metadata["exercise"]]
        nbformat.write(notebook, folder / f"{NAME}.ipynb")
    # who changes the course's own files gains nothing: they are put back
    forged = export / "submitted" / "wrong" / NAME / "utils" / "exercises.py"
    forged.write_text("exercise = lambda name: lambda check: check\n")

    run("autograde", NAME, "--create")
    with Gradebook(f"sqlite:///{export / 'gradebook.db'}") as book:
        scores = {s: book.find_submission(NAME, s) for s in hand_ins}
        assert {s: (x.score, x.max_score) for s, x in scores.items()} == {
            "right": (4, 4),
            "wrong": (3, 4),
            "untouched": (0, 4),
        }
        grades = scores["wrong"].notebooks[0].grades
        lost = [g.name for g in grades if g.auto_score == 0]
        assert lost == ["13-windows-1-check"]


def test_slides_tell_the_story_without_the_exercises(executed):
    page = (executed[1].parent / "slides" / f"{NAME}.html").read_text(encoding="utf-8")
    lesson = chosen([NAME])[0]
    sections = [c for c in lesson.read().cells if c.source.startswith("## ")]
    assert len(re.findall("<section>", page)) > len(sections) > 4
    assert "Exercise 13-windows-1" not in page and "COURSE = " not in page
    assert not re.search(r"<(link|script|img)\b[^>]*(src|href)=.(?!data:)", page)
    assert "Reveal.initialize" in page and ".reveal .slides" in page
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page)
    assert not re.search(r"\$\$|mathjax", text, re.IGNORECASE)
