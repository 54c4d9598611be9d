# What is measured and how; every figure in the README comes from here. Needs `make setup`.

BENCH_TSC = npx tsc -p tsconfig.bench.json

.PHONY: bench bench-build soak gpu-check

bench: build bench-build ## print every figure beside its target (ARGS=--json, --only=WORD, --quick)
	node .cache/bench/run.js $(ARGS)

soak: build bench-build ## send 200,000 requests through the shipped Envoy YAML; none may fail
	node .cache/bench/run.js --soak $(ARGS)

gpu-check: build bench-build ## compare the encoder on CUDA with the CPU: answers and latency (status 2 without CUDA)
	node .cache/bench/gpu-check.js $(ARGS)

bench-build:
	$(BENCH_TSC)
