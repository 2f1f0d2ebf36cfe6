"""Makes tests/golden/catboost.json with the real CatBoost, for tests/golden/catboost.test.ts.

    python -m venv .venv && .venv/bin/pip install catboost==1.2.10 numpy
    .venv/bin/python tests/golden/make_catboost.py

Columns hold few distinct values (fewer than border_count), all exact in 32 bits. Nothing is random: no bootstrap, no noise
on scores, every column in every question.
"""

import json
import pathlib

import catboost as cb
import numpy as np

HERE = pathlib.Path(__file__).parent


def dataset(seed: int, rows: int, missing: bool, weighted: bool, kind: str):
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
        y = np.digitize(y, [4, 16]).astype(float)
    if missing:
        x[random.random(x.shape) < 0.15] = np.nan
    weight = random.integers(1, 4, rows).astype(float) if weighted else None
    return x, y, weight


CLASSES = {"loss_function": "MultiClass", "classes_count": 3}
CASES = [
    {"name": "cosine", "params": {"depth": 6, "learning_rate": 0.1}},
    {"name": "l2", "params": {"depth": 6, "learning_rate": 0.1, "score_function": "L2"}},
    {"name": "missing", "params": {"depth": 5, "learning_rate": 0.2}, "missing": True},
    {"name": "weighted", "params": {"depth": 4, "learning_rate": 0.2, "l2_leaf_reg": 7}, "weighted": True},
    {"name": "mae", "params": {"loss_function": "MAE", "depth": 4, "learning_rate": 0.2}},
    {"name": "quantile", "params": {"loss_function": "Quantile:alpha=0.8", "depth": 4, "learning_rate": 0.2}},
    {"name": "poisson", "params": {"loss_function": "Poisson", "depth": 4, "learning_rate": 0.1}, "kind": "count"},
    {
        "name": "tweedie",
        "params": {"loss_function": "Tweedie:variance_power=1.5", "depth": 4, "learning_rate": 0.1},
        "kind": "count",
    },
    {"name": "logloss", "params": {"loss_function": "Logloss", "depth": 4, "learning_rate": 0.1}, "kind": "binary"},
    {
        "name": "logloss-gradient",
        "params": {"loss_function": "Logloss", "leaf_estimation_method": "Gradient", "leaf_estimation_iterations": 3, "depth": 3},
        "kind": "binary",
    },
    {
        "name": "monotone",
        "params": {"depth": 4, "learning_rate": 0.2, "monotone_constraints": [0, 1, -1, 0, 1]},
    },
    {
        "name": "monotone-l2-weighted",
        "params": {"depth": 5, "learning_rate": 0.2, "score_function": "L2", "monotone_constraints": [0, -1, 1, 1, 0]},
        "weighted": True,
    },
    {
        "name": "monotone-logloss",
        "params": {"loss_function": "Logloss", "depth": 4, "learning_rate": 0.2, "monotone_constraints": [1, 1, 0, 0, -1]},
        "kind": "binary",
    },
    {
        "name": "monotone-steps",
        "params": {"loss_function": "Poisson", "depth": 3, "leaf_estimation_iterations": 2, "monotone_constraints": [0, 1, -1, 0, 0]},
        "kind": "count",
    },
    {"name": "classes", "params": {**CLASSES, "depth": 5, "learning_rate": 0.3}, "kind": "classes"},
    {
        "name": "classes-l2-weighted-missing",
        "params": {**CLASSES, "depth": 4, "learning_rate": 0.3, "score_function": "L2", "l2_leaf_reg": 1},
        "kind": "classes",
        "weighted": True,
        "missing": True,
    },
    {
        "name": "classes-gradient",
        "params": {**CLASSES, "depth": 3, "leaf_estimation_method": "Gradient"},
        "kind": "classes",
    },
    {
        "name": "quantiles",
        "params": {"loss_function": "MultiQuantile:alpha=0.1,0.5,0.9", "depth": 5, "learning_rate": 0.2},
    },
]
DEFAULTS = {
    "bootstrap_type": "No",
    "random_strength": 0,
    "rsm": 1,
    "leaf_estimation_iterations": 1,
    "iterations": 20,
    "learning_rate": 0.1,
    "one_hot_max_size": 2,
}


def clean(values):
    return [[None if np.isnan(v) else float(v) for v in row] for row in values]


FORM = {"Logloss": "Probability", "MultiClass": "Probability", "Poisson": "Exponent", "Tweedie:variance_power=1.5": "Exponent"}

data = {}
cases = []
for case in CASES:
    options = (case.get("missing", False), case.get("weighted", False), case.get("kind", "plain"))
    key = "-".join(map(str, options))
    if key not in data:
        data[key] = (dataset(500 + len(data), 400, *options), dataset(600 + len(data), 30, *options)[0])
    (x, y, weight), test = data[key]
    params = {**DEFAULTS, **case["params"]}
    fixed = {"thread_count": 1, "verbose": 0, "allow_writing_files": False, "boosting_type": "Plain"}
    if "monotone_constraints" in params:
        # else earlier trees shrink from round to round, which ours do not
        fixed |= {"model_shrink_rate": 0, "leaf_estimation_backtracking": "No"}
    model = cb.CatBoost({"loss_function": "RMSE", **params, **fixed})
    model.fit(cb.Pool(x, y, weight=weight))
    predicted = model.predict(test, prediction_type=FORM.get(params.get("loss_function"), "RawFormulaVal"))
    cases.append(
        {
            "name": case["name"],
            # CatBoost starts from 0 where the loss is not of the mean or a quantile
            "params": {**params, "boost_from_average": bool(model.get_all_params()["boost_from_average"])},
            "data": key,
            # one list for each output
            "predicted": [predicted.tolist()]
            if predicted.ndim == 1
            else predicted.T.tolist()[1 if predicted.shape[1] == 2 else 0 :],
        }
    )
    print(case["name"], cases[-1]["predicted"][0][:2])

golden = {
    "library": f"catboost {cb.__version__}",
    "data": {
        key: {"x": clean(x), "y": y.tolist(), "weight": None if w is None else w.tolist(), "test": clean(test)}
        for key, ((x, y, w), test) in data.items()
    },
    "cases": cases,
}
(HERE / "catboost.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
