"""Reference values for src-main/metrics, from scikit-learn and scipy. Run: python3 tests/golden/make_metrics.py

Writes metrics.json beside this file. Needs numpy, scipy and scikit-learn; not part of the app or of its tests.
"""
import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics as m

rng = np.random.default_rng(7)
LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9]


def case(name, actual, predicted):
    spread = 0.2 * np.abs(predicted) + 1.0
    quantiles = predicted[:, None] + spread[:, None] * stats.norm.ppf(LEVELS)[None, :]
    loss = [m.mean_pinball_loss(actual, quantiles[:, j], alpha=a) for j, a in enumerate(LEVELS)]
    nonzero = actual != 0
    return {
        "name": name,
        "actual": actual.tolist(),
        "predicted": predicted.tolist(),
        "levels": LEVELS,
        "quantiles": quantiles.ravel().tolist(),
        "rmse": m.root_mean_squared_error(actual, predicted),
        "mae": m.mean_absolute_error(actual, predicted),
        "r2": m.r2_score(actual, predicted),
        # scikit-learn divides by a tiny number where the actual is 0; ours leaves such rows out
        "mape": m.mean_absolute_percentage_error(actual[nonzero], predicted[nonzero]),
        "pinball": loss,
        "wql": 2 * float(np.mean(loss)) / float(np.mean(np.abs(actual))),
        "coverage80": float(np.mean((actual >= quantiles[:, 0]) & (actual <= quantiles[:, -1]))),
    }


def diebold_mariano(first, second, h):
    """Harvey, Leybourne and Newbold (1997), eq. 9, written out plainly."""
    d = first - second
    n = len(d)
    gamma = [float(np.sum((d[k:] - d.mean()) * (d[: n - k] - d.mean())) / n) for k in range(h)]
    variance = (gamma[0] + 2 * sum(gamma[1:])) / n
    statistic = d.mean() / np.sqrt(variance) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    return {"h": h, "first": first.tolist(), "second": second.tolist(), "statistic": float(statistic),
            "pValue": float(2 * stats.t.sf(abs(statistic), n - 1))}


n = 60
load = 40 + 25 * np.sin(np.arange(n) * 2 * np.pi / 24) + rng.normal(0, 4, n)
zeros = np.where(rng.random(n) < 0.3, 0.0, rng.gamma(2.0, 3.0, n))
net = rng.normal(5, 30, n)
a, b = rng.gamma(3, 1, 40), rng.gamma(3, 1.2, 40)
out = {
    "versions": {"sklearn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "cases": [
        case("load", load, load + rng.normal(1, 5, n)),
        case("with zeros", zeros, np.maximum(0, zeros + rng.normal(0, 2, n))),
        case("net load with both signs", net, net * 0.8 + rng.normal(0, 8, n)),
    ],
    "student": [{"t": t, "freedom": f, "pValue": float(2 * stats.t.sf(abs(t), f))}
                for t in (0.0, 0.3, 1.0, 2.5, -4.0, 12.0) for f in (1, 4, 30, 400)],
    "dieboldMariano": [diebold_mariano(a, b, 1), diebold_mariano(a, b, 3), diebold_mariano(b, a, 2)],
}
pathlib.Path(__file__).with_name("metrics.json").write_text(json.dumps(out, indent=1) + "\n")
