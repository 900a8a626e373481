"""Keep notebooks as sources: no outputs, no counts, no trace of the machine.

python -m tools.strip            strip what needs it
python -m tools.strip --check    only say what would change, and fail

What is kept is listed here, so that what an editor will invent tomorrow goes as well
(nbstripout lists what goes).
"""

import argparse
import sys

import nbformat

from tools.files import write_notebook
from tools.lessons import NOTEBOOKS, ROOT

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT = {"tags", "exercise", "slideshow", "jupyter", "cellView"}
#: What folds a cell (tools/course.py) is the only thing kept of ``jupyter``.
FOLDED_IN_JUPYTER = "source_hidden"


def strip(notebook):
    """Remove outputs, execution counts and editor metadata, in place."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in sorted(KEPT & set(cell.metadata))}
        )
        if not cell.metadata.get("jupyter", {}).get(FOLDED_IN_JUPYTER):
            cell.metadata.pop("jupyter", None)
        else:
            cell.metadata["jupyter"] = {FOLDED_IN_JUPYTER: True}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.cells = [c for c in notebook.cells if c.source.strip()]


def main(arguments):
    """Strip every notebook of the course; returns 1 if one that is checked was not."""
    parser = argparse.ArgumentParser(prog="python -m tools.strip", description=__doc__)
    parser.add_argument("--check", action="store_true")
    check, changed = parser.parse_args(arguments).check, 0
    for path in sorted(NOTEBOOKS.rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        notebook = nbformat.read(path, as_version=4)
        before = nbformat.writes(notebook)
        strip(notebook)
        nbformat.validate(notebook)
        if nbformat.writes(notebook) != before:
            changed += 1
            print(
                f"{'not stripped' if check else 'stripped'}: {path.relative_to(ROOT)}"
            )
            if not check:
                write_notebook(path, notebook)
    return int(check and changed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
