"""The course as a static site, to read without running anything.

    python -m tools.website [--solutions yes] [--from FOLDER] [--out FOLDER] [LESSON ...]

Every lesson is executed (or taken from a folder of executed notebooks, such as `make test`
leaves in build/run/notebooks), and Sphinx builds build/site/html from them: no page asks
another host for anything. With ``--solutions`` the folded solutions stand after their
exercises: the instructors' build, in build/site-solutions/html. A lesson that has not changed
since is not executed again. ``--out`` names another folder, which must be new or empty.
"""

import argparse
import re
import shutil
import sys

import nbformat

from tools import folding
from tools.editions import folder
from tools.editions.run import executed, taken
from tools.lessons import BUILD, ROOT, chosen, manifest, tags

SETTINGS = ROOT / "docs" / "site"
INDEX = """\
# {title}

{about}

Every page was executed from a fresh kernel; the figures, tables and animations are what its
cells made. To run the lessons and to have your answers checked, get the course itself.
{contents}
"""
CONTENTS = """
{links}

```{{toctree}}
:caption: {caption}
:hidden:

{pages}
```
"""
PAGES = {
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


def table_of_contents(lessons):
    """The lessons in order with their questions, part by part, and what stands beside."""
    contents = []
    for number, caption in manifest()["parts"].items():
        part = [x for x in lessons if x.number[0] == number]
        links = [
            f"- [{x.number} · {x.title}]({x.name}.ipynb): {x.question}" for x in part
        ]
        pages = "\n".join(x.name for x in part)
        if part:
            links = "\n".join([f"## {caption}", "", *links])
            contents.append(CONTENTS.format(caption=caption, pages=pages, links=links))
    pages = "\n".join(PAGES)
    contents.append(CONTENTS.format(caption="Beside", pages=pages, links=""))
    return "".join(contents)


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
    for lesson, made in zip(lessons, notebooks, strict=True):
        shown(made)
        nbformat.write(made, source / f"{lesson.name}.ipynb")
    title = manifest()["course"]["title"]
    contents = table_of_contents(lessons)
    page = INDEX.format(title=title, about=about(), contents=contents)
    (source / "index.md").write_text(page, encoding="utf-8")
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
        return sphinx([*flags, "-c", str(SETTINGS), str(source), str(place / "html")])

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
