"""Makes tests/golden/xgboost-*.json with the real XGBoost, for tests/golden/xgboost.test.ts.

    python -m venv .venv && .venv/bin/pip install xgboost==3.2.0 numpy
    .venv/bin/python tests/golden/make_xgboost.py

Columns hold few distinct values (fewer than max_bin), all exact in 32 bits, so both libraries have the same bins and
every split must be the same. Rows and columns are never sampled: the random streams of the two differ.
"""

import json
import pathlib

import numpy as np
import xgboost as xgb

HERE = pathlib.Path(__file__).parent


def dataset(seed: int, rows: int, missing: bool, weighted: bool, kind: str = "plain"):
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.integers(0, 24, rows) / 4.0,
            random.integers(0, 7, rows).astype(float),
            random.integers(-20, 40, rows) / 2.0,
            random.integers(0, 100, rows) / 8.0,
            random.integers(0, 2, rows).astype(float),
        ]
    )
    y = 10 * np.sin(x[:, 0]) + 3 * x[:, 1] + 0.02 * x[:, 2] ** 2 * x[:, 4] + random.normal(0, 2, rows)
    y = np.round(y * 64) / 64
    if kind == "count":
        y = random.poisson(np.exp(y / 16)).astype(float)
    elif kind == "binary":
        y = (y > 12).astype(float)
    elif kind == "classes":
        y = np.digitize(y, [5, 15]).astype(float)
    if missing:
        x[random.random(x.shape) < 0.15] = np.nan
    weight = random.integers(0, 4, rows).astype(float) if weighted else None
    return x, y, weight


CASES = [
    {"name": "squared", "params": {"max_depth": 4, "eta": 0.3}, "rounds": 20},
    {"name": "missing", "params": {"max_depth": 6, "eta": 0.1}, "rounds": 30, "missing": True},
    {
        "name": "regularised",
        "params": {"max_depth": 5, "eta": 0.2, "lambda": 3, "alpha": 2, "gamma": 15, "min_child_weight": 12},
        "rounds": 25,
        "missing": True,
    },
    {"name": "weighted", "params": {"max_depth": 4, "eta": 0.2}, "rounds": 20, "weighted": True, "missing": True},
    {"name": "delta-step", "params": {"max_depth": 3, "eta": 0.5, "max_delta_step": 0.7}, "rounds": 15},
    {"name": "base-score", "params": {"max_depth": 3, "eta": 0.3, "base_score": 5.5}, "rounds": 10},
    {
        "name": "pseudohuber",
        "params": {"objective": "reg:pseudohubererror", "huber_slope": 3, "max_depth": 4, "base_score": 8},
        "rounds": 20,
    },
    {"name": "absolute", "params": {"objective": "reg:absoluteerror", "max_depth": 4, "eta": 0.3}, "rounds": 15},
    {
        "name": "quantile",
        "params": {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9], "max_depth": 3, "eta": 0.3},
        "rounds": 12,
    },
    {"name": "lossguide", "params": {"grow_policy": "lossguide", "max_depth": 0, "max_leaves": 12, "eta": 0.2}, "rounds": 20},
    {
        "name": "depth-and-leaves",
        "params": {"grow_policy": "depthwise", "max_depth": 6, "max_leaves": 20, "eta": 0.2},
        "rounds": 20,
        "missing": True,
    },
    {"name": "monotone", "params": {"monotone_constraints": [0, 1, -1, 0, 0], "max_depth": 4, "eta": 0.2}, "rounds": 20},
    {
        "name": "interaction",
        "params": {"interaction_constraints": [[0, 1], [2, 3, 4]], "max_depth": 4, "eta": 0.2},
        "rounds": 20,
    },
    {"name": "poisson", "params": {"objective": "count:poisson", "max_depth": 4}, "rounds": 20, "kind": "count"},
    {"name": "tweedie", "params": {"objective": "reg:tweedie", "max_depth": 4}, "rounds": 20, "kind": "count"},
    {"name": "logistic", "params": {"objective": "binary:logistic", "max_depth": 4}, "rounds": 15, "kind": "binary"},
    {
        "name": "softmax",
        "params": {"objective": "multi:softprob", "num_class": 3, "max_depth": 3},
        "rounds": 10,
        "kind": "classes",
    },
]


def clean(values):
    return [[None if np.isnan(v) else float(v) for v in row] for row in values]


for index, case in enumerate(CASES):
    kind = case.get("kind", "plain")
    x, y, weight = dataset(100 + index, 600, case.get("missing", False), case.get("weighted", False), kind)
    test, _, _ = dataset(200 + index, 60, case.get("missing", False), False, kind)
    params = {"tree_method": "hist", "max_bin": 256, "nthread": 1, "min_child_weight": 1, **case["params"]}
    if "monotone_constraints" in params:
        params["monotone_constraints"] = str(tuple(params["monotone_constraints"]))
    if "interaction_constraints" in params:
        params["interaction_constraints"] = json.dumps(params["interaction_constraints"])
    train = xgb.DMatrix(x, y, weight=weight)
    booster = xgb.train(params, train, num_boost_round=case["rounds"])
    golden = {
        "library": f"xgboost {xgb.__version__}",
        "params": case["params"],
        "rounds": case["rounds"],
        "x": clean(x),
        "y": y.tolist(),
        "weight": None if weight is None else weight.tolist(),
        "test": clean(test),
        # rows x levels for several quantiles, rows x classes for softmax
        "predicted": booster.predict(xgb.DMatrix(test)).astype(float).tolist(),
        "gain": {k: float(v) for k, v in booster.get_score(importance_type="total_gain").items()},
    }
    (HERE / f"xgboost-{case['name']}.json").write_text(json.dumps(golden) + "\n")
    print(case["name"], golden["predicted"][:2])
