"""How long linking takes, and how much memory: ``python -m benchmarks.linkage.speed [RECORDS …]``.

Generated records, about 1.4 for each place, in 34 Mediterranean towns: common and rare words in the names, slips of
the pen, positions some metres or some hundred metres off, a tenth of the places branches of twenty chains, a twentieth
tenants of another's building. Each size runs in a process of its own, so that peak memory is its own.
"""

import resource
import subprocess
import sys
import time
from collections import Counter
from itertools import combinations
from random import Random

from coworkmed.linkage.candidates import candidates
from coworkmed.linkage.compare import compare
from coworkmed.linkage.engine import link
from coworkmed.linkage.model import shipped
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record

TOWNS = (
    "FR Marseille 43.296 5.370|FR Nice 43.703 7.266|FR Toulon 43.124 5.928|FR Montpellier 43.611 3.877|"
    "FR Perpignan 42.688 2.895|FR Ajaccio 41.927 8.737|FR Avignon 43.949 4.806|ES Barcelona 41.387 2.170|"
    "ES Valencia 39.470 -0.376|ES Málaga 36.721 -4.421|ES Alicante 38.345 -0.481|ES Tarragona 41.119 1.245|"
    "ES Palma 39.570 2.650|ES Murcia 37.992 -1.131|IT Genova 44.405 8.946|IT Napoli 40.852 14.268|"
    "IT Palermo 38.116 13.361|IT Bari 41.117 16.872|IT Cagliari 39.223 9.121|IT Livorno 43.549 10.310|"
    "IT Catania 37.508 15.083|IT Venezia 45.440 12.315|HR Split 43.508 16.440|HR Zadar 44.119 15.231|"
    "HR Rijeka 45.327 14.442|HR Dubrovnik 42.650 18.094|HR Pula 44.867 13.849|GR Αθήνα 37.984 23.728|"
    "GR Θεσσαλονίκη 40.640 22.944|GR Πάτρα 38.246 21.735|GR Ηράκλειο 35.339 25.144|GR Βόλος 39.361 22.943|"
    "GR Χανιά 35.514 24.018|GR Καβάλα 40.937 24.413"
)
KINDS = "Coworking|Espace|Fablab|Hub|Atelier|Spazio|Prostor|La Maison|Le Lab|Studio".split("|")
SYLLABLES = "ba be bo ca co da de fi fo ga go la le li lo ma me mi mo na ne no pa pe pi ra re ri ro sa se ta te to va"
CHAINS = 20


def word(random: Random, low: int = 2, high: int = 4) -> str:
    return "".join(random.choice(SYLLABLES.split()) for _ in range(random.randint(low, high))).title()


def slip(random: Random, text: str) -> str:
    at = random.randrange(len(text))
    return text[:at] + random.choice("aeiorst") + text[at + random.randint(0, 1) :]


def generate(size: int, seed: int = 1) -> tuple[list[Record], list[int]]:
    """(records, the true place of each)."""
    random = Random(seed)
    towns = [town.split() for town in TOWNS.split("|")]
    streets = [word(random) for _ in range(600)]
    chains = [word(random, 2, 3) + "work" for _ in range(CHAINS)]
    records: list[Record] = []
    truth: list[int] = []
    place = 0
    at: tuple[list[str], float, float, str, str] | None = None
    while len(records) < size:
        place += 1
        if at is None or random.random() > 0.05:  # otherwise a tenant of the house before
            town = random.choice(towns)
            lat, lon = (float(town[2 + axis]) + random.gauss(0, 0.03) for axis in (0, 1))
            at = town, lat, lon, random.choice(streets), str(random.randint(1, 150))
        town, lat, lon, street, number = at
        chain = random.random() < 0.10
        name = random.choice(chains) if chain else f"{random.choice(KINDS)} {word(random)} {word(random)}"
        domain = f"{name.split()[-1].lower()}.com" if chain else f"{''.join(name.lower().split())}.org"
        phone = f"+33{random.randint(10**8, 10**9 - 1)}"
        for time_listed in range(random.choices((1, 2, 3), (68, 24, 8))[0]):
            off = 0.0004 if random.random() < 0.8 else 0.003
            given = name
            if time_listed:
                given = slip(random, name) if random.random() < 0.2 else name
                given = f"{given} {town[1]}" if random.random() < 0.12 else given
                given = " ".join(reversed(given.split())) if random.random() < 0.1 else given
            has = {part: random.random() < share for part, share in (("street", 0.85), ("phone", 0.6), ("web", 0.55))}
            records.append(
                Record(
                    key=(f"list-{time_listed}", str(len(records))),
                    name=given,
                    country=town[0],
                    locality=town[1],
                    street=f"rue {street}" if has["street"] else "",
                    number=number if has["street"] else "",
                    lat=lat + random.gauss(0, off),
                    lon=lon + random.gauss(0, off),
                    phones=(phone,) if has["phone"] else (),
                    domains=(domain,) if has["web"] else (),
                )
            )
            truth.append(place)
    return records, truth


def measure(size: int) -> None:
    records, truth = generate(size)
    start = time.perf_counter()
    columns = prepare(records, shipped().seen)
    prepared = time.perf_counter()
    left, right = candidates(columns)
    found = time.perf_counter()
    compare(columns, left, right)
    compared = time.perf_counter()
    print(
        f"{size:>9,} records: prepare {prepared - start:.1f} s, "
        f"{len(left):,} candidate pairs {found - prepared:.1f} s, "
        f"compare {compared - found:.1f} s ({len(left) / (compared - found):,.0f} pairs/s)"
    )
    del columns, left, right
    start, busy = time.perf_counter(), time.process_time()
    linkage = link(records)
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = Counter(truth)
    true_pairs = sum(count * (count - 1) // 2 for count in sizes.values())
    joined = [(one, other) for cluster in linkage.clusters for one, other in combinations(cluster, 2)]
    right_pairs = sum(truth[one] == truth[other] for one, other in joined)
    precision, recall = right_pairs / max(1, len(joined)), right_pairs / true_pairs
    print(
        f"{size:>9,} records: link {wall:.1f} s (CPU {busy:.1f} s), {size / wall:,.0f} records/s, peak {peak:,.0f} MB; "
        f"{len(linkage.clusters):,} places, {len(linkage.doubts):,} doubts, "
        f"precision {precision:.3f}, recall {recall:.3f}"
    )


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        measure(int(sys.argv[2]))
    else:
        for asked in sys.argv[1:] or ("10000", "100000"):
            subprocess.run([sys.executable, "-m", "benchmarks.linkage.speed", "--one", asked], check=True)
