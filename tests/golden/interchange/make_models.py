"""Makes the models and predictions of this folder with the real libraries, for interchange.test.ts.

    python -m venv .venv && .venv/bin/pip install xgboost==3.2.0 lightgbm==4.7.0 catboost==1.2.10 pandas
    .venv/bin/python tests/golden/interchange/make_models.py

Each case is a model file as its library saves it, and a line of `expected.json`: the rows (numbers; categories as texts,
null for missing) and what the library predicts for them. Model files of other releases of XGBoost are made by running
this script with `--only-xgboost NAME` under that release.
"""

import json
import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).parent
LETTERS = ["u", "v", "w", "x", "y", "z", "ab", "cd", "ef"]


def dataset(seed=7, rows=400):
    """Numbers with missing values, and categories with missing ones where the library takes them."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "load": random.normal(50, 20, rows).round(2),
            "hour": random.integers(0, 24, rows).astype(float),
            "temperature": (random.normal(12, 9, rows) * 8).round() / 8,
            "zone": random.choice(LETTERS, rows),
            "shift": random.choice(["early", "late", "night"], rows),
        }
    )
    effect = dict(zip(LETTERS, random.normal(0, 6, len(LETTERS)).round(1)))
    y = (
        0.3 * frame["load"]
        + 4 * np.sin(frame["hour"] / 24 * 6.28)
        + frame["zone"].map(effect)
        + np.where(frame["shift"] == "night", -5, 2) * (frame["temperature"] > 10)
        + random.normal(0, 1, rows)
    )
    frame.loc[random.random(rows) < 0.12, "load"] = np.nan
    frame.loc[random.random(rows) < 0.12, "temperature"] = np.nan
    frame.loc[frame.index % 13 == 0, "hour"] = 0.0
    return frame, y.to_numpy()


def with_categories(frame, missing=True):
    out = frame.copy()
    for name, levels in [("zone", LETTERS), ("shift", ["early", "late", "night"])]:
        out[name] = pd.Categorical(out[name], categories=levels)
        if missing:
            out.loc[out.index % 17 == 3, name] = np.nan
    return out


def plain(frame):
    return frame[["load", "hour", "temperature"]]


SHOW = 60
EXPECTED = {}


def record(name, file, frame, predicted):
    shown = frame.iloc[:SHOW]
    columns = {}
    for column in shown.columns:
        values = shown[column]
        columns[column] = [None if pd.isna(v) else (v if isinstance(v, str) else float(v)) for v in values]
    predicted = np.asarray(predicted, dtype=float)[:SHOW]
    if predicted.ndim == 1:
        predicted = predicted[:, None]
    EXPECTED[name] = {
        "file": file,
        "columns": columns,
        # texts by code, for files that do not hold them
        "levels": {c: list(shown[c].cat.categories) for c in shown.columns if isinstance(shown[c].dtype, pd.CategoricalDtype)},
        # shape (outputs, rows)
        "predicted": [[float(f"{v:.9g}") for v in column] for column in predicted.T],
    }


def xgboost_cases(tag=""):
    import xgboost as xgb

    frame, y = dataset()
    cats = with_categories(frame)
    numbers = plain(frame)
    base = {"max_depth": 4, "eta": 0.3, "nthread": 1}

    def save(name, booster, data, of=None, ubj=False):
        file = f"{name}{tag}.{'ubj' if ubj else 'json'}"
        booster.save_model(HERE / file)
        # what is loaded again is what counts: saving rounds
        loaded = xgb.Booster()
        loaded.load_model(HERE / file)
        record(f"{name}{tag}", file, of if of is not None else data, loaded.predict(xgb.DMatrix(data, enable_categorical=True)))

    train = lambda p, data, target, rounds=6, **kw: xgb.train(
        {**base, **p}, xgb.DMatrix(data, target, enable_categorical=True), rounds, **kw
    )
    if not tag:
        for ubj in (False, True):
            model = train({"max_cat_to_onehot": 2}, cats, y)
            save("xgboost-categories" + ("-binary" if ubj else ""), model, cats, ubj=ubj)
        save("xgboost-onehot", train({"max_cat_to_onehot": 20}, cats, y), cats)
        save("xgboost-logistic", train({"objective": "binary:logistic"}, numbers, (y > 15).astype(int)), numbers)
        save("xgboost-softprob", train({"objective": "multi:softprob", "num_class": 3}, numbers, pd.qcut(y, 3, labels=False), 4), numbers)
        save("xgboost-quantiles", train({"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]}, numbers, y, 4), numbers)
        save("xgboost-tweedie", train({"objective": "reg:tweedie"}, numbers, np.abs(y)), numbers)
        save("xgboost-dart", train({"booster": "dart", "rate_drop": 0.5, "seed": 3}, numbers, y), numbers)
        save("xgboost-vectors", train({"multi_strategy": "multi_output_tree"}, numbers, np.column_stack([y, -2 * y])), numbers)
        save("xgboost-complete", train({}, numbers.fillna(-1), y), numbers.fillna(-1))
        save("xgboost-forest", train({"num_parallel_tree": 4, "subsample": 0.6, "eta": 1.0}, numbers, y, 1), numbers)
        save("xgboost-pruned", train({"tree_method": "exact", "gamma": 60, "max_depth": 6}, numbers, y, 3), numbers)
    else:
        codes = cats.copy()
        save("xgboost-old-categories", train({"max_cat_to_onehot": 2, "tree_method": "hist"}, codes, y), codes)
        save("xgboost-old-poisson", train({"objective": "count:poisson", "base_score": 3.5}, numbers, np.abs(y).round()), numbers)
        save("xgboost-old-binary", train({"objective": "binary:logistic"}, numbers, (y > 15).astype(int)), numbers, ubj=True)


def lightgbm_cases():
    import lightgbm as lgb

    frame, y = dataset()
    cats = with_categories(frame)
    numbers = plain(frame)
    base = {"num_leaves": 9, "min_data_in_leaf": 8, "verbose": -1, "num_threads": 1, "cat_smooth": 2, "min_data_per_group": 8}

    def save(name, params, data, target, rounds=6):
        file = f"{name}.txt"
        model = lgb.train({**base, **params}, lgb.Dataset(data, target), rounds)
        model.save_model(HERE / file)
        record(name, file, data, lgb.Booster(model_file=HERE / file).predict(data))

    save("lightgbm-categories", {"max_cat_to_onehot": 2}, cats, y)
    save("lightgbm-complete", {}, numbers.fillna(-1), y)
    save("lightgbm-zero", {"zero_as_missing": True}, numbers, y)
    save("lightgbm-no-missing", {"use_missing": False}, cats, y)
    save("lightgbm-quantile", {"objective": "quantile", "alpha": 0.8}, numbers, y)
    save("lightgbm-tweedie", {"objective": "tweedie"}, numbers, np.abs(y))
    save("lightgbm-binary", {"objective": "binary", "sigmoid": 0.7}, cats, (y > 15).astype(int))
    save("lightgbm-multiclass", {"objective": "multiclass", "num_class": 3}, numbers, pd.qcut(y, 3, labels=False), 4)
    save("lightgbm-multiclassova", {"objective": "multiclassova", "num_class": 3}, numbers, pd.qcut(y, 3, labels=False), 4)
    save("lightgbm-forest", {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}, cats, y)
    # a column that explains nothing: trees of a single leaf
    save("lightgbm-stump", {}, pd.DataFrame({"load": np.ones(400)}), y, 2)


def catboost_cases():
    import catboost as cb

    frame, y = dataset()
    numbers = plain(frame)
    base = {"iterations": 6, "depth": 3, "learning_rate": 0.3, "verbose": 0, "thread_count": 1, "allow_writing_files": False}
    classes = pd.qcut(y, 3, labels=["low", "middle", "high"])
    classes = np.array([str(label) for label in classes])

    def save(name, params, data, target, classifier=False, kind=None):
        file = f"{name}.json"
        cat = [c for c in ("zone", "shift") if c in data]
        pool = cb.Pool(data, target, cat_features=cat)
        model = (cb.CatBoostClassifier if classifier else cb.CatBoostRegressor)(**{**base, **params})
        model.fit(pool)
        model.save_model(str(HERE / file), format="json", pool=pool)
        document = json.loads((HERE / file).read_text())
        # smaller, and without the time of training
        info = document["model_info"]
        document["model_info"] = {"params": {"loss_function": info["params"]["loss_function"]}}
        if "class_params" in info:
            document["model_info"]["class_params"] = info["class_params"]
        (HERE / file).write_text(json.dumps(document, separators=(",", ":")))
        predicted = model.predict(pool, prediction_type=kind) if kind else model.predict(pool)
        record(name, file, data, predicted[:, 1] if params.get("loss_function") == "Logloss" else predicted)

    save("catboost-statistics", {"one_hot_max_size": 2, "max_ctr_complexity": 2, "iterations": 8, "depth": 4}, frame, y)
    every = ["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"]
    save("catboost-all-statistics", {"simple_ctr": every, "combinations_ctr": every, "max_ctr_complexity": 3, "iterations": 10}, frame, classes, True, "Probability")
    save("catboost-onehot", {"one_hot_max_size": 30}, frame, y)
    save("catboost-missing-max", {"nan_mode": "Max"}, numbers, y)
    save("catboost-quantiles", {"loss_function": "MultiQuantile:alpha=0.1,0.5,0.9"}, numbers, y)
    save("catboost-poisson", {"loss_function": "Poisson"}, numbers, np.abs(y), kind="Exponent")
    save("catboost-logloss", {"loss_function": "Logloss"}, frame, (y > 15).astype(int), True, "Probability")
    save("catboost-lossguide", {"grow_policy": "Lossguide", "max_leaves": 7, "one_hot_max_size": 2}, frame, y)


def main():
    path = HERE / "expected.json"
    if len(sys.argv) == 3 and sys.argv[1] == "--only-xgboost":
        EXPECTED.update(json.loads(path.read_text()))
        xgboost_cases("-" + sys.argv[2])
    else:
        if path.exists():
            EXPECTED.update({k: v for k, v in json.loads(path.read_text()).items() if k.startswith("xgboost-old")})
        xgboost_cases()
        lightgbm_cases()
        catboost_cases()
    path.write_text(json.dumps(EXPECTED, separators=(",", ":")) + "\n")


main()
