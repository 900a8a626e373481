"""From a series to tensors ``(batch, time, features)``, without copying a value."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def check_whole(name, value):
    """Raise ValueError, naming both, unless the value is a whole number of 1 or more."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(
            f"{name} is {value!r}; it must be a whole number of at least 1."
        )


def check_numbers(what, values, dims=None, least=1):
    """Values as an array, not copied, after checking that each is a finite number.

    Args:
        what: what the message calls them.
        values: array, list or pandas object.
        dims: allowed numbers of axes, such as ``(1, 2)``; None: any.
        least: the smallest allowed length of the first axis.

    Returns:
        numpy.ndarray: of the same dtype; a NumPy input is not copied.

    Raises:
        TypeError: a dtype that is not numeric, such as text or dates.
        ValueError: another number of axes, too few values, or values that are missing or
            infinite.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "fiu" and array.size:
        raise TypeError(
            f"{what} has dtype {array.dtype}, not numbers: convert it with "
            'series.astype("float64") once every value is a number.'
        )
    if dims and array.ndim not in dims:
        raise ValueError(
            f"{what} has shape {array.shape}; {' or '.join(map(str, dims))} axes are "
            "needed. Pick a column, or use .ravel()."
        )
    if array.ndim and len(array) < least:
        raise ValueError(
            f"{what} needs at least {least} values; there are {len(array)}. Give it a "
            "longer series, or choose something that needs less."
        )
    bad = np.argwhere(~np.isfinite(array)) if array.size else ()
    if len(bad):
        raise ValueError(
            f"{what} has {len(bad)} missing or infinite values, the first at position "
            f"{', '.join(map(str, bad[0]))}. Nothing here guesses them: fill or cut them "
            "first, with statistics of the training part only."
        )
    return array


def make_windows(series, window, horizon=1, stride=1, target=0, start=None, stop=None):
    """Cut a series into input windows and the values that follow each of them.

    Window ``i`` ends just before its first target, so changing the future changes no
    window that ends before it. Both results are read-only views on the series.

    Args:
        series: array ``(time,)`` or ``(time, features)``, or a pandas object; the values
            keep their unit and dtype.
        window: input steps of each sample.
        horizon: target steps that follow the window.
        stride: steps between the first target of a sample and that of the next.
        target: which feature is to be forecast (a column number).
        start, stop: only samples whose targets all lie in ``series[start:stop]``. Their
            inputs may reach back before ``start``: at that time they were known.

    Returns:
        tuple: ``inputs`` of shape (batch, window, features) and ``targets`` of shape
        (batch, horizon).

    Raises:
        ValueError: a size below 1, missing values, a target that does not exist, or a
            series too short; the message names the numbers.
        TypeError: values that are not numbers.
    """
    for name, value in (("window", window), ("horizon", horizon), ("stride", stride)):
        check_whole(name, value)
    values = check_numbers("The series", series, (1, 2))
    values = values[:, None] if values.ndim == 1 else values
    time, features = values.shape
    if not -features <= target < features:
        raise ValueError(
            f"target is {target}; the series has {features} features, from 0."
        )
    first = window if start is None else start
    stop = time if stop is None else stop
    if stop > time or (start is not None and not window <= start <= stop):
        raise ValueError(
            f"start is {first} and stop {stop}; they must be in order, and between window "
            f"{window} (it must fit before the first target) and the length {time}."
        )
    if first + horizon > stop:
        raise ValueError(
            f"window {window} + horizon {horizon} needs {window + horizon} values; "
            f"the series has {stop if start is None else stop - start + window}. "
            "Take a shorter window or horizon, or a longer series."
        )
    before = values[first - window : stop - horizon]
    after = values[first:stop, target]
    inputs = sliding_window_view(before, window, axis=0).swapaxes(1, 2)[::stride]
    return inputs, sliding_window_view(after, horizon)[::stride]


def time_split(length, validation=0.1, test=0.2):
    """Cut ``length`` time steps into training, validation and test, in this order.

    Args:
        length: number of time steps.
        validation, test: shares (below 1) or numbers of steps (1 or more); 0 leaves
            the part out.

    Returns:
        tuple: three slices that do not overlap and together cover ``range(length)``.

    Raises:
        ValueError: negative sizes, or nothing left for training.
    """
    check_whole("length", length)
    sizes = []
    for name, part in (("validation", validation), ("test", test)):
        if part < 0:
            raise ValueError(f"{name} is {part}; a part cannot be negative.")
        sizes.append(round(part * length) if part < 1 else int(part))
    train = length - sum(sizes)
    if train < 1:
        raise ValueError(
            f"validation {sizes[0]} + test {sizes[1]} leave nothing of {length} values for "
            "training: make them smaller."
        )
    edge = train + sizes[0]
    return slice(0, train), slice(train, edge), slice(edge, length)
