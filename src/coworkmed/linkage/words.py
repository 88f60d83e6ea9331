"""Words that say little about which place is meant, and the other names of those that do, folded.

Facts of the languages around the sea, gathered for this engine; the tables stand in their own scripts and are folded on
import. Kinds of places: the vocabulary of OpenStreetMap's tagging schema (ISC) and everyday use. Street types, floors
and units: postal practice and libpostal's dictionaries (MIT). Legal forms: ISO 20275 and national law. Chains: the
name-suggestion-index (BSD-3-Clause) and those met in lists. Towns: the usual exonyms.
"""

from collections.abc import Mapping, Sequence

from coworkmed.kernel.fold import fold, words


def _set(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _lines(text: str) -> Sequence[tuple[str, list[str]]]:
    """(head, what follows it) of lines like "head: one, two, three"; an indented line goes on with the one before."""
    parted = (line.partition(":") for line in text.strip().replace("\n ", " ").splitlines())
    return [(head.strip(), [part.strip() for part in tail.split(",")]) for head, _, tail in parted]


#: Articles, prepositions, conjunctions: fr it es ca hr el en (and de pt, met in mixed lists); the Arabic article.
STOPWORDS = _set(
    "a al aux au d de des du en et l la le les un une par pour sur chez ou dans avec sous alla allo agli ai alle con "
    "da dal dalla dell del della dello delle dei degli di e ed gli i il in lo nel nella nell nei negli per su sul "
    "sulla uno una ad als amb dels el els i les per pels pel y o los las para por sin iz na od s sa u za pri do kod "
    "ob v από για και με μου σε στα στη στην στο στον τα τη την της το τον του των τους τις ο η οι στις στους an and "
    "at by for from of on the to with am an bei das dem den der die im und von zu zum zur do da dos das e em no na "
    "nos nas ao aos az ash ech ez wa"
)

#: Legal forms, written together (the dots of "S.A.R.L." are closed up before words are cut).
LEGAL_FORMS = _set(
    # fr
    "sarl eurl sas sasu sa sci scic scop scp scm sem semop spl sca sce gie epci epic epa epl cae cuma snc selarl "
    "selas sccv sica ei eirl asso assoc association associations loi1901 cooperative cooperatives societe cie "
    "fondation gaec scea suarl sarlu nonprofit "
    # el
    "κοινσεπ αμκε ικε μικε μιδικε επε μεπε αε αβεε αεβε οε εε συνπε συνεργ συνεταιρισμος σωματειο συλλογος εταιρεια "
    "εταιρια εταιρειας ιδρυμα επιχειρηση νπιδ νπδδ αφοι υιοι "
    # it
    "srl srls srlu spa snc sas ss aps asd ssd ets odv onlus scrl scarl scs scpa coop soc rl sb associazione "
    "associazioni cooperativa cooperative societa consorzio fondazione ditta impresa arl "
    # hr, and its neighbours
    "doo jdoo dd jtd kd obrt udruga udruge zadruga ustanova zaklada tvrtka poduzece vl zu ju oo dooel ad drustvo sdoo "
    # es, ca
    "sl slu sll slne sau sccl scp scg cb slp asociacion asociaciones associacio fundacion fundacio sociedad societat "
    "empresa ute aie slpu sal "
    # en, de, pt, tr
    "ltd limited llc llp lp inc incorporated corp corporation co company plc pllc pc gmbh ag kg ohg ug ev eg mbh ltda "
    "lda me eireli sociedade associacao fundacao sti as limitet sirketi dernegi vakfi"
)

#: What words of places mean, and the words that mean it, as written.
CONCEPT_WORDS = _lines("""
coworking: coworking, cowork, coworker, coworkers, coworkings, cotravail, cotrabajo, cotreball, cotrebal, συνεργασίας,
  συνεργατικός, συνεργατικό, sodelo, suradnju, suradnički, ortak, مشتركة
workplace: workplace, workspace, workspaces, lavoro, trabajo, treball, travail, εργασίας, εργασία, radni, rad, arbeit,
  çalışma, trabalho
space: space, spaces, espace, espaces, espai, espais, espacio, espacios, spazio, spazi, prostor, prostori, χώρος,
  χώροι, χώρου, espaço, raum, alanı, простор, مساحة, فضاء
office: office, offices, bureau, bureaux, oficina, oficinas, oficines, ufficio, uffici, ured, uredi, kancelarija,
  γραφείο, γραφεία, γραφείων, escritório, escritórios, büro, ofis, مكتب
centre: centre, center, centro, centres, centri, centros, centar, centra, κέντρο, κέντρα, κέντρου, kentar, zentrum,
  merkezi, merkez, središte, središče, център, центар, مركز
third place: tierslieu, tierslieux
telecentre: telecentre, télétravail, telework, telelavoro, teletrabajo, teletreball, τηλεργασία, τηλεργασίας,
  telecentro
fablab: fablab, fablabs, makerspace, makerspaces, hackerspace, hackerspaces, hacklab, hackspace, μέικερσπεϊς,
  χάκερσπεϊς
maker: maker, makers
lab: lab, labs, labo, laboratoire, laboratoires, laboratorio, laboratori, laboratorij, εργαστήριο, εργαστήρια,
  εργαστήρι, labor, laboratuvar
workshop: atelier, ateliers, workshop, workshops, taller, tallers, talleres, radionica, radionice, officina, officine,
  bottega, obrador, atölye, atelje, ателие, werkstatt, ورشة
hub: hub, hubs
incubator: incubateur, incubateurs, incubator, incubatore, incubadora, inkubator, inkubatora, pépinière, pépinières,
  vivero, viver, θερμοκοιτίδα, εκκολαπτήριο, kuluçka, حاضنة
accelerator: accélérateur, accelerator, acceleratore, aceleradora, acceleradora, akcelerator, επιταχυντής
business: business, affaires, entreprise, entreprises, empresarial, empresas, empreses, impresa, imprese, aziendale,
  poslovni, poduzetnički, poduzetništvo, επιχειρηματικό, επιχειρήσεων, επιχειρηματικότητας, empresariat, negocios,
  negocis, affari
café: café, cafés, caffè, caffe, kafe, cafetería, cafeteria, caffetteria, cafèteria, caféteria, kafeterija, καφέ,
  καφενείο, καφετέρια, καφεκοπτείο, kavana, kafić, kafana, kavarna, kaffee, coffee, kahve, kahvesi, кафе, قهوة, مقهى
cybercafé: cybercafé, cibercafé, kiberkafe
bar: bar, bars, bistro, bistrot, pub, buvette, taverne, taverna, ταβέρνα, μπαρ
restaurant: restaurant, restaurants, ristorante, restaurante, restoran, εστιατόριο, trattoria, osteria, lokanta, مطعم
hotel: hôtel, hotel, albergo, ξενοδοχείο, otel, فندق, hotels
hostel: hostel, ostello, albergue, alberg, auberge, ξενώνας
library: bibliothèque, bibliothèques, biblioteca, biblioteche, bibliotecas, biblioteques, knjižnica, knjižnice,
  biblioteka, βιβλιοθήκη, βιβλιοθήκες, library, libraries, bibliothek, bücherei, kütüphane, kütüphanesi, библиотека,
  مكتبة
media library: médiathèque, médiathèques, mediateca, mediateca, medijateka
reading room: čitaonica, αναγνωστήριο, ludothèque, ludoteca
house: maison, maisons, casa, casas, kuća, dom, σπίτι, οικία, house, haus, ev, evi, دار, بيت, casal, σπιτιού
association house: associations, asociaciones, associazioni, entitats, udruga, συλλόγων, vereine
town hall: townhall, mairie, mairies, municipio, ayuntamiento, ajuntament, δημαρχείο, gradonačelnik, općina,
  vijećnica, rathaus, belediye, belediyesi, بلدية, hoteldeville, opština
municipal: municipal, municipale, municipaux, municipales, communal, communale, comunale, comunali, civica, civico,
  gradska, gradski, gradsko, općinski, općinska, δημοτική, δημοτικό, δημοτικός, δημοτικών, intercommunal,
  intercommunale, градска, градски
public: public, publique, publics, publiques, pubblico, pubblica, público, pública, públic, javni, javna, δημόσιο,
  δημόσια, δημόσιος, halk, عامة
national: national, nationale, nazionale, nacional, nacionalna, narodna, nacionalni, εθνική, εθνικό, εθνικής, milli,
  وطنية
regional: regional, régional, régionale, regionale, περιφερειακό, περιφέρεια, regionalni, regionalna
central: central, centrale, κεντρική, κεντρικό, središnja, središnji
community: community, communautaire, comunitario, comunitaria, comunitari, comunità, comunidad, comunitat, κοινότητας,
  κοινοτικό, κοινότητα, zajednica, zajednice, društveni, mjesna, toplum, komün
social: social, sociale, sociaux, sociali, socijalni, socijalna, κοινωνικό, κοινωνική, κοινωνικός, sosyal, اجتماعي
cultural: culturel, culturelle, cultural, culturale, cultura, culture, kulture, kultura, kulturni, kulturno, kulturu,
  πολιτιστικό, πολιτισμού, πολιτιστικός, πολιτισμός, kultur, kültür, културен, ثقافي, ثقافة
youth: jeunes, jeunesse, giovani, giovanile, jóvenes, juventud, joves, jove, juvenil, mladih, mladi, mladima, νέων,
  νεολαίας, νεότητας, youth, jugend, gençlik, شباب
arts: arts, arte, arti, artes, art, umjetnost, umjetnosti, umjetnički, τεχνών, τέχνης, τέχνη, kunst, sanat, فنون,
  artistique, artistico, artístico, artístic
digital: numérique, numériques, digital, digitale, digitali, digitales, digitalni, digitalna, ψηφιακό, ψηφιακός,
  ψηφιακή, ψηφιακών, dijital, رقمي, informatique
innovation: innovation, innovations, innovazione, innovación, innovació, inovacije, inovacija, inovacijski,
  καινοτομίας, καινοτομία, inovasyon, inovação, innovatie, ابتكار
technology: technologie, technologies, technology, tecnologia, tecnología, tecnologico, tehnologija, tehnološki,
  τεχνολογίας, τεχνολογικό, tech, tecnologic, teknoloji, teknopark
science: science, sciences, scienza, scientifico, ciencia, ciència, znanost, znanstveni, επιστημών, επιστημονικό,
  bilim
creative: creative, créatif, créative, creativo, creativa, creatiu, kreativni, kreativna, δημιουργικό, δημιουργικός
school: école, écoles, scuola, scuole, escuela, escuelas, escola, escoles, škola, škole, σχολείο, σχολή, school,
  schools, schule, okulu, okul, مدرسة, училище
university: université, universités, università, universidad, universitat, sveučilište, πανεπιστήμιο, πανεπιστημίου,
  university, universität, üniversitesi, üniversite, universidade, univerzitet, univ, جامعة
faculty: faculté, facoltà, facultad, facultat, fakultet, fakültesi, faculty, كلية
training: formation, formations, formazione, formación, formació, training, obrazovanje, κατάρτισης, εκπαίδευσης,
  eğitim
chamber: chambre, camera, cámara, cambra, komora, επιμελητήριο, chamber, odası, غرفة
commerce: commerce, commercio, comercio, comerç, εμπορικό, trgovačka, trgovinska, gospodarska, ticaret
craft: artisanat, artisan, artisans, artigianato, artesanía, artesania, obrtnička, obrtnički, χειροτεχνίας, craft,
  crafts
market: marché, marchés, mercato, mercado, mercat, tržnica, pijaca, αγορά, market, markt, pazar, pazarı, سوق
factory: fabrique, fabriques, fabbrica, fábrica, fàbrica, tvornica, εργοστάσιο, factory, usine, fabrik, manufacture,
  manifattura, fabrika, fabrikası, مصنع
barn: grange, granges, granja, fienile, štagalj, αχυρώνα, barn, scheune
garden: jardin, jardins, giardino, giardini, jardín, jardines, jardí, vrt, vrtovi, κήπος, κήποι, garden, gardens,
  garten, bahçe, bahçesi, حديقة
studio: studio, studios, estudio, estudios, estudi, estudis, στούντιο, stüdyo, студио, studija, أستوديو, estúdio
club: club, clubs, klub, circolo, círculo, cercle, λέσχη, клуб, kulübü, نادي
theatre: théâtre, teatro, teatre, kazalište, pozorište, θέατρο, theatre, theater, tiyatro, مسرح
museum: musée, museo, museu, muzej, μουσείο, museum, müze, müzesi, متحف
gallery: galerie, galleria, galería, galeria, galerija, γκαλερί, πινακοθήκη, gallery
recycling centre: ressourcerie, recyclerie, recycleries, ressourceries
agency: agence, agenzia, agencia, agència, agencija, agency
station: gare, stazione, estación, estació, kolodvor, stanica, σταθμός, station, istasyon, محطة
park: parc, parco, parque, park, parks, πάρκο, parkı
residence: résidence, résidences, residenza, residencia, residència, rezidencija
""")

#: Folded word of a kind of place, or of what one is for, → what it means, the same in every language.
CONCEPTS: Mapping[str, str] = {fold(word): concept for concept, listed in CONCEPT_WORDS for word in listed}

#: Concepts whose words often are the name itself ("La Fabrique", "The Barn"): they translate, but weigh as any word.
EVOCATIVE = frozenset({
    "market", "factory", "barn", "garden", "arts", "craft", "science", "technology", "station", "park", "theatre",
    "museum", "central", "national", "regional", "municipal", "residence", "hostel", "gallery", "commerce",
    "social", "training", "innovation", "creative", "university", "faculty", "chamber", "agency", "association house",
})  # fmt: skip

#: What kind of place it is, rather than which: they count for little, not for nothing.
KINDS = frozenset(word for word, concept in CONCEPTS.items() if concept not in EVOCATIVE) | _set(
    "tiers lieu lieux third place fab france smart group groupe grupo gruppo grupa msap cci mjc kep epn pimms cfa "
    "clsh κεπ franceservices services compagnie"
)

#: Street types and their usual short forms; a street is known by its other words.
STREET_TYPES = _set(
    # fr
    "rue rues r avenue av ave boulevard bd bld blvd bvd blv boul place placette pl quai cours crs chemin ch che chem "
    "cheminement impasse imp allee allees all route rte rt square sq passage pass ruelle rle sentier sente faubourg "
    "fg fbg faub esplanade espl promenade prom zone za zi zac zae parc residence res rés bâtiment bat lieudit hameau "
    "ham voie traverse trav montée mte cité villa galerie rond point rondpoint rpt venelle chaussee chs carrefour "
    "mail parvis corniche rocade lotissement lot immeuble imm placis "
    # it
    "via v viale vle piazza pza pzza piazzale ple ple piazzetta pzta corso cso largo lgo larghetto vicolo vlo "
    "vicoletto vico strada str stradone salita sal lungomare lungotevere lungarno lungolago lungo contrada cda "
    "circonvallazione rotonda traversa trav passeggiata borgata frazione fraz loc localita calata discesa galleria "
    "rione campo calle fondamenta riva rampa ss sp sr provinciale statale "
    # es, ca, eu, gl
    "calle c cl cll carrer carrero avda avd av avinguda avgda avenida plaza plaça pza plz pça plaçeta plazuela "
    "plazoleta paseo pso pº passeig pg passatge ptge pasaje psje ronda rda rd carretera ctra cra crta travesia trva "
    "travessia trav travessera polígono polígon pol pgno industrial rambla rbla camino cno cmno camí cuesta cta "
    "costanilla glorieta gta callejon callejuela bulevar senda sendero urbanización urbanitzacio urb bajada baixada "
    "pujada partida ptda autovia autopista rúa kalea kalea etorbidea plazatxoa barrio "
    # hr and its neighbours
    "ulica ulice ulici ul улица вулиця ул trg trga obala cesta setaliste put prilaz odvojak ogranak prolaz naselje nas "
    "bb vijenac stube aleja avenija bulevar bul bulevard булевар drvored perivoj poljana riva zavoj площад пл "
    # el
    "οδός οδού λεωφόρος λεωφόρου λεωφ λεωφόρο λ πλατεία πλατείας πλ παραλία παραλιακή πάροδος παρ δρόμος στενό ακτή "
    "εθνική επαρχιακή οδ χλμ χιλιόμετρο πεζόδρομος στοά εο σοκάκι odhos leoph leof platia pl str "
    # en
    "street st road rd drive dr lane ln court ct way terrace highway hwy parkway pkwy circle cir close broadway floor "
    "fl suite ste unit apt bldg building "
    "expressway expy plz mall center centre ctr crescent cres trail trl trce turnpike tpke pike loop point pt row walk "
    "alley aly cove wharf sr state county us rt "
    # de, pt, tr, ar
    "nte pte ote poniente oriente calz calzada prol privada priv estr rod tv lote setor jl mh cd straat laan "
    "plein gatan vagen utca "
    "strasse str platz weg gasse allee ring rua praca praça travessa rodovia estrada jalan caddesi cad sokak sokağı "
    "sok sk mahallesi mah bulvarı blv meydanı شارع charia sharia نهج زنقة ساحة ميدان طريق حي "
    # points of the compass, and where beside
    "n s e w ne nw se sw nord sud est ouest ovest norte sur este oeste nort oest sjever jug istok zapad voreia north "
    "south east west btwn between near off"
)

#: Floors that need nothing beside them.
GROUND_FLOORS = _set(
    "rdc rez entresol bajo bajos baixos bxs entresuelo prizemlje parter ισόγειο υπόγειο ημιώροφος ημιυπόγειο"
)
#: Floors, doors and staircases: with the number or letter beside them they say where in the house, not which street.
UNIT_WORDS = GROUND_FLOORS | _set(
    "étage étages etg niveau bâtiment bât escalier esc porte pte apt appt app appartement bureau bur boite bte lot "
    "local hall piano interno int scala sc palazzina edificio edif portone stanza planta pta piso pis puerta porta "
    "portal escalera escala atico entlo ppal oficina of despacho kat stan ured lokal podrum ulaz stubište όροφος "
    "ορόφου όροφο ορ διαμέρισμα διαμ γραφείο floor fl level suite ste unit apartment room rm flat daire no"
)
#: What may stand beside them instead of a number.
FLOOR_NAMES = _set("baixa baja terra terre principal nobile noble primera")

#: Short forms in the names of towns and streets.
SHORT_FORMS: Mapping[str, str] = {
    "st": "saint", "sts": "saints", "ste": "sainte", "stes": "saintes", "sta": "santa", "sto": "santo", "ag": "agios",
    "sv": "sveti", "gal": "general", "gral": "general", "gen": "general", "mal": "marechal", "cdt": "commandant",
    "pdt": "president", "gd": "grand", "gde": "grande", "flli": "fratelli", "ntra": "nuestra", "sra": "senora",
    "mgr": "monseigneur",
}  # fmt: skip

_PHRASES = """
coworking: co working
cowork: co work
coworker: co worker
coworkers: co workers
fablab: fab lab
fablabs: fab labs
tierslieu: tiers lieu
tierslieux: tiers lieux
hackerspace: hacker space
makerspace: maker space
workspace: work space
telecentre: tele centre
teletravail: tele travail
townhall: town hall, city hall
hoteldeville: hotel de ville
mjc: maison des jeunes et de la culture, maison de jeunes et de la culture, maison des jeunes et culture
cci: chambre de commerce et d'industrie, chambre de commerce et industrie, chambre de commerce, cámara de comercio,
  cambra de comerç, camera di commercio, camera di commercio industria artigianato e agricoltura, camera di commercio
  industria agricoltura e artigianato, cciaa
cma: chambre de métiers et de l'artisanat, chambre des métiers et de l'artisanat, chambre des métiers
epn: espace public numérique, espace publique numérique
pimms: point information médiation multi services, point information médiation multiservices
msap: maison de services au public, maison des services au public
franceservices: france services, espace france services, maison france services
mlc: maison des loisirs et de la culture
cfa: centre de formation d'apprentis, centre de formation des apprentis
ccas: centre communal d'action sociale
pij: point information jeunesse, point infos jeunesse
bij: bureau information jeunesse
crij: centre régional information jeunesse
mda: maison des associations
kep: κέντρο εξυπηρέτησης πολιτών
kapi: κέντρο ανοικτής προστασίας ηλικιωμένων
cna: confederazione nazionale dell'artigianato e della piccola e media impresa, confederazione nazionale
  dell'artigianato
hgk: hrvatska gospodarska komora
hok: hrvatska obrtnička komora
"""

_LEGAL_PHRASES = """
koinsep: κοιν σ επ, koin s ep, κοινωνική συνεταιριστική επιχείρηση
synpe: συν π ε, συνεταιρισμός περιορισμένης ευθύνης
synerg: συν εργ, συνεταιρισμός εργαζομένων
amke: αστική μη κερδοσκοπική εταιρεία, αστική μη κερδοσκοπική εταιρία
ike: ιδιωτική κεφαλαιουχική εταιρεία, ιδιωτική κεφαλαιουχική εταιρία
epe: εταιρεία περιορισμένης ευθύνης
ae: ανώνυμη εταιρεία, ανώνυμη εταιρία
oe: ομόρρυθμη εταιρεία
ee: ετερόρρυθμη εταιρεία
loi1901: loi de 1901, loi 1901
scic: société coopérative d'intérêt collectif
scop: société coopérative et participative, société coopérative ouvrière de production
sarl: société à responsabilité limitée
sas: société par actions simplifiée
sa: société anonyme, sociedad anónima, societat anònima
sci: société civile immobilière
srl: società a responsabilità limitata
spa: società per azioni
scrl: società cooperativa a responsabilità limitata
aps: associazione di promozione sociale
asd: associazione sportiva dilettantistica
ets: ente del terzo settore
odv: organizzazione di volontariato
doo: društvo s ograničenom odgovornošću
jdoo: jednostavno društvo s ograničenom odgovornošću
dd: dioničko društvo
sl: sociedad limitada, societat limitada, sociedad de responsabilidad limitada
slu: sociedad limitada unipersonal
sccl: societat cooperativa catalana limitada
nonprofit: non profit, sans but lucratif, but non lucratif, senza scopo di lucro, sin ánimo de lucro, sense ànim de
  lucre, μη κερδοσκοπική, μη κερδοσκοπικός
"""


Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]


def _phrases() -> Phrases:
    """Of a legal form every word counts ("s coop"), of another phrase only those that tell."""
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for one, listed in _lines(_LEGAL_PHRASES):
        for first, *rest in map(words, listed):
            found.setdefault(first, {})[tuple(rest)] = one
    for one, listed in _lines(_PHRASES):
        for phrase in listed:
            first, *rest = [word for word in words(phrase) if word not in STOPWORDS]
            found.setdefault(first, {})[tuple(rest)] = one
    return {first: sorted(ends.items(), key=lambda end: -len(end[0])) for first, ends in found.items()}


#: First word of what is also written apart or in full → (the words that follow, what they become), longest first.
#: Small words in between are skipped: "maison des jeunes et de la culture" is "mjc".
PHRASES: Phrases = _phrases()


#: Towns in their own or their most usual Latin spelling, and their other names, as written.
TOWN_NAMES = _lines("""
athina: Αθήνα, Αθήνας, Athens, Athènes, Atene, Atenas, Atena, Atenes, Atina, Αθηνών, Αθήναι, Αθηναίων, Athinai, أثينا
thessaloniki: Θεσσαλονίκη, Θεσσαλονίκης, Salonica, Salonika, Salonique, Salonicco, Salónica, Tesalónica, Tessalonica,
  Thessalonique, Thessalonica, Solun, Солун, Selanik
peiraias: Πειραιάς, Πειραιά, Πειραιώς, Piraeus, Pirée, Pireo, Pirej, Pireu, Pire, Pireas, Piraeus
irakleio: Ηράκλειο, Ηρακλείου, Heraklion, Héraklion, Iraklion, Iraklio, Heraclion, Candia, Kandiye
chania: Χανιά, Χανίων, Hania, Khania, La Canée, La Canea, Hanya
rethymno: Ρέθυμνο, Rethymnon, Rethimno, Rethimnon, Retimo
patra: Πάτρα, Πάτρας, Patras, Patrasso, Patres, Πάτραι
kerkyra: Κέρκυρα, Κέρκυρας, Corfu, Corfou, Corfù, Krf, Korfu, Kerkira
rodos: Ρόδος, Ρόδου, Rhodes, Rodi, Rodas, Rodes, Rhodos
zakynthos: Ζάκυνθος, Zante, Zakintos, Zacinto
kefalonia: Κεφαλονιά, Κεφαλλονιά, Κεφαλληνία, Cephalonia, Céphalonie, Cefalonia, Kefallonia
lefkada: Λευκάδα, Lefkas, Leucade
kriti: Κρήτη, Crete, Crète, Creta, Kreta, Girit
lesvos: Λέσβος, Lesbos, Lesbo
mytilini: Μυτιλήνη, Mytilene, Mytilène, Mitilene, Mitilini
chios: Χίος, Hios, Scio
thira: Θήρα, Σαντορίνη, Santorini, Santorin
larisa: Λάρισα, Larissa
ioannina: Ιωάννινα, Ιωαννίνων, Γιάννενα, Giannena, Janina, Yannina, Gianina, Yanya
nafplio: Ναύπλιο, Nafplion, Nauplie, Nauplia
korinthos: Κόρινθος, Corinth, Corinthe, Corinto, Korint
sparti: Σπάρτη, Sparta, Sparte, Esparta
kavala: Καβάλα, Cavala
alexandroupoli: Αλεξανδρούπολη, Alexandroupolis, Dedeağaç
ermoupoli: Ερμούπολη, Ermoupolis, Hermoupolis
lefkosia: Λευκωσία, Nicosia, Nicosie, Lefkoşa, Nikozija, Nicòsia
lemesos: Λεμεσός, Limassol, Limasol
larnaka: Λάρνακα, Larnaca
ammochostos: Αμμόχωστος, Famagusta, Famagouste, Gazimağusa, Mağusa
pafos: Πάφος, Paphos
keryneia: Κερύνεια, Kyrenia, Girne
paris: Parigi, Pariz, Παρίσι, باريس
marseille: Marsiglia, Marsella, Marseilles, Marselha, Marsilya, Μασσαλία, مرسيليا
nice: Nizza, Niza, Nica
lyon: Lione, Lió, Λυών
toulouse: Tolosa
toulon: Tolone, Tolón
bordeaux: Burdeos, Bordeus
montpellier: Montpeller
perpignan: Perpinyà, Perpiñán, Perpignano
avignon: Avignone, Aviñón, Avinyó
strasbourg: Strasburgo, Estrasburgo, Estrasburg, Strassburg
lille: Lilla, Rijsel
ajaccio: Aiacciu
bayonne: Baiona
menton: Mentone
antibes: Antibo
beziers: Besiers
carcassonne: Carcassona, Carcasona
narbonne: Narbona
dunkerque: Dunkirk
corse: Corsica, Córcega, Còrsega, Korzika
monaco: Mónaco, Mònaco, Monako, Μονακό
geneve: Geneva, Ginevra, Ginebra
roma: Rome, Rim, Ρώμη, Rom, روما
milano: Milan, Milán, Milà, Μιλάνο, Mailand
torino: Turin, Turín, Torí
napoli: Naples, Nápoles, Nàpols, Napulj, Νάπολη, Neapel
venezia: Venice, Venise, Venecia, Venècia, Mleci, Venedig, Βενετία, Venedik
firenze: Florence, Florencia, Florència, Firenca, Florenz, Φλωρεντία
genova: Genoa, Gênes, Gènova, Cenova
bologna: Bologne, Bolonia, Bolonya
palermo: Palerme
catania: Catane
siracusa: Syracuse
messina: Messine, Mesina
cagliari: Casteddu, Càller
alghero: L'Alguer, Alguero
trieste: Trst, Triest, Τεργέστη
gorizia: Gorica, Görz
udine: Videm
ancona: Ancône, Jakin
taranto: Tarente, Tarento
padova: Padua, Padoue
verona: Vérone
mantova: Mantua, Mantoue
bergamo: Bergame
siena: Sienne
pisa: Pise
lucca: Lucques
livorno: Leghorn, Livourne
perugia: Pérouse
ravenna: Ravenne
ferrara: Ferrare
modena: Modène
parma: Parme
cremona: Crémone
trento: Trente
bolzano: Bozen
merano: Meran
bressanone: Brixen
aosta: Aoste
como: Côme
ventimiglia: Vintimille
sardegna: Sardinia, Sardaigne, Cerdeña, Sardenya, Sardinija
sicilia: Sicily, Sicile, Sicilija
barcelona: Barcelone, Barcellona, Βαρκελώνη
madrid: Μαδρίτη, مدريد
zaragoza: Saragosse, Saragozza, Saragossa
sevilla: Seville, Séville, Siviglia, Sevilha, Σεβίλλη
valencia: Valence, València, Valencija
alicante: Alacant, Alicante Alacant, Alacant Alicante
castellon: Castelló, Castelló de la Plana, Castellón de la Plana
elche: Elx, Elche Elx
xativa: Játiva
sagunto: Sagunt
alcoy: Alcoi
orihuela: Oriola
girona: Gerona, Gérone
lleida: Lérida
tarragona: Tarragone
figueres: Figueras
terrassa: Tarrasa
roses: Rosas
hospitalet: L'Hospitalet de Llobregat, Hospitalet de Llobregat
donostia: San Sebastián, Donostia San Sebastián, San Sebastián Donostia, Saint Sébastien
bilbao: Bilbo
vitoria: Gasteiz, Vitoria Gasteiz
pamplona: Iruña, Iruñea, Pampelune, Pamplona Iruña
coruna: A Coruña, La Corogne, Corunna
ourense: Orense
gijon: Xixón
oviedo: Uviéu
santiago de compostela: Saint Jacques de Compostelle, Sant Jaume de Galícia
palma: Palma de Mallorca, Palma de Majorque, Palma di Maiorca, Ciutat de Mallorca
mallorca: Majorca, Majorque, Maiorca
menorca: Minorca, Minorque
eivissa: Ibiza
mao: Mahón, Maó Mahón, Mahón Maó
granada: Grenade, Granata
cordoba: Cordoue, Cordova, Còrdova
cadiz: Cadix, Cadice
cartagena: Carthagène
murcia: Murcie
ceuta: سبتة, Sebta
melilla: مليلية
andorra: Andorra la Vella, Andorra la Vieja, Andorre la Vieille, Andorre
lisboa: Lisbon, Lisbonne, Lisbona, Lisabon, Λισαβόνα
porto: Oporto
zagreb: Zagabria, Agram
split: Spalato
rijeka: Fiume
dubrovnik: Ragusa, Raguse
pula: Pola
zadar: Zara
sibenik: Sebenico
trogir: Traù
rovinj: Rovigno
porec: Parenzo
opatija: Abbazia
umag: Umago
pazin: Pisino
labin: Albona
vodnjan: Dignano
buje: Buie
rab: Arbe
krk: Veglia
cres: Cherso
losinj: Lussino
hvar: Lesina
korcula: Curzola
vis: Lissa
brac: Brazza
senj: Segna
makarska: Macarsca
ljubljana: Lubiana, Laibach, Любляна
koper: Capodistria
piran: Pirano
portoroz: Portorose
sarajevo: Сарајево, Saraybosna
mostar: Мостар
kotor: Котор, Cattaro
podgorica: Подгорица, Podgoritsa
budva: Будва, Budua
ulcinj: Улцињ, Dulcigno, Ulqin, Ulqini
cetinje: Цетиње, Cettigne
herceg novi: Херцег Нови, Castelnuovo di Cattaro
beograd: Београд, Belgrade, Belgrado, Belgrad, Белград, Βελιγράδι
nis: Ниш, Nish
skopje: Скопје, Skopie, Скопие, Üsküp, Uskub, Shkup, Shkupi, Σκόπια
bitola: Битола, Bitolj
ohrid: Охрид, Ochrid, Ohër, Ohri
tirana: Tiranë, Τίρανα
durres: Durrës, Durrësi, Durazzo, Drač, Δυρράχιο
vlore: Vlorë, Vlora, Valona, Αυλώνας
shkoder: Shkodër, Shkodra, Scutari, Skadar, Скадар, Шкодра
gjirokaster: Gjirokastër, Gjirokastra, Argirocastro, Αργυρόκαστρο
sarande: Sarandë, Saranda, Άγιοι Σαράντα
korce: Korçë, Korça, Κορυτσά
prishtine: Prishtinë, Prishtina, Priština, Pristina, Приштина
sofia: София, Sofija, Sofiya, Σόφια, Sofya
plovdiv: Пловдив, Philippopolis, Filibe, Φιλιππούπολη
istanbul: İstanbul, Constantinople, Κωνσταντινούπολη, Constantinopla, Stamboul, Estambul, Carigrad, Stambul, Цариград,
  إسطنبول
izmir: İzmir, Smyrna, Smyrne, Smirne, Esmirna, Σμύρνη, إزمير
edirne: Adrianople, Andrinople, Adrianopoli, Αδριανούπολη, Jedrene, Одрин, Odrin
antakya: Antioch, Antioche, Antiochia, Antioquía, أنطاكية
ankara: Angora, Άγκυρα, أنقرة
bursa: Brousse, Προύσα
antalya: Adalia, Αττάλεια
iskenderun: İskenderun, Alexandretta, Alexandrette
trabzon: Trebizond, Trébizonde, Trebisonda, Τραπεζούντα
beyrouth: Beirut, Bayrut, Beiroet, Bejrut, Βηρυτός, بيروت, ביירות, Beyrut
tripoli: طرابلس, Trablus, Trablous, Tarabulus, Trípoli, Τρίπολη
saida: صيدا, Sidon, Sayda, Sidone
sour: صور, Tyre, Tyr
byblos: جبيل, Jbeil, Jubayl, Biblos
jounieh: جونية, Jounie, Juniyah
zahle: زحلة, Zahleh
baalbek: بعلبك
damas: دمشق, Damascus, Damasco, Damask, Δαμασκός, Dimashq
alep: حلب, Aleppo, Alepo, Halab, Χαλέπι
lattaquie: اللاذقية, Latakia, Lattakia, Latakya
homs: حمص, Hims
jerusalem: ירושלים, القدس, Gerusalemme, Jerusalén, Al Quds, Yerushalayim, Jeruzalem, Ιερουσαλήμ
tel aviv: תל אביב, תל אביב יפו, Tel Aviv Yafo, Tel Aviv Jaffa, تل أبيب
haifa: חיפה, حيفا, Hefa, Caifa
jaffa: יפו, يافا, Yafo
akko: עכו, عكا, Acre, Akka, Saint Jean d'Acre
gaza: غزة, עזה, Ghazzah, Ghaza
nablus: نابلس, Naplouse
ramallah: رام الله
bethlehem: بيت لحم, Bethléem, Betlemme, Belén, Bayt Lahm
hebron: الخليل, חברון, Al Khalil
nazareth: الناصرة, נצרת, Nazaret
eilat: אילת
beer sheva: באר שבע, Be'er Sheva, Beersheba, Beersheva
amman: عمان, Ammán
cairo: القاهرة, Le Caire, Il Cairo, El Cairo, Caire, Kairo, Kahire, Κάιρο, Al Qahirah, Al Qahira, El Qahira
alexandria: الإسكندرية, Alexandrie, Alessandria, Alejandría, Aleksandrija, Αλεξάνδρεια, Al Iskandariyah, Al
  Iskandariya, Iskenderiye
port said: بورسعيد, بور سعيد, Port Saïd, Porto Said, Bur Said
suez: السويس, Suwais, As Suways, El Suweis
giza: الجيزة, Gizeh, Guizeh, Al Jizah
luxor: الأقصر, Louxor, Al Uqsur
aswan: أسوان, Assouan, Assuan, Asuán
damietta: دمياط, Damiette, Dumyat
benghazi: بنغازي, Bengasi, Banghazi
misrata: مصراتة, Misratah
tobruk: طبرق, Tobrouk
tunis: تونس, Tunisi, Túnez, Tunes, Τύνιδα
sfax: صفاقس, Safaqis, Sfakes, Sfaqes
sousse: سوسة, Susa, Soussa, Susah
bizerte: بنزرت, Biserta, Bizerta, Banzart
gabes: قابس, Qabis
kairouan: القيروان, Qayrawan, Kairuán, Kairwan, Al Qayrawan
monastir: المنستير
mahdia: المهدية, Al Mahdiyah
djerba: جربة, Jerba, Gerba, Yerba, Houmt Souk
nabeul: نابل, Nabul
hammamet: الحمامات
gafsa: قفصة
tozeur: توزر
ariana: أريانة
carthage: قرطاج, Cartagine, Cartago, Qartaj
marsa: المرسى, La Marsa
alger: الجزائر, Algiers, Algeri, Argel, Alžir, Αλγέρι, Al Jazair, El Djazair, Cezayir
oran: وهران, Orano, Wahran, Ouahrane
constantine: قسنطينة, Costantina, Constantina, Qusantina, Ksentina
annaba: عنابة
bejaia: بجاية, Bougie, Bgayet, Vgayet
tlemcen: تلمسان, Tilimsan, Tremecén
setif: سطيف
blida: البليدة
tizi ouzou: تيزي وزو
skikda: سكيكدة, Philippeville
mostaganem: مستغانم
rabat: الرباط, Rabat Salé
casablanca: الدار البيضاء, Dar el Beida, Ad Dar al Bayda, Dar al Bayda, Casa Blanca
tanger: طنجة, Tangier, Tangiers, Tangeri, Tanja
tetouan: تطوان, Tetuán, Tetuan, Tittawan
marrakech: مراكش, Marrakesh, Marrakesch, Marrakeš, Marraquech
fes: فاس, Fez
meknes: مكناس, Mequinez
nador: الناظور
hoceima: الحسيمة, Alhucemas, Al Hoceima
oujda: وجدة, Uchda
agadir: أكادير, أغادير
essaouira: الصويرة, Mogador
valletta: Il Belt Valletta, La Valette, La Valeta, Belt Valletta
ghawdex: Għawdex, Gozo
bormla: Cospicua
birgu: Vittoriosa
san giljan: San Ġiljan, St Julian's, Saint Julian's, St Julians, Saint Julians
""")

#: What a town's name may begin with in one language or list and lack in the next: articles, "Comune di", "Grad".
TOWN_HEADS = _set(
    "a al ad as d el els es gli i il l la las le les li lo los o os sa ta the "
    "comune commune δήμος grad općina di of municipality"
)


def bare_town(folded: Sequence[str]) -> tuple[str, ...]:
    """A town's folded words in full and without what may stand in front ("La Spezia", "Comune di Roma", "Ste Maxime"),
    if anything is left."""
    first = 0
    while first < len(folded) - 1 and folded[first] in TOWN_HEADS:
        first += 1
    return tuple(SHORT_FORMS.get(word, word) for word in folded[first:])


#: Towns whose names differ from one language to the next by more than accents: folded words of another spelling,
#: without article, run together by spaces → the spelling used here.
TOWNS: Mapping[str, str] = {
    spelling: town
    for town, others in TOWN_NAMES
    for other in others
    if (spelling := " ".join(bare_town(words(other)))) != town
}

#: Those of one word, for the words of names: other spelling → the one used here.
EXONYMS: Mapping[str, str] = {
    other: town for other, town in TOWNS.items() if " " not in other + town and other not in STOPWORDS
}

#: Chains of workspaces that run many branches (folded). A shared brand is no evidence that two premises are one.
BRANDS = frozenset(
    {
        "anticafe", "antwork", "arc club", "aticco", "avila spaces", "awfis", "baya axess", "betahaus",
        "bureaux a partager", "buro club", "cloudworks", "co creation hub", "cogite", "comet meetings", "convene",
        "copernico", "cowo", "deskopolitan", "deskeo", "design offices", "digital village", "drop in",
        "executive centre",
        "first workplaces", "fora", "hiptown", "impact hub", "industrious", "knotel", "kolektif house", "kwerk",
        "la cordee", "la ruche", "le village by ca", "lexington", "life time work", "loom house", "mainyard studios",
        "mama works", "mindspace", "monday coworking", "morning", "morning coworking", "multiburo", "newton offices",
        "nextdoor", "now coworking", "onecowork", "pick center", "regus", "remix coworking",
        "second home", "selina", "servcorp", "signature by regus", "silversquare", "spaces", "start way", "startway",
        "stop work", "talent garden", "techspace", "the commons", "the executive centre", "the office group",
        "tuesday coworking", "ucommune", "utopicus", "village by ca", "welkin meraki", "wellio", "wereso",
        "wespa spaces", "wework", "wojo", "work life", "workinton", "zxy",
    }
)  # fmt: skip
