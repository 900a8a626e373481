"""Windows: shapes, what they may see, and what they say about bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.windows import make_windows, time_split


@st.composite
def cases(draw):
    window, horizon = draw(st.integers(1, 12)), draw(st.integers(1, 8))
    time = draw(st.integers(window + horizon, 60))
    features, stride = draw(st.integers(1, 3)), draw(st.integers(1, 7))
    target = draw(st.integers(0, features - 1))
    return time, window, horizon, features, stride, target


def numbered(time, features):
    """A series whose values tell where they stand."""
    return np.arange(time)[:, None] + 1000.0 * np.arange(features)


@given(cases())
def test_shapes_and_contents(case):
    time, window, horizon, features, stride, target = case
    series = numbered(time, features)
    x, y = make_windows(series, window, horizon, stride, target)
    count = (time - window - horizon) // stride + 1
    assert x.shape == (count, window, features)
    assert y.shape == (count, horizon)
    for i in range(count):
        begin = i * stride
        np.testing.assert_array_equal(x[i], series[begin : begin + window])
        after = series[begin + window : begin + window + horizon, target]
        np.testing.assert_array_equal(y[i], after)


@given(cases(), st.data())
def test_changing_the_future_changes_no_window_that_ends_before_it(case, data):
    time, window, horizon, features, stride, target = case
    series = numbered(time, features)
    now = data.draw(st.integers(0, time - 1))
    changed = series.copy()
    changed[now:] += 0.5
    x, y = make_windows(series, window, horizon, stride, target)
    x2, y2 = make_windows(changed, window, horizon, stride, target)
    for i in range(len(x)):
        ends = i * stride + window  # the first step after the window
        assert np.array_equal(x[i], x2[i]) == (ends <= now)
        assert np.array_equal(y[i], y2[i]) == (ends + horizon <= now)


@given(cases(), st.data())
def test_start_and_stop_bound_the_targets(case, data):
    time, window, horizon, features, stride, target = case
    start = data.draw(st.integers(window, time - horizon))
    stop = data.draw(st.integers(start + horizon, time))
    series = numbered(time, features)
    x, y = make_windows(series, window, horizon, stride, target, start, stop)
    positions = y - 1000.0 * target
    assert positions.min() == start
    assert positions.max() < stop
    assert stop - positions.max() <= stride, "not one sample is lost"
    np.testing.assert_array_equal(x[:, -1, 0] + 1, positions[:, 0])


@given(st.integers(5, 500), st.floats(0, 0.4), st.floats(0, 0.4))
def test_parts_never_overlap_and_lose_nothing(length, validation, test):
    parts = time_split(length, validation, test)
    together = np.concatenate([np.arange(length)[part] for part in parts])
    np.testing.assert_array_equal(together, np.arange(length))


def test_windows_of_the_parts_share_no_target():
    series = np.arange(300.0)
    train, validation, test = time_split(300)
    targets = [
        make_windows(series, 24, start=max(part.start, 24), stop=part.stop)[1].ravel()
        for part in (train, validation, test)
    ]
    assert np.concatenate(targets).tolist() == list(range(24, 300))


def test_windows_are_views():
    series = np.arange(100_000.0)
    x, y = make_windows(series, 500, 10)
    assert np.shares_memory(x, series)
    assert np.shares_memory(y, series)
    with pytest.raises(ValueError, match="read-only"):
        x[0, 0, 0] = 1


def test_parts_by_number_of_steps():
    assert time_split(144, validation=12, test=24) == (
        slice(0, 108),
        slice(108, 120),
        slice(120, 144),
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.arange(144.0), 144, 132), "needs 276 values; the series has 144"),
        (
            (np.arange(9.0), 3, 0),
            "horizon is 0; it must be a whole number of at least 1",
        ),
        ((np.arange(9.0), 3, -2), "horizon is -2"),
        ((np.arange(9.0), 0), "window is 0"),
        ((np.arange(9.0), 2.5), "window is 2.5"),
        ((np.arange(9.0), 3, 1, 0), "stride is 0"),
        ((np.array([1, np.nan, 3, np.nan]), 1), "2 missing .*position 1[.] .*fill"),
        ((np.zeros((9, 2, 2)), 3), r"shape \(9, 2, 2\)"),
        ((np.arange(9.0), 3, 1, 1, 1), "target is 1; the series has 1 features"),
    ],
)
def test_bad_input_names_the_numbers(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_windows(*arguments)


@pytest.mark.parametrize("values", [["1", "2", "x"], [True, False], [1 + 2j, 3]])
def test_wrong_dtype_is_named(values):
    with pytest.raises(TypeError, match=r"dtype .*convert it with series.astype"):
        make_windows(np.array(values), 1)


@pytest.mark.parametrize(
    ("start", "stop", "message"),
    [
        (2, None, "start is 2 .*window 3 .*must fit before the first target"),
        (5, 30, "start is 5 and stop 30"),
        (8, 8, "needs 4 values; the series has 3"),
    ],
)
def test_bad_bounds(start, stop, message):
    with pytest.raises(ValueError, match=message):
        make_windows(np.arange(9.0), 3, start=start, stop=stop)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((10, 0.5, 0.5), "leave nothing of 10"),
        ((10, -1, 2), "validation is -1"),
        ((0,), "length is 0"),
    ],
)
def test_bad_splits(arguments, message):
    with pytest.raises(ValueError, match=message):
        time_split(*arguments)
