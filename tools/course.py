"""Write what follows from ``course.toml`` and the notebooks; ``--check`` only compares.

python -m tools.course            write README table, badges, navigation, first cell, what
                                  folds a cell, minutes, slides
python -m tools.course --check    fail if anything differs (measured times apart), and name
                                  the lessons that take too long
"""

import json
import re
import sys

import nbformat

from tools import folding, slides, timetables
from tools.first_cell import first_cell
from tools.lessons import NOTEBOOKS, RESULTS, ROOT, all_lessons, manifest

NAMES = {
    "python": "Python",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
    "jupyterlab": "JupyterLab",
}


#: The address of a course that nobody has published yet: badges and links to it were dead.
PLACEHOLDER = "https://github.com/example/"


def published(course):
    """Does the manifest name a real address?"""
    return not course["repository"].startswith(PLACEHOLDER)


def colab(course, lesson):
    """Where Colab opens a lesson."""
    address = course["repository"].removeprefix("https://github.com/")
    link = f"https://colab.research.google.com/github/{address}/blob/{course['ref']}"
    return f"{link}/notebooks/{lesson.name}.ipynb"


def badge(course, lesson):
    """Colab's badge; nothing as long as the course has no address."""
    if not published(course):
        return ""
    picture = "https://colab.research.google.com/assets/colab-badge.svg"
    return f"[![Open in Colab]({picture})]({colab(course, lesson)})"


def read(course, lesson):
    """A link to the executed lesson, which a workflow leaves on a branch of its own."""
    page = f"{course['repository']}/blob/executed/notebooks/{lesson.name}.ipynb"
    return f"[read]({page})"


def pages(course):
    """Where the site of a published course lies."""
    owner, name = course["repository"].removeprefix("https://github.com/").split("/")
    return f"https://{owner}.github.io/{name}/"


def neighbours(lessons, place):
    """The lessons before and after one; who follows the arrows passes over optional ones."""
    before = [x for x in lessons[:place] if not x.optional]
    after = [x for x in lessons[place + 1 :] if not x.optional]
    return (before or [None])[-1], (after or [None])[0]


def beside(lessons, place):
    """The optional lessons between a lesson of the core and the next; of a part its first."""
    found = {}
    for lesson in lessons[place + 1 :]:
        if not lesson.optional:
            break
        found.setdefault(lesson.number[0], lesson)
    return [] if lessons[place].optional else list(found.values())


def navigation(course, lessons, place, minutes):
    """The lines of a lesson's title cell: badge, minutes, what it needs, its neighbours."""
    lesson, (before, after) = lessons[place], neighbours(lessons, place)
    around = []
    if before:
        around.append(f"← [{before.number} · {before.title}]({before.name}.ipynb)")
    if after:
        around.append(f"[{after.number} · {after.title}]({after.name}.ipynb) →")
    for other in beside(lessons, place):
        link = f"[{other.number} · {other.title}]({other.name}.ipynb)"
        around.append(f"optional: {link}")
    needs = ", ".join(n[:2] for n in lesson.needs) or "nothing but Python"
    unit = "minute" if lesson.minutes == 1 else "minutes"
    kind = "**optional**, the core goes on without it · " * lesson.optional
    return (
        f"{badge(course, lesson)}\n\n".lstrip()
        + f"About {minutes} minutes to work through · {kind}runs in "
        f"about {lesson.minutes:g} {unit} on a laptop's CPU · needs: {needs} · "
        f"{' · '.join(around)}"
    )


def needs_of_the_core(lessons):
    """Refuse a core lesson that needs an optional one.

    Raises:
        SystemExit: says which lesson, which need, and what to change.
    """
    optional = {x.name for x in lessons if x.optional}
    for lesson in lessons:
        if not lesson.optional and (needed := optional & set(lesson.needs)):
            raise SystemExit(
                f"course.toml: {lesson.name} needs {', '.join(sorted(needed))}, which is "
                "optional: mark both optional, or neither, or change its needs."
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


def welcome(course):
    """The README's line below its picture: where to read, or how a fork gets there."""
    if published(course):
        return f"**[Read the course]({pages(course)})**, executed, without installing anything."
    return (
        "*Not published yet: write your address into the line `repository = …` of "
        "`course.toml` and run `make course`; badges, links and the site's address follow.*"
    )


def minutes_measured():
    path = RESULTS / "minutes.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def lesson_table(course, parts, lessons):
    measured, shown = minutes_measured(), published(course)
    lines = [
        "| lesson | question | minutes | seconds | needs |" + " read · run |" * shown,
        "|---|---|---|---|---|" + "---|" * shown,
    ]
    part = None
    for lesson in lessons:
        if lesson.number[0] != part:
            part = lesson.number[0]
            lines.append(f"| **{parts[part]}** | | | | |" + " |" * shown)
        minutes = folding.rounded(folding.minutes(lesson.read()))
        seconds = measured.get(lesson.name, {}).get("wall")
        link = f"[{lesson.number} · {lesson.title}](notebooks/{lesson.name}.ipynb)"
        lines.append(
            f"| {link}{' (optional)' * lesson.optional} | {lesson.question} | {minutes} "
            f"| {'' if seconds is None else round(seconds)} "
            f"| {', '.join(n[:2] for n in lesson.needs) or '–'} |"
            + f" {read(course, lesson)} · {badge(course, lesson)} |"
            * shown
        )
    return "\n".join(lines)


def minutes_of(lessons):
    """{name: minutes to work through}, as they stand in the title cells."""
    return {x.name: folding.rounded(folding.minutes(x.read())) for x in lessons}


def span(lessons):
    """The numbers of some lessons as a range: "10 to 14", "00", or "–" for none."""
    numbers = sorted(x.number for x in lessons)
    return " to ".join(dict.fromkeys((numbers[0], numbers[-1]))) if numbers else "–"


def minutes_table(parts, lessons, spent):
    """How long each part and the whole course take to work through; optional ones apart."""
    lines = [
        "| part | core lessons | minutes a lesson | hours | optional | hours |",
        "|---|---|---|---|---|---|",
    ]

    def hours(some):
        return f"{sum(spent[x.name] for x in some) / 60:.1f}" if some else "–"

    def row(name, some, numbers, each):
        core, other = ([x for x in some if x.optional is y] for y in (False, True))
        beside = numbers(other)
        lines.append(
            f"| {name} | {numbers(core)} | {each(core)} | {hours(core)} | {beside} "
            f"| {hours(other)} |"
        )

    def ends(core):
        each = [spent[x.name] for x in core]
        return (
            " to ".join(dict.fromkeys(map(str, (min(each), max(each))))) if each else ""
        )

    for number, name in parts.items():
        if part := [x for x in lessons if x.number[0] == number]:
            row(f"{number} · {name}", part, span, ends)
    row("together", lessons, lambda some: len(some) or "–", lambda core: "")
    return "\n".join(lines)


def too_long(lessons):
    """Name the lessons that take too long to work through; returns how many are refused."""
    spent = {x.name: folding.minutes(x.read()) for x in lessons}
    refused = 0
    for name, minutes in spent.items():
        if round(minutes) > folding.LONG:
            over = round(minutes) > folding.TOO_LONG
            refused += over
            limit = folding.TOO_LONG if over else folding.LONG
            print(
                f"{name}: {minutes:.0f} minutes to work through, above {limit}: shorten it, "
                "fold plumbing, or divide it"
            )
    return refused


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
    lines = ["| | versions | lessons with solutions | when |", "|---|---|---|---|"]
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
    """The README's text without the seconds, which a machine measures and so may differ."""
    return re.sub(r"(?m)^(\| \[\d\d .*?\| .*? \| \d+ \|) \d* *\|", r"\1 |", text)


def main(arguments):
    """Write or check; returns the number of files that differ."""
    check = "--check" in arguments
    if unknown := [word for word in arguments if word != "--check"]:
        raise SystemExit(f"make course takes no {unknown[0]!r}, only --check.")
    data = manifest()
    course, lessons = data["course"], all_lessons()
    there, listed = {p.stem for p in NOTEBOOKS.glob("*.ipynb")}, set(data["lessons"])
    if there != listed:
        raise SystemExit(
            f"Not in course.toml: {sorted(there - listed)}; "
            f"not in notebooks/: {sorted(listed - there)}"
        )
    needs_of_the_core(lessons)
    stale = []

    for place, lesson in enumerate(lessons):
        notebook = lesson.read()
        before = nbformat.writes(notebook)
        title = notebook.cells[0]
        first = next(c for c in notebook.cells if c.cell_type == "code")
        first.source = first_cell(course)
        first.metadata["tags"] = ["bootstrap", "light"]
        folding.fold(notebook, lesson.path.name)
        slides.assign(notebook)
        minutes = 0
        for _ in range(2):  # the line itself has words: written, then counted with them
            new = navigation(course, lessons, place, minutes)
            title.source = between(title.source, "nav", new, lesson.path.name)
            minutes = folding.rounded(folding.minutes(notebook))
        if nbformat.writes(notebook) != before:
            stale.append(lesson.path)
            if not check:
                nbformat.write(notebook, lesson.path)

    teaching, spent = ROOT / "docs" / "teaching.md", minutes_of(lessons)
    text = teaching.read_text(encoding="utf-8")
    hours = minutes_table(data["parts"], lessons, spent)
    counted, full = between(text, "minutes", hours, "docs/teaching.md"), []
    for name, plan in data.get("timetables", {}).items():
        table = timetables.table(name, plan, lessons, spent)
        counted = between(counted, f"timetable-{name}", table, "docs/teaching.md")
        full += filter(None, [timetables.too_full(name, plan, lessons, spent)])
    if counted != text:
        stale.append(teaching)
    if not check:
        new = between(counted, "needs", needs_table(lessons), "docs/teaching.md")
        teaching.write_text(new, encoding="utf-8")  # measured, so it may differ

    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    new = between(text, "clone", clone_command(course), "README.md")
    new = between(new, "welcome", welcome(course), "README.md")
    new = between(
        new, "lessons", lesson_table(course, data["parts"], lessons), "README.md"
    )
    new = between(new, "ends", versions_table(), "README.md")
    if without_times(new) != without_times(text):
        stale.append(readme)
    if not check:
        readme.write_text(new, encoding="utf-8")

    citation = ROOT / "CITATION.cff"
    text, line = citation.read_text(encoding="utf-8"), f'"{course["repository"]}"'
    new = re.sub(r"(?m)^(repository-code: ).*$", lambda m: m[1] + line, text)
    if new != text:
        stale.append(citation)
    if not check:
        citation.write_text(new, encoding="utf-8")

    for path in stale:
        print(f"{'differs' if check else 'written'}: {path.relative_to(ROOT)}")
    if check and stale:
        print("Run `make course` and commit what it writes.")
    print(*full, sep="\n", end="\n" * bool(full))
    return len(stale) + len(full) + too_long(lessons)


if __name__ == "__main__":
    found = main(sys.argv[1:])
    sys.exit(bool(found) if "--check" in sys.argv else 0)
