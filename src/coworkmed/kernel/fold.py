"""Folding of text: one spelling for search and matching, whatever the accents, case or script.

Greek becomes its usual Latin spelling (ELOT 743, the same as the United Nations' UNGEGN romanisation). Cyrillic is read
in the way of the language its letters give away (Bulgarian, Russian or Ukrainian by their official systems, else the
Serbian and Macedonian one: "Подгорица" is Podgorica). Arabic gets its written vowels, its article apart ("المدينة" is
"al madina") and, in well-known words, the vowels that are not written. All else goes through anyascii by the letter.
"""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_GEMINATE = re.compile("l[·•‧∙⋅]l|ŀl")  # Catalan col·lectiu
_BEYOND_LATIN = re.compile("[^\\0-\u036f]")  # from Greek on: Cyrillic, Arabic and the rest come after it

# Greek

_HAS_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_MARKS = "[\u0300-\u036f]*+"
_VOICELESS = r"(?=[θκξπσςτφχψ]|\W|$|[a-z0-9])"
_DIPHTHONG = "υ(?![\u0300-\u036f]*\u0308)"  # a diaeresis keeps the two vowels apart; so does an accent on the first
_GREEK = (
    ("υ", re.compile(f"ο{_DIPHTHONG}"), "ou"),
    ("υ", re.compile(f"([αεη]){_DIPHTHONG}{_MARKS}{_VOICELESS}"), r"\1f"),
    ("υ", re.compile(f"([αεη]){_DIPHTHONG}"), r"\1v"),
    ("μπ", re.compile("(?<![\\w\u0300-\u036f])μπ|μπ(?!\\w)"), "b"),
    ("γ", re.compile("γ(?=[γξχ])"), "n"),
)
_GREEK_WORD = re.compile("[\\w\u0300-\u036f]+")
_ROMAN = re.findall(r"\w+", "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
_LETTERS = {**dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", _ROMAN, strict=True)), "°": " "}


@lru_cache(maxsize=100_000)
def _greek(word: str) -> str:
    word = unicodedata.normalize("NFD", word)
    for telling, pattern, roman in _GREEK:
        if telling in word:
            word = pattern.sub(roman, word)
    return unicodedata.normalize("NFC", word)


# Cyrillic

_HAS_CYRILLIC = re.compile("[\u0400-\u04ff]")


def _alphabet(letters: str, roman: str, **more: str) -> dict[int, str]:
    return str.maketrans({**dict(zip(letters, roman.split(), strict=True)), **more})


_COMMON = ("абвгдезклмнопрстуф", "a b v g d e z k l m n o p r s t u f")
#: Serbian and Macedonian, as their own Latin alphabet has it (its carons fall as all accents do).
_SOUTH_WEST = _alphabet(_COMMON[0] + "жијхцчшђљњћџѓќѕ", _COMMON[1] + " z i j h c c s d lj nj c dz g k dz")
_EAST = _alphabet(_COMMON[0] + "жихцчшйюя", _COMMON[1] + " zh i kh ts ch sh y yu ya")
_BULGARIAN = _EAST | _alphabet("хщъь", "h sht a y")
_RUSSIAN = _EAST | _alphabet("щыэё", "shch y e yo", ъ="", ь="")
_UKRAINIAN = _EAST | _alphabet("гґиіїйєщюя", "h g y i i i ie shch iu ia", ь="")
_UKRAINIAN_START = re.compile(r"(?<!\w)[їйєюя]")
_UKRAINIAN_STARTS = {"ї": "yi", "й": "y", "є": "ye", "ю": "yu", "я": "ya"}


def _cyrillic(text: str) -> str:
    letters = set(text)
    if letters & set("ђјљњћџѓќѕ"):
        return text.translate(_SOUTH_WEST)
    if letters & set("іїєґ"):
        return _UKRAINIAN_START.sub(lambda found: _UKRAINIAN_STARTS[found[0]], text).translate(_UKRAINIAN)
    if letters & set("ыэё"):
        return text.translate(_RUSSIAN)
    if letters & set("щъьйюя"):
        soft_sign_ends = re.search(r"ь(?!о)", text)  # Bulgarian writes it before "о" only
        return text.translate(_RUSSIAN if soft_sign_ends else _BULGARIAN)
    return text.translate(_SOUTH_WEST)


# Arabic

_ARABIC_WORD = re.compile("[\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f]+")
_HAS_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufeff]")  # letters in the shape they take within a word
_UNWRITTEN = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")  # vowel signs, lengthening stroke
_ONE_ALIF = str.maketrans("أإآٱ", "اااا")
_ARTICLES = (("وال", "wa al "), ("بال", "bi al "), ("لل", "li al "), ("ال", "al "))
_CONSONANTS = _alphabet(
    "ابتثجحخدذرزسشصضطظعغفقكلمنهةىءئؤپچژگڤڨکی",
    "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h a a - i u p ch zh g v g k i",
)
_GLIDES = (
    (re.compile("(?<=ا)و|^و|و(?=ا)"), "w"),
    (re.compile("و"), "u"),
    (re.compile("(?<=ا)ي|^ي"), "y"),
    (re.compile("ي(?=[اةى])"), "iy"),
    (re.compile("ي"), "i"),
)

#: Words that stand on many doors: Latin spelling, then how they are written in Arabic and the other Latin spellings.
_KNOWN_ARABIC = """
madina مدينة medina madinah medinah medineh
kahwa قهوة qahwa gahwa kahoua qahoua
maqha مقهى makha
maktaba مكتبة maktabah mektaba
maktab مكتب mekteb
markaz مركز merkaz
dar دار
beit بيت bayt beyt bait
bab باب
souk سوق suq souq suk
qasba قصبة casbah kasbah kasba qasbah
sharia شارع charia sharee charee
nahj نهج nahdj
saha ساحة sahat sahet
midan ميدان maydan meydan meidan
tariq طريق tarik tareq
zanqa زنقة zankat zanqat zenka zanka
hay حي hayy
jamia جامعة jamiaa djamia gamaa
madrasa مدرسة medersa madrassa madrasah
masaha مساحة
fada فضاء fadaa
amal عمل
mushtaraka مشتركة
ibn ابن
bin بن ben
abu ابو abou
mohamed محمد muhammad mohammed mohamad mohammad muhamad muhammed
ahmed احمد ahmad
ali علي aly
habib حبيب
bourguiba بورقيبة burqiba borguiba
hassan حسن hasan hassen
hussein حسين husayn houssein hocine hussain husein
mahmoud محمود mahmud
youssef يوسف yusuf yousef yossef
ibrahim ابراهيم
mustafa مصطفى mostafa mustapha moustapha mostapha
khaled خالد khalid
khaldoun خلدون khaldun
rachid رشيد rashid rasheed
cherif شريف sharif sherif charif
hached حشاد hashad
farhat فرحات
chabab شباب shabab chebab
thaqafa ثقافة
hurriya حرية hurriyah horriya
allah الله
istiqlal استقلال istiklal
salam سلام salem
nasr نصر
tahrir تحرير
jumhuriya جمهورية joumhouria gomhoria
"""


def _known_arabic() -> tuple[dict[str, str], dict[str, str]]:
    written: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for line in _KNOWN_ARABIC.strip().splitlines():
        usual, *others = line.split()
        for other in others:
            (spelt if other.isascii() else written)[other] = usual
    return written, spelt


_WRITTEN_IN_ARABIC, _SPELT_OTHERWISE = _known_arabic()


@lru_cache(maxsize=50_000)
def _arabic(word: str) -> str:
    bare = _UNWRITTEN.sub("", word).translate(_ONE_ALIF)
    if known := _WRITTEN_IN_ARABIC.get(bare):
        return known
    for article, roman in _ARTICLES:
        if bare.startswith(article) and len(bare) > len(article) + 1:
            rest = bare[len(article) :]
            return roman + (_WRITTEN_IN_ARABIC.get(rest) or _vocalised(rest))
    return _vocalised(bare)


def _vocalised(word: str) -> str:
    """A word by its letters, the three long vowels told from the consonants they are written with."""
    for pattern, roman in _GLIDES:
        word = pattern.sub(roman, word)
    return word.translate(_CONSONANTS).replace("-", "")


# All


class _Latin(dict[int, str]):
    """Code point → lower-case ASCII, worked out once per letter."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        found = _LETTERS.get(letter) or ("" if unicodedata.combining(letter) else anyascii(letter).lower())
        if len(found) > 2 and found[0] == found[-1] == ":":
            found = " "  # anyascii spells emoji out; a cup is not the word "coffee"
        self[code] = found
        return found


class _Spaced(dict[int, str]):
    """Code point → the same in letters, digits and spaces alone."""

    def __missing__(self, code: int) -> str:
        self[code] = found = re.sub("[^a-z0-9]", " ", _LATIN[code])
        return found


_LATIN = _Latin()
_SPACED = _Spaced()
#: The same for texts of ASCII alone, most of them: bytes translate many times faster than text.
_SPACED_ASCII = "".join(map(_SPACED.__getitem__, range(128))).encode().ljust(256)


def _in_latin_script(text: str) -> str:
    """``text`` (lower-case) with what takes more than one letter to read in Latin letters."""
    text = unicodedata.normalize("NFC", text)
    if _BEYOND_LATIN.search(text):
        if _HAS_FORMS.search(text):
            text = unicodedata.normalize("NFKC", text)
        text = _ARABIC_WORD.sub(lambda found: _arabic(found[0]), text)
        if _HAS_CYRILLIC.search(text):
            text = _cyrillic(text)
        if _HAS_GREEK.search(text):
            text = _GREEK_WORD.sub(lambda found: _greek(found[0]), text)
    return _GEMINATE.sub("ll", text)


def latin(text: str) -> str:
    """``text`` in plain lower-case Latin letters (ASCII), words and punctuation kept."""
    text = text.lower()
    return text if text.isascii() else _in_latin_script(text).translate(_LATIN)


def fold(text: str) -> str:
    """``text`` as one line of folded words separated by single spaces: the form to search and to compare."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The folded words of ``text``, in order."""
    if text.isascii():
        return text.encode().translate(_SPACED_ASCII).decode().split()
    return _in_latin_script(text.lower()).translate(_SPACED).split()


# Spellings that one name takes when it passes from one alphabet or country to another. Longest first.
_SOUNDS = {
    "sch": "s", "sh": "s", "ph": "v", "f": "v", "w": "v", "mp": "b", "nt": "d", "nd": "d", "gk": "g", "gg": "g",
    "ng": "g", "nch": "h", "ch": "h", "kh": "h", "gh": "g", "th": "t", "dh": "d", "dj": "d", "tz": "s", "ts": "s",
    "dz": "s", "zh": "s", "z": "s", "x": "ks", "qu": "k", "q": "k", "ck": "k", "c": "k", "ei": "i", "ey": "i",
    "oi": "i", "oy": "i", "yi": "i", "ij": "i", "y": "i", "j": "i", "ou": "u", "oo": "u", "ai": "e", "ay": "e",
    "ae": "e", "oe": "e", "au": "av", "eu": "ev", "gn": "n", "ny": "n", "nj": "n",
}  # fmt: skip
_BEFORE_VOWEL = ("gn", "ny", "nj")  # one sound in Bologna, Catalunya, Njivice; not in Sunny
_SOUND = re.compile(
    "|".join(
        f"{spelling}(?=[aeiou])" if spelling in _BEFORE_VOWEL else spelling
        for spelling in sorted(_SOUNDS, key=len, reverse=True)
    )
)
_DOUBLE = re.compile(r"(.)\1+")


def phonetic(text: str) -> str:
    """``fold(text)`` with the spellings of one sound made alike, for matching only: never shown, not reversible.

    Athina, Αθήνα and Athena stay apart (that is translation), but Evangelistrias, Euangelistrias and Ευαγγελιστρίας
    meet, as do Djakovo and Đakovo, Philippos and Filippos, and the Latin spellings of a well-known Arabic word.
    """
    usual = " ".join(_SPELT_OTHERWISE.get(word, word) for word in words(text))
    return _DOUBLE.sub(r"\1", _SOUND.sub(lambda found: _SOUNDS[found[0]], usual))
