"""Copies of what a student has, so that runs leave the sources untouched."""

import shutil
from contextlib import contextmanager
from pathlib import Path

from tools.files import BESIDE, private_folder
from tools.lessons import BUILD, ROOT

PARTS = [
    "course.toml",
    "requirements.txt",
    "constraints",
    "utils",
    "forecast",
    "data",
    "results",
]
PARTS += ["weights", "notebooks", "docs/glossary.md"]
SKIP = shutil.ignore_patterns(
    "__pycache__", ".ipynb_checkpoints", "solutions", f"{BESIDE}*"
)


def copy(target, parts=PARTS):
    """Put the parts of the course that lessons use into a new or empty folder.

    A folder below ``build/`` is made anew; anywhere else nothing is deleted.

    Raises:
        SystemExit: the folder is not empty, or lies inside a part, which would be copied
            into itself.
    """
    target = Path(target).resolve()
    if BUILD in target.parents:
        shutil.rmtree(target, ignore_errors=True)
    if any(target.is_relative_to((ROOT / part).resolve()) for part in parts):
        raise SystemExit(
            f"{target} lies inside a folder of the course: name one outside of {ROOT}."
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SystemExit(f"{target} is not empty: name a new folder.")
    target.mkdir(parents=True, exist_ok=True)
    for part in parts:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=SKIP)
        elif source.is_file():
            (target / part).parent.mkdir(exist_ok=True)
            shutil.copy(source, target / part)


@contextmanager
def private_course(name="course"):
    """A copy in ``build/`` for this process alone; removed at the end."""
    with private_folder(BUILD, name) as folder:
        copy(folder)
        yield folder
