"""The first code cell of every lesson, which `make course` writes into the notebooks.

It finds the course above the notebook, or clones it in Colab, and puts it first on the
path, because ``utils`` is a common name. What a kernel must have is said by ``utils``.
"""

TEXT = """\
# The same in every lesson (written by tools/first_cell.py).
import subprocess
import sys
from pathlib import Path

REPOSITORY = "{repository}"
REF = "{ref}"

above = [p for p in [Path.cwd(), *Path.cwd().parents] if (p / "course.toml").is_file()]
COURSE = above[0] if above else Path.cwd() / "{folder}"
if not (COURSE / "course.toml").is_file():
    if "google.colab" not in sys.modules:
        raise RuntimeError(
            f"The course's folder was not found above {{Path.cwd()}}. Get it with "
            f"`git clone {{REPOSITORY}}`, or as a ZIP file from that address, then open this "
            "notebook inside it."
        )
    command = ["git", "clone", "--quiet", "--depth=1", f"--branch={{REF}}", REPOSITORY]
    try:
        done = subprocess.run([*command, COURSE], capture_output=True, text=True)
    except OSError as error:
        raise RuntimeError(
            f"git could not be started ({{error}}). Unpack the ZIP file of {{REPOSITORY}} as "
            f"{{COURSE}}, then run this cell again."
        ) from None
    if done.returncode:
        raise RuntimeError(
            f"Could not clone {{REPOSITORY}} at {{REF}}: {{done.stderr.strip()}} "
            "Is there a network? Is the address in this cell that of your course?"
        )
    print(f"Course: {{REPOSITORY}} at {{REF}}, cloned into {{COURSE}}")
if sys.path[0] != str(COURSE):
    sys.path.insert(0, str(COURSE))

import utils  # before Keras and TensorFlow, which it prepares

SEED = utils.seed()"""


def first_cell(course):
    """The cell's code for the manifest's ``[course]`` (repository, ref, folder)."""
    return TEXT.format(**course)
