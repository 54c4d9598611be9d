# What is measured and how; every figure in the README comes from here. Needs `make setup`.

BENCH_TSC = npx tsc -p tsconfig.bench.json

.PHONY: bench bench-build soak gpu-check bench-cache bench-stream-delay bench-milvus bench-fallback cache-curve bench-decisions bench-learning bench-telemetry bench-routers bench-start

bench: build bench-build ## print every figure beside its target (ARGS=--json, --only=WORD, --quick)
	node .cache/bench/run.js $(ARGS)

soak: build bench-build ## send 200,000 requests through the shipped Envoy YAML; none may fail
	node .cache/bench/run.js --soak $(ARGS)

gpu-check: build bench-build ## compare the encoder on CUDA with the CPU: answers and latency (status 2 without CUDA)
	node .cache/bench/gpu-check.js $(ARGS)

bench-cache: build bench-build ## measure the memory cache with 50,000 entries, recall as well (ARGS=--entries=N)
	node --expose-gc .cache/bench/cache-store.js $(ARGS)

bench-stream-delay: build bench-build ## measure how long a chunk of a streamed answer is held (ARGS=--streams=N)
	node .cache/bench/stream-delay.js $(ARGS)

bench-milvus: build bench-build tools ## measure what a failing Milvus costs a request, and how soon its hits are back
	node .cache/bench/milvus-faults.js

bench-decisions: build bench-build ## measure the decision engine and keyword signals: 100 rules, 5,000 keywords
	node .cache/bench/decisions.js

bench-routers: build bench-build ## measure what the shipped routers take for one prompt that is encoded
	node .cache/bench/routers.js

bench-start: build bench-build ## measure check, --help, serve and the first paint of the dashboard
	node .cache/bench/start-up.js $(ARGS)

bench-telemetry: build bench-build ## measure what metrics and traces cost a request in CPU, side by side (ARGS=--rounds=N)
	node .cache/bench/telemetry.js $(ARGS)

bench-fallback: build bench-build ## measure what a dead model costs where others follow it
	node .cache/bench/fallback.js

bench-learning: build bench-build ## measure how soon learning turns away from a model that got worse (DATA_DIR=…)
	node .cache/bench/learning.js $(DATA_DIR)

cache-curve: build bench-build ## draw docs/images/cache-curve.svg: precision against hits on our own pairs
	node dist/cli.js eval cache --pairs tests/fixtures/near-pairs.jsonl --curve .cache/cache-curve.csv
	node .cache/bench/cache-curve.js .cache/cache-curve.csv docs/images/cache-curve.svg

bench-build:
	$(BENCH_TSC)
