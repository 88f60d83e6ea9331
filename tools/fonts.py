"""Make the letters of titles and figures from Literata: ``python tools/fonts.py FOLDER``.

For developers, with ``fonttools`` and ``brotli`` on the path, after ``npm pack @fontsource-variable/literata`` (5.3.0;
FOLDER holds its ``*-opsz-normal.woff2``). One cut of the variable face, for large sizes, firmer than regular,
in three files by alphabet, each with no more signs than the languages around the Mediterranean need: a page loads the
alphabets it shows. Kerning stays where a file holds whole words; it never reaches from one file into another.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

FONTS = Path(__file__).resolve().parents[1] / "src/coworkmed/web/static/fonts"
CUT = ("opsz=42", "wght=520")
SIGNS = {
    "latin": """U+0020-007E U+00A0-00A1 U+00A3 U+00A7-00AB U+00AD-00AE U+00B0 U+00B2-00B4 U+00B7-00CF U+00D1-00DD
        U+00DF-00EF U+00F1-00FD U+00FF U+0131 U+0152-0153 U+02BC U+2009 U+2013-2014 U+2018-201A U+201C-201E U+2022
        U+2026 U+202F U+2039-203A U+20AC U+2212""",
    # Croatian and its neighbours, Albanian, Maltese, Turkish, Romanian, Hungarian, Polish, Czech
    "latin-ext": """U+0100-0107 U+010A-0113 U+0116-0123 U+0126-0127 U+012A-012B U+012E-0130 U+0139-013E U+0141-0148
        U+014C-014D U+0150-0151 U+0154-0155 U+0158-0165 U+016A-016B U+016E-0173 U+0178-017E U+0218-021B U+1E9E""",
    "greek": "U+037E U+0384-038A U+038C U+038E-03A1 U+03A3-03CE U+03D7",
}
FEATURES = {"latin": "kern,lnum", "latin-ext": "", "greek": "kern"}


def main(folder: Path) -> None:
    for alphabet, signs in SIGNS.items():
        with tempfile.NamedTemporaryFile(suffix=".ttf") as cut:
            variable = folder / f"literata-{alphabet}-opsz-normal.woff2"
            run("varLib.instancer", variable, *CUT, "--output", cut.name)
            run(
                "subset", cut.name, f"--unicodes={','.join(signs.split())}", f"--layout-features={FEATURES[alphabet]}",
                "--no-hinting", "--name-IDs=0,1,2,5,13,14", "--flavor=woff2",
                f"--output-file={FONTS / f'literata-{alphabet}.woff2'}",
            )  # fmt: skip


def run(tool: str, *arguments: str | Path) -> None:
    subprocess.run(["fonttools", tool, *map(str, arguments)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
