"""Three lessons in JupyterLab, in a real browser, as a student runs them.

One with an animation (20), one with a slider (24), one whose questions and exercise are answered
(13). What is folded in them shows its title, runs, and opens with a click.
"""

import os
import re
import secrets
import subprocess
import sys
import time

import pytest

from tools import folding
from tools.course_copy import copy
from tools.editions.lesson import answers
from tools.lessons import GUARDED, ROOT, chosen, tags, tomllib

MINUTES = 6 * 60_000  # what a lesson may take in the browser, in milliseconds

#: Commands of JupyterLab one after another, refused when one takes longer than it may.
COMMANDS = """async ([names, most]) => {
  for (const name of names) {
    const late = new Promise((_, no) =>
      setTimeout(() => no(new Error(`${name}: no end after ${most} ms`)), most))
    await Promise.race([window.jupyterapp.commands.execute(name), late])
  }
}"""
RUN_ALL = [["notebook:run-all-cells"], MINUTES]
RUN_TWO = [["notebook:run-cell-and-select-next"] * 2, MINUTES]
CELLS = """() => {
  const panel = window.jupyterapp.shell.currentWidget
  return panel.content.widgets.map(cell => cell.model.toJSON())
}"""
#: Put a text into the code cell with this id, then run it and the check below it.
OPEN = """id => {
  const notebook = window.jupyterapp.shell.currentWidget.content
  const place = notebook.widgets.findIndex(cell => cell.model.id === id)
  notebook.activeCellIndex = place
  notebook.scrollToItem(place)
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of a copy of the course; gives its address."""
    folder = tmp_path_factory.mktemp("lab")
    copy(folder / "course")
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    whole = '{"windowingMode": "none"}'  # every cell in the page, not only the visible
    (settings / "tracker.jupyterlab-settings").write_text(whole)
    token, log = secrets.token_hex(8), folder / "log"
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--port=0"]
    command += ["--expose-app-in-browser", f"--IdentityProvider.token={token}"]
    if os.name == "posix" and os.geteuid() == 0:
        command += ["--allow-root"]
    environment = {
        **os.environ,
        **GUARDED,
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=folder / "course",
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(600):
            found = re.search(
                r"http://(?:localhost|127\.0\.0\.1):\d+/", log.read_text()
            )
            if found:
                break
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        assert found, log.read_text()
        yield found[0], token
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def opened(lab, page):
    """A function that opens a lesson, runs all its cells and returns them.

    With a kernel of its own: one that an earlier page has left may hear half of the cells.
    """
    address, token = lab
    sessions, key = f"{address}api/sessions", {"Authorization": f"token {token}"}

    def run(name):
        page.set_default_timeout(MINUTES)
        for session in page.request.get(sessions, headers=key).json():
            page.request.delete(f"{sessions}/{session['id']}", headers=key)
        alone = f"{address}lab/workspaces/{name}/tree/notebooks/{name}.ipynb"
        page.goto(f"{alone}?token={token}&reset")
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("() => window.jupyterapp.restored")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_function(
            "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
            "?.status === 'idle'"
        )
        page.evaluate(COMMANDS, RUN_ALL)
        return page.evaluate(CELLS)

    return run


def outputs(cells):
    return [o for cell in cells for o in cell.get("outputs", [])]


def assert_clean(page, cells):
    """No error, nothing on stderr, and every picture is drawn on the page."""
    found = outputs(cells)
    assert all(c["execution_count"] for c in cells if c["cell_type"] == "code")
    bad = [o for o in found if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert not bad, bad
    pictures = sum("image/png" in o.get("data", {}) for o in found)
    drawn = page.eval_on_selector_all(
        ".jp-OutputArea-output.jp-RenderedImage img",
        "nodes => nodes.filter(n => n.naturalWidth > 50 && !n.closest('.jupyter-widgets'))"
        ".length",  # what a slider draws is in no cell
    )
    assert drawn == pictures > 0
    assert page.locator("mjx-merror").count() == 0


def test_animation(page, opened):
    cells = opened("20_simple_rnn")
    assert_clean(page, cells)
    player = page.locator(".animation").first
    player.scroll_into_view_if_needed()
    frame = player.locator("img").first
    before = frame.get_attribute("src")
    player.locator("button[title='Next frame']").click()
    assert frame.get_attribute("src") != before
    assert frame.evaluate("n => n.naturalWidth") > 50


def test_slider(page, opened):
    cells = opened("24_gru")
    assert_clean(page, cells)
    slider = page.locator(".jupyter-widgets .noUi-handle").first
    slider.scroll_into_view_if_needed()
    picture = page.locator(".jupyter-widgets img").first
    picture.wait_for()
    before, value = picture.get_attribute("src"), slider.get_attribute("aria-valuenow")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.jupyter-widgets img')?.src !== before",
        arg=before,
    )
    assert slider.get_attribute("aria-valuenow") != value


@pytest.mark.parametrize("name", ["13_windows", "20_simple_rnn"])
def test_folded_cells(page, opened, name):
    """Each shows its title and ran with the others; a click opens it, its code can be read."""
    wanted = [c for c in chosen([name])[0].read().cells if folding.folded(c)]
    cells = opened(name)
    assert_clean(page, cells)
    closed = page.locator(".jp-Notebook .jp-InputPlaceholder")
    first_lines = [c.source.split("\n")[0] for c in wanted]
    assert closed.locator(".jp-PlaceholderText").all_inner_texts() == first_lines
    assert all(folding.title(c) for c in wanted)
    for cell in wanted[:3]:
        place = next(n for n, c in enumerate(cells) if c.get("id") == cell.id)
        shown = page.locator(".jp-Notebook .jp-Cell").nth(place)
        assert not shown.locator(".cm-content").is_visible()
        assert (shown.locator(".jp-OutputArea-output").count() > 0) == bool(
            cells[place]["outputs"]
        )
        shown.locator(".jp-InputPlaceholder").click()
        code = shown.locator(".cm-content")
        code.wait_for()
        assert cell.source.split("\n")[1] in code.inner_text()
        assert shown.locator(".jp-InputPlaceholder").count() == 0


def test_answers(page, opened, choose_every_answer):
    """Each answer of the three questions opens and says why, without any connection."""
    name = "13_windows"
    opened(name)
    page.context.set_offline(True)
    # JupyterLab asks its server from time to time, and lays a box over the page when it gets
    # no answer. Asked at once, so that it surely comes, and told not to come again.
    page.evaluate("window.jupyterapp.serviceManager.sessions.refreshRunning()")
    box = page.locator("dialog.jp-Dialog", has_text="Server Connection Error")
    box.locator("input[type=checkbox]").check()
    box.get_by_text("Close", exact=True).click()
    try:
        choose_every_answer(chosen([name])[0])
    finally:
        page.context.set_offline(False)


def test_exercise(page, opened):
    """A wrong answer gets its hint, the right one "right", and the rest stays."""
    name = "13_windows"
    cells = opened(name)
    lesson = chosen([name])[0]
    right = answers(lesson)
    wrong = tomllib.loads((ROOT / "tests" / "wrong" / f"{name}.toml").read_text())
    stub = next(c for c in lesson.read().cells if "exercise" in tags(c))
    exercise = stub.metadata["exercise"]

    def verdict(answer):
        page.evaluate(OPEN, stub.id)
        editor = page.locator(".jp-Notebook .jp-mod-active .cm-content").first
        editor.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(answer)
        page.evaluate(COMMANDS, RUN_TWO)
        now = page.evaluate(CELLS)
        place = next(n for n, c in enumerate(now) if c.get("id") == stub.id)
        assert now[place]["source"].strip() == answer.strip()
        shown = page.locator(".jp-Notebook .jp-Cell").nth(place + 1)
        return shown.locator(".jp-OutputArea-output").first.inner_text()

    assert "not attempted" in str(outputs(cells))
    first = wrong[exercise][0]
    said = verdict(first["answer"])
    assert "not yet" in said and first["hint"] in said
    assert "right ✓" in verdict(right[exercise][1])
    assert_clean(page, page.evaluate(CELLS))
