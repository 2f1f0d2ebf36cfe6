"""Reads the files of cases.ts with pyarrow, polars and duckdb, and compares. Ends with 1 where any of them differs."""

import glob
import json
import sys

import duckdb
import polars
import pyarrow.parquet


def by_duckdb(file):
    found = duckdb.sql(f"select * from read_parquet('{file}')")
    rows = found.fetchall()
    return {column[0]: [row[i] for row in rows] for i, column in enumerate(found.description)}


readers = {
    "pyarrow": lambda file: pyarrow.parquet.read_table(file).to_pydict(),
    "polars": lambda file: polars.read_parquet(file).to_dict(as_series=False),
    "duckdb": by_duckdb,
}


def differences(table, expected):
    for column in expected:
        values = table.get(column["name"])
        if values is None or len(values) != column["rows"]:
            yield f"{column['name']}: absent, or another number of rows"
        elif sum(value is None for value in values) != column["missing"]:
            yield f"{column['name']}: another number of nulls"
        else:
            for row, value in zip(column["at"], column["values"]):
                meant = value if value is None or column["type"] == "text" else float(value)
                if values[row] != meant:
                    yield f"{column['name']}, row {row}: {values[row]!r} instead of {meant!r}"


failed = False
for file in sorted(glob.glob(f"{sys.argv[1]}/*.parquet")):
    with open(file.removesuffix("parquet") + "json") as handle:
        expected = json.load(handle)
    for name, read in readers.items():
        found = list(differences(read(file), expected))
        failed = failed or bool(found)
        print(file.split("/")[-1], name, found[:3] or "as written")
sys.exit(1 if failed else 0)
