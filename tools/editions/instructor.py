"""The hand-out with its solutions, executed, as notebooks and as pages."""

import nbformat

from tools.editions.handout import student
from tools.editions.lesson import handed_out
from tools.editions.pages import page
from tools.editions.run import clean, executed
from tools.files import write_text
from tools.lessons import tags

INSTRUCTOR = """\
**For instructors: with solutions.** `notebooks/` holds the lessons as executed, `pages/` the
same to read in a browser, offline, with figures, animations and score tables."""


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
        text = page(notebook, title).rstrip() + "\n"
        write_text(out / "pages" / f"{lesson.name}.html", text)
