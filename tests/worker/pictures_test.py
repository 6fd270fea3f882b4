"""Real pictures, made here, for real workers: QR codes in PNG, JPEG and drawn pages; broken, huge and many ones."""
import json
import os
import struct
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../milter'))
from harness import BUILD, private_dir, run_tests  # noqa: E402

RINGER = os.path.join(BUILD, 'ringer')
GIROCODE = 'BCD\n002\n1\nSCT\n\nMeier GmbH\nDE02120300000000202051\nEUR12.30\n\n\nInvoice 7\n'
LINK = 'https://pay.northgate-t00ling.example/now'


def modules(text):
    """The code's squares, row by row, with its quiet zone; True is black."""
    out = subprocess.run(['qrencode', '-t', 'ASCII', '-o', '-'], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
    return [[line[i:i + 1] == '#' for i in range(0, len(line), 2)] for line in out.decode().splitlines()]


def png(width, height, rows, bits=8, colour=0):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, bits, colour, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows, 9)) + chunk(b'IEND', b''))


def code_png(text, scale=4, dark=0, light=255, edge=True):
    squares = modules(text)
    if not edge:
        squares = [row[4:-4] for row in squares[4:-4]]
    width = len(squares[0]) * scale
    rows = b''.join((b'\0' + b''.join(bytes([dark if s else light]) * scale for s in row)) * scale for row in squares)
    return png(width, len(squares) * scale, rows)


def transparent_png(text):
    """Black on nothing, as vector programs write it: the page behind it is white."""
    squares = modules(text)
    rows = b''.join((b'\0' + b''.join((b'\0\xff' if s else b'\0\0') * 4 for s in row)) * 4 for row in squares)
    return png(len(squares[0]) * 4, len(squares) * 4, rows, colour=4)


def pdf(*pages):
    """Each page a list of drawing operators."""
    objects = ['<< /Type /Catalog /Pages 2 0 R >>', '', '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>']
    kids = []
    for page in pages:
        kids.append(len(objects) + 1)
        objects.append('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R '
                       '/Resources << /Font << /F 3 0 R >> >> >>' % (len(objects) + 2))
        objects.append('<< /Length %d >>\nstream\n%s\nendstream' % (len(page), page))
    objects[1] = '<< /Type /Pages /Kids [%s] /Count %d >>' % (' '.join('%d 0 R' % k for k in kids), len(kids))
    out, at = '%PDF-1.4\n', []
    for n, o in enumerate(objects, 1):
        at.append(len(out))
        out += '%d 0 obj\n%s\nendobj\n' % (n, o)
    table = len(out)
    out += 'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1) + ''.join('%010d 00000 n \n' % a for a in at)
    return (out + 'trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (len(objects) + 1, table)).encode()


def drawn(text, left=300, bottom=100, size=3):
    return '\n'.join('%d %d %d %d re f' % (left + x * size, bottom - y * size + 150, size, size)
                     for y, row in enumerate(modules(text)) for x, black in enumerate(row) if black)


def written(*lines):
    return '\n'.join('BT /F 12 Tf 72 %d Td (%s) Tj ET' % (760 - 20 * n, line) for n, line in enumerate(lines))


def jpeg(document):
    return subprocess.run(['pdftoppm', '-jpeg', '-r', '100', '-singlefile', '-'], input=document, stdout=subprocess.PIPE,
                          check=True).stdout


def extract(name, content, *options):
    path = os.path.join(private_dir(), name)
    with open(path, 'wb') as f:
        f.write(content)
    p = subprocess.run([RINGER, 'extract', '--allow-unsandboxed', '-t', '20000', *options, path], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def reads(content, text, *options):
    code, out, err = extract('picture', content, *options)
    assert text.strip() in out, (code, out, err)


def fails(content, status):
    code, out, err = extract('picture', content)
    assert code == 1 and ': %s' % status in err, (code, out, err)


# --- codes

def codes_of_pictures():
    reads(code_png(LINK), LINK)
    reads(jpeg(pdf(drawn(LINK))), LINK)


def line_ends_of_a_payment_code_stay():
    reads(code_png(GIROCODE), GIROCODE)


def codes_that_telephones_read_too():
    reads(code_png(LINK, scale=1), LINK)                 # a pixel a square
    reads(code_png(LINK, scale=2, edge=False), LINK)     # up to the edge
    reads(code_png(LINK, dark=255, light=0), LINK)       # white on black
    reads(transparent_png(LINK), LINK)


def codes_of_drawn_pages():
    document = pdf(written('Invoice'), written('Page 2') + '\n' + drawn(GIROCODE))
    reads(document, 'Invoice')
    reads(document, GIROCODE, '--pictures')
    assert 'BCD' not in extract('a.pdf', document)[1]


def a_picture_without_a_code():
    code, out, err = extract('a.png', png(50, 50, (b'\0' + b'\xff' * 50) * 50))
    assert (code if HAS_OCR else 0, out) == (0, ''), (code, out, err)


# --- hostile ones

def huge_ones_are_not_decoded():
    fails(png(30000, 30000, b'\0' * 1000), 'too_big')
    fails(png(200000, 1, b'\0'), 'too_big')
    fails(png(2 ** 31 - 1, 1, b'\0'), 'broken')  # libpng's own limit
    assert extract('a.png', png(30000, 1300, b'\0' * 30001 * 1300))[1] == ''


def cut_ones_are_read_as_far_as_they_go():
    whole = code_png(LINK)
    fails(whole[:len(whole) // 2], 'broken')
    fails(whole[:30], 'broken')
    photo = jpeg(pdf(drawn(LINK, bottom=600)))
    code, out, err = extract('a.jpg', photo[:len(photo) * 9 // 10])
    assert code == 1 and 'broken' in err and LINK in out, (code, out, err)


def a_large_picture_is_made_smaller():
    reads(code_png(LINK, scale=100), LINK)


# --- mail

HEAD = '''From: "Paul Meier" <meier@{sender}>
To: ann@company.example
Subject: {subject}
Message-ID: <1@hofmann-ventile.example>
Date: Mon, 27 Jul 2020 10:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="="

--=
Content-Type: text/{kind}; charset=utf-8

{text}
'''


def base64(content):
    import base64 as b
    return b.encodebytes(content).decode()


def judge(text, *attachments, subject='Invoice 7', kind='plain', sender='hofmann-ventile.example', worker={}):
    mail = HEAD.format(subject=subject, text=text, kind=kind, sender=sender)
    for name, content in attachments:
        mail += '--=\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="%s"\n' \
                'Content-Transfer-Encoding: base64\n\n%s\n' % (name, base64(content))
    folder = private_dir()
    with open(os.path.join(folder, 'mail.eml'), 'w') as f:
        f.write(mail + '--=--\n')
    with open(os.path.join(folder, 'ringer.yaml'), 'w') as f:
        f.write('protect:\n  partner-domains: [northgate-tooling.example]\nworker:\n  allow-unsandboxed: true\n  deadline: 20s\n'
                '  picture-deadline: 20s\n')
        for option, value in worker.items():
            f.write('  %s: %s\n' % (option, value))
        f.write('quarantine:\n  store: sqlite:%s/db\n' % folder)
    p = subprocess.run([RINGER, 'scan', '--json', '-c', os.path.join(folder, 'ringer.yaml'), os.path.join(folder, 'mail.eml')],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert p.stdout, p.stderr
    return json.loads(p.stdout)


def a_link_in_a_code_is_a_link():
    facts = judge('Please pay the invoice.', ('code.png', code_png(LINK)))['facts']
    assert facts['attachment.codes'] == ['pay.northgate-t00ling.example'], facts
    assert facts['link.lookalike.score'] >= 70 and facts['link.count'] == 1, facts


def the_account_in_a_code_is_an_account():
    facts = judge('Please pay the invoice.', ('invoice.pdf', pdf(written(*['Invoice no. 7 of Meier GmbH'] * 3) + '\n' + drawn(GIROCODE))))['facts']
    assert facts['attachment.codes'] == ['payment'], facts
    assert facts['account.count'] == 1 and facts['account.countries'] == ['DE'], facts
    assert facts['attachment.unread'] == [], facts


def a_picture_in_the_page_itself():
    page = '<p>Please pay the invoice.</p><img src="data:image/png;base64,%s">' % base64(code_png(GIROCODE)).replace('\n', '')
    facts = judge(page, kind='html')['facts']
    assert facts['account.count'] == 1, facts
    assert facts['attachment.types'] == ['png'], facts


def without_money_or_doubt_nobody_looks():
    facts = judge('See you at noon.', ('code.png', code_png(LINK)), subject='Lunch')['facts']
    assert 'attachment.codes' not in facts, facts
    assert facts['attachment.unread'] == [], facts


def many_pictures_are_said_to_be_unread():
    small, code = png(40, 40, (b'\0' + b'\xff' * 40) * 40), code_png(LINK)
    facts = judge('Please pay the invoice.', *[('%d.png' % n, small) for n in range(32)], ('code.png', code))['facts']
    assert facts['attachment.unread'] == ['code.png: too_big'], facts
    facts = judge('Please pay the invoice.', *[('%d.png' % n, small) for n in range(40)])['facts']
    assert facts['attachment.unread'] == [], facts  # icons are not


LETTER = ['Please be informed that our bank details', 'have changed. Kindly pay all invoices into', 'the account DE02 1203 0000 0000 2020 51']
HAS_OCR = os.path.exists(os.path.join(BUILD, 'ringer-ocr'))


def scan(*lines):
    """A PDF of one page that is a picture: letters as outlines, which pdftotext does not see."""
    return picture_pdf(jpeg(pdf(written(*lines))))


def picture_pdf(photo):
    width, height = 827, 1170
    head = ('%%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n'
            '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>\n'
            'endobj\n4 0 obj\n<< /Length 30 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q  \nendstream\nendobj\n'
            '5 0 obj\n<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 '
            '/Filter /DCTDecode /Length %d >>\nstream\n' % (width, height, len(photo))).encode()
    return head + photo + b'\nendstream\nendobj\ntrailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n'


def words_of_pictures():
    if HAS_OCR:
        reads(jpeg(pdf(written(*LETTER))), LETTER[1])
        reads(scan(*LETTER), LETTER[0], '--pictures')
        reads(png(100, 100, (b'\0' + b'\xff' * 100) * 100), '')


def words_of_a_scan_are_judged():
    facts = judge('Please see the attached.', ('scan.pdf', scan(*LETTER)), subject='Hello')['facts']
    if HAS_OCR:
        assert facts['request.bank_change'] >= 60 and facts['account.countries'] == ['DE'], facts
        assert facts['attachment.unread'] == [], facts
    else:
        assert facts['attachment.unread'] == ['scan.pdf: no text'], facts


def a_letter_in_a_picture_is_read_where_there_is_doubt():
    photo = jpeg(pdf(written(*LETTER)))
    facts = judge('Please see the attached.', ('scan.jpg', photo), subject='Hello', sender='northgate-t00ling.example')['facts']
    if HAS_OCR:
        assert facts['request.bank_change'] >= 60, facts
    else:
        assert facts['attachment.unread'] == ['scan.jpg: no reader for pictures'], facts
    facts = judge('Please pay the invoice.', ('scan.jpg', photo))['facts']
    assert facts['attachment.unread'] == [] and 'DE' not in facts['account.countries'], facts


def without_ocr_a_letter_in_a_picture_is_unread():
    letter, logo = jpeg(pdf(written(*LETTER))), code_png('x', scale=2)
    options = {'sender': 'northgate-t00ling.example', 'subject': 'Hello', 'worker': {'ocr': 'no'}}
    facts = judge('See attached.', ('scan.jpg', letter), ('logo.png', logo), **options)['facts']
    assert facts['attachment.unread'] == ['scan.jpg: no reader for pictures'], facts
    assert facts['request.bank_change'] == 0, facts
    facts = judge('This is a mail with words of its own. ' * 12, ('photo.jpg', letter), **options)['facts']
    assert facts['attachment.unread'] == [], facts


def finders(size=1600):
    """What looks like the corner of a code, everywhere: every three of them may be one."""
    corner = ['#######.', '#.....#.', '#.###.#.', '#.###.#.', '#.###.#.', '#.....#.', '#######.', '........']
    rows = [b'\0' + bytes(0 if c == '#' else 255 for c in row) * (size // 8) for row in corner]
    return png(size, size, b''.join(rows) * (size // 8))


def pictures_that_are_too_much_work_are_unread():
    facts = judge('Please pay the invoice.', *[('%d.png' % n, finders(1600 + 8 * n)) for n in range(3)])['facts']
    assert facts['attachment.unread'] == ['%d.png: timeout' % n for n in range(3)], facts


def many_pixels_are_said_to_be_unread():
    large = [('%d.png' % n, png(5000, 5000 + n, (b'\0' + b'\xff' * 5000) * (5000 + n))) for n in range(3)]
    facts = judge('Please pay the invoice.', *large)['facts']
    assert facts['attachment.unread'] == ['2.png: too_big'], facts


def a_scan_is_not_read():
    facts = judge('Please see the attached.', ('scan.pdf', pdf(drawn(LINK))), subject='Hello')['facts']
    assert facts['attachment.unread'] == ['scan.pdf: no text'], facts
    facts = judge('Please see the attached.', ('lines.pdf', pdf('72 600 40 2 re f')), ('hi.pdf', pdf(written('Hi'))), subject='Hello')['facts']
    assert facts['attachment.unread'] == ['lines.pdf: no text'], facts


run_tests([codes_of_pictures, line_ends_of_a_payment_code_stay, codes_that_telephones_read_too, codes_of_drawn_pages,
           a_picture_without_a_code, huge_ones_are_not_decoded, cut_ones_are_read_as_far_as_they_go,
           a_large_picture_is_made_smaller, a_link_in_a_code_is_a_link, the_account_in_a_code_is_an_account,
           a_picture_in_the_page_itself, without_money_or_doubt_nobody_looks, many_pictures_are_said_to_be_unread,
           a_scan_is_not_read, pictures_that_are_too_much_work_are_unread, many_pixels_are_said_to_be_unread, words_of_pictures, words_of_a_scan_are_judged,
           a_letter_in_a_picture_is_read_where_there_is_doubt, without_ocr_a_letter_in_a_picture_is_unread])
