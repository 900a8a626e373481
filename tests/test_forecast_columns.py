"""Which columns make the date, which is the value, and which tell several series apart."""

import numpy as np
import pandas as pd
import pytest

from forecast.read import Faulty, read_own
from utils.datasets import DataError

N = 96
VALUES = np.round(50 + 9 * np.sin(np.arange(N) * np.pi / 6) + np.arange(N) % 7 / 10, 1)


def steps(first, freq):
    return pd.date_range(first, periods=N, freq=freq)


MONTHS, DAYS, HOURS = (
    steps("2015-01-01", "MS"),
    steps("2021-01-30", "D"),
    steps("2024-01-30", "h"),
)
QUARTERS, WEEKS = steps("1990-01-01", "QS"), steps("2018-01-01", "7D")
AT_WORK = dict(zip(steps("2015-01-01", "B"), VALUES, strict=True))
HALVES, MINUTES = steps("2024-01-30", "30min"), steps("2024-01-30 22:00", "15min")
ROMAN = ["I", "II", "III", "IV"]
HEADLINE = {  # each year or date but once
    k: t.year if k == 0 or t.year != MONTHS[k - 1].year else ""
    for k, t in enumerate(MONTHS)
}


def lines(index, head, line):
    """A file: its names, and a line for each date, of the date, its value and its number."""
    body = [line(t, v, k) for k, (t, v) in enumerate(zip(index, VALUES, strict=True))]
    return "\n".join([head, *body] if head else body)


#: Name: dates, text. Nothing must be asked.
READ = {
    "a date beside its year and month": (DAYS, lines(
        DAYS, "Date,Year,Month,Sales", lambda t, v, k: f"{t.date()},{t.year},{t.month},{v}")),
    "year and month in front of a date": (DAYS, lines(
        DAYS, "Year,Month,Date,Sales", lambda t, v, k: f"{t.year},{t:%B},{t.date()},{v}")),
    "a time beside its parts": (MINUTES, lines(
        MINUTES, "datetime,year,month,day,hour,v",
        lambda t, v, k: f"{t},{t.year},{t.month},{t.day},{t.hour},{v}")),
    "month ends beside year and month": (steps("2015-01-31", "ME"), lines(
        steps("2015-01-31", "ME"), "Month End,Year,Month,v",
        lambda t, v, k: f"{t.date()},{t.year},{t.month},{v}")),
    "weeks of another count": (WEEKS + pd.Timedelta("6D"), lines(
        WEEKS + pd.Timedelta("6D"), "Year,Week,Week Ending,v",
        lambda t, v, k: f"{t.year},{(t.day_of_year - 1) // 7 + 1},{t:%m/%d/%Y},{v}")),
    "quarters of a date": (DAYS, lines(
        DAYS, "Date,Year,Quarter,v", lambda t, v, k: f"{t.date()},{t.year},{t.quarter},{v}")),
    "settlement periods": (HALVES, lines(
        HALVES, "SETTLEMENT_DATE,SETTLEMENT_PERIOD,ND",
        lambda t, v, k: f"{t:%d-%b-%Y},{2 * t.hour + t.minute // 30 + 1},{v}")),
    "short names": (DAYS, lines(
        DAYS, "YEAR,MO,DY,T2M", lambda t, v, k: f"{t.year},{t.month},{t.day},{v}")),
    "short names of hours": (HOURS, lines(
        HOURS, "YEAR,MO,DY,HR,T2M", lambda t, v, k: f"{t.year},{t.month},{t.day},{t.hour},{v}")),
    "names that end so": (DAYS, lines(
        DAYS, "iyear;imonth;iday;v", lambda t, v, k: f"{t.year};{t.month};{t.day};{v}")),
    "German weeks": (WEEKS, lines(
        WEEKS, "Meldejahr;Meldewoche;v",
        lambda t, v, k: f"{t.isocalendar()[0]};{t.week};{v}")),
    "Portuguese months": (MONTHS, lines(
        MONTHS, "Ano;Mês;Valor", lambda t, v, k: f"{t.year};{t.month};{v}")),
    "Polish months": (MONTHS, lines(
        MONTHS, "Rok;Miesiac;v", lambda t, v, k: f"{t.year};{t.month};{v}")),
    "Roman quarters": (QUARTERS, lines(
        QUARTERS, "Año;Trimestre;v", lambda t, v, k: f"{t.year};{ROMAN[t.quarter - 1]};{v}")),
    "days called date": (DAYS, lines(
        DAYS, "Year,Month,Date,v", lambda t, v, k: f"{t.year},{t.month},{t.day},{v}")),
    "days of the year": (DAYS, lines(
        DAYS, "YEAR,DOY,v", lambda t, v, k: f"{t.year},{t.day_of_year},{v}")),
    "minutes": (MINUTES, lines(
        MINUTES, "year,month,day,hour,minute,v",
        lambda t, v, k: f"{t.year},{t.month},{t.day},{t.hour},{t.minute},{v}")),
    "hhmm": (HALVES, lines(
        HALVES, "date,hhmm,v", lambda t, v, k: f"{t:%Y%m%d},{100 * t.hour + t.minute},{v}")),
    "points in times": (HOURS, lines(
        HOURS, "Date;Time;v", lambda t, v, k: f"{t:%d/%m/%Y};{t:%H.%M.%S};{v}")),
    "hours without names": (HOURS, lines(
        HOURS, "", lambda t, v, k: f"{t.date()},{t.hour},{v}")),
    "parts without names": (HOURS, lines(
        HOURS, "", lambda t, v, k: f"{t:%Y %m %d %H} {v}")),
    "the day in front": (DAYS, lines(
        DAYS, "", lambda t, v, k: f"{t.day},{t.month},{t.year},{v}")),
    "hours to 24:00": (HOURS, lines(
        HOURS, "Delivery Date,Hour Ending,v",
        lambda t, v, k: f"{t:%m/%d/%Y},{t.hour + 1:02d}:00,{v}")),
    "years once": (MONTHS, lines(
        MONTHS, "Jahr;Monat;v", lambda t, v, k: f"{HEADLINE[k]};{t:%B};{v}")),
    "years once, without names": (MONTHS, lines(
        MONTHS, "", lambda t, v, k: f"{HEADLINE[k]};{t:%B};{v}")),
    "an update that is always the same": (MONTHS, lines(
        MONTHS, "LAST UPDATE,TIME_PERIOD,OBS_VALUE", lambda t, v, k: f"2024-03-01,{t:%Y-%m},{v}")),
    "month end and month": (steps("2015-01-31", "ME"), lines(
        steps("2015-01-31", "ME"), "DATE,TIME PERIOD,v",
        lambda t, v, k: f"{t.date()},{t:%Y%b},{v}")),
    "constants and codes": (MONTHS, lines(
        MONTHS, "REF_DATE,UOM_ID,SCALAR_ID,VALUE,DECIMALS",
        lambda t, v, k: f"{t:%Y-%m},17,0,{v},1")),
    "a number for each line": (MONTHS, lines(
        MONTHS, "No,date,v", lambda t, v, k: f"{k + 1},{t.date()},{v}")),
    "numbers with gaps": (MONTHS, lines(
        MONTHS, "created_at,entry_id,field1", lambda t, v, k: f"{t.date()},{k + k // 9},{v}")),
    "ends, and the year": (MONTHS, lines(
        MONTHS, "TIMESTAMP_START,TIMESTAMP_END,Year,YearMonth,NEE",
        lambda t, v, k: f"{t:%Y%m%d},{t + pd.offsets.MonthEnd():%Y%m%d},{t.year},{t:%Y%m},{v}")),
    "days of the week": (DAYS, lines(
        DAYS, "Date,DayOfWeek,Sales", lambda t, v, k: f"{t.date()},{t.day_of_week + 1},{v}")),
    "words with numbers": (DAYS, lines(
        DAYS, "Date,Payee,Amount", lambda t, v, k: f"{t.date()},Shop {k % 5},{v}")),
    "days of astronomers": (steps("2021-01-01", "D"), lines(
        steps("2021-01-01", "D"), "MJD,flux", lambda t, v, k: f"{59215 + k},{v}")),
    "one number in an empty column": (DAYS, lines(
        DAYS, "date,v,x", lambda t, v, k: f"{t.date()},{v},{3 if k == 5 else ''}")),
    "weekends without a value": (steps("2015-01-01", "B"), "\n".join(["date;v", *(
        f"{t.date()};{'.' if (v := AT_WORK.get(t)) is None else v}"
        for t in pd.date_range("2015-01-01", steps("2015-01-01", "B")[-1]))])),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_the_file_itself_says_which_columns_make_the_date(name, tmp_path):
    dates, text = READ[name]
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    series, report = read_own(tmp_path / "own.csv")
    np.testing.assert_allclose(series, VALUES)
    assert list(series.index) == list(dates) and not report.repairs


FISCAL = [t + pd.DateOffset(months=6) for t in MONTHS]
THIRTEEN = "\n".join(["Year,Period,v", *(
    f"{2010 + k // 13},{k % 13 + 1},{v}" for k, v in enumerate(VALUES))])  # fmt: skip


def panel(index, names, kinds, head):
    """A table with a line for each date and each of ``kinds``."""
    rows = [
        f"{t},{kind},{v + k}"
        for t, v in zip(index, VALUES, strict=True)
        for k, kind in enumerate(kinds)
    ]
    return "\n".join([f"{names},{head}", *rows])


SHOPS = panel(DAYS.date, "date", ("n", "s"), "v").replace("date,", "date,shop,", 1)
TWICE = SHOPS + f"\n{DAYS[-1].date()},s,{VALUES[-1] + 1}"

#: Name: text, words of the refusal, options that settle it, values (None: only a series).
ASKED = {
    "a date and other months": (
        lines(MONTHS, "Date,Year,Period,v",
              lambda t, v, k: f"{t.date()},{FISCAL[k].year},{FISCAL[k].month},{v}"),
        ["two dates that differ: in line 2 'Date' is '2015-01-01'", '--date "Date" or',
         '--date "Year+Period"'],
        {"date": "Date"}, VALUES),
    "thirteen periods": (
        THIRTEEN, ["'Period' runs from 1 to 13", "first 13 in line 14", '"number"',
                   '--date "Year+Period"'],
        {"repair": "number"}, VALUES),
    "thirteen periods, the last a sum": (
        THIRTEEN, ["no months"], {"date": "Year+Period", "repair": "dates", "least": 50},
        np.delete(VALUES, range(12, N, 13))),
    "numbered shops": (
        panel(DAYS.date, "date", range(1, 25), "sales").replace("date,", "date,store,", 1),
        ["24 series in one file: 'store'", '--only "store=1"'], {"only": "store=1"}, VALUES),
    "numbered stations of a year": (
        panel(steps("1900-01-01", "YS").year, "Year", range(1, 13), "v")
        .replace("Year,", "Year,station,", 1),
        ["12 series in one file: 'station'", '--only "station=1"'],
        {"only": "station=1"}, VALUES),
    "four regions": (
        panel(steps("1900-01-01", "YS").year, "Year", range(1, 5), "v")
        .replace("Year,", "Year,Region,", 1),
        ["4 series in one file: 'Region'"], {"only": "Region=1"}, VALUES),
    "shops with a word": (
        panel(DAYS.date, "date", ("Shop 1", "Shop 2"), "v").replace("date,", "date,place,", 1),
        ["2 series in one file: 'place'"], {"only": "place=Shop 1"}, VALUES),
    "a part under another name": (
        lines(HOURS, "date,x,v", lambda t, v, k: f"{t.date()},{t.hour + 1},{v}"),
        ["24 series in one file", '--date "date+x"'], {"date": "date+x"}, VALUES),
    "two columns of values": (
        lines(DAYS, "STATION_ID,Year,date,DayOfWeek,low,high",
              lambda t, v, k: f"44,{t.year},{t.date()},{t.day_of_week},{v},{v + k % 3}"),
        ["['low', 'high']", '--value "low"'], {"value": "low"}, VALUES),
    "a count that may be the value": (
        lines(DAYS, "date,customers,sales", lambda t, v, k: f"{t.date()},{k},{v}"),
        ["['sales', 'customers']"], {"value": "sales"}, VALUES),
    "codes are named last": (
        lines(DAYS, "quality code,date,v,w",
              lambda t, v, k: f"{k % 4},{t.date()},{v},{v + k % 3}"),
        ["['v', 'w', 'quality code']", '--value "v"'], {"value": "v"}, VALUES),
    "two dates": (
        lines(DAYS, "Ship Date,Order Date,v",
              lambda t, v, k: f"{(t + pd.Timedelta(days=k * 7 % 5)).date()},{t.date()},{v}"),
        ["several columns of dates", '--date "'], {"date": "Order Date"}, VALUES),
    "the reading of a meter": (
        lines(DAYS, "Kilometerstand,v", lambda t, v, k: f"{45000 + 7 * k + k % 3},{v}"),
        ["no column of dates", '"number"', '--value "v"'],
        {"repair": "number", "value": "v"}, VALUES),
    "invoices": (
        lines(DAYS, "No,Amount", lambda t, v, k: f"{2001 + k},{v}"),
        ["no column of dates", '"number"'], {"repair": "number"}, VALUES),
    "forecasts behind what was measured": (
        lines(DAYS, "date,type,v",
              lambda t, v, k: f"{t.date()},{'Actual' if k < 80 else 'Forecast'},{v}"),
        ["'type' tells lines apart: 'Actual' 80 times", "first 'Forecast' in line 82",
         '--only "type=Actual"', '"keep"'], {"only": "type=Actual"}, VALUES[:80]),
    "two units": (
        lines(DAYS, "date,unit,v", lambda t, v, k: f"{t.date()},{'t' if k < 60 else 'kg'},{v}"),
        ["'t' 60 times, 'kg' 36 times", '--only "unit=kg"'], {"repair": "keep"}, VALUES),
    "two currencies": (
        lines(DAYS, "date,in,v", lambda t, v, k: f"{t.date()},{'USD' if k < 20 else 'EUR'},{v}"),
        ["'EUR' 76 times", '--only "in=USD"'], {"only": "in=EUR"}, VALUES[20:]),
    "debit and credit": (
        lines(DAYS, "date,S/H,v", lambda t, v, k: f"{t.date()},{'HS'[k < 70]},{v}"),
        ["'S' 70 times, 'H' 26 times", '--only "S/H=S"'], {"only": "S/H=S"}, VALUES[:70]),
    "two shops and a line that stands twice": (
        TWICE, ["2 series in one file: 'shop'", '--only "shop=n"', "1 date twice in one series",
                '"once"'], {"repair": "sum once"}, 2 * VALUES + 1),
    "two shops, the one with a line twice": (
        TWICE, ["first in line 194"], {"only": "shop=s", "repair": "once"}, VALUES + 1),
    "observers by turns, one date twice": (
        lines(DAYS, "date,observer,v", lambda t, v, k: f"{t.date()},{'AB'[k % 2]},{v}")
        + f"\n{DAYS[-1].date()},A,{VALUES[-1]}",
        ["occurs again once with the same value"], {"repair": "once"}, VALUES),
    "hundreds of shops": (
        panel(DAYS.date, "date", range(1, 151), "v").replace("date,", "date,store,", 1),
        ["150 series in one file: 'store'"], {"only": "store=2"}, VALUES + 1),
    "a name with =": (
        panel(DAYS.date, "date", ("p", "q"), "v").replace("date,", "date,a=b,", 1),
        ['--only "a=b=p"'], {"only": "a=b=q"}, VALUES + 1),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_the_file_leaves_open_is_asked_with_options_that_work(name, tmp_path):
    text, words, options, values = ASKED[name]
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_own(tmp_path / "own.csv")
    assert all(word in str(error.value) for word in words), str(error.value)
    series, _ = read_own(tmp_path / "own.csv", **options)
    np.testing.assert_allclose(series, values)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_day_of_25_hours_is_kept(size, tmp_path):
    local = pd.date_range(
        "2024-10-25", "2024-10-29", freq=f"{60 // size}min", tz="Europe/London"
    )[:-1]
    count = pd.Series(local.date).groupby(local.date).cumcount() + 1
    text = ["date,period,v"]
    for k, t in enumerate(local):
        text.append(f"{t.date()},{count[k]},{k % 31 + k % 7}")
    (tmp_path / "own.csv").write_text("\n".join(text))
    with pytest.raises(Faulty, match='"clock"'):
        read_own(tmp_path / "own.csv")
    series, _ = read_own(tmp_path / "own.csv", repair="clock")
    assert series.to_list() == [k % 31 + k % 7 for k in range(len(local))]


def test_what_was_passed_over_is_said(tmp_path):
    (tmp_path / "own.csv").write_text(READ["constants and codes"][1])
    report = " ".join(read_own(tmp_path / "own.csv")[1])
    assert "the same number in all lines: 'UOM_ID', 'SCALAR_ID', 'DECIMALS'." in report
    (tmp_path / "own.csv").write_text(READ["years once"][1])
    report = " ".join(read_own(tmp_path / "own.csv")[1])
    assert "Empty cells of 'Jahr' were read as the year above them." in report
    text = lines(
        DAYS, "date,shop,note,v", lambda t, v, k: f"{t.date()},{k // 50},n{k},{v}"
    )
    (tmp_path / "own.csv").write_text(
        text.replace(",0,", ",north,").replace(",1,", ",south,")
    )
    report = " ".join(read_own(tmp_path / "own.csv")[1])
    assert "'shop' ('north' 50 times, 'south' 46 times)" in report
    assert "'note' (96 texts, first 'n0')" in report
    (tmp_path / "own.csv").write_text(READ["weekends without a value"][1])
    report = " ".join(read_own(tmp_path / "own.csv")[1])
    assert (
        "working days: the lines of weekends, first 2015-01-03, hold no value" in report
    )


CLICKS = pd.Timestamp("2024-01-01 00:40") + pd.to_timedelta(
    np.cumsum(5 + np.arange(900) * 7919 % 171), unit="min"
)


def log(head, line, index=CLICKS):
    return "\n".join([head, *(line(t, k) for k, t in enumerate(index))])


@pytest.mark.parametrize(
    ("text", "words", "step"),
    [
        (log("time,level,text", lambda t, k: f"{t},INFO,user {k}"), "day", "D"),
        (log("id,time,level", lambda t, k: f"{k},{t},INFO"), "day", "D"),
        (log("time;kind", lambda t, k: f"{t};a", CLICKS[:60]), "hour", "h"),
        (log("date;kind", lambda t, k: f"{t.date()};a"), "day", "D"),
    ],
)
def test_lines_without_a_value_can_be_counted(text, words, step, tmp_path):
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(Faulty, match=f'lines of each {words} can be counted.*"count"'):
        read_own(tmp_path / "own.csv")
    series, report = read_own(tmp_path / "own.csv", repair="count")
    index = CLICKS[: text.count("\n")]
    right = pd.Series(1.0, index).resample(step).sum()
    if "time" in text:
        right = right[1:-1]  # the first and the last are not complete
        assert "at the ends, hardly complete, were left out" in " ".join(report)
    assert series.equals(right) and series.name == f"lines per {words}"


def test_events_with_numbers_are_counted_if_you_say_so(tmp_path):
    text = log("time,lat,lon", lambda t, k: f"{t},{k % 7 + 0.5},{k % 11 + 0.4}")
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(DataError, match="each line is an event: --repair count"):
        read_own(tmp_path / "own.csv")
    assert read_own(tmp_path / "own.csv", repair="count")[0].sum() > 800
