"""Makes tests/golden/lightgbm.json with the real LightGBM, for tests/golden/lightgbm.test.ts.

    python -m venv .venv && .venv/bin/pip install lightgbm==4.7.0 numpy
    .venv/bin/python tests/golden/make_lightgbm.py

Columns hold few distinct values (fewer than max_bin), all exact in 32 bits. Rows and columns are never sampled: the random
streams of the two differ.
"""

import json
import pathlib

import lightgbm as lgb
import numpy as np

HERE = pathlib.Path(__file__).parent


def dataset(seed: int, rows: int, missing: bool, weighted: bool, categories: bool, kind: str):
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.integers(0, 24, rows) / 4.0 + 0.5,
            random.integers(1, 8, rows).astype(float),
            random.integers(-20, 40, rows) / 2.0 + 0.25,
            random.integers(0, 100, rows) / 8.0 + 0.0625,
            random.integers(0, 12, rows).astype(float) if categories else random.integers(1, 3, rows).astype(float),
        ]
    )
    effect = np.array([3, -2, 5, 0, 1, -4, 2, 6, -1, 4, -3, 0.5])
    last = effect[x[:, 4].astype(int)] if categories else 0.02 * x[:, 2] ** 2 * (x[:, 4] - 1)
    y = 10 * np.sin(x[:, 0]) + 3 * x[:, 1] + last + random.normal(0, 2, rows)
    y = np.round(y * 64) / 64
    if kind == "count":
        y = random.poisson(np.exp(y / 16)).astype(float)
    elif kind == "binary":
        y = (y > 12).astype(float)
    elif kind == "classes":
        y = np.digitize(y, [5, 15]).astype(float)
    if missing:
        hole = random.random(x.shape) < 0.15
        if categories:
            hole[:, 4] = False
        x[hole] = np.nan
    # uneven weights: with even ones first derivatives of absolute error tie everywhere, and ties are broken by rounding
    weight = random.integers(64, 256, rows) / 64.0 if weighted else None
    return x, y, weight


# where second derivatives differ, LightGBM estimates the rows of a leaf from them, and ours are counted: no least number then
FREE = {"min_data_in_leaf": 0, "min_sum_hessian_in_leaf": 4.5}

# not followed: a column that could not split a node is tried again in its children (LightGBM never does, which shows
# after some rounds with penalties, min_gain_to_split or a small max_delta_step)
CASES = [
    {"name": "leafwise", "params": {"num_leaves": 15, "learning_rate": 0.2}, "rounds": 20},
    {"name": "missing", "params": {"num_leaves": 31, "learning_rate": 0.1, "min_data_in_leaf": 5}, "missing": True},
    {
        "name": "regularised",
        "params": {"num_leaves": 20, "max_depth": 5, "lambda_l1": 2, "lambda_l2": 3},
        "missing": True,
        "rounds": 3,
    },
    {"name": "weighted", "params": {"num_leaves": 12, **FREE}, "weighted": True},
    {"name": "path-smooth", "params": {"num_leaves": 15, "path_smooth": 4}},
    {"name": "delta-step", "params": {"num_leaves": 8, "max_delta_step": 6}},
    {"name": "from-zero", "params": {"num_leaves": 10, "boost_from_average": False}},
    {"name": "l1", "params": {"objective": "regression_l1", "num_leaves": 4}, "rounds": 2},
    {"name": "l1-weighted", "params": {"objective": "regression_l1", "num_leaves": 12, **FREE}, "weighted": True},
    {"name": "huber", "params": {"objective": "huber", "alpha": 2.5, "num_leaves": 12}},
    {"name": "quantile", "params": {"objective": "quantile", "alpha": 0.8, "num_leaves": 4}, "rounds": 2},
    {
        "name": "quantile-weighted",
        "params": {"objective": "quantile", "alpha": 0.8, "num_leaves": 12, **FREE},
        "weighted": True,
    },
    {"name": "poisson", "params": {"objective": "poisson", "num_leaves": 12, **FREE}, "kind": "count"},
    {"name": "tweedie", "params": {"objective": "tweedie", "num_leaves": 12, **FREE}, "kind": "count"},
    {"name": "binary", "params": {"objective": "binary", "num_leaves": 12, **FREE}, "kind": "binary"},
    {"name": "multiclass", "params": {"objective": "multiclass", "num_class": 3, "num_leaves": 8, **FREE}, "kind": "classes"},
    {
        "name": "category",
        "params": {"num_leaves": 12, "min_data_per_group": 20, "cat_smooth": 5, "cat_l2": 0, "min_data_in_leaf": 10},
        "categories": True,
    },
    {"name": "monotone", "params": {"num_leaves": 15, "monotone_constraints": [0, 1, -1, 0, 0]}, "rounds": 12},
    {"name": "interaction", "params": {"num_leaves": 15, "interaction_constraints": [[0, 1], [2, 3, 4]]}},
]


def clean(values):
    return [[None if np.isnan(v) else float(v) for v in row] for row in values]


data = {}
cases = []
for case in CASES:
    options = (case.get("missing", False), case.get("weighted", False), case.get("categories", False), case.get("kind", "plain"))
    key = "-".join(map(str, options))
    if key not in data:
        made = dataset(300 + len(data), 400, *options)
        # where no row of a node lacks the value, rounding decides where LightGBM sends the first one that does: with missing
        # values, rows of the training set are predicted
        test = made[0][:30] if options[0] else dataset(400 + len(data), 30, *options)[0]
        data[key] = (made, test)
    (x, y, weight), test = data[key]
    categorical = [4] if case.get("categories", False) else []
    fixed = {"num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1, "enable_bundle": False}
    train = lgb.Dataset(x, y, weight=weight, categorical_feature=categorical, params=fixed)
    booster = lgb.train({**fixed, **case["params"]}, train, num_boost_round=case.get("rounds", 20))
    cases.append(
        {
            "name": case["name"],
            "params": {"num_iterations": case.get("rounds", 20), **case["params"]},
            "categorical": categorical,
            "data": key,
            # one number per row, or one per class
            "predicted": booster.predict(test).tolist(),
            "gain": booster.feature_importance("gain").tolist(),
        }
    )
    print(case["name"], cases[-1]["predicted"][:2])

golden = {
    "library": f"lightgbm {lgb.__version__}",
    "data": {
        key: {"x": clean(x), "y": y.tolist(), "weight": None if w is None else w.tolist(), "test": clean(test)}
        for key, ((x, y, w), test) in data.items()
    },
    "cases": cases,
}
(HERE / "lightgbm.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
