"""Writes real loads that evaluate.ts reads, one CSV a source: the first column is the time, each other one a load.

    pip download --no-deps simbench==1.6.3 pmdarima==2.1.1
    python models/pretraining/other-loads.py FOLDER_OF_THE_WHEELS TO

SimBench (Open Database Licence): profiles of 2016 by the quarter of an hour. Taylor (2003): England and Wales by the half hour,
from 5 June 2000.
"""

import csv
import datetime
import glob
import io
import re
import sys
import zipfile

PROFILES = (
    "G0-A G0-M G1-A G1-B G2-A G3-A G3-H G4-A G4-H G5-A G6-A H0-A H0-G H0-L L1-A L2-M WB-H "
    "lv_rural1 lv_semiurb4 lv_urban6 mv_rural mv_comm hv_mixed1 hv_urban"
).split()


def member(folder, wheel, path):
    [name] = glob.glob(f"{folder}/{wheel}*.whl")
    return io.TextIOWrapper(zipfile.ZipFile(name).open(path), encoding="utf-8")


def write(path, begin, step, columns):
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["time", *columns])
        for i, values in enumerate(zip(*columns.values())):
            out.writerow([(begin + i * step).isoformat(), *values])


folder, to = sys.argv[1:]
profiles = csv.DictReader(member(folder, "simbench", "simbench/networks/1-complete_data-mixed-all-0-sw/LoadProfile.csv"), delimiter=";")
rows = list(profiles)
minutes = datetime.timedelta(minutes=15)
write(f"{to}/simbench.csv", datetime.datetime(2016, 1, 1), minutes, {name: [row[f"{name}_pload"] for row in rows] for name in PROFILES})
[*_, text] = re.findall(r"array\(\[([^\]]*)\]", member(folder, "pmdarima", "pmdarima/datasets/taylor.py").read())
numbers = re.findall(r"\d+(?:\.\d*)?", text)
write(f"{to}/taylor.csv", datetime.datetime(2000, 6, 5), 2 * minutes, {"load": numbers})
