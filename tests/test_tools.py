"""Maintainers' commands do what they say."""

import importlib
import json
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from forecast import workshop
from tools import bench, course, seeds, versions
from tools.lessons import (
    NOTEBOOKS,
    all_lessons,
    chosen,
    execute,
    printed,
    side_by_side,
    tags,
)
from tools.results import light_namespace
from tools.strip import strip


def test_strip_removes_the_machine_and_keeps_the_teaching():
    output = nbformat.v4.new_output("stream", text="x")
    cell = new_code_cell("1 + 1", outputs=[output], execution_count=7)
    cell.metadata = {"tags": ["light"], "exercise": "x-1", "collapsed": True}
    notebook = new_notebook(cells=[cell, new_markdown_cell("  \n")])
    notebook.metadata = {"kernelspec": {"name": "mine"}, "widgets": {}}
    identity = cell.id
    strip(notebook)
    assert len(notebook.cells) == 1
    kept = notebook.cells[0]
    assert (kept.outputs, kept.execution_count, kept.id) == ([], None, identity)
    assert kept.metadata == {"tags": ["light"], "exercise": "x-1"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_execute_passes_the_environment(tmp_path):
    path = tmp_path / "x.ipynb"
    cells = [
        new_code_cell("import os; print(os.environ['COURSE_SEED'])"),
        new_code_cell("1/0"),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    notebook, wall, cpu = execute(path, {"COURSE_SEED": "700"}, allow_errors=True)
    assert printed(notebook.cells[0]) == "700\n"
    assert notebook.cells[1].outputs[0].ename == "ZeroDivisionError"
    assert wall > 0
    assert cpu > 0


def test_chosen_lessons():
    assert [x.name for x in chosen(["13"])] == ["13_windows"]
    first = [x.number for x in all_lessons() if x.number[0] == "1" or x.number == "20"]
    assert [x.number for x in chosen(["20", "13", "1"])] == first, "in teaching order"
    assert len(chosen([])) == len(all_lessons())


@pytest.mark.parametrize("names", [["99"], ["13", "foo"], ["foo", "13"], ["13", ""]])
def test_each_unknown_lesson_is_refused_by_its_name(names):
    wrong = next(name for name in names if name != "13")
    with pytest.raises(
        SystemExit, match=f"No lesson begins with {wrong!r}: 00_welcome"
    ):
        chosen(names)


@pytest.mark.parametrize(
    "command",
    [
        "bench",
        "course",
        "make_data",
        "make_weights",
        "measure",
        "results",
        "seeds",
        "strip",
        "suite",
        "versions",
    ],
)
def test_every_command_refuses_what_it_does_not_know(command, capsys):
    """By its name, and before anything is run."""
    module = importlib.import_module(f"tools.{command}")
    for words in (["--foo"], ["foo"]):
        words = ["oldest", *words] if command == "versions" else words
        with pytest.raises(SystemExit) as left:
            module.main(words)
        said = f"{left.value.code}{capsys.readouterr().err}"
        assert left.value.code not in (0, None)
        assert "foo" in said


def test_two_at_a_time_in_order_and_the_error_of_one():
    assert side_by_side(lambda x: x * x, range(9)) == [x * x for x in range(9)]
    begun = []

    def one(x):
        begun.append(x)
        time.sleep(0.1 * x)
        return 1 / x

    with pytest.raises(ZeroDivisionError):
        side_by_side(one, [0, *[1] * 100])
    assert len(begun) < 100, "what has not begun is left"


def test_frequencies_of_claims():
    runs = [{"a": None, "b": None}, {"a": None, "b": "AssertionError: no"}]
    assert seeds.frequencies(runs) == {"a": (2, []), "b": (1, ["AssertionError: no"])}


def test_a_claim_is_read_from_its_comment():
    assert seeds.claim_of(new_code_cell("# Claim: it rains\nassert True")) == "it rains"


def test_a_failed_claim_shows_its_line(tmp_path):
    path = tmp_path / "x.ipynb"
    code = "# Claim: it rains\nrain = 0\nassert rain > 1"
    nbformat.write(new_notebook(cells=[new_code_cell(code)]), path)
    notebook, _, _ = execute(path, allow_errors=True)
    (error,) = notebook.cells[0].outputs
    assert seeds.failed(error) == "AssertionError:  ← assert rain > 1"


def test_the_workshop_has_its_table():
    notebook = nbformat.read(NOTEBOOKS / f"{workshop.LESSON}.ipynb", as_version=4)
    assert any("scores" in tags(cell) for cell in notebook.cells)


def test_light_cells_bring_the_course(tmp_path):
    lesson = chosen(["13"])[0]
    space = light_namespace(lesson)
    assert len(space["sunspots"]) == 3177
    assert space["SEED"] == 0


def test_the_outcome_of_a_report(tmp_path):
    report = tmp_path / "report.xml"
    counts = 'tests="9" failures="2" errors="1" skipped="1"'
    report.write_text(f"<testsuites><testsuite {counts}/></testsuites>")
    assert versions.outcome(report) == (5, 3)


def test_both_ends_run_the_lessons_with_their_solutions(tmp_path):
    lesson = chosen(["13"])[0]
    (path,) = versions.with_solutions([lesson], tmp_path)
    cells = nbformat.read(path, as_version=4).cells
    stubs = [c for c in cells if "exercise" in tags(c)]
    solutions = [c.source for c in cells if "solution" in tags(c)]
    assert len(solutions) == 2 * len(stubs) >= 6, "each with its reason"
    given = nbformat.read(lesson.solutions, as_version=4).cells
    assert {c.source for c in given if "exercise" in c.metadata} <= set(solutions)
    assert nbformat.read(lesson.path, as_version=4).cells == lesson.read().cells


def test_the_table_of_versions(monkeypatch, tmp_path):
    monkeypatch.setattr(course, "RESULTS", tmp_path)
    assert course.versions_table().count("\n") == 1, "nothing was run"
    ran = {"date": "2026-11-22", "lessons": 2, "passed": 7, "failed": 0}
    ran["versions"] = {"python": "3.10.13", "keras": "3.12.0"}
    (tmp_path / "versions.json").write_text(json.dumps({"oldest": ran}))
    line = course.versions_table().splitlines()[-1]
    assert "| oldest | Python 3.10.13, Keras 3.12.0 | 7 passed, 0 failed |" in line


def test_what_a_student_needs(monkeypatch):
    ran = {"wall": 20.4, "cpu": 30.0, "cores": 2, "memory": 900}
    known = {
        "10_time_series": ran,
        "11_decomposition": ran | {"wall": 31, "memory": 1200},
    }
    monkeypatch.setattr(course, "minutes_measured", lambda: known)
    line = course.needs_table(all_lessons()).splitlines()[-1]
    number = sum(x.number[0] == "1" for x in all_lessons())
    rest = "20 to 31 | 30 to 30 | up to 1200 MB |"
    assert line == f"| 1 · Time series | {number} | {rest}"


def test_bench_names_its_parts():
    with pytest.raises(SystemExit, match="'speed' is none of workshop, windows"):
        bench.main(["speed"])


def test_claims_that_a_lesson_makes_no_more_leave_the_table(tmp_path, monkeypatch):
    lesson = next(x for x in seeds.all_lessons() if x.name.startswith("13"))
    cells = [c for c in lesson.read().cells if "claim" in c.metadata.get("tags", [])]
    rows = [f"| {seeds.claim_of(cell)} | 10 of 10 |" for cell in cells]
    monkeypatch.setattr(seeds, "TABLE", tmp_path / "claims.md")
    for some, kept in ((rows, True), (rows[1:], False)):
        text = "\n".join(["# Claims", "", f"## {lesson.name}", "", *some])
        seeds.TABLE.write_text(text, encoding="utf-8")
        assert bool(seeds.section(lesson)) == kept
