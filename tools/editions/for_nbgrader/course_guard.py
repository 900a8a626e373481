"""The checks' own tools, kept where a student's cell does not reach them by accident or ease.

nbgrader_config.py has every grading kernel load this file before the notebook's first cell.
It runs the set-up cells of the instructor's own source (those tagged ``light``) in a name
space of its own, and notes every function and class of the packages that checks use. A check
then runs with these names, and only the answers come from the student's notebook; what a
cell has put in place of `numpy.array_equal` or `utils.exercises.exercise` is put back first.

Checks and answers still share a process. An answer that is called by a check can do
whatever Python can: docs/teaching.md says what that leaves to the instructor's eyes.
"""

import contextlib
import inspect
import io
import json
import os
import sys
import types
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = Path.cwd().name  # nbgrader runs an assignment in a folder of its name
SOURCE = HERE / "source" / NAME
#: Packages and modules whose functions and classes are put back.
TOOLS = {"builtins", "forecast", "keras", "numpy", "pandas", "utils"}
TOOLS |= {"_thread", "ast", "contextlib", "copy", "functools", "inspect", "io", "json"}
TOOLS |= {"linecache", "math", "operator", "os", "re", "signal", "statistics"}
TOOLS |= {"threading", "time", "traceback", "types"}


def lesson_names(path):
    """What the light cells of a notebook bind, as a dictionary."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    names = {"__name__": "__main__"}
    for cell in cells:
        if "light" in cell["metadata"].get("tags", []):
            source = "".join(cell["source"])
            exec(compile(source, f"<{path.name}>", "exec"), names)
    return names


def noted():
    """Every function and class of `TOOLS`: {its module or class: {name: value}}."""
    import numpy.testing  # noqa: F401  (loaded only when asked for)

    kinds = (types.ModuleType, property, staticmethod, classmethod)

    def ours(name):
        return str(name).partition(".")[0] in TOOLS

    owners = [
        m for n, m in list(sys.modules.items()) if ours(n) and hasattr(m, "__dict__")
    ]
    for module in list(owners):
        classes = [v for v in vars(module).values() if isinstance(v, type)]
        owners += [x for x in classes if ours(x.__module__)]
    return {
        owner: {
            k: v for k, v in vars(owner).items() if callable(v) or isinstance(v, kinds)
        }
        for owner in dict.fromkeys(owners)
    }


def put_back():
    """Undo what cells have put in place of the tools."""
    for owner, names in NOTED.items():
        now = vars(owner)
        for name, value in names.items():
            if now.get(name) is not value:
                setattr(owner, name, value)


def exercise(name):
    """`utils.exercises.exercise` for grading: see the module's first lines."""

    def run(check):
        put_back()
        os.environ["COURSE_STRICT"] = "1"
        answers = inspect.signature(check).parameters
        names = {k: v for k, v in LESSON.items() if k not in answers}
        names |= {k: v for k, v in check.__globals__.items() if k in answers}
        kept = check.__name__, check.__defaults__, check.__closure__
        EXERCISE(name)(types.FunctionType(check.__code__, names, *kept))
        return check

    return run


here, kept_path = Path.cwd(), list(sys.path)
# A student may hand in a numpy.py: here, packages are those installed, utils is the source's.
sys.path[:] = [str(SOURCE), *(p for p in sys.path if p not in ("", str(here)))]
os.chdir(SOURCE)
with contextlib.redirect_stdout(io.StringIO()):
    LESSON = lesson_names(SOURCE / f"{NAME}.ipynb")
    from utils.exercises import exercise as EXERCISE

    NOTED = noted()
os.chdir(here)
sys.path[:] = kept_path
