"""What a network must beat: classical forecasts behind one small interface.

Every model has ``fit(train)``, which learns from the training series only, and
``forecast(horizon, history=None)``, which forecasts the steps after ``history`` (by
default the training series) with what was learnt, nothing re-estimated.
`rolling` repeats that from one origin after another.
"""

import warnings

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.ar_model import AutoReg, ar_select_order
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX


def _values(series, least, who):
    values = np.asarray(series, "float64")
    if values.ndim != 1:
        raise ValueError(
            f"{who} forecasts one series (time,); it got shape {values.shape}."
        )
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise ValueError(
            f"{who} cannot use missing values: there are {bad.size}, the first at position "
            f"{bad[0]}. Fill or cut them first."
        )
    if len(values) < least:
        raise ValueError(
            f"{who} needs at least {least} values; the series has {len(values)}."
        )
    return values


class Baseline:
    """The interface. A subclass sets ``name`` and ``least`` and writes two methods."""

    name = "baseline"
    least = 1  # the shortest history it can work with

    def fit(self, train):
        """Learn from the training series ``(time,)`` and return the model itself."""
        self.train = _values(train, self.least, self.name)
        self._fit(self.train)
        return self

    def forecast(self, horizon=1, history=None):
        """Forecast the ``horizon`` steps that follow ``history``.

        Args:
            horizon: number of steps, at least 1.
            history: everything known at the origin ``(time,)``; None: the training series.

        Returns:
            numpy.ndarray: (horizon,), in the unit of the series.

        Raises:
            ValueError: not fitted, a horizon below 1, or a history that is too short.
        """
        if not hasattr(self, "train"):
            raise ValueError(f"{self.name} is not fitted: call fit(train) first.")
        if horizon < 1:
            raise ValueError(f"horizon is {horizon}; it must be at least 1.")
        if history is None:
            history = self.train
        return self._forecast(int(horizon), _values(history, self.least, self.name))

    def rolling(self, series, start, horizon=1, step=1):
        """Forecast from many origins; each sees the series only up to itself.

        Args:
            series: the whole series ``(time,)``, training part included.
            start: position of the first target; the first origin lies just before it.
            horizon: steps forecast from each origin.
            step: steps between two origins.

        Returns:
            numpy.ndarray: (origins, horizon).

        Raises:
            ValueError: no room for a single forecast after ``start``.
        """
        values = _values(series, self.least, self.name)
        if start < self.least or start + horizon > len(values):
            raise ValueError(
                f"start {start} + horizon {horizon} does not fit: {self.name} needs "
                f"{self.least} values before it, and the series has {len(values)}."
            )
        origins = range(start, len(values) - horizon + 1, step)
        return self._rolling(values, origins, horizon)

    def _fit(self, train):
        pass

    def _rolling(self, values, origins, horizon):
        return np.stack([self.forecast(horizon, values[:origin]) for origin in origins])


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
                f"{history[-1]} and the one a season before it {history[-1 - self.season]}."
            )
        rate = history[-1] / history[-1 - self.season]
        return values * rate ** (1 + np.arange(horizon) // self.season)


class AR(Baseline):
    """Linear autoregression; the order minimises BIC on the training series.

    Source: statsmodels ``ar_select_order`` and ``AutoReg``.

    Args:
        max_lag: largest order tried.
        lag: use this order and do not choose.
    """

    def __init__(self, max_lag=36, lag=None):
        self.max_lag, self.lag = max_lag, lag
        self.least = (lag or 1) + 2
        self.name = "AR"

    def _fit(self, train):
        lag = self.lag
        if lag is None:
            room = min(self.max_lag, (len(train) - 2) // 3)
            if room < 1:
                raise ValueError(
                    f"AR cannot choose an order from {len(train)} values; it needs 5 or more."
                )
            lags = ar_select_order(train, room, ic="bic").ar_lags
            lag = 0 if lags is None else max(lags)
        result = AutoReg(train, lag).fit()
        self.order, self.least = lag, max(lag, 1)
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
    origin the level, trend and season are carried on with the same smoothing weights.

    Args:
        season: length of the season in time steps, or None for no season.
        trend, seasonal: ``"add"``, ``"mul"`` or None, as in statsmodels.
    """

    name = "Holt-Winters"

    def __init__(self, season=12, trend="add", seasonal="mul"):
        self.season, self.trend = season, trend
        self.seasonal = seasonal if season else None
        self.least = 2 * season if season else 10

    def _model(self, values):
        if "mul" in (self.trend, self.seasonal) and values.min() <= 0:
            raise ValueError(
                f"A multiplicative Holt-Winters needs positive values; the smallest is "
                f'{values.min()}. Use trend="add", seasonal="add".'
            )
        return ExponentialSmoothing(
            values,
            trend=self.trend,
            seasonal=self.seasonal,
            seasonal_periods=self.season if self.seasonal else None,
            initialization_method="estimated",
        )

    def _fit(self, train):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.result = self._model(train).fit()

    def _forecast(self, horizon, history):
        params = self.result.params
        start = {"initial_level": params["initial_level"]}
        if self.trend:
            start["initial_trend"] = params["initial_trend"]
        if self.seasonal:
            start["initial_seasonal"] = params["initial_seasons"]
        model = ExponentialSmoothing(
            history,
            trend=self.trend,
            seasonal=self.seasonal,
            seasonal_periods=self.season if self.seasonal else None,
            initialization_method="known",
            **start,
        )
        fixed = {
            name: params[name]
            for name in ("smoothing_level", "smoothing_trend", "smoothing_seasonal")
            if np.isfinite(params.get(name, np.nan))
        }
        return np.asarray(model.fit(optimized=False, **fixed).forecast(horizon))


class SARIMA(Baseline):
    """Seasonal ARIMA; the default is the "airline model" of Box and Jenkins.

    Source: statsmodels ``SARIMAX``.

    Args:
        order: (p, d, q).
        seasonal_order: (P, D, Q, season).
        log: model logarithms (needs positive values).
    """

    name = "SARIMA"

    def __init__(self, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), log=True):
        self.order, self.seasonal_order, self.log = order, seasonal_order, log
        season = seasonal_order[3]
        self.least = order[1] + seasonal_order[1] * season + season + 2

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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.result = model.fit(disp=False)

    def _forecast(self, horizon, history):
        path = self.result.apply(self._scale(history)).forecast(horizon)
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

    def _fit(self, train):
        self.model.fit(self.forward(train))
        self.least, self.name = self.model.least, f"{self.model.name} {self.label}"

    def _forecast(self, horizon, history):
        return self.back(self.model.forecast(horizon, self.forward(history)))

    def _rolling(self, values, origins, horizon):
        return self.back(self.model._rolling(self.forward(values), origins, horizon))
