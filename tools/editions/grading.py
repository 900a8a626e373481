"""A course for nbgrader: one self-contained assignment for each lesson, and how it is graded.

Beside the assignments stand two files from for_nbgrader/: nbgrader's configuration, and
course_guard.py, which keeps the checks' own tools out of the reach of a student's cells.
"""

import shutil
import sys
from pathlib import Path

import nbformat

from tools.course_copy import PARTS, copy
from tools.editions.lesson import answers, handed_out
from tools.files import write_text
from tools.lessons import manifest, tags

BESIDE = Path(__file__).parent / "for_nbgrader"
#: Ends the first cell of an assignment, for everybody to see.
VALIDATES = """

import os

if {"NBGRADER_EXECUTION", "NBGRADER_VALIDATING"} & set(os.environ):
    os.environ["COURSE_STRICT"] = "1"  # nbgrader runs this: only a right answer passes"""
#: Begins every check; nbgrader takes it out of what students get.
HIDDEN = """\
### BEGIN HIDDEN TESTS
from course_guard import exercise  # nbgrader_config.py has loaded it before the first cell
### END HIDDEN TESTS
"""
REMARK = (
    "\n\n*An assignment: answer in the cells of the exercises, add cells wherever you like, "
    "and do not rename the file. **Validate** says which exercises are not right yet.*"
)


def worth(points, exercise):
    """Points of an exercise: its own line in the manifest's table, or ``each``."""
    return points.get(exercise, points["each"])


def graded(notebook, solutions, points):
    """Turn a lesson into an nbgrader source, in place.

    Exercises become solution cells: the lesson's stub, and below it the region that nbgrader
    removes. Checks become locked tests that raise when nbgrader runs them, and only then.
    Cells that the checks rely on are locked.

    Args:
        notebook: the lesson, as handed out.
        solutions: {exercise: (reason, code)}.
        points: the manifest's table.
    """
    exercise = None
    notebook.cells[0].source += REMARK
    for cell in notebook.cells:
        kind = {"grade": False, "solution": False, "locked": True, "task": False}
        kind |= {"grade_id": cell.id, "schema_version": 3}
        if "bootstrap" in tags(cell):
            cell.source += VALIDATES
        if exercise:
            cell.source = HIDDEN + cell.source
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
    """Write a course for nbgrader.

    Args:
        out: an empty folder.
        lessons: which become assignments.
    """
    data = manifest()
    config = (BESIDE / "nbgrader_config.py").read_text(encoding="utf-8")
    write_text(
        out / "nbgrader_config.py", config.replace("COURSE", data["course"]["folder"])
    )
    shutil.copy(BESIDE / "course_guard.py", out)
    for lesson in lessons:
        folder = out / "source" / lesson.name
        copy(folder, [part for part in PARTS if part != "notebooks"])
        for path in (folder / "data").iterdir():
            if path.name not in [*lesson.data, "README.md", "SHA256SUMS"]:
                path.unlink()
        notebook = handed_out(lesson, [])
        graded(notebook, answers(lesson), data["points"])
        nbformat.write(notebook, folder / lesson.path.name)


def next_steps(out, lessons):
    """What to type next, in words that work in any shell."""
    return (
        f'Next: cd "{out}"\n'
        f'      "{sys.executable}" -m nbgrader generate_assignment {lessons[0].name}\n'
        "(make .venv/nbgrader installs nbgrader; docs/teaching.md goes on from there)"
    )
