"""What an edition says of itself in words, in plain Markdown and in English, which is the language of its columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coworkmed.kernel.licences import LICENCES


def method(edition: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """How the figures were made; ``edition`` as its manifest has it, ``about`` as `indicators.compute.about`."""
    return "\n".join(_method(edition, about)) + "\n"


def _method(told: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[str]:
    edition, code = told["edition"], told["software"]
    yield f"# State of play of third places around the Mediterranean, edition {edition['id']}"
    yield ""
    yield f"The registry as it stood on {told['as_of']}, frozen. It never changes: a correction is a new edition."
    yield ""
    yield "## How the figures were made"
    yield ""
    yield (
        "Lists from many keepers were read, their lines joined where they speak of one place, and of each fact the "
        "most credible value was shown, with its source, date and licence (assertions.parquet, links.csv). "
        "places.parquet is the table that came of it. Every figure in indicators.parquet follows from these files "
        "alone, by the SQL in indicators.json."
    )
    yield ""
    yield f"- Software: CoWorkMed {code['version']}"
    yield f"- Fingerprint of its source: {code['source']}"
    yield f"- Fingerprint of the SQL: {code['sql']}"
    yield ""
    yield "## To recompute them"
    yield ""
    yield "Take all files into one folder. `sha256sum --check SHA256SUMS` says whether they are whole. Then, with the"
    yield "software named above and no database: `coworkmed edition verify FOLDER`."
    yield ""
    yield "## What is counted"
    yield ""
    for code_, one in about["definitions"].items():
        yield f"- **{one['title']}** (`{code_}`): {one['definition']}"
    yield ""
    yield "## Indicators"
    for code_, one in sorted(about["indicators"].items(), key=lambda item: (item[1]["number"], item[0])):
        yield ""
        yield f"### {one['title']} (`{code_}`)"
        yield ""
        yield one["definition"]
        yield ""
        yield f"- Formula: {one['formula']}"
        yield f"- Unit: {one['unit']}"
        yield f"- Among: {one['population']}"
        yield f"- From: {one['source']}"
        yield f"- Told of no fewer than: {one['least']}"
        if not one["known"]:
            yield f"- Not known in this edition: {one['reason']}"


def sources(told: Mapping[str, Any]) -> str:
    """Whose data it is."""
    terms = told["licence"]["sentence"]
    return "\n".join(["# Sources and licences", "", terms, "", *_sources(told["sources"])]) + "\n"


def _sources(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        licence = LICENCES.get(row["licence"])
        title = row["title"].get("en") or next(iter(row["title"].values()), row["key"])
        yield f"## {title}"
        yield ""
        yield f"- Key: `{row['key']}`"
        yield f"- Kept by: {row['keeper']}"
        yield f"- Licence: {f'{licence.title}, {licence.url}' if licence else row['licence']}"
        yield f"- To be named as: {row['attribution']}"
        if row["homepage"]:
            yield f"- Address: {row['homepage']}"
        if row["observed_on"]:
            yield f"- As it stood on: {row['observed_on']}"
        yield f"- Lines in this edition: {row['entries']}, fingerprint {row['fingerprint']}"
        yield ""
