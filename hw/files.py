"""Build folder of a stem, and writes that leave no half file behind."""

import json
import os
import tempfile
from pathlib import Path


def build_folder(stem: str) -> Path:
    """``build/<stem>`` below the working folder."""
    return Path("build") / stem


def write_text(path: Path, text: str) -> None:
    """Write ``path`` as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: object) -> None:
    """``value`` as indented JSON."""
    write_text(path, json.dumps(value, indent=2) + "\n")
