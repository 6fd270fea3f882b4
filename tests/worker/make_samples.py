#!/usr/bin/env python3
"""Writes the sample documents of tests/worker/data again. Needs qpdf for the encrypted ones; not run by make check."""
import pathlib
import struct
import subprocess
import zipfile
import zlib

OUT = pathlib.Path(__file__).parent / "data"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def package(name, parts):
    with zipfile.ZipFile(OUT / name, "w") as z:
        for part, text in parts:
            z.writestr(zipfile.ZipInfo(part, (2026, 1, 2, 3, 4, 6)), text, zipfile.ZIP_DEFLATED)


def document(body, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f'{head}<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:body>{body}</w:body></w:document>'


def run(text, properties=""):
    return f'<w:r>{properties and f"<w:rPr>{properties}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def row(*cells):
    return "<w:tr>" + "".join(f"<w:tc><w:p>{run(c)}</w:p></w:tc>" for c in cells) + "</w:tr>"


def word():
    package("letter.docx", [
        ("[Content_Types].xml", TYPES),
        ("word/document.xml", document(
            '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="10"/></w:tabs></w:pPr>'
            + run("Our bank de") + run("tails have changed.", "<w:b/>")
            + "<w:del><w:r><w:delText>never</w:delText></w:r></w:del></w:p><w:p>"
            + run("invisible ink", "<w:vanish/>") + run("Café 請求書", '<w:vanish w:val="0"/>') + "</w:p><w:tbl>"
            + row("IBAN", "GB29 NWBK 6016 1331 9268 19") + row("BIC", "NWBKGB2L") + "</w:tbl><w:p>"
            + "<mc:AlternateContent><mc:Choice>" + run("boxed once") + "</mc:Choice><mc:Fallback>"
            + run("boxed once") + "</mc:Fallback></mc:AlternateContent></w:p>"
            + "<w:p><w:r><w:t>Yours</w:t><w:br/><w:t>Bob</w:t></w:r></w:p>")),
        ("word/footer1.xml", f'<w:ftr xmlns:w="{W}"><w:p>{run("Example Ltd, Leeds")}</w:p></w:ftr>'),
    ])
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    package("laughs.docx", [("word/document.xml", document(
        run("&a9;"), f'<?xml version="1.0"?><!DOCTYPE d [{entities}]>'))])
    package("deep.docx", [("word/document.xml", document("<w:p>" * 5000 + "</w:p>" * 5000))])
    package("cut.docx", [("word/document.xml", document(run("Half a letter"))[:-20])])
    package("archive.zip", [("inner.docx", "PK\x03\x04"), ("readme.txt", "hello")])


def others():
    cells = [('s', 1), ('s', 0)]
    package("payment.xlsx", [
        ("[Content_Types].xml", TYPES),
        ("xl/workbook.xml", f'<workbook xmlns="{S}"/>'),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{S}"><sheetData><row r="1">'
         + "".join(f'<c t="{t}"><v>{v}</v></c>' for t, v in cells)
         + '</row><row r="2"><c t="inlineStr"><is><t>Amount</t></is></c><c><f>SUM(1,2)</f><v>4711.5</v></c></row>'
         + '<row r="3"><c t="s"><v>99</v></c><c t="s"><v>x</v></c></row></sheetData></worksheet>'),
        ("xl/sharedStrings.xml", f'<sst xmlns="{S}"><si><t>DE89 3704 0044 0532 0130 00</t></si><si>'
         '<r><t>Account </t></r><r><t>number</t></r><rPh><t>phonetic</t></rPh></si></sst>'),
    ])
    odf = ('<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
           'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
           'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
           '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h>Notice</text:h>'
           '<text:p>Pay<text:s text:c="3"/>to <text:span>FR76</text:span><text:tab/>x</text:p><table:table>'
           '<table:table-row><table:table-cell><text:p>A</text:p></table:table-cell><table:table-cell>'
           '<text:p>B</text:p></table:table-cell></table:table-row></table:table></o:document-content>')
    mimetype = ("mimetype", "application/vnd.oasis.opendocument.text")
    package("letter.odt", [mimetype, ("content.xml", odf)])
    package("locked.odt", [mimetype, ("content.xml", "\x00\x01"), ("META-INF/manifest.xml",
            "<manifest:manifest><manifest:file-entry><manifest:encryption-data/>"
            "</manifest:file-entry></manifest:manifest>")])
    (OUT / "letter.rtf").write_bytes(
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\*\generator x;}{\info{\author Nobody}}" b"\n"
        rb"\pard Our \b new\b0  account\par IBAN:\tab DE89\~3704\line caf\'e9 \u8364? {\v secret}done\par" b"\n"
        rb"{\trowd\intbl Name\cell Value\cell\row}{\pict 0102}{\field{\*\fldinst HYPERLINK x}{\fldrslt click}}"
        rb"{\*\shpinst{\sp x}{\shptxt  boxed}}}")
    (OUT / "short.doc").write_bytes(rb"{\rt1\ansi Our new account\par}")


FREE, END, FAT = 0xffffffff, 0xfffffffe, 0xfffffffd


class Ole:
    """An OLE container (MS-CFB): sectors of 512 bytes, streams padded to where no mini stream is needed."""

    def __init__(self, *streams):
        self.sectors, self.fat = [], []
        directory = self.entry("Root Entry", 5, 1, FREE, END, 0)
        for i, (name, data) in enumerate(streams, 1):
            data = data.ljust(4096, b"\0")
            directory += self.entry(name, 2, FREE, i + 1 if i < len(streams) else FREE, self.add(data), len(data))
        self.directory = self.add(directory)

    @staticmethod
    def entry(name, kind, child, right, start, size):
        raw = name.encode("utf-16-le") + b"\0\0"
        return struct.pack("<64sHBBIII36xIQ", raw, len(raw), kind, 1, FREE, right, child, start, size)

    def add(self, data):
        start = len(self.sectors)
        for i in range(0, len(data), 512):
            self.sectors.append(data[i:i + 512].ljust(512, b"\0"))
            self.fat.append(len(self.sectors))
        self.fat[-1] = END
        return start

    def write(self, name, size=None):
        fat = self.fat + [FAT] + [FREE] * (127 - len(self.fat))
        head = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3e, 3, 0xfffe, 9, 6, 0, 1,
                           self.directory, 0, 4096, END, 0, END, 0)
        head += struct.pack("<109I", len(self.sectors), *[FREE] * 108)
        (OUT / name).write_bytes((head + b"".join(self.sectors) + struct.pack("<128I", *fat))[:size])


def word_stream(text, flags=0):
    """What catdoc needs of Word 97: magic number, flags, where the text is."""
    body = text.encode("cp1252")
    head = struct.pack("<HHHHHHHI", 0xa5ec, 0xc1, 0, 0x409, 0, flags, 0xbf, 0).ljust(24, b"\0")
    return (head + struct.pack("<II", 0x600, 0x600 + len(body))).ljust(0x600, b"\0") + body


def record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def sheet_stream(rows, more=b""):
    """BIFF8, its texts in the cells."""
    out = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0dbb, 0x07cc, 0, 6)) + more
    for r, cells in enumerate(rows):
        for c, text in enumerate(cells):
            out += record(0x204, struct.pack("<HHHHB", r, c, 0, len(text), 0) + text.encode("cp1252"))
    return out + record(0x0a, b"")


def atom(kind, data, version=0):
    return struct.pack("<HHI", version, kind, len(data)) + data


def old_office():
    letter = word_stream("Our bank details have changed.\rIBAN\x07GB29 NWBK 6016 1331 9268 19\x07\x07caf\xe9\r")
    sheet = sheet_stream([["Account", "DE89 3704 0044 0532 0130 00"], ["Amount", "4711.5"]])
    slides = b"".join(atom(1006, atom(4008, t), 0xf) for t in (b"Our bank details have changed.", b"Pay now"))
    Ole(("WordDocument", letter)).write("old.doc")
    Ole(("Workbook", sheet)).write("old.xls")
    Ole(("PowerPoint Document", slides)).write("old.ppt")
    Ole(("WordDocument", letter), ("Workbook", sheet)).write("both.doc")
    Ole(("WORDDOCUMENT", letter)).write("shouted.doc")
    Ole(("WordDocument", word_stream("x" * 300, 0x100))).write("locked-old.doc")
    Ole(("Workbook", sheet_stream([["a"]], record(0x2f, bytes(54))))).write("locked-old.xls")
    Ole(("EncryptedPackage", b"x")).write("locked.doc")
    Ole(("Thumbs", b"x")).write("none.doc")
    Ole(("WordDocument", letter)).write("cut.doc", -512)
    circle = Ole(("WordDocument", letter))
    circle.fat[circle.directory] = circle.directory
    circle.write("circle.doc")
    circle = Ole(("WordDocument", letter))
    circle.fat[1] = 0
    circle.write("tail.doc")
    Ole(("Workbook", sheet_stream([["a"]], record(0x85, b"\xff" * 8) + struct.pack("<HH", 0xfc, 0xffff)
                                  + b"\xff" * 200))).write("wild.xls")
    package("old-office.zip", [("old.bin", (OUT / "old.doc").read_bytes())])


R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(*rows):
    return ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(
        f'<Relationship Id="r{i}" Type="{R}/{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(rows))
        + "</Relationships>")


def related():
    """Parts under other names than Word gives them, and a fallback that says something else than the choice."""
    package("renamed.docx", [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", relations(("officeDocument", "/text/the%20letter.xml"), ("image", "word/document.xml"))),
        ("text/_rels/the letter.xml.rels", relations(("header", "../other/top.xml"), ("header", "../../nowhere.xml"))),
        ("text/the letter.xml", document("<w:p>" + run("Our bank details have changed.") + "</w:p>")),
        ("other/top.xml", f'<w:hdr xmlns:w="{W}"><w:p>{run("Example Ltd")}</w:p></w:hdr>'),
        ("word/document.xml", document("<w:p>" + run("Nothing to see") + "</w:p>")),
    ])
    package("fallback.docx", [("word/document.xml", document(
        '<mc:AlternateContent><mc:Choice Requires="zz"><w:p>' + run("A picture") + "</w:p></mc:Choice><mc:Fallback><w:p>"
        + run("Pay to the new account") + "</w:p></mc:Fallback></mc:AlternateContent>"
        + "<mc:AlternateContent><mc:Choice>" + run("same") + "</mc:Choice><mc:Fallback>" + run("same")
        + "</mc:Fallback></mc:AlternateContent>"))])
    package("chunk.docx", [
        ("_rels/.rels", relations(("officeDocument", "word/document.xml"))),
        ("word/document.xml", document("<w:p>" + run("See below.") + "</w:p>")),
        ("word/_rels/document.xml.rels", relations(("aFChunk", "page.html"), ("aFChunk", "more.docx"),
                                                   ("aFChunk", "a.bin"), ("footer", "foot.xml"))),
        ("word/page.html", "<p>Our bank details have changed.</p>"),
        ("word/more.docx", (OUT / "fallback.docx").read_bytes()),
        ("word/a.bin", b"\0\1"),
        ("word/foot.xml", f'<w:ftr xmlns:w="{W}"><w:p>{run("Example Ltd")}</w:p></w:ftr>'),
    ])
    package("related.xlsx", [
        ("_rels/.rels", relations(("officeDocument", "book.xml"))),
        ("book.xml", f'<workbook xmlns="{S}"/>'),
        ("_rels/book.xml.rels", relations(("worksheet", "a.xml"), ("sharedStrings", "s.xml"))),
        ("a.xml", f'<worksheet xmlns="{S}"><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>'),
        ("s.xml", f'<sst xmlns="{S}"><si><t>Account</t></si></sst>')])


def flat():
    office = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    text = office + 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    head = f'<text:p xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">Example Ltd</text:p>'
    (OUT / "letter.fodt").write_text(
        f'<?xml version="1.0"?><office:document {text}><office:master-styles>{head}</office:master-styles><office:body>'
        "<text:h>Notice</text:h><text:p>Our bank<text:s/>details have changed.<office:binary-data>QUFB"
        "</office:binary-data></text:p></office:body></office:document>")
    package("header.odt", [("mimetype", "application/vnd.oasis.opendocument.text"),
                           ("content.xml", f"<office:document-content {text}><text:p>Body</text:p></office:document-content>"),
                           ("styles.xml", f"<office:document-styles {office}>{head}</office:document-styles>")])
    (OUT / "letter.svg").write_text(
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY iban "DE89 3704 0044 0532 0130 00">]>'
        '<svg xmlns="http://www.w3.org/2000/svg"><style>text{fill:red}</style><script>var hidden</script>'
        '<text x="0" y="10">Our bank details have <tspan font-weight="bold">changed</tspan>.</text>'
        '<text x="0" y="30">IBAN &iban;</text>' + "".join(
            f'<text x="{x}" y="50">{c}</text>' for x, c in ((0, "P"), (9, "a"), (18, "y"), (36, "u"), (45, "s")))
        + '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">Yours, <b>Bob</b></div></foreignObject></svg>')
    (OUT / "invoice.xml").write_text(
        '<Invoice xmlns="urn:x" xmlns:c="urn:c"><c:ID>2026-7</c:ID><c:Account><c:ID>DE89370400440532013000</c:ID>'
        "</c:Account></Invoice>")
    (OUT / "word2003.xml").write_text(
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p><w:r><w:t>Pay '
        "</w:t></w:r><w:r><w:t>now</w:t></w:r></w:p></w:body></w:wordDocument>")
    (OUT / "laughs.svg").write_text("<!DOCTYPE svg [" + '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)) + "]><svg><text>&a9;</text></svg>")


def lines():
    (OUT / "invite.ics").write_bytes(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@x\r\nORGANIZER;CN=\"Karen; Whitfield\":mailto:k@e.example\r\n"
        b"SUMMARY:Our bank de\r\n tails have\r\n\t changed\r\nDESCRIPTION:First\\nIBAN\\, new: DE89 3704\r\n"
        b"X-ALT-DESC;FMTTYPE=text/html:<p>Pay <b>no</b>w</p><p style=display:none>no</p>\r\n"
        b"ATTACH;ENCODING=BASE64;VALUE=BINARY:QUFB\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    (OUT / "card.vcf").write_bytes(
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Meier;Karl\r\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Neue Bank=\r\n"
        b"verbindung M=C3=BCnchen\r\nitem1.URL:https://x.example\r\nPHOTO;ENCODING=b:QUFB\r\nEND:VCARD\r\n")


def archive(name, form, compression, files, password=None, encryption="zipcrypt"):
    """By libarchive itself: no other tool here writes all of these formats."""
    import ctypes
    la = ctypes.CDLL("libarchive.so.13")
    for f in "archive_write_new", "archive_entry_new":
        getattr(la, f).restype = ctypes.c_void_p
    out, used = ctypes.create_string_buffer(1 << 20), ctypes.c_size_t()
    a = ctypes.c_void_p(la.archive_write_new())

    def must(rc):
        assert rc >= -20, (name, rc)
    must(la.archive_write_set_format_by_name(a, form.encode()))
    must(la.archive_write_add_filter_by_name(a, compression.encode()) if compression else 0)
    if password:
        must(la.archive_write_set_options(a, f"zip:encryption={encryption}".encode()))
        must(la.archive_write_set_passphrase(a, password.encode()))
    la.archive_write_set_bytes_in_last_block(a, 1)
    must(la.archive_write_open_memory(a, out, ctypes.c_size_t(len(out)), ctypes.byref(used)))
    for inner, data in files:
        e = ctypes.c_void_p(la.archive_entry_new())
        la.archive_entry_set_pathname(e, inner.encode())
        la.archive_entry_set_filetype(e, 0o100000)
        la.archive_entry_set_perm(e, 0o644)
        la.archive_entry_set_size(e, ctypes.c_int64(len(data)))
        must(la.archive_write_header(a, e))
        assert la.archive_write_data(a, data, ctypes.c_size_t(len(data))) == len(data)
        la.archive_entry_free(e)
    must(la.archive_write_close(a))
    (OUT / name).write_bytes(out.raw[:used.value])


def archives():
    letter = ("letter.txt", "Our bank details have changed.".encode())
    docx = ("in/letter.docx", (OUT / "renamed.docx").read_bytes())
    locked = ("letter.html", b"<p>Pay to DE89 3704</p>" * 3)
    archive("letter.zip", "zip", None, [letter, docx, ("a.pdf", (OUT / "letter.pdf").read_bytes())])
    archive("letter.7z", "7zip", None, [letter, ("card.vcf", (OUT / "card.vcf").read_bytes())])
    for ending, compression in (("tgz", "gzip"), ("tar.bz2", "bzip2"), ("tar.xz", "xz"), ("tar.zst", "zstd")):
        archive("letter." + ending, "ustar", compression, [letter])
    archive("letter.txt.gz", "raw", "gzip", [letter])
    archive("old.zip", "zip", None, [letter, locked], "Tulip 7!")
    archive("aes.zip", "zip", None, [locked], "Tulip 7!", "aes256")
    nested = letter
    for name in "one.zip", "two.zip", "three.zip", "four.zip":
        archive(name, "zip", None, [nested])
        nested = (name, (OUT / name).read_bytes())
        if name in ("one.zip", "two.zip"):
            (OUT / name).unlink()
    archive("many.zip", "zip", None, [(f"{i}.txt", b"x") for i in range(101)])
    archive("picture.zip", "zip", None, [letter, ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40))])


def written():
    import base64
    import urllib.parse
    page = "<p>Our bank details have changed.</p>"
    packed = base64.b64encode("<p>IBAN: DE89 für</p>".encode()).decode()
    (OUT / "written.html").write_text(
        "<html><body><script>/* 'x */ document.write(unescape('" + urllib.parse.quote(page) + "'));\n"
        f'var s = "{packed}"; document.write(atob(s));'
        'document.write(String.fromCharCode(60,98,62,0x50,97,121) + "\\x20no" + \'\\u0077</b>\');</script>'
        "<script>var ga = 'measured';</script><p>Seen</p></body></html>")
    (OUT / "computed.html").write_text(
        "<script>var k='QvtRq'; document.write(k.split('').map(c=>String.fromCharCode(c.charCodeAt(0)-1)).join(''))</script>")


def write_pdf(name, objects):
    out, offsets = b"%PDF-1.4\n", []
    for i, o in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (i, o)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % o for o in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    (OUT / name).write_bytes(out)


def stream(text, extra=b""):
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(text), extra, text)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pages(name, texts):
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(texts)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
               b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(texts)), FONT]
    for i, text in enumerate(texts):
        lines = b"\n".join(b"BT /F1 12 Tf 72 %d Td (%b) Tj ET" % (760 - 20 * j, line)
                           for j, line in enumerate(text.encode().split(b"\n")))
        objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                    b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * i), stream(lines)]
    write_pdf(name, objects)


def loop_pdf():
    """Twelve forms, each drawing the next ten times: 10^12 words of text."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> /XObject << /X %d 0 R >> >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", FONT,
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
               b"/Resources << /XObject << /X 6 0 R >> >> >>", stream(b"/X Do")]
    for i in range(12):
        objects.append(stream(b"/X Do " * 10, form % (7 + i)))
    objects.append(stream(b"0 0 m 1 1 l", form % 3))
    write_pdf("loop.pdf", objects)


def embedded_pdf(name, files):
    """One page, and files of which each is (name, bytes)."""
    names = b"".join(b"(%s) %d 0 R" % (f.encode(), 6 + 2 * i) for i, (f, _) in enumerate(files))
    objects = [b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[" + names + b"]>>>>>>",
               b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
               stream(b"BT /F 12 Tf 72 700 Td (See the invoice) Tj ET", b""),
               FONT]
    for i, (f, data) in enumerate(files):
        objects += [b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>>>" % (f.encode(), f.encode(), 7 + 2 * i),
                    stream(zlib.compress(data, 9), b"/Type/EmbeddedFile/Filter/FlateDecode")]
    write_pdf(name, objects)
    return (OUT / name).read_bytes()


def embedded():
    invoice = (b'<?xml version="1.0"?><rsm:CrossIndustryInvoice xmlns:rsm="x"><ram:IBANID xmlns:ram="y">'
               b"DE89370400440532013000</ram:IBANID></rsm:CrossIndustryInvoice>")
    inner = embedded_pdf("factur-x.pdf", [("factur-x.xml", invoice)])
    for level in ("two.pdf", "three.pdf", "four.pdf"):
        inner = embedded_pdf(level, [("a.pdf", inner)])
    embedded_pdf("seven.pdf", [("%d.txt" % i, b"File %d" % i) for i in range(1, 8)])
    embedded_pdf("picture.pdf", [("a.png", b"\x89PNG\r\n\x1a\n\0\0"), ("b.txt", b"Pay now")])
    embedded_pdf("bomb.pdf", [("a.txt", b"Pay now" + b" " * (40 << 20)), ("b.txt", b"or later")])
    package("factur-x.zip", [("i.pdf", (OUT / "factur-x.pdf").read_bytes())])


def pdf():
    pages("letter.pdf", ["Our bank details have changed.\nIBAN GB29 NWBK 6016 1331 9268 19", "Second page"])
    pages("long.pdf", [f"Page {i}" for i in range(70)])
    loop_pdf()
    (OUT / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing here at all\n")
    for name, password in (("locked.pdf", "secret"), ("restricted.pdf", "")):
        subprocess.run(["qpdf", "--encrypt", password, "owner", "128", "--use-aes=y", "--",
                        OUT / "letter.pdf", OUT / name], check=True)


OUT.mkdir(exist_ok=True)
word()
others()
related()
flat()
lines()
written()
pdf()
archives()
old_office()
embedded()
