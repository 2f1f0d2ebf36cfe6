"""Golden SHAP values of the original libraries.

Writes shap.json: per case the model as arrays (the fields of TreeEnsemble, see src-main/models/boosting/ensemble.ts), a few
rows with missing values and categories, the library's own contributions (last column: expected value) and importances.

  python make_shap.py            # xgboost 3.2, lightgbm 4.7, catboost 1.2, numpy
"""

import json
import os

import catboost
import lightgbm
import numpy
import pandas
import xgboost

ROWS, SHOWN = 2000, 25
rng = numpy.random.default_rng(7)


def data(categories: int):
    x = numpy.round(rng.normal(size=(ROWS, 5)), 4)
    x[rng.random((ROWS, 5)) < 0.08] = numpy.nan
    c = rng.integers(0, categories, ROWS) if categories else None
    y = 2 * numpy.nan_to_num(x[:, 0]) + numpy.nan_to_num(x[:, 1] * x[:, 2]) + (numpy.isnan(x[:, 3]) * 1.5)
    if categories:
        y = y + numpy.sin(c * 1.7) * 2
    return x, c, y + rng.normal(size=ROWS) * 0.1


def frame(x, c):
    out = pandas.DataFrame(x, columns=[f"n{i}" for i in range(x.shape[1])])
    if c is not None:
        out["c"] = pandas.Categorical(c)
    return out


def columns(x, c):
    every = [list(map(value, x[:SHOWN, i])) for i in range(x.shape[1])]
    if c is not None:
        every.append([int(v) for v in c[:SHOWN]])
    return every


def value(v):
    v = float(v)
    return None if numpy.isnan(v) else float(f"{v:.6g}")


def short(a, digits=9):
    return [[float(f"{v:.{digits}g}") for v in row] for row in numpy.atleast_2d(a)]


def case(name, dialect, trees, columns_, categories, shap, importance, **more):
    base = {"compare": "lt", "single": False, "outputs": 1, "treeOutput": None, "missingAs": None, "tolerance": 1e-5}
    return {"name": name, "dialect": dialect, "columns": columns_, "categories": categories, "trees": trees, "shap": shap,
            "importance": importance, **base, **more}


class Nodes:
    """Collects NodeTrees."""

    def __init__(self):
        self.start, self.set_start, self.set_bits = [0], [0], []
        self.rows = {k: [] for k in ("feature", "threshold", "left", "right", "flags", "value", "gain", "cover", "count")}

    def add(self, **row):
        for key, list_ in self.rows.items():
            list_.append(row[key])

    def close(self):
        self.start.append(len(self.rows["feature"]))

    def set_of(self, codes):
        words = [0] * (max(codes) // 32 + 1) if codes else []
        for code in codes:
            words[code // 32] |= 1 << (code % 32)
        self.set_bits += words
        self.set_start.append(len(self.set_bits))
        return len(self.set_start) - 2

    def done(self):
        return {"shape": "nodes", "start": self.start, **self.rows, "setStart": self.set_start, "setBits": self.set_bits}


def xgboost_nodes(booster, categories):
    nodes = Nodes()
    model = json.loads(booster.save_raw("json").decode())["learner"]
    for tree in model["gradient_booster"]["model"]["trees"]:
        sets = {n: tree["categories"][s : s + z] for n, s, z in zip(
            tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"])}
        for i, left in enumerate(tree["left_children"]):
            leaf = left < 0
            flags = 0 if leaf else tree["default_left"][i]
            at = 0 if leaf else tree["split_conditions"][i]
            if i in sets:  # the library's set goes right, ours left
                flags |= 2
                at = nodes.set_of([c for c in range(categories) if c not in sets[i]])
            nodes.add(feature=-1 if leaf else tree["split_indices"][i], threshold=at, left=0 if leaf else left,
                      right=0 if leaf else tree["right_children"][i], flags=flags,
                      value=tree["split_conditions"][i] if leaf else 0, gain=0 if leaf else tree["loss_changes"][i],
                      cover=tree["sum_hessian"][i], count=0)
        nodes.close()
    return nodes.done(), model["gradient_booster"]["model"]["tree_info"]


def xgboost_importance(booster, names):
    kinds = ("weight", "gain", "cover", "total_gain", "total_cover")
    return {k: [booster.get_score(importance_type=k).get(n, 0.0) for n in names] for k in kinds}


def of_xgboost():
    cases = []
    for name, categories, params in (
        ("xgboost numbers", 0, {"max_depth": 5}),
        ("xgboost categories", 9, {"max_depth": 4, "max_cat_to_onehot": 1}),
        ("xgboost three classes", 0, {"max_depth": 3, "objective": "multi:softprob", "num_class": 3}),
    ):
        x, c, y = data(categories)
        if "num_class" in params:
            y = numpy.digitize(y, [-1, 1])
        table = frame(x, c)
        matrix = xgboost.DMatrix(table, y, enable_categorical=True)
        booster = xgboost.train({"tree_method": "hist", "eta": 0.3, **params}, matrix, 6)
        shown = xgboost.DMatrix(table[:SHOWN], enable_categorical=True)
        shap = booster.predict(shown, pred_contribs=True)
        trees, info = xgboost_nodes(booster, categories)
        cases.append(case(name, "xgboost", trees, columns(x, c), categories, [short(s) for s in (
            shap.transpose(1, 0, 2) if shap.ndim == 3 else [shap])], xgboost_importance(booster, list(table.columns)),
            single=True, outputs=params.get("num_class", 1), treeOutput=info))
    return cases


def of_lightgbm():
    cases = []
    for name, categories, params in (
        ("lightgbm numbers", 0, {"num_leaves": 24}),
        ("lightgbm categories", 40, {"num_leaves": 15, "min_data_per_group": 5, "cat_smooth": 1}),
    ):
        x, c, y = data(categories)
        booster = lightgbm.train({"objective": "regression", "verbose": -1, "deterministic": True, **params},
                                 lightgbm.Dataset(frame(x, c), y), 6)
        nodes = Nodes()
        for info in booster.dump_model()["tree_info"]:
            flat = []

            def walk(node):
                at = len(flat)
                flat.append(None)
                if "leaf_value" in node:
                    flat[at] = dict(feature=-1, threshold=0, left=0, right=0, flags=0, value=node["leaf_value"], gain=0,
                                    cover=node.get("leaf_weight", 0), count=node.get("leaf_count", ROWS))
                    return at
                flags = 1 if node["default_left"] else 0
                if node["missing_type"] == "None":
                    flags |= 4
                if node["decision_type"] == "==":
                    flags, limit = 2, nodes.set_of([int(v) for v in node["threshold"].split("||")])
                else:
                    limit = node["threshold"]
                left = walk(node["left_child"])
                right = walk(node["right_child"])
                flat[at] = dict(feature=node["split_feature"], threshold=limit, left=left, right=right, flags=flags, value=0,
                                gain=node["split_gain"], cover=node["internal_weight"], count=node["internal_count"])
                return at

            walk(info["tree_structure"])
            for row in flat:
                nodes.add(**row)
            nodes.close()
        shap = booster.predict(frame(x, c)[:SHOWN], pred_contrib=True)
        importance = {"split": booster.feature_importance("split").tolist(),
                      "gain": booster.feature_importance("gain").tolist()}
        cases.append(case(name, "lightgbm", nodes.done(), columns(x, c), categories, [short(shap, 12)], importance, compare="le"))
    return cases


def of_catboost():
    cases = []
    for name, categories, missing in (("catboost numbers", 0, "Min"), ("catboost one-hot", 6, "Max")):
        x, c, y = data(categories)
        table = frame(x, c)
        cats = ["c"] if categories else []
        if categories:
            table["c"] = table["c"].astype(int)
        pool = catboost.Pool(table, y, cat_features=cats)
        model = catboost.CatBoostRegressor(iterations=8, depth=5, one_hot_max_size=10, nan_mode=missing, verbose=False,
                                           random_seed=1, allow_writing_files=False, thread_count=1)
        model.fit(pool)
        model.save_model("/tmp/shap-catboost.json", format="json", pool=pool)
        with open("/tmp/shap-catboost.json") as file:
            dumped = json.load(file)
        os.remove("/tmp/shap-catboost.json")
        out = {"shape": "symmetric", "start": [0], "leafStart": [0], "feature": [], "border": [], "equal": [], "value": [],
               "weight": [], "gain": []}
        codes = {h["hash"]: int(h["value"]) for h in dumped["features_info"].get("cat_features_hash") or []}
        for tree in dumped["oblivious_trees"]:
            for split in tree["splits"] or []:
                hot = split["split_type"] == "OneHotFeature"
                out["feature"].append(5 if hot else split["float_feature_index"])
                out["border"].append(codes[split["value"] % 2**32] if hot else split["border"])
                out["equal"].append(1 if hot else 0)
                out["gain"].append(0)
            out["start"].append(len(out["feature"]))
            out["value"] += tree["leaf_values"]
            out["weight"] += tree["leaf_weights"]
            out["leafStart"].append(len(out["weight"]))
        shown = catboost.Pool(table[:SHOWN], cat_features=cats)
        shap = model.get_feature_importance(shown, type="ShapValues")
        scale, bias = dumped["scale_and_bias"]
        importance = {"PredictionValuesChange": model.get_feature_importance(type="PredictionValuesChange").tolist()}
        flags = {f["feature_index"]: f["nan_value_treatment"] for f in dumped["features_info"]["float_features"]}
        reads = ["max" if flags[i] == "AsTrue" else "min" for i in range(5)] + (["min"] if categories else [])
        cases.append(case(name, "catboost", out, columns(x, c), categories, [short(shap, 12)], importance, compare="le",
                          single=True, missingAs=reads, bias=bias[0] if isinstance(bias, list) else bias))
        assert scale == 1
    return cases


if __name__ == "__main__":
    cases = of_xgboost() + of_lightgbm() + of_catboost()
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "shap.json"), "w") as file:
        json.dump({"versions": {m.__name__: m.__version__ for m in (xgboost, lightgbm, catboost)}, "cases": cases}, file,
                  separators=(",", ":"))
