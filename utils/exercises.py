"""Checks that answer a student at once: not attempted, not yet (why), or right.

A check is a function whose parameters name the student's answers and whose asserts
are the specification::

    @exercise("13-windows-1")
    def check(count_windows):
        assert count_windows(10, 3, 2) != 8, "the last window also needs its horizon"
        for n, window, horizon, pairs in [(10, 3, 2, 6), (20, 5, 1, 15)]:
            assert count_windows(n, window, horizon) == pairs

A hint that explains one mistake belongs to an assert that only this mistake fails. An
assert that compares for equality (``==``, ``np.isclose``, ``np.allclose`` or
``np.array_equal``; the student's value first) shows both values, with its hint or without.
With the environment variable ``COURSE_STRICT=1`` anything but "right" raises.
"""

import _thread
import ast
import contextlib
import copy
import inspect
import linecache
import os
import re
import signal
import threading
import traceback

import numpy as np
import pandas as pd

#: Seconds that one check may take; training exercises need up to ten on a quiet core.
LIMIT = 60
DATA = (np.ndarray, np.generic, pd.Series, pd.DataFrame, list, dict, set, tuple)
STUB = (lambda: ...).__code__
STEPS = STUB.co_code[::2]
RIGHT = "right ✓"


class NotSolved(Exception):
    """Raised in strict mode when an exercise is anything but right."""


class _NotYet(AssertionError):
    """What the mechanism itself finds wrong with an answer."""


class _TooLong(BaseException):
    """The time is over; an answer's ``except Exception`` does not stop this."""


class _Interrupt(KeyboardInterrupt):
    """The student interrupts the kernel; an answer can only raise its base."""


def exercise(name):
    """Decorate a check; it runs at once and prints its verdict.

    Args:
        name: the exercise's id, as it stands in the stub's comment.

    Raises:
        NotSolved: in strict mode, for any verdict but "right".
    """

    def run(check):
        message = " ".join(_verdict(check).split())
        print(f"Exercise {name}: {message}")
        if message != RIGHT and os.environ.get("COURSE_STRICT") == "1":
            raise NotSolved(f"{name}: {message}")
        return check

    return run


def _verdict(check):
    space, names = check.__globals__, list(inspect.signature(check).parameters)
    if untouched := [n for n in names if _is_stub(space.get(n, ...))]:
        return f"not attempted yet ({', '.join(untouched)})."
    codes = [getattr(space[n], "__code__", check.__code__) for n in names]
    used = {n for code in codes for n in code.co_names if n in space}
    kept = {n: _copied(v) if n in used else v for n, v in space.items()}
    calls, message = [], RIGHT
    main = threading.current_thread() is threading.main_thread()  # can be interrupted
    try:
        with _time_limit(LIMIT) if main else contextlib.nullcontext():
            check(**{n: _guard(n, space[n], calls) for n in names})
    except _Interrupt:
        raise KeyboardInterrupt from None
    except BaseException as error:  # the student's code may raise anything
        message = _explain(error, check, calls)
    moved = {*space, *kept} - {"__warningregistry__"}  # Python's own, not the student's
    moved = sorted(n for n in moved if not _same(space.get(n), kept.get(n)))
    for n in moved:
        space.update({n: kept[n]}) if n in kept else space.pop(n)
    if moved:
        message += f" your code changes {', '.join(moved)}, put back now; only return."
    return message.replace(f"{RIGHT} ", "not yet: ")


def _is_stub(answer):
    """True for ``...`` and for a function that is nothing but ``return ...``."""
    code = getattr(answer, "__code__", STUB if answer is ... else None)
    return ... in getattr(code, "co_consts", ()) and code.co_code[::2] == STEPS


def _guard(name, answer, calls):
    """Hand the check a copy of a value, or a function whose calls are watched."""
    if not inspect.isroutine(answer):
        return _copied(answer)
    doc = (answer.__doc__ or "").strip().split("\n")[0]

    def guarded(*args, **kwargs):
        given = [*args, *kwargs.values()]
        before = [_copied(v) for v in given]
        call = f"`{name}({', '.join(_show(v, 30) for v in given)})`"
        calls.append((call, ..., doc))
        result = answer(*args, **kwargs)
        calls[-1] = call, result, doc
        if not all(map(_same, given, before)):
            raise _NotYet(f"`{name}` changes its input; work on a copy of it.")
        if result is ...:
            raise _NotYet(f"there is still a `return ...` in `{name}`.")
        if result is None or hasattr(result, "__next__") or inspect.iscoroutine(result):
            getattr(result, "close", bool)()
            raise _NotYet(_gives(call, result, doc))
        return result

    guarded.__wrapped__ = answer
    return guarded


def _copied(value):
    """A copy of data; what is not data, or not equal to its own copy, as it is."""
    try:
        twin = copy.deepcopy(value) if isinstance(value, DATA) else value
        return twin if _same(twin, value) else value
    except Exception:
        return value


def _gives(call, result, doc=""):
    """What a call gave, and what the docstring of the answer promises."""
    missing = " (is a `return` missing?)" if result is None else ""
    wanted = f" Wanted: {doc}" if doc else ""
    return f"{call} gives {_show(result, kind=True)}{missing}.{wanted}"


def _explain(error, check, calls):
    """One line: why the check did not pass."""
    steps = list(traceback.walk_tb(error.__traceback__))
    steps = steps[1:-1] if type(error) is _TooLong else steps[1:]  # only their frames
    files = [frame.f_code.co_filename for frame, _ in steps]
    home = check.__code__.co_filename
    said = f"{type(error).__name__}: {error}".strip(": ")
    if isinstance(error, _NotYet) or home not in files:
        return f"not yet: {error}"
    if isinstance(error, AssertionError) and files[-1] == home:
        return f"not yet: {_compared(*steps[-1], str(error), calls)}"
    k = max((k for k, file in enumerate(files) if file == __file__), default=-1) + 1
    if k == len(files) and calls and type(error) is not _TooLong:
        return f"not yet: {calls[-1][0]} cannot be called like this: {error}"
    k = max(n for n in range(k, len(files)) if files[n] == (files[k] if k else home))
    line = linecache.getline(files[k], steps[k][1]).strip()
    if type(error) is _TooLong:
        return f"not yet: no end after {LIMIT} seconds, in line {steps[k][1]}: `{line}`"
    if files[k] != home:
        return f"your code raised {said}, in line {steps[k][1]} of its cell: `{line}`"
    values = [(f"`{n}`", v) for n, v in steps[0][0].f_locals.items()]
    given = " ".join(_gives(*g) for g in calls[-1:] or values)
    return f"not yet: {given} The check cannot go on at `{line}` ({said})"


def _compared(frame, number, hint, calls):
    """The hint of a failed assert and, if it compares for equality, both values."""
    source = "".join(linecache.getlines(frame.f_code.co_filename))
    with contextlib.suppress(Exception):  # without its source there is only the hint
        test = next(
            node.test
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Assert) and node.lineno <= number <= node.end_lineno
        )
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
            sides = test.left, test.comparators[0]
        elif test.func.attr in ("isclose", "allclose", "array_equal"):
            sides = test.args[:2]
        names, seen = {**frame.f_globals, **frame.f_locals}, len(calls)
        codes = [compile(ast.Expression(side), "<assert>", "eval") for side in sides]
        got, wanted = (eval(code, names) for code in codes)
        a, b, where = np.asarray(got), np.asarray(wanted), ""
        if a.shape == b.shape and a.size > 8:
            at = tuple(map(int, np.argwhere((a != b) & ((a == a) | (b == b)))[0]))
            got, wanted, where = a[at], b[at], f" at {list(at)}"
        if len(calls) > seen and isinstance(sides[0], ast.Call):
            where = f"{where} for {calls[-1][0]}"
        values = f"got {_show(got, kind=True)}, expected {_show(wanted)}{where}"
        return f"{hint} ({values})" if hint else values
    line = linecache.getline(frame.f_code.co_filename, number).strip()
    return hint or f"this does not hold: {line}"


def _show(value, most=80, kind=False):
    """A value in a few characters; with its kind, unless it is a single number."""
    text = repr(value) if isinstance(value, str) else str(value)
    text = f"{value:.8g}" if isinstance(value, (float, np.floating)) else text
    text = re.sub(r"np\.\w+\(([^()]*)\)", r"\1", " ".join(text.split()))
    text = text if len(text) <= most else text[: most - 1] + "…"
    if value is None or not kind or (np.isscalar(value) and not isinstance(value, str)):
        return text
    size = f" of length {len(value)}" if hasattr(type(value), "__len__") else ""
    size = f" of shape {tuple(value.shape)}" if getattr(value, "shape", ()) else size
    kind = f"{type(value).__name__}{size}"
    return f"a {kind}" if text.startswith("<") else f"{text} ({kind})"


@contextlib.contextmanager
def _time_limit(seconds):
    """Raise `_TooLong` in the main thread when the time is over, on every system.

    And again every second: Python drops what is raised while it clears an object away.
    """
    over, late = threading.Event(), threading.Event()

    def interrupt(number, frame):
        raise _TooLong if late.is_set() else _Interrupt

    ticks = iter(lambda: over.wait(1 if late.is_set() else seconds) or late.set(), True)
    watch = threading.Thread(target=lambda: [_thread.interrupt_main() for _ in ticks])
    before = signal.signal(signal.SIGINT, interrupt)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
        signal.signal(signal.SIGINT, before or signal.default_int_handler)


def _same(a, b):
    """Equal, in place of NaN too; what cannot be compared counts as the same."""
    if a is b or isinstance(a, (pd.Series, pd.DataFrame)):
        return a is b or a.equals(b)
    try:
        np.testing.assert_equal(a, b)
    except Exception as error:
        return not isinstance(error, AssertionError)
    return True
