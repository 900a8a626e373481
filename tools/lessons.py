"""The lessons as the manifest orders them, and how one is executed."""

import os
import re
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
RESULTS = ROOT / "results"
BUILD = ROOT / "build"

#: One thread for each kernel, for when two run side by side on two cores.
ONE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
#: For kernels under test: no network, no write into the repository.
GUARDED = {
    "PYTHONPATH": str(ROOT / "tests" / "guard"),
    "PYTHONDONTWRITEBYTECODE": "1",
    "IPYTHONDIR": str(Path(tempfile.gettempdir()) / "course-ipython"),
    "GIT_ALLOW_PROTOCOL": "file",
}


@dataclass
class Lesson:
    """One lesson: what the manifest says of it, and what its notebook says of itself."""

    name: str
    minutes: float
    needs: list
    data: list

    @property
    def number(self):
        return self.name[:2]

    @property
    def path(self):
        return NOTEBOOKS / f"{self.name}.ipynb"

    @property
    def solutions(self):
        return NOTEBOOKS / "solutions" / f"{self.name}.ipynb"

    def read(self):
        return nbformat.read(self.path, as_version=4)

    @property
    def title(self):
        return self._match(r"# \d\d · (.+)", "a title like '# 13 · Windows'")

    @property
    def question(self):
        return self._match(r"\*\*(.+\?)\*\*", "its question in bold, like '**Why …?**'")

    def _match(self, pattern, what):
        found = re.search(pattern, self.read().cells[0].source)
        if not found:
            raise SystemExit(f"{self.path.name}: the first cell needs {what}.")
        return found.group(1)


def manifest():
    """The manifest ``course.toml`` as a dictionary."""
    return tomllib.loads((ROOT / "course.toml").read_text(encoding="utf-8"))


def all_lessons():
    """Every lesson, in the manifest's order (`make check` fails if one is not there)."""
    listed = [
        Lesson(name=name, **entry) for name, entry in manifest()["lessons"].items()
    ]
    return [lesson for lesson in listed if lesson.path.is_file()]


def chosen(names):
    """The lessons whose names begin with one of ``names`` ("21" will do); all if none."""
    lessons = all_lessons()
    if not names:
        return lessons
    found = [x for x in lessons if any(x.name.startswith(n) for n in names)]
    if not found:
        raise SystemExit(f"No lesson begins with {names}: {[x.name for x in lessons]}")
    return found


def tags(cell):
    """The tags of a cell, as a set."""
    return set(cell.metadata.get("tags", []))


def execute(path, environment=None, allow_errors=False):
    """Execute a notebook in a fresh kernel; its file is not changed.

    Args:
        path: the notebook.
        environment: variables added to the kernel's.
        allow_errors: go on after a cell that raises.

    Returns:
        tuple: executed notebook, wall seconds, CPU seconds of the kernel and its children.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=1800,
        kernel_name="python3",
        allow_errors=allow_errors,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    env = {**os.environ, **(environment or {})}
    start, cpu = time.perf_counter(), children_cpu()
    client.execute(env=env)
    return notebook, time.perf_counter() - start, children_cpu() - cpu


def children_cpu():
    """CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def printed(cell):
    """What an executed cell printed, and the plain text of its results."""
    texts = [
        o.get("text", "") or o.get("data", {}).get("text/plain", "")
        for o in cell.outputs
    ]
    return "".join(texts)
