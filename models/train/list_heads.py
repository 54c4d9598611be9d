"""Lists the heads under heads/ in manifest.json, so that `sextant models verify` holds them against their hashes.

  python models/train/list_heads.py --models MODELS_DIR
"""

import argparse
import json
from pathlib import Path

from export_trunk import sha256, write_json

ROLES = {"head": "head.json", "weights": "weights.bin"}
LICENCES = {"clinc150": "Apache-2.0; trained on CLINC150, CC BY 3.0"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True)
    root = parser.parse_args().models
    manifest = json.loads((root / "manifest.json").read_text())
    others = [entry for entry in manifest["models"] if not entry["card"].startswith("heads/")]
    manifest["models"] = others + [entry_of(root, folder) for folder in sorted((root / "heads").iterdir()) if folder.is_dir()]
    write_json(root / "manifest.json", manifest)


def entry_of(root, folder):
    head = json.loads((folder / "head.json").read_text())
    paths = {role: folder / name for role, name in ROLES.items()}
    return {
        "name": f"heads/{folder.name}",
        "description": f"{len(head['labels'])} labels on the encoder's embedding and features, int8 weights",
        "dimension": 0,
        "maxTokens": 512,
        "labels": head["labels"],
        "licence": LICENCES.get(folder.name, "Apache-2.0"),
        "source": "sextant train head",
        "card": f"heads/{folder.name}/CARD.md",
        "files": [
            {"role": role, "path": path.relative_to(root).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
            for role, path in paths.items()
        ],
    }


if __name__ == "__main__":
    main()
