"""Each lesson as slides, executed, without its exercises: one page, reveal.js inside."""

import re
from importlib import resources
from itertools import pairwise

from nbconvert import SlidesExporter
from traitlets.config import Config

from tools.editions.pages import HEAD, Drawn
from tools.editions.run import executed, taken
from tools.files import write_text

#: The last state of the line that follows a training (utils.training.Progress).
PROGRESS = re.compile(r"'text/html': '[^']*: done · ")
SLIDES = """\
{%- extends "index.html.j2" -%}
{%- block html_head_js -%}
HEAD
{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_css -%}
<style>
 .reveal .slides > section, .reveal .slides > section > section {
   max-height: 100%; overflow-y: auto; font-size: 20px }
 .reveal h1, .reveal h2, .reveal h3 { text-transform: none !important }
 .reveal .jp-Cell { padding: 0 }
 .reveal .jp-RenderedImage img, .reveal .animation img { max-height: 430px; width: auto }
 .reveal .jp-InputPrompt, .reveal .jp-OutputPrompt { display: none }
 .reveal pre { white-space: pre !important; overflow: visible !important }
 .reveal .wrap pre { white-space: pre-wrap !important; overflow-wrap: anywhere }
</style>
{%- endblock -%}
{%- block footer_js -%}
<script src="reveal/dist/reveal.js"></script>
<script>
// A slide fills the screen or shrinks to it, in percent; lines are wrapped before all is small.
const LARGEST = 140, SMALL = 70, SMALLEST = 50
function fits(slide) {
  const edge = slide.getBoundingClientRect().right + 1, line = document.createRange()
  const wide = [...slide.querySelectorAll("pre, td")].some(n => {
    line.selectNodeContents(n)
    return line.getBoundingClientRect().right > edge
  })
  return !wide && slide.scrollHeight * slide.style.zoom <= Reveal.getConfig().height
}
function fit({currentSlide: slide}) {
  for (const wrap of [false, true]) {
    slide.classList.toggle("wrap", wrap)
    for (let percent = LARGEST; percent >= (wrap ? SMALLEST : SMALL); percent -= 2) {
      slide.style.zoom = percent / 100
      if (fits(slide)) return
    }
  }
}
Reveal.on("ready", fit)
Reveal.on("slidechanged", fit)
// An answer that is opened makes its slide longer.
document.addEventListener("toggle", () => fit({currentSlide: Reveal.getCurrentSlide()}), true)
Reveal.initialize({
  hash: true, slideNumber: true, controls: false, center: false, width: 1100, height: 700
})
</script>
{%- endblock -%}
""".replace("HEAD", HEAD)


class Slides(Drawn, SlidesExporter):
    """nbconvert's slides with formulas drawn, before reveal.js is put in."""

    raw_template = SLIDES


def reveal():
    """The folder of reveal.js.

    Raises:
        SystemExit: the package that brings it is not installed.
    """
    try:
        return resources.files("sphinx_revealjs") / "_static" / "revealjs"
    except ModuleNotFoundError:
        raise SystemExit(
            "The slides need reveal.js from the package sphinx-revealjs, which is not "
            "installed: make .venv/site"
        ) from None


def with_reveal(page):
    """Slides with the files of reveal.js that they name inside them."""

    def text(name):
        return (reveal() / name).read_text(encoding="utf-8")

    def style(match):
        return f"<style>{re.sub(r'@import url[^;]*;', '', text(match[1]))}</style>"

    def script(match):
        return f"<script>{text(match[1])}</script>"

    page = re.sub(r'<link [^>]*href="reveal/([^"]+)"[^>]*>', style, page)
    return re.sub(r'<script src="reveal/([^"]+)"></script>', script, page)


def slides(out, lessons, source=""):
    """Write the lessons as slides.

    Args:
        out: an empty folder.
        lessons: which lessons.
        source: a folder of executed notebooks; without it the lessons are executed.
    """
    reveal()  # asked before minutes are spent
    settings = Config()
    settings.TagRemovePreprocessor.enabled = True
    settings.TagRemovePreprocessor.remove_input_tags = {"slide-output"}
    exporter = Slides(config=settings)
    exporter.reveal_url_prefix = "reveal"
    exporter.reveal_theme = "white"  # the theme whose fonts are its own
    exporter.log.setLevel("ERROR")
    notebooks = taken(source, lessons) if source else executed(lessons)
    for lesson, notebook in zip(lessons, notebooks, strict=True):
        for cell, following in pairwise(notebook.cells):
            if "outputs" in cell:  # without the line that followed a training
                cell.outputs = [o for o in cell.outputs if not PROGRESS.search(str(o))]
            hidden = following.metadata.get("slideshow", {}).get("slide_type") == "skip"
            if cell.cell_type == "markdown" and hidden:  # nothing to announce
                cell.source = re.sub(r":$", ".", cell.source)
        about = {"metadata": {"name": f"{lesson.number} · {lesson.title}"}}
        text = exporter.from_notebook_node(notebook, about)[0]
        text = with_reveal(text).rstrip() + "\n"
        write_text(out / f"{lesson.name}.html", text)
