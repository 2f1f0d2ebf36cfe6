"""Makes tests/golden/chronos-2-tuned/forecasts.json with the original, and beside it what the original itself saves after training, for chronos-2-tuned.test.ts.

    python -m venv .venv && .venv/bin/pip install "chronos-forecasting[extras]==2.3.2" peft torch transformers numpy
    .venv/bin/python tests/golden/make_chronos2_tuned.py base && node tests/golden/make_chronos2_tuned.ts
    .venv/bin/python tests/golden/make_chronos2_tuned.py

The base that both train has the weights of a formula (chronos_formula.py). Adapters name it as `base`, a folder beside them here.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import warnings

import numpy as np
import torch
from chronos_formula import nested
from make_chronos2 import NINE, as_input, config_of, item, numbers, opened

warnings.filterwarnings("ignore")
PLACE = pathlib.Path(__file__).parent / "chronos-2-tuned"
# the scale of the time encoding is left out: it is the context's until that grows
CONFIG = config_of(dict(d_model=16, d_kv=4, d_ff=24, num_layers=2, num_heads=2),
                   dict(context_length=32, input_patch_size=4, max_output_patches=2, quantiles=NINE, use_arcsinh=True))


def series(steps, period):
    t = np.arange(steps)
    return (30 + 10 * np.sin(2 * np.pi * t / period) + t % 5).astype(np.float32)


def train(pipeline, mode, folder):
    """By the original, as long and on as much as make_chronos2_tuned.ts does."""
    past, known = series(300, 12), series(300, 7)
    inputs = [dict(target=series(300, 24), past_covariates=dict(p0=past, q0=known), future_covariates=dict(q0=known[:12]))]
    pipeline.fit(inputs, prediction_length=12, finetune_mode=mode, context_length=44, learning_rate=0.01, num_steps=30, batch_size=12,
                 output_dir=folder, remove_printer_callback=True, use_cpu=True, report_to="none")
    return pathlib.Path(folder, "finetuned-ckpt")


def main():
    from chronos import Chronos2Pipeline

    PLACE.mkdir(exist_ok=True)
    if sys.argv[1:] == ["base"]:
        (PLACE / "base.json").write_text(json.dumps(CONFIG) + "\n")
        return
    random = np.random.default_rng(31)
    items = [item(random, 60, 30, 1, 1, 1, 0.05), item(random, 37, 30, 1, 1, 1)]
    made = dict(items=[dict(targets=numbers(one["targets"]), past=numbers(one["past"]), known=one["known"]) for one in items], cases=[])
    for one in made["items"]:
        one["known"] = [{k: numbers([v])[0] for k, v in pair.items()} for pair in one["known"]]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        base, _ = opened(CONFIG)
        base.save_pretrained("base")
        for mode in ["full", "lora"]:
            saved = train(Chronos2Pipeline.from_pretrained("base"), mode, f"{folder}/{mode}")
            place = PLACE / "theirs" / mode
            place.mkdir(parents=True, exist_ok=True)
            for name in ["config.json", "model.safetensors"] if mode == "full" else ["adapter_config.json", "adapter_model.safetensors"]:
                shutil.copyfile(saved / name, place / name)
        def case(pipeline, place, context, horizon):
            inputs = [as_input(dict(one, known=[dict(pair, future=pair["future"][:horizon]) for pair in one["known"]])) for one in items]
            forecasts = pipeline.predict(inputs, prediction_length=horizon, context_length=context)
            own = pipeline.model.chronos_config
            made["cases"].append(dict(place=place, horizon=horizon, context=context, context_length=own.context_length,
                                      max_output_patches=own.max_output_patches, quantiles=[nested(one, 5) for one in forecasts]))

        case(base, "base", 32, 8)
        # checkpoints read and forecast what was trained, adapters alone what the base does
        for place, context, horizon in [("ours/full", 44, 12), ("ours/full", 44, 30), ("ours/lora", 44, 12), ("ours/lora", 44, 30),
                                        ("ours/lora", 32, 8), ("ours/lora/adapter", 32, 8), ("ours/lora/adapter", 32, 30),
                                        ("theirs/full", 44, 12), ("theirs/lora", 32, 8)]:
            case(Chronos2Pipeline.from_pretrained(str(PLACE / place), device_map="cpu", dtype=torch.float32), place, context, horizon)
    (PLACE / "forecasts.json").write_text(json.dumps(made, separators=(",", ":")) + "\n")


main()
