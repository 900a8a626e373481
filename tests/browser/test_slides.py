"""Every slide of every lesson in a real browser; `make slides` makes them first."""

import os
from pathlib import Path

import pytest

from tools import questions
from tools.lessons import BUILD, all_lessons

SLIDES = Path(os.environ.get("COURSE_SLIDES", BUILD / "slides")).resolve()
DECKS = sorted(SLIDES.glob("*.html"))

if not DECKS:
    pytest.skip(f"no slides in {SLIDES}: make slides", allow_module_level=True)

#: Go through a deck; for each slide its number, first words and what is wrong with it.
WALK = """async () => {
  const found = []
  for (Reveal.slide(0, 0); ; Reveal.next()) {
    await new Promise(requestAnimationFrame)
    const slide = Reveal.getCurrentSlide(), wrong = []
    const zoom = parseFloat(slide.style.zoom || 1)
    if (slide.scrollHeight * zoom > Reveal.getConfig().height + 1) wrong.push("too tall")
    const edge = slide.getBoundingClientRect().right + 2
    for (const part of slide.querySelectorAll("pre, td, img, svg, math, p, h1, h2, li")) {
      const shown = part.matches("pre, td") ? document.createRange() : part
      if (shown !== part) shown.selectNodeContents(part)
      const folded = part.closest("details:not([open])")
      if (!folded && shown.getBoundingClientRect().right > edge)
        wrong.push("too wide: " + part.textContent.trim().slice(0, 60))
    }
    for (const image of slide.querySelectorAll("img"))
      if (!image.naturalWidth) wrong.push("a picture is missing")
    if (!slide.textContent.trim() && !slide.querySelector("img, svg, canvas"))
      wrong.push("empty")
    const {h, v} = Reveal.getIndices()
    const words = slide.textContent.trim().slice(0, 50)
    found.push({place: `${h}.${v || 0}`, words, zoom, wrong})
    if (Reveal.isLastSlide()) return found
  }
}"""


@pytest.mark.parametrize("path", DECKS, ids=lambda p: p.stem)
def test_deck(page, path):
    """Every slide fits on the screen, and no page asks a host for anything."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("window.Reveal?.isReady()")
    slides = page.evaluate(WALK)
    assert len(slides) > 10
    bad = [s for s in slides if s["wrong"]]
    assert not bad, bad
    assert not page.trouble
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked


#: Go to the slide with the three questions.
ASKING = """said => {
  const boxes = [...document.querySelectorAll("section details")]
  const slide = boxes.find(n => n.textContent.includes(said)).closest("section")
  const {h, v} = Reveal.getIndices(slide)
  Reveal.slide(h, v || 0)
}"""


#: How much of the slide is below the edge, in pixels.
BELOW = """async () => {
  await new Promise(requestAnimationFrame)
  const slide = Reveal.getCurrentSlide(), zoom = parseFloat(slide.style.zoom || 1)
  return slide.scrollHeight * zoom - Reveal.getConfig().height
}"""


def test_each_answer_opens_and_says_why(page, choose_every_answer):
    """And when all are open, they still fit on the slide."""
    lessons = {x.name: x for x in all_lessons()}
    for path in DECKS:
        lesson = lessons[path.stem]
        if lesson.read().cells[1].source.startswith(questions.INTRO):
            page.goto(path.as_uri())
            page.wait_for_function("window.Reveal?.isReady()")
            page.evaluate(ASKING, questions.WRONG)
            choose_every_answer(lesson)
            assert page.evaluate(BELOW) <= 1, path.stem
