"""Trains one original library on a data set written by bench/boosting.ts and prints one line of JSON.

    python bench/peers/boosting.py --versions
    python bench/peers/boosting.py FOLDER PEER ROUNDS THREADS

FOLDER holds train.f32 / test.f32 (row-major), train-y.f32 / test-y.f32 and shape.json. Time runs from arrays in memory
to a trained model, the library's own binning included; reading files and importing modules is left out.
"""

import json
import pathlib
import resource
import sys
import time

import numpy as np


def versions():
    import catboost
    import lightgbm
    import xgboost

    return {"xgboost": xgboost.__version__, "lightgbm": lightgbm.__version__, "catboost": catboost.__version__}


def fit_xgboost(x, y, rounds, threads):
    import xgboost as xgb

    params = {
        "tree_method": "hist",
        "max_depth": 6,
        "max_bin": 256,
        "eta": 0.1,
        "lambda": 1,
        "min_child_weight": 1,
        "nthread": threads,
    }

    def train():
        return xgb.train(params, xgb.QuantileDMatrix(x, y, max_bin=256, nthread=threads), rounds)

    return train, lambda model, rows: model.inplace_predict(rows)


def fit_lightgbm(x, y, rounds, threads):
    import lightgbm as lgb

    params = {
        "objective": "regression",
        "num_leaves": 31,
        "learning_rate": 0.1,
        "min_data_in_leaf": 20,
        "max_bin": 255,
        "num_threads": threads,
        "verbose": -1,
    }

    def train():
        return lgb.train(params, lgb.Dataset(x, y, params={"verbose": -1, "num_threads": threads}), rounds)

    return train, lambda model, rows: model.predict(rows, num_threads=threads)


def fit_catboost(x, y, rounds, threads):
    import catboost

    def train():
        model = catboost.CatBoostRegressor(
            iterations=rounds,
            depth=6,
            learning_rate=0.1,
            l2_leaf_reg=3,
            border_count=254,
            bootstrap_type="No",
            random_strength=1,
            boosting_type="Plain",
            thread_count=threads,
            verbose=False,
            allow_writing_files=False,
        )
        return model.fit(catboost.Pool(x, y))

    return train, lambda model, rows: model.predict(rows, thread_count=threads)


def main():
    if sys.argv[1] == "--versions":
        print(json.dumps(versions()))
        return
    folder, peer, rounds, threads = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    shape = json.loads((folder / "shape.json").read_text())
    read = lambda name, width: np.fromfile(folder / name, dtype=np.float32).reshape(-1, width)
    x, y = read("train.f32", shape["columns"]), read("train-y.f32", 1).ravel()
    test, test_y = read("test.f32", shape["columns"]), read("test-y.f32", 1).ravel()
    train, predict = {"xgboost": fit_xgboost, "lightgbm": fit_lightgbm, "catboost": fit_catboost}[peer](
        x, y, rounds, threads
    )
    begin, begin_cpu = time.perf_counter(), time.process_time()
    model = train()
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begin = time.perf_counter()
    predicted = predict(model, test)
    predict_seconds = time.perf_counter() - begin
    error = float(np.sqrt(np.mean((np.asarray(predicted, dtype=np.float64).ravel() - test_y) ** 2)))
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpuSeconds": cpu_seconds,
                "predictSeconds": predict_seconds,
                "error": error,
                "mib": peak,
            }
        )
    )


main()
