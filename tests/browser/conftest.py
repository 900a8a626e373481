"""A headless Chromium for the tests of this folder; `make browser` runs them."""

import os
import shutil

import pytest

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
