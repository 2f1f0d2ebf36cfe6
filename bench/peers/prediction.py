"""Trains one original library, writes its model, and times its predictions, for bench/prediction.ts; one line of JSON.

    python bench/peers/prediction.py --versions
    python bench/peers/prediction.py FOLDER PEER ROUNDS THREADS REPEATS

FOLDER holds what bench/prediction.ts wrote: train.f32, train-y.f32, batch-*.f32 (row-major) and shape.json. The model goes to
FOLDER/PEER.model, predictions of the smallest batch to FOLDER/PEER.f64.
"""

import json
import pathlib
import sys
import time

import numpy as np


def train_xgboost(x, y, rounds, threads):
    import xgboost as xgb

    params = {"tree_method": "hist", "max_depth": 6, "eta": 0.1, "nthread": threads}
    model = xgb.train(params, xgb.QuantileDMatrix(x, y), rounds)
    return model.inplace_predict, lambda file: file.write_bytes(model.save_raw("json"))


def train_lightgbm(x, y, rounds, threads):
    import lightgbm as lgb

    params = {"objective": "regression", "num_leaves": 31, "learning_rate": 0.1, "num_threads": threads, "verbose": -1}
    model = lgb.train(params, lgb.Dataset(x, y, params={"verbose": -1}), rounds)
    return lambda rows: model.predict(rows, num_threads=threads), lambda file: model.save_model(str(file))


def train_catboost(x, y, rounds, threads):
    import catboost

    model = catboost.CatBoostRegressor(
        iterations=rounds, depth=6, learning_rate=0.1, thread_count=threads, verbose=False, allow_writing_files=False
    ).fit(catboost.Pool(x, y))
    return (
        lambda rows: model.predict(rows, thread_count=threads if len(rows) > 1 else 1),
        lambda file: model.save_model(str(file), format="json"),
    )


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def main():
    if sys.argv[1] == "--versions":
        import catboost
        import lightgbm
        import xgboost

        print(json.dumps({module.__name__: module.__version__ for module in (xgboost, lightgbm, catboost)}))
        return
    folder, peer = pathlib.Path(sys.argv[1]), sys.argv[2]
    rounds, threads, repeats = (int(text) for text in sys.argv[3:6])
    shape = json.loads((folder / "shape.json").read_text())
    read = lambda name, width: np.fromfile(folder / name, dtype=np.float32).reshape(-1, width)
    x, y = read("train.f32", shape["columns"]), read("train-y.f32", 1).ravel()
    train = {"xgboost": train_xgboost, "lightgbm": train_lightgbm, "catboost": train_catboost}[peer]
    predict, save = train(x, y, rounds, threads)
    save(folder / f"{peer}.model")
    batches = []
    for rows in shape["batches"]:
        batch = read(f"batch-{rows}.f32", shape["columns"])
        first = seconds(lambda: predict(batch))
        warm = sorted(seconds(lambda: predict(batch)) for _ in range(repeats * (4 if len(batch) < 20_000 else 1)))
        batches.append({"rows": rows, "first": first, "seconds": warm[len(warm) // 2], "best": warm[0]})
    smallest = read(f"batch-{shape['batches'][0]}.f32", shape["columns"])
    np.asarray(predict(smallest), dtype=np.float64).tofile(folder / f"{peer}.f64")
    single = [np.ascontiguousarray(smallest[i : i + 1]) for i in range(1000)]
    times = sorted(seconds(lambda: predict(row)) for row in single)
    print(json.dumps({"batches": batches, "rowMicroseconds": times[len(times) // 2] * 1e6}))


main()
