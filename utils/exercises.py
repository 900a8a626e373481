"""Checks that answer a student at once: not attempted, not yet (why), or right.

A check is a function whose parameters name the student's answers and whose asserts
are the specification::

    @exercise("13-windows-1")
    def check(count_windows):
        assert count_windows(10, 3, 2) == 6, "the last window also needs its horizon"

With the environment variable ``COURSE_STRICT=1`` anything but "right" raises.
"""

import copy
import dis
import functools
import inspect
import os
import types

import numpy as np
import pandas as pd


class NotSolved(Exception):
    """Raised in strict mode when an exercise is anything but right."""


def exercise(name):
    """Decorate a check; it runs at once and prints its verdict.

    Args:
        name: the exercise's id, as it stands in the stub's comment.

    Raises:
        NotSolved: in strict mode, for any verdict but "right".
    """

    def run(check):
        status, message = _verdict(check)
        print(f"Exercise {name}: {message}")
        if status != "right" and os.environ.get("COURSE_STRICT") == "1":
            raise NotSolved(f"{name}: {message}")
        return check

    return run


def _verdict(check):
    names = list(inspect.signature(check).parameters)
    space = check.__globals__
    open_names = [n for n in names if n not in space or _is_stub(space[n])]
    if open_names:
        return "open", f"not attempted yet ({', '.join(open_names)})."
    answers = {n: _guard(n, space[n]) for n in names}
    try:
        check(**answers)
    except AssertionError as error:
        if _raised_by_answer(error, check):
            return "crash", f"your code raised AssertionError: {error}"
        return "wrong", f"not yet: {error}"
    except Exception as error:  # the student's code may raise anything
        return "crash", f"your code raised {type(error).__name__}: {error}"
    return "right", "right ✓"


def _is_stub(answer):
    """True for ``...`` and for a function that still has a ``return ...``."""
    if answer is ...:
        return True
    if not isinstance(answer, types.FunctionType):
        return False
    code = list(dis.get_instructions(answer))
    for step, following in zip(code, [*code[1:], None], strict=True):
        if step.argval is ... and (
            step.opname == "RETURN_CONST"
            or (following is not None and following.opname == "RETURN_VALUE")
        ):
            return True
    return False


def _guard(name, answer):
    """Hand the check a copy of a value, or a function that must not change its inputs."""
    if isinstance(answer, types.FunctionType):
        return _pure(name, answer)
    if isinstance(answer, (np.ndarray, pd.Series, pd.DataFrame, list, dict, set)):
        return copy.deepcopy(answer)
    return answer


def _pure(name, function):
    @functools.wraps(function)
    def guarded(*args, **kwargs):
        before = copy.deepcopy((args, kwargs)) if _plain(args, kwargs) else None
        result = function(*args, **kwargs)
        if before is not None and not _same(before, (args, kwargs)):
            raise AssertionError(f"`{name}` changes its input; work on a copy of it.")
        return result

    return guarded


def _plain(args, kwargs):
    data = (np.ndarray, pd.Series, pd.DataFrame, list, dict, tuple, str, int, float)
    return all(isinstance(v, data) for v in [*args, *kwargs.values()])


def _same(a, b):
    if isinstance(a, np.ndarray):
        # bytes, so that NaN equals itself
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, (pd.Series, pd.DataFrame)):
        return a.equals(b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[k], b[k]) for k in a)
    return a == b or (a != a and b != b)


def _raised_by_answer(error, check):
    """True when a frame below the check belongs to a cell other than the check's."""
    here = check.__code__.co_filename
    trace, deepest = error.__traceback__, None
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename != __file__:
            deepest = filename
        trace = trace.tb_next
    return deepest != here
