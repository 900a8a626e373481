"""Every page of the built site in a real browser; `make site` builds it first."""

import os
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import pytest

from tools import folding, questions
from tools.lessons import BUILD, all_lessons, tags

SITE = Path(os.environ.get("COURSE_SITE", BUILD / "site" / "html")).resolve()
PAGES = sorted(SITE.glob("*.html"))
LESSONS = {x.name: x for x in all_lessons()}

#: Where pictures are left to look at.
SHOTS = BUILD / "browser"

if not PAGES:
    pytest.skip(f"no site in {SITE}: make site", allow_module_level=True)

LINKS = "nodes => nodes.map(n => n.getAttribute('href'))"
IDS = "nodes => nodes.map(n => n.id)"
BROKEN = "nodes => nodes.filter(n => !n.naturalWidth).map(n => n.alt || n.src)"
FLAT = """nodes => nodes.filter(n => {
  const box = n.getBoundingClientRect(), folded = n.closest("details:not([open])")
  return !folded && (box.width < 2 || box.height < 2) || n.querySelector("merror")
}).map(n => n.textContent)"""
#: The text of a page without its code, its formulas and its outputs.
PROSE = """() => {
  const copy = document.querySelector("article").cloneNode(true)
  copy.querySelectorAll("pre, code, math, script, .cell").forEach(n => n.remove())
  return copy.textContent
}"""


def visit(page, path, asked):
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())


@pytest.fixture(scope="module")
def anchors(chromium):
    """{page: ids that a link may lead to}."""
    page = chromium.new_page()
    found = {}
    for path in PAGES:
        page.goto(path.as_uri())
        found[path] = set(page.eval_on_selector_all("[id]", IDS))
    page.close()
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_page(page, path, anchors):
    asked = []
    visit(page, path, asked)
    assert not page.trouble
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked
    assert not page.eval_on_selector_all("img", BROKEN)
    assert not page.eval_on_selector_all("math", FLAT), "formulas without a drawing"
    if path.stem in LESSONS:
        prose = page.evaluate(PROSE)
        assert "\\begin" not in prose and "$$" not in prose and "\\frac" not in prose
        assert len(page.query_selector_all("h1")) >= 1
    for link in page.eval_on_selector_all("a[href]", LINKS):
        if urlparse(link).scheme in ("http", "https", "mailto"):
            continue  # to follow, not to fetch; make links is no part of an offline check
        name, anchor = urldefrag(link)
        target = (path.parent / unquote(name)).resolve() if name else path
        assert target.is_file(), f"{path.name} links to {link}"
        if anchor and target in anchors:
            assert unquote(anchor) in anchors[target], f"{path.name} links to {link}"


def test_lessons_are_in_order_and_complete(page):
    """Reached from the first page by its cards, part by part."""
    page.goto((SITE / "index.html").as_uri())
    cards = page.eval_on_selector_all(".parts a", LINKS)
    shown = []
    for card in cards:
        page.goto((SITE / card).as_uri())
        links = page.eval_on_selector_all("article td a[href$='.html']", LINKS)
        shown += [Path(link).stem for link in links]
    assert shown == [name for name in LESSONS if (SITE / f"{name}.html").is_file()]


def test_the_arrows_lead_through_every_lesson(page):
    """From the first page by "next", without a step aside."""
    page.goto((SITE / "index.html").as_uri())
    seen = []
    while page.locator("a.next-page").count() and len(seen) <= len(PAGES):
        seen.append(Path(page.locator("a.next-page").get_attribute("href")).stem)
        page.goto((SITE / f"{seen[-1]}.html").as_uri())
    lessons = [x for x in seen if x in LESSONS]
    assert lessons == [name for name in LESSONS if (SITE / f"{name}.html").is_file()]
    assert len(seen) == len(set(seen))


WIDTHS = {"telephone": 390, "tablet": 820, "desk": 1440}
#: Whatever reaches beyond the screen, unless something that it lies in scrolls by itself.
WIDE = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return []
  const inside = n => n && (getComputedStyle(n).overflowX != "visible" || inside(n.parentElement))
  return [...document.querySelectorAll("article *")]
    .filter(n => n.getBoundingClientRect().right > innerWidth + 1 && !inside(n.parentElement))
    .map(n => n.outerHTML.slice(0, 80)).concat(["the page"])
}"""


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_no_page_is_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        page.goto(path.as_uri())
        assert not page.evaluate(WIDE), path.name
        if path.stem in ("index", "part-2", "glossary", "21_sunspots"):
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SHOTS / f"site-{path.stem}-{width}.png")


def fetched(page, path):
    """Bytes of all files that a page asks for, itself included."""
    asked = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    files = [
        Path(unquote(urlparse(url).path)) for url in asked if url.startswith("file:")
    ]
    return sum(f.stat().st_size for f in files)


def test_the_first_page_is_light_and_no_page_is_heavy(page):
    """300 kB for the first; 3 MB for a lesson, but where it holds an animation."""
    first = fetched(page, SITE / "index.html")
    assert first < 300_000, f"{first / 1000:.0f} kB"
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        most = 6e6 if 'class="animation"' in text else 3e6
        size = fetched(page, path)
        assert size < most, f"{path.name}: {size / 1e6:.1f} MB"


def test_figures_are_there(page):
    """A page shows as many pictures as cells that ask for one, at the least."""
    for name, lesson in LESSONS.items():
        path = SITE / f"{name}.html"
        if path.is_file():
            wanted = sum("plt.show()" in c.source for c in lesson.read().cells)
            page.goto(path.as_uri())
            assert len(page.query_selector_all(".cell_output img")) >= wanted, name


def test_folded_cells_show_their_title_and_open_with_a_click(page):
    """Set-up, checks and plumbing as in the lessons; what they draw or print stays open."""
    for path in PAGES:
        if path.stem not in LESSONS:
            continue
        cells = [c for c in LESSONS[path.stem].read().cells if folding.folded(c)]
        page.goto(path.as_uri())
        shown = page.locator("details.hide.above-input:not(.cell_output *)")
        titles = shown.locator("summary .collapsed").all_inner_texts()
        titles = [x for x in titles if x != "Show code cell source"]  # a solution
        assert titles == [folding.title(c) for c in cells], path.stem
        first, code = shown.first, shown.first.locator("pre").first
        assert not code.is_visible()
        first.locator("summary").click()
        assert code.is_visible()
        assert folding.untitled(cells[0].source).split("\n")[0] in code.inner_text()
        assert "@title" not in page.locator("article").inner_text()


def test_each_answer_opens_and_says_why(page, choose_every_answer):
    """All three of all questions; a page is a file, so nothing comes from elsewhere."""
    asking, asked = [], []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        lesson = LESSONS.get(path.stem)
        if lesson and lesson.read().cells[1].source.startswith(questions.INTRO):
            page.goto(path.as_uri())
            choose_every_answer(lesson)
            asking.append(path.stem)
    assert asking
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked


def test_solutions_are_folded_or_absent(page):
    with_solutions = "solutions" in str(SITE)
    for path in PAGES:
        if path.stem in LESSONS:
            cells = LESSONS[path.stem].read().cells
            exercises = sum("exercise" in tags(c) for c in cells)
            page.goto(path.as_uri())
            folded = page.locator("summary", has_text="Solution of").count()
            assert folded == (exercises if with_solutions else 0), path.stem


def test_light_and_dark(page):
    page.goto(PAGES[0].as_uri())
    colour = "() => getComputedStyle(document.body).backgroundColor"
    seen = set()
    for _ in range(3):
        page.locator("button.theme-toggle").locator("visible=true").first.click()
        seen.add(page.evaluate(colour))
    assert len(seen) == 2


def test_search(page):
    name, lesson = next(
        (n, x) for n, x in LESSONS.items() if SITE / f"{n}.html" in PAGES
    )
    page.goto((SITE / "index.html").as_uri())
    page.locator("input[name=q]").first.fill(lesson.title)
    page.keyboard.press("Enter")
    page.wait_for_selector(".search li a", timeout=20_000)
    links = page.eval_on_selector_all(".search li a", LINKS)
    assert any(name in link for link in links), links


def test_animation_plays(page):
    players = [p for p in PAGES if 'class="animation"' in p.read_text(encoding="utf-8")]
    assert players or not set(LESSONS) <= {p.stem for p in PAGES}
    for path in players:
        page.goto(path.as_uri())
        player = page.locator(".animation").first
        frame = player.locator("img").first
        before = frame.get_attribute("src")
        player.locator("button[title='Next frame']").click()
        assert frame.get_attribute("src") != before, path.stem
