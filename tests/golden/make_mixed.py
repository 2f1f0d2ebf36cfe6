"""Makes tests/golden/mixed.json with the real libraries, for tests/golden/mixed.test.ts: everything at once. Numbers and categories
lack values, rows have uneven weights, and objectives, growth and constraints vary.

    python -m venv .venv && .venv/bin/pip install xgboost==3.2.0 lightgbm==4.7.0 catboost==1.2.10 numpy
    .venv/bin/python tests/golden/make_mixed.py
"""

import json
import pathlib

import catboost as cb
import lightgbm as lgb
import numpy as np
import xgboost as xgb

HERE = pathlib.Path(__file__).parent
CATEGORICAL = [3, 4]


def dataset(seed: int, rows: int, kind: str):
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.integers(0, 24, rows) / 4.0 + 0.5,
            random.integers(1, 8, rows).astype(float),
            random.integers(-20, 40, rows) / 2.0 + 0.25,
            random.integers(0, 12, rows).astype(float),
            random.integers(0, 3, rows).astype(float),
        ]
    )
    effect = np.array([3, -2, 5, 0, 1, -4, 2, 6, -1, 4, -3, 0.5])[x[:, 3].astype(int)]
    y = 8 * np.sin(x[:, 0]) + 3 * x[:, 1] + effect * (1 + x[:, 4]) + random.normal(0, 2, rows)
    y = np.round(y * 64) / 64
    if kind == "count":
        y = random.poisson(np.exp(y / 20)).astype(float)
    elif kind == "binary":
        y = (y > 14).astype(float)
    x[random.random(x.shape) < 0.12] = np.nan
    return x, y, random.integers(64, 256, rows) / 64.0


DATA = {kind: dataset(1200 + k, 400, kind) for k, kind in enumerate(["plain", "count", "binary"])}
# values that training saw: where no row of a node lacks one, libraries decide by rounding where it goes
SHOWN = 60


def fit_xgboost(params, kind, rounds):
    x, y, w = DATA[kind]
    types = ["c" if f in CATEGORICAL else "q" for f in range(x.shape[1])]
    full = {"tree_method": "hist", "max_bin": 256, "nthread": 1, **params}
    if "monotone_constraints" in params:
        full["monotone_constraints"] = str(tuple(params["monotone_constraints"]))
    data = xgb.DMatrix(x, y, weight=w, feature_types=types, enable_categorical=True)
    model = xgb.train(full, data, rounds)
    return model.predict(xgb.DMatrix(x[:SHOWN], feature_types=types, enable_categorical=True)), {**params, "n_estimators": rounds}


def fit_lightgbm(params, kind, rounds):
    x, y, w = DATA[kind]
    fixed = {"num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1, "enable_bundle": False}
    # rows of a leaf are estimated from weights there and counted here: no least numbers
    own = {"min_data_in_leaf": 0, "min_sum_hessian_in_leaf": 6.5, "min_data_per_group": 1, "cat_smooth": 1, **params}
    data = lgb.Dataset(x, y, weight=w, categorical_feature=CATEGORICAL, params={**fixed, **own})
    model = lgb.train({**fixed, **own}, data, rounds)
    return model.predict(x[:SHOWN]), {**own, "num_iterations": rounds}


def fit_catboost(params, kind, rounds):
    x, y, w = DATA[kind]
    # a missing category is one of its own there and none of them here: complete categories
    x = x.copy()
    x[:, CATEGORICAL] = np.nan_to_num(x[:, CATEGORICAL])
    own = {
        "loss_function": "RMSE",
        "bootstrap_type": "No",
        "random_strength": 0,
        "rsm": 1,
        "leaf_estimation_iterations": 1,
        "one_hot_max_size": 20,
        "learning_rate": 0.2,
        **params,
        "iterations": rounds,
    }
    table = x.astype(object)
    for f in CATEGORICAL:
        table[:, f] = [str(int(v)) for v in x[:, f]]
    fixed = {"thread_count": 1, "verbose": 0, "allow_writing_files": False, "boosting_type": "Plain"}
    more = {"model_shrink_rate": 0} if "monotone_constraints" in params else {}
    model = cb.CatBoost({**own, **fixed, **more})
    model.fit(cb.Pool(table, y, weight=w, cat_features=CATEGORICAL))
    form = {"Logloss": "Probability", "Poisson": "Exponent"}.get(own["loss_function"], "RawFormulaVal")
    predicted = model.predict(cb.Pool(table[:SHOWN], cat_features=CATEGORICAL), prediction_type=form)
    predicted = predicted[:, 1] if predicted.ndim == 2 else predicted
    return predicted, {**own, "boost_from_average": bool(model.get_all_params()["boost_from_average"])}


FITS = {"xgboost": fit_xgboost, "lightgbm": fit_lightgbm, "catboost": fit_catboost}
CASES = [
    ("xgboost", "squared", "plain", {"max_depth": 5, "eta": 0.2, "lambda": 2}, 20),
    ("xgboost", "one-hot", "plain", {"max_depth": 4, "eta": 0.2, "max_cat_to_onehot": 20}, 20),
    ("xgboost", "lossguide", "plain", {"grow_policy": "lossguide", "max_depth": 0, "max_leaves": 14, "max_cat_threshold": 4}, 15),
    ("xgboost", "monotone", "plain", {"max_depth": 4, "monotone_constraints": [0, 1, -1, 0, 0]}, 15),
    ("xgboost", "monotone-alpha", "plain", {"max_depth": 4, "monotone_constraints": [0, 1, -1, 0, 0], "alpha": 4}, 15),
    ("xgboost", "absolute", "plain", {"objective": "reg:absoluteerror", "max_depth": 4}, 8),
    ("xgboost", "poisson", "count", {"objective": "count:poisson", "max_depth": 4}, 20),
    ("xgboost", "logistic", "binary", {"objective": "binary:logistic", "max_depth": 4, "scale_pos_weight": 2}, 15),
    ("lightgbm", "squared", "plain", {"num_leaves": 12, "learning_rate": 0.2, "lambda_l2": 1}, 8),
    ("lightgbm", "one-hot", "plain", {"num_leaves": 12, "max_cat_to_onehot": 20}, 20),
    ("lightgbm", "monotone", "plain", {"num_leaves": 12, "monotone_constraints": [0, 1, -1, 0, 0]}, 12),
    ("lightgbm", "poisson", "count", {"objective": "poisson", "num_leaves": 8}, 15),
    ("lightgbm", "binary", "binary", {"objective": "binary", "num_leaves": 8}, 15),
    ("catboost", "RMSE", "plain", {"depth": 5}, 20),
    ("catboost", "L2", "plain", {"depth": 4, "score_function": "L2", "l2_leaf_reg": 8}, 20),
    ("catboost", "monotone", "plain", {"depth": 4, "monotone_constraints": [0, 1, -1, 0, 0]}, 15),
    ("catboost", "Poisson", "count", {"loss_function": "Poisson", "depth": 4}, 15),
    ("catboost", "Logloss", "binary", {"loss_function": "Logloss", "depth": 4}, 15),
]


def clean(values):
    return [[None if np.isnan(v) else float(v) for v in row] for row in values]


cases = []
for type_, name, kind, params, rounds in CASES:
    predicted, ours = FITS[type_](params, kind, rounds)
    cases.append({"name": f"{type_} {name}", "type": type_, "data": kind, "params": ours, "complete": type_ == "catboost", "predicted": [float(v) for v in predicted]})
    print(cases[-1]["name"], cases[-1]["predicted"][:2])

golden = {
    "libraries": {"xgboost": xgb.__version__, "lightgbm": lgb.__version__, "catboost": cb.__version__},
    "categorical": CATEGORICAL,
    "data": {kind: {"x": clean(x), "y": y.tolist(), "weight": w.tolist()} for kind, (x, y, w) in DATA.items()},
    "cases": cases,
}
(HERE / "mixed.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
