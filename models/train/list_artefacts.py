"""Lists the heads and the routers in manifest.json, so that `sextant models verify` holds them against their hashes.

  python models/train/list_artefacts.py --models MODELS_DIR

Needs nothing but Python: whoever trains a router in Node has none of the packages of this folder.
"""

import argparse
import hashlib
import json
from pathlib import Path

HEAD = {"head": "head.json", "weights": "weights.bin"}
ROUTER = {"router": "router.json", "weights": "weights.bin", "card": "CARD.md"}
LICENCES = {"clinc150": "Apache-2.0; trained on CLINC150, CC BY 3.0"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True)
    root = parser.parse_args().models
    path = root / "manifest.json"
    manifest = json.loads(path.read_text())
    others = [entry for entry in manifest["models"] if not entry["card"].startswith(("heads/", "routers/"))]
    heads = [head_of(root, folder) for folder in folders_in(root / "heads")]
    routers = [router_of(root, folder) for folder in folders_in(root / "routers")]
    manifest["models"] = others + heads + routers
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=True) + "\n", encoding="utf-8", newline="\n")


def folders_in(folder):
    return [each for each in sorted(folder.iterdir()) if each.is_dir()]


def head_of(root, folder):
    labels = json.loads((folder / "head.json").read_text())["labels"]
    return {
        "name": f"heads/{folder.name}",
        "description": f"{len(labels)} labels on the encoder's embedding and features, int8 weights",
        "dimension": 0,
        "maxTokens": 512,
        "labels": labels,
        "licence": LICENCES.get(folder.name, "Apache-2.0"),
        "source": "sextant train head",
        "card": f"heads/{folder.name}/CARD.md",
        "files": files_of(root, folder, HEAD),
    }


def router_of(root, folder):
    models = [model["name"] for model in json.loads((folder / "router.json").read_text())["models"]]
    return {
        "name": f"routers/{folder.name}",
        "description": f"what {len(models)} models are expected to make of a prompt",
        "dimension": 0,
        "maxTokens": 512,
        "labels": models,
        "licence": "Apache-2.0",
        "source": "sextant train router",
        "card": f"routers/{folder.name}/CARD.md",
        "files": files_of(root, folder, ROUTER),
    }


def files_of(root, folder, roles):
    paths = {role: folder / name for role, name in roles.items()}
    return [
        {"role": role, "path": path.relative_to(root).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
        for role, path in paths.items()
    ]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
