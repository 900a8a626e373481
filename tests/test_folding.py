"""What is folded in a lesson, under which title, and how long the rest takes."""

import json
import re
from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import course, folding, slides
from tools.lessons import all_lessons, tags
from tools.strip import strip

LESSONS = all_lessons()
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
#: What Colab reads as the title of a form, in the first line of a cell.
COLAB = re.compile(r"#\s*@title\s+\S.*")


def notebook(*cells):
    """A notebook of code cells, each given as (tags, source); text as a plain string."""
    made = [
        new_markdown_cell(cell)
        if isinstance(cell, str)
        else new_code_cell(cell[1], metadata={"tags": cell[0].split()})
        for cell in cells
    ]
    return new_notebook(cells=made)


@by_name
def test_folded_cells_carry_what_every_front_end_reads(lesson):
    seen = set()
    for cell in json.loads(lesson.path.read_text(encoding="utf-8"))["cells"]:
        known, first = cell["metadata"], "".join(cell["source"][:1]).strip()
        kinds = {"bootstrap", "check", "plumbing"} & set(known.get("tags", []))
        if kinds and cell["cell_type"] == "code":
            assert known["jupyter"] == {"source_hidden": True}, first
            assert known["cellView"] == "form", first
            assert COLAB.fullmatch(first), first
        else:
            assert not {"jupyter", "cellView"} & set(known), first
            assert "@title" not in first
        seen |= kinds
    assert {"bootstrap", "check"} <= seen


@by_name
def test_a_check_names_the_exercise_above_it(lesson):
    cells = lesson.read().cells
    for above, cell in pairwise(cells):
        if "check" in tags(cell):
            assert above.metadata["exercise"] in folding.title(cell)


@by_name
def test_what_is_folded_is_not_the_subject(lesson):
    assert folding.subject(lesson.read()) == []


@by_name
def test_claims_and_exercises_stay_open(lesson):
    for cell in lesson.read().cells:
        if tags(cell) & {"claim", "exercise"}:
            assert not folding.folded(cell)


@pytest.mark.parametrize(
    "hidden",
    [
        "model = keras.Sequential([])",
        "model = keras.models.Sequential([])",
        "model = Sequential([])",
        "model = tf.keras.Model(x, y)",
        "layer = layers.GRU(8)",
        "layer = short.GRU(8)",
        "layer = getattr(keras.layers, 'GRU')(8)",
        "make = {'GRU': keras.layers.GRU}",
        "x = keras.Input((3, 1))",
        "adam = keras.optimizers.Adam()",
        "model.compile('adam', 'mse')",
        "history = model.fit(x, y)",
        "loss = model.fit(x, y).history['loss']",
        "for x in y:\n    model.train_on_batch(x, x)",
        "with tf.GradientTape() as tape:\n    pass",
        "class Own(keras.layers.Layer):\n    pass",
        "class Own(layers.LSTMCell):\n    pass",
        "class Own(keras.losses.Loss):\n    pass",
        "def f():\n    return keras.losses.MeanSquaredError()",
        "%matplotlib inline\nmodel.fit(x, y)",
    ],
)
def test_a_folded_network_is_found(hidden):
    imports = (
        "import keras\nimport tensorflow as tf\nfrom keras import Sequential, layers\n"
        "short = keras.layers"
    )
    for kind in ("plumbing", "bootstrap", "light plumbing"):
        made = notebook(("light", imports), (kind, hidden))
        found = folding.subject(made)
        assert found and made.cells[1].id in found[0]
    assert folding.subject(notebook(("light", imports), ("light", hidden))) == []


@pytest.mark.parametrize(
    "plain",
    [
        "import re\nWORD = re.compile('a+')",
        "from keras import layers",
        "import keras\nkeras.utils.set_random_seed(0)",
        "layers = ['sand', 'clay']\nprint(layers)",
        "ax.plot(x)\nmodel = results['model']",
        "class Box:\n    pass",
        "path = Drift().fit(y).forecast(12)",
        "code = compile('1', 'f', 'eval')",
    ],
)
def test_plumbing_is_left_alone(plain):
    assert folding.subject(notebook(("plumbing", plain))) == []


def test_a_check_trains_but_defines_no_layer():
    trains = "import keras\nmodel.fit(x, y)\nkeras.layers.GRU(3)"
    assert folding.subject(notebook(("check", trains))) == []
    defines = "import keras\nclass Own(keras.layers.Layer):\n    pass"
    assert "defines Own" in folding.subject(notebook(("check", defines)))[0]


def test_titles_are_written_once_and_renewed():
    made = notebook(
        ("bootstrap", "x = 1"),
        ("check", '@exercise("13-windows-1")\ndef check(a):\n    pass'),
        ("light plumbing", "#@title Draw the cell\nax.plot()"),
    )
    folding.fold(made, "x")
    once = nbformat.writes(made)
    assert made.cells[0].source == "# @title Set-up (run me first)\nx = 1"
    assert folding.title(made.cells[1]).startswith("Check of exercise 13-windows-1 (")
    assert folding.title(made.cells[2]) == "Draw the cell"
    folding.fold(made, "x")
    assert nbformat.writes(made) == once
    made.cells[1].source = made.cells[1].source.replace("windows-1", "windows-2")
    folding.fold(made, "x")
    assert "13-windows-2" in folding.title(made.cells[1])
    assert made.cells[1].source.count("@title") == 1


def test_a_cell_that_is_no_plumbing_any_more_opens():
    made = notebook(("plumbing", "# @title Draw\nax.plot()"))
    folding.fold(made, "x")
    made.cells[0].metadata["tags"] = []
    made.cells[0].source = folding.untitled(made.cells[0].source)
    folding.fold(made, "x")
    assert made.cells[0].metadata == {"tags": []}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (("plumbing", "ax.plot()"), "needs a first line"),
        (("plumbing", "# @title\nax.plot()"), "needs a first line"),
        (("plumbing claim", "# Claim: 1 is 1"), "is tagged claim, plumbing"),
        (("plumbing exercise", "# @title A\nx = ..."), "is tagged exercise, plumbing"),
        (("check", "assert x"), "has no @exercise"),
        (("light", "# @title Draw\nax.plot()"), "has a title but is not folded"),
    ],
)
def test_what_cannot_be_folded_is_refused(cell, said):
    made = notebook(cell)
    with pytest.raises(SystemExit, match=said) as refused:
        folding.fold(made, "13_windows.ipynb")
    assert "13_windows.ipynb, cell " + made.cells[0].id in str(refused.value)


def test_stripping_keeps_what_folds_and_nothing_else():
    made = notebook(("plumbing", "# @title Draw\nax.plot()"), ("light", "x = 1"))
    folding.fold(made, "x")
    for cell in made.cells:
        cell.metadata.setdefault("jupyter", {})["outputs_hidden"] = True
        cell.metadata["collapsed"] = True
    strip(made)
    assert made.cells[0].metadata["jupyter"] == {"source_hidden": True}
    assert made.cells[0].metadata["cellView"] == "form"
    assert set(made.cells[1].metadata) == {"tags"}


def test_minutes_count_words_and_visible_lines():
    folded = "<details><summary>One two</summary>Right. three four five</details>"
    assert folding.minutes(notebook(folded)) == 5 / 40, "opened, so they are read"
    made = notebook(
        "word " * 80,
        ("light", "# why\nx = 1\n\n" + "y = 2\n" * 11),
        ("plumbing", "z = 3\n" * 600),
        ("check", "z = 3\n" * 600),
        ("bootstrap", "z = 3\n" * 600),
        ("claim", "# Claim: so\n" + "assert x\n" * 6),
        ("exercise", "a = ...\n" * 6),
    )
    assert folding.minutes(made) == 80 / 40 + (12 + 6 + 6) / 6
    assert [folding.rounded(x) for x in (1, 7.4, 7.5, 62, 63, 118)] == [
        5, 5, 10, 60, 65, 120,
    ]  # fmt: skip


@by_name
def test_the_title_cell_says_the_minutes(lesson):
    made = lesson.read()
    said = re.search(r"About (\d+) minutes to work through", made.cells[0].source)
    assert int(said[1]) == folding.rounded(folding.minutes(made))


@pytest.mark.parametrize(
    ("minutes", "said", "refused"),
    [(75.4, None, 0), (76, "above 75", 0), (90.4, "above 75", 0), (91, "above 90", 1)],
)
def test_long_lessons_are_named_and_too_long_ones_refused(
    minutes, said, refused, monkeypatch, capsys
):
    monkeypatch.setattr(folding, "minutes", lambda notebook: minutes)
    assert course.too_long(LESSONS[:1]) == refused
    printed = capsys.readouterr().out
    assert (LESSONS[0].name in printed and said in printed) if said else not printed


@by_name
def test_folded_code_is_on_no_slide(lesson):
    for cells in slides.slides(lesson.read()):
        for cell in filter(folding.folded, cells):
            assert "slide-output" in tags(cell), folding.title(cell)


def test_a_cell_that_becomes_plumbing_leaves_the_slide():
    made = notebook(
        "# 99 · Title",
        ("", "ax.plot(x)\nplt.show()"),
        ("", "print(1)"),
        ("", "x = 1"),
    )
    slides.assign(made)
    assert not any("slide-output" in tags(cell) for cell in made.cells)
    for cell in made.cells[1:]:
        cell.metadata["tags"] = ["plumbing"]
    slides.assign(made)
    kinds = [cell.metadata["slideshow"]["slide_type"] for cell in made.cells[1:]]
    assert ["slide-output" in tags(cell) for cell in made.cells[1:]] == [1, 1, 0]
    assert kinds == ["-", "-", "skip"]
