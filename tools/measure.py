"""Run each lesson alone, as a student does, and note its seconds.

    python -m tools.measure [LESSON ...]

Writes results/minutes.json (wall and CPU seconds, the kernel's largest memory), which `make
course` shows in the README and in docs/teaching.md, and the README's pictures, which are
figures of the lessons.
"""

import base64
import json
import os
import resource
import sys
from multiprocessing import get_context

from tools.lessons import RESULTS, ROOT, chosen, execute

#: (lesson, cell id) of the figures that the README shows.
PICTURES = {("21_sunspots", "test-ladder"): ROOT / "docs" / "sunspots.png"}


def keep_pictures(lesson, notebook):
    """Write the figures of an executed lesson that the README shows."""
    for cell in notebook.cells:
        path = PICTURES.get((lesson.name, cell.id))
        for output in cell.get("outputs", []) if path else []:
            if "image/png" in output.get("data", {}):
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(base64.b64decode(output.data["image/png"]))


def alone(path):
    """Execute a notebook; with its seconds, the memory that its kernel needed, in MB."""
    notebook, wall, cpu = execute(path)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return notebook, wall, cpu, most / (1e6 if sys.platform == "darwin" else 1e3)


def main(names):
    """Measure the named lessons (all if none) and keep what is known of the others."""
    path = RESULTS / "minutes.json"
    known = json.loads(path.read_text()) if path.is_file() else {}
    for lesson in chosen(names):
        with get_context("spawn").Pool(1) as process:  # whose only child is the kernel
            notebook, wall, cpu, memory = process.apply(alone, (lesson.path,))
        keep_pictures(lesson, notebook)
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
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
