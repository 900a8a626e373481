"""A headless Chromium for the tests of this folder; `make browser` runs them."""

import os
import re
import shutil

import pytest

from tools import questions
from tools.lessons import BUILD

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Screenshots are kept here.
PICTURES = BUILD / "browser"


@pytest.fixture(scope="session")
def chromium():
    """The browser, or a skip that says what to install."""
    sync_api = pytest.importorskip(
        "playwright.sync_api",
        reason="Playwright is not installed: make browser does it",
    )
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip(f"no browser found ({', '.join(NAMES)}): apt install chromium")
    root = os.name == "posix" and os.geteuid() == 0
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if root else []
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, request):
    """A fresh page; what it shows at the end is kept as a picture."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.trouble = []
    page.on("pageerror", lambda error: page.trouble.append(str(error)))
    yield page
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{request.node.name}.png")
    page.close()


@pytest.fixture
def choose_every_answer(page):
    """A function that clicks each answer of a lesson's three questions on the open page."""

    def choose(lesson):
        asked = questions.questions(lesson.read().cells[1].source)
        answers = [answer for _, answers in asked for answer in answers]
        said = re.compile("|".join(map(re.escape, (questions.RIGHT, questions.WRONG))))
        boxes = page.locator("details:not(.hide)", has_text=said)  # .hide: folded code
        assert boxes.count() == len(answers) == 9, lesson.name
        for place, pair in enumerate(answers):
            answer, reason = (" ".join(questions.words(x)) for x in pair)
            box, words = boxes.nth(place), re.compile(r"\s+")
            assert words.sub("", box.inner_text()) == words.sub("", answer)
            box.locator("summary").click()
            assert words.sub("", box.inner_text()) == words.sub("", answer + reason)
        boxes.first.locator("summary").click()  # a second click closes it
        assert not re.search("Right|Not quite", boxes.first.inner_text())
        assert not page.trouble

    return choose
