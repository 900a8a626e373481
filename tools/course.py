"""Write what follows from ``course.toml`` and the notebooks; ``--check`` only compares.

python -m tools.course            write README table, badges, navigation, first cell, slides
python -m tools.course --check    fail if anything differs (measured times apart)
"""

import json
import re
import sys

import nbformat

from tools import slides
from tools.lessons import NOTEBOOKS, RESULTS, ROOT, all_lessons, manifest

BOOTSTRAP = """\
# Course set-up, the same in every lesson (written by tools/course.py).
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = "{repository}"
REF = "{ref}"
SEED = int(os.environ.get("COURSE_SEED", "0"))

above = [p for p in [Path.cwd(), *Path.cwd().parents] if (p / "course.toml").is_file()]
COURSE = above[0] if above else Path.cwd() / "{folder}"
if not (COURSE / "course.toml").is_file():
    if "google.colab" not in sys.modules:
        raise RuntimeError(
            f"The course's folder was not found above {{Path.cwd()}}. Get it with "
            f"`git clone {{REPOSITORY}}`, then open this notebook inside it."
        )
    command = ["git", "clone", "--quiet", "--depth=1", f"--branch={{REF}}", REPOSITORY]
    done = subprocess.run([*command, COURSE], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"Could not clone {{REPOSITORY}} at {{REF}}: {{done.stderr.strip()}} "
            "Is there a network? Is the address in this cell that of your course?"
        )
    print(f"Course: {{REPOSITORY}} at {{REF}}, cloned into {{COURSE}}")
if str(COURSE) not in sys.path:
    sys.path.insert(0, str(COURSE))

import utils  # noqa: F401  (keeps TensorFlow quiet: before anything imports it)"""


NAMES = {
    "python": "Python",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
    "jupyterlab": "JupyterLab",
}


def bootstrap(course):
    return BOOTSTRAP.format(**course)


def badge(course, lesson):
    address = course["repository"].removeprefix("https://github.com/")
    link = f"https://colab.research.google.com/github/{address}/blob/{course['ref']}"
    picture = "https://colab.research.google.com/assets/colab-badge.svg"
    return f"[![Open in Colab]({picture})]({link}/notebooks/{lesson.name}.ipynb)"


def navigation(course, lessons, place):
    lesson = lessons[place]
    around = []
    if place:
        before = lessons[place - 1]
        around.append(f"← [{before.number} · {before.title}]({before.name}.ipynb)")
    if place + 1 < len(lessons):
        after = lessons[place + 1]
        around.append(f"[{after.number} · {after.title}]({after.name}.ipynb) →")
    needs = ", ".join(n[:2] for n in lesson.needs) or "nothing but Python"
    unit = "minute" if lesson.minutes == 1 else "minutes"
    return (
        f"{badge(course, lesson)}\n\nRuns in about {lesson.minutes:g} {unit} on a laptop's CPU "
        f"· needs: {needs} · {' · '.join(around)}"
    )


def between(text, name, new, where):
    """Replace what stands between ``<!-- name:begin -->`` and ``<!-- name:end -->``."""
    pattern = rf"(<!-- {name}:begin -->\n).*?\n?(<!-- {name}:end -->)"
    text, count = re.subn(
        pattern, lambda m: f"{m[1]}{new}\n{m[2]}", text, flags=re.DOTALL
    )
    if count != 1:
        raise SystemExit(f"{where} needs the marker {name}:begin … {name}:end once.")
    return text


def clone_command(course):
    return f"```sh\ngit clone {course['repository']}\ncd {course['repository'].split('/')[-1]}\n```"


def minutes_measured():
    path = RESULTS / "minutes.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def lesson_table(course, parts, lessons):
    measured = minutes_measured()
    lines = [
        "| lesson | question | seconds | needs | Colab |",
        "|---|---|---|---|---|",
    ]
    part = None
    for lesson in lessons:
        if lesson.number[0] != part:
            part = lesson.number[0]
            lines.append(f"| **{parts[part]}** | | | | |")
        seconds = measured.get(lesson.name, {}).get("wall")
        lines.append(
            f"| [{lesson.number} · {lesson.title}](notebooks/{lesson.name}.ipynb) "
            f"| {lesson.question} | {'' if seconds is None else round(seconds)} "
            f"| {', '.join(n[:2] for n in lesson.needs) or '–'} | {badge(course, lesson)} |"
        )
    return "\n".join(lines)


def needs_table(lessons):
    """What one student's machine needs: the range over each part's lessons."""
    measured, parts = minutes_measured(), manifest()["parts"]
    lines = [
        "| part | lessons | seconds a lesson | CPU seconds a lesson | memory |",
        "|---|---|---|---|---|",
    ]
    for number, name in parts.items():
        part = [x.name for x in lessons if x.number[0] == number]
        ran = [measured[name] for name in part if "memory" in measured.get(name, {})]
        if ran:
            low, high = (
                {key: pick(r[key] for r in ran) for key in ran[0]}
                for pick in (min, max)
            )
            lines.append(
                f"| {number} · {name} | {len(part)} | {low['wall']:.0f} to {high['wall']:.0f} "
                f"| {low['cpu']:.0f} to {high['cpu']:.0f} | up to {high['memory']:.0f} MB |"
            )
    return "\n".join(lines)


def versions_table():
    """What `make test-oldest` and `make test-newest` ran, and how it ended."""
    path = RESULTS / "versions.json"
    known = json.loads(path.read_text()) if path.is_file() else {}
    lines = ["| | versions | lessons and exercises | when |", "|---|---|---|---|"]
    for end in ("oldest", "newest"):
        if ran := known.get(end):
            order = [*NAMES, *ran["versions"]]  # Python and TensorFlow first
            versions = ", ".join(
                f"{NAMES.get(name, name)} {ran['versions'][name]}"
                for name in dict.fromkeys(order)
                if name in ran["versions"]
            )
            result = f"{ran['passed']} passed, {ran['failed']} failed"
            lines.append(f"| {end} | {versions} | {result} | {ran['date']} |")
    return "\n".join(lines)


def without_times(text):
    return re.sub(r"(?m)^(\| \[\d\d .*?\| .*? \|) \d* +\|", r"\1 |", text)


def main(arguments):
    """Write or check; returns the number of files that differ."""
    check = "--check" in arguments
    data = manifest()
    course, lessons = data["course"], all_lessons()
    there, listed = {p.stem for p in NOTEBOOKS.glob("*.ipynb")}, set(data["lessons"])
    if there != listed:
        raise SystemExit(
            f"Not in course.toml: {sorted(there - listed)}; "
            f"not in notebooks/: {sorted(listed - there)}"
        )
    stale = []

    for place, lesson in enumerate(lessons):
        notebook = lesson.read()
        before = nbformat.writes(notebook)
        title = notebook.cells[0]
        new = navigation(course, lessons, place)
        title.source = between(title.source, "nav", new, lesson.path.name)
        first = next(c for c in notebook.cells if c.cell_type == "code")
        first.source = bootstrap(course)
        first.metadata["tags"] = ["bootstrap", "light"]
        slides.assign(notebook)
        if nbformat.writes(notebook) != before:
            stale.append(lesson.path)
            if not check:
                nbformat.write(notebook, lesson.path)

    teaching = ROOT / "docs" / "teaching.md"
    text = teaching.read_text(encoding="utf-8")
    new = between(text, "needs", needs_table(lessons), "docs/teaching.md")
    if not check:  # measured, so it may differ
        teaching.write_text(new, encoding="utf-8")

    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    new = between(text, "clone", clone_command(course), "README.md")
    new = between(
        new, "lessons", lesson_table(course, data["parts"], lessons), "README.md"
    )
    new = between(new, "ends", versions_table(), "README.md")
    if without_times(new) != without_times(text):
        stale.append(readme)
    if not check:
        readme.write_text(new, encoding="utf-8")

    for path in stale:
        print(f"{'differs' if check else 'written'}: {path.relative_to(ROOT)}")
    if check and stale:
        print("Run `make course` and commit what it writes.")
    return len(stale)


if __name__ == "__main__":
    found = main(sys.argv[1:])
    sys.exit(bool(found) if "--check" in sys.argv else 0)
