"""The lessons as the manifest orders them, and how one is executed."""

import atexit
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
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
#: IPython's folder for kernels under test: of this process alone, removed at its end. (A
#: fixed name in a folder that others may write to would let them run code in our kernels.)
IPYTHON = Path(tempfile.mkdtemp(prefix="course-ipython-"))
atexit.register(shutil.rmtree, IPYTHON, ignore_errors=True)
#: For kernels under test: no network, no write into the repository.
GUARDED = {
    "PYTHONPATH": str(ROOT / "tests" / "guard"),
    "PYTHONDONTWRITEBYTECODE": "1",
    "IPYTHONDIR": str(IPYTHON),
    "GIT_ALLOW_PROTOCOL": "file",
}


@dataclass
class Lesson:
    """One lesson: what the manifest says of it, and what its notebook says of itself."""

    name: str
    minutes: float
    needs: list
    data: list
    optional: bool = False

    def __post_init__(self):
        if not isinstance(self.optional, bool):
            raise SystemExit(
                f"course.toml, {self.name}: optional is {self.optional!r}; write true or "
                "false, without quotes."
            )

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
    """The lessons whose names begin with one of ``names`` ("21" will do); all if none.

    Raises:
        SystemExit: a name that no lesson begins with; the message says which.
    """
    lessons = all_lessons()
    known = [x.name for x in lessons]
    for name in names:
        if not name or not any(x.startswith(name) for x in known):
            raise SystemExit(f"No lesson begins with {name!r}: {', '.join(known)}")
    if not names:
        return lessons
    return [x for x in lessons if x.name.startswith(tuple(names))]


def tags(cell):
    """The tags of a cell, as a set."""
    return set(cell.metadata.get("tags", []))


#: {client: manager} of the kernels that run now, so that Ctrl-C can end them.
RUNNING = {}


class Client(NotebookClient):
    """Executes a notebook; notes its kernel in `RUNNING`."""

    async def async_start_new_kernel(self, **kwargs):
        await super().async_start_new_kernel(**kwargs)
        RUNNING[self] = self.km


def stop():
    """End every kernel and remove what this process made beside the course."""
    for manager in list(RUNNING.values()):
        process = getattr(manager.provisioner, "process", None)  # None: it has ended
        if process and process.poll() is None:
            if hasattr(
                os, "killpg"
            ):  # a kernel leads a group: with what it has started
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        manager.cleanup_connection_file()
    shutil.rmtree(IPYTHON, ignore_errors=True)


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
    client = Client(
        notebook,
        timeout=1800,
        kernel_name="python3",
        allow_errors=allow_errors,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    env = {**os.environ, **(environment or {})}
    start, cpu = time.perf_counter(), children_cpu()
    try:
        side_by_side(lambda _: client.execute(env=env), [path])
    finally:
        RUNNING.pop(client, None)
    return notebook, time.perf_counter() - start, children_cpu() - cpu


def side_by_side(function, items, number=2):
    """``function`` of each item, so many at a time in threads; the results in order.

    The thread that called waits so that Ctrl-C reaches it (nbclient would keep it).
    """
    pool = ThreadPoolExecutor(number)
    try:
        jobs = [pool.submit(function, item) for item in items]
        done, left = set(), jobs
        while left and not any(job.exception() for job in done):
            done, left = wait(jobs, timeout=0.2, return_when=FIRST_EXCEPTION)
        for job in done:
            job.result()  # raises what one of them raised
        return [job.result() for job in jobs]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def children_cpu():
    """CPU seconds of all child processes that have ended (0 on Windows)."""
    used = os.times()
    return used.children_user + used.children_system


def printed(cell):
    """What an executed cell printed, and the plain text of its results."""
    texts = [
        o.get("text", "") or o.get("data", {}).get("text/plain", "")
        for o in cell.outputs
    ]
    return "".join(texts)
