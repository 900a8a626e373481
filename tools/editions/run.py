"""Lessons executed, or taken executed, without what another run would write otherwise."""

import hashlib
import re
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

import nbformat
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.course_copy import private_course
from tools.editions.lesson import answers, handed_out
from tools.files import write_notebook
from tools.lessons import BUILD, GUARDED, ONE_THREAD, ROOT, execute, side_by_side
from tools.strip import KEPT, KERNEL


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
    """Remove from an executed notebook what another run would write otherwise, in place."""
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


def run(notebook, course, lesson, strict):
    """Execute a lesson in a copy of the course; returns it cleaned, and its seconds."""
    path = course / "notebooks" / lesson.path.name
    nbformat.write(notebook, path)
    fixed = {**ONE_THREAD, **GUARDED, "COURSE_SEED": "0"}
    notebook, wall, _ = execute(
        path, fixed | ({"COURSE_STRICT": "1"} if strict else {})
    )
    clean(notebook, course)
    return notebook, wall


@cache
def installed():
    """Every installed package with its version, as one text."""
    found = {f"{d.metadata['Name']} {d.version}" for d in metadata.distributions()}
    return "\n".join([sys.version, *sorted(found)])


def key(notebook, lesson):
    """A hash of all that outputs follow from: code, utils, data, tables, installed packages."""
    parts = [c.source.encode() for c in notebook.cells if c.cell_type == "code"]
    files = [ROOT / "data" / name for name in lesson.data]
    for pattern in (
        "utils/*",
        "forecast/*",
        f"results/{lesson.name}.*",
        f"weights/{lesson.name}.*",
    ):
        files += sorted(path for path in ROOT.glob(pattern) if path.is_file())
    parts += [path.read_bytes() for path in files] + [installed().encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def taken(folder, lessons):
    """The lessons from a folder of executed notebooks, which must be those of today.

    Raises:
        SystemExit: one is missing, or differs from the lesson.
    """
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
        code = [c for c in notebook.cells if c.cell_type == "code"]
        if not all(c.execution_count for c in code):
            raise SystemExit(f"{path} is not executed; without FROM, lessons are.")
        wanted = handed_out(lesson, lessons)
        for cell, clean_cell in zip(notebook.cells, wanted.cells, strict=True):
            cell.source = clean_cell.source
            cell.metadata = clean_cell.metadata
        clean(notebook, Path(folder).resolve().parent)
        notebooks.append(notebook)
    return notebooks


def executed(lessons, solutions=False):
    """The lessons executed, with solutions in strict mode, two kernels side by side.

    Outputs are kept in build/executed: while nothing that they follow from changes, no
    lesson is executed again.
    """
    kept = BUILD / "executed"

    def make(lesson):
        notebook = handed_out(lesson, lessons)
        if solutions:
            solved(notebook, answers(lesson))
        path = kept / f"{lesson.name}-{key(notebook, lesson)}.ipynb"
        if not path.is_file():
            made, wall = run(notebook, course, lesson, strict=solutions)
            write_notebook(path, made)
            print(f"{lesson.name}: {wall:.0f} s", flush=True)
        code = [c for c in notebook.cells if c.cell_type == "code"]
        made = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
        for cell, ran in zip(code, made, strict=True):
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        return notebook

    with private_course("course") as course:
        return side_by_side(make, lessons)
