"""Makes tests/golden/rounds.json with the real libraries, for tests/golden/rounds.test.ts: metrics of every round on rows that
were not trained on, where training stops early, an objective of one's own, and going on from a model.

    python -m venv .venv && .venv/bin/pip install xgboost==3.2.0 lightgbm==4.7.0 catboost==1.2.10 numpy
    .venv/bin/python tests/golden/make_rounds.py
"""

import json
import pathlib

import catboost as cb
import lightgbm as lgb
import numpy as np
import xgboost as xgb

HERE = pathlib.Path(__file__).parent


def dataset(seed: int, rows: int, kind: str):
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.integers(0, 24, rows) / 4.0 + 0.5,
            random.integers(1, 8, rows).astype(float),
            random.integers(-20, 40, rows) / 2.0 + 0.25,
            random.integers(1, 3, rows).astype(float),
        ]
    )
    y = 10 * np.sin(x[:, 0]) + 3 * x[:, 1] + 0.02 * x[:, 2] ** 2 * (x[:, 3] - 1) + random.normal(0, 4, rows)
    if kind == "count":
        y = random.poisson(np.exp(y / 16)).astype(float)
    elif kind == "binary":
        y = (y > 14).astype(float)
    elif kind == "classes":
        y = np.digitize(y, [5, 15]).astype(float)
    else:
        y = np.round(y * 64) / 64
    return x, y, random.integers(64, 256, rows) / 64.0


KINDS = ["plain", "count", "binary", "classes"]
DATA = {kind: (dataset(900 + k, 300, kind), dataset(950 + k, 120, kind)) for k, kind in enumerate(KINDS)}


def xgboost_case(name, kind, params, rounds, patience=None):
    (x, y, w), (vx, vy, vw) = DATA[kind]
    train, valid = xgb.DMatrix(x, y, weight=w), xgb.DMatrix(vx, vy, weight=vw)
    curves = {}
    full = {"tree_method": "hist", "max_bin": 256, "nthread": 1, **params}
    model = xgb.train(
        full, train, rounds, evals=[(valid, "v")], evals_result=curves, early_stopping_rounds=patience, verbose_eval=False
    )
    best = model.best_iteration + 1 if patience else rounds
    return {
        "name": f"xgboost {name}",
        "type": "xgboost",
        "data": kind,
        "params": {**params, "n_estimators": rounds, **({"early_stopping_rounds": patience} if patience else {})},
        "curves": curves["v"],
        "best": best,
    }


def lightgbm_case(name, kind, params, rounds, patience=None):
    (x, y, w), (vx, vy, vw) = DATA[kind]
    fixed = {"num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1, "enable_bundle": False}
    free = {"min_data_in_leaf": 0, "min_sum_hessian_in_leaf": 4.5}
    train = lgb.Dataset(x, y, weight=w, params=fixed)
    valid = lgb.Dataset(vx, vy, weight=vw, reference=train)
    curves = {}
    callbacks = [lgb.record_evaluation(curves)]
    if patience:
        callbacks.append(lgb.early_stopping(patience, first_metric_only=True, verbose=False))
    model = lgb.train({**fixed, **free, **params}, train, rounds, valid_sets=[valid], callbacks=callbacks)
    return {
        "name": f"lightgbm {name}",
        "type": "lightgbm",
        "data": kind,
        "params": {**free, **params, "num_iterations": rounds, **({"early_stopping_round": patience} if patience else {})},
        "curves": curves["valid_0"],
        "best": model.best_iteration if patience else rounds,
    }


def catboost_case(name, kind, params, rounds, patience=None, weighted=True):
    (x, y, w), (vx, vy, vw) = DATA[kind]
    if not weighted:
        w, vw = None, None
    fixed = {"thread_count": 1, "verbose": 0, "allow_writing_files": False, "boosting_type": "Plain"}
    own = {"bootstrap_type": "No", "random_strength": 0, "rsm": 1, "leaf_estimation_iterations": 1, "learning_rate": 0.3, **params}
    more = {"od_type": "Iter", "od_wait": patience, "use_best_model": True} if patience else {"use_best_model": False}
    model = cb.CatBoost({**own, **fixed, **more, "iterations": rounds})
    model.fit(cb.Pool(x, y, weight=w), eval_set=cb.Pool(vx, vy, weight=vw))
    curves = {k: v for k, v in model.get_evals_result()["validation"].items()}
    wanted = params.get("eval_metric", params["loss_function"])
    return {
        "name": f"catboost {name}",
        "type": "catboost",
        "data": kind,
        "params": {
            **own,
            "iterations": rounds,
            "boost_from_average": bool(model.get_all_params()["boost_from_average"]),
            **({"early_stopping_rounds": patience} if patience else {}),
        },
        "weighted": weighted,
        "curves": {wanted: curves[wanted]},
        "best": model.get_best_iteration() + 1 if patience else rounds,
    }


def log_error(predicted, data):
    """Squared error of logarithms, as XGBoost's own example of an objective has it."""
    target, weight = data.get_label(), data.get_weight()
    predicted = np.maximum(predicted, -0.5)
    gradient = (np.log1p(predicted) - np.log1p(target)) / (predicted + 1)
    hessian = np.maximum((1 - np.log1p(predicted) + np.log1p(target)) / (predicted + 1) ** 2, 0.01)
    return gradient * weight, hessian * weight


def custom():
    (x, y, w), (vx, _, _) = DATA["count"]
    params = {"max_depth": 3, "eta": 0.3, "base_score": 1.5, "min_child_weight": 0.1}
    full = {**params, "tree_method": "hist", "max_bin": 256, "nthread": 1, "disable_default_eval_metric": 1}
    model = xgb.train(full, xgb.DMatrix(x, y, weight=w), 15, obj=log_error)
    return {"data": "count", "params": {**params, "n_estimators": 15}, "predicted": model.predict(xgb.DMatrix(vx)).tolist()}


def continued():
    (x, y, w), (vx, _, _) = DATA["plain"]
    params = {"max_depth": 3, "eta": 0.3}
    full = {**params, "tree_method": "hist", "max_bin": 256, "nthread": 1}
    data = xgb.DMatrix(x, y, weight=w)
    first = xgb.train(full, data, 6)
    second = xgb.train({**full, "max_depth": 2}, data, 9, xgb_model=first)
    return {
        "data": "plain",
        "first": {**params, "n_estimators": 6},
        "second": {**params, "max_depth": 2, "n_estimators": 9},
        "model": json.loads(first.save_raw("json")),
        "predicted": second.predict(xgb.DMatrix(vx)).tolist(),
    }


cases = [
    xgboost_case("squared", "plain", {"max_depth": 3, "eta": 0.3, "eval_metric": ["mape", "mae", "rmse"]}, 60, 5),
    xgboost_case(
        "pseudo-huber",
        "plain",
        {"objective": "reg:pseudohubererror", "huber_slope": 3, "max_depth": 3, "base_score": 8, "eval_metric": ["mphe"]},
        10,
    ),
    xgboost_case(
        "quantiles",
        "plain",
        {"objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.9], "max_depth": 2, "eval_metric": ["quantile"]},
        6,
    ),
    xgboost_case("poisson", "count", {"objective": "count:poisson", "max_depth": 3, "eval_metric": ["rmse", "poisson-nloglik"]}, 40, 4),
    xgboost_case("tweedie", "count", {"objective": "reg:tweedie", "max_depth": 3, "eval_metric": ["tweedie-nloglik@1.5"]}, 10),
    xgboost_case("logistic", "binary", {"objective": "binary:logistic", "max_depth": 3, "eval_metric": ["error", "auc", "logloss"]}, 40, 4),
    xgboost_case(
        "softmax",
        "classes",
        {"objective": "multi:softprob", "num_class": 3, "max_depth": 3, "eval_metric": ["merror", "mlogloss"]},
        40,
        4,
    ),
    lightgbm_case("regression", "plain", {"num_leaves": 8, "metric": ["l2", "l1", "rmse", "mape"]}, 80, 6),
    lightgbm_case("huber", "plain", {"objective": "huber", "alpha": 3, "num_leaves": 6, "metric": ["huber"]}, 12),
    lightgbm_case("quantile", "plain", {"objective": "quantile", "alpha": 0.8, "num_leaves": 4, "metric": ["quantile"]}, 8),
    lightgbm_case("poisson", "count", {"objective": "poisson", "num_leaves": 6, "metric": ["poisson"]}, 40, 3),
    lightgbm_case("tweedie", "count", {"objective": "tweedie", "num_leaves": 6, "metric": ["tweedie"]}, 12),
    lightgbm_case("binary", "binary", {"objective": "binary", "num_leaves": 6, "metric": ["binary_logloss", "auc", "binary_error"]}, 60, 4),
    lightgbm_case("multiclass", "classes", {"objective": "multiclass", "num_class": 3, "num_leaves": 6, "metric": ["multi_logloss", "multi_error"]}, 12),
    catboost_case("RMSE", "plain", {"loss_function": "RMSE", "depth": 4}, 80, 5),
    catboost_case("MAE of RMSE", "plain", {"loss_function": "RMSE", "eval_metric": "MAE", "depth": 4}, 80, 5),
    # CatBoost 1.2.10 leaves the weights out where leaf values are quantiles; ours count them
    catboost_case("Quantile", "plain", {"loss_function": "Quantile:alpha=0.8", "depth": 3}, 12, weighted=False),
    catboost_case("Poisson", "count", {"loss_function": "Poisson", "depth": 3}, 12),
    catboost_case("Logloss", "binary", {"loss_function": "Logloss", "depth": 3}, 60, 4),
]
for case in cases:
    print(case["name"], case["best"], {k: (len(v), round(v[-1], 5)) for k, v in case["curves"].items()})

golden = {
    "libraries": {"xgboost": xgb.__version__, "lightgbm": lgb.__version__, "catboost": cb.__version__},
    "data": {
        kind: {
            name: {"x": x.tolist(), "y": y.tolist(), "weight": w.tolist()}
            for name, (x, y, w) in (("train", train), ("valid", valid))
        }
        for kind, (train, valid) in DATA.items()
    },
    "cases": cases,
    "custom": custom(),
    "continued": continued(),
}
(HERE / "rounds.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
