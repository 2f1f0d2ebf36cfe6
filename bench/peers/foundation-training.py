"""Times training steps of chronos-forecasting on the jobs of bench/chronos-training.ts.

    python bench/peers/foundation-training.py FOLDER ROWS CONTEXT HORIZON STEPS THREADS full|lora

FOLDER holds the checkpoint (config.json, model.safetensors) and series.f32, rows x (context + horizon). Prints one line of JSON.
"""

import json
import math
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")


def main():
    import chronos
    import numpy as np
    import torch


    folder = sys.argv[1]
    rows, context, horizon, steps, threads = map(int, sys.argv[2:7])
    torch.set_num_threads(threads)
    series = np.fromfile(f"{folder}/series.f32", dtype=np.float32).reshape(rows, context + horizon)
    pipeline = chronos.BaseChronosPipeline.from_pretrained(folder, device_map="cpu", dtype=torch.float32)
    model = pipeline.model
    patches = math.ceil(horizon / model.chronos_config.output_patch_size)
    if sys.argv[7] == "lora":
        from peft import LoraConfig, get_peft_model

        targets = ["self_attention.q", "self_attention.v", "self_attention.k", "self_attention.o"]
        targets.append("output_patch_embedding.output_layer")
        model = get_peft_model(model, LoraConfig(r=8, lora_alpha=16, target_modules=targets))
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    # as the Hugging Face trainer makes it below chronos-forecasting's fit
    optimiser = torch.optim.AdamW(trained, lr=1e-5, weight_decay=0.0, fused=True)
    batch = {
        "context": torch.from_numpy(series[:, :context].copy()),
        "future_target": torch.from_numpy(series[:, context:].copy()),
        "group_ids": torch.arange(rows),
        "num_output_patches": patches,
    }
    seconds, cpu, losses = [], [], []
    for _ in range(steps + 1):
        begin, before = time.perf_counter(), time.process_time()
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - before)
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    median = lambda values: sorted(values[1:])[steps // 2]
    print(json.dumps({"seconds": median(seconds), "cpu": median(cpu), "mib": mib, "losses": losses}))


main()
