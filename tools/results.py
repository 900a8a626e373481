"""Make the committed tables of runs that are too long for a lesson.

    python -m tools.results [LESSON ...]

A lesson that has such a table defines, in cells tagged ``light``, ``grid()`` (a list of
dictionaries) and ``experiment(**row)`` (a dictionary of results). Each row of the grid is
run as the lesson would run it and written to results/NN_topic.csv at once, so the command
takes up where it was stopped; a row whose lesson has changed since must be deleted first.
"""

import json
import os
import sys
from importlib import metadata
from pathlib import Path

import pandas as pd

from tools.lessons import NOTEBOOKS, RESULTS, chosen, tags


def light_namespace(lesson):
    """Execute a lesson's ``light`` cells in plain Python and return their names."""
    here, names = Path.cwd(), {"__name__": f"lesson_{lesson.name}"}
    os.chdir(NOTEBOOKS)
    try:
        for cell in lesson.read().cells:
            if cell.cell_type == "code" and "light" in tags(cell):
                exec(compile(cell.source, f"<{lesson.name} {cell.id}>", "exec"), names)
    finally:
        os.chdir(here)
    return names


def main(names):
    """Complete the tables of the named lessons (all if none)."""
    for lesson in chosen(names):
        if not any("def grid(" in cell.source for cell in lesson.read().cells):
            continue
        space = light_namespace(lesson)
        path = RESULTS / f"{lesson.name}.csv"
        rows = pd.read_csv(path).to_dict("records") if path.is_file() else []
        wanted = space["grid"]()
        keys = list(wanted[0])
        done = {tuple(str(row[k]) for k in keys) for row in rows}
        for row in wanted:
            if tuple(str(row[k]) for k in keys) in done:
                continue
            rows.append({**row, **space["experiment"](**row)})
            print(lesson.name, rows[-1], flush=True)
            pd.DataFrame(rows).to_csv(path, index=False, float_format="%.6g")
        versions = {p: metadata.version(p) for p in ("keras", "numpy")}
        versions["tensorflow"] = __import__("tensorflow").__version__
        versions["cores"] = os.cpu_count()
        note = RESULTS / f"{lesson.name}.json"
        note.write_text(json.dumps(versions, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
