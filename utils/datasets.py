"""The course's data: read from ``data/``, checked, never downloaded."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"


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
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums, path = dict(reversed(line.split()) for line in lines), folder / name
    if name not in sums:
        raise DataError(
            f"data/{name} is no file of this course; it has {sorted(sums)}."
        )
    again = (
        "Take it again from where you got the course (a clone: git checkout -- data)"
    )
    if not path.is_file():
        raise DataError(f"data/{name} is missing. {again}.")
    content = path.read_bytes()
    contents = content, content.replace(b"\r\n", b"\n")
    digest, mended = (hashlib.sha256(content).hexdigest() for content in contents)
    if digest == sums[name]:
        return path
    if mended == sums[name]:
        raise DataError(
            f"data/{name} has got Windows line ends, from git or from an editor; its values "
            "are right. Run this line, here or in any Python, and go on:\n"
            f"from pathlib import Path; [p.write_bytes(p.read_bytes().replace(b'\\r\\n', "
            f"b'\\n')) for p in Path({str(folder)!r}).glob('*.csv')]"
        )
    raise DataError(
        f"data/{name} has changed: its sha256 begins {digest[:12]}, expected "
        f"{sums[name][:12]}. {again}. Your own series belongs in another file: lesson 29."
    )


def _read(name):
    return pd.read_csv(data_path(name), parse_dates=["date"], index_col="date")


def load_sunspots():
    """Monthly mean of the daily sunspot number, 1749-01 to 2013-09: 3177 values.

    Returns:
        pandas.Series: without unit, on the publisher's old scale (version 1; today's
        numbers are about 1.4 times as high), indexed by the first day of the month.
    """
    return _read("sunspots.csv").asfreq("MS")["sunspots"]


def load_air_passengers():
    """International airline passengers, 1949-01 to 1960-12: 144 monthly values.

    Returns:
        pandas.Series: thousand passengers per month, indexed by the first of the month.
    """
    return _read("air_passengers.csv").asfreq("MS")["passengers"].astype("float64")


def load_weather():
    """Hourly weather of New York JFK through 2013: 8760 hours, some of them empty.

    The clock is Eastern Standard Time all year. ``data/README.md`` lists what is missing
    and why (pressure is missing when the weather turns).

    Returns:
        pandas.DataFrame: one row per hour; temperature and dew_point in °C, humidity in
        %, wind_direction in degrees, wind_speed and wind_gust in m/s, pressure in hPa,
        visibility in km, precipitation in mm. What is missing stays NaN.
    """
    return _read("weather_jfk.csv.gz").astype("float64").asfreq("h")


def load_glucose():
    """Blood glucose of one person every five minutes, 2010-03-24 to 2010-10-10.

    The dates are those of the device: mostly five minutes apart, with gaps of up to 28
    hours. `utils.grid.to_grid` puts them on a regular grid.

    Returns:
        pandas.Series: 52,278 values in mg/dL, indexed by the minute; no frequency.
    """
    return _read("glucose.csv.gz")["glucose"].astype("float64")


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
