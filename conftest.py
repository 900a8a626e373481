"""Every notebook is run by nbmake in a copy of the course; this adds what nbmake misses.

`make test` hands pytest the copies in ``build/run/notebooks``. A lesson also fails on
anything written to stderr, on a ``{name}`` left in its text, and on three times its
minutes of CPU time. Wall time is reported and never fails a test. (The file stands here
and not in ``tests/`` because pytest applies it only to what lies beside or below it.)
"""

import json
import os
import re
import signal
import time
from pathlib import Path

import nbformat
import pytest

from tools.lessons import (
    GUARDED,
    ONE_THREAD,
    RESULTS,
    all_lessons,
    children_cpu,
    printed,
)

# A shell ignores Ctrl-C for what it starts in the background, and so would all that tests
# start; some of them press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

PLACEHOLDER = re.compile(r"(?<![\\{$^_\w])\{[A-Za-z_][\w.]*(:[^{}\s]*)?\}(?!\})")
seconds = {}
mutants = {}


def complaints(notebook):
    """What is wrong with an executed notebook, as a list of sentences."""
    found = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.get("name") == "stderr":
                found.append(f"cell {number} writes to stderr: {output.text[:300]}")
        left = PLACEHOLDER.search(printed(cell))
        if left:
            found.append(f"cell {number} prints a placeholder: {left.group(0)}")
    return found


def _is_notebook(item):
    return item.path.suffix == ".ipynb"


def pytest_collection_modifyitems(items):
    """The slowest lessons first: who begins with them does not wait for one at the end."""
    note = RESULTS / "minutes.json"  # of a course that was measured
    known = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}

    def seconds_known(item):
        return known.get(item.path.stem, {}).get("cpu", 0) if _is_notebook(item) else 0

    items.sort(key=seconds_known, reverse=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not _is_notebook(item):
        return (yield)
    allowed = {x.name: 60 * x.minutes for x in all_lessons()}[item.path.stem]
    before = dict(os.environ)
    os.environ.update(ONE_THREAD | GUARDED)
    run = item.runtest

    def seen():
        # set by pytest just before; under it the kernel hides what C++ writes to stderr
        os.environ.pop("PYTEST_CURRENT_TEST", None)
        run()

    item.runtest = seen
    start, cpu = time.perf_counter(), children_cpu()
    try:
        result = yield
    finally:
        os.environ.clear()
        os.environ.update(before)
    wall, cpu = time.perf_counter() - start, children_cpu() - cpu
    item.user_properties += [("wall", wall), ("cpu", cpu), ("allowed", allowed)]
    found = complaints(nbformat.read(item.path, as_version=4))
    if cpu > 3 * allowed:
        found.append(
            f"{cpu:.0f} CPU seconds are more than three times its {allowed:.0f}"
        )
    if found:
        pytest.fail("\n".join(found), pytrace=False)
    return result


@pytest.hookimpl
def pytest_runtest_logreport(report):
    found = dict(report.user_properties)
    if report.when == "call" and "wall" in found:
        seconds[Path(report.nodeid.split("::")[0]).stem] = found
    if report.when == "call" and "mutants" in found:
        mutants.update(found["mutants"])


def show_seconds(write):
    """A line for each lesson that was run."""
    for name, found in sorted(seconds.items()):
        slow = "  slower than its minutes" if found["wall"] > found["allowed"] else ""
        write(
            f"{name:24s} wall {found['wall']:6.1f}   CPU {found['cpu']:6.1f}"
            f"   allowed {found['allowed']:4.0f}{slow}"
        )


def show_mutants(write):
    """A line for each lesson, numbers as in tools/mutants.py, and their sums."""
    rows = {}
    for name, numbers in sorted(mutants.items()):
        rows[name[:2]] = [
            a + b for a, b in zip(rows.get(name[:2], [0] * 4), numbers, strict=True)
        ]
    rows["all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    for name, (made, killed, equal, alive) in rows.items():
        write(
            f"{name:4s}{made:6d} {killed:6d} refused {equal:6d} equal {alive:4d} alive"
        )


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter):
    if seconds:
        title = "seconds for each lesson (side by side, one thread each)"
        terminalreporter.section(title)
        show_seconds(terminalreporter.write_line)
    if mutants:
        terminalreporter.section("solutions with one fault, by lesson")
        show_mutants(terminalreporter.write_line)
