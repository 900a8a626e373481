"""What a class is handed: the lessons and what they need, without solutions."""

import re
import shutil

import nbformat

from tools.course import PLACEHOLDER, lesson_table
from tools.course_copy import PARTS, copy
from tools.editions.lesson import handed_out
from tools.files import write_text
from tools.lessons import ROOT, manifest

#: Of the Makefile: these commands, and what they need.
COMMANDS = ("lab", "forecast")
LICENCES = ("LICENSE", "LICENSE-text.md")

README = """\
# {title}

{kind}

You need Python 3.10, 3.11, 3.12 or 3.13. With `make`:

```sh
make lab         # sets everything up, opens JupyterLab at the first lesson
make forecast    # the sunspot workshop without a browser
make forecast FILE=my.csv    # your own series, with a verdict
```

Without it, in this folder:

```sh
python3 -m venv .venv
.venv/bin/python -m pip install -r requirements.txt
.venv/bin/python -m jupyterlab notebooks
```

On Windows (PowerShell): `py -m venv .venv`, then `.venv\\Scripts\\python` with the same words
after it.

{table}

Every exercise tells at once: not attempted, not yet (and why), or right.

Code: MIT ([LICENSE](LICENSE)). Text and figures: Creative Commons Attribution 4.0
([LICENSE-text.md](LICENSE-text.md)). Data: each file its own, see
[data/README.md](data/README.md).
"""
STUDENT = "The lessons with their exercises and checks."


def student(out, lessons, kind=STUDENT):
    """Write the hand-out.

    Args:
        out: an empty folder.
        lessons: which lessons it holds.
        kind: what its README says it is.
    """
    copy(out, [part for part in PARTS if part != "notebooks"])
    (out / "notebooks").mkdir()
    for lesson in lessons:
        path = out / "notebooks" / lesson.path.name
        nbformat.write(handed_out(lesson, lessons), path)
    for name in LICENCES:
        shutil.copy(ROOT / name, out)
    write_text(out / "Makefile", commands(lessons[0].name).rstrip() + "\n")
    data = manifest()
    unpublished = data["course"] | {"repository": PLACEHOLDER}  # so without badges
    table = lesson_table(unpublished, data["parts"], lessons)
    text = README.format(title=data["course"]["title"], kind=kind, table=table)
    write_text(out / "README.md", text)


def commands(first):
    """The course's Makefile, cut down to ``COMMANDS``, with ``first`` as the first lesson."""
    blocks = (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    rules = {}
    for block in blocks:
        for targets, needs in re.findall(r"(?m)^([\w./ -]+):(?!=)(.*)", block):
            for target in targets.split():
                rules[target] = block, needs.split()
    wanted = list(COMMANDS)
    for target in wanted:  # grows by what its rules need
        wanted += [x for x in rules[target][1] if x in rules and x not in wanted]
    needed = {rules[target][0] for target in wanted}
    settings = re.compile(r"\w+ *[:?]?=.*\n?")
    kept = [x for x in blocks if x in needed or settings.match(x)]
    text = "\n\n".join([f".PHONY: {' '.join(COMMANDS)}", *kept])
    return text.replace("00_welcome", first)
