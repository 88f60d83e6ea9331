"""How many places bear each code of a facet: every code, whatever the status, for tables of figures."""

from collections import Counter
from collections.abc import Collection, Mapping

from tantivy import Occur, Query

from .index import index, schema

_CODES = 50_000  # of one facet; more than there are towns in any territory


def tally(name: str, where: Mapping[str, str], confirmed_on: Collection[str] | None = None) -> Counter[str]:
    """Code of the facet ``name`` → places, among the current ones whose facets are as ``where`` says.

    ``name`` may also be "by_age": partial date of the newest evidence ("" if undated) → places. ``confirmed_on``, if
    given, are the dates that count.
    """
    must = [Query.term_query(schema(), facet, code, "basic") for facet, code in where.items()]
    if confirmed_on is not None:
        must.append(Query.term_set_query(schema(), "by_age", list(confirmed_on)))
    query = Query.boolean_query([(Occur.Must, one) for one in must]) if must else Query.all_query()
    answer = index().searcher().aggregate(query, {"codes": {"terms": {"field": name, "size": _CODES}}})
    return Counter({str(one["key"]): one["doc_count"] for one in answer["codes"]["buckets"]})
