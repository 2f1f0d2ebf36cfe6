"""Makes tests/golden/chronos-bolt.json and chronos-t5.json with the original, for the tests of the same names.

    python -m venv .venv && .venv/bin/pip install chronos-forecasting==2.3.2 torch transformers numpy
    .venv/bin/python tests/golden/make_chronos_older.py

Weights are made by formula (chronos_formula.py), so the files hold configurations, inputs and results.
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


def opened(config, model_class, folder):
    """A checkpoint with weights by formula, as its folder holds it, opened by the original."""
    from chronos import BaseChronosPipeline
    from transformers import AutoConfig

    pathlib.Path(folder, "config.json").write_text(json.dumps(config))
    shapes = model_class(AutoConfig.from_pretrained(folder)).state_dict()
    # one name for what is shared
    tied = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight", "quantiles"}
    tensors = {k: weight(k, tuple(v.shape), config["d_kv"]) for k, v in shapes.items() if k not in tied}
    save_file(tensors, f"{folder}/model.safetensors", metadata={"format": "pt"})
    pipeline = BaseChronosPipeline.from_pretrained(folder, device_map="cpu", dtype=torch.float32)
    loaded = pipeline.model.state_dict() if not hasattr(pipeline.model, "model") else pipeline.model.model.state_dict()
    for name, value in tensors.items():
        assert torch.equal(loaded[name], value), name
    return pipeline, {k: [float(v.flatten()[0]), float(v.double().sum())] for k, v in tensors.items()}


def series(random, steps, missing=0.0):
    t = np.arange(steps)
    x = 20 + 5 * np.sin(2 * np.pi * t / 12) + random.normal(0, 1, steps)
    x[random.random(steps) < missing] = NAN
    return np.float32(x).round(3).tolist()


core = dict(model_type="t5", d_model=16, d_kv=4, num_heads=3, d_ff=24, num_layers=2, num_decoder_layers=2, dropout_rate=0.1,
            layer_norm_epsilon=1e-6, feed_forward_proj="relu", initializer_factor=0.05, is_encoder_decoder=True, pad_token_id=0,
            decoder_start_token_id=0, eos_token_id=1)


def bolt():
    from chronos.chronos_bolt import ChronosBoltModelForForecasting as Model

    nine = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    random = np.random.default_rng(5)
    cases = []
    for name, own, layers in [
        ("released form", dict(context_length=48, prediction_length=6, input_patch_size=4, input_patch_stride=4, quantiles=nine,
                               use_reg_token=True), dict(relative_attention_num_buckets=8, relative_attention_max_distance=10)),
        ("no REG token", dict(context_length=100, prediction_length=5, input_patch_size=8, input_patch_stride=8,
                              quantiles=[0.05, 0.5, 0.8], use_reg_token=False), dict(num_layers=3, num_decoder_layers=1)),
    ]:
        config = dict(core, architectures=["ChronosBoltModelForForecasting"], chronos_pipeline_class="ChronosBoltPipeline",
                      vocab_size=2, chronos_config=own, **{**layers})
        rows = [series(random, 48), series(random, 30), series(random, 47, 0.3), [NAN] * 9 + series(random, 21),
                series(random, 130), [3.0] * 40, series(random, 3)]
        if own["use_reg_token"]:
            rows.append([NAN] * 12)
        with tempfile.TemporaryDirectory() as folder:
            pipeline, check = opened(config, Model, folder)
            made = dict(name=name, config=config, weight_check=check, series=numbers(rows), predictions={})
            inputs = [torch.tensor(row) for row in rows]
            for horizon in [4, own["prediction_length"], 2 * own["prediction_length"] + 3]:
                made["predictions"][horizon] = nested(pipeline.predict(inputs, prediction_length=horizon))
            if own["quantiles"] == nine:
                levels = [0.02, 0.1, 0.25, 0.5, 0.77, 0.975]
                made["levels"] = levels
                # weights by formula give quantiles that cross; those of a trained model ascend
                own_predict = pipeline.predict
                pipeline.predict = lambda *args, **kwargs: own_predict(*args, **kwargs).sort(dim=1).values
                made["quantiles"] = nested(pipeline.predict_quantiles(inputs, prediction_length=4, quantile_levels=levels)[0])
        cases.append(made)
    return cases


def t5():
    from transformers import T5ForConditionalGeneration as Model

    random = np.random.default_rng(6)
    cases = []
    for name, keys, own in [
        ("released form", {}, {}),
        ("other sizes, unscaled", dict(num_layers=3, num_decoder_layers=2, tie_word_embeddings=False, relative_attention_num_buckets=6,
                                       relative_attention_max_distance=9, decoder_start_token_id=1),
         dict(n_tokens=40, n_special_tokens=3, eos_token_id=2, use_eos_token=False, tokenizer_kwargs=dict(low_limit=-4.0, high_limit=6.0))),
    ]:
        own = {**dict(tokenizer_class="MeanScaleUniformBins", tokenizer_kwargs=dict(low_limit=-15.0, high_limit=15.0), n_tokens=64,
                      n_special_tokens=2, pad_token_id=0, eos_token_id=1, use_eos_token=True, model_type="seq2seq", context_length=32,
                      prediction_length=4, num_samples=20, temperature=1.0, top_k=50, top_p=1.0), **own}
        config = {**core, **dict(architectures=["T5ForConditionalGeneration"], vocab_size=own["n_tokens"], chronos_config=own), **keys}
        config["relative_attention_num_buckets"] = keys.get("relative_attention_num_buckets", 32)
        rows = [series(random, 32), series(random, 50, 0.2), [3.0] * 32, [NAN] * 10 + series(random, 22), [0.0] * 32, [NAN] * 32,
                (100 * random.normal(size=32)).round(3).tolist()]
        with tempfile.TemporaryDirectory() as folder:
            pipeline, check = opened(config, Model, folder)
            made = dict(name=name, config=config, weight_check=check, series=numbers(rows), tokens=[])
            made["centers"] = pipeline.tokenizer.centers.tolist()
            for row in rows:
                ids, mask, scale = pipeline.tokenizer.context_input_transform(torch.tensor([row]))
                made["tokens"].append(dict(ids=ids[0].tolist(), mask=mask[0].int().tolist(), scale=float(scale[0])))
            model = pipeline.model.model
            ids, mask, _ = pipeline.tokenizer.context_input_transform(torch.tensor([row[-32:] for row in rows[:4]]))
            decoder_ids = torch.tensor([[config["decoder_start_token_id"], 9, 30, 12, 0, 17]] * 4)
            with torch.no_grad():
                logits = model(input_ids=ids, attention_mask=mask, decoder_input_ids=decoder_ids).logits
                made["encoded"] = nested(model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state, 5)
            made["decoder_ids"] = decoder_ids[0].tolist()
            made["logits"] = nested(logits, 5)
            # only the likeliest token: no chance is left, and the series goes on from its own forecast
            made["likeliest"] = nested(pipeline.predict([torch.tensor(row) for row in rows], prediction_length=10, num_samples=2, top_k=1)[:, 0])
            torch.manual_seed(0)
            draws = dict(horizon=4, num_samples=2000, temperature=0.8, top_k=20, top_p=0.9)
            with torch.no_grad():
                paths = torch.cat([pipeline.predict(torch.tensor(rows[0]), prediction_length=draws["horizon"],
                                                    **{k: v for k, v in draws.items() if k != "horizon"}) for _ in range(4)], dim=1)[0]
            made["draws"] = dict(draws, quantiles=nested(torch.quantile(paths, torch.tensor([0.05, 0.25, 0.5, 0.75, 0.95]), dim=0), 4),
                                 mean=nested(paths.mean(0), 4), deviation=nested(paths.std(0), 4))
        cases.append(made)
    return cases


def main():
    (HERE / "chronos-t5.json").write_text(json.dumps(t5(), separators=(",", ":")) + "\n")
    (HERE / "chronos-bolt.json").write_text(json.dumps(bolt(), separators=(",", ":")) + "\n")


main()
