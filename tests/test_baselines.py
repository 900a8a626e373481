"""Baselines: equal to their formulas and to statsmodels, blind to the future, strict."""

import copy
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.tsa.ar_model import AutoReg, ar_select_order
from statsmodels.tsa.statespace.sarimax import SARIMAX

from utils.baselines import (
    AR,
    SARIMA,
    Baseline,
    Drift,
    HoltWinters,
    LinearWindow,
    Persistence,
    SeasonalNaive,
    Transformed,
)
from utils.datasets import load_air_passengers, load_sunspots
from utils.scores import mae, mase
from utils.windows import make_windows

AIR = load_air_passengers().to_numpy()
SUN = load_sunspots().to_numpy()
TRAIN = AIR[:96]
ALL = {
    "persistence": Persistence(),
    "drift": Drift(),
    "seasonal naive": SeasonalNaive(12),
    "growth": SeasonalNaive(12, growth=True),
    "AR by BIC": AR(max_lag=14),
    "AR(0)": AR(lag=0),
    "Holt-Winters": HoltWinters(12),
    "Holt-Winters, additive": HoltWinters(12, seasonal="add"),
    "Holt": HoltWinters(None),
    "smoothing": HoltWinters(None, trend=None),
    "trend mul": HoltWinters(12, trend="mul"),
    "SARIMA": SARIMA(),
    "ARIMA": SARIMA((1, 1, 0), (0, 0, 0, 0), log=False),
    "linear window": LinearWindow(2, horizon=30),
    "AR on roots": Transformed(AR(lag=13), np.sqrt, np.square, "on roots"),
}
FITTED = {name: copy.copy(model).fit(TRAIN) for name, model in ALL.items()}
every = pytest.mark.parametrize("name", ALL)
few = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def _no_warning():
    """A warning would reach the lesson's stderr and fail it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# ---- the interface's laws


@every
@few
@given(origin=st.integers(96, 130), horizon=st.integers(1, 30), seed=st.integers(0, 99))
def test_forecast_sees_only_its_history(name, origin, horizon, seed):
    other = AIR.copy()
    other[origin:] = np.random.default_rng(seed).uniform(1, 1000, 144 - origin)
    horizon = min(horizon, 144 - origin)
    model = FITTED[name]
    one = model.rolling(AIR, 96, horizon)[: origin - 96 + 1]
    two = model.rolling(other, 96, horizon)[: origin - 96 + 1]
    assert np.array_equal(one, two)


@every
@few
@given(start=st.integers(30, 120), horizon=st.integers(1, 30), step=st.integers(5, 15))
def test_rolling_is_repeated_forecast(name, start, horizon, step):
    start = min(start, 144 - horizon)
    model = FITTED[name]
    rolled = model.rolling(AIR, start, horizon, step)
    origins = range(start, 144 - horizon + 1, step)
    assert rolled.shape == (len(origins), horizon)
    single = [model.forecast(horizon, AIR[:origin]) for origin in origins]
    np.testing.assert_allclose(rolled, single, rtol=1e-9)


@every
def test_long_forecasts_begin_with_the_short_ones(name):
    model = FITTED[name]
    np.testing.assert_allclose(model.forecast(30)[:7], model.forecast(7), rtol=1e-12)
    assert np.array_equal(model.forecast(5), model.forecast(5, TRAIN))
    assert model.forecast(np.int64(5)).shape == (5,)


@every
def test_refit_learns_at_every_origin_and_keeps_the_model(name):
    model = copy.copy(FITTED[name])
    before = model.forecast(12)
    rolled = model.rolling(AIR, 96, 12, 24, refit=True)
    for row, origin in enumerate(range(96, 133, 24)):
        fresh = copy.copy(ALL[name]).fit(AIR[:origin])
        np.testing.assert_allclose(rolled[row], fresh.forecast(12), rtol=1e-6)
    assert np.array_equal(model.forecast(12), before)
    unfitted = copy.copy(ALL[name]).rolling(AIR, 96, 12, 24, refit=True)
    np.testing.assert_allclose(unfitted, rolled, rtol=1e-6)


@every
def test_learning_uses_the_training_part_only(name):
    """Whatever comes after the training part, the same is learnt; and it is not copied."""
    series = AIR.copy()
    model = copy.copy(ALL[name]).fit(series[:96])
    before = model.forecast(12)
    series[:] = 1.0
    assert np.array_equal(model.forecast(12), before), "the caller's array is not ours"
    assert np.array_equal(TRAIN, AIR[:96]), "fit changed its input"


@every
def test_fit_again_on_a_shorter_series(name):
    model = copy.copy(FITTED[name]).fit(AIR[:70])
    fresh = copy.copy(ALL[name]).fit(AIR[:70])
    np.testing.assert_allclose(model.forecast(3), fresh.forecast(3), rtol=1e-6)


# ---- each model against its definition


def test_naive_formulas():
    past = np.array([2.0, 4.0, 6.0, 3.0, 6.0, 12.0])
    assert Persistence().fit(past).forecast(3).tolist() == [12, 12, 12]
    assert Drift().fit(past).forecast(2).tolist() == [14, 16]
    assert SeasonalNaive(3).fit(past).forecast(5).tolist() == [3, 6, 12, 3, 6]
    grown = SeasonalNaive(3, growth=True).fit(past).forecast(7)
    assert grown.tolist() == [6, 12, 24, 12, 24, 48, 24]
    assert Drift().fit(past).forecast(1, past[:3]).tolist() == [8]


def test_growth_one_step_is_the_ratio_rule():
    rolled = SeasonalNaive(12, growth=True).fit(TRAIN).rolling(AIR, 96)[:, 0]
    np.testing.assert_allclose(rolled, AIR[84:132] * AIR[95:143] / AIR[83:131])


@given(st.integers(1, 24), st.integers(0, 60))
def test_seasonal_naive_on_its_own_training_series_has_mase_one(season, extra):
    series = SUN[1000 : 1000 + 2 * season + 2 + extra]
    rolled = SeasonalNaive(season).fit(series).rolling(series, season)[:, 0]
    assert mase(series[season:], rolled, series, season) == pytest.approx(1)


@pytest.mark.parametrize("lag", [0, 1, 3, 14])
def test_ar_is_statsmodels_ar(lag):
    model = AR(lag=lag).fit(TRAIN)
    result = AutoReg(TRAIN, lag).fit()
    np.testing.assert_allclose(model.forecast(40), result.forecast(40), rtol=1e-9)
    later = AutoReg(AIR, lag).predict(result.params, start=120, end=120)
    np.testing.assert_allclose(model.forecast(1, AIR[:120]), later, rtol=1e-9)


def test_ar_chooses_by_bic():
    model = AR(max_lag=14).fit(TRAIN)
    assert model.order == max(ar_select_order(TRAIN, 14, ic="bic").ar_lags) > 1
    assert model.name == f"AR({model.order})"
    noise = np.random.default_rng(0).normal(size=60)
    assert AR().fit(noise).order == 0
    np.testing.assert_allclose(AR().fit(noise).forecast(3), noise.mean())


@few
@given(st.integers(0, 99))
def test_ar_finds_a_known_order(seed):
    noise = np.random.default_rng(seed).normal(size=3000)
    series = np.zeros(3000)
    for t in range(2, 3000):
        series[t] = 1 + 1.2 * series[t - 1] - 0.5 * series[t - 2] + noise[t]
    model = AR(max_lag=8).fit(series[100:])
    assert 2 <= model.order <= 4
    two = AR(lag=2).fit(series[100:])
    assert np.allclose([two.constant, *two.weights], [1, 1.2, -0.5], atol=0.15)


@pytest.mark.parametrize(
    ("trend", "seasonal"),
    [(t, s) for t in ("add", "mul", None) for s in ("add", "mul", None)],
)
def test_holt_winters_is_statsmodels_and_the_textbook(trend, seasonal):
    model = HoltWinters(12, trend, seasonal).fit(AIR[:120])
    path, theirs = model.forecast(30), model.result.forecast(30)
    # up to 0.15 statsmodels takes the factor of steps 12, 24, … a year too old (#9538)
    same = np.arange(1, 31) % 12 != 0
    np.testing.assert_allclose(path[same], theirs[same], rtol=1e-9)
    np.testing.assert_allclose(path, by_hand(model, AIR[:120], 30), rtol=1e-9)
    later = by_hand(model, AIR[:133], 30)
    np.testing.assert_allclose(model.forecast(30, AIR[:133]), later, rtol=1e-9)


@pytest.mark.parametrize("seasonal", ["add", "mul", None])
def test_a_damped_trend_is_that_of_statsmodels(seasonal):
    model = HoltWinters(12, "add", seasonal, damped=True).fit(AIR[:120])
    path, theirs = model.forecast(30), model.result.forecast(30)
    same = np.arange(1, 31) % 12 != 0  # see above
    np.testing.assert_allclose(path[same], theirs[same], rtol=1e-8)
    straight = HoltWinters(12, "add", seasonal).fit(AIR[:120]).forecast(30)
    assert not np.allclose(path, straight, rtol=1e-3)


def by_hand(model, values, horizon):
    """Holt (1957) and Winters (1960) as recursions, from the fitted start."""
    p = {
        k: 0.0 if np.all(np.isnan(v)) else v
        for k, v in model.params.items()
        if k
        in (
            "smoothing_level",
            "smoothing_trend",
            "smoothing_seasonal",
            "initial_level",
            "initial_trend",
            "initial_seasons",
        )
    }
    a, b, g = (p[f"smoothing_{k}"] for k in ("level", "trend", "seasonal"))
    level, slope = p["initial_level"], p["initial_trend"]
    if model.trend is None:
        slope = 0.0
    flat = 1.0 if model.seasonal == "mul" else 0.0
    season = list(p["initial_seasons"]) if model.seasonal else [flat] * model.season
    grow = {"add": lambda x, s, h: x + h * s, "mul": lambda x, s, h: x * s**h}
    grow = grow.get(model.trend, lambda x, s, h: x)
    for t, y in enumerate(values):
        old, s = level, season[t]
        expected = grow(old, slope, 1)
        bare = y / s if model.seasonal == "mul" else y - s
        level = a * bare + (1 - a) * expected
        change = level / old if model.trend == "mul" else level - old
        slope = b * change + (1 - b) * slope
        now = y / expected if model.seasonal == "mul" else y - expected
        season.append((g * now + (1 - g) * s) if model.seasonal else s)
    path = []
    for h in range(1, horizon + 1):
        s = season[len(values) + (h - 1) % model.season]
        base = grow(level, slope, h)
        path.append(base * s if model.seasonal == "mul" else base + s)
    return np.array(path)


def test_sarima_is_statsmodels_sarimax():
    model = SARIMA().fit(TRAIN)
    result = SARIMAX(np.log(TRAIN), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))
    result = result.fit(disp=False)
    np.testing.assert_allclose(
        model.forecast(24), np.exp(result.forecast(24)), rtol=1e-6
    )
    later = np.exp(model.result.apply(np.log(AIR[:130])).forecast(24))
    np.testing.assert_allclose(model.forecast(24, AIR[:130]), later, rtol=1e-9)
    rolled = model.rolling(AIR, 100, 6, 7)
    for row, origin in zip(rolled, range(100, 139, 7), strict=True):
        theirs = np.exp(model.result.apply(np.log(AIR[:origin])).forecast(6))
        np.testing.assert_allclose(row, theirs, rtol=1e-8)


def test_arima_with_a_mean_reverting_part_is_statsmodels():
    model = SARIMA((2, 0, 1), (0, 0, 0, 0), log=False).fit(SUN[:600] - SUN[:600].mean())
    theirs = model.result.forecast(50)
    np.testing.assert_allclose(model.forecast(50), theirs, rtol=1e-8, atol=1e-8)
    assert model.name == "ARIMA(2,0,1)"


def test_transformed_is_the_model_in_between():
    inner = AR(lag=13)
    model = Transformed(inner, np.log, np.exp, "on logs").fit(TRAIN)
    expected = np.exp(AR(lag=13).fit(np.log(TRAIN)).forecast(9))
    np.testing.assert_allclose(model.forecast(9), expected)
    assert model.name == "AR(13) on logs"
    assert inner.train is None, "the model that was handed in is not changed"


def test_convergence_is_on_record(capsys, monkeypatch):
    assert all(model.converged for model in FITTED.values())
    real = SARIMAX.fit

    def fit(self, **options):  # as if the search failed on 67 values
        result = real(self, **options)
        result.mle_retvals["converged"] &= self.nobs != 67
        return result

    monkeypatch.setattr(SARIMAX, "fit", fit)
    assert SARIMA().fit(AIR[:66]).converged is True
    assert capsys.readouterr().out == ""
    assert SARIMA().fit(AIR[:67]).converged is False
    assert "SARIMA: the fit on 67 values did not converge" in capsys.readouterr().out
    SARIMA().rolling(AIR[:69], 66, refit=True)
    assert "SARIMA: 1 of 3 fits did not converge (at 67)" in capsys.readouterr().out
    inside = Transformed(SARIMA(log=False), np.log, np.exp, "on logs").fit(AIR[:67])
    assert inside.converged is False
    assert capsys.readouterr().out.count("did not converge") == 1


class Twice(Baseline):
    """A student's own: twice the last value, by one hook."""

    name, least = "twice", 2

    def learn(self, train):
        self.factor = 2.0

    def predict(self, horizon, history):
        return np.full(horizon, self.factor * history[-1])


class TwiceMany(Baseline):
    """The same by the other hook."""

    name = "twice"

    def predict_many(self, values, origins, horizon):
        return np.stack([np.full(horizon, 2 * values[t - 1]) for t in origins])


@pytest.mark.parametrize("kind", [Twice, TwiceMany])
def test_the_hooks_are_enough_for_a_model_of_ones_own(kind):
    model = kind().fit(TRAIN)
    assert model.forecast(3).tolist() == [2 * TRAIN[-1]] * 3
    assert model.rolling(AIR, 96, 2)[:, 1].tolist() == (2 * AIR[95:-2]).tolist()
    again = kind().rolling(AIR, 96, 2, refit=True)
    assert np.array_equal(again, model.rolling(AIR, 96, 2))
    with pytest.raises(ValueError, match="twice is not fitted"):
        kind().forecast()


# ---- the linear rival that sees the network's windows


def test_linear_window_is_ridge():
    """Equal to scikit-learn's ridge on the same windows, for the strength it chose."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = make_windows(SUN, 24, horizon=3, stop=2000)
    x_val, y_val = make_windows(SUN, 24, horizon=3, start=2000, stop=2400)
    model = LinearWindow(24, horizon=3).fit_windows(x, y, x_val, y_val)
    errors = []
    for strength in model.strengths:
        twin = make_pipeline(StandardScaler(), Ridge(strength * len(x)))
        guess = twin.fit(x[:, :, 0], y).predict(x_val[:, :, 0])
        errors.append(np.mean((guess - y_val) ** 2))
        if strength == model.strength:
            np.testing.assert_allclose(model.predict_windows(x_val), guess)
    assert model.strength == model.strengths[int(np.argmin(errors))]


def test_linear_window_chooses_on_validation_and_learns_from_training_only():
    model = LinearWindow(12).fit(SUN[:600], SUN[600:800])
    other = LinearWindow(12).fit(SUN[:600], 400 - SUN[600:800])
    assert model.strength != other.strength, "another validation part, another choice"
    assert np.array_equal(model.centre, other.centre)
    inner = LinearWindow(12).fit(SUN[:600])  # its last tenth chooses, then all is used
    chosen = LinearWindow(12).fit(SUN[:540], SUN[540:600])
    assert inner.strength == chosen.strength
    assert not np.array_equal(inner.weights, chosen.weights)


def test_linear_window_reads_several_features():
    rng = np.random.default_rng(0)
    table = rng.standard_normal((400, 2))
    table[1:, 0] = 3 * table[:-1, 1]  # the first follows the second by one step
    model = LinearWindow(4, horizon=1).fit(table[:300])
    got = model.rolling(table, 300)
    np.testing.assert_allclose(got[:, 0], table[300:, 0], atol=1e-3)
    blind = LinearWindow(4).fit(table[:300, 0]).rolling(table[:, 0], 300)
    assert np.abs(blind[:, 0] - table[300:, 0]).mean() > 1
    assert LinearWindow(4, target=1).fit(table[:300]).forecast().shape == (1,)
    with pytest.raises(ValueError, match=r"windows have 4 values each; .* from 8"):
        model.forecast(1, table[:, 0])


def test_linear_window_is_direct():
    """One equation for each step: a series that jumps every other step is learnt."""
    model = LinearWindow(6, horizon=4).fit(np.tile([1.0, 5.0], 60))
    np.testing.assert_allclose(model.forecast(4), [1, 5, 1, 5], atol=1e-3)
    with pytest.raises(ValueError, match=r"horizon is 5; .* learnt 4 .*horizon=5"):
        model.forecast(5)
    with pytest.raises(ValueError, match="window is 0"):
        LinearWindow(0)


def test_measured_references_on_air_passengers():
    """The curriculum's claims, far from their limits."""
    last = {n: FITTED[n].rolling(AIR, 96)[:, 0] for n in ("growth", "persistence")}
    rms = {n: np.sqrt(np.mean((f - AIR[96:]) ** 2)) for n, f in last.items()}
    assert rms["growth"] < 20 and rms["persistence"] > 40
    hw = HoltWinters(12).rolling(AIR, 84, 24, 12, refit=True)
    naive = SeasonalNaive(12).rolling(AIR, 84, 24, 12, refit=True)
    for row, origin in enumerate(range(84, 121, 12)):
        actual = AIR[origin : origin + 24]
        assert mae(actual, hw[row]) < 0.7 * mae(actual, naive[row])


def test_rolling_is_fast_where_it_matters():
    """One pass over the series, not one for every origin."""
    calls = []
    for model in (HoltWinters(None), SARIMA((1, 0, 1), (0, 0, 0, 0), log=False)):
        model.fit(SUN[:300])
        inner = model._states if isinstance(model, HoltWinters) else model.result.apply

        def counted(*args, inner=inner, **kwargs):
            calls.append(1)
            return inner(*args, **kwargs)

        if isinstance(model, HoltWinters):
            model._states = counted
        else:
            model.result.apply = counted
        assert model.rolling(SUN[:600], 300).shape == (300, 1)
    assert len(calls) == 2


# ---- bad input: each message names the value, the limit and the remedy

BAD = {
    "missing": (np.r_[TRAIN, np.nan], ValueError, ["1 missing", "position 96", "fill"]),
    "infinite": (np.r_[np.inf, TRAIN], ValueError, ["position 0"]),
    "text": (["12", "x"] * 48, TypeError, ["dtype <U2", "astype"]),
    "objects": (np.array([1.0, "x"] * 48, object), TypeError, ["object", "astype"]),
    "two columns": (np.ones((96, 2)), ValueError, ["(96, 2)", "Pick a column"]),
    "empty": (np.array([]), ValueError, ["needs at least", "there are 0"]),
}


@every
@pytest.mark.parametrize("kind", BAD)
def test_bad_series_are_refused(name, kind):
    series, error, words = BAD[kind]
    fitted = FITTED[name]
    if kind == "two columns" and 2 in fitted.dims:
        series, words = np.ones((96, 2, 2)), ["(96, 2, 2)", "1 or 2 axes"]
    calls = [
        lambda: copy.copy(ALL[name]).fit(series),
        lambda: fitted.forecast(1, series),
        lambda: fitted.rolling(series, 50),
    ]
    for call in calls:
        with pytest.raises(error) as caught:
            call()
        assert all(word in str(caught.value) for word in words), caught.value


@every
@pytest.mark.parametrize("horizon", [0, -1, 1.5, 2.0, "3", None, True])
def test_bad_horizons_are_refused(name, horizon):
    for call in (
        lambda: FITTED[name].forecast(horizon),
        lambda: FITTED[name].rolling(AIR, 96, horizon),
    ):
        with pytest.raises(
            ValueError, match=r"horizon is .* whole number of at least 1"
        ):
            call()


@every
def test_too_short_is_refused_and_just_enough_is_not(name):
    model = ALL[name]
    for least in range(1, 80):  # the limit in the message is the true one
        try:
            copy.copy(model).fit(AIR[:least])
            break
        except ValueError as error:
            assert f"at least {model.least} values; there are {least}" in str(error)
    assert least == model.least
    assert np.isfinite(copy.copy(model).fit(AIR[:least]).forecast(3)).all()


@every
def test_not_fitted_is_said(name):
    for call in (
        lambda: copy.copy(ALL[name]).forecast(3),
        lambda: copy.copy(ALL[name]).rolling(AIR, 96),
    ):
        with pytest.raises(ValueError, match=r"not fitted: call fit\(train\) first"):
            call()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start": 140, "horizon": 5}, ["start 140 + horizon 5", "144", "to 139"]),
        ({"start": 5}, ["start 5", "needs 12", "from 12"]),
        ({"start": 96.0}, ["start is 96.0", "whole"]),
        ({"start": 96, "step": 0}, ["step is 0", "at least 1"]),
        ({"start": 96, "step": -2}, ["step is -2"]),
    ],
)
def test_rolling_refuses(options, words):
    with pytest.raises(ValueError) as caught:
        SeasonalNaive(12).fit(TRAIN).rolling(AIR, **options)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SeasonalNaive(0), ["season is 0"]),
        (lambda: SeasonalNaive(12.0), ["season is 12.0", "whole"]),
        (lambda: AR(max_lag=0), ["max_lag is 0"]),
        (lambda: AR(lag=-1), ["lag is -1"]),
        (lambda: HoltWinters(1), ["season is 1", "at least 2"]),
        (lambda: HoltWinters("12"), ["season is '12'"]),
        (lambda: HoltWinters(12, trend="linear"), ["'linear'", '"add"']),
        (lambda: AR().fit(np.full(50, 5.0)), ["all 50", "5.0", "Persistence()"]),
        (
            lambda: HoltWinters(12).fit(TRAIN - 200),
            ["positive", "-96.0", 'seasonal="add"'],
        ),
        (lambda: SARIMA().fit(TRAIN - 104), ["positive", "0.0", "log=False"]),
        (
            lambda: Transformed(AR(), np.sqrt, np.square, "on roots").fit(TRAIN - 105),
            ["AR on roots", "1 values", "position 10", "-1.0", "another"],
        ),
        (
            lambda: SeasonalNaive(12, growth=True).fit(np.r_[TRAIN, 0.0]).forecast(),
            ["positive", "0.0", "growth=False"],
        ),
        (
            lambda: FITTED["Holt-Winters"].forecast(3, AIR[7:]),
            ["first training value", "112.0", "148.0", "from its beginning"],
        ),
        (
            lambda: FITTED["SARIMA"].forecast(3, AIR - 104),
            ["positive", "0.0", "log=False"],
        ),
    ],
)
def test_settings_and_values_that_are_refused(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("name", [n for n in ALL if "AR" not in n or "SAR" in n])
def test_a_constant_series_goes_on(name):
    path = copy.copy(ALL[name]).fit(np.full(72, 5.0)).forecast(15)
    np.testing.assert_allclose(path, 5.0, rtol=1e-4)


def test_one_value_is_enough_for_persistence_only():
    assert Persistence().fit([7]).forecast(2).tolist() == [7, 7]
    for model in (Drift(), AR(), HoltWinters(None), SARIMA()):
        with pytest.raises(ValueError, match=r"needs at least .* there are 1"):
            model.fit([7])
