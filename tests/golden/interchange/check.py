"""Loads model files that Voltcast wrote with the real libraries and prints how far their predictions are from ours.

    python tests/golden/interchange/check.py MANIFEST

MANIFEST: JSON list of {file, format, columns, levels, categorical, predicted}. Answer: JSON list of {file, difference} or
{file, error}, and {versions}. Run by writing.test.ts when VOLTCAST_PEERS names a Python that has the libraries.
"""

import json
import sys

import numpy as np
import pandas as pd


def frame_of(case, texts=False):
    frame = pd.DataFrame()
    for name, values in case["columns"].items():
        if name in case["categorical"]:
            levels = case["levels"].get(name)
            if texts:
                frame[name] = ["nan" if v is None else v for v in values]
            else:
                frame[name] = pd.Categorical(values, categories=levels)
        else:
            frame[name] = np.array([np.nan if v is None else v for v in values], dtype=float)
    return frame


def predict(case):
    path = case["file"]
    if case["format"].startswith("xgboost"):
        import xgboost as xgb

        booster = xgb.Booster()
        booster.load_model(path)
        return booster.predict(xgb.DMatrix(frame_of(case), enable_categorical=True))
    if case["format"] == "lightgbm-text":
        import lightgbm as lgb

        return lgb.Booster(model_file=path).predict(frame_of(case))
    import catboost as cb

    model = cb.CatBoost()
    model.load_model(path, format="json")
    frame = frame_of(case, texts=True)
    pool = cb.Pool(frame, cat_features=[c for c in case["categorical"] if c in frame])
    kind = {"identity": "RawFormulaVal", "exp": "Exponent", "logistic": "Probability", "softmax": "Probability"}[case["link"]]
    predicted = np.asarray(model.predict(pool, prediction_type=kind))
    return predicted[:, 1] if case["link"] == "logistic" and predicted.ndim == 2 and predicted.shape[1] == 2 else predicted


def main():
    results = []
    for case in json.loads(open(sys.argv[1]).read()):
        try:
            found = np.asarray(predict(case), dtype=float)
            found = found[:, None] if found.ndim == 1 else found
            wanted = np.array(case["predicted"], dtype=float).T
            if found.shape != wanted.shape:
                raise ValueError(f"shape {found.shape}, expected {wanted.shape}")
            difference = np.abs(found - wanted) / np.maximum(1, np.abs(wanted))
            results.append({"file": case["file"], "difference": float(difference.max())})
        except Exception as error:  # what goes wrong is the result
            results.append({"file": case["file"], "error": str(error).split("Stack trace")[0][:300]})
    print(json.dumps(results))


main()
