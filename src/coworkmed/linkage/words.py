"""Words that say little about which place is meant, folded. Facts of seven languages, gathered for this engine.

Legal forms and kinds come from ISO 20275 and everyday use, street types from postal practice.
"""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Articles, prepositions, conjunctions: fr it es ca hr el en (and de pt, met in mixed lists).
STOPWORDS = _set(
    "a al aux au d de des du en et l la le les un une par pour sur chez "
    "alla allo ai agli con da dal del della delle dei degli di e ed gli i il in lo nel per su uno una "
    "als amb dels el els i les per y o los las para por sin "
    "iz na od s sa u za "
    "apo gia kai me ou se sta sti stin sto ta ti tin tis to ton tou "
    "an and at by for from of on the to with "
    "am an bei das dem den der die im und von zu zum zur do da dos das e em no na"
)

#: Legal forms, written together (the dots of "S.A.R.L." are closed up before words are cut).
LEGAL_FORMS = _set(
    "sarl eurl sas sasu sa sci scic scop scp sem spl gie epci epic cae snc selarl asso assoc association associations "
    "koinsep amke ike mike epe ae oe ee sa "
    "srl srls spa snc sas ss aps asd ets odv onlus scrl scarl coop soc associazione cooperativa cooperative "
    "doo jdoo dd jtd kd obrt udruga zadruga ustanova "
    "sl slu sll sau sccl scoop cb asociacion associacio fundacion fundacio slp "
    "ltd limited llc llp inc incorporated corp corporation co company plc pllc pc gmbh ag kg ohg ug ev eg mbh ltda "
    "lda me eireli"
)

#: What kind of place it is, rather than which: they count for little, not for nothing.
KINDS = _set(
    "coworking cowork coworker coworkers coworkings space spaces espace espaces espai espacio spazio prostor choros "
    "workspace workplace bureau bureaux office offices oficina oficinas oficines ufficio uffici ured uredi grafeia "
    "centre center centro centar kentro kentar tiers tierslieu lieu lieux third place telecentre teletravail telework "
    "smart fablab fab lab labs labo laboratoire laboratorio laboratori makerspace hackerspace hacklab hackspace maker "
    "makers atelier ateliers workshop taller tallers radionica ergastirio hub incubateur incubator incubatore "
    "incubadora pepiniere vivero viver inkubator thermokoitida accelerateur accelerator business affaires entreprises "
    "poduzetnicki cafe caffe kafe kafeneio kavana kafic bar restaurant ristorante restaurante restoran estiatorio "
    "hotel bibliotheque mediatheque biblioteca knjiznica vivliothiki library maison casa kuca spiti house ressourcerie "
    "cultural culturel culturale cultura kulturni politistiko public numerique digital france services msap club "
    "studio studios school scuola ecole escuela escola skola group groupe grupo"
)

#: Street types and their usual short forms; a street is known by its other words.
STREET_TYPES = _set(
    "rue r avenue av ave boulevard bd bld blvd blv boul place pl quai cours chemin ch che impasse imp allee allees "
    "all route rte square sq passage pass ruelle sentier faubourg fg fbg esplanade promenade zone za zi zac parc "
    "residence res batiment bat lieudit hameau voie traverse montee cite villa galerie rond point "
    "via v viale vle piazza pza pzza piazzale ple corso cso largo lgo vicolo vico strada str salita lungomare contrada "
    "calle c carrer avda avinguda avenida plaza placa pza pl paseo pso passeig pg ronda rda carretera ctra "
    "travesia poligono rambla camino cami cuesta glorieta "
    "ulica ul trg obala cesta setaliste put prilaz odvojak naselje bb "
    "odos od leoforos leof l plateia pl platia paralia str "
    "street st road rd drive dr lane ln court ct way terrace highway hwy parkway pkwy circle cir close broadway floor "
    "fl suite ste unit apt bldg building "
    "strasse platz weg gasse allee ring rua praca travessa rodovia estrada jalan caddesi cad sokak sok mahallesi "
    "n s e w ne nw se sw nord sud est ouest north south east west btwn between near off"
)

#: Towns whose names differ from one language to the next: other spelling → the one used here.
EXONYMS = {
    "athens": "athina", "athenes": "athina", "atene": "athina", "atenas": "athina", "atena": "athina",
    "athinon": "athina", "athinai": "athina",
    "salonica": "thessaloniki", "salonique": "thessaloniki", "salonicco": "thessaloniki", "solun": "thessaloniki",
    "piraeus": "peiraias", "pireas": "peiraias", "pireo": "peiraias",
    "marsiglia": "marseille", "marsella": "marseille", "marseilles": "marseille", "nizza": "nice", "niza": "nice",
    "lione": "lyon", "tolosa": "toulouse", "parigi": "paris",
    "genoa": "genova", "genes": "genova", "rome": "roma", "rim": "roma", "milan": "milano", "turin": "torino",
    "florence": "firenze", "naples": "napoli", "venice": "venezia", "venise": "venezia", "bologne": "bologna",
    "barcelone": "barcelona", "barcellona": "barcelona", "saragosse": "zaragoza", "valence": "valencia",
    "seville": "sevilla", "siviglia": "sevilla", "alacant": "alicante", "gerona": "girona",
    "lerida": "lleida", "zagabria": "zagreb", "spalato": "split", "fiume": "rijeka", "ragusa": "dubrovnik",
    "pola": "pula", "zara": "zadar", "nicosia": "lefkosia", "crete": "kriti", "corfu": "kerkyra", "rhodes": "rodos",
}  # fmt: skip

#: Chains of workspaces that run many branches (folded). A shared brand is no evidence that two premises are one.
#: After the name-suggestion-index (BSD-3-Clause) and chains met in French lists.
BRANDS = frozenset(
    {
        "arc club", "awfis", "co creation hub", "design offices", "drop in", "fora", "impact hub", "life time work",
        "mainyard studios", "regus", "second home", "spaces", "techspace", "the commons", "tuesday coworking",
        "ucommune", "wework", "work life", "zxy", "mindspace", "industrious", "wojo", "nextdoor", "multiburo",
        "buro club", "baya axess", "la cordee", "now coworking", "morning", "morning coworking", "anticafe",
        "deskopolitan", "kwerk", "start way", "startway", "stop work", "hiptown", "newton offices", "digital village",
        "la ruche", "remix coworking", "talent garden", "copernico", "onecowork", "cloudworks", "utopicus", "aticco",
        "village by ca", "le village by ca", "signature by regus",
    }
)  # fmt: skip
