#!/usr/bin/env bash
# Lays the CUDA provider of ONNX Runtime beside the runtime of onnxruntime-node, whose npm package has none.
# With --cuda it also fetches CUDA and cuDNN of the version that this provider is linked with (2 GB on the disk), for a
# machine that has the driver of its GPU but no CUDA of its own.
#
# Everything lands in the working tree: .tools/cuda/ and node_modules/. `npm ci` removes the provider again.
set -euo pipefail
cd "$(dirname "$0")/../.."

with_cuda=false
case "${1-}" in
  '') ;;
  --cuda) with_cuda=true ;;
  *)
    echo "usage: $0 [--cuda]" >&2
    exit 2
    ;;
esac

runtime=node_modules/onnxruntime-node
beside=$runtime/bin/napi-v6/linux/x64
if [ "$(uname -s)/$(uname -m)" != Linux/x86_64 ]; then
  echo "the CUDA provider is made for Linux on x64 only; this is $(uname -s)/$(uname -m)" >&2
  exit 1
fi
if [ ! -f "$beside/onnxruntime_binding.node" ]; then
  echo "$beside/onnxruntime_binding.node is not there; run \`make setup\` first" >&2
  exit 1
fi

# A provider talks to the runtime by an interface without versions: any other version crashes or is refused.
version=$(node -p "require('./$runtime/package.json').version")
cache=.tools/cuda
mkdir -p "$cache"

# Wheels are only unpacked, so the Python they were built for need not be the one that runs pip.
wheels=(--quiet --disable-pip-version-check --only-binary=:all: --implementation cp --python-version 3.11)
for glibc in 2_28 2_27 2_17; do wheels+=(--platform "manylinux_${glibc}_x86_64"); done
wheels+=(--platform manylinux2014_x86_64)

echo "fetching the wheel onnxruntime-gpu $version …"
python3 -m pip download "${wheels[@]}" --no-deps --dest "$cache" "onnxruntime-gpu==$version"

python3 - "$cache" "$version" "$beside" <<'PYTHON'
import glob, os, shutil, sys, zipfile

cache, version, beside = sys.argv[1:]
wheel = glob.glob(os.path.join(cache, f"onnxruntime_gpu-{version}-*.whl"))[0]
with zipfile.ZipFile(wheel) as files:
    for name in ("libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"):
        target = os.path.join(beside, name)
        with files.open(f"onnxruntime/capi/{name}") as source, open(target + ".part", "wb") as copy:
            shutil.copyfileobj(source, copy)
        # A process that has the old one loaded keeps it.
        os.replace(target + ".part", target)
        print(f"{target}  {os.path.getsize(target)} bytes")
PYTHON

if $with_cuda; then
  echo 'fetching CUDA and cuDNN …'
  python3 -m pip install "${wheels[@]}" --upgrade --target "$cache/python" "onnxruntime-gpu[cuda,cudnn]==$version"
fi

libraries=$(find "$cache/python/nvidia" -type d -name lib 2>/dev/null | sort | sed "s#^#$PWD/#" | paste -s -d : || true)
missing=$(LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ldd "$beside/libonnxruntime_providers_cuda.so" |
  awk '/not found/ { print $1 }' | sort -u | paste -s -d ' ')
if [ -n "$missing" ]; then
  echo "it still needs: $missing"
  case " $missing " in *libcu*.so.1\ *) echo 'libcuda.so.1 belongs to the driver of the GPU' ;; esac
  $with_cuda || echo "CUDA and cuDNN come with: $0 --cuda"
fi
if [ -n "$libraries" ]; then
  echo 'start Sextant, and `make gpu-check`, with'
  echo "  export LD_LIBRARY_PATH=$libraries"
fi
