"""The course's data: read from ``data/``, checked, never downloaded unasked."""

import hashlib
import warnings
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"
LATEST_SUNSPOTS = "https://www.sidc.be/SILSO/INFO/snmtotcsv.php"


class DataError(ValueError):
    """The data are not what the lesson needs; the message says what to do about it."""


def data_path(name, folder=DATA):
    """Path of a bundled file, after comparing its sha256 with ``data/SHA256SUMS``.

    Args:
        name: file name inside ``data/``.
        folder: the data folder.

    Raises:
        DataError: the file is unknown, missing, or not the one the course was made with.
    """
    sums = dict(
        reversed(line.split())
        for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    if name not in sums:
        raise DataError(
            f"data/{name} is not a file of this course; it has {sorted(sums)}."
        )
    path = folder / name
    if not path.is_file():
        raise DataError(
            f"data/{name} is missing. Restore it: git checkout -- data/{name}"
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != sums[name]:
        raise DataError(
            f"data/{name} has changed: its sha256 begins {digest[:12]}, expected "
            f"{sums[name][:12]}. Restore it: git checkout -- data/{name}. Your own "
            "series belongs in another file: read it with datasets.read_series(path)."
        )
    return path


def read_series(path, date="date", value="value", freq=None):
    """Read one column of a CSV file as a series with a clean, regular index.

    Args:
        path: CSV file (may be gzip) with a header line.
        date, value: names of the two columns.
        freq: expected pandas frequency, such as ``"MS"`` (month start) or ``"h"``;
            None accepts any dates that are sorted and unique.

    Returns:
        pandas.Series: float64 values indexed by date, in the file's unit. Empty cells
        stay missing (NaN).

    Raises:
        DataError: empty file, absent column, text among the numbers, a date that cannot
            be read, dates unsorted, duplicated or (with ``freq``) with gaps. The message
            names the line of the file.
    """
    try:
        table = pd.read_csv(path, dtype=str, skip_blank_lines=False)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}. Is the path right?") from None
    except pd.errors.EmptyDataError:
        raise DataError(
            f"{path} is empty: it needs a header and one line per date."
        ) from None
    for column in (date, value):
        if column not in table.columns:
            raise DataError(
                f"{path} has no column {column!r}; its columns are {list(table.columns)}. "
                "Name yours: read_series(path, date=..., value=...)."
            )
    if table.empty:
        raise DataError(f"{path} has a header and no values: add one line per date.")

    def first(bad):  # the line of the file, as an editor counts it
        return int(bad.to_numpy().argmax()) + 2

    dates = pd.to_datetime(table[date], errors="coerce", format="ISO8601")
    if dates.isna().any():
        line = first(dates.isna())
        raise DataError(
            f"{path}, line {line}: {table[date][line - 2]!r} is not a date. "
            "Write dates as 1749-01-31."
        )
    numbers = pd.to_numeric(table[value], errors="coerce")
    text = numbers.isna() & table[value].notna()
    if text.any():
        line = first(text)
        raise DataError(
            f"{path}, line {line}: {table[value][line - 2]!r} is not a number. Correct "
            "it, or leave the cell empty if the value is missing."
        )
    if dates.duplicated().any():
        line = first(dates.duplicated())
        raise DataError(
            f"{path}, line {line}: the date {table[date][line - 2]} occurs twice. Keep one "
            "of the two values, or average them."
        )
    back = dates.diff() < pd.Timedelta(0)
    if back.any():
        line = first(back)
        raise DataError(
            f"{path}, line {line}: {table[date][line - 2]} comes after "
            f"{table[date][line - 3]}. Sort the lines by date."
        )
    series = pd.Series(
        numbers.to_numpy(dtype="float64"),
        index=pd.DatetimeIndex(dates, name=date),
        name=value,
    )
    if freq is None:
        return series
    whole = pd.date_range(series.index[0], series.index[-1], freq=freq)
    missing, extra = whole.difference(series.index), series.index.difference(whole)
    if len(extra):
        raise DataError(
            f"{path}: {extra[0]} does not lie on the grid {freq!r} that starts at "
            f"{series.index[0]}. Give the frequency of your series, or freq=None."
        )
    if len(missing):
        raise DataError(
            f"{path}: {len(missing)} dates are missing, the first is {missing[0]:%Y-%m-%d}. "
            f"Add them with an empty value, or resample: series.asfreq({freq!r})."
        )
    series.index.freq = whole.freq
    return series


def load_sunspots(latest=False):
    """Monthly mean sunspot number, 1749-01 to 2013-09: 3177 values, none missing.

    Args:
        latest: ask the publisher (WDC-SILSO, Royal Observatory of Belgium) for the
            current numbers instead. They reach to last month and are on another scale
            (version 2, about 1.4 times as high). Without a network the bundled series
            is returned, with a warning.

    Returns:
        pandas.Series: sunspots per month, indexed by the first day of the month.
    """
    if latest:
        try:
            return _latest_sunspots(LATEST_SUNSPOTS)
        except (OSError, ValueError) as error:
            warnings.warn(
                f"The current sunspot numbers could not be read ({error}). You work with "
                "the bundled series, which ends in September 2013.",
                stacklevel=2,
            )
    return read_series(data_path("sunspots.csv"), value="sunspots", freq="MS")


def _latest_sunspots(address, timeout=10):
    with urlopen(address, timeout=timeout) as answer:
        table = pd.read_csv(answer, sep=";", header=None)
    if table.shape[1] < 4 or len(table) < 3000:
        raise ValueError(f"unexpected table of {table.shape[0]} × {table.shape[1]}")
    dates = pd.to_datetime({"year": table[0], "month": table[1], "day": 1})
    index = pd.DatetimeIndex(dates, name="date", freq="MS")
    return pd.Series(table[3].to_numpy("float64"), index=index, name="sunspots")


def load_air_passengers():
    """International airline passengers, 1949-01 to 1960-12: 144 monthly values.

    Returns:
        pandas.Series: thousand passengers per month, indexed by the first of the month.
    """
    return read_series(data_path("air_passengers.csv"), value="passengers", freq="MS")


def load_weather():
    """Hourly weather of New York JFK through 2013: 8760 hours, some of them empty.

    The clock is Eastern Standard Time all year. ``data/README.md`` lists what is missing
    and why (pressure is missing when the weather turns).

    Returns:
        pandas.DataFrame: one row per hour; temperature and dew_point in °C, humidity in
        %, wind_direction in degrees, wind_speed and wind_gust in m/s, pressure in hPa,
        visibility in km, precipitation in mm. What is missing stays NaN.
    """
    table = pd.read_csv(
        data_path("weather_jfk.csv.gz"), index_col="date", parse_dates=["date"]
    )
    return table.astype("float64").asfreq("h")


def load_glucose():
    """Blood glucose of one person every five minutes, 2010-03-24 to 2010-10-10.

    The dates are those of the device: mostly five minutes apart, with gaps of up to 28
    hours. `utils.series.to_grid` puts them on a regular grid.

    Returns:
        pandas.Series: 52,278 values in mg/dL, indexed by the minute; no frequency.
    """
    return read_series(data_path("glucose.csv.gz"), value="glucose")


def load_words():
    """French headwords of Littré's dictionary (1873), one row per word and meaning.

    Returns:
        pandas.DataFrame: word, pronunciation, part_of_speech, gender (m, f, mf or "").
    """
    return pd.read_csv(data_path("littre_words.csv.gz"), keep_default_na=False)


def load_quotations():
    """Quotations of six French classical authors, as Littré chose them.

    Returns:
        pandas.DataFrame: author, work, verse (alexandrine, mixed or no), place, text;
        " / " stands between two lines of verse.
    """
    return pd.read_csv(data_path("littre_quotations.csv.gz"), keep_default_na=False)


def load_vectors():
    """GloVe vectors of the 10,000 most frequent English words, most frequent first.

    Returns:
        tuple: words (10,000 strings) and vectors (float32, 10,000 × 50).
    """
    with np.load(data_path("glove_50d.npz")) as file:
        return file["words"], file["vectors"].astype("float32")
