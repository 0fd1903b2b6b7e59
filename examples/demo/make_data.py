#!/usr/bin/env python3
"""Writes the demo's CSV files into data/: made up, but like what people really upload.

Every phone number is from a range that its country keeps free for fiction. The output is always the
same; it is committed, so this runs only when the demo is to change.
"""
import csv
import io
import pathlib
import random

DATA = pathlib.Path(__file__).parent / "data"


def write(name, rows, *, delimiter=",", bom=False, newline="\n", last_newline=True, quote_all=False):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n",
                        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    for row in rows:
        if isinstance(row, str):
            out.write(row + "\n")  # A damaged line, as it stands.
        else:
            writer.writerow(row)
    text = out.getvalue()
    if not last_newline:
        text = text.rstrip("\n")
    data = text.replace("\n", newline).encode("utf-8")
    (DATA / name).write_bytes((b"\xef\xbb\xbf" if bom else b"") + data)


def germany(random):
    """A German spreadsheet: semicolons, a byte-order mark, CRLF, national numbers, umlauts."""
    first = "Jürgen Günther Käthe Björn Zoë Anneliese Mehmet Sören Małgorzata Heinz-Peter Ulrike Bärbel Şule Lars".split()
    last = "Müller Groß Weiß Yılmaz Schröder Jäger Öztürk Kowalski Vogel Böhm Krüger Lindner Maaß Hübner".split()
    rows = [["Name", "Phone_Number", "E-Mail", "Email", "Zählernummer", "Notes", "Priority"]]
    rows[0].pop(2)
    for i in range(176):
        name = f"{random.choice(last)}, {random.choice(first)}" if i % 3 else f"{random.choice(first)} {random.choice(last)}"
        style = i % 4
        digits = f"{i:03d}"
        number = [f"030 23125 {digits}", f"+49 30 23125{digits}", f"(030) 23125-{digits}", f"0049 30 23125 {digits}"][style]
        notes = ["", "Zähler im Keller;\nSchlüssel bei \"Frau Groß\"", "ruft zurück", ""][i % 4] if i % 9 == 0 else ""
        rows.append([name if i % 11 else "", number, f"kunde{i}@example.de" if i % 5 else "",
                     f"1ESY{1160000000 + i * 7}", notes, 5 if i % 25 == 0 else ""])
    rows.insert(20, ["Frau Weiß", "4,93023E+11", "", "1ESY1", "", ""])
    rows.insert(45, ["Kein Anschluss", "030/KEINE", "", "1ESY2", "", ""])
    rows.insert(70, rows[10])  # The same customer twice.
    rows.insert(71, ["Zu kurz", "030 12", "", "1ESY3", "", ""])
    rows.insert(90, "Zu;viele;Felder;in;dieser;Zeile;hier;steht;noch;mehr")
    rows.insert(120, ["Falsche Adresse", "030 23125 990", "kunde@@example", "1ESY4", "", ""])
    write("zaehlerablesung.csv", rows, delimiter=";", bom=True, newline="\r\n")


def united_states(random):
    """Exported from a practice's software: commas, quoted names, contacts in four time zones."""
    first = "Maria José Aaliyah Siobhán Wei Dwayne Renée Chloé Tyrone Fatima Ian Noëlle Luis Priya".split()
    last = "O'Neil Nguyen Smith García Johnson Müller-Adams Brown Peña Washington Lee D'Angelo Cohen Patel Núñez".split()
    areas = [("202", ""), ("212", "America/New_York"), ("312", "America/Chicago"), ("310", "America/Los_Angeles")]
    rows = [["phone_number", "name", "email", "company", "timezone", "notes", "insurance", "last_visit"]]
    for i in range(168):
        area, zone = areas[i % 4]
        line = 100 + (i // 4) % 100
        number = [f"+1 {area} 555 0{line}", f"({area}) 555-0{line}", f"{area}-555-0{line}", f"+1{area}5550{line}"][i // 4 % 4]
        name = f"{random.choice(first)} {random.choice(last)}" if i % 13 else ""
        if i % 17 == 0:
            name = f"{random.choice(last)}, {random.choice(first)}, Jr."
        notes = ""
        if i % 12 == 5:
            notes = "Prefers mornings.\nLeave a message with the \"front desk\", please."
        rows.append([number, name, f"patient{i}@example.com" if i % 4 else "",
                     random.choice(["", "", "Acme, Inc.", "Globex"]), zone, notes,
                     random.choice(["Delta", "None", "MetLife"]), f"2025-{1 + i % 9:02d}-{1 + i % 28:02d}"])
    rows.insert(12, ["2.02555E+09", "Spreadsheet Victim", "", "", "", "", "", ""])
    rows.insert(33, ["+1 202 555 0100", "Maria again", "", "", "", "", "", ""])
    rows.insert(60, ["555", "Too Short", "", "", "", "", "", ""])
    rows.insert(80, ["+1 212 555 0199", "Lost in Space", "", "", "America/Gotham", "", "", ""])
    rows.insert(99, ["not a number", "Bob", "", "", "", "", "", ""])
    rows.insert(101, ["+1 310 555 0190", "Too few"])
    write("checkups.csv", rows, last_newline=False)


def france(random):
    """Tab separated, national numbers, apostrophes and accents."""
    first = "Zoé Hélène François Aïcha Gaëlle Loïc Océane Noël Béatrice Jean-Loup Anaïs Maël Inès Côme".split()
    last = "Lefèvre D'Aubigné Côté Müller Benoît Garçon Châtelain Nguyễn Desprès L'Hôpital Barré Gérard".split()
    rows = [["NAME", "PHONE_NUMBER", "EMAIL", "Séjour", "Départ", "notes"]]
    for i in range(150):
        pair = f"{i // 100:02d} {i % 100:02d}"
        number = [f"01 99 00 {pair}", f"+33 1 99 00 {pair}", f"+33 (0)1 99 00 {pair}".replace("(0)", ""), f"01.99.00.{pair.replace(' ', '.')}"][i % 4]
        rows.append([f"{random.choice(first)} {random.choice(last)}" if i % 10 else "", number,
                     f"voyageur{i}@example.fr" if i % 3 else "",
                     random.choice(["Réunion, 12 nuits", "Islande", "Açores", "Québec"]),
                     f"2026-0{4 + i % 5}-1{i % 10}",
                     "Demande une chambre « calme »,\navec vue" if i % 15 == 3 else ""])
    rows.insert(30, ["Monsieur Tableur", "3,31990E+10", "", "Islande", "", ""])
    rows.insert(55, rows[5])
    rows.insert(77, ["Mauvais courriel", "01 99 00 09 99", "pas une adresse", "Islande", "", ""])
    write("sejours.csv", rows, delimiter="\t")


def australia_and_britain(random):
    """Two countries in one list, all quoted, a few urgent ones."""
    first = "Olivia Jack Siân Niamh Oscar Māia Tariq Grace Angus Chloe Rhys Ngaire Poppy Callum".split()
    last = "Wilson O'Brien Papadopoulos Taylor Singh MacLeod Davies Kelly Nguyen Walker Ó Súilleabháin".split(" ")
    rows = [["Name", "Phone_Number", "Timezone", "Priority", "Company", "Tour", "Notes"]]
    for i in range(130):
        british = i % 5 == 2
        number = f"+44 20 7946 0{100 + i}" if british else f"+61 2 5550 {1000 + i}"
        rows.append([f"{random.choice(first)} {random.choice(last)}" if i % 8 else "", number,
                     "Europe/London" if british else "", 50 if i % 20 == 0 else "",
                     random.choice(["", "Harbour & Sons", "Smith, Jones & Co."]),
                     random.choice(["Great Barrier Reef", "Uluru", "Tasmania"]),
                     "Call after dinner" if i % 6 == 0 else ""])
    rows.insert(15, ["Urgent?", "+61 2 5550 1990", "", "very", "", "Uluru", ""])
    rows.insert(40, ["Nobody", "", "", "", "", "", ""])
    rows.insert(66, rows[7])
    rows.insert(88, ["Ten Digits", "+61 2 555", "", "", "", "Tasmania", ""])
    write("tours.csv", rows, quote_all=True)


def main():
    DATA.mkdir(exist_ok=True)
    for seed, make in enumerate([germany, united_states, france, australia_and_britain]):
        make(random.Random(seed))


if __name__ == "__main__":
    main()
