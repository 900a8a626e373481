"""What nbgrader makes of the lessons: assignments, points, and who gets them.

What needs nbgrader runs where it is installed (`make .venv/nbgrader`) and is skipped elsewhere.
"""

import copy
import importlib.util
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from tests.leaks import leaks, machine, sources_and_outputs
from tools.editions.__main__ import main
from tools.editions.grading import worth
from tools.editions.lesson import answers
from tools.lessons import (
    GUARDED,
    ONE_THREAD,
    ROOT,
    all_lessons,
    chosen,
    execute,
    manifest,
    printed,
    tags,
    tomllib,
)

LESSONS = all_lessons()
NAME = "13_windows"


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nbgrader") / "course"
    main(["nbgrader", str(folder), "13"])
    return folder


def test_nbgrader_cells(export):
    folder = export / "source" / NAME
    notebook = nbformat.read(folder / f"{NAME}.ipynb", 4)
    nbformat.validate(notebook)
    marked = [c for c in notebook.cells if "nbgrader" in c.metadata]
    ids = [c.metadata.nbgrader.grade_id for c in marked]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[\w-]+", i) for i in ids)
    solutions = answers(chosen(["13"])[0])
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
    main(["nbgrader", str(tmp_path / "all")])
    known = {name for lesson in LESSONS for name in answers(lesson)}
    assert set(points) - {"each"} <= known, "points for an exercise that is not there"
    for lesson in LESSONS:
        path = tmp_path / "all" / "source" / lesson.name / lesson.path.name
        cells = [c.metadata.get("nbgrader", {}) for c in nbformat.read(path, 4).cells]
        assert [c["points"] for c in cells if c.get("grade")] == [
            worth(points, name) for name in answers(lesson)
        ]
    assert worth({"each": 1, "a": 3}, "a") == 3
    assert worth({"each": 1, "a": 3}, "b") == 1


needs_nbgrader = pytest.mark.skipif(
    importlib.util.find_spec("nbgrader") is None,
    reason="nbgrader is not installed: make .venv/nbgrader",
)
#: What a student's cells above the exercises may try, with exercises left untouched.
ATTACKS = {
    "names": [
        "exercise = lambda name: (lambda check: check)",
        "import utils.exercises\n"
        "utils.exercises.exercise = lambda name: (lambda check: check)\n"
        "from utils.exercises import exercise",
        "import sys, types\n"
        "for name in ('utils.exercises', 'course_guard'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "    sys.modules[name].exercise = lambda name: (lambda check: check)",
    ],
    "inside": [
        "import utils.exercises as inner\n"
        "for name in [n for n in vars(inner) if n.startswith('_v')]:\n"
        "    setattr(inner, name, lambda check: inner.RIGHT)",
        "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.any = lambda x: False",
        "from pathlib import Path\n"
        "for path in Path.cwd().rglob('exercises.py'):\n"
        "    path.write_text('exercise = lambda name: (lambda check: check)')\n"
        "import importlib, utils.exercises\n"
        "importlib.reload(utils.exercises)",
        "import os\ndel os.environ['COURSE_STRICT']\nos.environ = {}\ndel os",
    ],
    "errors": [
        "shell = get_ipython()\n"
        "shell.showtraceback = lambda *_, **__: None\n"
        "shell.set_custom_exc((Exception,), lambda *_, **__: None)",
    ],
    "cells": ["get_ipython().input_transformers_post.append(lambda lines: ['0'])"],
}
#: The same, above answers of which one is right.
WITH_WRONG = {
    "tools": [
        "np.array_equal = np.allclose = np.isclose = lambda *_, **__: True\n"
        "np.testing.assert_allclose = lambda *_, **__: None",
        "import utils.exercises as inner\n"
        "inner.np = inner.inspect = None\n"
        "inner.NotSolved = type('', (Warning,), {})",
    ],
    "lesson": [
        "np = type('', (), {'__getattr__': lambda s, n: lambda *_, **__: True})()\n"
        "make_windows = lambda *_, **__: None\n"
        "exercise = lambda name: (lambda check: check)",
    ],
}


class Class:
    """A course of nbgrader with one assignment, its hand-ins and its points."""

    def __init__(self, course):
        self.course, self.lesson = course, chosen([NAME])[0]
        self.right = {name: code for name, (_, code) in answers(self.lesson).items()}

    def run(self, *words, fails=False, folder=None):
        """Run nbgrader as in a shell that has not activated the environment."""
        path = "/usr/bin:/bin" if os.name == "posix" else ""
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=folder or self.course,
            env={**os.environ, **ONE_THREAD, **GUARDED, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def release(self):
        return self.course / "release" / NAME

    def hand_in(self, student, given, first=(), change=None, to="submitted"):
        """Hand in answers, below cells of the student's own.

        To be fast, without cells that no check needs.
        """
        folder = self.course / to / student / NAME
        shutil.copytree(self.release, folder)
        notebook = nbformat.read(folder / f"{NAME}.ipynb", 4)
        notebook.cells = [
            c
            for c in notebook.cells
            if c.cell_type == "code" and tags(c) & {"light", "exercise", "check"}
        ]
        for cell in notebook.cells:
            if cell.metadata.get("exercise") in given:
                cell.source = given[cell.metadata["exercise"]]
        place = self.place(notebook, "exercise")
        notebook.cells[place:place] = [new_code_cell(source) for source in first]
        if change:
            change(notebook)
        nbformat.write(notebook, folder / f"{NAME}.ipynb")
        return folder

    def place(self, notebook, tag):
        return next(n for n, c in enumerate(notebook.cells) if tag in tags(c))

    def points(self):
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.course / 'gradebook.db'}") as book:
            found = book.assignment_submissions(NAME)
            assert all(x.max_score == len(self.right) for x in found)
            return {x.student.id: x.score for x in found}


@pytest.fixture(scope="module")
def room(export):
    room = Class(export)
    room.run("generate_assignment", NAME)
    return room


@needs_nbgrader
def test_students_get_the_lesson_without_solutions(room):
    released = nbformat.read(room.release / f"{NAME}.ipynb", 4)
    assert leaks(room.release) == []
    assert not (room.release / "course_guard.py").exists()
    text = "\n".join(sources_and_outputs(released))
    assert "course_guard" not in text and "BEGIN" not in text
    stubs = [c for c in room.lesson.read().cells if "exercise" in c.metadata]
    given = [c for c in released.cells if "exercise" in c.metadata]
    assert [c.source.strip() for c in given] == [c.source.strip() for c in stubs]
    assert "Validate" in released.cells[0].source


@needs_nbgrader
def test_grading(room):
    """Right, wrong and untouched answers; attacks; copied cells; files that are not there."""
    known = (ROOT / "tests" / "wrong" / f"{NAME}.toml").read_text(encoding="utf-8")
    wrong = {name: cases[0]["answer"] for name, cases in tomllib.loads(known).items()}
    one_wrong = room.right | {"13-windows-1": wrong["13-windows-1"]}
    cheated = room.right | {name: wrong[name] for name in list(wrong)[1:]}

    def copied(notebook):
        """Exercise and check stand twice, with all their marks, as Jupyter copies them."""
        for tag in ("exercise", "check"):
            place = room.place(notebook, tag)
            twin = copy.deepcopy(notebook.cells[place])
            twin.id = f"twin-{tag}"
            notebook.cells.insert(place + 1, twin)

    forged = room.hand_in("a-file", one_wrong) / "utils" / "exercises.py"
    forged.write_text("exercise = lambda name: lambda check: check\n")
    shadows = room.hand_in("a-shadow", {})
    for name in ("course_guard", "inspect", "numpy", "keras", "utils"):
        text = "exercise = lambda name: (lambda check: check)\n"
        (shadows / f"{name}.py").write_text(text)
    room.hand_in("b-copied", room.right, change=copied)
    renamed = room.hand_in("b-renamed", room.right) / f"{NAME}.ipynb"
    renamed.rename(renamed.with_name("mine.ipynb"))
    for name, cells in ATTACKS.items():
        room.hand_in(f"c-{name}", {}, cells)
    for name, cells in WITH_WRONG.items():
        room.hand_in(f"d-{name}", cheated, cells)
    helped = room.right | {"13-windows-1": "count_windows = my_own_count"}
    helper = room.right["13-windows-1"].replace("count_windows", "my_own_count")
    room.hand_in("e-right", helped, ["import math", helper])

    said = room.run("autograde", NAME, fails=True)
    assert "mine.ipynb" in said and "b-renamed" in said
    assert "old version" not in said
    noticed = set(re.findall(r"(\S+), look at: ", said))
    assert noticed == {f"c-{n}" for n in ATTACKS} | {f"d-{n}" for n in WITH_WRONG}
    assert room.points() == {
        **{"a-file": 3, "a-shadow": 0, "b-copied": 4, "b-renamed": 0},
        **{f"c-{name}": 0 for name in ATTACKS},
        **{f"d-{name}": 1 for name in WITH_WRONG},
        "e-right": 4,
    }
    renamed = renamed.with_name("mine.ipynb")
    renamed.rename(renamed.with_name(f"{NAME}.ipynb"))
    room.run("autograde", NAME, "--student=b-renamed")  # as docs/teaching.md says
    assert room.points()["b-renamed"] == 4


@needs_nbgrader
def test_validate_says_what_is_not_right(room, tmp_path):
    """As a student does it: in a folder of theirs, without the course's configuration."""
    part = dict(list(room.right.items())[:2])
    for given, failed in (({}, 4), (part, 2), (room.right, 0)):
        mine = room.hand_in(f"student-{failed}", given, to=tmp_path)
        said = room.run("validate", f"{NAME}.ipynb", folder=mine)
        if failed:
            assert f"FAILED ON {failed} CELL(S)" in said
            assert said.count("not attempted yet") >= failed
        else:
            assert "Success!" in said


@needs_nbgrader
def test_run_all_goes_on_over_untouched_exercises(room, tmp_path, monkeypatch):
    """What nbgrader sees stop, a student's own run does not: the same released notebook."""
    for name in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING", "COURSE_STRICT"):
        monkeypatch.delenv(name, raising=False)
    mine = room.hand_in("student", {}, to=tmp_path)
    notebook, _, _ = execute(mine / f"{NAME}.ipynb")
    said = [printed(c) for c in notebook.cells if "check" in tags(c)]
    assert len(said) == 4 and all("not attempted yet" in x for x in said)


def test_documents_call_nbgrader_so_that_it_runs():
    """By the environment's own Python: its scripts break when a folder is renamed (and
    nbgrader's would not find what it starts by name, were it not for our configuration)."""
    for path in ("README.md", "docs/teaching.md"):
        text = (ROOT / path).read_text(encoding="utf-8")
        calls = re.findall(
            r"(?m)^([^|\n]*)\bnbgrader (?:generate|autograde|export|valid)", text
        )
        assert calls and all(x.endswith('/.venv/bin/python" -m ') for x in calls), path
