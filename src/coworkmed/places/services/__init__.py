"""Every write on the registry, by use case."""

from .deciding import Word, decide
from .linking import Linked, link
from .refreshing import refresh
from .settling import age, settle, settle_some
from .telling import strike, tell, withhold

__all__ = ["Linked", "Word", "age", "decide", "link", "refresh", "settle", "settle_some", "strike", "tell", "withhold"]
