"""Makes tests/golden/forest.json with the real scikit-learn, for tests/golden/forest.test.ts.

    python -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1 numpy
    .venv/bin/python tests/golden/make_forest.py

Decision trees are compared value by value: columns hold few distinct values, all exact in 32 bits, no two splits tie, and nothing
is random (every column is tried at every node). Forests draw rows and columns from other streams than ours, so of them
the errors on other rows are compared, over several seeds.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent


def dataset(seed: int, rows: int, missing: bool, weighted: bool):
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.integers(0, 24, rows) / 4.0,
            random.integers(0, 7, rows).astype(float),
            random.integers(-20, 40, rows) / 2.0,
            random.integers(0, 100, rows) / 8.0,
            random.integers(0, 2, rows).astype(float),
            # most values lie close together, a few far off: thresholds drawn by value are not those drawn by rank
            np.round(np.exp(random.normal(0, 1.5, rows)) * 4) / 4,
        ]
    )
    y = 10 * np.sin(x[:, 0]) + 3 * x[:, 1] + 0.02 * x[:, 2] ** 2 * x[:, 4] + 2 * np.log(x[:, 5] + 0.5)
    y = np.round((y + random.normal(0, 2, rows)) * 1024) / 1024
    if missing:
        hole = random.random(x.shape) < 0.15
        hole[:, 1] = False  # complete when trained, with holes when predicted: they go with most rows
        x[hole] = np.nan
    weight = random.integers(64, 256, rows) / 64.0 if weighted else None
    return x, y, weight


TREES = [
    {"name": "whole", "params": {}},
    {"name": "small-leaves", "params": {"min_samples_leaf": 3}},
    {"name": "depth", "params": {"max_depth": 5}},
    {"name": "leaf-rows", "params": {"min_samples_leaf": 7, "min_samples_split": 30}},
    {"name": "shares", "params": {"min_samples_leaf": 0.02, "min_samples_split": 0.1}},
    {"name": "best-first", "params": {"max_leaf_nodes": 17}},
    {"name": "impurity", "params": {"min_impurity_decrease": 0.3}},
    {"name": "pruned", "params": {"ccp_alpha": 0.25, "min_samples_leaf": 3}},
    {"name": "missing", "params": {"min_samples_leaf": 3}, "missing": True},
    {"name": "missing-best-first", "params": {"min_samples_leaf": 3, "max_leaf_nodes": 20}, "missing": True},
    {"name": "weighted", "params": {"min_samples_leaf": 4}, "weighted": True},
    {"name": "leaf-weight", "params": {"min_weight_fraction_leaf": 0.03}, "weighted": True},
    {"name": "monotone", "params": {"min_samples_leaf": 5, "monotonic_cst": [0, 1, 0, 0, 0, 1]}},
]

FORESTS = [
    {"name": "random_forest", "type": "random_forest", "params": {}},
    {"name": "random_forest-sqrt", "type": "random_forest", "params": {"max_features": "sqrt", "min_samples_leaf": 2}},
    {"name": "random_forest-share", "type": "random_forest", "params": {"max_samples": 0.4, "max_features": 3}},
    {"name": "random_forest-missing", "type": "random_forest", "params": {"min_samples_leaf": 3}, "missing": True},
    {"name": "random_forest-weighted", "type": "random_forest", "params": {}, "weighted": True},
    {"name": "extra_trees", "type": "extra_trees", "params": {}},
    {"name": "extra_trees-two", "type": "extra_trees", "params": {"max_features": 2, "min_samples_leaf": 2}},
    {"name": "extra_trees-bootstrap", "type": "extra_trees", "params": {"bootstrap": True, "min_samples_leaf": 3}},
    {"name": "random-splitter", "type": "decision_tree", "params": {"splitter": "random", "min_samples_leaf": 20}},
]
SEEDS = 12


def clean(values):
    return [[None if np.isnan(v) else float(v) for v in row] for row in values]


data = {}


def prepared(case):
    options = (case.get("missing", False), case.get("weighted", False))
    key = "-".join(map(str, options))
    if key not in data:
        x, y, weight = dataset(700 + len(data), 400, *options)
        test, test_y, _ = dataset(800 + len(data), 150, options[0], False)
        if options[0]:
            test[::9, 1] = np.nan
        data[key] = (x, y, weight, test, test_y)
    return key, data[key]


trees = []
for case in TREES:
    key, (x, y, weight, test, _) = prepared(case)
    model = DecisionTreeRegressor(random_state=0, **case["params"]).fit(x, y, sample_weight=weight)
    predicted = model.predict(test)
    # features are tried in another order with another seed: what differs then is a tie
    others = [DecisionTreeRegressor(random_state=s, **case["params"]).fit(x, y, sample_weight=weight).predict(test) for s in range(1, 40)]
    tied = np.any([other != predicted for other in others], axis=0)
    trees.append(
        {
            "name": case["name"],
            "params": case["params"],
            "data": key,
            "leaves": int(model.get_n_leaves()),
            "predicted": [None if tie else float(a) for a, tie in zip(predicted, tied)],
        }
    )
    print(case["name"], model.get_n_leaves(), "ties", int(tied.sum()))

KINDS = {"random_forest": RandomForestRegressor, "extra_trees": ExtraTreesRegressor, "decision_tree": DecisionTreeRegressor}
forests = []
for case in FORESTS:
    key, (x, y, weight, test, test_y) = prepared(case)
    trees_each = {} if case["type"] == "decision_tree" else {"n_estimators": 60}
    # one tree is a poor witness
    seeds = SEEDS if trees_each else 20 * SEEDS
    errors = []
    for seed in range(seeds):
        model = KINDS[case["type"]](random_state=seed, **trees_each, **case["params"]).fit(x, y, sample_weight=weight)
        errors.append(float(np.sqrt(np.mean((model.predict(test) - test_y) ** 2))))
    forests.append(
        {
            "name": case["name"],
            "type": case["type"],
            "params": {**trees_each, **case["params"]},
            "data": key,
            "rmse": float(np.mean(errors)),
            "deviation": float(np.std(errors)),
        }
    )
    print(forests[-1])

golden = {
    "library": f"scikit-learn {sklearn.__version__}",
    "data": {
        key: {
            "x": clean(x),
            "y": y.tolist(),
            "weight": None if w is None else w.tolist(),
            "test": clean(test),
            "testY": test_y.tolist(),
        }
        for key, (x, y, w, test, test_y) in data.items()
    },
    "trees": trees,
    "forests": forests,
}
(HERE / "forest.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
