"""Run each lesson alone, as a student does, and note its seconds.

    python -m tools.measure [LESSON ...]

Writes results/minutes.json; `make course` shows it in the README.
"""

import json
import os
import sys

from tools.lessons import RESULTS, chosen, execute


def main(names):
    """Measure the named lessons (all if none) and keep what is known of the others."""
    path = RESULTS / "minutes.json"
    known = json.loads(path.read_text()) if path.is_file() else {}
    for lesson in chosen(names):
        _, wall, cpu = execute(lesson.path)
        known[lesson.name] = {
            "wall": round(wall, 1),
            "cpu": round(cpu, 1),
            "cores": os.cpu_count(),
        }
        slow = "  more than its minutes" if wall > 60 * lesson.minutes else ""
        print(
            f"{lesson.name:24s} wall {wall:6.1f} s   CPU {cpu:6.1f} s{slow}", flush=True
        )
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
