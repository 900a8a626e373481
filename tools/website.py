"""The course as a static site, to read without running anything.

    python -m tools.website [--solutions yes] [--from FOLDER] [--out FOLDER] [LESSON ...]

Every lesson is executed (or taken from a folder of executed notebooks, such as `make test`
leaves in build/run/notebooks), and Sphinx builds build/site/html from them: no page asks
another host for anything. With ``--solutions`` the folded solutions stand after their
exercises: the instructors' build, in build/site-solutions/html. A lesson that has not changed
since is not executed again. ``--out`` names another folder, which must be new or empty.
"""

import argparse
import base64
import io
import re
import shutil
import sys

import nbformat
from PIL import Image

from tools import folding
from tools.course import colab, published
from tools.editions import folder
from tools.editions.run import executed, taken
from tools.files import write_text
from tools.lessons import BUILD, ROOT, chosen, manifest, tags

SETTINGS = ROOT / "docs" / "site"
#: Of the source folder: what is copied as it is.
EXTRA = "extra"
INDEX = """\
# {title}

<p class="lead">{lead}</p>

<p class="doors">{doors}</p>

<div class="covers">{covers}</div>

## What it asks

<div class="parts">{parts}</div>

## What is different

{about}

Every page was executed from a fresh kernel: the figures, tables and animations are what its
cells made. To run the lessons and to have your answers checked, get the course itself.

```{{toctree}}
:hidden:

{pages}
```
"""
COVER = """\
<figure><a href="{name}.html"><img src="covers/{name}.png" width="{width}" height="{height}" \
alt="A figure of lesson {number}" loading="lazy"></a><figcaption>{says}</figcaption></figure>"""
PART = """\
<a href="part-{number}.html"><strong>{title}</strong> <span>{question}</span> \
<small>{lessons} · {hours} h</small></a>"""
PART_PAGE = """\
# {title}

**{question}**

| lesson | question | minutes |
|---|---|---|
{rows}

```{{toctree}}
:hidden:

{pages}
```
"""
#: Cover pictures: pixels across (twice what is shown, for sharp screens) and colours.
ACROSS, COLOURS = 720, 32
PAGES = {
    "teaching": ROOT / "docs" / "teaching.md",
    "glossary": ROOT / "docs" / "glossary.md",
    "claims": ROOT / "docs" / "claims.md",
    "data": ROOT / "data" / "README.md",
}


def shown(notebook):
    """Fold what the lessons fold, under the same titles, and the solutions, in place."""
    for cell in notebook.cells:
        if folding.folded(cell):
            says = folding.title(cell)
            cell.source = folding.untitled(cell.source)
            cell.metadata["tags"] = ["hide-input"]
            cell.metadata["mystnb"] = {
                f"code_prompt_{x}": says for x in ("show", "hide")
            }
        elif "solution" in tags(cell) and cell.cell_type == "code":
            cell.metadata["tags"] = ["hide-input"]
        elif "solution" in tags(cell):
            heading, reason = cell.source.split("\n", 1)
            summary = f"<summary>{heading.lstrip('# ')}: the reason</summary>"
            cell.source = f"<details>{summary}\n\n{reason.strip()}\n\n</details>"
        else:
            cell.metadata["tags"] = []


def parts_of(lessons):
    """[(number, title, question, lessons)] of the parts that have one of these lessons."""
    course = manifest()
    found = []
    for number, title in course["parts"].items():
        part = [x for x in lessons if x.number[0] == number]
        if part:
            found.append((number, title, course["questions"][number], part))
    return found


def part_page(number, title, question, lessons):
    """A page for a part: its lessons in order, with their questions and minutes."""
    rows = "\n".join(
        f"| [{x.number} · {x.title}]({x.name}.ipynb){' (optional)' * x.optional} "
        f"| {x.question} | {folding.rounded(folding.minutes(x.read()))} |"
        for x in lessons
    )
    pages = "\n".join(x.name for x in lessons)
    return PART_PAGE.format(title=title, question=question, rows=rows, pages=pages)


def covers(lessons, notebooks, folder):
    """Write the pictures of the first page; returns their HTML.

    Args:
        lessons, notebooks: the lessons and what their execution left.
        folder: where the pictures go.
    """
    made = []
    for lesson, notebook in zip(lessons, notebooks, strict=True):
        says = manifest()["covers"].get(lesson.name)
        if not says:
            continue
        cells = [c for c in notebook.cells if "cover" in tags(c)]
        drawn = [o["data"] for c in cells for o in c.outputs if "data" in o]
        drawn = [data["image/png"] for data in drawn if "image/png" in data]
        if len(drawn) != 1:
            raise SystemExit(
                f"{lesson.name} is a cover of course.toml: tag `cover` the cell that draws "
                f"its picture (tagged: {len(cells)} cells, {len(drawn)} pictures)."
            )
        with Image.open(io.BytesIO(base64.b64decode(drawn[0]))) as picture:
            high = round(picture.height * ACROSS / picture.width)
            small = picture.convert("RGB").resize((ACROSS, high), Image.LANCZOS)
        folder.mkdir(parents=True, exist_ok=True)
        small.quantize(COLOURS).save(folder / f"{lesson.name}.png", optimize=True)
        made.append(
            COVER.format(
                name=lesson.name,
                number=lesson.number,
                says=says,
                width=ACROSS // 2,
                height=high // 2,
            )
        )
    return "\n".join(made)


def doors(lessons):
    """Where a reader goes from the first page."""
    first, course = lessons[0], manifest()["course"]
    links = [f'<a href="{first.name}.html">Read the first lesson</a>']
    if published(course):
        run = colab(course, first)
        links.append(f'<a href="{run}">Run it in Colab</a>')
        links.append(f'<a href="{course["repository"]}">Get the course</a>')
    links.append('<a href="teaching.html">Teach with it</a>')
    return " ".join(links)


def first_page(lessons, pictures):
    """The front door: what the course is, three pictures, a card for each part."""
    cards = []
    for number, title, question, part in parts_of(lessons):
        core = [x for x in part if not x.optional] or part
        minutes = sum(folding.minutes(x.read()) for x in core)
        many = f"{len(part)} lesson{'s' * (len(part) > 1)}"
        cards.append(
            PART.format(
                number=number,
                title=title,
                question=question,
                lessons=many,
                hours=f"{minutes / 60:.1f}",
            )
        )
    pages = [f"part-{number}" for number, *_ in parts_of(lessons)]
    return INDEX.format(
        title=manifest()["course"]["title"],
        lead=lead(),
        doors=doors(lessons),
        covers=pictures,
        parts="\n".join(cards),
        about=about(),
        pages="\n".join([*pages, *PAGES]),
    )


def lead():
    """The README's first sentence, in one line."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return " ".join(text.split("\n\n")[1].split())


def about():
    """The README's first promise: the list below its title."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.search(r"(?s)\n(- \*\*.*?)\n\n", text)[1]


def sources(out, lessons, solutions, ran):
    """Write what Sphinx reads; returns its folder."""
    notebooks = taken(ran, lessons) if ran else executed(lessons, solutions)
    source = out / "source"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    pictures = covers(lessons, notebooks, source / EXTRA / "covers")
    (source / EXTRA).mkdir(exist_ok=True)
    for lesson, made in zip(lessons, notebooks, strict=True):
        shown(made)
        nbformat.write(made, source / f"{lesson.name}.ipynb")
    write_text(source / "index.md", first_page(lessons, pictures))
    for number, *part in parts_of(lessons):
        write_text(source / f"part-{number}.md", part_page(number, *part))
    for name, path in PAGES.items():
        shutil.copy(path, source / f"{name}.md")
    return source


def main(arguments):
    """Build the site; returns Sphinx's exit code (a warning is an error).

    Raises:
        SystemExit: a word that is not understood, before anything is executed or deleted;
            Sphinx failed in a folder of the user's, which is then not made.
    """
    parser = argparse.ArgumentParser(prog="make site", description=__doc__)
    parser.add_argument("--solutions", default="")
    parser.add_argument("--from", dest="ran", default="")
    parser.add_argument("--out", default="")
    parser.add_argument("lessons", nargs="*")
    asked = parser.parse_intermixed_args(arguments)
    if asked.solutions not in ("", "no", "yes"):
        raise SystemExit(f"SOLUTIONS={asked.solutions} is neither yes nor no.")
    solutions, lessons = asked.solutions == "yes", chosen(asked.lessons)
    if solutions and asked.ran:
        raise SystemExit("SOLUTIONS=yes takes no FROM: the solutions are executed.")
    out = folder.allowed(asked.out, "make site") if asked.out else None
    try:
        from sphinx.cmd.build import main as sphinx
    except ModuleNotFoundError:
        raise SystemExit("Sphinx is not installed: make .venv/site") from None

    def build(place):
        source = sources(place, lessons, solutions, asked.ran)
        shutil.rmtree(place / "html", ignore_errors=True)
        flags = ["--quiet", "--fail-on-warning", "--keep-going", "--fresh-env"]
        flags += ["-c", str(SETTINGS), "-D", f"html_extra_path={source / EXTRA}"]
        return sphinx([*flags, str(source), str(place / "html")])

    if out:
        with folder.new(out) as unfinished:
            if code := build(unfinished):
                raise SystemExit(code)
    else:
        out = BUILD / ("site-solutions" if solutions else "site")
        if code := build(out):
            return code
    print(f"{len(list((out / 'html').glob('*.html')))} pages: {out / 'html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
