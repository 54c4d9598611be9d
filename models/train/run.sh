#!/usr/bin/env bash
# Makes every artefact under models/ again: trunk with heads, word features, calibration, and the example head.
# Usage: models/train/run.sh DATA_DIR
set -euo pipefail
data=$(cd "${1:?usage: models/train/run.sh DATA_DIR (the folder with outcomes/, intents/, guard/, pii/)}" && pwd)
cd "$(dirname "$0")/../.."
work=.cache/train
mkdir -p "$work"
if [ ! -f "$work/venv/.ready" ]; then
  "${PYTHON:-python3}" -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --requirement models/train/requirements.txt
  touch "$work/venv/.ready"
fi
python="$work/venv/bin/python"
"$python" models/train/train_trunk.py --data "$data" --out "$work/checkpoint"
"$python" models/train/export_trunk.py --checkpoint "$work/checkpoint" --fixture tests/unit/adapters/onnx/fixture.json --fp32 "$work/fp32.onnx"
"$python" models/train/calibrate.py --data "$data" --models models
"$python" models/train/compare_int8.py --data "$data" --models models --fp32 "$work/fp32.onnx"
"$python" models/train/train_pairs.py --data "$data" --trunk "$work/checkpoint" --out "$work/pairs"
"$python" models/train/export_pairs.py --checkpoint "$work/pairs"
"$python" models/train/calibrate_pairs.py --models models
npx biome format --write tests/unit/adapters/onnx/fixture.json
# The trunk learnt from these rows, so to it they look clearer than others will: dev rows choose the threshold.
node dist/cli.js train head \
  --data "$data/intents/clinc150.train.jsonl" --label intent \
  --choose-by "$data/intents/clinc150.dev.jsonl" --keep 0.98 \
  --out models/heads/clinc150
"$python" models/train/list_artefacts.py --models models
