"""Copy what a student has into a folder, so that runs leave the sources untouched.

python -m tools.course_copy FOLDER
"""

import shutil
import sys
from pathlib import Path

from tools.lessons import ROOT

PARTS = ["course.toml", "requirements.txt", "utils", "data", "results", "weights"]
PARTS += ["notebooks"]
SKIP = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "solutions")


def copy(target, parts=PARTS):
    """Make ``target`` anew with the parts of the course that lessons use."""
    target = Path(target)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for part in parts:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=SKIP)
        elif source.is_file():
            shutil.copy(source, target / part)


if __name__ == "__main__":
    copy(sys.argv[1])
