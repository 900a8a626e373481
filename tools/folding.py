"""Which cells of a lesson are folded, and how long the rest takes to work through.

Bootstrap, checks and plumbing (by their tag) are shown as one line, their title, and open with
a click. `make course` writes what each front end reads: ``jupyter.source_hidden`` (JupyterLab
and Notebook show the first line), ``# @title`` with ``cellView: form`` (Colab), and `make site`
folds the same cells. What is folded is never the subject: ``subject`` finds the model, the
layer or the loss that a folded cell hides.
"""

import ast
import re

from tools.lessons import tags

#: Cells that are folded, by their tag, and those that must stay open.
FOLDED = {"bootstrap", "check", "plumbing"}
OPEN = {"exercise", "claim", "solution"}
TITLE = re.compile(r"# ?@title +(\S.*)")
CHECKED = re.compile(r"""@exercise\(\s*["']([^"']+)["']""")
SET_UP = "Set-up (run me first)"
#: Words of text, and lines of visible code, that are worked through in a minute; measured
#: on readers, who needed ten seconds for a line and a second and a half for a word.
WORDS, LINES = 40, 6
#: Minutes of a lesson above which `make check` names it, and refuses it.
LONG, TOO_LONG = 75, 90

#: Of Keras, what only an open cell may name.
KERAS = re.compile(
    r"(tensorflow\.)?keras\.(layers|losses|models|optimizers|Sequential|Model|Input|Layer"
    r"|Loss)\b|tensorflow\.GradientTape\b"
)
DEFINED = re.compile(r"(tensorflow\.)?keras\.(.+\.)?(Layer|Loss|Model|\w*Cell)\b")
TRAINS = {"fit", "compile", "train_on_batch", "apply_gradients", "GradientTape"}
#: What only our baselines offer: `rule.fit(series).forecast(12)` is no training of a network.
BASELINE = {"forecast", "rolling", "predict_windows"}


def folded(cell):
    """True for a cell whose code is folded away."""
    return cell.cell_type == "code" and bool(FOLDED & tags(cell))


def title(cell):
    """The title in the first line of a cell, or an empty text."""
    found = TITLE.fullmatch(cell.source.split("\n", 1)[0].strip())
    return found[1] if found else ""


def untitled(source):
    """The source without its title, if it has one."""
    first, _, rest = source.partition("\n")
    return rest if TITLE.fullmatch(first.strip()) else source


def titled(words, source):
    """The source with this title as its first line, in the place of an older one."""
    return f"# @title {words}\n{untitled(source)}"


def fold(notebook, name):
    """Write into the cells of a lesson what folds them, in place.

    Raises:
        SystemExit: a cell cannot be folded as it is tagged; says which and what to do.
    """
    for cell in notebook.cells:
        where = f"{name}, cell {cell.id} ({cell.source.splitlines()[0][:60]!r})"
        if not folded(cell):
            if cell.cell_type == "code" and title(cell):
                raise SystemExit(
                    f"{where} has a title but is not folded: tag it plumbing, or delete "
                    "its first line."
                )
            cell.metadata.pop("jupyter", None)
            cell.metadata.pop("cellView", None)
            continue
        if both := OPEN & tags(cell):
            raise SystemExit(
                f"{where} is tagged {', '.join(sorted(both | FOLDED & tags(cell)))}: "
                f"{' and '.join(sorted(both))} cells are not folded, so one tag must go."
            )
        if "bootstrap" in tags(cell):
            cell.source = titled(SET_UP, cell.source)
        elif "check" in tags(cell):
            exercise = CHECKED.search(cell.source)
            if not exercise:
                raise SystemExit(
                    f'{where} is tagged check but has no @exercise("NN-name-1").'
                )
            words = f"Check of exercise {exercise[1]} (run it after your answer)"
            cell.source = titled(words, cell.source)
        elif not title(cell):
            raise SystemExit(
                f"{where} is tagged plumbing and needs a first line that says what it "
                "does: # @title Draw the three series"
            )
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata["cellView"] = "form"


def names(notebook):
    """What the names of a lesson stand for: {"layers": "keras.layers", …}."""
    known = {}
    for cell in notebook.cells:
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Import):
                for one in node.names:
                    whole = one.name if one.asname else one.name.split(".")[0]
                    known[one.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    known[one.asname or one.name] = f"{node.module}.{one.name}"
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                path = dotted(node.value, known)
                if KERAS.match(path) or path in ("keras", "tensorflow"):
                    known[node.targets[0].id] = path
    return known


def tree(cell):
    """The syntax tree of a code cell, without what IPython adds to Python."""
    if cell.cell_type != "code":
        return ast.Module([], [])
    lines = [re.sub(r"^\s*[%!].*", "pass", line) for line in cell.source.split("\n")]
    return ast.parse("\n".join(lines))


def dotted(node, known):
    """``keras.layers.GRU`` for a node that says so in whatever way, else an empty text."""
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, known)
        return before and f"{before}.{node.attr}"
    if isinstance(node, ast.Call) and dotted(node.func, known) == "getattr":
        return dotted(node.args[0], known)
    return ""


def subject(notebook):
    """What a lesson folds away although it is to be read: a sentence for each place.

    A cell of plumbing (or the set-up) names no layer, loss, model or optimizer of Keras,
    and fits nothing. A check may build and train, for it judges what a student built; it
    defines no layer and no loss.
    """
    known, found = names(notebook), {}
    for cell in filter(folded, notebook.cells):
        check, nodes = "check" in tags(cell), list(ast.walk(tree(cell)))
        rules = {
            id(node.value)
            for node in nodes
            if isinstance(node, ast.Attribute) and node.attr in BASELINE
        }
        for node in nodes:
            what = ""
            if isinstance(node, ast.ClassDef):
                bases = [dotted(base, known) for base in node.bases]
                if any(map(DEFINED.fullmatch, bases)):
                    what = f"defines {node.name}"
            elif check or id(node) in rules:
                continue
            elif isinstance(node, ast.Call):
                path = dotted(node.func, known)
                method = getattr(node.func, "attr", "")
                if method in TRAINS and path != "re.compile":
                    what = f"calls .{method}(…)"
                elif KERAS.match(path):
                    what = f"calls {path}"
            elif isinstance(node, (ast.Attribute, ast.Name)):
                path = dotted(node, known)
                what = f"names {path}" if KERAS.match(path) else ""
            if what:
                line = cell.source.split("\n")[node.lineno - 1].strip()
                found.setdefault((cell.id, line), f"cell {cell.id} {what}: {line}")
    return list(found.values())


def code_lines(source):
    """Lines of code of a cell: not blank, no comment."""
    lines = [line.strip() for line in source.splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def minutes(notebook):
    """Minutes to work through a lesson: its words, and the code that is not folded."""
    words = sum(
        len(cell.source.split())
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    )
    lines = sum(
        code_lines(cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code" and not folded(cell)
    )
    return words / WORDS + lines / LINES


def rounded(value):
    """Minutes as they stand in the lesson: to the nearest five, at least five."""
    return max(5, int(value / 5 + 0.5) * 5)
