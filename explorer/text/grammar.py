"""A small English with its French: what the translators of sentences were trained on.

Articles agree in gender and number and lose their vowel before another (l'arbre, cet arbre, mon école); most
adjectives stand behind their noun in French and in front of it in English; des becomes de before an
adjective; a negation is put round the verb. One to four clauses are joined by and, but, because.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from random import Random

EXAMPLE = "the small black cat sees my red bird"


@dataclass(frozen=True)
class Noun:
    """English and French, one and many. `feminine`: its gender in French. `vowel`: le becomes l' before it.

    `kind`: person, animal, place or thing; what sleeps and what is slept under.
    """

    one: str
    many: str
    un: str
    des: str
    feminine: bool = False
    vowel: bool = False
    kind: str = "thing"


@dataclass(frozen=True)
class Adjective:
    """`forms` in French: masculine, feminine, then both of many. `before`: it stands in front of its noun.

    `colour`: not said of people.
    """

    english: str
    forms: tuple[str, str, str, str]
    before: bool = False
    colour: bool = False


@dataclass(frozen=True)
class Verb:
    """English and French of one and of many; `plain` is English behind “does not”. `vowel`: ne becomes n'."""

    one: str
    plain: str
    french_one: str
    french_many: str
    takes_object: bool = False
    vowel: bool = False


NOUNS = (
    Noun("cat", "cats", "chat", "chats", kind="animal"),
    Noun("dog", "dogs", "chien", "chiens", kind="animal"),
    Noun("bird", "birds", "oiseau", "oiseaux", vowel=True, kind="animal"),
    Noun("horse", "horses", "cheval", "chevaux", kind="animal"),
    Noun("boy", "boys", "garçon", "garçons", kind="person"),
    Noun("man", "men", "homme", "hommes", vowel=True, kind="person"),
    Noun("king", "kings", "roi", "rois", kind="person"),
    Noun("girl", "girls", "fille", "filles", feminine=True, kind="person"),
    Noun("woman", "women", "femme", "femmes", feminine=True, kind="person"),
    Noun("queen", "queens", "reine", "reines", feminine=True, kind="person"),
    Noun("mouse", "mice", "souris", "souris", feminine=True, kind="animal"),
    Noun("tree", "trees", "arbre", "arbres", vowel=True, kind="place"),
    Noun("book", "books", "livre", "livres"),
    Noun("garden", "gardens", "jardin", "jardins", kind="place"),
    Noun("house", "houses", "maison", "maisons", feminine=True, kind="place"),
    Noun("car", "cars", "voiture", "voitures", feminine=True, kind="place"),
    Noun("table", "tables", "table", "tables", feminine=True, kind="place"),
    Noun("apple", "apples", "pomme", "pommes", feminine=True),
    Noun("flower", "flowers", "fleur", "fleurs", feminine=True),
    Noun("school", "schools", "école", "écoles", feminine=True, vowel=True, kind="place"),
)
ADJECTIVES = (
    Adjective("red", ("rouge", "rouge", "rouges", "rouges"), colour=True),
    Adjective("black", ("noir", "noire", "noirs", "noires"), colour=True),
    Adjective("white", ("blanc", "blanche", "blancs", "blanches"), colour=True),
    Adjective("green", ("vert", "verte", "verts", "vertes"), colour=True),
    Adjective("blue", ("bleu", "bleue", "bleus", "bleues"), colour=True),
    Adjective("strange", ("étrange", "étrange", "étranges", "étranges")),
    Adjective("famous", ("célèbre", "célèbre", "célèbres", "célèbres")),
    Adjective("small", ("petit", "petite", "petits", "petites"), before=True),
    Adjective("big", ("grand", "grande", "grands", "grandes"), before=True),
    Adjective("young", ("jeune", "jeune", "jeunes", "jeunes"), before=True),
    Adjective("pretty", ("joli", "jolie", "jolis", "jolies"), before=True),
)
VERBS = (
    Verb("sleeps", "sleep", "dort", "dorment"),
    Verb("sings", "sing", "chante", "chantent"),
    Verb("falls", "fall", "tombe", "tombent"),
    Verb("sees", "see", "voit", "voient", takes_object=True),
    Verb("loves", "love", "aime", "aiment", takes_object=True, vowel=True),
    Verb("finds", "find", "trouve", "trouvent", takes_object=True),
    Verb("wants", "want", "veut", "veulent", takes_object=True),
    Verb("draws", "draw", "dessine", "dessinent", takes_object=True),
)
PLACES = (("in", "dans"), ("under", "sous"), ("behind", "derrière"))
JOINTS = (("and", "et"), ("but", "mais"), ("because", "car"))
LIVING, OBJECTS = ("person", "animal"), ("animal", "place", "thing")
DETERMINERS = ("the", "a", "this", "my", "your", "our")


def pair(draw: Random, *, held_out: bool, clauses: int = 0) -> tuple[str, str]:
    """Draw a sentence and its translation.

    Args:
        draw: of what. held_out: one that the networks never saw. clauses: how many; 0 for one to four.

    """
    while True:
        said, written = _sentence(draw, clauses or draw.choice((1, 1, 1, 2, 2, 3, 4)))
        if is_held_out(said) == held_out:
            return said, written


def is_held_out(sentence: str) -> bool:
    """Whether the networks never saw this English sentence in training: one in ten."""
    return zlib.crc32(sentence.removesuffix(".").encode()) % 10 == 0


def _sentence(draw: Random, clauses: int) -> tuple[str, str]:
    english, french = _clause(draw)
    for _ in range(clauses - 1):
        joint = draw.choice(JOINTS)
        said, written = _clause(draw)
        english, french = [*english, joint[0], *said], [*french, joint[1], *written]
    stop = "." if draw.random() < 0.3 else ""
    return " ".join(english) + stop, " ".join(french).replace("' ", "'") + stop


def _clause(draw: Random) -> tuple[list[str], list[str]]:
    many, verb, negated = draw.random() < 0.4, draw.choice(VERBS), draw.random() < 0.25
    english, french = _noun_phrase(draw, many, LIVING)
    said, written = (verb.plain if many else verb.one), (verb.french_many if many else verb.french_one)
    if negated:
        english += ["do" if many else "does", "not", verb.plain]
        french += ["n'" if verb.vowel else "ne", written, "pas"]
    else:
        english, french = [*english, said], [*french, written]
    if verb.takes_object:  # behind a negation un and des would become de
        phrase = _noun_phrase(draw, draw.random() < 0.4, OBJECTS, definite=negated)
        english, french = english + phrase[0], french + phrase[1]
    elif draw.random() < 0.5:
        place = draw.choice(PLACES)
        phrase = _noun_phrase(draw, draw.random() < 0.2, ("place",))
        english, french = [*english, place[0], *phrase[0]], [*french, place[1], *phrase[1]]
    return english, french


def _noun_phrase(
    draw: Random, many: bool, kinds: tuple[str, ...], *, definite: bool = False
) -> tuple[list[str], list[str]]:
    """Determiner, up to two adjectives, and the noun, in each language's order."""
    noun = draw.choice([noun for noun in NOUNS if noun.kind in kinds])
    word = draw.choice([word for word in DETERMINERS if word != "a" or not definite])
    before = [draw.choice([a for a in ADJECTIVES if a.before])] if draw.random() < 0.35 else []
    suits = [a for a in ADJECTIVES if not a.before and not (a.colour and noun.kind == "person")]
    behind = [draw.choice(suits)] if draw.random() < 0.45 else []
    form = 2 * many + noun.feminine
    core = [a.forms[form] for a in before] + [noun.des if many else noun.un] + [a.forms[form] for a in behind]
    rest = [a.english for a in (*before, *behind)] + [noun.many if many else noun.one]
    vowel = noun.vowel and not before
    article = _french(word, noun.feminine, many, vowel, led=bool(before))
    return [_english(word, many, rest[0]), *rest], [article, *core]


def _english(word: str, many: bool, following: str) -> str:
    if word == "a":
        return "some" if many else "an" if following[0] in "aeiou" else "a"
    return "these" if word == "this" and many else word


def _french(word: str, feminine: bool, many: bool, vowel: bool, *, led: bool) -> str:
    """The determiner before a noun phrase; `led`: an adjective stands in front."""
    if many:
        some = "de" if led else "des"
        return {"the": "les", "a": some, "this": "ces", "my": "mes", "your": "tes", "our": "nos"}[word]
    if word == "the":
        return "l'" if vowel else "la" if feminine else "le"
    if word == "a":
        return "une" if feminine else "un"
    if word == "this":
        return "cette" if feminine else "cet" if vowel else "ce"
    if word == "our":
        return "notre"
    return {"my": "m", "your": "t"}[word] + ("a" if feminine and not vowel else "on")


def english_words() -> tuple[str, ...]:
    """Every English word that can stand in a sentence."""
    found = {"a", "an", "some", "the", "this", "these", "my", "your", "our", "do", "does", "not", "."}
    found |= {word for noun in NOUNS for word in (noun.one, noun.many)} | {a.english for a in ADJECTIVES}
    found |= {word for verb in VERBS for word in (verb.one, verb.plain)}
    return tuple(sorted(found | {place[0] for place in PLACES} | {joint[0] for joint in JOINTS}))


def french_words() -> tuple[str, ...]:
    """Every French word that can stand in a sentence; l' and n' are words of their own."""
    found = {"n'", "ne", "pas", "."} | {form for a in ADJECTIVES for form in a.forms}
    found |= {
        _french(word, feminine, many, vowel, led=led)
        for word in DETERMINERS
        for feminine in (False, True)
        for many in (False, True)
        for vowel in (False, True)
        for led in (False, True)
    }
    found |= {word for noun in NOUNS for word in (noun.un, noun.des)}
    found |= {word for verb in VERBS for word in (verb.french_one, verb.french_many)}
    return tuple(sorted(found | {place[1] for place in PLACES} | {joint[1] for joint in JOINTS}))
