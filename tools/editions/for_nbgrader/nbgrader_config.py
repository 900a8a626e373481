"""nbgrader's configuration of the course COURSE, written by `make nbgrader`.

Commands and what to do when one stops: docs/teaching.md of the course, "Marks".
"""

import os
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_output
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    DeduplicateIds,
    Execute,
    NbGraderPreprocessor,
    OverwriteCells,
)
from nbgrader.utils import is_grade

HERE = Path(__file__).resolve().parent
# nbgrader calls alembic by its name, which is in no path unless the environment is activated
os.environ["PATH"] = os.pathsep.join(
    [str(Path(sys.executable).parent), os.environ["PATH"]]
)


class Copies(DeduplicateIds):
    """A cell that a student has copied is a cell like any other: its mark is taken away.

    nbgrader empties the mark, takes the empty one for one of an old version, and stops: the
    students after this one are not graded (jupyter/nbgrader#1083).
    """

    def preprocess(self, nb, resources):
        nb, resources = super().preprocess(nb, resources)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader") == {}:
                del cell.metadata["nbgrader"]
        return nb, resources


class Verdicts(NbGraderPreprocessor):
    """No points for a check that did not say "right", whatever kept it from raising."""

    def preprocess_cell(self, cell, resources, cell_index):
        if is_grade(cell) and cell.cell_type == "code":
            exercise = cell.metadata.nbgrader["grade_id"].removesuffix("-check")
            said = "".join(o.get("text", "") for o in cell.outputs)
            if f"Exercise {exercise}: right" not in said:
                words = f"The check of {exercise} did not say that it is right."
                error = {"ename": "NotSolved", "evalue": words, "traceback": [words]}
                cell.outputs.append(new_output("error", **error))
        return cell, resources


class Noticed(NbGraderPreprocessor):
    """Name the lines of a student's own that no answer needs: somebody should read them."""

    words = re.compile(
        r"get_ipython|builtins|course_guard|COURSE_STRICT|sys\.modules|utils\.exercises|setattr"
        r"|importlib|__(import|globals|code|dict|class)__|\b(exec|eval|open|gc)\b|write_"
        r"|\bsource\b|gradebook|^\s*(np|pd|keras|utils|exercise|check)\b[\w.]* *=[^=]"
    )

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        ours = HERE / "source" / about["assignment"] / f"{about['notebook']}.ipynb"
        known = {cell.source for cell in nbformat.read(ours, as_version=4).cells}
        for cell in nb.cells:
            if cell.cell_type == "code" and cell.source not in known:
                for line in filter(self.words.search, cell.source.splitlines()):
                    self.log.warning("%s, look at: %s", about["student"], line.strip())
        return nb, resources


def with_ours(preprocessors):
    """The list of nbgrader, with Copies for DeduplicateIds and so on."""
    ours = {
        DeduplicateIds: [Copies],
        OverwriteCells: [OverwriteCells, Noticed],
        Execute: [Execute, Verdicts],
    }
    return [new for old in preprocessors for new in ours.get(old, [old])]


c = get_config()  # noqa: F821  (nbgrader defines it)
c.CourseDirectory.course_id = "COURSE"
c.ClearSolutions.code_stub = {"python": ""}  # the lesson's own stub stands above it
c.Autograde.sanitize_preprocessors = with_ours(
    Autograde.sanitize_preprocessors.default()
)
c.Autograde.autograde_preprocessors = with_ours(
    Autograde.autograde_preprocessors.default()
)
c.Execute.timeout = 600  # seconds for a cell
c.Execute.startup_timeout = 600  # TensorFlow is loaded before the first cell
c.Execute.extra_arguments = [
    "--IPKernelApp.exec_lines=import sys; "
    f"sys.path.insert(0, {str(HERE)!r}); import course_guard; sys.path.append(sys.path.pop(0))"
]
