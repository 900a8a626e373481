"""Animations in a real browser: paused at first, on paper, and two copies on one page."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.test_lab import COMMANDS, RUN_ALL, lab  # noqa: F401  (a fixture)
from utils import plots

CODE = """\
from utils import plots
figure, ax = plots.plt.subplots(figsize=(3, 2), dpi=50)
plots.animate(figure, lambda i: ax.fill_between([0, 1], [0, i]), frames=4, seconds=0.2)
"""
SAVE = """([path, content]) => window.jupyterapp.serviceManager.contents.save(
  path, {type: "notebook", format: "json", content})"""
OPEN = """async path => {
  const app = window.jupyterapp
  const panel = await app.commands.execute("docmanager:open", {path})
  await panel.context.ready
  await panel.sessionContext.ready
  app.shell.activateById(panel.id)
}"""
#: Of each film on the page: its picture, whether it is drawn, and whether one sees it.
FILMS = """() => [...document.querySelectorAll(".film .animation img")].map(n =>
  ({picture: n.src, drawn: n.naturalWidth > 50, shown: n.offsetParent !== null}))"""


@pytest.fixture(scope="module")
def film():
    figure, ax = plots.plt.subplots(figsize=(3, 2), dpi=50)
    draw = lambda i: ax.fill_between([0, 1], [0, i])  # noqa: E731
    return plots.animate(figure, draw, frames=4, seconds=0.2).data


def films(page):
    found = page.evaluate(FILMS)
    assert all(x["drawn"] for x in found), "a broken picture"
    return [x["picture"] for x in found]


def ready(page, number):
    page.wait_for_function(
        "n => [...document.querySelectorAll('.film .animation img')]"
        ".filter(i => i.naturalWidth > 50).length === n",
        arg=number,
    )


def press(page, place, title):
    page.locator(".film").nth(place).locator(f"button[title='{title}']").click()


def test_a_film_waits_for_its_button(page, film):
    page.set_content(film)
    ready(page, 1)
    first = films(page)
    page.wait_for_timeout(1200)  # six frames
    assert films(page) == first
    assert page.locator("input[type=range]").input_value() == "0"
    press(page, 0, "Play")
    page.wait_for_function(
        "first => document.querySelector('.animation img').src !== first", arg=first[0]
    )
    assert not page.trouble


def test_a_film_that_plays_by_itself_would_be_noticed(page, film):
    name = film.split("_anim_img")[1].split('"')[0]
    started = f"<script>setTimeout(() => anim{name}_1.play_animation(), 50)</script>"
    page.set_content(film + started)
    ready(page, 1)
    page.wait_for_timeout(1200)
    assert page.locator("input[type=range]").input_value() == "3"


def test_paper_shows_the_last_frame_alone(page, film):
    page.set_content(film)
    ready(page, 1)
    still = page.locator("img.still")
    assert not still.is_visible() and page.locator(".animation").is_visible()
    page.emulate_media(media="print")
    assert still.is_visible() and not page.locator(".animation").is_visible()
    assert still.evaluate("n => n.naturalWidth") > 50


def test_three_copies_on_one_page_play_their_own(page, film):
    page.set_content(f"<div>{film}</div><div>{film}</div><div>{film}</div>")
    ready(page, 3)
    first = films(page)
    assert len(set(first)) == 1
    press(page, 1, "Next frame")
    second = films(page)
    assert second[0] == second[2] == first[0] != second[1]
    press(page, 2, "Last frame")
    third = films(page)
    assert third[:2] == second[:2] and len(set(third)) == 3
    slider = page.locator("input[type=range]").nth(0)
    slider.fill("2")
    assert films(page)[0] not in third and films(page)[1:] == third[1:]
    press(page, 0, "Play backwards")
    page.wait_for_timeout(1000)
    assert films(page)[1:] == third[1:]
    ids = page.eval_on_selector_all("[id]", "nodes => nodes.map(n => n.id)")
    assert len(ids) == len(set(ids))
    assert not page.trouble


def test_two_copies_of_a_notebook_in_one_lab(page, lab):  # noqa: F811
    """The copy that "File, Duplicate" makes, open beside its original."""
    address, token = lab
    page.set_default_timeout(120_000)
    page.goto(f"{address}lab/workspaces/two?token={token}&reset")
    page.wait_for_function("window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored")
    notebook = new_notebook(cells=[new_code_cell(CODE)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for number, path in enumerate(["film.ipynb", "film-Copy1.ipynb"], 1):
        page.evaluate(SAVE, [path, notebook])
        page.evaluate(OPEN, path)
        page.evaluate(COMMANDS, RUN_ALL)
        ready(page, number)
    shown = [x["shown"] for x in page.evaluate(FILMS)]
    assert sorted(shown) == [False, True], "one tab is in front of the other"
    before, front = films(page), shown.index(True)
    press(page, front, "Next frame")
    after = films(page)
    assert after[front] != before[front] and after[1 - front] == before[1 - front]
