"""Tables of longer runs carry the hash of the code that made them."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import results
from tools.lessons import Lesson, all_lessons

LIGHT = {"tags": ["light"]}
SET_UP = {"tags": ["bootstrap", "light"]}
CELLS = [
    ("import os", SET_UP),
    ("import numpy as np\nfrom utils.runtime import JIT, Progress", LIGHT),
    ("FACTOR = 2\nSHOWN = 3\nnames = [name for name in 'ab']", LIGHT),
    ('def scale(x):\n    """Scale."""\n    return FACTOR * x + np.pi * JIT', LIGHT),
    ("def draw(x):\n    SHOWN = 5\n    return SHOWN", LIGHT),
    (
        "def grid():\n    return [dict(name=n, seed=s) for n in names for s in (1, 2)]",
        LIGHT,
    ),
    (
        "def experiment(name, seed):\n"
        "    runs.append(seed)\n    return {'score': scale(seed) / 3, 'seen': name}",
        LIGHT,
    ),
    ("runs = []", LIGHT),
    ("print('heavy')", {}),
]


def notebook(*changes):
    """The notebook of CELLS with texts replaced: (old, new), ..."""
    cells = []
    for source, metadata in CELLS:
        for old, new in changes:
            source = source.replace(old, new)
        cells.append(new_code_cell(source, metadata=metadata))
    made = new_notebook(cells=[new_markdown_cell("# 13 · T"), *cells])
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    return made


@pytest.mark.parametrize(
    "change",
    [
        ("    return FACTOR", "    # twice\n    return (FACTOR"),
        ('"""Scale."""', '"""Scale it, and say so."""'),
        ("utils.runtime", "utils.training"),
        ("JIT, Progress", "JIT"),
        ("SHOWN = 3", "SHOWN = 4"),
        ("return SHOWN", "return 2 * SHOWN"),
        ("print('heavy')", "print('light')"),
        ("import os", "import sys"),
        ("'seen': name}", '"seen": name,\n    }'),
        ("FACTOR = 2\n", "FACTOR = 2  # why\n\n"),
    ],
    ids=lambda change: change[1][:20],
)
def test_what_does_not_make_a_table_old(change):
    if change[1].count("(") > change[0].count("("):
        change = (change[0] + " * x", change[1] + " * x)")
    assert notebook(change) != notebook()
    assert results.hashes(notebook(change)) == results.hashes(notebook())


@pytest.mark.parametrize(
    "change",
    [
        ("FACTOR = 2", "FACTOR = 3"),
        ("FACTOR * x", "x * FACTOR"),
        ("np.pi", "np.e"),
        ("* JIT", "* Progress"),
        ("scale(seed)", "scale(seed + 1)"),
        ("runs = []", "runs = [1]"),
        ("runs = []", "runs = []\nruns.append(0)"),
        ("FACTOR = 2", "FACTOR = 2\nFACTOR += 1"),
        ("def scale(x)", "@np.vectorize\ndef scale(x)"),
        ("numpy as np", "math as np"),
    ],
    ids=lambda change: change[1][-20:],
)
def test_what_makes_every_row_old(change):
    new, old = results.hashes(notebook(change)), results.hashes(notebook())
    assert new["code"] != old["code"]
    assert new["grid"] == old["grid"]


def test_other_rows_do_not_make_the_old_ones_wrong():
    new = results.hashes(notebook(("'ab'", "'abc'")))
    old = results.hashes(notebook())
    assert new["code"] == old["code"] and new["grid"] != old["grid"]


def test_the_hash_is_the_same_everywhere():
    """A committed hash is compared on every Python and every system."""
    assert results.hashes(notebook()) == {
        "code": "c4e61bcd2707",
        "grid": "5e648b4cbffc",
    }


def test_every_table_belongs_to_a_lesson_that_makes_it():
    made = {x.name for x in all_lessons() if results.hashes(x.read())}
    assert {path.stem for path in results.RESULTS.glob("*.csv")} <= made
    assert made, "no lesson with a table was found"


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A lesson of its own, and where its table goes."""
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(results, "BUILD", tmp_path / "build")
    monkeypatch.setattr(results, "NOTEBOOKS", tmp_path)
    path = tmp_path / "13_t.ipynb"
    nbformat.write(notebook(("utils.runtime", "utils.training")), path)
    monkeypatch.setattr(Lesson, "path", property(lambda self: path))
    lesson = Lesson("13_t", 1, [], [])
    monkeypatch.setattr(results, "chosen", lambda names: [lesson])
    return lesson


def table(lesson):
    return (results.RESULTS / f"{lesson.name}.csv").read_text()


def test_a_table_is_made_once_and_again_when_its_code_changes(lesson, capsys):
    assert results.main(["--check"]) == 1
    assert "results/13_t.csv: it has not been made" in capsys.readouterr().out
    assert results.main([]) == 0
    assert table(lesson).splitlines()[:2] == ["name,seed,score,seen", "a,1,1.71386,a"]
    assert len(table(lesson).splitlines()) == 5
    note = json.loads((results.RESULTS / "13_t.json").read_text())
    assert {"code", "grid", "keras", "numpy", "tensorflow", "cores"} == set(note)
    capsys.readouterr()
    assert results.main(["--check"]) == results.main([]) == 0
    assert capsys.readouterr().out == "", "nothing to say and nothing to run"

    changed = notebook(
        ("utils.runtime", "utils.training"), ("FACTOR = 2", "FACTOR = 0")
    )
    nbformat.write(changed, lesson.path)
    assert results.main(["--list"]) == 0
    assert "it was made by other code" in capsys.readouterr().out
    assert results.main([]) == 0
    assert capsys.readouterr().out.count("13_t {") == 4, "every row"
    assert "a,1,1.0472,a" in table(lesson)

    more = ("'ab'", "'bc'")
    changed = notebook(
        ("utils.runtime", "utils.training"), ("FACTOR = 2", "FACTOR = 0"), more
    )
    nbformat.write(changed, lesson.path)
    assert "rows are other ones" in results.stale(lesson)
    assert results.main([]) == 0
    assert capsys.readouterr().out.count("13_t {") == 2, "only the new rows"
    assert [x[0] for x in table(lesson).splitlines()[1:]] == list("bbcc")


def test_a_table_takes_up_where_it_was_stopped(lesson, monkeypatch, capsys):
    light = results.light_namespace

    def stops(lesson):
        space = light(lesson)
        run = space["experiment"]

        def experiment(name, seed):
            if name == "b":
                raise KeyboardInterrupt
            return run(name, seed)

        return space | {"experiment": experiment}

    monkeypatch.setattr(results, "light_namespace", stops)
    with pytest.raises(KeyboardInterrupt):
        results.main([])
    assert not (results.RESULTS / "13_t.csv").exists(), "no half table"
    monkeypatch.setattr(results, "light_namespace", light)
    capsys.readouterr()
    assert results.main([]) == 0
    assert capsys.readouterr().out.count("13_t {") == 2
    assert len(table(lesson).splitlines()) == 5


def test_nothing_is_run_where_nothing_can_be_written(lesson, monkeypatch):
    results.RESULTS.write_text("a file stands in its place")
    monkeypatch.setattr(results, "light_namespace", lambda lesson: 1 / 0)
    with pytest.raises(SystemExit, match=r"cannot be written .* nothing was run"):
        results.main([])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1 / 3, "0.333333"),
        (1234567, "1234567"),
        (True, "True"),
        (None, ""),
        (float("nan"), ""),
        (2.0, "2"),
        ("a, b", "a, b"),
    ],
)
def test_values_of_a_table(value, said, tmp_path):
    assert results.text(value) == said
    results.write_rows(tmp_path / "t.csv", [{"x": said, "y": "1"}, {"x": "", "z": "2"}])
    first, second = results.read_rows(tmp_path / "t.csv")
    assert first == {"x": said, "y": "1", "z": ""}
    assert second == {"x": "", "y": "", "z": "2"}
