"""Web addresses: one spelling each, and whose domain it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.web_addresses import canonical, host, own_domain


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("www.coworkinbourges.fr", "http://www.coworkinbourges.fr"),
        ("http://a.fr/", "http://a.fr"),
        ("HTTPS://A.FR/Lab?b=1#top", "https://a.fr/Lab?b=1"),
        ("htp:/lelab.fr/", "http://lelab.fr"),
        ("http//lelab.fr", "http://lelab.fr"),
        ("https:://lelab.fr/a", "https://lelab.fr/a"),
        ("https ://lelab.fr", "https://lelab.fr"),
        ("http://https://lelab.fr", "https://lelab.fr"),
        ("http://lelab.fr:80/a", "http://lelab.fr/a"),
        ("lelab.fr/?utm_source=x&page=2&fbclid=y", "http://lelab.fr?page=2"),
        ("https://ξενοδοχείο.gr", "https://xn--kxajcb2bejbc1f.gr"),
        ("//lelab.fr/a", "http://lelab.fr/a"),
        ("<https://lelab.fr>,", "https://lelab.fr"),
    ],
)
def test_canonical(given: str, url: str) -> None:
    assert canonical(given) == url


@pytest.mark.parametrize(
    "given",
    ["", "http://", "https:///", "lelab", "a@b.fr", "mailto:a@b.fr", "https://user:secret@b.fr", "ftp://b.fr", "http://[::1",
     "http://localhost", "http://127.0.0.1", "pas de site", "javascript:alert(1)", "http://a..fr", "http://-a.fr"],
)  # fmt: skip
def test_what_is_no_web_address(given: str) -> None:
    assert canonical(given) is None


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("http://www.lelab.fr/a", "lelab.fr"),
        ("http://shop.lelab.fr", "lelab.fr"),
        ("http://prefecture.var.gouv.fr", "var.gouv.fr"),
        ("http://a.hub.com.gr", "hub.com.gr"),
        ("http://a.hub.com.hr", "hub.com.hr"),
        ("http://hub.co.uk", "hub.co.uk"),
        ("http://co.fr", "co.fr"),
        ("https://www.facebook.com/lelab", ""),
        ("https://fr-fr.facebook.com/lelab", ""),
        ("https://sites.google.com/view/lelab", ""),
        ("https://linktr.ee/lelab", ""),
        ("http://lelab.wixsite.com/site", "lelab.wixsite.com"),
        ("http://foyerliberte.free.fr/x", "foyerliberte.free.fr"),
        ("http://wordpress.com/x", ""),
        ("no address", ""),
    ],
)
def test_own_domain(url: str, domain: str) -> None:
    assert own_domain(url) == domain


def test_host_has_no_www() -> None:
    assert host("http://www.lelab.fr/a") == "lelab.fr"
    assert host("http://[") == ""


@given(st.text() | st.from_regex(r"(https?://)?[a-z0-9.-]{1,20}\.(fr|com)[/?#]?[ -~é]{0,20}", fullmatch=True))
def test_a_canonical_address_settles_at_once(text: str) -> None:
    url = canonical(text)
    if url is not None:
        assert url.isascii()
        assert url.startswith(("http://", "https://"))
        assert canonical(url) == url
        assert own_domain(url) == "" or host(url).endswith(own_domain(url))
