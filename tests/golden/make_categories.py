"""Writes categories.json: how LightGBM, XGBoost and CatBoost treat categories, for categories.test.ts.

Needs: pip install lightgbm==4.7.0 xgboost==3.2.0 catboost==1.2.10 pandas
Run:   python tests/golden/make_categories.py
"""
import json
import os
import tempfile

import catboost
import lightgbm as lgb
import numpy as np
import xgboost as xgb

here = os.path.dirname(os.path.abspath(__file__))


def short(values, digits=7):
    """Numbers as few digits as 32 bits need."""
    return [None if v != v else float(f"{float(v):.{digits}g}") for v in values]


def one_column(seed, rows, categories, missing):
    """A categorical column of unequal counts and a target that depends on it, both exact in 32 bits."""
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.full(categories, 0.7))
    code = rng.choice(categories, size=rows, p=share).astype(float)
    effect = rng.normal(size=categories)
    target = np.float32(np.round(effect[code.astype(int)] + 0.5 * rng.normal(size=rows), 3)).astype(float)
    if missing:
        lost = rng.random(rows) < 0.08
        code[lost] = np.nan
        target[lost] += 1
        target = np.float32(target).astype(float)
    return code, target


def lightgbm_split(seed, rows, categories, missing, binary, params):
    code, target = one_column(seed, rows, categories, missing)
    if binary:
        target = (target > np.median(target)).astype(float)
    full = dict(
        objective="binary" if binary else "regression", num_leaves=2, learning_rate=1.0, verbose=-1, num_threads=1,
        min_data_in_leaf=5, boost_from_average=True, **params,
    )
    data = lgb.Dataset(code.reshape(-1, 1), target, categorical_feature=[0], params=full)
    model = lgb.train(full, data, 1)
    text = model.model_to_string()
    infos = [line for line in text.split("\n") if line.startswith("feature_infos")][0].split("=")[1]
    tree = model.dump_model()["tree_info"][0]["tree_structure"]
    found = None
    if "threshold" in tree:
        found = dict(
            set=[int(c) for c in tree["threshold"].split("||")],
            gain=tree["split_gain"],
            inside=tree["left_child"]["leaf_value"],
            outside=tree["right_child"]["leaf_value"],
        )
    return dict(
        code=short(code), target=short(target), binary=binary, params=params,
        bins=[] if infos == "none" else [int(c) for c in infos.split(":")][1:], found=found,
    )


def xgboost_split(seed, rows, categories, missing, params):
    import pandas as pd

    code, target = one_column(seed, rows, categories, missing)
    frame = pd.DataFrame({"c": pd.Categorical.from_codes([-1 if c != c else int(c) for c in code], list(range(categories)))})
    data = xgb.DMatrix(frame, target, enable_categorical=True)
    model = xgb.train(dict(max_depth=1, eta=1.0, base_score=0.5, tree_method="hist", nthread=1, **params), data, 1)
    tree = json.loads(model.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"][0]
    found = None
    if len(tree["split_conditions"]) == 3:
        found = dict(
            set=tree["categories"],
            gain=tree["loss_changes"][0],
            missingLeft=bool(tree["default_left"][0]),
            left=tree["split_conditions"][1],
            right=tree["split_conditions"][2],
        )
    return dict(code=short(code), target=short(target), categories=categories, params=params, found=found)


def catboost_model():
    """Text categories of every length that the hash tells apart, combinations with numbers and with single categories."""
    rng = np.random.default_rng(4)
    rows = 400
    letters = list("abcdefghijklmnopqrstuvwxyzäöü€ 0123456789")
    lengths = (1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 90, 127, 128, 129)
    names = ["".join(rng.choice(letters, size=n)) for n in lengths]
    name = rng.integers(0, len(names), rows)
    day = rng.integers(0, 6, rows)
    state = rng.integers(0, 2, rows)
    x = np.float32(np.round(rng.normal(size=rows), 3)).astype(float)
    effect = rng.normal(size=len(names))
    y = np.round(effect[name] * (day % 2) + 0.5 * (day == name % 6) + x * state + (x > 0) * effect[name] + 0.1 * rng.normal(size=rows), 3)
    table = [[names[name[i]], str(day[i]), "on" if state[i] else "off", x[i]] for i in range(rows)]
    pool = catboost.Pool(table, y, cat_features=[0, 1, 2])
    model = catboost.CatBoostRegressor(
        iterations=30, depth=4, learning_rate=0.2, max_ctr_complexity=4, random_seed=1, thread_count=1, border_count=12,
        verbose=0, allow_writing_files=False,
    )
    model.fit(pool)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        model.save_model(path, format="json", pool=pool)
        with open(path) as file:
            saved = json.load(file)
    # rows with combinations and categories that training never saw
    unseen = [["new", "0", "on", 0.5], [names[3], "7", "off", -2.0], [names[0], "1", "other", 1.25]]
    keep = ("ctr_data", "features_info", "oblivious_trees", "scale_and_bias")
    return dict(
        names=names, name=name.tolist(), day=day.tolist(), state=state.tolist(), x=short(x), y=short(y),
        predicted=model.predict(table).tolist(),
        unseen=unseen, unseenPredicted=model.predict(unseen).tolist(),
        model={key: saved[key] for key in keep},
    )


def catboost_errors():
    """Test errors of CatBoost on data whose categories matter, by data set and seed. See `categoricalData` in the test."""
    out = {}
    for kind, seeds in (("high", 3), ("pairs", 3)):
        for seed in range(seeds):
            data = categorical_data(kind, seed)
            out[f"{kind}{seed}"] = errors_of(data, seed)
    return out


def mulberry(seed):
    """The product's own generator, so that both sides make the same data."""
    state = seed & 0xFFFFFFFF

    def step():
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (1 | state)) & 0xFFFFFFFF
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & 0xFFFFFFFF)) & 0xFFFFFFFF) ^ t
        return (t ^ (t >> 14)) / 4294967296

    return step


def categorical_data(kind, seed):
    draw = mulberry(1000 * seed + (1 if kind == "high" else 2))
    rows = 3000
    size_a, size_b = (300, 25) if kind == "high" else (12, 12)
    noise = lambda: draw() + draw() + draw() + draw() + draw() + draw() - 3  # close to normal, deviation 0.7
    effect_a = [noise() * 1.4 for _ in range(size_a)]
    effect_b = [noise() * 1.4 for _ in range(size_b)]
    effect_ab = [noise() * 1.4 for _ in range(size_b * 7 if kind == "high" else size_a * size_b)]
    columns, target = [[], [], [], [], []], []
    for _ in range(rows):
        a = int(draw() * draw() * size_a) if kind == "high" else int(draw() * size_a)
        b = int(draw() * size_b)
        c = int(draw() * (7 if kind == "high" else 2))
        x, z = 4 * draw() - 2, 4 * draw() - 2
        if kind == "high":
            y = effect_a[a] + 0.5 * effect_b[b] + 0.7 * effect_ab[b * 7 + c] + abs(x) + (0.5 * z if effect_b[b] > 0 else 0)
        else:
            y = effect_ab[a * size_b + b] + (effect_a[a] if x > 0 else 0) + 0.3 * c
        for column, value in zip(columns, (a, b, c, x, z)):
            column.append(value)
        target.append(y + 0.7 * noise())
    return columns, np.array(target)


def errors_of(data, seed):
    columns, target = data
    table = [list(row) for row in zip(*columns)]
    train, test = slice(0, 2000), slice(2000, None)
    out = {}
    for name, extra in (("plain", {}), ("simple", dict(max_ctr_complexity=1)), ("ordered", dict(boosting_type="Ordered"))):
        model = catboost.CatBoostRegressor(
            iterations=200, depth=5, learning_rate=0.1, random_seed=seed, thread_count=2, bootstrap_type="No",
            random_strength=0, verbose=0, allow_writing_files=False, **extra,
        )
        model.fit(catboost.Pool(table[train], target[train], cat_features=[0, 1, 2]))
        out[name] = round(float(np.sqrt(np.mean((model.predict(table[test]) - target[test]) ** 2))), 6)
    out["targetSum"] = round(float(target.sum()), 6)
    return out


def main():
    plain = dict(min_data_per_group=10, cat_smooth=2, cat_l2=1)
    golden = dict(
        lightgbm=[
            lightgbm_split(1, 300, 3, False, False, {}),
            lightgbm_split(2, 300, 3, True, False, plain),
            lightgbm_split(3, 300, 12, False, False, plain),
            lightgbm_split(4, 400, 40, True, False, plain),
            lightgbm_split(5, 400, 40, True, True, plain),
            lightgbm_split(6, 600, 25, False, False, {}),
            lightgbm_split(7, 400, 30, False, False, dict(plain, max_cat_threshold=3)),
            lightgbm_split(8, 400, 12, True, True, dict(plain, max_cat_to_onehot=20)),
            lightgbm_split(9, 400, 20, False, False, dict(plain, lambda_l1=3.0, lambda_l2=2.0)),
            lightgbm_split(10, 400, 20, False, False, dict(plain, path_smooth=20.0)),
            lightgbm_split(11, 400, 20, True, False, dict(plain, max_delta_step=0.3)),
            lightgbm_split(12, 300, 15, False, False, dict(min_data_per_group=120, cat_smooth=1)),
        ],
        xgboost=[
            xgboost_split(21, 300, 3, False, {}),
            xgboost_split(22, 300, 3, True, {}),
            xgboost_split(23, 300, 4, True, {}),
            xgboost_split(24, 400, 40, False, {}),
            xgboost_split(25, 400, 40, True, {}),
            xgboost_split(26, 400, 90, True, dict(max_cat_threshold=10)),
            xgboost_split(27, 400, 20, True, dict(max_cat_to_onehot=50)),
            xgboost_split(28, 400, 20, True, {"min_child_weight": 15, "lambda": 4, "alpha": 2}),
            xgboost_split(29, 400, 20, False, dict(max_delta_step=0.4)),
        ],
        catboost=catboost_model(),
        catboostErrors=catboost_errors(),
    )
    with open(os.path.join(here, "categories.json"), "w") as file:
        json.dump(golden, file, separators=(",", ":"), ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
