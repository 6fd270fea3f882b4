#!/usr/bin/env python3
"""Mails that are made to exhaust who reads them, the same bytes at each run.

usage: mails.py FOLDER [--mb N] [NAME...]     writes FOLDER/NAME.eml, of N MB (32); without names all
       mails.py --list                        their names and what each is after
"""
import base64
import bz2
import gzip
import io
import lzma
import os
import sys
import tarfile
import zipfile
import zlib

MB = 1024 * 1024
HEAD = b'From: "Petra Vogel" <p.vogel@valdor-metau.example>\r\nTo: ap@buyer.example\r\nSubject: Invoice\r\n' \
       b'Date: Mon, 27 Jul 2020 10:00:00 +0200\r\nMessage-ID: <1@valdor-metau.example>\r\nMIME-Version: 1.0\r\n'
PROSE = b'The second drawing shows the housing from the left, as we agreed, and the shaft.\r\n'
MAILS = {}


def mail(make):
    MAILS[make.__name__] = make
    return make


def fill(piece, size):
    return piece * (size // len(piece) + 1)


def typed(content_type, body, encoding=None):
    extra = b'Content-Transfer-Encoding: %s\r\n' % encoding if encoding else b''
    return HEAD + b'Content-Type: ' + content_type + b'\r\n' + extra + b'\r\n' + body


def plain(body):
    return typed(b'text/plain; charset=utf-8', body)


def page(body):
    return typed(b'text/html; charset=utf-8', body)


def parts(bodies, subtype=b'mixed'):
    """Each body begins with its own fields."""
    return typed(b'multipart/%s; boundary=b' % subtype, b'--b\r\n' + b'\r\n--b\r\n'.join(bodies) + b'\r\n--b--\r\n')


def attached(name, data):
    return b'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n' \
           b'Content-Disposition: attachment; filename="%s"\r\n\r\n' % name.encode() + base64.encodebytes(data)



def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in files:
            z.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- MIME

@mail
def mime_deep(size):
    """multiparts in multiparts, each looks through all of the rest"""
    out = [HEAD]
    for i in range(4000):
        out.append(b'Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n' % (i, i))
    return b''.join(out) + b'\r\n' + fill(PROSE, size - 300000)


@mail
def mime_many(size):
    """millions of parts without anything in them"""
    return typed(b'multipart/mixed; boundary=b', fill(b'--b\r\n\r\n', size))


@mail
def mime_almost(size):
    """lines that are a boundary but for their end"""
    return typed(b'multipart/mixed; boundary=b', b'--b\r\n\r\n' + fill(b'--bb\r\n--b \r--b\r\n', size))


@mail
def mime_boundary_long(size):
    """boundaries of 16 KB, and two of each"""
    long = b'x' * 15000
    t = b'multipart/mixed; boundary="%s"; boundary="%sy"; boundary="%sz"' % (long, long, long)
    return typed(t, fill(b'--' + long + b'\r\n\r\nhello\r\n--' + long + b'y\r\n\r\n', size))


@mail
def mime_boundary_same(size):
    """the same boundary at each level"""
    inner = b'Content-Type: multipart/alternative; boundary=b; boundary=c\r\n\r\n'
    return typed(b'multipart/mixed; boundary=b; boundary=c', fill(b'--b\r\n' + inner + b'--c\r\n' + inner, size))


@mail
def mime_digest(size):
    """thousands of mails in a digest"""
    return typed(b'multipart/digest; boundary=b', fill(b'--b\r\n\r\n' + HEAD + b'\r\n' + PROSE, size))


@mail
def mime_encodings(size):
    """each part with two encodings: both are looked at"""
    one = b'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n' \
          b'Content-Transfer-Encoding: quoted-printable\r\n\r\n' + fill(b'QUFB' * 19 + b'\r\n', size // 240)
    return parts([one] * 240)


def nested(size, encoding, encode, kind=b'message/rfc822', levels=30):
    inner = HEAD + b'Content-Type: text/plain\r\n\r\n' + PROSE
    head = HEAD + b'Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n' % (kind, encoding)
    body = inner + fill(PROSE, size - len(inner) - levels * (len(head) + 300))
    for _ in range(levels):
        body = head + encode(body)
    return body


@mail
def rfc822_qp(size):
    """mail in mail in quoted-printable: each level is a copy of all"""
    return nested(size, b'quoted-printable', lambda b: b)


@mail
def rfc822_octets(size):
    """the same under a type that says nothing"""
    return nested(size, b'quoted-printable', lambda b: b, b'application/octet-stream')


@mail
def rfc822_uu(size):
    """mail in mail in quoted-printable, each level with a part of pictures beside it"""
    big = fill(b'=41=42=43=\r\n', size // 20)
    body = HEAD + b'\r\n' + PROSE
    for i in range(20):
        t = b'Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n' % (i, i)
        body = HEAD + t + b'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n' + body
        body += b'\r\n--b%d\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n' % i + big
    return body


@mail
def rfc822_base64(size):
    """mail in mail in base64"""
    body = HEAD + b'\r\n' + fill(PROSE, int(size * 0.73 ** 7))
    for _ in range(7):
        body = HEAD + b'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n' \
            + base64.encodebytes(body)
    return body


@mail
def rfc822_flat(size):
    """hundreds of mails beside each other, in base64"""
    one = HEAD + b'\r\n' + fill(PROSE, size // 450 * 3 // 4)
    return parts([b'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n'
                  + base64.encodebytes(one)] * 450)


@mail
def rfc822_addresses(size):
    """mails inside with thousands of addresses each"""
    to = b','.join(b'"Name %d" <user%d@host%d.example>' % (i, i, i) for i in range(990))
    one = b'Content-Type: message/rfc822\r\n\r\nFrom: %s\r\nReply-To: %s\r\nTo: %s\r\nCc: %s\r\n\r\n' % (
        to[:15000], to[:15000], to[:15000], to[:15000])
    return parts([one] * min(490, size // len(one)))


@mail
def rfc822_same(size):
    """mails inside whose addresses are the same few hundred, over and over"""
    to = b','.join(b'u%d@b.example' % (i % 240) for i in range(1000))
    one = b'Content-Type: message/rfc822\r\n\r\nFrom: %s\r\nReply-To: %s\r\nTo: %s\r\nCc: %s\r\n\r\n' % (to, to, to, to)
    return parts([one] * 490)


@mail
def rfc822_names(size):
    """mails inside whose addresses have encoded names"""
    to = b','.join(b'=?iso-2022-jp?b?GyRC?= =?big5?q?a?= <u%d@b.example>' % i for i in range(300))
    one = b'Content-Type: message/rfc822\r\n\r\nFrom: %s\r\nReply-To: %s\r\nTo: %s\r\nCc: %s\r\n\r\n' % (to, to, to, to)
    return parts([one[:65000] + b'\r\n\r\n'] * 490)


@mail
def mime_prefixes(size):
    """each boundary is the beginning of the next"""
    out = [HEAD]
    for i in range(30):
        out.append(b'Content-Type: multipart/mixed; boundary=' + b'b' * (i + 1) + b'\r\n\r\n--' + b'b' * (i + 1) + b'\r\n')
    return b''.join(out) + b'\r\n' + fill(b'--' + b'b' * 31 + b'\r\n', size - 2000)


@mail
def mime_parameters(size):
    """thousands of parameters in each of 490 parts"""
    many = b''.join(b';a%d=b' % i for i in range(8000))[:64000]
    one = b'Content-Type: application/pdf; name=x%s\r\n\r\nx' % many
    return parts([one] * 490)


@mail
def attachments_qp(size):
    """attachments in quoted-printable and uuencode that are larger than what is kept"""
    half = size // 2
    return parts([b'Content-Type: application/pdf\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n' + fill(PROSE, half),
                  b'Content-Type: application/pdf\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n'
                  + fill(b'M' + b'#' * 60 + b'\r\n', half - 1000)])


# --- fields

@mail
def from_addresses(size):
    """10,000 addresses in From, Reply-To, To and Cc, each a lookalike"""
    one = b', '.join(b'"Petra Vogel %d" <p%d@valdor-metaux%d.example>' % (i, i, i % 977) for i in range(10000))
    return b'From: %s\r\nReply-To: %s\r\nTo: %s\r\nCc: %s\r\nSubject: x\r\n\r\nHello\r\n' % (
        one[:60000], one[:60000], one[:60000], one[:60000])


@mail
def address_comments(size):
    """comments in comments, open groups, open quotes"""
    return b'From: ' + b'(' * 60000 + b'a@b.example\r\nTo: ' + b'a:"' * 20000 + b'\r\nCc: ' + b'<@a,' * 15000 \
        + b'\r\nReply-To: ' + b'a b ' * 15000 + b'\r\nSubject: x\r\n\r\nHello\r\n'


@mail
def headers_many(size):
    """100,000 fields, then millions"""
    return fill(b'X: y\r\n', size - 200) + HEAD + b'\r\nHello\r\n'


@mail
def headers_long(size):
    """one field of all the mail"""
    return HEAD + b'X-Long: ' + fill(b'word\r\n ', size) + b'\r\n\r\nHello\r\n'


@mail
def headers_displaced(size):
    """junk before the fields: where do they begin?"""
    return b'\r\n' + fill(b'X: y\r\n', size)


@mail
def headers_nested(size):
    """60 KB of fields in each of 490 parts"""
    fields = b''.join(b'X-%d: =?utf-8?q?a=62?=\r\n' % i for i in range(190)) + b'Subject: ' + b'=?utf-8?b?YQ==?= ' * 2500
    return parts([b'Content-Type: message/rfc822\r\n\r\n' + fields + b'\r\n\r\n' + PROSE] * 490)


@mail
def encoded_words(size):
    """a quarter of a megabyte of encoded words, whole and broken"""
    return b'From: =?utf-8?b?' + b'YWFh' * 5000 + b'?= <a@b.example>\r\nSubject: ' + b'=?utf-8?q?=41?= ' * 4000 \
        + b'\r\nTo: ' + b'=?x?b?' * 9000 + b'\r\nCc: ' + b'=?iso-2022-jp?b?GyRC?=' * 2000 + b'\r\n\r\nHello\r\n'


@mail
def encoded_nested(size):
    """subjects of mails inside, each word in another character set"""
    names = [b'iso-2022-jp', b'gb18030', b'big5', b'euc-jp', b'utf-7', b'koi8-r', b'iso-8859-8', b'cp949']
    words = b' '.join(b'=?%s?b?GyRC?=' % names[i % 8] for i in range(2600))
    return parts([b'Content-Type: message/rfc822\r\n\r\nSubject: ' + words + b'\r\n\r\nx'] * 490)


@mail
def encoded_eight_bit(size):
    """subjects of mails inside: an encoded word, then bytes that are no UTF-8"""
    words = b'=?utf-8?q?a?= ' + b'\xe9 ' * 28000
    return parts([b'Content-Type: message/rfc822\r\n\r\nSubject: ' + words + b'\r\n\r\nx'] * 490)


@mail
def rfc2231(size):
    """parameters in thousands of segments, in each of 490 parts"""
    segments = b''.join(b'; filename*%d*=%%41%%42' % i for i in range(2400))
    names = b''.join(b'; name*%d=a' % i for i in range(250))
    one = b'Content-Type: application/pdf%s\r\nContent-Disposition: attachment%s\r\n\r\nx' % (names, segments)
    return parts([one] * min(490, size // len(one)))


@mail
def authentication_results(size):
    """hundreds of results, each as long as may be"""
    one = b'Authentication-Results: mx.example; ' + b'spf=pass (c) smtp.mailfrom=a@b.example; ' * 150 + b'\r\n'
    return one * 40 + b'ARC-Seal: i=1; ' + b'a=b; ' * 2000 + b'\r\n' + HEAD + b'References: ' + b'<a@b> ' * 5000 \
        + b'\r\n\r\nHello\r\n'


# --- text

@mail
def base64_nothing(size):
    """base64 that decodes to nothing"""
    return typed(b'text/plain', fill(b'=' * 76 + b'\r\n', size), b'base64')


@mail
def base64_parts(size):
    """the same in each of 490 parts"""
    one = fill(b' =' * 38 + b'\r\n', size // 490)
    return parts([b'Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n' + one] * 490)


@mail
def uuencode(size):
    """uuencoded lines, with begin and without end"""
    return plain(fill(b'begin 644 a.pdf\r\n' + b'M' + b'#' * 60 + b'\r\n', size))


@mail
def uuencode_parts(size):
    """490 parts in uuencode"""
    one = b'begin 644 a.pdf\r\n' + fill(b'M' + b'#' * 60 + b'\r\n', size // 490) + b'end\r\n'
    return parts([b'Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n' + one] * 490)


@mail
def nuls(size):
    """nothing but NUL"""
    return plain(bytes(size))


@mail
def line_long(size):
    """one line"""
    return plain(fill(b'a', size))


@mail
def line_words(size):
    """one line of words, with colons and hyphens where heads and separators have them"""
    return plain(fill(b'From: a Date: b -- 2020 12:00 @ ', size))


@mail
def lines_empty(size):
    """millions of lines with a letter each"""
    return plain(fill(b'a\r\n\r\n', size))


@mail
def text_parts(size):
    """490 parts of text, each beyond the limit"""
    one = fill(PROSE, size // 490)
    return parts([b'Content-Type: text/plain\r\n\r\n' + one] * 490)


@mail
def text_alternatives(size):
    """alternatives that say the same in another order, a line of one letter in between"""
    one = b''.join(b'%d a %d b\r\n' % (i * 7919 % 50021, i) for i in range(size // 490 // 14))
    return parts([b'Content-Type: text/plain\r\n\r\n' + one] * 490, b'alternative')


@mail
def text_repeats(size):
    """alternatives whose lines stand in each other in many places, never as a line"""
    one = fill(b'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', size // 490) + b'\r\n'
    return parts([b'Content-Type: text/plain\r\n\r\n' + one + fill(b'aaaaaaaaaa\r\n', size // 490)] * 240, b'alternative')


@mail
def text_charsets(size):
    """490 parts, each in another character set, most of it invalid"""
    names = [b'utf-7', b'iso-2022-jp', b'iso-2022-kr', b'gb18030', b'big5', b'utf-16', b'utf-32', b'euc-jp', b'hz']
    one = fill(b'+AGE-\x1b$B\xff\xfe~{<:Ky;\x80\x81', size // 490)
    return parts([b'Content-Type: text/plain; charset=' + names[i % 9] + b'\r\n\r\n' + one for i in range(490)])


@mail
def text_fold(size):
    """letters that become many when they are normalised, and accents without end"""
    return plain(fill('\ufdfa\ufdfb\u0344 \u200b\u202e'.encode() + 'a\u0301\u0316\u0323'.encode() * 20, size))


@mail
def text_flowed(size):
    """format=flowed with a soft break at each word"""
    return typed(b'text/plain; format=flowed; delsp=yes', fill(b'>>>> a \r\n>>> b \r\n', size))


@mail
def text_enriched(size):
    """text/enriched of commands that do not end"""
    return typed(b'text/enriched', fill(b'<bold><param><<<a', size))


@mail
def quote_heads(size):
    """heads of quoted mail without end"""
    return plain(fill(b'From: a@b.example\r\nSent: 1\r\nTo: c@d.example, e@f.example\r\nSubject: x\r\n', size))


@mail
def quote_labels(size):
    """labels that are no head, as block_begin() would go back over them"""
    return plain(fill(b'To: x\r\nCc: y\r\n', MB // 2) + fill(b'From: a@b\r\nDate: z\r\nFrom: c@d\r\n', size))


@mail
def quote_attributions(size):
    """lines that begin like an attribution, in three pieces"""
    return plain(fill(b'On 27 July 2020 12:00 a@b.example\r\nb c d\r\nwrote this:\r\n', size))


@mail
def quote_marks(size):
    """quoted deeper than anybody quotes"""
    return plain(fill(b'>' * 5000 + b' a\r\n' + b'> ' * 3000 + b'b\r\n', size))


@mail
def phrases_almost(size):
    """sentences that are a request but for one word"""
    almost = (b'Our bank details have not been. Please pay the open invoice into our new. Kindly update the account of. '
              b'Nos coordonnees bancaires ont. Unsere Bankverbindung hat sich nicht. Are you at your? I need gift. '
              b'Nuestros datos bancarios han. Le nostre coordinate bancarie sono. Merci de regler la facture sur. '
              b'Please buy some cards for. We will never notify you of a change. Send me the list of open. ')
    return plain(fill(almost, size))


@mail
def phrases_whole(size):
    """requests and denials without end, in one sentence"""
    return plain(fill(b'our bank details have changed and never have not changed but please pay into our new account, ', size))


@mail
def phrases_words(size):
    """the words of concepts, in no order"""
    words = [b'bank', b'account', b'new', b'changed', b'pay', b'invoice', b'please', b'details', b'iban', b'update',
             b'transfer', b'urgent', b'payment', b'our', b'the', b'konto', b'neue', b'bitte', b'facture', b'compte']
    return plain(b' '.join(words[i * 7 % 20 if i % 3 else i * i % 20] for i in range(size // 6)))


@mail
def accounts_many(size):
    """account numbers, valid but for a digit"""
    return plain(fill(b'IBAN GB29 NWBK 6016 1331 9268 18, sort code 20-00-00 account 12345678, ABA 021000020, '
                      b'BIC NWBKGB2L CLABE 032180000118359718 ', size))


# --- links

@mail
def links_text(size):
    """half a million links"""
    return plain(b'\r\n'.join(b'https://host%d.example/path/%d' % (i, i) for i in range(size // 40)))


@mail
def links_html(size):
    """half a million links in a page"""
    return page(b''.join(b'<a href="https://host%d.example/%d">valdor%d.example</a>\n' % (i, i, i) for i in range(size // 64)))


@mail
def links_same(size):
    """the same 490 links over and over, which differ at their end only"""
    long = b'https://host.example/' + b'x' * 1900
    return parts([b'Content-Type: text/plain\r\n\r\n' + b'\r\n'.join(long + b'%d' % i for i in range(30))] * 490)


@mail
def links_pages(size):
    """the same links in each of 490 pages"""
    links = b''.join(b'<a href="https://host-of-a-long-name.example/%060d">x' % i for i in range(480))
    return parts([b'Content-Type: text/html\r\n\r\n' + links] * 490)


@mail
def links_alike(size):
    """links to lookalikes, with long names of many labels"""
    name = b'.'.join(b'va1dor-rnetaux-%d-valdormetaux' % i for i in range(6))
    return page(b''.join(b'<a href="https://%d%s.%d.example/">valdormetaux.example</a>\n' % (i, name, i) for i in range(20000)))


@mail
def links_wrapped(size):
    """links around links around links"""
    url = b'https%253A%252F%252Fevil.example'
    for _ in range(8):
        url = b'https://eur01.safelinks.protection.outlook.com/?url=' + url
    return plain(fill(url + b'?%d\r\n', size))


# --- pages

@mail
def html_deep(size):
    """elements in elements"""
    return page(fill(b'<div>', size))


@mail
def html_formatting(size):
    """formatting that is never closed, as the adoption agency has it"""
    return page(fill(b'<a><b><i><u><p>x</b></i>', size))


@mail
def html_tables(size):
    """tables in tables, text out of place"""
    return page(fill(b'<table><tr>x<td><table>y', size))


@mail
def html_attributes(size):
    """one element with a million attributes"""
    return page(b'<div ' + b' '.join(b'a%d=b' % i for i in range(size // 10)) + b'>x</div>')


@mail
def html_entities(size):
    """entities"""
    return page(fill(b'&CounterClockwiseContourIntegral;&#x41;&amp;&notit;', size))


@mail
def html_letters(size):
    """a letter an element"""
    return page(fill(b'<span style="color:#111">a</span>', size))


@mail
def html_parts(size):
    """490 pages in one mail"""
    one = b'Content-Type: text/html\r\n\r\n' + fill(b'<p style="font-size:1px">a<b>b</p>', size // 490)
    return parts([one] * 490)


@mail
def html_hidden(size):
    """all of it hidden, piece by piece"""
    return page(fill(b'<span style="display:none">bank account changed</span><p>x', size))


@mail
def html_comments(size):
    """comments, conditional ones and open ones"""
    return page(fill(b'<!--[if mso]><p>a<![endif]--><!-- <p> b', size))


@mail
def css_rules(size):
    """100,000 rules for 100,000 elements"""
    rules = b''.join(b'.c%d .d%d > p[title~=x%d]{display:none}' % (i, i, i) for i in range(20000))
    return page(b'<style>' + rules + b'</style>' + b''.join(b'<p class="c%d d%d" title=x%d>a' % (i, i, i) for i in range(100000)))


@mail
def css_descendants(size):
    """selectors that go back over all the elements around"""
    rules = b'<style>' + b'div div div div div div div div div div .x p {color:white}' * 2000 + b'</style>'
    return page(rules + b'<div>' * 200 + b'<p>a' * 100000)


@mail
def css_inline(size):
    """a style of 30,000 declarations, and many"""
    return page(fill(b'<p style="' + b'color:red;display:block;font-size:calc(1px + (2em * 3));' * 500 + b'">x', size))


@mail
def css_comments(size):
    """style sheets of comments, strings and brackets that do not end"""
    return page(fill(b'<style>/* { " \' ( [ @media screen { a { b: url( \\</style>x', size))


# --- containers

@mail
def bomb_zip(size):
    """gigabytes of zeros in ZIPs"""
    return parts([attached('a%d.zip' % i, zipped([('a.txt', bytes(64 * MB)), ('b.txt', bytes(64 * MB))])) for i in range(20)])


@mail
def bomb_zip_nested(size):
    """ZIPs in ZIPs"""
    data = zipped([('a%d.txt' % i, bytes(MB)) for i in range(16)])
    for _ in range(5):
        data = zipped([('z%d.zip' % i, data) for i in range(16)])
    return parts([attached('a.zip', data)] * 4)


@mail
def bomb_zip_files(size):
    """60,000 files in one ZIP"""
    return parts([attached('a.zip', zipped([('f%d.docx' % i, b'x') for i in range(60000)]))] * 2)


@mail
def bomb_gzip(size):
    """zeros in gzip, bzip2 and xz"""
    z = bytes(256 * MB)
    return parts([attached('a.txt.gz', gzip.compress(z, 9, mtime=0)), attached('a.txt.bz2', bz2.compress(z)),
                  attached('a.txt.xz', lzma.compress(z, preset=0))] * 3)


@mail
def bomb_tar(size):
    """a tar of many files in gzip"""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w:gz', compresslevel=9) as t:
        for i in range(20000):
            t.addfile(tarfile.TarInfo('f%d.txt' % i), None)
        big = tarfile.TarInfo('big.txt')
        big.size = 64 * MB
        t.addfile(big, io.BytesIO(bytes(64 * MB)))
    data = bytearray(out.getvalue())
    data[4:8] = bytes(4)  # gzip's time
    return parts([attached('a.tar.gz', bytes(data))] * 4)


@mail
def bomb_docx(size):
    """DOCX whose XML is gigabytes, laughs, or is nested without end"""
    rel = ('[Content_Types].xml', b'<Types/>')
    laughs = b'<!DOCTYPE l [<!ENTITY a "lol">' + b''.join(
        b'<!ENTITY %c "%s">' % (98 + i, b'&%c;' % (97 + i) * 10) for i in range(9)) + b']><w:p>&j;</w:p>'
    return parts([attached('a.docx', zipped([rel, ('word/document.xml', b'<w:t>' + b'a' * (128 * MB))])),
                  attached('b.docx', zipped([rel, ('word/document.xml', laughs)])),
                  attached('c.docx', zipped([rel, ('word/document.xml', b'<w:p>' * (16 * MB // 5))])),
                  attached('d.xlsx', zipped([rel, ('xl/sharedStrings.xml', b'<si><t>a</t></si>' * (64 * MB // 17))]))] * 4)


@mail
def bomb_relations(size):
    """a deck whose every slide relates to hundreds of others, among thousands of files"""
    def related(what):
        return b'<r>' + b''.join(b'<R Type="/slide" Target="/ppt/slides/a/long/path/%s%04d.xml"/>' % (what, i)
                                 for i in range(500)) + b'</r>'
    deck, wrong = 'ppt/slides/a/long/path/', related(b'wrong')
    files = [('_rels/.rels', related(b'slide'))]
    for i in range(500):
        files += [('%sslide%04d.xml' % (deck, i), b'<d><p><t>Pay here</t></p></d>'),
                  ('%s_rels/slide%04d.xml.rels' % (deck, i), wrong)]
    files += [('%sother%04d.xml' % (deck, i), b'x') for i in range(3000)]
    return parts([attached('a.pptx', zipped(files))] * 4)


@mail
def bomb_scripts(size):
    """pages of scripts and handlers that do not end"""
    what = [b'onload=>', b"<p onload=''>", b'<script>', b'<script></script>', b"<script>'", b'onload\n',
            b"onload='%'data:", b'<p onload=eval(']
    return parts([attached('%d.html' % i, fill(w, 4 * MB)) for i, w in enumerate(what)])


def pdf(streams, extra=b''):
    out = b'%PDF-1.5\n'
    for i, (dictionary, data) in enumerate(streams, 4):
        out += b'%d 0 obj<</Length %d%s>>stream\n%s\nendstream endobj\n' % (i, len(data), dictionary, data)
    kids = b' '.join(b'%d 0 R' % (100 + i) for i in range(len(streams)))
    out += b'1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\n' % (len(streams), kids)
    out += b'3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n'
    for i in range(len(streams)):
        out += b'%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>endobj\n' % (100 + i, 4 + i)
    return out + extra + b'trailer<</Root 1 0 R>>\n%%EOF\n'


@mail
def bomb_pdf(size):
    """PDFs that unpack to gigabytes, or take for ever"""
    flate = b'/Filter/FlateDecode'
    words = zlib.compress(b'BT /F 9 Tf ' + b'(a b) Tj 1 1 Td ' * (32 * MB // 16) + b'ET', 9)
    spaces = zlib.compress(b' ' * (256 * MB), 9)
    twice = zlib.compress(zlib.compress(bytes(256 * MB), 9), 9)
    return parts([attached('a.pdf', pdf([(flate, words)])), attached('b.pdf', pdf([(flate, spaces)])),
                  attached('c.pdf', pdf([(b'/Filter[/FlateDecode/FlateDecode]', twice)])),
                  attached('d.pdf', pdf([(flate, words)] * 40))])


@mail
def bomb_pdf_paths(size):
    """PDFs that draw without end and say nothing"""
    draw = zlib.compress(b'0 0 m 1 1 l S ' * (64 * MB // 14), 9)
    return parts([attached('%d.pdf' % i, pdf([(b'/Filter/FlateDecode', draw)] * 30)) for i in range(4)])


@mail
def bomb_rtf(size):
    """RTF of groups in groups and of pictures"""
    return parts([attached('a.rtf', b'{\\rtf1 ' + b'{\\b' * (size // 30)),
                  attached('b.rtf', b'{\\rtf1 ' + b"\\u1234?\\'ff\\par " * (size // 90)),
                  attached('c.rtf', b'{\\rtf1{\\pict ' + b'00ff' * (size // 20))] * 3)


@mail
def attachments_many(size):
    """490 small attachments that each need somebody"""
    return parts([attached('%d.rtf' % i, b'{\\rtf1 ' + fill(b'hello ', size // 800)) for i in range(490)])


def main(argv):
    size = 32 * MB
    if argv[:1] == ['--list']:
        for name, make in MAILS.items():
            print('%-24s %s' % (name, make.__doc__))
        return
    if argv[1:2] == ['--mb']:
        size = int(argv[2]) * MB
        del argv[1:3]
    for name in argv[1:] or MAILS:
        data = MAILS[name](size - 64 * 1024)[:size]
        with open(os.path.join(argv[0], name + '.eml'), 'wb') as f:
            f.write(data)


if __name__ == '__main__':
    if len(sys.argv) < 2 or sys.argv[1] in ('-h', '--help'):
        sys.exit(__doc__)
    main(sys.argv[1:])
