"""The shop's people: drawn from a seed, so that everybody sees the same ones."""

import random
from dataclasses import dataclass
from typing import Any

FIRST = """
    Ada Amelie Anouk Ben Bruno Carla Chiara Daan Dina Elif Emil Emma Fatou Finn Freya Gaia Hana Hugo Ida Ilse Ines Ivo
    Jana Jonas Jules Kaan Kira Lars Lea Leo Lina Luca Maja Malik Mara Mats Mina Nils Nora Oda Omar Paul Pia Rosa Sami
    Sara Siri Tess Theo Yara
""".split()
LAST = """
    Ahrens Bakker Berg Bianchi Castro Costa Dahl Demir Dubois Fischer Garcia Haas Hansen Horvat Jansen Keller Kovac
    Laurent Lind Lopez Marino Meyer Moreau Nagy Nielsen Novak Okafor Olsen Papas Peeters Petit Popov Ricci Rossi Sato
    Silva Simon Svensson Weber Yilmaz
""".split()
CITIES = """
    Amsterdam Antwerp Athens Berlin Bologna Bordeaux Bruges Cologne Copenhagen Cork Gdansk Ghent Graz Lisbon Lyon Madrid
    Oslo Porto Prague Turin
""".split()
PLANS = ("basic", "basic", "basic", "plus", "premium")
WITHOUT_ADDRESS = 25  # every 25th person has no e-mail address: shops have such people, and journeys must cope
COUNT = 5_000


@dataclass(frozen=True, kw_only=True)
class Person:
    id: str
    traits: dict[str, Any]


def person(number: int) -> Person:
    """The person of this number, always the same."""
    draw = random.Random(number)
    first, last = draw.choice(FIRST), draw.choice(LAST)
    traits: dict[str, Any] = {
        "first_name": first,
        "last_name": last,
        "city": draw.choice(CITIES),
        "plan": draw.choice(PLANS),
        "orders": 0 if draw.random() < 0.6 else draw.randint(1, 9),
        "newsletter": draw.random() < 0.7,
    }
    if number % WITHOUT_ADDRESS:
        traits["email"] = f"{first}.{last}.{number}@example.com".lower()
    return Person(id=f"customer-{number}", traits=traits)
