"""The first code cell of every lesson, which `make course` writes into the notebooks.

It finds the course above the notebook, or clones it in Colab, and puts it first on the
path, because ``utils`` is a common name; says which kernel to choose where this one lacks
the packages, before an import fails; and sets the seed.
"""

TEXT = '''\
# The same in every lesson (written by tools/first_cell.py).
import os
import subprocess
import sys
from importlib.util import find_spec
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


def wrong_kernel():
    """A sentence that names the right kernel, or None where this one has what is needed."""
    needed = "numpy pandas matplotlib tensorflow keras statsmodels sklearn ipywidgets"
    missing = ", ".join(name for name in needed.split() if find_spec(name) is None)
    if not missing and sys.version_info >= (3, 10):
        return None
    own = COURSE / ".venv"
    made = "" if own.is_dir() else "; it is not there yet: README.md, Start, makes it"
    return (
        f"This notebook's kernel, Python {{'.'.join(map(str, sys.version_info[:2]))}} at "
        f"{{sys.executable}}, {{f'has no {{missing}}' if missing else 'is older than 3.10'}}. "
        f"Choose the course's own environment, {{own}}{{made}}. In VS Code: Select Kernel, at "
        "the top right of the notebook, then Python Environments, then .venv. In Jupyter: "
        "close it and start it with `make lab`. Or add the packages to this kernel: "
        f'"{{sys.executable}}" -m pip install -r "{{COURSE / "requirements.txt"}}"'
    )


def setting(name, default, fits, meaning):
    """A setting of the environment, refused by its name where it means nothing."""
    text = os.environ.get(name, default)
    if not fits(text):
        raise ValueError(f"The environment variable {{name}} is {{text!r}}: {{meaning}}.")
    return text


def is_seed(text):
    digits = text.isascii() and text.isdigit() and len(text) <= 10
    return digits and int(text) < 2**32


if sentence := wrong_kernel():
    raise ImportError(sentence)
SETTINGS = {{"COURSE_SEED", "COURSE_STRICT"}}
others = sorted({{x for x in os.environ if x.startswith("COURSE_")}} - SETTINGS)
if others:
    print(f"No effect: {{', '.join(others)}}. The course knows {{sorted(SETTINGS)}}.")
whole = f"a seed is a whole number from 0 to {{2**32 - 1}}"
SEED = int(setting("COURSE_SEED", "0", is_seed, whole))
meaning = "1 makes a check raise that is not right, 0 or nothing does not"
setting("COURSE_STRICT", "", ("", "0", "1").__contains__, meaning)

import utils  # noqa: F401  (before Keras and TensorFlow, which it prepares)'''


def first_cell(course):
    """The cell's code for the manifest's ``[course]`` (repository, ref, folder)."""
    return TEXT.format(**course)
