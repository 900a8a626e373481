"""A lesson as the editions hold it, and its solutions."""

import re

import nbformat

from tools.course import badge
from tools.lessons import manifest


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

    Args:
        lesson: the Lesson.
        lessons: all that the edition holds.
        ending: of the files that links lead to.
    """
    notebook, names = lesson.read(), {x.name for x in lessons}

    def link(match):
        text, name = match.groups()
        return f"[{text}]({name}.{ending})" if name in names else text

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = cell.source.replace(badge(manifest()["course"], lesson) or "\0", "")
            text = re.sub(r"\[([^\]]+)\]\((\d\d_\w+)\.ipynb\)", link, text)
            text = re.sub(r" ?[^.\n]*`notebooks/solutions/?`[^.\n]*\.", "", text)
            cell.source = re.sub(r"\n{3,}", "\n\n", text)
    return notebook
