"""What a network must beat: classical forecasts behind one small interface.

Every model has ``fit(train)``, which learns from the training series only, and
``forecast(horizon, history=None)``, which forecasts the steps after ``history`` (by
default the training series) with what was learnt, nothing re-estimated.
`rolling` repeats that from one origin after another.
"""

import copy
import math
import warnings
from contextlib import contextmanager

import numpy as np
from statsmodels.tsa.ar_model import AutoReg, ar_select_order
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from utils.windows import check_numbers, check_whole, make_windows


@contextmanager
def _quiet():
    """The library's remarks on starting values and convergence; see ``converged``."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        for category in (UserWarning, RuntimeWarning):
            warnings.simplefilter("ignore", category)
        yield


def _on_scale(scale, values, who):
    """Values on another scale, after checking that all of them have a place there."""
    with np.errstate(all="ignore"):
        scaled = np.asarray(scale(values), "float64")
    bad = np.flatnonzero(~np.isfinite(scaled))
    if bad.size:
        raise ValueError(
            f"{who}: {bad.size} values cannot be transformed, the first at position "
            f"{bad[0]} is {values[bad[0]]}. Use another transformation, or none."
        )
    return scaled


class Baseline:
    """The interface. A model of your own is a subclass with one or more of three hooks.

    - ``learn(train)`` learns from the training series ``(time,)`` and returns nothing; it
      sets ``self.converged = False`` if its search for parameters failed.
    - ``predict(horizon, history)`` returns an array ``(horizon,)``: the steps that follow
      ``history``.
    - ``predict_many(values, origins, horizon)`` returns an array (origins, horizon); the
      row of origin t has seen ``values[:t]`` only.

    `predict` and `predict_many` call each other, so a subclass writes at least one of
    them. The hooks are called with float64 arrays that were checked; `fit`, `forecast`
    and `rolling` stay as they are.
    """

    name = "baseline"
    least = 1  # the shortest series it can be fitted on
    reach = None  # the shortest history it can forecast from; None: as `least`
    dims = (1,)  # axes of the series it takes: (time,)
    converged = True  # False: the search for its parameters failed; do not rank it
    train = None  # what it was fitted on

    def learn(self, train):
        """Hook: learn from the training series; by default there is nothing to learn."""

    def predict(self, horizon, history):
        """Hook: the ``horizon`` values that follow ``history``, as an array (horizon,)."""
        return self.predict_many(history, [len(history)], horizon)[0]

    def predict_many(self, values, origins, horizon):
        """Hook: forecasts from many origins, as an array (origins, horizon)."""
        return np.stack([self.predict(horizon, values[:t]) for t in origins])

    def fit(self, train):
        """Learn from the training series ``(time,)`` and return the model itself.

        Prints one line if the search for the parameters did not converge.

        Raises:
            ValueError: missing values, more than one column, or too few values.
            TypeError: values that are not numbers.
        """
        self._learn_from(train)
        if not self.converged:
            print(
                f"{self.name}: the fit on {len(self.train)} values did not converge; "
                "what it forecasts is no fair rival."
            )
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
        history = self._check(self.train if history is None else history, self._reach)
        return self.predict(int(horizon), history)

    def rolling(self, series, start, horizon=1, step=1, refit=False):
        """Forecast from many origins; each sees the series only up to itself.

        Args:
            series: the whole series ``(time,)``, training part included.
            start: position of the first target; the first origin lies just before it.
                Before the end of the training part the errors are those of a fit.
            horizon: steps forecast from each origin.
            step: steps between two origins.
            refit: learn anew at every origin from all that is known there (the model
                itself keeps what it has learnt); prints at which origins that failed.

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
        values = self._check(series, least)
        if start < least or start + horizon > len(values):
            raise ValueError(
                f"start {start} + horizon {horizon} does not fit: {self.name} needs "
                f"{least} values before it, and the series has {len(values)}. Take a "
                f"start from {least} to {len(values) - horizon}, or a shorter horizon."
            )
        origins = range(start, len(values) - horizon + 1, step)
        if not refit:
            return self.predict_many(values, origins, horizon)
        fits = [copy.copy(self)._learn_from(values[:origin]) for origin in origins]
        failed = [t for t, fit in zip(origins, fits, strict=True) if not fit.converged]
        if failed:
            print(
                f"{self.name}: {len(failed)} of {len(fits)} fits did not converge (at "
                f"{', '.join(map(str, failed[:6]))}{' …' if failed[6:] else ''})."
            )
        return np.stack([fit.forecast(horizon) for fit in fits])

    @property
    def _reach(self):
        return self.least if self.reach is None else self.reach

    def _check(self, series, least):
        what = f"The series given to {self.name}"
        return check_numbers(what, series, self.dims, least).astype("float64")

    def _check_fitted(self):
        if self.train is None:
            raise ValueError(f"{self.name} is not fitted: call fit(train) first.")

    def _learn_from(self, train):
        values = self._check(train, self.least)
        self.learn(values)
        self.train = values  # a copy: what the caller does to his array is not ours
        return self


class Persistence(Baseline):
    """The next values equal the last one known."""

    name = "persistence"

    def predict(self, horizon, history):
        """Hook: the last value, again and again."""
        return np.repeat(history[-1], horizon)


class Drift(Baseline):
    """The straight line through the first and the last value known goes on."""

    name, least = "drift", 2

    def predict(self, horizon, history):
        """Hook: the line, continued."""
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

    def predict(self, horizon, history):
        """Hook: the last season, repeated."""
        values = np.resize(history[-self.season :], horizon)
        if not self.growth:
            return values
        last, before = history[-1], history[-1 - self.season]
        if min(last, before) <= 0:
            raise ValueError(
                f"Growth is a ratio and needs positive values; the last value is {last} and "
                f"the one a season before it {before}. Use growth=False."
            )
        return values * (last / before) ** (1 + np.arange(horizon) // self.season)


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

    def learn(self, train):
        """Hook: choose the order, then its weights by least squares."""
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

    def predict_many(self, values, origins, horizon):
        """Hook: one step after the other, each from those before it."""
        lags = np.stack([values[t - self.order : t] for t in origins])  # oldest first
        known = np.concatenate([lags, np.empty((len(lags), horizon))], axis=1)
        for t in range(self.order, self.order + horizon):
            latest_first = known[:, t - self.order : t][:, ::-1]
            known[:, t] = self.constant + latest_first @ self.weights
        return known[:, self.order :]


class LinearWindow(Baseline):
    """The linear rival that sees what a network sees: ridge regression on its windows.

    One linear equation for each step ahead (direct), on every value of the window. How
    strongly the weights are pulled towards 0 is chosen on validation, as a network's
    settings are: the strength with the smallest squared error there.

    Source: Hoerl & Kennard (1970), "Ridge regression", on standardised inputs.

    Args:
        window: time steps that it sees.
        horizon: steps ahead that it learns; it forecasts up to so many.
        target: the feature to forecast (a column number), when there are several.

    After fitting, ``strength`` is the chosen one, ``weights`` (window · features, horizon)
    and ``constant`` (horizon,) are those of the standardised inputs.
    """

    dims = (1, 2)  # (time,) or (time, features)
    strengths = np.logspace(-6, 1, 15)

    def __init__(self, window, horizon=1, target=0):
        check_whole("window", window)
        check_whole("horizon", horizon)
        self.window, self.horizon, self.target = window, horizon, target
        self.name, self.reach = f"linear window of {window}", window
        sample = window + horizon + 1
        self.least = max(sample + horizon, math.ceil(sample / 0.9) + 1)
        self.validation = None

    def fit(self, train, validation=None):
        """Learn from the training series and return the model itself.

        Args:
            train: ``(time,)`` or ``(time, features)``.
            validation: the values that follow, on which the strength is chosen; the weights
                come from ``train`` alone. None: the last tenth of ``train`` chooses, then
                all of it is used.

        Raises:
            ValueError: missing values, or too few; the message names the numbers.
            TypeError: values that are not numbers.
        """
        self.validation = validation
        return super().fit(train)

    def learn(self, train):
        """Hook: choose the strength, then learn the weights."""
        cut, later = len(train), self.validation
        if later is None:
            cut -= max(self.horizon, len(train) // 10)
            later = train[cut:]
        known = np.concatenate([train[:cut], self._check(later, self.horizon)])
        self.fit_windows(*self._windows(train[:cut]), *self._windows(known, cut))
        if self.validation is None:
            self._solve(*self._windows(train), [self.strength])

    def fit_windows(self, inputs, targets, val_inputs, val_targets):
        """Learn from windows that were cut already, such as those of a network.

        Args:
            inputs: (batch, window, features).
            targets: (batch, horizon).
            val_inputs, val_targets: windows on which the strength is chosen.

        Returns:
            LinearWindow: the model itself.
        """
        wanted = check_numbers("val_targets", val_targets, (2,))
        fits = self._solve(inputs, targets, self.strengths)
        errors = [np.mean((self._apply(val_inputs, f) - wanted) ** 2) for f in fits]
        best = int(np.argmin(errors))
        self.strength, (self.constant, self.weights) = self.strengths[best], fits[best]
        return self

    def predict_windows(self, inputs):
        """Forecast from windows (batch, window, features) → (batch, horizon)."""
        return self._apply(inputs, (self.constant, self.weights))

    def predict_many(self, values, origins, horizon):
        """Hook: one window for each origin."""
        if horizon > self.horizon:
            raise ValueError(
                f"horizon is {horizon}; this model has learnt {self.horizon} steps. Make "
                f"it with LinearWindow({self.window}, horizon={horizon})."
            )
        windows = np.stack([values[t - self.window : t] for t in origins])
        return self.predict_windows(windows)[:, :horizon]

    def _windows(self, values, start=None):
        return make_windows(values, self.window, self.horizon, 1, self.target, start)

    def _flat(self, inputs):
        inputs = check_numbers("The windows", inputs, (2, 3)).astype("float64")
        return inputs.reshape(len(inputs), -1)

    def _solve(self, inputs, targets, strengths):  # a (constant, weights) for each
        rows = self._flat(inputs)
        targets = check_numbers("targets", targets, (2,)).astype("float64")
        self.centre, self.width = rows.mean(axis=0), rows.std(axis=0)
        self.width[self.width == 0] = 1.0
        rows, constant = (rows - self.centre) / self.width, targets.mean(axis=0)
        values, basis = np.linalg.eigh(rows.T @ rows / len(rows))
        shares = basis.T @ (rows.T @ (targets - constant)) / len(rows)
        fits = [(constant, basis @ (shares / (values + s)[:, None])) for s in strengths]
        self.constant, self.weights = fits[-1]
        return fits

    def _apply(self, inputs, fit):
        rows = self._flat(inputs)
        if rows.shape[1] != len(self.centre):
            raise ValueError(
                f"The windows have {rows.shape[1]} values each; this model has learnt from "
                f"{len(self.centre)} (window × features)."
            )
        return fit[0] + (rows - self.centre) / self.width @ fit[1]


class HoltWinters(Baseline):
    """Exponential smoothing with trend and season; smoothing weights from training.

    Source: statsmodels ``ExponentialSmoothing`` (Holt 1957, Winters 1960). At a later
    origin the level, trend and season are carried on with the same smoothing weights,
    from the first training value: every history must begin there.

    Args:
        season: length of the season in time steps, or None for no season.
        trend, seasonal: ``"add"``, ``"mul"`` or None, as in statsmodels.
        damped: the trend fades with every step ahead (Gardner & McKenzie 1985).
    """

    name = "Holt-Winters"

    def __init__(self, season=12, trend="add", seasonal="mul", damped=False):
        if season is not None:
            check_whole("season", season)
        if season == 1:
            raise ValueError("season is 1; it must be at least 2, or None for none.")
        for name, kind in (("trend", trend), ("seasonal", seasonal)):
            if kind not in ("add", "mul", None):
                raise ValueError(f'{name} is {kind!r}; use "add", "mul" or None.')
        self.season, self.trend, self.damped = season, trend, damped
        self.seasonal = seasonal if season else None
        self.least = max(2 * season, 10) if self.seasonal else 10
        self.kind = {"trend": trend, "seasonal": self.seasonal, "damped_trend": damped}
        self.kind["seasonal_periods"] = season if self.seasonal else None

    def learn(self, train):
        """Hook: smoothing weights and first states, by statsmodels."""
        if "mul" in (self.trend, self.seasonal) and train.min() <= 0:
            raise ValueError(
                "A multiplicative Holt-Winters needs positive values; the smallest is "
                f'{train.min()}. Use trend="add", seasonal="add".'
            )
        model = ExponentialSmoothing(train, **self.kind)
        with _quiet():
            self.result = model.fit()
        self.params = self.result.params
        self.fading = self.params["damping_trend"] if self.damped else 1.0
        self.converged = bool(self.result.mle_retvals.success)

    def predict_many(self, values, origins, horizon):
        """Hook: one pass of smoothing, then the path from each origin."""
        known = min(len(values), len(self.train))
        if not np.array_equal(values[:known], self.train[:known]):
            raise ValueError(
                "Holt-Winters carries its state on from the first training value "
                f"({self.train[0]}), and this history (first value {values[0]}) differs "
                "from the training series. Give the series from its beginning, or fit again."
            )
        states = self._states(values[: origins[-1]])
        last = np.asarray(origins)[:, None] - 1  # (origins, 1)
        path, ahead = states.level[last], np.arange(1, horizon + 1)  # (horizon,)
        times = np.cumsum(self.fading**ahead)  # how often a trend is added: 1, 2, 3 …
        if self.trend == "add":
            path = path + states.trend[last] * times
        elif self.trend == "mul":
            path = path * states.trend[last] ** times
        if self.seasonal:
            ago = self.season - 1 - (ahead - 1) % self.season
            season = states.season[last - ago]
            path = path + season if self.seasonal == "add" else path * season
        return np.broadcast_to(path, (len(last), horizon)).copy()

    def _states(self, values):  # level, trend and season after each value
        given = self.params | {"initial_seasonal": self.params["initial_seasons"]}
        parts = ["level", *(x for x in ("trend", "seasonal") if self.kind[x])]
        start = {f"initial_{x}": given[f"initial_{x}"] for x in parts}
        weights = {f"smoothing_{x}": given[f"smoothing_{x}"] for x in parts}
        weights |= {"damping_trend": self.fading} if self.damped else {}
        start |= {"initialization_method": "known"}
        with _quiet():
            model = ExponentialSmoothing(values, **start, **self.kind)
            return model.fit(optimized=False, **weights)


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
        self.reach = max(d + D * season, 1)  # values that differencing takes
        weights = p + q + P + Q + 1
        self.least = d + D * season + max(p + P * season, q + Q * season) + weights

    def _scale(self, values):
        who = f"{self.name} on logs (they need positive values; log=False has none)"
        return _on_scale(np.log, values, who) if self.log else values

    def learn(self, train):
        """Hook: maximum likelihood, by statsmodels."""
        model = SARIMAX(self._scale(train), None, self.order, self.seasonal_order)
        with _quiet():
            self.result = model.fit(disp=False)
        self.converged = bool(self.result.mle_retvals["converged"])

    def predict_many(self, values, origins, horizon):
        """Hook: one pass of the Kalman filter, then the path from each origin."""
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
        return _on_scale(self.forward, values, self.name)

    def learn(self, train):
        """Hook: the model learns from transformed values."""
        self.model = copy.copy(self.model)._learn_from(self._scale(train))
        self.converged = self.model.converged
        self.reach, self.name = self.model.reach, f"{self.model.name} {self.label}"

    def predict_many(self, values, origins, horizon):
        """Hook: its forecasts, transformed back."""
        return self.back(self.model.predict_many(self._scale(values), origins, horizon))
