"""Which cells of a lesson are slides; `make course` writes it into the notebooks.

So `make slides` and `jupyter nbconvert --to slides` show the same: a section is a slide, its
steps stand below it. Exercises, checks, set-up, imports, sliders, how a picture is drawn, what
`make results` runs and how a claim is asserted are left to the notebook; of what is folded
there (tools/folding.py) a slide shows what it draws or prints. No slide holds more
code than a screen: a longer cell that draws or prints shows only that (tag ``slide-output``),
one that only defines something is left out. What follows "Predict" appears at the next key.
Only cells that have no slide type get one: what an author sets by hand in Jupyter is kept, but
a cell that no longer fits below the one before ("-") begins a slide of its own.
"""

import re

from tools.lessons import tags

#: Lines of code and words of text that one slide may hold.
LINES, WORDS = 20, 240
#: A text of fewer words, and nothing else, is no slide: it stands under the one before.
FEW = 70
#: Lines of code that leave room for the picture below them, and lines it takes the place of.
WITH_PICTURE, PICTURE = 6, 10
NOT_SHOWN = {"bootstrap", "exercise", "check", "solution", "claim"}
PRINTS = re.compile(r"(?m)^ *print\(")
TABLES = re.compile(r"(?m)^def (grid|experiment)\(")
DRAWS = re.compile(r"plt\.(show|subplots)\(|\b(draw|plot)_?\w*\(|animate\(")


def lines(cell):
    """Lines of code that a cell shows on a slide."""
    shown = cell.cell_type == "code" and "slide-output" not in tags(cell)
    return cell.source.count("\n") + 1 if shown else 0


def run_at_once(cell):
    """The code of a cell outside the functions that it defines."""
    return re.sub(r"(?ms)^(@|def |class ).*?(?=^[^\s@)]|\Z)", "", cell.source)


def draws(cell):
    """True for a code cell that draws a picture."""
    return cell.cell_type == "code" and bool(DRAWS.search(run_at_once(cell)))


def only_for_drawing(cell):
    """True for a code cell that only defines how something will be drawn."""
    plots = re.search(r"\b(ax|axes|figure|plt)\b", cell.source)
    return bool(plots) and not run_at_once(cell).strip()


def height(cell):
    """What a cell takes of its slide, counted in lines of code."""
    return lines(cell) + PICTURE * draws(cell)


def words(cell):
    """Words of text that a cell shows; folded answers count as their question."""
    text = re.sub(r"(?s)</summary>.*?</details>", "", cell.source)
    return len(text.split()) if cell.cell_type == "markdown" else 0


def only_imports(cell):
    """True for a code cell that does nothing but import."""
    text = [line for line in cell.source.splitlines() if line and line[0] not in " #)"]
    return all(line.startswith(("import ", "from ")) for line in text)


def kind(cell):
    """What a cell is for slides, whatever stands before it: a type, or "" for its place."""
    if NOT_SHOWN & tags(cell):
        return "skip"
    if cell.cell_type == "markdown":
        if words(cell) > WORDS:
            return "skip"  # a table to look things up in
        if cell.source.startswith(("# ", "## ")):
            return "slide"
        return "skip" if cell.source.startswith("### Exercise") else "subslide"
    aside = "interact(" in cell.source or TABLES.search(cell.source)
    if aside or only_imports(cell) or only_for_drawing(cell):
        return "skip"
    room = WITH_PICTURE if draws(cell) else LINES
    if "plumbing" in tags(cell):
        room = -1  # folded in the lesson, so its code is on no slide
    if "slide-output" in tags(cell) or lines(cell) <= room:
        return ""
    shows = draws(cell) or PRINTS.search(run_at_once(cell))
    return "output" if shows else "skip"


def assign(notebook):
    """Give every cell that has none its place among the slides, in place."""
    code, taken, new, asked = 0, 0, [], False
    for cell in notebook.cells:
        now = cell.metadata.get("slideshow", {}).get("slide_type")
        if "plumbing" in tags(cell) and "slide-output" not in tags(cell):
            now = None  # it may have become plumbing since
        if now == "-" and code + lines(cell) > LINES:
            now = None  # it, or what stands above it, has grown since
        if now is None:
            now = kind(cell)
            if now == "output":
                cell.metadata["tags"] = sorted(tags(cell) | {"slide-output"})
                now = ""
            full = code + lines(cell) > LINES or (
                taken and taken + height(cell) > LINES + PICTURE / 2
            )
            now = now or ("subslide" if full else "fragment" if asked else "-")
            cell.metadata["slideshow"] = {"slide_type": now}
            new.append(cell)
        if now in ("slide", "subslide"):
            code = taken = 0
        if now != "skip":
            code, taken = code + lines(cell), taken + height(cell)
            asked = cell.cell_type == "markdown" and "redict" in cell.source
    above = []
    for cells in slides(notebook):
        text = sum(map(words, cells)) < FEW and all(map(words, cells))
        under = cells[0].metadata["slideshow"]["slide_type"] == "subslide"
        room = sum(map(words, [*above, *cells])) <= WORDS
        if text and under and room and cells[0] in new:
            cells[0].metadata["slideshow"]["slide_type"] = "-"
            above = [*above, *cells]
        else:
            above = cells


def slides(notebook):
    """The cells of each slide, as a list of lists."""
    shown = []
    for cell in notebook.cells:
        place = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if place in ("slide", "subslide") or not shown:
            shown.append([])
        if place != "skip":
            shown[-1].append(cell)
    return [cells for cells in shown if cells]


def overflow(notebook):
    """What is too much for one screen: a sentence for each slide that overflows."""
    found = []
    for cells in slides(notebook):
        code, text = sum(map(lines, cells)), sum(map(words, cells))
        if code > LINES or text > WORDS:
            found.append(
                f"the slide that begins with {cells[0].source.splitlines()[0]!r} has {code} "
                f"lines of code (at most {LINES}) and {text} words (at most {WORDS})"
            )
    return found
