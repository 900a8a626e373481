"""The static site: what is in it, and what its command refuses."""

import base64
import io
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from tools import website
from tools.editions.lesson import answers
from tools.editions.run import solved, taken
from tools.folding import folded
from tools.lessons import all_lessons, tags


def test_the_site_lists_every_lesson_once():
    parts = website.parts_of(all_lessons())
    text = "".join(website.part_page(*part) for part in parts)
    for lesson in all_lessons():
        assert text.count(f"({lesson.name}.ipynb)") == 1
        assert text.count(f"| {lesson.question} |") == 1
        assert text.count(f"\n{lesson.name}\n") == 1
    page = website.first_page(all_lessons(), "")
    for number, title, question, _ in parts:
        assert page.count(f'href="part-{number}.html"') == 1
        assert title in page and question in page


def drawn(width, height):
    """A notebook's cell, tagged as the cover, with its picture."""
    picture = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(picture, "png")
    data = {"image/png": base64.b64encode(picture.getvalue()).decode()}
    cell = nbformat.v4.new_code_cell("", metadata={"tags": ["cover"]})
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    return cell


def test_a_cover_is_made_small_and_names_its_lesson(tmp_path):
    name, says = next(iter(website.manifest()["covers"].items()))
    (lesson,) = [x for x in all_lessons() if x.name == name]
    notebook = nbformat.v4.new_notebook(cells=[drawn(1440, 700)])
    html = website.covers([lesson], [notebook], tmp_path)
    assert f'href="{name}.html"' in html and says in html
    with Image.open(tmp_path / f"{name}.png") as picture:
        assert picture.size == (website.ACROSS, 350)
    for cells in ([], [drawn(9, 9), drawn(9, 9)]):
        notebook.cells = cells
        with pytest.raises(SystemExit, match=f"{name} is a cover"):
            website.covers([lesson], [notebook], tmp_path)


def test_every_cover_has_one_tagged_cell():
    for lesson in all_lessons():
        tagged = sum("cover" in tags(c) for c in lesson.read().cells)
        assert tagged == (lesson.name in website.manifest()["covers"]), lesson.name


def test_the_site_refuses_yesterdays_lessons(tmp_path):
    lesson = all_lessons()[0]
    with pytest.raises(SystemExit, match="is not there"):
        taken(tmp_path, [lesson])
    notebook = lesson.read()
    notebook.cells[1].source += " And more."
    nbformat.write(notebook, tmp_path / lesson.path.name)
    with pytest.raises(SystemExit, match="not today's lesson"):
        taken(tmp_path, [lesson])


def test_the_site_folds_the_set_up_and_the_solutions():
    notebook = all_lessons()[0].read()
    solutions = answers(all_lessons()[0])
    solved(notebook, solutions)
    website.shown(notebook)
    hidden = [c for c in notebook.cells if "hide-input" in tags(c)]
    before = [c for c in all_lessons()[0].read().cells if folded(c)]
    assert any("check" in tags(c) for c in before)
    assert len(hidden) == len(before) + len(solutions)
    assert hidden[0].metadata.mystnb.code_prompt_show.startswith("Set-up")
    assert not any("@title" in c.source for c in hidden), "the title stands on the fold"
    reasons = [
        c for c in notebook.cells if c.source.startswith("<details><summary>Sol")
    ]
    assert len(reasons) == len(solutions)


def test_the_site_is_not_made_from_lessons_without_outputs(tmp_path):
    lesson = all_lessons()[0]
    nbformat.write(lesson.read(), tmp_path / lesson.path.name)
    with pytest.raises(SystemExit, match="is not executed"):
        taken(tmp_path, [lesson])


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--solutions", "maybe"], "SOLUTIONS=maybe is neither yes nor no"),
        (["--solutions", "yes", "--from", "x"], "SOLUTIONS=yes takes no FROM"),
        (["13", "77"], "'77'"),
        (["--from", "nowhere", "13"], "windows.ipynb is not there"),
        (["--out", "utils/x", "13"], "OUT=utils/x is inside the course"),
    ],
)
def test_what_is_not_understood_is_named(words, named, monkeypatch):
    if words[0] == "--from":
        pytest.importorskip("sphinx", reason="make .venv/site installs Sphinx")
    monkeypatch.setattr(website, "executed", lambda *_: pytest.fail("executed"))
    monkeypatch.setattr(
        website.shutil, "rmtree", lambda *_, **__: pytest.fail("deleted")
    )
    with pytest.raises(SystemExit, match=named):
        website.main(words)


def test_a_site_that_fails_leaves_no_folder(tmp_path, monkeypatch):
    build = pytest.importorskip(
        "sphinx.cmd.build", reason="make .venv/site installs Sphinx"
    )
    monkeypatch.setattr(
        website, "executed", lambda lessons, _: [x.read() for x in lessons]
    )
    for code, there in ((2, False), (0, True)):

        def sphinx(words, code=code):
            Path(words[-1]).mkdir()
            return code

        monkeypatch.setattr(build, "main", sphinx)
        out = tmp_path / "site"
        if code:
            with pytest.raises(SystemExit):
                website.main(["--out", str(out), "00"])
        else:
            assert website.main(["--out", str(out), "00"]) == 0
        assert (out / "html").is_dir() == there and bool(
            list(tmp_path.iterdir())
        ) == there
