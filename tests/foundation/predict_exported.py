"""Forecasts of an exported folder by chronos-forecasting: python predict_exported.py FOLDER < items.json > forecasts.json"""
import json
import sys

import numpy as np
import torch
from chronos import Chronos2Pipeline

job = json.load(sys.stdin)
values = lambda row: np.array([np.nan if v is None else v for v in row], dtype=np.float32)
named = lambda rows: {name: values(row) for name, row in rows.items()}
pipeline = Chronos2Pipeline.from_pretrained(sys.argv[1], device_map="cpu", dtype=torch.float32)
inputs = [
    {
        "target": values(item["target"]),
        "past_covariates": named(item["past"]),
        "future_covariates": named(item["known"]),
    }
    for item in job["items"]
]
made = pipeline.predict(inputs, prediction_length=job["horizon"], context_length=job["context"])
model = pipeline.model
print(
    json.dumps(
        {
            "context_length": model.chronos_config.context_length,
            "max_output_patches": model.chronos_config.max_output_patches,
            # series x quantiles x steps, of one target each
            "quantiles": [forecast[0].tolist() for forecast in made],
        }
    )
)
