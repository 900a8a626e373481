"""Make the committed tables of runs that are too long for a lesson.

    python -m tools.results [LESSON ...]     run what is missing or was made by other code
    python -m tools.results --list           say which tables are not those of today's code
    python -m tools.results --check          the same, and fail if there is one

A lesson that has such a table defines, in cells tagged ``light``, ``grid()`` (a list of
dictionaries) and ``experiment(**row)`` (a dictionary of results). Each row of the grid is
run as the lesson would run it and kept in build/results at once, so the command takes up
where it was stopped; when all are there, the table is written to results/NN_topic.csv.

The note beside it, results/NN_topic.json, holds versions and two hashes: of the code that a
row is made by (``experiment`` and what it reads in other light cells), and of ``grid`` with
what that reads. Comments, docstrings and layout do not count, nor do the modules of
``utils``. Where the first differs every row is run again, where only the second does, the
rows that are missing.
"""

import argparse
import ast
import csv
import hashlib
import io
import json
import os
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

from tools.files import check_writable, write_text
from tools.lessons import BUILD, NOTEBOOKS, RESULTS, chosen, tags

#: Our own modules: what is imported from them counts, not the module that it stands in.
OURS = {"utils", "forecast"}


def light_cells(notebook):
    """The code cells of a notebook that are tagged ``light``."""
    return [c for c in notebook.cells if c.cell_type == "code" and "light" in tags(c)]


def light_namespace(lesson):
    """Execute a lesson's ``light`` cells in plain Python and return their names."""
    here, names = Path.cwd(), {"__name__": f"lesson_{lesson.name}"}
    os.chdir(NOTEBOOKS)
    try:
        for cell in light_cells(lesson.read()):
            exec(compile(cell.source, f"<{lesson.name} {cell.id}>", "exec"), names)
    finally:
        os.chdir(here)
    return names


# ------------------------------------------------------------- which code made a table


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
LOOPS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def binds(node):
    """The names that a statement binds or changes where it stands (``x``, ``x.y``, ``x[y]``)."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name} if hasattr(node, "name") else set()
    if isinstance(node, LOOPS):
        return set()
    if isinstance(node, ast.alias):
        return {node.asname or node.name.split(".")[0]}
    changed = isinstance(getattr(node, "ctx", None), ast.Store)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        node, changed = node.value.func, isinstance(node.value.func, ast.Attribute)
    if changed:
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name):
            return {node.id}
    return set().union(*map(binds, ast.iter_child_nodes(node)))


def reads(node):
    """The names that a piece of code reads and does not bind in a function of its own."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    found = set().union(*map(reads, ast.iter_child_nodes(node)))
    if isinstance(node, FUNCTIONS):
        body = node.body if isinstance(node.body, list) else [node.body]
        local = {x.arg for x in ast.walk(node.args) if isinstance(x, ast.arg)}
        inside = set().union(*map(reads, body))
        local |= set().union(*map(stores, body))
        around = [node.args, *getattr(node, "decorator_list", [])]
        return (inside - local) | set().union(*map(reads, around))
    if isinstance(node, LOOPS):
        return found - set().union(*(stores(g.target) for g in node.generators))
    return found


def stores(node):
    """The names that a piece of code stores to by their name alone."""
    named = {node.name} if isinstance(node, (*FUNCTIONS[:2], ast.ClassDef)) else set()
    parts = [] if named else ast.walk(node)
    return named | {
        x.id for x in parts if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)
    }


def form(node, wanted=None):
    """A syntax tree as nested tuples, the same on every Python: no layout, no docstrings."""
    if isinstance(node, list):
        return tuple(form(part) for part in node)
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, (ast.Import, ast.ImportFrom)) and wanted is not None:
        module = getattr(node, "module", None) or ""
        module = module.split(".")[0] if module.split(".")[0] in OURS else module
        names = [(a.name, a.asname) for a in node.names]
        names = [n for n in names if (n[1] or n[0].split(".")[0]) in wanted]
        return "import", module, *sorted(map(repr, names))
    fields = {name: value for name, value in ast.iter_fields(node) if name != "ctx"}
    body = fields.get("body")
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
        fields["body"] = body[1:]
    return type(node).__name__, *(
        (name, form(value))
        for name, value in fields.items()
        if value is not None and value != [] and name not in ("kind", "type_comment")
    )


def code_of(notebook, name):
    """The hash of a light function with every light statement that it rests on.

    Args:
        notebook: the lesson, as nbformat reads it.
        name: the function, ``"experiment"`` or ``"grid"``.

    Returns:
        str: twelve hexadecimal digits.
    """
    cells = [c for c in light_cells(notebook) if "bootstrap" not in tags(c)]
    parts = [node for c in cells for node in ast.parse(c.source).body]
    known = [(node, binds(node), reads(node)) for node in parts]
    wanted, before = {name}, set()
    while wanted != before:
        before = set(wanted)
        wanted |= {x for _, bound, read in known if bound & before for x in read}
    used = [form(node, wanted) for node, bound, _ in known if bound & wanted]
    return hashlib.sha256(repr(used).encode()).hexdigest()[:12]


def hashes(notebook):
    """{"code": …, "grid": …} of a lesson that has a table, otherwise None."""
    if not any("def experiment(" in c.source for c in light_cells(notebook)):
        return None
    return {"code": code_of(notebook, "experiment"), "grid": code_of(notebook, "grid")}


def stale(lesson):
    """Why a lesson's table is not that of today's code, or None where it is (or has none)."""
    now = hashes(lesson.read())
    if now is None:
        return None
    path = RESULTS / f"{lesson.name}.json"
    if not path.is_file() or not path.with_suffix(".csv").is_file():
        return "it has not been made"
    note = json.loads(path.read_text(encoding="utf-8"))
    if "code" not in note:
        return "its note does not say which code made it"
    if note["code"] != now["code"]:
        return "it was made by other code"
    return None if note.get("grid") == now["grid"] else "its rows are other ones"


# ------------------------------------------------------------------------- run and write


def text(value):
    """A value as the table holds it: six digits of a number, nothing for None and NaN."""
    if value is None or value != value:
        return ""
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def read_rows(path):
    """The rows of a table as dictionaries of texts; none if it is not there."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    """Write rows as a table whose columns are those of all rows, in order."""
    out = io.StringIO()
    columns = dict.fromkeys(column for row in rows for column in row)
    table = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(path, out.getvalue())


def complete(lesson):
    """Run the rows of one lesson's table that are missing, and write it with its note."""
    path, note = RESULTS / f"{lesson.name}.csv", RESULTS / f"{lesson.name}.json"
    now = hashes(lesson.read())
    part = BUILD / "results" / f"{lesson.name}-{now['code']}.csv"
    check_writable(path, note, part)
    space = light_namespace(lesson)
    wanted = space["grid"]()
    keys = list(wanted[0])
    made = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    rows = read_rows(part)
    if made.get("code") == now["code"]:
        rows = read_rows(path) + rows
    done = {tuple(row[k] for k in keys): row for row in rows}
    for row in wanted:
        key = tuple(text(row[k]) for k in keys)
        if key not in done:
            result = {**row, **space["experiment"](**row)}
            done[key] = {name: text(value) for name, value in result.items()}
            print(lesson.name, done[key], flush=True)
            write_rows(part, list(done.values()))
    write_rows(path, [done[tuple(text(row[k]) for k in keys)] for row in wanted])
    about = {p: metadata.version(p) for p in ("keras", "numpy")} | now
    about["tensorflow"] = sys.modules["tensorflow"].__version__
    about["cores"] = os.cpu_count()
    write_text(note, json.dumps(about, indent=1, sort_keys=True) + "\n")


def main(arguments):
    """Complete or check the tables of the named lessons (all if none)."""
    parser = argparse.ArgumentParser(prog="make results", description=__doc__)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("lessons", nargs="*")
    asked = parser.parse_intermixed_args(arguments)
    old = {x.name: (x, why) for x in chosen(asked.lessons) if (why := stale(x))}
    if not (asked.list or asked.check):
        for lesson, _ in old.values():
            complete(lesson)
        return 0
    for name, (_, why) in old.items():
        print(f"results/{name}.csv: {why} (make results LESSON={name[:2]})")
    return int(asked.check and bool(old))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
