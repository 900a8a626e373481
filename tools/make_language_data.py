"""Read the packages behind the language lessons: Littré's dictionary, GloVe's vectors.

`tools.make_data` downloads the packages and writes the files; this module only turns
bytes into tables. data/README.md says what each file holds and where it is wrong.
"""

import gzip
import re
import struct
import unicodedata
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

# -------------------------------------------------------------------- Littré's entries


def littre_entries(index, text):
    """Return [(headwords, entry)] of a StarDict dictionary in the order of its text.

    The index lists an entry once for each way to look it up, also without accents:
    DEROBER and DÉROBER are one entry. Grouping by position brings them together.
    """
    text, at, found = gzip.decompress(text), 0, {}
    while at < len(index):
        end = index.index(b"\0", at)
        place = struct.unpack(">II", index[end + 1 : end + 9])
        found.setdefault(place, []).append(index[at:end].decode())
        at = end + 9
    return [
        (found[start, size], text[start : start + size].decode())
        for start, size in sorted(found)
    ]


def fold(text):
    """Return the text in lower case without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


# --------------------------------------------------------------- words, sounds, genders

HEAD = re.compile(r"<i><small>\(([^()]*)\) ([^<\n]*)")
LETTERS = "a-zàâäçèéêëîïôöùûü"
SOUND = re.compile(rf"[{LETTERS}]+'?(-[{LETTERS}]+'?)*")
KINDS = {  # how the label begins: part of speech, gender
    "s. m. et f.": ("noun", "mf"),
    "s. m. ou s. f.": ("noun", "mf"),
    "s. f. ou s. m.": ("noun", "mf"),
    "s. m. et s. f.": ("noun", "mf"),
    "s. m. pl": ("plural noun", "m"),
    "s. f. pl": ("plural noun", "f"),
    "s. m.": ("noun", "m"),
    "s. f.": ("noun", "f"),
    "adj.": ("adjective", ""),
    "part. pas": ("participle", ""),
    "v. ": ("verb", ""),
    "adv.": ("adverb", ""),
}
ALIKE = str.maketrans("ckqzgw", "ssssjv")  # consonants that can sound alike


def spelling(headwords):
    """Return the one spelling, with its accents, that the headwords share, or None."""
    plain = {re.sub(r"\.\d+$|,.*", "", w).lower() for w in headwords}
    plain -= {w for w in plain if not re.fullmatch(rf"[{LETTERS}]{{2,}}", w)}
    if len({fold(w) for w in plain}) != 1:
        return None
    return max(plain, key=lambda w: (len(w.encode()), w))


def belongs(sound, word):
    """Tell whether a pronunciation can be the word's: length and consonants fit."""
    if not 0.3 < len(re.sub("[-']", "", sound)) / len(word) < 1.3:
        return False
    word, sound = (
        fold(text).replace("ph", "f").replace("x", "ss").translate(ALIKE)
        for text in (word.replace("ti", "tsi"), sound)
    )
    word, sound = (re.sub("[^bdfjlprstv]", "", text) for text in (word, sound))
    match = SequenceMatcher(None, word, sound, autojunk=False).get_matching_blocks()
    return 2 * sum(block.size for block in match) >= len(sound)


def littre_words(entries):
    """Return the table word, pronunciation, part_of_speech, gender."""
    rows = set()
    for headwords, entry in entries:
        head, word = HEAD.match(entry), spelling(headwords)
        if not head or not word:
            continue
        sound = re.split(r"[;,.:]| ou ", head[1])[0].strip().lower()
        sound = re.sub(r"\s*-\s*", "-", sound)
        label = head[2].replace("s.m", "s. m").replace("s.f", "s. f").lstrip(", ")
        kind = next((k for k in KINDS if label.startswith(k)), None)
        if not kind or not SOUND.fullmatch(sound) or not belongs(sound, word):
            continue
        part, gender = KINDS[kind]
        if gender == "mf" and any("," in w for w in headwords):
            gender = "m"  # simulateur, trice: the first form is the masculine
        rows.add((word, sound, part, gender))
    return pd.DataFrame(
        sorted(rows), columns=["word", "pronunciation", "part_of_speech", "gender"]
    )


# ------------------------------------------------------------------------- quotations

QUOTATION = re.compile(
    r'<span foreground="#0000CD">([^<]*)</span>, '
    r'<span foreground="#B22222">([^<]*)</span>, '
    r'<span foreground="#556B2F">([^<]*)</span>'
)
AUTHORS = {  # how Littré cites them
    "BOILEAU": "Boileau",
    "BOIL": "Boileau",
    "CORN": "Corneille",
    "CORNEILLE": "Corneille",
    "P. CORN": "Corneille",
    "P. CORNEILLE": "Corneille",
    "LA FONT": "La Fontaine",
    "LA FONTAINE": "La Fontaine",
    "MOL": "Molière",
    "MOLIÈRE": "Molière",
    "RAC": "Racine",
    "RACINE": "Racine",
    "VOLT": "Voltaire",
    "VOLTAIRE": "Voltaire",
}
# Where the work ends and the place in it begins: "Cid, IV, 3", "Préc. sc. 10".
PLACE = re.compile(r"[ ,]+(?:sc\.? )?(?=(?:[IVXLCivxlc]+|\d+)(?:[ ,.]|$))")
# Titles that hold a numeral themselves.
TITLED = re.compile(
    r"(.*Louis XI?V|Charles(?= XII)|.*aux(?= 40))(?: XII| 40)?\b[ ,.]*(.*)"
)
ARTICLE = re.compile(r"^(?:le |la |les |l')", re.IGNORECASE)
# author: {work: how its citations begin, without article, dots and capitals}. What is
# not here is left out: prefaces, letters, works in verse and prose or of two authors.
VERSE = {
    "Boileau": {
        "Art poétique": r"art( p(oét(ique)?)?)?|a p",
        "Discours au roi": r"disc(ours)? au roi",
        "Épîtres": r"[eé]p([iî]t(r|re)?)?",
        "Le Lutrin": r"lutr?(in)?",
        "Satires": r"sat",
    },
    "Corneille": {
        "Andromède": r"andr(om(ède)?)?",
        "Attila": r"att(ila)?",
        "Le Cid": r"cid",
        "Cinna": r"cinna",
        "Clitandre": r"clit(andre)?",
        "Don Sanche": r"d(on)? san(ch?e?)?",
        "La Galerie du palais": r"gal(erie)?( du pal(ais)?)?",
        "Héraclius": r"hér(acl?(ius)?)?",
        "Horace": r"hor(ace)?",
        "L'Illusion comique": r"illus(ion)?( com(ique)?)?",
        "L'Imitation de Jésus-Christ": r"imit(ation)?",
        "Médée": r"méd(ée)?",
        "Mélite": r"mél(ite)?",
        "Le Menteur": r"ment(eur)?",
        "Nicomède": r"nic(om(ède)?)?",
        "Oedipe": r"oed(ipe)?",
        "Othon": r"oth(on)?",
        "Pertharite": r"perth(ar(ite)?)?",
        "La Place royale": r"pl(ace)? roy(ale)?",
        "Polyeucte": r"pol(y|yeucte)?",
        "Pompée": r"pomp(ée)?|m(ort)? de p(omp(ée)?)?",
        "Pulchérie": r"pulch(ér(ie)?)?",
        "Rodogune": r"rod(og(une)?)?",
        "Sertorius": r"sert(or(ius)?)?",
        "Sophonisbe": r"soph(on(isbe)?)?",
        "La Suite du Menteur": r"suite du ment(eur)?",
        "La Suivante": r"suiv(ante)?",
        "Suréna": r"sur(éna)?",
        "Théodore": r"théod(ore)?",
        "Tite et Bérénice": r"tite( et bér(én(ice)?)?)?",
        "La Toison d'or": r"tois(on)?( d'or)?",
        "La Veuve": r"veuve",
        "Agésilas": r"agés(il(as)?)?",
    },
    "La Fontaine": {
        "Adonis": r"adonis",
        "La Captivité de saint Malc": r"captivité de st malc",
        "Contes": r"orais|coupe|fianc(ée)?|belph(égor)?|mandr(ag)?|berc|mazet|court(is)?"
        r"|herm|joc(onde)?|faucon?|gag(eure)?|rich(ard)?|troq|r[eé]m(ède|ois)?|cal(endr)?"
        r"|coc|pâté?|fér(onde)?|papef(ig)?|tabl|magn(if)?|cand(aule)?|oies|pet(it)? chien"
        r"|diable|nic|jum(ent)?|cord(el)?|matr(one)?|lun|confid|fais(eur)?|pays(an)?|aveux"
        r"|cuv|psaut|cas( de consc)?|serv(ante)?|contr|cloch|quipr|mul|f avare"
        r"|mari conf(ess)?|on ne s'avise|gasc|ann|scam",
        "Fables": r"fabl?|fables",
        "Les Filles de Minée": r"fill(es)? de min(ée)?",
        "Philémon et Baucis": r"phil(ém)?( et bauc(is)?)?",
        "Le Quinquina": r"quinquina",
        "Le Florentin": r"florent(in)?",
        "L'Eunuque": r"eun(uque)?",
    },
    "Molière": {
        "Amphitryon": r"amph(itr?)?",
        "Le Dépit amoureux": r"dép(it)?( am(our)?)?",
        "Dom Garcie": r"d garc(ie)?",
        "L'École des femmes": r"[eé]c(ole)? des f(em(mes|m)?)?",
        "L'École des maris": r"[eé]c(ole)? des m(ar(is)?)?",
        "L'Étourdi": r"ét(our(di)?)?",
        "Les Fâcheux": r"fâch(eux)?",
        "Les Femmes savantes": r"f(e?m?m?|emmes) sav",
        "Mélicerte": r"mélic(erte)?",
        "Le Misanthrope": r"mis(anthr?)?",
        "Sganarelle": r"sgan(ar)?",
        "Tartuffe": r"tart(ufe)?",
    },
    "Racine": {
        "Alexandre": r"alex(and)?",
        "Andromaque": r"and(r|rom)?",
        "Athalie": r"ath(al|alie)?",
        "Bajazet": r"baj(az|azet)?",
        "Bérénice": r"b[eé]r(én|énice)?",
        "Britannicus": r"brit(ann?)?",
        "Esther": r"[eé]sth?|esther",
        "Iphigénie": r"iph(ig|igén|igénie)?",
        "Mithridate": r"mith(r|rid|ridate)?",
        "Phèdre": r"ph(èdr?|èdre)?",
        "Les Plaideurs": r"plaid(eurs)?",
        "La Thébaïde": r"th[eéè]b(aïde)?|frères ennemis",
    },
    "Voltaire": {
        "Adélaïde du Guesclin": r"adél(aïde)?( du guesclin)?",
        "Alzire": r"alz(ire)?",
        "Brutus": r"brut(us)?",
        "L'Enfant prodigue": r"enf(ant)? prod(igue)?",
        "La Henriade": r"henr",
        "Irène": r"irène",
        "Mahomet": r"fanat|mahom",
        "Mérope": r"mér(ope)?",
        "La Mort de César": r"(m|mort) de cés(ar)?",
        "Oedipe": r"oed(ipe)?",
        "Olympie": r"olymp",
        "Oreste": r"oreste",
        "L'Orphelin de la Chine": r"orph(el)?",
        "Le Pauvre Diable": r"pauvre diable",
        "La Prude": r"prude",
        "Rome sauvée": r"catil(ina)?",
        "Les Scythes": r"scyth?(es)?",
        "Sémiramis": r"sémir(am)?",
        "Tancrède": r"tancr",
        "Le Triumvirat": r"triumv",
        "Zaïre": r"zaïre",
    },
}
PROSE = {
    "Boileau": {
        "Les Héros de roman": r"héros de romans?",
        "Traité du sublime": r"longin(, subl?(ime)?)?|sublime|traité du subl(ime)?",
    },
    "La Fontaine": {"Vie d'Ésope": r"vie d'ésope"},
    "Molière": {
        "L'Amour médecin": r"am(our)? méd",
        "Les Amants magnifiques": r"am magn",
        "L'Avare": r"av(are)?",
        "Le Bourgeois gentilhomme": r"b(ourg)?( gent(ilh)?)?",
        "La Comtesse d'Escarbagnas": r"comtesse|escarb",
        "La Critique de l'École des femmes": r"crit(ique)?( de l'éc des f)?",
        "Dom Juan": r"fest(in)?( de p(ierre)?)?|d(on)? juan",
        "Les Fourberies de Scapin": r"scap(in)?|fourb(er)?",
        "George Dandin": r"g d(and(in)?)?",
        "L'Impromptu de Versailles": r"impr(omptu)?",
        "Le Malade imaginaire": r"mal im(ag)?",
        "Le Mariage forcé": r"mar f(or(cé)?)?",
        "Le Médecin malgré lui": r"méd(ecin)? m(alg(ré)?)? lui",
        "Monsieur de Pourceaugnac": r"(m de )?pourc",
        "Les Précieuses ridicules": r"préc(ieuses)?( rid)?",
        "Le Sicilien": r"sicil(ien)?",
    },
    "Racine": {"Histoire de Port-Royal": r"hist( de)? port-roy(al)?|port-royal"},
    "Voltaire": {
        "Babouc": r"babouc",
        "Candide": r"cand(ide)?",
        "Charles XII": r"charles",
        "Essai sur les moeurs": r"moeurs",
        "Dialogues": r"dial",
        "Éléments de Newton": r"(phil )?newt(on)?",
        "L'Histoire du parlement": r"hist parl(em)?",
        "Histoire de Jenni": r"jenni",
        "L'Homme aux quarante écus": r"h(omme)? aux",
        "L'Ingénu": r"ingénu",
        "Jeannot et Colin": r"jeannot et colin",
        "Micromégas": r"microm(égas)?",
        "La Princesse de Babylone": r"(princ de )?babyl",
        "Russie": r"russ(ie)?",
        "Vie de Molière": r"vie de molière",
        "Zadig": r"zadig",
        "Siècle de Louis XIV": r"louis xiv|s(iècle)? de louis xiv",
        "Précis du siècle de Louis XV": r"louis xv|s(iècle)? de louis xv",
    },
}
# Verse of lines of several lengths; everything else in VERSE is in alexandrines.
MIXED = {
    *("Agésilas", "Andromède", "L'Imitation de Jésus-Christ", "La Toison d'or"),
    *("Contes", "Fables", "Le Quinquina", "Le Florentin", "Amphitryon"),
    *("L'Enfant prodigue", "Le Pauvre Diable", "La Prude"),
}
WORKS = {
    author: [
        (
            re.compile(pattern),
            work,
            kind or ("mixed" if work in MIXED else "alexandrine"),
        )
        for kind, table in (("", VERSE), ("no", PROSE))
        for work, pattern in table.get(author, {}).items()
    ]
    for author in VERSE
}


def cited_work(author, head):
    """Return (work, in verse) of a citation without its place, or None."""
    head = ARTICLE.sub(
        "", re.sub(r" +", " ", head.replace(".", "")).strip(" ,").lower()
    )
    for pattern, work, verse in WORKS[author]:
        if pattern.fullmatch(head):
            return work, verse
    return None


NUMBERS = re.compile(r"(?:[IVXLC]+|\d+)\b(?:[., ]+(?:[IVXLC]+|\d+)\b)*")


def clean(text):
    """Return the words of the author: Littré's glosses and references go."""
    text = re.sub(r" ?\[[^\]]*\]| ?\(voy\.[^)]*\)|[\]|]", "", text)
    text = re.sub(r" ?\.(?: ?\.)+(?=\w)", "... ", text)
    text = re.sub(r" ?\.(?: ?\.)+", "...", text)
    text = re.sub(r" +([,.])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,;:-")
    text = re.sub(r"^\.+ ?", "", text)
    return text[:1].upper() + text[1:]


def citations(entries):
    """Yield (text, author, work, verse, place) of the six authors in table WORKS."""
    for _, entry in entries:
        author = head = None
        for text, name, citation in QUOTATION.findall(entry):
            before, name = author, name.strip(" .,")
            author = before if name == "ID" else AUTHORS.get(name)
            parts = PLACE.split(citation.strip(), maxsplit=1)
            titled = TITLED.match(citation)
            parts = list(titled.groups()) if titled else parts
            if parts[0].strip(" .,").lower() not in ("ib", "ibid"):
                head = parts[0]
            elif author != before:
                head = None
            found = cited_work(author, head) if author and head else None
            if found:
                place = NUMBERS.match(parts[1].upper()) if len(parts) > 1 else None
                place = ", ".join(re.findall(r"\w+", place[0])) if place else ""
                yield clean(text), author, *found, place


# ------------------------------------------------------------------- the lines of verse

VOWELS = "aeiouyàâäéèêëîïôöùûü"
SYLLABLE = re.compile(  # dieu is one, pas-si-on and pré-ci-eux are three
    rf"i(?=on(?:s?$|n))|(?<=[{VOWELS}][ctrlns])i(?=eu[xs])|[éë](?=[{VOWELS}])"
    rf"|[{VOWELS}]+?(?=ï|$|[^{VOWELS}])|[{VOWELS}]+"
)


def syllables(line):
    """Count the syllables of a line as French verse does; right to within one."""
    line = re.sub(r"qu(?=[^a-z]|[aeiéèêoîâ])|gu(?=[eiéèê])", "g", line.lower())
    words = re.findall(rf"[a-zç{VOWELS}]+", line)
    total = 0
    for word, following in zip(words, [*words[1:], ""], strict=False):
        count = len(SYLLABLE.findall(word))
        if count > 1 and re.search(rf"(é|[^{VOWELS}])e$", word):
            count -= not following or following[0] in VOWELS + "h"  # mute or elided
        elif count > 1 and not following:
            count -= bool(re.search(r"[^aiou]es$|[^m]ent$", word))
        total += count
    return total


def verse_lines(text, metres):
    """Return the text with " / " between its lines, which Littré prints without breaks.

    A line begins with a capital; of the capitals those are taken that make the lines as
    long as their metre. A quotation may begin and end inside a line. "À" at the
    beginning of a line has lost its capital in the package and gets it back.
    """
    spots = re.finditer(rf"(?<=[^\W\d_]|[,;:.!?']) (?=[^\W\d_{VOWELS}a-z]|à )", text)
    cuts = [
        0,
        *(
            m.start()
            for m in spots
            if not text[m.end()].islower() or text[m.end()] == "à"
        ),
        len(text),
    ]
    best = [(0.0, 0)]
    for end in range(1, len(cuts)):
        choices = []
        for start in range(max(0, end - 20), end):
            count = syllables(text[cuts[start] : cuts[end]])
            miss = min(abs(count - metre) for metre in metres)
            if (start == 0 or end == len(cuts) - 1) and count < max(metres):
                miss = min(miss, 1.5)
            lower = start > 0 and text[cuts[start] + 1] == "à"
            choices.append((best[start][0] + miss**2 + 0.5 + lower, start))
        best.append(min(choices))
    lines, end = [], len(cuts) - 1
    while end:
        start = best[end][1]
        line = text[cuts[start] : cuts[end]].strip()
        lines.append("À" + line[1:] if start and line[0] == "à" else line)
        end = start
    return " / ".join(reversed(lines))


# ------------------------------------------------------------------ without duplicates


def shingles(text, size):
    """Return all runs of `size` letters of a text, without case, accents and spaces."""
    letters = re.sub("[^a-z]", "", fold(text))
    return {letters[i : i + size] for i in range(max(1, len(letters) - size + 1))}


def without_repeats(rows):
    """Keep the longest quotation of each passage; drop what two works seem to share.

    Littré quotes a passage under many words, cut differently each time.
    """
    seen, kept = {}, []
    for row in sorted(rows, key=lambda row: (-len(row[0]), row)):
        runs = shingles(row[0], 20)
        if 2 * sum(run in seen for run in runs) < len(runs):
            kept.append(row)
            for run in runs:
                seen.setdefault(run, row[1:3])
    places = {}
    for row in kept:
        for run in shingles(row[0], 28):
            places.setdefault(run, set()).add(row[1:3])
    return [r for r in kept if all(len(places[run]) == 1 for run in shingles(r[0], 28))]


def littre_quotations(entries):
    """Return the table author, work, verse, place, text, ordered by these."""
    rows, cited = [], {row for row in citations(entries) if len(row[0]) >= 20}
    for text, author, work, verse, place in without_repeats(cited):
        if verse != "no":
            text = verse_lines(text, (12,) if verse == "alexandrine" else (8, 10, 12))
        rows.append((author, work, verse, place, text))
    return pd.DataFrame(
        sorted(rows), columns=["author", "work", "verse", "place", "text"]
    )


# ---------------------------------------------------------------------- GloVe's vectors


def unsnap(data):
    """Return a block of snappy data unpacked (no package of the course reads it)."""
    at = 0
    while data[at] & 128:  # the length comes first and is not needed
        at += 1
    at, out = at + 1, bytearray()
    while at < len(data):
        kind, size = data[at] & 3, data[at] >> 2
        at += 1
        if kind == 0:  # letters to copy as they are
            if size > 59:
                more = size - 59
                size = int.from_bytes(data[at : at + more], "little")
                at += more
            out += data[at : at + size + 1]
            at += size + 1
        else:  # letters that came before
            if kind == 1:
                back, size, more = (size >> 3) << 8 | data[at], (size & 7) + 4, 1
            else:
                more = 2 * kind - 2
                back = int.from_bytes(data[at : at + more], "little")
                size += 1
            at += more
            for _ in range(size):
                out.append(out[-back])
    return bytes(out)


def glove_words(parquet, number):
    """Return the first words of the package's list, the most frequent first.

    They are its first page, a dictionary: four bytes of length and the word, each.
    `number` bounds them; the page must hold as many.
    """

    def varint(at):
        value = shift = 0
        while True:
            value |= (parquet[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if parquet[at - 1] < 128:
                return value >> 1, at  # zigzag of a positive number

    # The page's header: type, size unpacked, size packed, and the dictionary's own.
    _, at = varint(5)
    _, at = varint(at + 1)
    packed, at = varint(at + 1)
    at = parquet.index(b"\x00\x00", at) + 2
    page = unsnap(parquet[at : at + packed])
    words, at = [], 0
    while len(words) < number:
        size = int.from_bytes(page[at : at + 4], "little")
        words.append(page[at + 4 : at + 4 + size].decode())
        at += 4 + size
    return words


def glove_vectors(parquet, table, number):
    """Return the `number` most frequent words of letters only, and their vectors."""
    words = glove_words(parquet, 2 * number)
    rows = [i for i, w in enumerate(words) if re.fullmatch("[a-z]{2,}|a|i", w)][:number]
    return np.array([words[i] for i in rows]), table[rows].astype("float16")
