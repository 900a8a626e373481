"""What a network must beat: classical forecasts behind one small interface.

Every model has ``fit(train)``, which learns from the training series only, and
``forecast(horizon, history=None)``, which forecasts the steps after ``history`` (by
default the training series) with what was learnt, nothing re-estimated.
`rolling` repeats that from one origin after another; `margins` turns the errors of a
rolling forecast inside the training part into prediction intervals.
"""

import copy
import warnings
from contextlib import contextmanager

import numpy as np
from statsmodels.tsa.ar_model import AutoReg, ar_select_order
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from utils.scores import as_numbers
from utils.windows import check_whole


def _values(series, least, who):
    values = as_numbers(f"The series given to {who}", series)
    if values.ndim != 1:
        raise ValueError(
            f"{who} forecasts one series (time,); it got shape {values.shape}. "
            "Pick one column, or use .ravel()."
        )
    if len(values) < least:
        raise ValueError(
            f"{who} needs at least {least} values; the series has {len(values)}. "
            "Give it a longer history, or choose a simpler model."
        )
    return values


@contextmanager
def _quiet():
    """The library's remarks on starting values and convergence; see ``converged``."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        for category in (UserWarning, RuntimeWarning):
            warnings.simplefilter("ignore", category)
        yield


class Baseline:
    """The interface. A subclass sets ``name`` and ``least`` and writes two methods.

    ``_fit(train)`` learns; ``_forecast(horizon, history)`` returns an array (horizon,).
    """

    name = "baseline"
    least = 1  # the shortest series it can be fitted on
    reach = None  # the shortest history it can forecast from; None: as `least`

    def fit(self, train):
        """Learn from the training series ``(time,)`` and return the model itself.

        Raises:
            ValueError: missing values, more than one column, or too few values.
            TypeError: values that are not numbers.
        """
        values = _values(train, self.least, self.name)
        self._fit(values)
        self.train = values  # a copy: what the caller does to his array is not ours
        return self

    def forecast(self, horizon=1, history=None):
        """Forecast the ``horizon`` steps that follow ``history``.

        Args:
            horizon: number of steps, at least 1.
            history: everything known at the origin ``(time,)``; None: the training series.

        Returns:
            numpy.ndarray: (horizon,), in the unit of the series.

        Raises:
            ValueError: not fitted, a horizon below 1 or not whole, or a history that is
                too short or has missing values.
            TypeError: values that are not numbers.
        """
        self._check_fitted()
        check_whole("horizon", horizon)
        if history is None:
            history = self.train
        return self._forecast(int(horizon), _values(history, self._reach, self.name))

    def rolling(self, series, start, horizon=1, step=1, refit=False):
        """Forecast from many origins; each sees the series only up to itself.

        Args:
            series: the whole series ``(time,)``, training part included.
            start: position of the first target; the first origin lies just before it.
                Before the end of the training part the errors are those of a fit.
            horizon: steps forecast from each origin.
            step: steps between two origins.
            refit: learn anew at every origin from all that is known there (the model
                itself keeps what it has learnt).

        Returns:
            numpy.ndarray: (origins, horizon).

        Raises:
            ValueError: not fitted, sizes that are not whole, missing values, or no room
                for a single forecast after ``start``.
            TypeError: values that are not numbers.
        """
        for name, value in (("start", start), ("horizon", horizon), ("step", step)):
            check_whole(name, value)
        if not refit:
            self._check_fitted()
        least = self.least if refit else self._reach
        values = _values(series, least, self.name)
        if start < least or start + horizon > len(values):
            raise ValueError(
                f"start {start} + horizon {horizon} does not fit: {self.name} needs "
                f"{least} values before it, and the series has {len(values)}. Take a "
                f"start from {least} to {len(values) - horizon}, or a shorter horizon."
            )
        origins = range(start, len(values) - horizon + 1, step)
        if refit:
            fits = (copy.copy(self).fit(values[:origin]) for origin in origins)
            return np.stack([model.forecast(horizon) for model in fits])
        return self._rolling(values, origins, horizon)

    @property
    def _reach(self):
        return self.least if self.reach is None else self.reach

    def _check_fitted(self):
        if not hasattr(self, "train"):
            raise ValueError(f"{self.name} is not fitted: call fit(train) first.")

    def _fit(self, train):
        pass

    def _rolling(self, values, origins, horizon):
        return np.stack(
            [self._forecast(horizon, values[:origin]) for origin in origins]
        )


def margins(model, train, start, horizon=1, coverage=0.9, step=1, forward=None):
    """Half widths of prediction intervals, one for each step ahead.

    A copy of the model is fitted on ``train[:start]`` and forecasts the rest of the
    training part from rolling origins; of its absolute errors the quantile with the
    correction for finite samples is taken (split conformal prediction).

    Source: Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), "Distribution-free
    predictive inference for regression". Their guarantee needs exchangeable errors,
    which a series does not have: measure the coverage.

    Args:
        model: a baseline of this module; it is not changed.
        train: training series ``(time,)``.
        start: position of the first target that calibrates.
        horizon: steps ahead.
        coverage: wanted share of values inside the interval, between 0 and 1.
        step: steps between two origins.
        forward: measure the errors on this scale (``np.log``: as a share), one on
            which they are equally large everywhere; None: in the unit of the series.

    Returns:
        numpy.ndarray: (horizon,). The interval is ``forecast ± margin``, on the scale
        of ``forward`` if there is one.

    Raises:
        ValueError: a coverage outside (0, 1), too few origins for it, or as `rolling`.
    """
    if not 0 < coverage < 1:
        raise ValueError(
            f"coverage is {coverage}; it must lie between 0 and 1, such as 0.9."
        )
    train = _values(train, 1, model.name)
    check_whole("start", start)
    model = copy.copy(model).fit(train[:start])
    forecast = model.rolling(train, start, horizon, step)
    scale = forward or np.asarray
    origins = start + step * np.arange(len(forecast))
    actual = train[origins[:, None] + np.arange(horizon)]
    with np.errstate(all="ignore"):
        errors = as_numbers("forward(values)", np.abs(scale(actual) - scale(forecast)))
    rank = int(np.ceil((len(errors) + 1) * coverage - 1e-9))
    if rank > len(errors):
        least = np.ceil(coverage / (1 - coverage) - 1e-9)
        raise ValueError(
            f"coverage {coverage} needs at least {least:.0f} origins to calibrate; there are "
            f"{len(errors)}. Start earlier, take a shorter horizon, or ask for less."
        )
    return np.sort(errors, axis=0)[rank - 1]


class Persistence(Baseline):
    """The next values equal the last one known."""

    name = "persistence"

    def _forecast(self, horizon, history):
        return np.repeat(history[-1], horizon)


class Drift(Baseline):
    """The straight line through the first and the last value known goes on."""

    name, least = "drift", 2

    def _forecast(self, horizon, history):
        slope = (history[-1] - history[0]) / (len(history) - 1)
        return history[-1] + slope * np.arange(1, horizon + 1)


class SeasonalNaive(Baseline):
    """Every value equals the one a season ago.

    Args:
        season: length of the season in time steps.
        growth: multiply by the growth over the last season, ``y[t-1] / y[t-1-season]``
            (needs positive values).
    """

    def __init__(self, season, growth=False):
        check_whole("season", season)
        self.season, self.growth = season, growth
        self.least = season + growth
        self.name = "seasonal naive × growth" if growth else "seasonal naive"

    def _forecast(self, horizon, history):
        cycle = history[-self.season :]
        values = np.resize(cycle, horizon)
        if not self.growth:
            return values
        if history[-1] <= 0 or history[-1 - self.season] <= 0:
            raise ValueError(
                "Growth is a ratio and needs positive values; the last value is "
                f"{history[-1]} and the one a season before it {history[-1 - self.season]}. "
                "Use growth=False."
            )
        rate = history[-1] / history[-1 - self.season]
        return values * rate ** (1 + np.arange(horizon) // self.season)


class AR(Baseline):
    """Linear autoregression; the order minimises BIC on the training series.

    Source: statsmodels ``ar_select_order`` and ``AutoReg``.

    Args:
        max_lag: largest order tried (at most a third of the training series).
        lag: use this order and do not choose.
    """

    def __init__(self, max_lag=36, lag=None):
        check_whole("max_lag", max_lag)
        if lag != 0 and lag is not None:
            check_whole("lag", lag)
        self.max_lag, self.lag = max_lag, lag
        self.least = 5 if lag is None else 2 * lag + 3  # more equations than weights
        self.name = "AR" if lag is None else f"AR({lag})"

    def _fit(self, train):
        if np.ptp(train) == 0:
            raise ValueError(
                f"AR cannot learn from a constant: all {len(train)} training values are "
                f"{train[0]}. Use Persistence()."
            )
        lag = self.lag
        with _quiet():
            if lag is None:
                room = min(self.max_lag, (len(train) - 2) // 3)
                lags = ar_select_order(train, room, ic="bic").ar_lags
                lag = 0 if lags is None else max(lags)
            result = AutoReg(train, lag).fit()
        self.order, self.reach = lag, max(lag, 1)
        self.constant, self.weights = result.params[0], result.params[1:]
        self.name = f"AR({lag})"

    def _forecast(self, horizon, history):
        return self._recursive(history[None, len(history) - self.order :], horizon)[0]

    def _rolling(self, values, origins, horizon):
        lags = np.stack([values[origin - self.order : origin] for origin in origins])
        return self._recursive(lags, horizon)

    def _recursive(self, lags, horizon):  # lags: (origins, order), the oldest first
        known = np.concatenate([lags, np.empty((len(lags), horizon))], axis=1)
        for t in range(self.order, self.order + horizon):
            latest_first = known[:, t - self.order : t][:, ::-1]
            known[:, t] = self.constant + latest_first @ self.weights
        return known[:, self.order :]


class HoltWinters(Baseline):
    """Exponential smoothing with trend and season; smoothing weights from training.

    Source: statsmodels ``ExponentialSmoothing`` (Holt 1957, Winters 1960). At a later
    origin the level, trend and season are carried on with the same smoothing weights,
    from the first training value: every history must begin there.

    Args:
        season: length of the season in time steps, or None for no season.
        trend, seasonal: ``"add"``, ``"mul"`` or None, as in statsmodels.
    """

    name = "Holt-Winters"

    def __init__(self, season=12, trend="add", seasonal="mul"):
        if season is not None:
            check_whole("season", season)
            if season == 1:
                raise ValueError(
                    "season is 1; it must be at least 2, or None for none."
                )
        for name, kind in (("trend", trend), ("seasonal", seasonal)):
            if kind not in ("add", "mul", None):
                raise ValueError(f'{name} is {kind!r}; use "add", "mul" or None.')
        self.season, self.trend = season, trend
        self.seasonal = seasonal if season else None
        self.least = max(2 * season, 10) if self.seasonal else 10

    def _model(self, values, method, **start):
        return ExponentialSmoothing(
            values,
            trend=self.trend,
            seasonal=self.seasonal,
            seasonal_periods=self.season if self.seasonal else None,
            initialization_method=method,
            **start,
        )

    def _fit(self, train):
        if "mul" in (self.trend, self.seasonal) and train.min() <= 0:
            raise ValueError(
                "A multiplicative Holt-Winters needs positive values; the smallest is "
                f'{train.min()}. Use trend="add", seasonal="add".'
            )
        with _quiet():
            self.result = self._model(train, "estimated").fit()
        self.params = self.result.params
        self.converged = bool(self.result.mle_retvals.success)

    def _forecast(self, horizon, history):
        return self._rolling(history, [len(history)], horizon)[0]

    def _rolling(self, values, origins, horizon):
        known = min(len(values), len(self.train))
        if not np.array_equal(values[:known], self.train[:known]):
            raise ValueError(
                "Holt-Winters carries its state on from the first training value "
                f"({self.train[0]}), and this history (first value {values[0]}) differs "
                "from the training series. Give the series from its beginning, or fit again."
            )
        states = self._states(values[: origins[-1]])
        last = np.asarray(origins)[:, None] - 1  # (origins, 1)
        ahead = np.arange(1, horizon + 1)  # (horizon,)
        path = states.level[last]
        if self.trend == "add":
            path = path + states.trend[last] * ahead
        elif self.trend == "mul":
            path = path * states.trend[last] ** ahead
        if self.seasonal:
            ago = self.season - 1 - (ahead - 1) % self.season
            season = states.season[last - ago]
            path = path + season if self.seasonal == "add" else path * season
        return np.broadcast_to(path, (len(last), horizon)).copy()

    def _states(self, values):  # level, trend and season after each value
        start = {"initial_level": self.params["initial_level"]}
        if self.trend:
            start["initial_trend"] = self.params["initial_trend"]
        if self.seasonal:
            start["initial_seasonal"] = self.params["initial_seasons"]
        weights = {
            name: self.params[name]
            for name in ("smoothing_level", "smoothing_trend", "smoothing_seasonal")
            if np.isfinite(self.params.get(name, np.nan))
        }
        with _quiet():
            return self._model(values, "known", **start).fit(optimized=False, **weights)


class SARIMA(Baseline):
    """Seasonal ARIMA; the default is the "airline model" of Box and Jenkins.

    Source: statsmodels ``SARIMAX`` (Box & Jenkins 1970).

    Args:
        order: (p, d, q).
        seasonal_order: (P, D, Q, season); (0, 0, 0, 0): no season.
        log: model logarithms (needs positive values). The forecast is then a median.
    """

    name = "SARIMA"

    def __init__(self, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), log=True):
        self.order, self.seasonal_order, self.log = order, seasonal_order, log
        (p, d, q), (P, D, Q, season) = order, seasonal_order
        if season == 0:
            self.name = f"ARIMA({p},{d},{q})"
        lost, weights = (
            d + D * season,
            p + q + P + Q + 1,
        )  # by differencing; to estimate
        self.least = lost + max(p + P * season, q + Q * season) + weights
        self.reach = max(lost, 1)

    def _scale(self, values):
        if not self.log:
            return values
        if values.min() <= 0:
            raise ValueError(
                f"SARIMA on logarithms needs positive values; the smallest is "
                f"{values.min()}. Use log=False."
            )
        return np.log(values)

    def _fit(self, train):
        model = SARIMAX(
            self._scale(train), order=self.order, seasonal_order=self.seasonal_order
        )
        with _quiet():
            self.result = model.fit(disp=False)
        self.converged = bool(self.result.mle_retvals["converged"])

    def _forecast(self, horizon, history):
        return self._rolling(history, [len(history)], horizon)[0]

    def _rolling(self, values, origins, horizon):
        with _quiet():  # one pass of the Kalman filter; row t has seen values[:t] only
            result = self.result.apply(self._scale(values[: origins[-1]]))
        state = result.predicted_state[:, list(origins)]  # (states, origins)
        design, move = result.model["design"], result.model["transition"]
        path = np.empty((len(origins), horizon))
        for step in range(horizon):
            path[:, step] = design[0] @ state
            state = move @ state
        return np.exp(path) if self.log else path


class Transformed(Baseline):
    """Another baseline on transformed values, such as ``np.sqrt`` with ``np.square``.

    Args:
        model: a baseline of this module.
        forward, back: the transformation and its inverse.
        label: what the name says of it, such as ``"on roots"``.
    """

    def __init__(self, model, forward, back, label):
        self.model, self.forward, self.back, self.label = model, forward, back, label
        self.least = model.least
        self.name = f"{model.name} {label}"

    def _scale(self, values):
        with np.errstate(all="ignore"):
            scaled = np.asarray(self.forward(values), "float64")
        bad = np.flatnonzero(~np.isfinite(scaled))
        if bad.size:
            raise ValueError(
                f"{self.name}: {bad.size} values cannot be transformed, the first at position "
                f"{bad[0]} is {values[bad[0]]}. Use another transformation, or none."
            )
        return scaled

    def _fit(self, train):
        self.model = copy.copy(self.model).fit(self._scale(train))
        self.reach, self.name = self.model.reach, f"{self.model.name} {self.label}"

    def _forecast(self, horizon, history):
        return self.back(self.model._forecast(horizon, self._scale(history)))

    def _rolling(self, values, origins, horizon):
        return self.back(self.model._rolling(self._scale(values), origins, horizon))
