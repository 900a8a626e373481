"""Scores: against their definitions, their laws, and input that must be refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from utils.scores import (
    block_interval,
    mae,
    mase,
    rmse,
    score_table,
)
from utils.windows import check_numbers

numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
PAST = np.array([4.0, 2.0, 1.0, 3.0, 6.0, 5.0])
NOW, GUESS = np.array([8.0, 7.0, 10.0]), np.array([6.0, 8.0, 10.0])


@st.composite
def pairs(draw):
    n = draw(st.integers(1, 30))
    return draw(arrays("float64", n, elements=numbers)), draw(
        arrays("float64", n, elements=numbers)
    )


@st.composite
def histories(draw):
    """A training series and a season that fits, with a naive error that is not 0."""
    season = draw(st.integers(1, 12))
    series = draw(arrays("float64", st.integers(season + 1, 60), elements=numbers))
    series[-1] += 1 + np.abs(series[-1] - series[-1 - season])
    return series, season


def test_definitions():
    assert mae(NOW, GUESS) == 1.0
    assert rmse(NOW, GUESS) == pytest.approx(np.sqrt(5 / 3))
    assert mase(NOW, GUESS, PAST, season=1) == pytest.approx(1 / 1.8)
    assert mase(NOW, GUESS, PAST, season=2) == pytest.approx(1 / 2.75)


@given(histories())
def test_seasonal_naive_on_its_own_training_series_has_mase_one(case):
    series, season = case
    assert mase(series[season:], series[:-season], series, season) == pytest.approx(1)


@given(pairs())
def test_mae_and_rmse_are_distances(pair):
    a, b = pair
    assert mae(a, a) == rmse(a, a) == 0
    assert mae(a, b) == mae(b, a) and rmse(a, b) == rmse(b, a)
    assert mae(a, b) <= rmse(a, b) * (1 + 1e-9)
    assert rmse(a, b) <= np.sqrt(len(a)) * mae(a, b) * (1 + 1e-9)


@given(pairs(), histories(), st.floats(0.1, 100), st.floats(-1000, 1000))
def test_change_of_unit_scales_mae_and_leaves_mase(pair, history, factor, offset):
    (a, b), (past, season) = pair, history
    a2, b2, past2 = (factor * x + offset for x in (a, b, past))
    close = {"rel": 1e-6, "abs": 1e-6}
    assert mae(a2, b2) == pytest.approx(factor * mae(a, b), **close)
    assert rmse(a2, b2) == pytest.approx(factor * rmse(a, b), **close)
    assert mase(a2, b2, past2, season) == pytest.approx(
        mase(a, b, past, season), **close
    )


def test_scores_accept_windows_of_a_horizon():
    actual, forecast = np.zeros((3, 4)), np.ones((3, 4))
    assert mae(actual, forecast) == rmse(actual, forecast) == 1
    assert mase(actual, forecast, PAST) == pytest.approx(1 / 1.8)


def test_table_is_sorted_and_complete():
    table = score_table(NOW, {"far": NOW + 3, "near": GUESS}, PAST, season=2)
    assert list(table.index) == ["near", "far"] and table.index.name == "model"
    assert list(table.columns) == ["MAE", "RMSE", "MASE"]
    assert table.loc["near"].tolist() == pytest.approx([1, np.sqrt(5 / 3), 1 / 2.75])
    assert list(score_table(NOW, {"near": GUESS}).columns) == ["MAE", "RMSE"]


def test_inputs_are_not_changed():
    before = NOW.copy(), GUESS.copy(), PAST.copy()
    score_table(NOW, {"a": GUESS}, PAST)
    for old, new in zip(before, (NOW, GUESS, PAST), strict=True):
        assert np.array_equal(old, new)


@pytest.mark.parametrize("score", [mae, rmse])
@pytest.mark.parametrize(
    ("actual", "forecast", "error", "words"),
    [
        (np.ones((3, 1)), np.ones(3), ValueError, ["(3, 1)", "(3,)", "ravel"]),
        ([], [], ValueError, ["(0,)", "something to score"]),
        ([1.0, np.nan], [1.0, 2.0], ValueError, ["actual has 1", "position 1", "fill"]),
        ([1.0, 2.0], [np.inf, 2.0], ValueError, ["forecast has 1", "position 0"]),
        (["a", "b"], [1.0, 2.0], TypeError, ["actual", "dtype <U1", "astype"]),
        ([1.0, 2.0], [1.0, None], TypeError, ["forecast", "object", "astype"]),
    ],
)
def test_refused(score, actual, forecast, error, words):
    with pytest.raises(error) as caught:
        score(actual, forecast)
    assert all(word in str(caught.value) for word in words), caught.value


def test_other_dates_are_refused():
    one = pd.Series(NOW, pd.date_range("2000-01-01", periods=3, freq="MS"))
    two = pd.Series(NOW, pd.date_range("2000-02-01", periods=3, freq="MS"))
    assert mae(one, one + 1) == 1
    with pytest.raises(ValueError, match=r"2000-01-01.*2000-02-01.*Align"):
        mae(one, two)
    assert mae(one, two.to_numpy()) == 0


@pytest.mark.parametrize(
    ("train", "season", "error", "words"),
    [
        ([5.0], 1, ValueError, ["training series", "at least 2", "there are 1"]),
        (np.ones(12), 12, ValueError, ["at least 13", "there are 12"]),
        (np.ones((20, 1)), 1, ValueError, ["(20, 1)"]),
        (np.full(9, 7.0), 1, ValueError, ["undefined", "every 1 steps", "MAE"]),
        (np.tile([1.0, 2.0, 3.0], 4), 3, ValueError, ["undefined", "every 3 steps"]),
        (PAST, 0, ValueError, ["season is 0", "at least 1"]),
        (PAST, -1, ValueError, ["season is -1"]),
        (PAST, 1.5, ValueError, ["season is 1.5", "whole"]),
        ([1.0, np.nan, 2.0], 1, ValueError, ["training series", "position 1"]),
        (list("abcd"), 1, TypeError, ["training series", "numbers"]),
    ],
)
def test_mase_refuses(train, season, error, words):
    with pytest.raises(error) as caught:
        mase(NOW, GUESS, train, season)
    assert all(word in str(caught.value) for word in words), caught.value


def test_table_refuses():
    with pytest.raises(ValueError, match="no forecasts"):
        score_table(NOW, {})
    with pytest.raises(ValueError, match=r"GRU: .*\(3, 1\)"):
        score_table(NOW, {"naive": GUESS, "GRU": GUESS[:, None]})


def test_numbers_pass_and_keep_their_shape():
    table = np.array([[1, 2]])
    assert check_numbers("x", table) is table, "no copy"
    assert check_numbers("x", pd.Series([1, 2])).tolist() == [1, 2]
    with pytest.raises(TypeError, match="datetime64"):
        check_numbers("x", pd.date_range("2000", periods=3).to_numpy())
    with pytest.raises(ValueError, match=r"x has 1 missing .* position 1, 0"):
        check_numbers("x", [[1.0, 2.0], [np.inf, 2.0]])
    with pytest.raises(ValueError, match=r"x has shape \(1, 2\); 1 axes are needed"):
        check_numbers("x", table, (1,))
    with pytest.raises(ValueError, match="x needs at least 3 values; there are 1"):
        check_numbers("x", table, least=3)


def paired_errors(difference, n=600, seed=0):
    """Absolute errors of two forecasts whose neighbours are alike."""
    rng = np.random.default_rng(seed)
    shared = np.convolve(rng.standard_normal(n + 11), np.ones(12) / 12, "valid")
    second = 5 + shared + rng.standard_normal(n) / 10
    first = 5 + difference + shared + rng.standard_normal(n) / 10
    return first, second


def test_block_interval_by_hand():
    """Two blocks: each draw is the mean of two of three means, widened as t is."""
    first, second = np.array([3.0, 1.0, 2.0, 6.0]), np.array([1.0, 1.0, 1.0, 1.0])
    mean, low, high = block_interval(first, second, block=2, level=0.5)
    assert mean == 2.0
    # the blocks' means are 1, 0.5 and 3; half of the nine pairs lie between 0.75 and 2;
    # t with one degree of freedom has its upper quarter at 1, the normal at 0.6745
    half = 1 / 0.6745 * np.sqrt(2) * (2 - 0.75) / 2
    assert (low, high) == pytest.approx((2 - half, 2 + half), rel=1e-4)


@pytest.mark.parametrize("blocks", [2, 3, 4, 6, 12])
def test_block_interval_is_as_wide_as_few_blocks_ask_for(blocks):
    """Equals are told apart about as often as the level says, from however few blocks."""
    rng, told, tries = np.random.default_rng(0), 0, 300
    for _ in range(tries):
        gap = np.convolve(rng.standard_normal(20 * blocks + 4), np.ones(5), "valid")
        _, low, high = block_interval(gap + 99, np.full(len(gap), 99.0), 20, draws=300)
        told += not low < 0 < high
    assert told <= 0.12 * tries, f"{told} of {tries}"


def test_block_interval_tells_a_difference_from_none():
    mean, low, high = block_interval(*paired_errors(0.5), block=48)
    assert low < mean < high and low > 0.3
    flat = block_interval(*paired_errors(0.0), block=48)
    assert flat[1] < 0 < flat[2]
    narrow = block_interval(*paired_errors(0.0), block=48, level=0.5)
    assert flat[1] < narrow[1] < narrow[2] < flat[2]
    assert block_interval(*paired_errors(0.5), block=48) == (mean, low, high)


def test_block_interval_holds_what_it_promises_on_a_slow_difference():
    """On neighbours that are alike, blocks are needed: single months promise too much."""
    held = {1: 0, 36: 0}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        gap = np.convolve(rng.standard_normal(611), np.ones(12) / 12, "valid")
        for block in held:
            _, low, high = block_interval(gap + 9, np.full(600, 9.0), block, draws=400)
            held[block] += low < 0 < high
    assert held[1] < 60 and held[36] > 75, (
        "blocks promise a little too much, months far"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"block": 400}, ["block 400", "600 errors", "at most 300"]),
        ({"block": 0}, ["block is 0"]),
        ({"block": 2.5}, ["block is 2.5"]),
        ({"block": 12, "level": 95}, ["level is 95", "between 0 and 1"]),
        ({"block": 12, "draws": 0}, ["draws is 0"]),
    ],
)
def test_block_interval_refuses(options, words):
    with pytest.raises(ValueError) as caught:
        block_interval(*paired_errors(0.0), **options)
    assert all(word in str(caught.value) for word in words), caught.value
    with pytest.raises(ValueError, match="same shape"):
        block_interval([1.0, 2.0], [1.0], 1)
