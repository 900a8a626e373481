"""What must not be found in an edition: solutions, and the machine that made it."""

import re
import sys
import tempfile
from pathlib import Path

import nbformat

from tools.editions.lesson import answers
from tools.lessons import ROOT, all_lessons

PICTURE = re.compile(r"base64,[\w+/=\\]+")


def texts(folder):
    """Every text file of a folder, pictures left out: {relative path: text}."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix not in (".gz", ".npz", ".png"):
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                text = "\n".join(sources_and_outputs(nbformat.reads(text, 4)))
            found[path.relative_to(folder).as_posix()] = PICTURE.sub("", text)
    return found


def sources_and_outputs(notebook):
    for cell in notebook.cells:
        yield cell.source
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            yield from [output.get("text", ""), *map(str, data.get("traceback", []))]
            yield from (v for k, v in data.items() if k.startswith("text/"))
        yield str(cell.metadata)
    yield str(notebook.metadata)


def leaks(folder):
    """The files of a hand-out that hold a solution or its reason."""
    solutions = [a for lesson in all_lessons() for a in answers(lesson).values()]
    assert len(solutions) > 40, "every lesson has solutions"
    told = [part.strip() for answer in solutions for part in answer]
    return [n for n, text in texts(folder).items() if any(x in text for x in told)]


def machine(folder, *places):
    """The files of a folder that name a place of this machine, and which."""
    places = {str(ROOT), str(Path.home()), tempfile.gettempdir(), sys.prefix, *places}
    alone = re.compile("|".join(rf"{re.escape(p)}(?!\w)" for p in places if len(p) > 3))
    found = {n: alone.findall(text) for n, text in texts(folder).items()}
    return {name: names for name, names in found.items() if names}
