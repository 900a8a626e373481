"""Are the checks strong enough? Solutions changed by a machine must be refused.

    python -m tools.mutants [--equal] [LESSON ...]

Each solution is changed in one place: an operator, a comparison, a constant, a sign, an
axis, an order of arguments, a slice, a dropped term or statement, min for max and the like.
Each such mutant is given to the exercise's check. One that the check calls right is compared
with the solution on the inputs of the check and on others made from them; where the two
differ on an input that both accept, the check is too weak: the mutant is a survivor.
With ``--equal`` those are named that equal the solution on every input tried.
Prints, for each exercise, how many mutants there are, how many the check refuses, how many
equal the solution, and which survive. Where a check trains, `make test` tries two mutants and
this command eight.
"""

import ast
import contextlib
import copy
import inspect
import io
import linecache
import sys
import time
import warnings
from itertools import count, pairwise

import keras
import nbformat
import numpy as np
import pandas as pd

from tools.lessons import chosen, tags
from tools.results import light_namespace
from utils import exercises

#: At most this many mutants of one exercise, evenly taken from all of them.
MOST = 60
#: Fewer where the check trains, in these exercises: so many in `make test`, where each is
#: trained again; and so many by hand.
FEW, BY_HAND = 2, 8
TRAINING = {
    "20-simple-rnn-2",
    "21-sunspots-3",
    "22-gradients-3",
    "23-lstm-2",
    "24-gru-2",
    "25-cells-1",
    "26-deeper-1",
    "27-air-2",
    "28-multivariate-3",
    "30-bidirectional-2",
    "31-time-distributed-4",
    "32-conv_lstm-2",
    "33-shapes-3",
    "40-text-to-tensors-3",
    "41-text-2",
    "42-entities-3",
    "43-text-generation-2",
    "44-sequence-2",
    "45-authors-3",
    "50-video-3",
    "51-reading-3",
    "52-listening-3",
    "53-captions-3",
    "54-visual-questions-3",
    "55-wider-3",
    "60-attention-3",
    "61-foundation-models-3",
    "62-many-1",
}
#: What is slow or trains is compared on so many inputs of its check, and no others.
TRAINED = 2
#: Seconds beyond which nothing is compared (a slow machine never makes a survivor of an equal
#: mutant); and after them and so many times the solution's own, a mutant counts as endless.
PATIENCE, TIMES, USUAL = 1.0, 10, exercises.LIMIT

ARITHMETIC = {
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Div], ast.Mod: [ast.FloorDiv], ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr], ast.BitOr: [ast.BitAnd], ast.MatMult: [],
}  # fmt: skip
COMPARED = {
    ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE], ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE], ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn], ast.NotIn: [ast.In],
}  # fmt: skip
TWINS = {
    "min": ["max"], "max": ["min"], "argmin": ["argmax"], "argmax": ["argmin"],
    "mean": ["median", "sum"], "median": ["mean"], "sum": ["mean", "max"],
    "nanmean": ["mean", "nanmedian"], "any": ["all"], "all": ["any"],
    "minimum": ["maximum"], "maximum": ["minimum"], "idxmax": ["idxmin"],
    "sin": ["cos"], "cos": ["sin"], "exp": ["log"], "log": ["exp", "log2"],
    "var": ["std"], "zeros": ["ones"], "ones": ["zeros"], "nunique": ["count"],
    "tanh": ["sin"], "sigmoid": ["tanh"], "log2": ["log"], "rad2deg": ["deg2rad"],
}  # fmt: skip


def exercises_of(lesson):
    """{exercise id: (stub cell, check cell)} in the lesson's order."""
    cells = [c for c in lesson.read().cells if c.cell_type == "code"]
    return {
        cell.metadata["exercise"]: (cell, following)
        for cell, following in pairwise(cells)
        if "exercise" in tags(cell)
    }


def solutions_of(lesson):
    """{exercise id: source of its solution}."""
    cells = nbformat.read(lesson.solutions, as_version=4).cells
    return {c.metadata["exercise"]: c.source for c in cells if "exercise" in c.metadata}


NUMBERS = count()


def run_cell(source, names):
    """Execute a cell so that its lines can be read again, as IPython does."""
    file = f"<cell {next(NUMBERS)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), names)


def verdict(space, answer, check):
    """What a student sees who gives this answer: the check's printed line."""
    names, out = dict(space), io.StringIO()
    with contextlib.redirect_stdout(out):
        run_cell(answer, names)
        run_cell(check, names)
    return out.getvalue().strip()


def mutants(source):
    """[(what was changed, source of the mutant)], each once, in the source's order."""
    tree, found = ast.parse(source), {}
    for parent in list(ast.walk(tree)):
        for field, value in ast.iter_fields(parent):
            items = value if isinstance(value, list) else [value]
            for k, node in enumerate(items):
                if not isinstance(node, ast.AST):
                    continue
                for new in _variants(node, parent, field, tree):
                    held = value[k] if isinstance(value, list) else value
                    _put(parent, field, k, new)
                    text = ast.unparse(ast.fix_missing_locations(tree))
                    _put(parent, field, k, held)
                    old, new = _one_line(node), _one_line(new)
                    line = getattr(node, "lineno", 0)
                    found.setdefault(text, f"{line}: {old} → {new}")
    found.pop(ast.unparse(ast.parse(source)), None)
    return [(what, text) for text, what in found.items()]


def _put(parent, field, k, node):
    value = getattr(parent, field)
    if isinstance(value, list):
        value[k] = node
    else:
        setattr(parent, field, node)


def _one_line(node):
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())


def _plus(node, k):
    operator = ast.Add() if k > 0 else ast.Sub()
    return ast.BinOp(left=node, op=operator, right=ast.Constant(abs(k)))


def _changed(node, **fields):
    new = copy.copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


def _variants(node, parent, field, tree):
    """Everything one place of a solution may become."""
    if isinstance(node, ast.BinOp):
        for operator in ARITHMETIC.get(type(node.op), []):
            yield _changed(node, op=operator())
        yield node.left
        yield node.right
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            yield _changed(node, left=node.right, right=node.left)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for operator in COMPARED.get(type(node.ops[0]), []):
            yield _changed(node, ops=[operator()])
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in (node.value + 1, node.value - 1, 0, node.value * 2):
            yield ast.Constant(value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _changed(node, op=other)
        yield from node.values
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
        yield _changed(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        for k in range(len(node.elts) if len(node.elts) > 1 else 0):
            yield _changed(node, elts=node.elts[:k] + node.elts[k + 1 :])
        for k in range(len(node.elts) - 1):
            swapped = [*node.elts[:k], node.elts[k + 1], node.elts[k]]
            yield _changed(node, elts=swapped + node.elts[k + 2 :])
    elif isinstance(node, ast.Slice):
        for side in ("lower", "upper"):
            bound = getattr(node, side)
            if bound is None:
                yield _changed(node, **{side: ast.Constant({"lower": 1}.get(side, -1))})
            else:
                yield _changed(node, **{side: None})
                yield _changed(node, **{side: _plus(bound, 1)})
                yield _changed(node, **{side: _plus(bound, -1)})
        if node.step is None:
            yield _changed(node, step=ast.Constant(-1))
        else:
            yield _changed(node, step=None)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.keyword):
        if node.arg == "axis":
            for axis in (None, 0, 1, -1):
                yield _changed(node, value=ast.Constant(axis))
        elif node.arg in ("ddof", "keepdims", "equal_nan"):
            yield _changed(node, value=ast.Constant(0))
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.If):
        yield _changed(node, test=ast.Constant(True))
        yield _changed(node, test=ast.Constant(False))
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield _changed(node, ifs=[])
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        names = [
            a.arg
            for f in tree.body
            for a in getattr(f, "args", ast.arguments([], [])).args
        ]
        if node.id in names and len(names) > 1:
            yield ast.Name(names[names.index(node.id) - 1], ast.Load())
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if (
        isinstance(node, (ast.AugAssign, ast.Expr, ast.Break, ast.For))
        and not docstring
    ):
        yield ast.Pass()
    if isinstance(node, ast.Assign) and isinstance(
        parent, (ast.For, ast.While, ast.If)
    ):
        yield ast.Pass()
    if isinstance(node, ast.Return) and isinstance(
        parent, (ast.For, ast.While, ast.If)
    ):
        yield ast.Pass()
    if isinstance(node, ast.For):
        yield _changed(node, body=[*node.body, ast.Break()])


def _calls(node):
    if len(node.args) > 1:
        yield _changed(node, args=[node.args[1], node.args[0], *node.args[2:]])
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    for twin in TWINS.get(name, []):
        where = "id" if isinstance(node.func, ast.Name) else "attr"
        yield _changed(node, func=_changed(node.func, **{where: twin}))
    if name == "range":
        for k, bound in enumerate(node.args):
            for by in (1, -1):
                yield _changed(
                    node, args=[*node.args[:k], _plus(bound, by), *node.args[k + 1 :]]
                )
    elif len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    elif not node.args and isinstance(node.func, ast.Attribute):
        yield node.func.value


#: Ways in which the inputs of a check are changed.
WAYS = 12


def changed_inputs(args, way):
    """Other arguments of the same kinds: other values, other sizes, ties, whole numbers."""
    rng = np.random.default_rng(way)
    sizes = [len(a) for a in args if isinstance(a, (np.ndarray, list, pd.Series))]
    common = max(set(sizes), key=sizes.count) if sizes else 0
    order, twice = rng.permutation(common), np.arange(2 * common) % max(common, 1)
    rows = {1: np.arange(max(common - 1, 1)), 3: order, 7: twice}.get(way)

    def change(value, top=True):
        if isinstance(value, (bool, np.bool_)):
            return (not value) if way == 4 else value
        if isinstance(value, (int, np.integer)):
            if (
                way == 6 or way >= 8
            ):  # alone of all, numbers in a list change one by one
                return value if top else value + int(rng.integers(-2, 3))
            new = (value + 1, value, max(1, value - 1), value, 2 * value, value + 2)
            return new[way] if way < len(new) else value
        if isinstance(value, float):
            new = (value * 1.3, value, value * 0.7, value, value, value + 0.01)
            return new[way] if way < len(new) else value
        if (
            top
            and rows is not None
            and isinstance(value, (np.ndarray, list, pd.Series))
        ):
            if len(value) != common:
                return value
            if isinstance(value, list):
                return [value[k] for k in rows]
            if isinstance(value, pd.Series):  # other values at the same dates
                kept = value.index[: len(rows)]
                return pd.Series(
                    value.to_numpy()[rows[: len(kept)]], kept, name=value.name
                )
            return value[rows]
        if isinstance(value, (np.ndarray, pd.Series)) and value.dtype.kind == "f":
            noise = rng.normal(size=value.shape) * (np.nanstd(value) + 0.1)
            if way == 6 or way >= 8:
                return np.round(value if way == 6 else value + noise)
            return [value * 1.3, value, value + noise, value, abs(value), noise][way]
        if isinstance(value, np.ndarray) and value.dtype.kind in "ib" and way in (2, 5):
            return rng.permuted(value)
        if isinstance(value, list):
            return [change(v, False) for v in value]
        if isinstance(value, tuple):
            return tuple(change(v, False) for v in value)
        return value

    return tuple(change(a) for a in args)


def other_inputs(calls):
    """The inputs of the check, others made from them, and small whole numbers."""
    inputs = [*calls[:12]]
    for args in calls[:12]:
        for way in range(WAYS):
            with contextlib.suppress(Exception):  # what cannot be changed in this way
                inputs.append(changed_inputs(args, way))
    rng = np.random.default_rng(0)
    if calls and all(isinstance(a, (int, str)) for a in calls[0]):
        for k in range(200):
            args = calls[k % len(calls)]
            inputs.append(tuple(
                int(rng.integers(1, (12, 300)[k % 2])) if type(a) is int
                else bool(rng.integers(2)) if isinstance(a, bool) else a
                for a in args
            ))  # fmt: skip
    return inputs


def outcome(function, args):
    """(took no longer than `PATIENCE`, result), or (False, None) where it raises.

    What is trained starts from the same draw, so that two trained models can be compared.
    It is not interrupted then: TensorFlow, stopped while it traces, may not be usable after.
    """
    try:
        keras.utils.set_random_seed(0)
        start = time.perf_counter()
        with exercises._time_limit(exercises.LIMIT), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = function(*copy.deepcopy(args))
        return time.perf_counter() - start < PATIENCE, result
    except BaseException as error:
        if isinstance(error, exercises._Interrupt):
            raise
        return False, None


def alike(a, b):
    """Equal but for a millionth; lists, tuples and arrays of the same values are equal.

    Trained models are equal where their layers and, but for a thousandth, weights are.
    """
    if isinstance(a, keras.Model) and isinstance(b, keras.Model):
        layers = [[type(x) for x in model.layers] for model in (a, b)]
        held = [model.get_weights() for model in (a, b)]
        shapes = [[w.shape for w in weights] for weights in held]
        return (
            layers[0] == layers[1]
            and shapes[0] == shapes[1]
            and all(
                np.allclose(v, w, rtol=1e-3, atol=1e-4)
                for v, w in zip(*held, strict=True)
            )
        )
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, pd.Series) and isinstance(b, pd.Series):
        return a.index.equals(b.index) and alike(a.to_numpy(), b.to_numpy())
    try:
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape:
            return False
        if a.dtype.kind in "fc" or b.dtype.kind in "fc":
            return bool(np.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))
        return bool(np.all(a == b))
    except (ValueError, TypeError):
        return a is b


def watched(space, solution, check):
    """The calls of each answer while the check runs: {name: [arguments, ...]}."""
    names, calls = dict(space), {}
    run_cell(solution, names)

    def watch(name, function):
        def answer(*args, **kwargs):
            given = inspect.signature(function).bind(*args, **kwargs)
            given.apply_defaults()
            with contextlib.suppress(Exception):  # what cannot be copied
                calls.setdefault(name, []).append(copy.deepcopy(given.args))
            return function(*args, **kwargs)

        return answer

    for name in _bound(solution):
        if callable(names[name]):
            names[name] = watch(name, names[name])
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run_cell(check, names)
    assert "right ✓" in out.getvalue(), f"the solution itself: {out.getvalue()}"
    return calls


def _bound(source):
    names = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [t.id for t in node.targets if isinstance(t, ast.Name)]
    return names


def try_exercise(space, name, solution, check, few=FEW):
    """Its check's limit of time is that of a solution, many times over, and put back."""
    try:
        return _try_exercise(space, name, solution, check, few)
    finally:
        exercises.LIMIT = USUAL


def _try_exercise(space, name, solution, check, few):
    """Give every mutant of one exercise to its check, few of them where it trains.

    Returns:
        dict: ``mutants``, ``killed``, ``equal`` (numbers) and ``survivors`` (a list of what
        was changed in each, with the source).
    """
    every = mutants(solution)
    most = few if name in TRAINING else MOST
    step = max(1.0, len(every) / most)
    taken = [every[int(k * step)] for k in range(int(len(every) / step))]
    exercises.LIMIT, start = 10 * USUAL, time.perf_counter()  # however slow the machine
    watched_calls = watched(space, solution, check)
    exercises.LIMIT = PATIENCE + TIMES * (time.perf_counter() - start)
    right = dict(space)
    run_cell(solution, right)
    compared = {}  # made only where some mutant is called right
    found = {"mutants": len(taken), "killed": 0, "equal": [], "survivors": []}
    for what, source in taken:
        other = dict(space)
        try:
            said = verdict(space, source, check)
            run_cell(source, other)
        except Exception:  # does not even compile or bind
            found["killed"] += 1
            continue
        if "right ✓" not in said:
            found["killed"] += 1
            continue
        compared = compared or _compared(right, watched_calls)
        if _differs(right, other, _bound(solution), compared):
            found["survivors"].append((what, source))
        else:
            found["equal"].append((what, source))
    return found


def _compared(right, watched_calls):
    """{name: [(arguments, (accepted, result)), ...]} of the solution's functions."""
    compared = {}
    for name, own in watched_calls.items():
        in_time, first = outcome(right[name], own[0])
        slow = not in_time or isinstance(first, keras.Model)
        inputs = own[:TRAINED] if slow else other_inputs(own)
        compared[name] = [(args, outcome(right[name], args)) for args in inputs]
    return compared


def _differs(right, other, names, compared):
    for name in names:
        if not callable(right[name]):
            if not alike(right[name], other.get(name)):
                return True
            continue
        for args, (accepted, result) in compared[name]:
            if accepted:
                accepts, given = outcome(other[name], args)
                if accepts and not alike(result, given):
                    return True
    return False


def try_lesson(lesson, few=FEW):
    """{exercise: what became of its mutants} for a lesson's exercises."""
    with contextlib.redirect_stdout(io.StringIO()):
        space, right = light_namespace(lesson), solutions_of(lesson)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return {
            name: try_exercise(space, name, right[name], check.source, few)
            for name, (_, check) in exercises_of(lesson).items()
        }


def numbers(found):
    """How many mutants of an exercise there are, are refused, are equal, are called right."""
    return (
        found["mutants"],
        found["killed"],
        len(found["equal"]),
        len(found["survivors"]),
    )


def main(names, show=False):
    """Print the table of the named lessons (all if none)."""
    for lesson in chosen(names):
        if not any("exercise" in tags(c) for c in lesson.read().cells):
            continue
        for name, found in try_lesson(lesson, BY_HAND).items():
            print(f"{name:24}", *(f"{n:4}" for n in numbers(found)), flush=True)
            for what, _ in found["survivors"]:
                print(f"    {what}")
            for what, _ in found["equal"] if show else []:
                print(f"    = {what}")


if __name__ == "__main__":
    main([a for a in sys.argv[1:] if a != "--equal"], "--equal" in sys.argv)
