"""The course for a class: without solutions, with them executed, for nbgrader, as slides.

    python -m tools.editions student FOLDER [LESSON ...]
    python -m tools.editions instructor FOLDER [LESSON ...]
    python -m tools.editions nbgrader FOLDER [LESSON ...]
    python -m tools.editions slides FOLDER [--from FOLDER] [LESSON ...]

student      what a student needs and nothing else: lessons, utils, data, tables,
             licences, a README, and of the commands `make lab` and `make forecast`.
instructor   the same; each lesson holds its solutions and their reasons and is executed,
             every check "right", as a notebook and as a page that asks no host for anything.
nbgrader     a course for nbgrader: one self-contained assignment for each lesson.
slides       each lesson as slides, executed (which cells: tools/slides.py): one page each,
             reveal.js inside. ``--from`` takes executed notebooks, such as `make test`
             leaves in build/run/notebooks, instead of executing.

Two runs write the same files, apart from seconds that a lesson itself measures, and no file
names the machine. The folder must be new or empty: nothing is ever deleted in it.
"""

import argparse
import hashlib
import html
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from itertools import pairwise
from pathlib import Path

import nbformat
from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter, SlidesExporter
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat.v4 import new_code_cell, new_markdown_cell
from traitlets.config import Config

from tools.course import badge, lesson_table
from tools.course_copy import PARTS, copy
from tools.lessons import (
    BUILD,
    GUARDED,
    ONE_THREAD,
    ROOT,
    chosen,
    execute,
    manifest,
    tags,
)
from tools.strip import KEPT, KERNEL

#: The last state of the line that follows a training (utils.runtime.Progress).
PROGRESS = re.compile(r"'text/html': '[^']*: done · ")
#: Kept of the Makefile: the blocks that begin so.
STUDENT_TARGETS = ("PYTHON ?=", "lab:", "forecast:", "# uv installs", ".venv/student:")
STUDENT_TOOLS = ["__init__.py", "lessons.py", "forecast.py"]

README = """\
# {title}

{kind}

You need Python 3.10, 3.11, 3.12 or 3.13. With `make`:

```sh
make lab         # sets everything up, opens JupyterLab at the first lesson
make forecast    # the sunspot workshop without a browser
```

Without it, in this folder:

```sh
python3 -m venv .venv
.venv/bin/python -m pip install -r requirements.txt
.venv/bin/jupyter lab notebooks
```

On Windows (PowerShell): `py -m venv .venv`, then `.venv\\Scripts\\python` and
`.venv\\Scripts\\jupyter` with the same words after them.

{table}

Every exercise tells at once: not attempted, not yet (and why), or right.

Code: MIT ([LICENSE](LICENSE)). Text and figures: Creative Commons Attribution 4.0
([LICENSE-text.md](LICENSE-text.md)). Data: each file its own, see
[data/README.md](data/README.md).
"""
STUDENT = "The lessons with their exercises and checks."
INSTRUCTOR = """\
**For instructors: with solutions.** `notebooks/` holds the lessons as executed, `pages/` the
same to read in a browser, offline, with figures, animations and score tables."""

NBGRADER = """\
# Written by `make nbgrader`. In this folder:
#   nbgrader generate_assignment 13_windows
#   nbgrader autograde 13_windows
c = get_config()
c.CourseDirectory.course_id = "{folder}"
c.ClearSolutions.code_stub = {{"python": ""}}  # the lesson's own stub stands above it
c.ExecutePreprocessor.timeout = 600
"""

#: The head of every page: formulas aligned, and no request to any host.
HEAD = """\
<style>
 mtd[columnalign="right"] {text-align: right}
 mtd[columnalign="left"] {text-align: left}
</style>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
 font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
"""
PAGE = f"""\
{{%- extends "index.html.j2" -%}}
{{%- block html_head_js -%}}
{HEAD}
{{%- endblock -%}}
{{%- block html_head_js_mathjax -%}}{{%- endblock -%}}
{{%- block html_head_js_mermaidjs -%}}{{%- endblock -%}}
"""

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
Reveal.initialize({
  hash: true, slideNumber: true, controls: false, center: false, width: 1100, height: 700
})
</script>
{%- endblock -%}
""".replace("HEAD", HEAD)


def answers(lesson):
    """The solutions of a lesson as {exercise: (reason, code)}."""
    found, cells = {}, nbformat.read(lesson.solutions, as_version=4).cells
    for place, cell in enumerate(cells):
        if name := cell.metadata.get("exercise"):
            reason = cells[place - 1].source
            reason = re.sub(r"^#+ .*\n+|^\*\*\S+\*\* *", "", reason)  # its own heading
            found[name] = reason, cell.source
    return found


def handed_out(lesson, lessons, ending="ipynb"):
    """A lesson as an edition holds it.

    The badge goes (it would open the repository, not this edition), and so do links to
    lessons that are not in the edition and sentences that tell where the solutions are.
    """
    notebook, names = lesson.read(), {x.name for x in lessons}

    def link(match):
        text, name = match.groups()
        return f"[{text}]({name}.{ending})" if name in names else text

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = cell.source.replace(badge(manifest()["course"], lesson), "")
            text = re.sub(r"\[([^\]]+)\]\((\d\d_\w+)\.ipynb\)", link, text)
            text = re.sub(r" ?[^.\n]*`notebooks/solutions/?`[^.\n]*\.", "", text)
            cell.source = re.sub(r"\n{3,}", "\n\n", text)
    return notebook


def student(out, lessons, kind=STUDENT):
    """Write the hand-out."""
    copy(out)
    shutil.rmtree(out / "notebooks")
    (out / "notebooks").mkdir()
    for lesson in lessons:
        path = out / "notebooks" / lesson.path.name
        nbformat.write(handed_out(lesson, lessons), path)
    for name in ("LICENSE", "LICENSE-text.md"):
        shutil.copy(ROOT / name, out)
    (out / "tools").mkdir()
    for name in STUDENT_TOOLS:
        shutil.copy(ROOT / "tools" / name, out / "tools")
    blocks = (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    kept = [block for block in blocks if block.startswith(STUDENT_TARGETS)]
    text = ".PHONY: lab forecast\n\n" + "\n\n".join(kept)
    write(out / "Makefile", text.replace("00_welcome", lessons[0].name))
    data = manifest()
    table = lesson_table(data["course"], data["parts"], lessons)
    table = re.sub(r"(?m)\|[^|\n]*\|$", "|", table)  # without the badges
    text = README.format(title=data["course"]["title"], kind=kind, table=table)
    write(out / "README.md", text)


def write(path, text):
    """Write a text that ends with one line break, the same on every system."""
    path.write_text(text.rstrip() + "\n", encoding="utf-8", newline="\n")


def solved(notebook, solutions):
    """After each stub, in place: a heading, the reason and the solution."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if name := cell.metadata.get("exercise"):
            reason, code = solutions[name]
            heading = f"#### Solution of {name}\n\n{reason}"
            cells.append(new_markdown_cell(heading, id=f"{cell.id}-reason"))
            cells.append(new_code_cell(code, id=f"{cell.id}-solution"))
            for added in cells[-2:]:
                added.metadata["tags"] = ["solution"]
    notebook.cells = cells


def impersonal(text, out):
    """A text without folders of this machine, addresses in memory, seconds of progress."""
    places = [out, ROOT, sys.prefix, Path.home(), tempfile.gettempdir()]
    places = {str(p) for p in places} | {str(Path(p).resolve()) for p in places}
    for place in sorted(places, key=len, reverse=True):
        if len(place) > 3:
            text = re.sub(rf"{re.escape(place)}(?!\w)([\\/]tmp\w{{8}})?", "…", text)
    text = re.sub(r" at 0x[0-9a-f]{6,}", "", text)
    return re.sub(r"(: done · .*) · \d+ s$", r"\1", text)


def clean(notebook, out):
    """Remove from an executed notebook what another run would write otherwise."""
    CoalesceStreamsPreprocessor().preprocess(notebook, {})
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        for key in set(cell.metadata) - KEPT:
            del cell.metadata[key]  # the hours at which it ran
        for output in cell.get("outputs", []):
            if "text" in output:
                output.text = impersonal(output.text, out)
            for kind, content in output.get("data", {}).items():
                if kind.startswith("text/"):
                    output.data[kind] = impersonal(content, out)


def formula(latex, display):
    """A formula as MathML; ``display`` is "inline" or "block"."""
    latex = latex.strip().replace(
        "{aligned}", "{align*}"
    )  # the name the converter knows
    return convert(latex, display=display).replace(r"\_", "_")  # left inside \text


def mathml(page):
    """HTML with its $formulas$ as MathML, which browsers draw without a script."""
    pattern = r"<(pre|code)\b.*?</\1>|<[^>]*>|\$\$(.+?)\$\$|\$([^$]+?)\$"

    def drawn(match):
        block, inline = match[2], match[3]
        if not (block or inline):
            return match[0]
        return formula(html.unescape(block or inline), "block" if block else "inline")

    return re.sub(pattern, drawn, page, flags=re.DOTALL)


class Drawn:
    """For nbconvert's exporters: text cells with their formulas drawn."""

    @pass_context
    def markdown2html(self, context, source):
        return mathml(super().markdown2html(context, source))


class Page(Drawn, HTMLExporter):
    """nbconvert's page, with everything inside and nothing fetched."""

    raw_template = PAGE


def page(notebook, title):
    """An executed notebook as one HTML file."""
    exporter = Page()
    exporter.log.setLevel("ERROR")
    return exporter.from_notebook_node(notebook, {"metadata": {"name": title}})[0]


def run(notebook, out, lesson, strict):
    """Execute a lesson in a copy of the course; returns it cleaned, and its seconds."""
    path = out / "notebooks" / lesson.path.name
    nbformat.write(notebook, path)
    fixed = {**ONE_THREAD, **GUARDED, "COURSE_SEED": "0"}
    notebook, wall, _ = execute(
        path, fixed | ({"COURSE_STRICT": "1"} if strict else {})
    )
    clean(notebook, out)
    return notebook, wall


def two_at_a_time(function, lessons):
    """Two kernels side by side, one thread each; the results in order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, lessons))


def key(notebook, lesson):
    """A hash of all that a lesson's outputs follow from: its code, utils, data, tables."""
    parts = [c.source.encode() for c in notebook.cells if c.cell_type == "code"]
    files = [ROOT / "data" / name for name in lesson.data]
    for pattern in (
        "utils/*.py",
        f"results/{lesson.name}.*",
        f"weights/{lesson.name}.*",
    ):
        files += sorted(ROOT.glob(pattern))
    parts += [path.read_bytes() for path in files]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def taken(folder, lessons):
    """The lessons from a folder of executed notebooks, which must be those of today."""
    notebooks = []
    for lesson in lessons:
        path = Path(folder) / lesson.path.name
        if not path.is_file():
            raise SystemExit(
                f"{path} is not there; without FROM, lessons are executed."
            )
        notebook = nbformat.read(path, as_version=4)
        today = [c.source for c in lesson.read().cells]
        if [c.source for c in notebook.cells] != today:
            raise SystemExit(
                f"{path} is not today's lesson; without FROM, lessons are executed."
            )
        wanted = handed_out(lesson, lessons)
        for cell, clean_cell in zip(notebook.cells, wanted.cells, strict=True):
            cell.source = clean_cell.source
            cell.metadata = clean_cell.metadata
        clean(notebook, Path(folder).resolve().parent)
        notebooks.append(notebook)
    return notebooks


def executed(lessons, solutions=False):
    """The lessons executed, with solutions in strict mode, two kernels side by side.

    Outputs are kept in build/executed: while the code stays, nothing is executed again.
    """
    work = BUILD / "executed"
    copy(work / "course")

    def make(lesson):
        notebook = handed_out(lesson, lessons)
        if solutions:
            solved(notebook, answers(lesson))
        kept = work / f"{lesson.name}-{key(notebook, lesson)}.ipynb"
        if not kept.is_file():
            made, wall = run(notebook, work / "course", lesson, strict=solutions)
            nbformat.write(made, kept)
            print(f"{lesson.name}: {wall:.0f} s", flush=True)
        code = [c for c in notebook.cells if c.cell_type == "code"]
        made = [c for c in nbformat.read(kept, 4).cells if c.cell_type == "code"]
        for cell, ran in zip(code, made, strict=True):
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        return notebook

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(make, lessons))


def instructor(out, lessons):
    """Write the hand-out with solutions, executed in strict mode, and its pages."""
    student(out, lessons, INSTRUCTOR)
    (out / "pages").mkdir()
    for lesson, notebook in zip(
        lessons, executed(lessons, solutions=True), strict=True
    ):
        clean(notebook, out)
        nbformat.write(notebook, out / "notebooks" / lesson.path.name)
        for cell, linked in zip(
            (c for c in notebook.cells if "solution" not in tags(c)),
            handed_out(lesson, lessons, "html").cells,
            strict=True,
        ):
            cell.source = linked.source
        title = f"{lesson.number} · {lesson.title}"
        write(out / "pages" / f"{lesson.name}.html", page(notebook, title))


class Slides(Drawn, SlidesExporter):
    """nbconvert's slides with formulas drawn, before reveal.js is put in."""

    raw_template = SLIDES


def with_reveal(page):
    """Slides with the files of reveal.js that they name inside them."""
    reveal = resources.files("sphinx_revealjs") / "_static" / "revealjs"

    def text(name):
        return (reveal / name).read_text(encoding="utf-8")

    def style(match):
        return f"<style>{re.sub(r'@import url[^;]*;', '', text(match[1]))}</style>"

    def script(match):
        return f"<script>{text(match[1])}</script>"

    page = re.sub(r'<link [^>]*href="reveal/([^"]+)"[^>]*>', style, page)
    return re.sub(r'<script src="reveal/([^"]+)"></script>', script, page)


def slides(out, lessons, folder=None):
    """Write the lessons as slides, executed (or from a folder), without exercises."""
    out.mkdir(parents=True, exist_ok=True)
    settings = Config()
    settings.TagRemovePreprocessor.enabled = True
    settings.TagRemovePreprocessor.remove_input_tags = {"slide-output"}
    exporter = Slides(config=settings)
    exporter.reveal_url_prefix = "reveal"
    exporter.reveal_theme = "white"  # the theme whose fonts are its own
    exporter.log.setLevel("ERROR")
    notebooks = taken(folder, lessons) if folder else executed(lessons)
    for lesson, notebook in zip(lessons, notebooks, strict=True):
        for cell, following in pairwise(notebook.cells):
            if "outputs" in cell:  # without the line that followed a training
                cell.outputs = [o for o in cell.outputs if not PROGRESS.search(str(o))]
            hidden = following.metadata.get("slideshow", {}).get("slide_type") == "skip"
            if cell.cell_type == "markdown" and hidden:  # nothing to announce
                cell.source = re.sub(r":$", ".", cell.source)
        about = {"metadata": {"name": f"{lesson.number} · {lesson.title}"}}
        text = exporter.from_notebook_node(notebook, about)[0]
        write(out / f"{lesson.name}.html", with_reveal(text))


def worth(points, exercise):
    """Points of an exercise: its own line in the manifest's table, or ``each``."""
    return points.get(exercise, points["each"])


def graded(notebook, solutions, points):
    """Turn a lesson into an nbgrader source, in place.

    Exercises become solution cells: the lesson's stub, and below it the region that nbgrader
    removes. Checks become locked tests that raise when nbgrader runs them, and only then.
    Cells that the checks rely on are locked.
    """
    exercise = None
    for cell in notebook.cells:
        kind = {"grade": False, "solution": False, "locked": True, "task": False}
        kind |= {"grade_id": cell.id, "schema_version": 3}
        if exercise:
            strict = 'import os\n\nos.environ["COURSE_STRICT"] = "1"'
            cell.source = (
                f"### BEGIN HIDDEN TESTS\n{strict}\n### END HIDDEN TESTS\n{cell.source}"
            )
            kind |= {"grade": True, "grade_id": f"{exercise}-check"}
            kind |= {"points": worth(points, exercise)}
        exercise = cell.metadata.get("exercise")
        if exercise:
            code = solutions[exercise][1]
            cell.source += f"\n### BEGIN SOLUTION\n{code}\n### END SOLUTION"
            kind |= {"solution": True, "locked": False, "grade_id": exercise}
        if kind["grade"] or kind["solution"] or "light" in tags(cell):
            cell.metadata["nbgrader"] = kind


def nbgrader(out, lessons):
    """Write a course for nbgrader: its configuration and one assignment for each lesson."""
    data = manifest()
    out.mkdir(parents=True, exist_ok=True)
    write(out / "nbgrader_config.py", NBGRADER.format(**data["course"]))
    for lesson in lessons:
        folder = out / "source" / lesson.name
        copy(folder, [part for part in PARTS if part != "notebooks"])
        for path in (folder / "data").iterdir():
            if path.name not in [*lesson.data, "README.md", "SHA256SUMS"]:
                path.unlink()
        notebook = handed_out(lesson, [])
        graded(notebook, answers(lesson), data["points"])
        nbformat.write(notebook, folder / lesson.path.name)


EDITIONS = {
    "student": student,
    "instructor": instructor,
    "nbgrader": nbgrader,
    "slides": slides,
}


def main(arguments):
    """Write the edition that the arguments name."""
    parser = argparse.ArgumentParser(prog="make student", description=__doc__)
    parser.add_argument("edition", nargs="?", default="student")
    parser.add_argument("out", nargs="?", default="")
    parser.add_argument("--from", dest="folder", default="")
    parser.add_argument("lessons", nargs="*")
    asked = parser.parse_intermixed_args(arguments)
    edition = asked.edition
    if not asked.out or edition not in EDITIONS:
        which = f"Say which ({', '.join(EDITIONS)}) and where to"
        raise SystemExit(f"{which}, as in: make student OUT=folder")
    if asked.folder and edition != "slides":
        raise SystemExit(f"{edition} takes no FROM: only slides and the site do.")
    out = Path(asked.out).resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SystemExit(f"{out} is not empty; name a new folder.")
    options = {"folder": asked.folder} if asked.folder else {}
    EDITIONS[edition](out, chosen(asked.lessons), **options)
    print(f"The {edition} edition is in {out}")


if __name__ == "__main__":
    main(sys.argv[1:])
