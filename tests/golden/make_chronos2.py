"""Makes tests/golden/chronos-2-more.json and chronos-2-released.json with the original, for chronos-2-more.test.ts and chronos-2-released.test.ts.

    python -m venv .venv && .venv/bin/pip install chronos-forecasting==2.3.2 torch transformers numpy
    .venv/bin/python tests/golden/make_chronos2.py

Weights are made by formula (chronos_formula.py), so the files hold configurations, series and forecasts. chronos-2.json, the
first file, was handed over with the specification of the model.
"""

import json
import pathlib
import tempfile
import warnings

import numpy as np
import torch
from chronos_formula import nested, numbers, weight
from safetensors.torch import save_file

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
NAN = float("nan")
NINE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
THIRTEEN = [0.01, 0.05, *NINE, 0.95, 0.99]
TWENTY_ONE = [0.01, *(round(0.05 * k, 2) for k in range(1, 20)), 0.99]


def config_of(core, own):
    return dict(architectures=["Chronos2Model"], chronos_pipeline_class="Chronos2Pipeline", model_type="t5", dropout_rate=0.1,
                feed_forward_proj="relu", dense_act_fn="relu", is_gated_act=False, initializer_factor=0.05, vocab_size=2,
                pad_token_id=0, reg_token_id=1, **{"layer_norm_epsilon": 1e-6, "rope_theta": 10000.0, **core},
                chronos_config=dict(own, input_patch_stride=own["input_patch_size"], output_patch_size=own["input_patch_size"],
                                    use_reg_token=True))


def opened(config):
    """A checkpoint with weights by formula, opened by the original from its folder; and first value and sum of each tensor."""
    from chronos import Chronos2Pipeline
    from chronos.chronos2 import Chronos2Model
    from transformers import AutoConfig

    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "config.json").write_text(json.dumps(config))
        with torch.device("meta"):
            shapes = {k: tuple(v.shape) for k, v in Chronos2Model(AutoConfig.from_pretrained(folder)).state_dict().items()}
        tensors = {k: weight(k, shape, config["d_kv"]) for k, shape in shapes.items()}
        save_file(tensors, f"{folder}/model.safetensors", metadata={"format": "pt"})
        pipeline = Chronos2Pipeline.from_pretrained(folder, device_map="cpu", dtype=torch.float32)
        loaded = pipeline.model.state_dict()
        for name, value in tensors.items():
            assert torch.equal(loaded[name], value), name
    return pipeline, {k: [float(v.flatten()[0]), float(v.double().sum())] for k, v in tensors.items()}


def series(random, steps, level=20.0, missing=0.0):
    t = np.arange(steps)
    x = level + 0.25 * level * np.sin(2 * np.pi * (t + random.integers(12)) / 12) + random.normal(0, 1, steps)
    x[random.random(steps) < missing] = NAN
    return np.float32(x).round(3).tolist()


def item(random, steps, horizon, targets=1, past=0, known=0, missing=0.0):
    """`targets` and `past` are rows, `known` pairs of what was and what will be."""
    some = lambda level: series(random, steps, level, missing)
    return dict(targets=[some(20.0 + 15 * k) for k in range(targets)], past=[some(8.0) for _ in range(past)],
                known=[dict(past=some(30.0), future=series(random, horizon, 30.0, missing)) for _ in range(known)])


def as_input(one):
    """As the original takes it; names sort as the rows stand."""
    row = lambda values: np.array(values, dtype=np.float32)
    past = {f"p{i}": row(values) for i, values in enumerate(one["past"])}
    known = {f"q{i}": pair for i, pair in enumerate(one["known"])}
    if not past and not known:
        return row(one["targets"][0]) if len(one["targets"]) == 1 else row(one["targets"])
    return dict(target=row(one["targets"]), past_covariates={**past, **{k: row(v["past"]) for k, v in known.items()}},
                future_covariates={k: row(v["future"]) for k, v in known.items()})


def forecast(pipeline, name, items, horizon, context=None, cross=False, levels=None, head=False):
    """A case: what went in, and what the original gave (items x targets x levels x steps)."""
    inputs = [as_input(one) for one in items]
    if all(isinstance(one, dict) for one in inputs):
        assert len({(one["target"].shape[0], len(one["past_covariates"])) for one in inputs}) == 1
    call = dict(prediction_length=horizon, context_length=context, cross_learning=cross)
    seen = []
    hook = pipeline.model.output_patch_embedding.register_forward_hook(lambda _m, _i, out: seen.append(out))
    made = pipeline.predict(inputs, **call)
    hook.remove()
    case = dict(name=name, items=[dict(targets=numbers(one["targets"]), past=numbers(one["past"]),
                                       known=[{k: numbers([v])[0] for k, v in pair.items()} for pair in one["known"]])
                                  for one in items],
                horizon=horizon, cross=cross, quantiles=[nested(one, 5) for one in made])
    if context is not None:
        case["context"] = context
    if levels is not None:
        of_levels, _ = pipeline.predict_quantiles(inputs, quantile_levels=levels, **call)
        case["levels"] = levels
        # items x targets x steps x levels
        case["at_levels"] = [nested(one, 5) for one in of_levels]
    if head:
        # what the network itself gives: rows x levels x steps of the normalised series
        config = pipeline.model.chronos_config
        rows, patches, _ = seen[0].shape
        out = seen[0].reshape(rows, patches, len(config.quantiles), config.output_patch_size)
        case["normalised"] = nested(out.permute(0, 2, 1, 3).reshape(rows, len(config.quantiles), -1), 5)
    return case


def released_form():
    random = np.random.default_rng(21)
    config = config_of(dict(d_model=24, d_kv=8, d_ff=40, num_layers=2, num_heads=4),
                       dict(context_length=96, input_patch_size=8, max_output_patches=3, quantiles=TWENTY_ONE, use_arcsinh=True,
                            time_encoding_scale=70))
    pipeline, check = opened(config)
    both = lambda horizon: [item(random, steps, horizon, 2, 2, 1, 0.15) for steps in (90, 61)]
    three = [item(random, steps, 12, 3, 0, 2) for steps in (70, 96, 33)]
    mixed = [item(random, 50, 0, 3), item(random, 96, 0, 1), item(random, 73, 0, 2, missing=0.1), item(random, 120, 0, 3)]
    cases = [
        forecast(pipeline, "two targets, past and known covariates", both(19), 19, head=True),
        forecast(pipeline, "three targets, known covariates", three, 12, levels=[0.05, 0.5, 0.95]),
        forecast(pipeline, "items of one, two and three targets", mixed, 8, levels=[0.025, 0.333, 0.5, 0.995]),
        forecast(pipeline, "the same, all together", mixed, 8, cross=True),
        forecast(pipeline, "two targets and covariates, all together", both(19), 19, cross=True),
        forecast(pipeline, "two targets, beyond the model's horizon", both(34), 34),
        forecast(pipeline, "two targets, beyond the model's horizon, all together", both(50), 50, cross=True),
        forecast(pipeline, "the same with a shorter context", both(30), 30, context=40, cross=True),
    ]
    return dict(name="21 levels, patches of 8", config=config, weight_check=check, cases=cases)


def plain():
    """Without arcsinh; sizes that divide nothing; the scale of the time encoding left out."""
    random = np.random.default_rng(22)
    config = config_of(dict(d_model=16, d_kv=4, d_ff=20, num_layers=3, num_heads=3, layer_norm_epsilon=1e-2, rope_theta=500.0),
                       dict(context_length=47, input_patch_size=5, max_output_patches=2, quantiles=THIRTEEN, use_arcsinh=False))
    pipeline, check = opened(config)
    rows = [item(random, 47, 0), item(random, 70, 0), item(random, 3, 0), item(random, 30, 0, missing=0.4),
            dict(targets=[[7.0] * 20], past=[], known=[]), dict(targets=[[NAN] * 12], past=[], known=[])]
    cases = [
        forecast(pipeline, "series of all lengths", rows, 10, head=True),
        forecast(pipeline, "series of all lengths, all together", rows, 7, cross=True),
        forecast(pipeline, "series of all lengths, beyond the model's horizon", rows[:4], 27),
        forecast(pipeline, "two targets with covariates, all together, beyond the model's horizon",
                 [item(random, steps, 27, 2, 1, 1, 0.1) for steps in (47, 20)], 27, cross=True),
        forecast(pipeline, "three targets, a shorter context", [item(random, 44, 9, 3, 1)], 9, context=18),
    ]
    return dict(name="13 levels, patches of 5, no arcsinh", config=config, weight_check=check, cases=cases)


def one_patch():
    random = np.random.default_rng(23)
    config = config_of(dict(d_model=20, d_kv=2, d_ff=64, num_layers=1, num_heads=5),
                       dict(context_length=128, input_patch_size=16, max_output_patches=1, quantiles=NINE, use_arcsinh=True,
                            time_encoding_scale=8192))
    pipeline, check = opened(config)
    cases = [
        forecast(pipeline, "two targets with covariates", [item(random, 128, 16, 2, 1, 1), item(random, 99, 16, 2, 1, 1)], 16, head=True),
        forecast(pipeline, "three targets, all together, beyond the model's horizon",
                 [item(random, steps, 40, 3) for steps in (128, 77)], 40, cross=True),
    ]
    return dict(name="9 levels, patches of 16, one layer", config=config, weight_check=check, cases=cases)


def released():
    """The shapes of amazon/chronos-2: 12 layers of 768, and the same with two layers for tests that are to be quick."""
    random = np.random.default_rng(24)
    items = [item(random, 512, 0, 2), item(random, 500, 32, 1, 0, 1)]
    made = dict(items=None, models=[])
    for layers in (2, 12):
        config = config_of(dict(d_model=768, d_kv=64, d_ff=3072, num_layers=layers, num_heads=12),
                           dict(context_length=8192, input_patch_size=16, max_output_patches=64, quantiles=TWENTY_ONE, use_arcsinh=True,
                                time_encoding_scale=8192))
        pipeline, check = opened(config)
        cases = [forecast(pipeline, "two targets", items[:1], 32, head=True),
                 forecast(pipeline, "a known covariate", items[1:], 32, head=True)]
        some = ["encoder.block.1.layer.2.mlp.wo.weight", "output_patch_embedding.output_layer.weight"]
        made["models"].append(dict(config=config, weight_check={k: check[k] for k in some},
                                   parameters=sum(v.numel() for v in pipeline.model.state_dict().values()), cases=cases))
        made["items"] = [one for case in cases for one in case["items"]]
        for case in cases:
            del case["items"]
    return made


def main():
    import chronos

    version = dict(chronos=chronos.__version__, torch=torch.__version__)
    write = lambda name, made: (HERE / name).write_text(json.dumps(dict(version=version, **made), separators=(",", ":")) + "\n")
    write("chronos-2-more.json", dict(models=[released_form(), plain(), one_patch()]))
    write("chronos-2-released.json", released())


if __name__ == "__main__":
    main()
