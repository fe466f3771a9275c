"""The words that the rules of ``words.py`` know by name."""

from parakeet.frontend.resource import word_set

#: Titles before a name.
TITLES = {
    "Mr": "mister",
    "Mrs": "missus",
    "Ms": "ms",
    "Dr": "doctor",
    "St": "saint",
    "Prof": "professor",
    "Rev": "reverend",
    "Hon": "honorable",
    "Gov": "governor",
    "Sen": "senator",
    "Rep": "representative",
    "Gen": "general",
    "Col": "colonel",
    "Capt": "captain",
    "Lt": "lieutenant",
    "Sgt": "sergeant",
    "Cpl": "corporal",
    "Maj": "major",
    "Adm": "admiral",
    "Cmdr": "commander",
    "Pres": "president",
    "Supt": "superintendent",
    "Mt": "mount",
    "Ft": "fort",
    "Messrs": "messieurs",
    "Fr": "father",
    "Mme": "madame",
    "Mlle": "mademoiselle",
    "Sr": "senior",
    "Jr": "junior",
    "Atty": "attorney",
    "Insp": "inspector",
    "Det": "detective",
    "Pvt": "private",
    "Amb": "ambassador",
}

#: Abbreviations in any case, with their dot.
ABBREVIATIONS = {
    "etc": "et cetera",
    "vs": "versus",
    "approx": "approximately",
    "dept": "department",
    "depts": "departments",
    "govt": "government",
    "misc": "miscellaneous",
    "incl": "including",
    "excl": "excluding",
    "avg": "average",
    "tel": "telephone",
    "appt": "appointment",
    "appts": "appointments",
    "assn": "association",
    "bldg": "building",
    "intl": "international",
    "natl": "national",
    "univ": "university",
    "mfg": "manufacturing",
    "eds": "editors",
    "vols": "volumes",
    "hrs": "hours",
    "hr": "hour",
    "mins": "minutes",
    "secs": "seconds",
    "lbs": "pounds",
    "lb": "pound",
    "oz": "ounces",
    "ft": "feet",
    "yrs": "years",
    "jr": "junior",
    "sr": "senior",
    "mr": "mister",
    "mrs": "missus",
    "ms": "ms",
    "dr": "doctor",
    "prof": "professor",
    "cf": "compare",
    "viz": "namely",
    "esp": "especially",
    "inc": "incorporated",
    "ltd": "limited",
    "corp": "corporation",
    "bros": "brothers",
    "blvd": "boulevard",
    "hwy": "highway",
    "tbsp": "tablespoons",
    "tsp": "teaspoons",
    "mph": "miles per hour",
    "sq": "square",
    "ext": "extension",
    "esq": "esquire",
    "capt": "captain",
    "sgt": "sergeant",
    "lt": "lieutenant",
    "gov": "governor",
    "messrs": "messieurs",
    "attn": "attention",
    "pkg": "package",
    "qty": "quantity",
    "exp": "expires",
    "pkgs": "packages",
    "cont'd": "continued",
}

#: Abbreviations that are other words in lower case.
CAPITAL_ABBREVIATIONS = {
    "Co": "company",
    "Ave": "avenue",
    "Rd": "road",
    "Ln": "lane",
    "Ct": "court",
    "Pl": "place",
    "Pkwy": "parkway",
    "Sq": "square",
    "Mtn": "mountain",
    "Pt": "point",
    "Cos": "companies",
    "Rte": "route",
    "Ste": "suite",
    "Rev": "reverend",
    "Sen": "senator",
    "Rep": "representative",
    "Gen": "general",
    "Col": "colonel",
    "Hon": "honorable",
    "Calif": "california",
    "Conn": "connecticut",
    "Fla": "florida",
    "Minn": "minnesota",
    "Ariz": "arizona",
    "Okla": "oklahoma",
    "Tenn": "tennessee",
}

#: Abbreviations before a number.
NUMBERED = {
    "est": "established",
    "max": "maximum",
    "min": "minimum",
    "no": "number",
    "nos": "numbers",
    "vol": "volume",
    "vols": "volumes",
    "ch": "chapter",
    "chap": "chapter",
    "p": "page",
    "pp": "pages",
    "pg": "page",
    "fig": "figure",
    "figs": "figures",
    "sec": "section",
    "eq": "equation",
    "eqs": "equations",
    "art": "article",
    "ex": "example",
    "op": "opus",
    "pt": "part",
    "ver": "version",
    "ref": "reference",
    "app": "appendix",
    "tab": "table",
    "v": "version",
    "ep": "episode",
    "eps": "episodes",
    "rm": "room",
    "apt": "apartment",
    "ext": "extension",
    "rte": "route",
    "ca": "circa",
    "ste": "suite",
    "par": "paragraph",
}

#: Letters with dots between them that don't stand for themselves.
DOTTED = {"eg": "for example", "ie": "that is", "etal": "et al", "aka": "also known as", "nb": "nota bene"}

#: Capitals read by letters though they look like a word, and those with a reading of their own.
SPELLED = dict.fromkeys(
    word_set("""
    US IT AM PM AI IP ID IDS OK TV PC UN EU UK LA DC NY USA AKA ASAP ATM ETA FAQ FYI DIY IOU IQ IRA IRS PA PE PR
    PHD RIP SAT SOS SUV TLC UFO UI UX URL UV VIP AA AC AD BA BC BCE BS CA CE CEO CIA CO CV DA DJ DNA DOA DOB DOE
    DUI ED EPA ER ES ET EV FA FIFO GI GA GPA GP HP HR IE IM IO IPO ISO IV JR KO LED LAX LCD MA MAC MD MI
    MIT MO MS MT NE NIH NOI PBX IAX PIO PO PS PTA QA RA RE RN RV SA SAS SE TA TBA USB USS VA VCR VP WA
    XL UUID UUIDS IMAP LDAP NCO LAPD ACL API APIS EOF CLI IDE OCR EULA OEM TTS ASR
"""),
    "",
)
#: Acronyms that are spelled in lower case too.
SPELLED_IN_ANY_CASE = word_set("""
    utf http https html css sql pdf url urls usb cpu gpu api apis ssh dns xml csv tcp udp faq faqs usr omg btw imo idk tbh brb smh lmk ttyl
""")

#: What is written short without a dot, in these very letters.
SHORT_FORMS = {
    "pH": "P H",
    "iOS": "I O S",
    "NaCl": "N A C L",
    "mRNA": "M R N A",
    "YoY": "year over year",
    "QoQ": "quarter over quarter",
    "LaTeX": "latex",
    "Ctrl": "control",
    "Del": "delete",
    "Esc": "escape",
    "Thx": "thanks",
    "thx": "thanks",
    "Pls": "please",
    "pls": "please",
    "mtg": "meeting",
    "qty": "quantity",
    "Qty": "quantity",
    "I/O": "I O",
    "IPv4": "I P V four",
    "IPv6": "I P V six",
    "bldg": "building",
    "b/w": "between",
    "b/c": "because",
    "c/o": "care of",
    "n/a": "N A",
    "N/A": "N A",
    "a/c": "A C",
    "A/C": "A C",
}

SPELLED |= {
    "AAA": "triple A",
    "NAACP": "N double A C P",
    "IEEE": "I triple E",
    "NCAA": "N C double A",
    "AARP": "A A R P",
    "WWW": "W W W",
}

#: Of these, the ones that are common words where a whole text is in capitals.
AMBIGUOUS_CAPITALS = word_set("US IT AM OR MAY ID AD RE LED SAT PA MA ED LA MAC BA ALL CO PO RIP")

#: Capitals read as a word.
READ_AS_WORD = word_set("""
    NASA NATO UNESCO UNICEF OPEC AIDS RADAR SCUBA LASER FIFA NAFTA SWAT PIN PINS SIM SIMS RAM ROM SIP LAN WAN
    LANS COVID ASCII YAML JSON JPEG JPEGS MPEG GIF GIFS WASP BASIC COBOL FORTRAN FEMA OSHA NAND NOR AND IKEA
    NASDAQ UEFA SARS MERS TED MIDI WYSIWYG POTUS SCOTUS DARPA ARPA ERISA HIPAA ISIS VOIP DOS CAD GUI GUIS BIOS
    CAPTCHA DAHDI LASIK PAC SALT SONAR TASER UNIX LINUX ASEAN CERN YOLO FOMO LOL BAFTA EBITDA NIMBY HUD MASH
    MOMA NICAM NOAA NORAD OXFAM SAP SOHO TOEFL ZIP GATT PET GUID LISP PERL BERT CUDA SQUID OAUTH CAT
""")

#: Words of two and three letters that stay words in capitals.
SHORT_WORDS = word_set("""
    the and not yes you all new out now who why how one two six ten our his her she him its has had was are but
    for any can did get got let may off old own put ran run sad saw say see set sit top too try use way win won
    yet big bad day end far few fun go god hot job key law lot low man men mix my no red sun tea war web bit box
    boy buy car cut dad mom dog eat eye fit fix fly gas guy hit kid lie map met mad nor oh pay per sex sky son
    ten tip via wet zoo so me or to of in on by at as an be do he if is up we hi ooh wow hey add ask ago act age air arm
    art bag bar bed bus cup dry ear egg fan fat fee hat ice ink joy leg lip mud net nut oil pan pen pop raw row
    sea she tax tie toe ton van vow ow ah ha eh uh um
""")

#: Names after which a Roman numeral is an ordinal.
REGNAL_NAMES = word_set("""
    Henry Louis Edward George Elizabeth Charles William James Richard Philip Pius Paul Benedict Gregory Leo
    Innocent Clement Urban Alexander Nicholas Catherine Peter Frederick Wilhelm Napoleon Ramses Ramesses Ptolemy
    Mary Victor Ivan Otto Ferdinand Francis Leopold Albert Christian Gustav Harald Haakon Olaf Constantine
    Justinian Xerxes Darius Cyrus Artaxerxes Thutmose Amenhotep Boniface Julius Sixtus John Alfonso Baldwin
    Robert David Stephen Felipe Juan Carlos Umberto Emmanuel Franz Joseph Rudolf Margrethe Seti Antiochus
    Theodosius Valentinian Michael Basil Kamehameha Rama Abdullah Hassan Mohammed
""")

#: Words after which a Roman numeral is a plain number.
WHOLE_WORDS = word_set("""
    chapter part volume book act scene section phase type stage level class title article appendix grade war vol psalm canto sonnet
    episode figure table step unit bowl category division group mark schedule apollo vatican saturn
    mod lesson round tier corps
""")

#: Words before a single letter that make it a label, not a first name.
LABELS = word_set("""
    plan vitamin option type grade class group hepatitis section appendix team letter exhibit part side point
    note string column row gate hall building level model version variant item step question answer figure table
    zone line bus room block
""")

#: Of these, the parts of a book or a law.
DIVISIONS = word_set("chapter part book act article volume section title vol scene episode")
