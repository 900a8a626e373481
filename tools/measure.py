"""Run each lesson alone, as a student does, and note its seconds.

    python -m tools.measure [LESSON ...]

Writes results/minutes.json (wall and CPU seconds, the kernel's largest memory), which `make
course` shows in the README and in docs/teaching.md, and the README's pictures, which are
figures of the lessons.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat

from tools.files import check_writable, private_folder, write_bytes, write_text
from tools.lessons import BUILD, RESULTS, ROOT, chosen, execute

NOTE = RESULTS / "minutes.json"
#: (lesson, cell id) of the figures that the README shows.
PICTURES = {("21_sunspots", "test-ladder"): ROOT / "docs" / "sunspots.png"}


def keep_pictures(lesson, notebook):
    """Write the figures of an executed lesson that the README shows."""
    for cell in notebook.cells:
        path = PICTURES.get((lesson.name, cell.id))
        for output in cell.get("outputs", []) if path else []:
            if "image/png" in output.get("data", {}):
                write_bytes(path, base64.b64decode(output.data["image/png"]))


def one(path, made):
    """Execute a notebook in this fresh process, whose only child is the kernel.

    Args:
        path: the notebook.
        made: where the executed notebook is put; its seconds, and the memory that its
            kernel needed in MB, are printed.
    """
    import resource  # Linux and macOS have it

    notebook, wall, cpu = execute(Path(path))
    nbformat.write(notebook, made)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps([wall, cpu, most / (1e6 if sys.platform == "darwin" else 1e3)]))


def alone(path):
    """Execute a notebook in a process of its own: (notebook, wall, CPU seconds, MB)."""
    with private_folder(BUILD, "measure") as folder:
        made = folder / path.name
        command = [sys.executable, "-m", "tools.measure", "--one", str(path), str(made)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return nbformat.read(made, as_version=4), *json.loads(done.stdout)


def main(arguments):
    """Measure the named lessons (all if none) and keep what is known of the others."""
    parser = argparse.ArgumentParser(prog="make measure", description=__doc__)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("lessons", nargs="*")
    asked = parser.parse_intermixed_args(arguments)
    if asked.one:
        return one(*asked.one)
    if os.name == "nt":
        raise SystemExit("A kernel's largest memory is not known on Windows.")
    lessons = chosen(asked.lessons)
    check_writable(NOTE, *PICTURES.values(), BUILD / "any")
    for lesson in lessons:
        notebook, wall, cpu, memory = alone(lesson.path)
        keep_pictures(lesson, notebook)
        known = json.loads(NOTE.read_text()) if NOTE.is_file() else {}
        known[lesson.name] = {
            "wall": round(wall, 1),
            "cpu": round(cpu, 1),
            "cores": os.cpu_count(),
            "memory": round(memory),
        }
        slow = "  more than its minutes" if wall > 60 * lesson.minutes else ""
        print(
            f"{lesson.name:24s} wall {wall:6.1f} s   CPU {cpu:6.1f} s   "
            f"{memory:5.0f} MB{slow}",
            flush=True,
        )
        write_text(NOTE, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
