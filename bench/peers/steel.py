"""Trains one original library on the matrices written by bench/steel.ts and prints one line of JSON: errors by seed.

    python bench/peers/steel.py FOLDER

FOLDER holds train.f64 / test.f64 (column after column), train-y.f64, test-y.f64 (NaN: not counted) and request.json with
the type, its parameters under the library's own names, seeds, threads, and which columns are categories.
"""

import json
import pathlib
import sys
import time

import numpy as np


def fit_xgboost(params, x, y, categorical, seed, threads):
    import xgboost as xgb

    known = {
        "learning_rate", "max_depth", "min_child_weight", "reg_lambda", "reg_alpha", "gamma", "max_bin", "subsample",
        "colsample_bytree", "colsample_bylevel", "colsample_bynode", "grow_policy", "max_leaves", "num_parallel_tree",
        "max_cat_to_onehot", "max_cat_threshold", "objective",
    }  # fmt: skip
    chosen = {k: v for k, v in params.items() if k in known}
    types = ["c" if c else "q" for c in categorical]
    data = xgb.DMatrix(x, y, feature_types=types, enable_categorical=True, nthread=threads)
    model = xgb.train({**chosen, "tree_method": "hist", "nthread": threads, "seed": seed}, data, params["n_estimators"])
    return lambda rows: model.predict(xgb.DMatrix(rows, feature_types=types, enable_categorical=True))


def fit_lightgbm(params, x, y, categorical, seed, threads):
    import lightgbm as lgb

    left_out = {"validation_fraction", "boosting"}
    chosen = {k: v for k, v in params.items() if k not in left_out}
    chosen |= {"seed": seed, "num_threads": threads, "verbose": -1}
    data = lgb.Dataset(x, y, categorical_feature=[f for f, c in enumerate(categorical) if c], params=chosen)
    return lgb.train(chosen, data).predict


def fit_catboost(params, x, y, categorical, seed, threads):
    import catboost as cb

    left_out = {"validation_fraction", "scale_pos_weight", "bagging_temperature"}
    chosen = {k: v for k, v in params.items() if k not in left_out}
    chosen |= {"random_seed": seed, "thread_count": threads, "verbose": 0, "allow_writing_files": False}
    categories = [f for f, c in enumerate(categorical) if c]

    def pool(rows, target=None):
        if not categories:
            return cb.Pool(rows, target)
        table = rows.astype(object)
        for f in categories:
            table[:, f] = [str(int(v)) if v == v else "none" for v in rows[:, f]]
        return cb.Pool(table, target, cat_features=categories)

    model = cb.CatBoost(chosen)
    model.fit(pool(x, y))
    return lambda rows: model.predict(pool(rows))


def fit_forest(kind):
    def fit(params, x, y, categorical, seed, threads):
        from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
        from sklearn.tree import DecisionTreeRegressor

        made = {"random_forest": RandomForestRegressor, "extra_trees": ExtraTreesRegressor, "decision_tree": DecisionTreeRegressor}[kind]
        names = made().get_params()
        chosen = {k: v for k, v in params.items() if k in names}
        # 1 is a share here, one feature there
        if chosen.get("max_features") == 1:
            chosen["max_features"] = 1.0
        if "n_jobs" in names:
            chosen["n_jobs"] = threads
        return made(**chosen | {"random_state": seed}).fit(x, y).predict

    return fit


FITS = {
    "xgboost": fit_xgboost,
    "lightgbm": fit_lightgbm,
    "catboost": fit_catboost,
    "random_forest": fit_forest("random_forest"),
    "extra_trees": fit_forest("extra_trees"),
    "decision_tree": fit_forest("decision_tree"),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    columns = len(request["names"])

    def read(name):
        return np.fromfile(folder / name, dtype=np.float64)

    x, test = (np.ascontiguousarray(read(f"{name}.f64").reshape(columns, -1).T) for name in ("train", "test"))
    y, actual = read("train-y.f64"), read("test-y.f64")
    counted = ~np.isnan(actual)
    results = []
    for seed in request["seeds"]:
        begin = time.perf_counter()
        predict = FITS[request["type"]](request["params"], x, y, request["categorical"], seed, request["threads"])
        seconds = time.perf_counter() - begin
        error = (np.maximum(0, np.asarray(predict(test)).ravel()) - actual)[counted]
        results.append(
            {"mae": float(np.abs(error).mean()), "rmse": float(np.sqrt((error**2).mean())), "seconds": seconds}
        )
    print(json.dumps(results))


main()
