"""Maintainers' commands do what they say."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import forecast, seeds
from tools.lessons import NOTEBOOKS, chosen, execute, printed, tags
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
    with pytest.raises(SystemExit, match="No lesson begins with"):
        chosen(["99"])


def test_frequencies_of_claims():
    runs = [{"a": None, "b": None}, {"a": None, "b": "AssertionError: no"}]
    assert seeds.frequencies(runs) == {"a": (2, []), "b": (1, ["AssertionError: no"])}


def test_a_claim_is_read_from_its_comment():
    assert seeds.claim_of(new_code_cell("# Claim: it rains\nassert True")) == "it rains"


def test_the_forecast_command_has_its_table():
    for lesson in (forecast.SUNSPOTS, forecast.YOURS):
        notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
        assert any("scores" in tags(cell) for cell in notebook.cells)


def test_forecast_hands_the_arguments_to_the_lesson(tmp_path):
    assert forecast.settings([]) == (forecast.SUNSPOTS, {})
    words = [
        str(tmp_path / "a b.csv"),
        "--repair",
        "sort",
        "fill",
        "--season",
        "7",
        "--log",
        "no",
    ]
    lesson, environment = forecast.settings(words)
    assert lesson == forecast.YOURS and environment["COURSE_OUT"] == str(tmp_path)
    assert environment["COURSE_FILE"].endswith("a b.csv")
    given = json.loads(environment["COURSE_SETTINGS"])
    assert given == {"repair": ["sort", "fill"], "season": 7, "log": False}


def test_light_cells_bring_the_course(tmp_path):
    lesson = chosen(["13"])[0]
    space = light_namespace(lesson)
    assert len(space["sunspots"]) == 3177
    assert space["SEED"] == 0
