"""Bring other people's JavaScript into the project: `vendor/package-lock.json` → `web/static/vendor/`.

Development only:

    python tools/vendor.py          # needs npm; set-up and the site need none
    python tools/vendor.py --check  # only compare the files with their sums

Each package gets a folder named by its version, so that a browser may keep its files for ever, with its licence;
``SHA256SUMS`` holds the sum of every file, in the form that sha256sum reads.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "vendor"
TARGET = ROOT / "src/coworkmed/web/static/vendor"
SUMS = "SHA256SUMS"
SOURCE_MAP = "\n//# sourceMappingURL="  # would ask for a file that isn't shipped


@dataclass(frozen=True)
class Package:
    """``files``  as they lie in the package
    ``licences``  name here → file below node_modules
    ``exports``  what a script that sets one global variable, its ``name``, hands on, to be importable as a module
    """

    name: str
    files: tuple[str, ...]
    licences: dict[str, str]
    exports: tuple[str, ...] = ()


PACKAGES = (
    Package(
        "maplibre-gl",
        tuple(f"dist/maplibre-gl{part}" for part in (".mjs", "-shared.mjs", "-worker.mjs", ".css")),
        {"LICENCE.txt": "maplibre-gl/LICENSE.txt"},
    ),
    Package("pmtiles", ("dist/pmtiles.js",), {"LICENCE-fflate.txt": "fflate/LICENSE"}, exports=("PMTiles", "Protocol")),
)


def main(*arguments: str) -> None:
    if "--check" not in arguments:
        fetch()
    if wrong := differences(TARGET):
        sys.exit("\n".join(wrong))


def fetch() -> None:
    """Every package as the lock pins it, in place of what is there."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(LOCK / name, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--omit=dev"], cwd=folder, check=True)
        shutil.rmtree(TARGET, ignore_errors=True)
        for package in PACKAGES:
            bring(package, Path(folder) / "node_modules")
    (TARGET / SUMS).write_text("".join(f"{total}  {name}\n" for name, total in sums(TARGET)))


def bring(package: Package, modules: Path) -> None:
    version = json.loads((modules / package.name / "package.json").read_text())["version"]
    folder = TARGET / f"{package.name}-{version}"
    folder.mkdir(parents=True)
    for name in package.files:
        source = modules / package.name / name
        text = source.read_text().split(SOURCE_MAP)[0].rstrip() + "\n"
        if package.exports:
            text += f"export const {{ {', '.join(package.exports)} }} = {package.name};\n"
        (folder / source.name).write_text(text)
    for name, licence in package.licences.items():
        shutil.copyfile(modules / licence, folder / name)
    for written in LOCK.glob(f"{package.name}-LICENCE.txt"):  # of a package that comes without
        shutil.copyfile(written, folder / "LICENCE.txt")


def sums(folder: Path) -> Iterator[tuple[str, str]]:
    """(name below ``folder``, SHA-256 in hexadecimal) of each of its files, sorted."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != SUMS:
            yield path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()


def differences(folder: Path) -> list[str]:
    """What is not as the list of sums says, a line each: changed, missing, or never listed."""
    lines = (folder / SUMS).read_text().splitlines()
    listed = {name: total for total, name in (line.split("  ", 1) for line in lines)}
    found = dict(sums(folder))
    names = sorted(listed.keys() | found.keys())
    return [f"{name}: not the file that was listed" for name in names if listed.get(name) != found.get(name)]


if __name__ == "__main__":
    main(*sys.argv[1:])
