"""Departments: what a name adds when it means a part of a house rather than the house.

"Garage Morel" and "Garage Morel Carrosserie" share an address, a telephone and a web site, and are two entries of every
list. What tells them apart is a word for a part, a service or a speciality that one name has and the other lacks; words
of one meaning agree across languages ("Pharmacie X", "Farmacia X"). Facts of everyday signs, gathered for this engine.
"""

from collections.abc import Iterable, Mapping

from coworkmed.kernel.fold import words

#: One meaning a line. At most 63, so that those of a name fit in one integer.
_DEPARTMENTS = """
parts: parts ricambi recambios repuestos refacciones pièces peças Ersatzteile Teile dijelovi yedek ανταλλακτικά
service: service servicing servicio servizio assistenza servis Werkstatt Kundendienst
sales: sales vente ventes vendite ventas vendas prodaja Verkauf satış πωλήσεις
department: department dept département departement dipartimento departamento Abteilung odjel τμήμα direction direzione
  dirección divisione division
cash machine: ATM ATMs cash Geldautomat Bankautomat bancomat bankomat bankamatik cajero distributeur GAB
counter: counter kiosk guichet sportello ventanilla Schalter šalter gişe protocolo accueil reception
pharmacy: pharmacy pharmacie farmacia Apotheke ljekarna φαρμακείο eczane drugstore
eyes: optical vision optique ottica óptica optika Optik οπτικά glasses eyewear ophthalmology
hearing: hearing audiology audition audioprothésiste udito audífonos
flowers: floral florist flowers fleuriste fiorista floristería cvjećara Blumen ανθοπωλείο
fuel: fuel gas petrol carburant carburante benzina gasolinera benzinska Tankstelle βενζινάδικο
charging: charging charger recharge recarga ricarica Ladestation punionica şarj φόρτισης
pets: grooming groomer toilettage toelettatura peluquería
training: training formation formazione formación formació Schulung obuka edukacija κατάρτιση eğitim
clinic: clinic clinique clínica klinika Klinik κλινική vaccination vaccinations ambulatorio dispensaire
emergency: emergency urgent urgences emergencias urgencias Notaufnahme hitna επείγοντα acil
laboratory: laboratory analyses analisi análisis μικροβιολογικό pathology radiology radiologie radiologia radiología
  imaging imagerie xray ultrasound
heart: cardiology cardiologie cardiologia cardiología Kardiologie kardiologija καρδιολογικό vascular
children: pediatrics pediatric pédiatrie pediatria pediatría Pädiatrie pedijatrija παιδιατρικό childrens
nerves: neurology neurologie neurologia neurología neurologija neurosurgery νευρολογικό
kidneys: nephrology néphrologie nefrologia dialysis dialyse dialisi diálisis dijaliza αιμοκάθαρση
stomach: gastroenterology gastro digestive endoscopy bariatric
skin: dermatology dermatologie dermatologia dermatología dermatologija δερματολογικό
urology: urology urologie urologia urología urologija ουρολογικό
lungs: pulmonary pulmonology respiratory sleep pneumologie pneumologia
hormones: endocrinology diabetes diabetology rheumatology nutrition
cancer: oncology oncologie oncologia oncología Onkologie onkologija ογκολογικό hematology infusion
surgery: surgery surgical chirurgie chirurgia cirugía kirurgija χειρουργικό
bones: orthopedics orthopaedics orthopedic orthopaedic ortopedia ortopedija Orthopädie podiatry sports spine
women: gynecology gynaecology obgyn gyn obstetrics maternity maternité gynécologie ginecologia ginecología ginekologija
  womens midwifery
teeth: dental dentaire dentale odontología Zahnarzt οδοντιατρείο orthodontics
mind: psychiatry psychology psychiatrie psichiatria psiquiatría behavioral counseling
therapy: therapy thérapie terapia rehabilitation rehab Reha physiotherapy fisioterapia physio
family doctor: internal primary pediatria generale
home care: hospice homecare nursing
ward: ICU SICU ward wing reparto pabellón
body shop: body collision carrosserie carrozzeria Karosserie
tyres: tire tires tyre tyres pneus pneumatici neumáticos Reifen gume
wash: wash carwash lavage lavaggio lavadero Autowäsche praonica
rental: rental rentals rent hire leasing noleggio alquiler Vermietung najam kiralama
money: mortgage loans finance financing lending money investments
printing: print printing copy photo imprimerie stampa
store room: storage warehouse dépôt Lager entrepôt magazzino depósito almacén skladište depo αποθήκη
outlet: outlet pickup curbside
library: library bibliothèque biblioteca Bibliothek knjižnica médiathèque mediateca βιβλιοθήκη kütüphane
gym: gym gymnasium palestra gimnasio gimnàs Turnhalle teretana γυμναστήριο fitness
pool: pool piscine piscina natatorium Schwimmbad Hallenbad bazen κολυμβητήριο
museum: museum musée museo museu muzej μουσείο müze gallery galerie galleria galería
theatre: theatre theater théâtre teatro teatre kazalište θέατρο tiyatro auditorium amphitheatre
chapel: chapel church chapelle église chiesa iglesia capilla capela Kirche crkva εκκλησία cemetery cimetière
school: school academy académie accademia academia Akademie akademija
playing field: stadium field court courts stade stadio estadio stadion γήπεδο playground tennis basketball football golf
garden: garden gardens jardin jardins giardino giardini vrt Garten nursery
gate: gate terminal dock pier platform
stop: stop arrêt fermata parada Haltestelle stajalište durak στάση
car park: parking Parkplatz Parkhaus garage parcheggio estacionamiento aparcamiento parkiralište otopark πάρκινγκ
annex: annex annexe anexo anhang dépendance succursale
building: building edificio bâtiment Gebäude zgrada κτίριο
tower: tower torre Turm toranj πύργος
room: room hall salle sala Saal dvorana αίθουσα
offices of a town: sheriff police fire clerk courthouse admissions registrar
"""

#: Folded word → number of its meaning; of two meanings the first counts.
DEPARTMENTS: Mapping[str, int] = {
    word: number
    for number, line in reversed(list(enumerate(_DEPARTMENTS.strip().replace("\n ", "").splitlines())))
    for word in words(line.partition(":")[2])
}


def departments(name: Iterable[str]) -> int:
    """The departments that the (folded) words of a name speak of: a set of bits, 0 if none."""
    found = 0
    for word in name:
        if word in DEPARTMENTS:
            found |= 1 << DEPARTMENTS[word]
    return found
