"""Times chronos-forecasting on the jobs of bench/chronos.ts and bench/chronos-bolt.ts and writes what it forecast.

    python bench/peers/foundation.py --versions
    python bench/peers/foundation.py FOLDER ROWS CONTEXT HORIZON RUNS THREADS

FOLDER holds the checkpoint (config.json, model.safetensors) and series.f32, rows x context. Prints one line of JSON.
"""

import json
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")


def main():
    import chronos
    import torch

    if sys.argv[1] == "--versions":
        print(json.dumps({"chronos": chronos.__version__, "torch": torch.__version__}))
        return
    import numpy as np

    folder = sys.argv[1]
    rows, context, horizon, runs, threads = map(int, sys.argv[2:7])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    series = np.fromfile(f"{folder}/series.f32", dtype=np.float32).reshape(rows, context)
    begin = time.perf_counter()
    pipeline = chronos.BaseChronosPipeline.from_pretrained(folder, device_map="cpu", dtype=torch.float32)
    opened = time.perf_counter() - begin
    # Chronos-2 takes and returns a list, the earlier families one tensor
    several = isinstance(pipeline, chronos.Chronos2Pipeline)
    inputs = [torch.from_numpy(row) for row in series] if several else torch.from_numpy(series)
    more = {"batch_size": max(256, rows)} if several else {}
    seconds = []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        made = pipeline.predict(inputs, prediction_length=horizon, **more)
        seconds.append(time.perf_counter() - begin)
    np.stack([one[0].numpy() for one in made] if several else made.numpy()).astype(np.float32).tofile(f"{folder}/peer.f32")
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": sorted(seconds[1:])[runs // 2], "openSeconds": opened, "mib": mib}))


main()
