"""Mail of ten invented suppliers, for tests/cli/learn.sh: a year of ordinary mail, its continuation, and frauds.

usage: learn_mail.py FOLDER      writes archive/ (Maildir), next/, and one folder for each kind of fraud
Everything is drawn from a fixed seed; companies, people and accounts are invented (check digits computed).
"""
import email.utils
import os
import random
import sys
import time

OWN = "arbelmond.example"
STAFF = [("Anna Lindqvist", "ap@" + OWN), ("Paul Verdier", "purchasing@" + OWN), ("Mira Holt", "mira.holt@" + OWN)]
NOW = int(time.time())
DAY = 86400
rnd = random.Random(20260727)


def iban(country, bban):
    digits = "".join(str(int(c, 36)) for c in bban + country + "00")
    return country + "%02d" % (98 - int(digits) % 97) + bban


def french(bank, branch, account):
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return iban("FR", bank + branch + account + "%02d" % key)


def number(n):
    return "".join(rnd.choice("0123456789") for _ in range(n))


def account_of(country):
    if country == "FR":
        return french("30006", "00" + number(3), number(11))
    if country == "GB":
        return iban("GB", "NWBK" + number(14))
    if country == "NL":
        return iban("NL", "ABNA" + number(10))
    if country == "LT":
        return iban("LT", number(16))
    return iban(country, number({"DE": 18, "AT": 16, "BE": 12, "DK": 14}[country]))


class Supplier:
    def __init__(self, domain, name, country, people, lookalike):
        self.domain, self.name, self.country, self.lookalike = domain, name, country, lookalike
        self.people = [(p, p.lower().replace(" ", ".") + "@" + domain) for p in people]
        self.account = account_of(country)
        self.second = account_of(country) if country == "GB" else None
        self.thread = []
        self.invoice = rnd.randrange(1000, 9000)


SUPPLIERS = [
    Supplier("brennholm-pumpen.example", "Brennholm Pumpen GmbH", "DE", ["Jonas Reuter", "Karla Behn"], "brennho1m-pumpen.example"),
    Supplier("castelviel.example", "Castelviel SAS", "FR", ["Luc Marchand", "Odile Perrin"], "castelveil.example"),
    Supplier("norfield-bearings.example", "Norfield Bearings Ltd", "GB", ["Emma Cartwright", "Tom Ashby"], "norfield-bearlngs.example"),
    Supplier("quillanbois.example", "Quillanbois SARL", "FR", ["Yves Tellier"], "quillanboiss.example"),
    Supplier("tessarotter.example", "Tessarotter BV", "NL", ["Pim de Wit", "Saskia Kuijper"], "tessarotter-group.example"),
    Supplier("maragold-labels.example", "Maragold Labels Ltd", "GB", ["Priya Nair", "Owen Brady"], "rnaragold-labels.example"),
    Supplier("hexwick-tools.example", "Hexwick Tools Ltd", "GB", ["Alan Dunmore"], "hexwiick-tools.example"),
    Supplier("oostkamper.example", "Oostkamper NV", "BE", ["Lieve Claes", "Bram Maes"], "0ostkamper.example"),
    Supplier("vandeltorp.example", "Vandeltorp A/S", "DK", ["Mette Friis"], "vande1torp.example"),
    Supplier("pellwormer.example", "Pellwormer Logistik", "AT", ["Dieter Anselm", "Rosa Winkler"], "pellworrner.example"),
]

GREETING = ["Hello {to},", "Dear {to},", "Good morning {to},"]
ORDINARY = [
    ("Order {no}", "thank you for your order {no}. It leaves our warehouse on Thursday and will be with you on Monday."),
    ("Delivery note {no}", "the goods of order {no} left today with our forwarder. Please find the delivery note below.\n\n12 x item 4711\n3 x item 0815"),
    ("Price list", "please find our new price list for the coming quarter on our web site. The discounts of your contract stay as they are."),
    ("Meeting", "would Tuesday at ten suit you for the review? Our engineer will bring the samples."),
    ("Question about drawing {no}", "the drawing {no} shows a bore of 12 mm, the order says 14 mm. Which one is right?"),
    ("Complaint {no}", "we looked at the part that you sent back and will replace it free of charge. The new one is on its way."),
]
INVOICE = [
    "please find below our invoice {no}.\n\nTotal: {sum} EUR, due in 30 days.\n\n{name}\nIBAN {iban}",
    "invoice {no} over {sum} EUR for last month's deliveries.\n\nOur bank details: {iban}",
    "this is our monthly statement. Invoice {no}, {sum} EUR, is open.\n\nIBAN: {iban}",
]
FRENCH = "veuillez trouver ci-dessous notre facture {no} d'un montant de {sum} EUR, à 30 jours.\n\nIBAN : {iban}"
GERMAN = "anbei unsere Rechnung {no} über {sum} EUR, zahlbar in 30 Tagen.\n\nIBAN: {iban}"
CHANGE = ("please note that our bank details have changed. Our old account is closed. "
          "From now on please pay all invoices to our new account:\n\nIBAN {iban}\n\nPlease confirm the change by return mail.")
serial = 0


def write(folder, sender, to, subject, body, when, auth=None, refs=None, reply_to=None, domain=None):
    """auth: the domain for which DMARC passed; refs: earlier Message-IDs."""
    global serial
    serial += 1
    msgid = "<%d.%d@%s>" % (when, serial, domain or sender[1].split("@")[1])
    lines = []
    if auth:
        lines.append("Authentication-Results: mx.%s; dmarc=pass header.from=%s; spf=pass smtp.mailfrom=%s"
                     % (OWN, auth, sender[1]))
    lines += ["From: %s <%s>" % sender, "To: %s <%s>" % to, "Subject: " + subject,
              "Date: " + email.utils.formatdate(when), "Message-ID: " + msgid]
    if refs:
        lines += ["In-Reply-To: " + refs[-1], "References: " + " ".join(refs[-5:])]
    if reply_to:
        lines.append("Reply-To: " + reply_to)
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", body, ""]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "%06d.eml" % serial), "w", encoding="utf-8", newline="\r\n") as out:
        out.write("\n".join(lines))
    return msgid


def ordinary(s, folder, when, k):
    person, colleague = rnd.choice(s.people), rnd.choice(STAFF)
    no = str(s.invoice)
    s.invoice += 1
    pick = rnd.random()
    if pick < 0.35:
        text = rnd.choice(INVOICE)
        text = FRENCH if s.country == "FR" and k % 2 else GERMAN if s.country in ("DE", "AT") and k % 2 else text
        account = s.second if s.second and k % 3 == 0 else s.account
        grouped = " ".join(account[i:i + 4] for i in range(0, len(account), 4))
        subject, body = "Invoice " + no, text.format(no=no, sum=rnd.randrange(90, 9000), name=s.name,
                                                     iban=grouped if k % 2 else account)
    else:
        subject, body = rnd.choice(ORDINARY)
        subject, body = subject.format(no=no), body.format(no=no)
    refs = None
    if s.thread and rnd.random() < 0.3:
        refs, subject = [rnd.choice(s.thread[-6:])], "Re: " + subject
    body = "%s\n\n%s\n\nKind regards\n%s\n%s" % (rnd.choice(GREETING).format(to=colleague[0]), body, person[0], s.name)
    s.thread.append(write(folder, person, colleague, subject, body, when, s.domain, refs))
    if folder.endswith("cur") and rnd.random() < 0.3:
        s.thread.append(write(folder.replace("archive", "sent"), colleague, person, "Re: " + subject,
                              "Thank you, well received.\n\nBest regards\n" + colleague[0], when + 3600, None,
                              [s.thread[-1]]))


def fraud(s, folder, sender, auth, body, subject="Invoice", refs=None, account=None, country="LT"):
    account = account or account_of(country)
    write(folder, sender, STAFF[0], subject, "Dear Anna,\n\n" + body.format(iban=account) + "\n\nKind regards\n" + sender[0],
          NOW - 3600, auth, refs)


def main(top):
    at = lambda *names: os.path.join(top, *names)
    for k in range(1000):
        ordinary(SUPPLIERS[k % 10], at("archive", "cur"), NOW - 360 * DAY + k * (350 * DAY // 1000), k)
    for s in SUPPLIERS:
        s.seen = s.thread[-1]
    for k in range(100):
        ordinary(SUPPLIERS[k % 10], at("next"), NOW - 3 * DAY + k * 1800, k)
    for s in SUPPLIERS:
        person = s.people[0]
        fake = (person[0], person[1].replace(s.domain, s.lookalike))
        fraud(s, at("lookalike"), fake, s.lookalike, CHANGE)
        fraud(s, at("changed"), person, s.domain, CHANGE, country=s.country)
        fraud(s, at("other-account"), person, s.domain, "invoice 99 over 410 EUR.\n\nIBAN {iban}", country=s.country)
        fraud(s, at("hijack"), ("Office", "office@valmerin-consult.example"), None, "as discussed below.", "Re: Invoice",
              [s.seen])
        fraud(s, at("fake-thread"), ("Office", "office@valmerin-consult.example"), None, "as discussed, see below.",
              "Re: Invoice", ["<invented.%s@valmerin-consult.example>" % s.domain.split(".")[0]])
    fraud(SUPPLIERS[0], at("first-plain"), ("Dana Roth", "dana@kestrelmont.example"), "kestrelmont.example", CHANGE)
    fraud(SUPPLIERS[0], at("first-ordinary"), ("Dana Roth", "dana@kestrelmont.example"), "kestrelmont.example",
          "we make shelves and would like to send you our catalogue. May I have your postal address?", "Catalogue")


main(sys.argv[1])
