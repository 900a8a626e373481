"""Plumbing shared by the lessons; the subject of a lesson is never hidden here.

Importing this package settles what must be settled before Keras and TensorFlow are imported,
and changes nothing else: that the packages are there at all, that Keras runs on TensorFlow
and trains as long as it is told to, and that TensorFlow's start-up messages do not fill
the first cell of every lesson.
"""

import logging
import os
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ["numpy", "pandas", "matplotlib", "tensorflow", "keras", "statsmodels"]
PACKAGES += ["sklearn", "ipywidgets"]
VARIABLES = {"COURSE_SEED", "COURSE_STRICT"}


def wrong_kernel():
    """A sentence that names the right kernel, or None where this one has what is needed."""
    version = ".".join(map(str, sys.version_info[:2]))
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if not missing and sys.version_info >= (3, 10):
        return None
    course = Path(__file__).resolve().parent.parent
    lacks = f"has no {', '.join(missing)}" if missing else "is older than 3.10"
    own = course / ".venv"
    made = "" if own.is_dir() else "; it is not there yet: README.md, Start, makes it"
    return (
        f"This notebook's kernel, Python {version} at {sys.executable}, {lacks}. Choose the "
        f"course's own environment, {own}{made}. In VS Code: Select Kernel, at the top "
        "right of the notebook, then Python Environments, then .venv. In Jupyter: close it "
        "and start it with `make lab`. Or add the packages to this kernel: "
        f'"{sys.executable}" -m pip install -r "{course / "requirements.txt"}"'
    )


def seed():
    """The seed of a lesson: COURSE_SEED, or 0 where it is not set.

    Raises:
        ValueError: COURSE_SEED or COURSE_STRICT has a value that means nothing. (Of another
            variable that begins with COURSE_, a line says that it has no effect.)
    """
    others = {name for name in os.environ if name.startswith("COURSE_")} - VARIABLES
    if others:
        print(
            f"No effect: {', '.join(sorted(others))}. The course knows the environment "
            f"variables {', '.join(sorted(VARIABLES))}."
        )
    strict = os.environ.get("COURSE_STRICT", "")
    if strict not in ("", "0", "1"):
        raise ValueError(
            f"The environment variable COURSE_STRICT is {strict!r}: 1 makes a check raise "
            "that is not right, 0 or nothing does not."
        )
    text = os.environ.get("COURSE_SEED", "0")
    digits = text.isascii() and text.isdigit() and len(text) <= 10
    if not (digits and int(text) < 2**32):
        raise ValueError(
            f"The environment variable COURSE_SEED is {text!r}: a seed is a whole number "
            f"from 0 to {2**32 - 1}."
        )
    return int(text)


def _settle_keras():
    """Keras on TensorFlow, whatever this machine's environment says."""
    if "keras" in sys.modules:
        found = sys.modules["keras"].backend.backend()
        if found != "tensorflow":
            raise RuntimeError(
                f"Keras has been imported in this kernel and runs on {found}; the course "
                "needs TensorFlow. Restart the kernel and run this cell first."
            )
    for name, wanted in (
        ("KERAS_BACKEND", "tensorflow"),
        ("KERAS_MAX_EPOCHS", None),
        ("KERAS_MAX_STEPS_PER_EPOCH", None),
    ):
        found = os.environ.pop(name, wanted)
        if found != wanted:
            print(f"No effect in this kernel: the environment's {name}={found}.")
        if wanted:
            os.environ[name] = wanted


if _sentence := wrong_kernel():
    raise ImportError(_sentence)
_settle_keras()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only from level 2 upwards
# On some processors only, TensorFlow would switch to oneDNN: other last digits there, and
# two lines on stderr that no log level hides.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Lessons build many small models; TensorFlow warns that this is slow in general. A
# filter, because TensorFlow sets the level of its logger anew when it is imported.
logging.getLogger("tensorflow").addFilter(
    lambda record: "triggered tf.function retracing" not in record.getMessage()
)
