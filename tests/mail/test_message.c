/* Tests of src/mail/message.c and parts.c: every anomaly and every limit on a real mail. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "mail/attachment.h"
#include "mail/message.h"

static const struct envelope envelope;

static const struct message *parse(struct arena *arena, const char *raw)
{
    return message_parse(arena, &envelope, span_of(raw), false, &message_limits_default);
}

#define FROM    "From: A <a@example.com>\n"
#define TYPE(t) "Content-Type: " t "\n"

static void test_anomalies(void **state)
{
    static const struct {
        const char *raw;
        unsigned want;
    } rows[] = {
        {FROM "To: b@example.org\nSubject: x\n\nhi", 0},
        {"Subject: x\n\nhi", ANOMALY_FROM_MISSING},
        {"", ANOMALY_FROM_MISSING},
        {FROM "From: b@example.com\n\nhi", ANOMALY_FROM_SEVERAL_FIELDS | ANOMALY_FROM_SEVERAL_ADDRESSES},
        {"From: a@example.com, b@example.com\n\nhi", ANOMALY_FROM_SEVERAL_ADDRESSES},
        {"From: nobody\n\nhi", ANOMALY_ADDRESS_MALFORMED},
        {FROM "Reply-To: <x@a..b>\n\nhi", ANOMALY_ADDRESS_MALFORMED},
        {FROM "Subject: a\nSubject: b\n\nhi", ANOMALY_DUPLICATE_HEADER},
        {FROM TYPE("multipart/mixed; boundary=a; boundary=b") "\n--a\n\nhi\n--a--",
         ANOMALY_BOUNDARY_DUPLICATE},
        {FROM TYPE("multipart/mixed") "\nhi", ANOMALY_BOUNDARY_MISSING},
        {FROM TYPE("text/plain; charset=x-martian") "\nhi", ANOMALY_CHARSET_UNKNOWN},
        {"From: <@relay.example:a@b.example>\n\nhi", ANOMALY_ADDRESS_ROUTE},
        {FROM "Content-Transfer-Encoding: x-rot13\n\nhi", ANOMALY_ENCODING_UNKNOWN | ANOMALY_PART_UNPARSED},
        {FROM TYPE("text/plain; charset=utf-8") "\nh\xE9", ANOMALY_BAD_UTF8},
        {FROM "Subject: a\rX: b\n\nhi", ANOMALY_HEADER_CONTROL},
        {FROM "Content-Transfer-Encoding: base64\n\n!!!!", ANOMALY_PART_UNPARSED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        const struct message *m = parse(arena, rows[i].raw);
        assert_int_equal(m->anomalies, rows[i].want);
        assert_int_equal(m->limits_hit, 0);
        arena_free(&arena);
    }
    struct arena *arena = arena_new();
    const struct message *m =
        message_parse(arena, &envelope, SPAN_LIT(FROM "\nh\0i"), false, &message_limits_default);
    assert_int_equal(m->anomalies, ANOMALY_NUL_BYTES);
    arena_free(&arena);
}

static void test_limits(void **state)
{
    static const char raw[] = FROM "To: a@x.example, b@x.example, c@x.example\nX-A: 1\nX-B: 2\n" TYPE(
        "multipart/mixed; boundary=b") "\n--b\n\nwords and words http://a.example http://b.example "
                                       "http://c.example\n--b\n" TYPE(
                                           "application/pdf") "\n%PDF-1.4 "
                                                              "012345678901234"
                                                              "567890123456789"
                                                              "0123456789\n--"
                                                              "b\n" TYPE(
                                                                  "mult"
                                                                  "ipar"
                                                                  "t/"
                                                                  "mixe"
                                                                  "d; "
                                                                  "boun"
                                                                  "dary"
                                                                  "=c") "\n--c\n" TYPE("multipart/mixed; "
                                                                                       "boundary=d") "\n--"
                                                                                                     "d\n\nin"
                                                                                                     "ner\n--"
                                                                                                     "d--\n--"
                                                                                                     "c--\n--"
                                                                                                     "b--\n";
    static const struct {
        size_t at, value;
        unsigned want;
    } rows[] = {
        {offsetof(struct message_limits, raw_bytes), 300, LIMIT_RAW},
        {offsetof(struct message_limits, header_bytes), 60, LIMIT_HEADER_BYTES},
        {offsetof(struct message_limits, headers), 2, LIMIT_HEADERS},
        {offsetof(struct message_limits, parts), 2, LIMIT_PARTS},
        {offsetof(struct message_limits, depth), 1, LIMIT_DEPTH},
        {offsetof(struct message_limits, text_bytes), 20, LIMIT_TEXT},
        {offsetof(struct message_limits, attachment_bytes), 20, LIMIT_ATTACHMENT},
        {offsetof(struct message_limits, addresses), 2, LIMIT_ADDRESSES},
        {offsetof(struct message_limits, links), 2, LIMIT_LINKS},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct message_limits limits = message_limits_default;
        memcpy((char *)&limits + rows[i].at, &rows[i].value, sizeof(size_t));
        const struct message *m = message_parse(arena, &envelope, span_of(raw), false, &limits);
        assert_int_equal(m->limits_hit, rows[i].want);
        arena_free(&arena);
    }
    struct arena *arena = arena_new();
    assert_int_equal(parse(arena, raw)->limits_hit, 0);
    assert_int_equal(message_parse(arena, &envelope, span_of(raw), true, &message_limits_default)->limits_hit,
                     LIMIT_RAW);
    arena_free(&arena);
}

static void test_fields(void **state)
{
    struct arena *arena = arena_new();
    const struct message *m = parse(
        arena,
        "From: =?utf-8?q?J=C3=BCrgen?= <J@Example.COM>\nSender: s@example.net\nReply-To: r@example.org\n"
        "Return-Path: <p@example.com>\nTo: x@a.example, y@b.example\nCc: Z <z@c.example>\nSubject: "
        "=?utf-8?b?w6k=?=\n"
        "Message-ID: <id1@example.com>\nIn-Reply-To: Your mail <id0@example.com>\n"
        "References: <r1@example.com>\n <r2@example.com>\nDate: Mon, 27 Jul 2026 10:04:00 +0200\n\nhi");
    assert_string_equal(m->from.v[0].name, "J\xC3\xBCrgen");
    assert_string_equal(m->from.v[0].address, "J@example.com");
    assert_string_equal(m->sender.v[0].domain, "example.net");
    assert_string_equal(m->reply_to.v[0].local, "r");
    assert_string_equal(m->return_path.v[0].address, "p@example.com");
    assert_int_equal(m->to.n, 2);
    assert_string_equal(m->cc.v[0].name, "Z");
    assert_string_equal(m->subject, "\xC3\xA9");
    assert_string_equal(m->message_id, "id1@example.com");
    assert_string_equal(m->in_reply_to, "id0@example.com");
    assert_int_equal(m->n_references, 2);
    assert_string_equal(m->references[1], "r2@example.com");
    assert_int_equal(m->date, 1785139440);
    assert_string_equal(message_header(m, "SUBJECT")->value, "\xC3\xA9");
    assert_null(message_header(m, "X-None"));
    m = parse(arena, "From: a@example.com\nDate: nonsense\n\n");
    assert_int_equal(m->date, 0);
    assert_null(m->subject);
    assert_null(m->message_id);
    assert_false(m->cc.present);
    arena_free(&arena);
}

/* The first 32 are looked at, whoever wrote them; those that keep to the grammar are there. */
static void test_authres(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0};
    (void)state;
    const struct message *m = parse(arena, "Received: x\n" FROM "\n");
    assert_int_equal(m->n_authres, 0);
    m = parse(arena, "Received: x\nauthentication-results: a.example; spf=pass\n"
                     "Authentication-Results: b.example; dmarc=pass header.from\n" FROM
                     "Authentication-Results: c.example; none\n\n");
    assert_int_equal(m->n_authres, 2);
    assert_int_equal(m->authres[0].header, 1);
    assert_string_equal(m->authres[0].said.authserv_id, "a.example");
    assert_string_equal(authres_find(&m->authres[0].said, "spf")->result, "pass");
    assert_int_equal(m->authres[1].header, 4);
    for (unsigned i = 0; i < 40; i++)
        buf_printf(&raw, "Authentication-Results: mx%u.example;%s none\n", i, i % 2 ? " =" : "");
    buf_adds(&raw, FROM "\n");
    m = parse(arena, arena_span(arena, buf_span(&raw)));
    assert_int_equal(m->n_authres, 16);
    assert_string_equal(m->authres[15].said.authserv_id, "mx30.example");
    buf_free(&raw);
    arena_free(&arena);
}

static bool join(void *context, const char *address)
{
    buf_printf(context, "%s|", address);
    return strcmp(address, "stop@c.example") != 0;
}

static void check_recipients(const struct envelope *e, const char *headers, size_t most, const char *want,
                             bool all)
{
    struct arena *arena = arena_new();
    struct buf out = {0};
    buf_adds(&out, "");
    const struct message *m = message_parse(arena, e, span_of(headers), false, &message_limits_default);
    assert_int_equal(message_each_recipient(m, most, join, &out), all);
    assert_string_equal(arena_span(arena, buf_span(&out)), want);
    buf_free(&out);
    arena_free(&arena);
}

static void test_recipients(void **state)
{
    static const char *const rcpts[] = {"x@a.example", "y@a.example"};
    static const char headers[] =
        "To: a@c.example, b@c.example\nCc: c@c.example, stop@c.example, d@c.example\n\n";
    (void)state;
    check_recipients(&(struct envelope){.rcpts = rcpts, .n_rcpts = 2}, headers, 9, "x@a.example|y@a.example|",
                     true);
    check_recipients(&envelope, headers, 1, "a@c.example|c@c.example|", true);
    check_recipients(NULL, headers, 9, "a@c.example|b@c.example|c@c.example|stop@c.example|", false);
    check_recipients(NULL, "From: a@c.example\n\n", 9, "", false);
}

static void test_envelope_domain(void **state)
{
    static const struct {
        const char *sender, *domain;
    } rows[] = {{"a@b.example", "b.example"},
                {"\"@x\"@b.example", "b.example"},
                {"", NULL},
                {"local", NULL},
                {NULL, NULL}};
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct envelope e = {.mail_from = rows[i].sender};
        const char *domain = message_envelope_domain(
            message_parse(arena, &e, SPAN_LIT(FROM "\n"), false, &message_limits_default));
        assert_string_equal(domain ? domain : "none", rows[i].domain ? rows[i].domain : "none");
    }
    assert_null(message_envelope_domain(
        message_parse(arena, NULL, SPAN_LIT(FROM "\n"), false, &message_limits_default)));
    arena_free(&arena);
}

/* "kind[h]:text|" of each text. */
static void check_texts(const char *raw, const char *want)
{
    static const char letters[] = "UOQSDHA";
    struct arena *arena = arena_new();
    const struct message *m = parse(arena, raw);
    struct buf out = {0};
    for (size_t i = 0; i < m->n_texts; i++)
        buf_printf(&out, "%c%s:%.*s|", letters[m->texts[i].kind], m->texts[i].html ? "h" : "",
                   (int)m->texts[i].text.n, m->texts[i].text.p);
    assert_string_equal(out.p, want);
    buf_free(&out);
    arena_free(&arena);
}

#define ALT  FROM "Subject: s\n" TYPE("multipart/alternative; boundary=b")
#define HTML "\n--b\n" TYPE("text/html") "\n"

static void test_texts(void **state)
{
    check_texts(FROM "Subject: s\n\nhi\n\nOn 1 Jan 2026, B wrote:\n> old\n-- \nA",
                "U:s|O:hi|Q:On 1 Jan 2026, B wrote:\nold|S:-- \nA|");
    check_texts(ALT "\n--b\n\nSame *words* here <http://x.example>\n\nTwo" HTML
                    "<p>Same <b>words</b> here</p><p>Two</p>\n--b--",
                "U:s|O:Same *words* here <http://x.example>\n\nTwo|");
    check_texts(ALT "\n--b\n\nHarmless" HTML "<p>Harmless</p><p>Our account changed</p>\n--b--",
                "U:s|O:Harmless|Oh:Our account changed|");
    check_texts("In-Reply-To: <1@b.example>\n" ALT "\n--b\n\nhi\n> pay us" HTML
                "<p>hi</p><p>pay us</p>\n--b--",
                "U:s|O:hi|Q:pay us|Oh:pay us|");
    /* a sentence in the middle of the other rendering's line may be denied there */
    check_texts(ALT "\n--b\n\nWe never write: pay us" HTML "<p>pay us</p>\n--b--",
                "U:s|O:We never write: pay us|Oh:pay us|");
    check_texts(ALT "\n--b\n\nFolded as\nprograms do" HTML "<p>Folded as programs do</p>\n--b--",
                "U:s|O:Folded as\nprograms do|");
    check_texts(FROM TYPE("text/html") "\nseen<div style='display:none'>unseen</div>", "Oh:seen|Hh:unseen|");
    check_texts(FROM TYPE("message/rfc822") "\nFrom: b@example.org\nSubject: old\n\ninner", "Q:old|Q:inner|");
    check_texts(FROM "Content-Transfer-Encoding: base64\n\naGVs\nbG8=\n!IHlvdQ==",
                "O:hello you|"); /* "=" inside */
    check_texts(FROM "Content-Transfer-Encoding: quoted-printable\n\nin=\nvoice =C3=A9",
                "O:invoice \xC3\xA9|");
    check_texts(FROM TYPE("text/plain") "Content-Disposition: attachment; filename=a.txt\n\nwords",
                "A:words|");
    check_texts(FROM TYPE("text/html; charset=gb2312") "\n<p>\xD2\xF8\xD0\xD0",
                "Oh:\xE9\x93\xB6\xE8\xA1\x8C|");
}

/* Letters that stand apart are read together, too; where the distance is another one, a word ends. */
static void test_spaced_letters(void **state)
{
    check_texts(FROM "\nOur b a n k  a c c o u n t  c h a n g e d .",
                "O:Our b a n k  a c c o u n t  c h a n g e d .|O:Our bank account changed|");
    check_texts(FROM "\np.a.y o.u.r n.e.w a.c.c.o.u.n.t now",
                "O:p.a.y o.u.r n.e.w a.c.c.o.u.n.t now|O:pay our new account now|");
    check_texts(
        FROM TYPE(
            "text/html") "\n<p>p<br>a<br>y<br><br>o<br>u<br>r<br><br>a<br>c<br>c<br>o<br>u<br>n<br>t<br>"
                         "<br>n<br>o<br>w",
        "Oh:p\na\ny\n\no\nu\nr\n\na\nc\nc\no\nu\nn\nt\n\nn\no\nw|Oh:pay our account now|");
    check_texts(
        FROM TYPE("text/plain; charset=utf-8") "\n\xE9\x93\xB6 \xE8\xA1\x8C \xE8\xB4\xA6 \xE6\x88\xB7 "
                                               "\xE5\xB7\xB2 \xE6\x9B\xB4 \xE6\x94\xB9 "
                                               "\xE8\xAF\xB7 \xE4\xBB\x98 \xE6\xAC\xBE \xE5\x88\xB0 "
                                               "\xE6\x96\xB0 \xE8\xB4\xA6 \xE6\x88\xB7 \xE8\xB0\xA2 "
                                               "\xE8\xB0\xA2",
        "O:\xE9\x93\xB6 \xE8\xA1\x8C \xE8\xB4\xA6 \xE6\x88\xB7 \xE5\xB7\xB2 \xE6\x9B\xB4 \xE6\x94\xB9 "
        "\xE8\xAF\xB7 \xE4\xBB\x98 \xE6\xAC\xBE \xE5\x88\xB0 \xE6\x96\xB0 \xE8\xB4\xA6 \xE6\x88\xB7 "
        "\xE8\xB0\xA2 "
        "\xE8\xB0\xA2|O:\xE9\x93\xB6\xE8\xA1\x8C\xE8\xB4\xA6\xE6\x88\xB7\xE5\xB7\xB2\xE6\x9B\xB4\xE6\x94\xB9"
        "\xE8\xAF\xB7\xE4\xBB\x98\xE6\xAC\xBE\xE5\x88\xB0\xE6\x96\xB0\xE8\xB4\xA6\xE6\x88\xB7\xE8\xB0\xA2"
        "\xE8\xB0\xA2|");
    check_texts(FROM "\nA. B. Smith, plan B: a b c", "O:A. B. Smith, plan B: a b c|");
}

/* What looks quoted is the sender's own where nothing else was written, and where he quotes himself. */
static void test_own_quotes(void **state)
{
    check_texts(FROM "\nhi\n> pay us", "O:hi\npay us|"); /* marks that nothing speaks for */
    check_texts("References: <1@b.example>\n" FROM "\nhi\n> pay us", "O:hi|Q:pay us|");
    check_texts(FROM "\nhi\n\nOn 1 Jan 2026, B <b@other.example> wrote:\n> pay us",
                "O:hi|Q:On 1 Jan 2026, B <b@other.example> wrote:\npay us|");
    check_texts(FROM "\n-----Original Message-----\n\npay us", "O:-----Original Message-----\n\npay us|");
    check_texts(FROM "\nFrom: Ann\nTo: Accounts\nSubject: New account\n\npay us",
                "O:From: Ann\nTo: Accounts\nSubject: New account\n\npay us|");
    check_texts(FROM "\nTo: Accounts\nFrom: Ann\nSubject: New account\n\npay us",
                "O:To: Accounts\nFrom: Ann\nSubject: New account\n\npay us|");
    check_texts(FROM "\nsee below\n\nFrom: X <x@example.com>\nSent: 1\nSubject: a\n\npay us",
                "O:see below|O:From: X <x@example.com>\nSent: 1\nSubject: a\n\npay us|");
    check_texts(FROM "\nsee below\n\nFrom: X <x@other.example>\nSent: 1\nSubject: a\n\npay us",
                "O:see below|Q:From: X <x@other.example>\nSent: 1\nSubject: a\n\npay us|");
    check_texts(FROM TYPE("text/html") "\n<div class=gmail_quote>pay us</div>", "Oh:pay us|");
    check_texts(FROM TYPE("text/html") "\n<p>hi</p><div class=gmail_quote>pay us</div>", "Oh:hi|Oh:pay us|");
}

static void test_quoted_addresses(void **state)
{
    struct arena *arena = arena_new();
    const struct message *m = parse(
        arena,
        FROM TYPE(
            "multipart/mixed; boundary=b") "\n--b\n\nmine\n\nFrom: Ann <ann@example.net>\nSent: 1\nTo: "
                                           "Bob <bob@example.org>\nSubject: x\n\nold\n--b\n" TYPE(
                                               "message/rfc822") "\nFrom: Carl "
                                                                 "<carl@example.edu>\n\ninner\n--b--\n");
    assert_int_equal(m->n_quoted, 3);
    assert_string_equal(m->quoted[0].role, "from");
    assert_string_equal(m->quoted[0].mailbox.address, "ann@example.net");
    assert_string_equal(m->quoted[1].role, "to");
    assert_string_equal(m->quoted[1].mailbox.name, "Bob");
    assert_string_equal(m->quoted[2].mailbox.domain, "example.edu");
    arena_free(&arena);
}

/* What stands before the header must not hide who writes. */
static void test_displaced_header(void **state)
{
    static const char *const before[] = {"\n", "\r\n\r\n", "GET / HTTP/1.1\n",
                                         "junk\n\njunk: x y\nmore junk\n", "Received: by x\n\n"};
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        struct arena *arena = arena_new();
        const struct message *m = parse(
            arena, arena_printf(arena, "%sFrom: A <a@b.example>\nTo: c@d.example\nSubject: s\n\nhello\n",
                                before[i]));
        assert_int_equal(m->from.n, 1);
        assert_string_equal(m->subject, "s");
        assert_true(m->anomalies & ANOMALY_HEADER_DISPLACED);
        assert_false(m->anomalies & ANOMALY_FROM_MISSING);
        arena_free(&arena);
    }
    struct arena *arena = arena_new();
    const struct message *m = parse(arena, "Subject: s\n\nFrom: here to eternity\nTo: nobody knows\n");
    assert_true(m->anomalies & ANOMALY_HEADER_DISPLACED); /* better than no sender at all */
    m = parse(arena, "Subject: s\n\nhello\n");
    assert_false(m->anomalies & ANOMALY_HEADER_DISPLACED);
    m = parse(arena, "From: a@b.example\nSubject: s\n\nFrom: c@d.example\nTo: x\n\nhi");
    assert_false(m->anomalies & ANOMALY_HEADER_DISPLACED);
    assert_string_equal(m->from.v[0].domain, "b.example");
    arena_free(&arena);
}

static void test_attachments(void **state)
{
    struct arena *arena = arena_new();
    const struct message *m = parse(
        arena,
        FROM TYPE("multipart/mixed; boundary=b") "\n--b\n" TYPE(
            "application/octet-stream; name=\"x.pdf\"") "Content-Transfer-Encoding: "
                                                        "base64\nContent-Disposition: attachment; "
                                                        "filename*=utf-8''R%C3%89SUM%C3%89."
                                                        "pdf\n\nJVBERi0xLjQK\n"
                                                        "--b\n" TYPE("image/png") "Content-Transfer-Encoding:"
                                                                                  " base64\n\niVBORw0KGgo=\n"
                                                                                  "--b\n\nbegin 644 "
                                                                                  "old.txt\n#86)C\n`"
                                                                                  "\nend\nafter\n--b--\n");
    assert_int_equal(m->n_attachments, 3);
    assert_string_equal(m->attachments[0].filename, "R\xC3\x89SUM\xC3\x89.pdf");
    assert_string_equal(m->attachments[0].type, "application/octet-stream");
    assert_string_equal(m->attachments[0].sniffed, "pdf");
    assert_true(span_eq(m->attachments[0].bytes, SPAN_LIT("%PDF-1.4\n")));
    assert_string_equal(m->attachments[1].sniffed, "png");
    assert_int_equal(m->attachments[1].size, 8);
    assert_int_equal(m->attachments[1].bytes.n, 0);
    assert_string_equal(m->attachments[2].filename, "old.txt");
    assert_true(span_eq(m->attachments[2].bytes, SPAN_LIT("abc")));
    assert_true(memmem(m->texts[0].text.p, m->texts[0].text.n, "begin 644", 9)); /* programs show it */
    assert_true(memmem(m->texts[0].text.p, m->texts[0].text.n, "after", 5));
    arena_free(&arena);
}

/* A picture's bytes are not kept, but can be had; so can those of one that stands in the page. */
static void test_pictures(void **state)
{
    static const char gif[] = "GIF89a\x90\x01\x2c\x01",
                      jpeg[] = "\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08\1\x2c\1\x90";
    struct arena *arena = arena_new();
    const struct message *m = parse(
        arena, FROM TYPE("multipart/mixed; boundary=b") "\n--b\n" TYPE(
                   "text/html") "\n<p>data:image/ <img src='DATA:Image/GIF;Base64,R0lGODlhkAEsAQ=='>\n--b\n"
                                "Content-Transfer-Encoding: base64\n" TYPE(
                                    "image/gif; name=a.gif") "\nR0lGODlhkAEs"
                                                             "\nAQ==\n--b--\n");
    unsigned width, height;
    assert_int_equal(m->n_attachments, 2);
    for (size_t i = 0; i < 2; i++) {
        struct span bytes = message_picture(arena, &m->attachments[i], 100);
        assert_true(span_eq(bytes, (struct span){gif, sizeof(gif) - 1}));
        assert_int_equal(message_picture(arena, &m->attachments[i], 5).n, 0);
        assert_true(attachment_picture_size(bytes, &width, &height));
        assert_true(width == 400 && height == 300);
        assert_int_equal(m->attachments[i].bytes.n, 0);
    }
    assert_string_equal(m->attachments[0].type, "image/gif");
    assert_true(attachment_picture_size((struct span){jpeg, sizeof(jpeg) - 1}, &width, &height));
    assert_true(width == 400 && height == 300);
    assert_false(attachment_picture_size((struct span){jpeg, 12}, &width, &height));
    arena_free(&arena);
}

/* A link in a code is one of the message; the code is a text of its own. */
static void test_codes(void **state)
{
    struct arena *arena = arena_new();
    const struct message *m = parse(arena, FROM TYPE("application/pdf; name=a.pdf") "\n%PDF-1.4\n");
    const struct attachment_answer answers[] = {{.status = ATTACHMENT_READ,
                                                 .text = SPAN_LIT("words"),
                                                 .codes = SPAN_LIT("https://a.example/b\n\nBCD\n002")}};
    const struct message *read = message_with_answers(arena, m, answers, &message_limits_default);
    assert_int_equal(read->n_texts, 2);
    assert_false(read->texts[0].code);
    assert_true(read->texts[1].code && read->texts[1].attachment == 0);
    assert_int_equal(read->n_links, 1);
    assert_string_equal(read->links[0].host, "a.example");
    struct message_limits none = message_limits_default;
    none.links = 0;
    assert_true(message_with_answers(arena, m, answers, &none)->limits_hit & LIMIT_LINKS);
    arena_free(&arena);
}

/* What was read of attachments: the parsed message stays as it was, and the limit is of all of them together. */
static void test_answers(void **state)
{
    struct arena *arena = arena_new();
    const struct message *m = parse(
        arena,
        FROM TYPE("multipart/mixed; boundary=b") "\n--b\n\nhello\n--b\n" TYPE(
            "application/pdf; name=a.pdf") "\n%PDF-1.4\n--b\n" TYPE("application/pdf; "
                                                                    "name=b.pdf") "\n%PDF-1.4\n--b--\n");
    struct message_limits limits = message_limits_default;
    const struct attachment_answer answers[] = {
        {.status = ATTACHMENT_READ, .text = SPAN_LIT("out of\r\nthe file")},
        {.status = ATTACHMENT_TIMEOUT, .text = SPAN_LIT("caf\xC3\xA9")},
    };
    assert_int_equal(m->n_attachments, 2);
    limits.text_bytes = answers[0].text.n + 4; /* in the middle of the second one's last letter */
    const struct message *read = message_with_answers(arena, m, answers, &limits);
    assert_int_equal(m->n_texts, 1);
    assert_false(m->attachments_asked);
    assert_int_equal(m->attachments[1].status, ATTACHMENT_NOT_ASKED);
    assert_true(read->attachments_asked);
    assert_int_equal(read->n_texts, 3);
    assert_int_equal(read->texts[1].kind, TEXT_ATTACHMENT);
    assert_true(span_eq(read->texts[1].text, SPAN_LIT("out of\nthe file")));
    assert_true(span_eq(read->texts[2].text, SPAN_LIT("caf")));
    assert_int_equal(read->texts[2].attachment, 1);
    assert_int_equal(read->attachments[1].status, ATTACHMENT_TIMEOUT);
    assert_true(read->limits_hit & LIMIT_TEXT);
    arena_free(&arena);
}

static void test_links(void **state)
{
    struct arena *arena = arena_new();
    const struct message *m = parse(
        arena, ALT
        "\n--b\n\nSee http://a.example/x" HTML
        "<a href='http://a.example/x'>here</a><a href='http://evil.example'>https://bank.example</a>\n--b--");
    assert_int_equal(m->n_links, 2);
    assert_string_equal(m->links[0].shown, "here");
    assert_string_equal(m->links[1].host, "evil.example");
    assert_string_equal(m->links[1].shown_host, "bank.example");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anomalies),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_authres),
        cmocka_unit_test(test_recipients),
        cmocka_unit_test(test_envelope_domain),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_spaced_letters),
        cmocka_unit_test(test_own_quotes),
        cmocka_unit_test(test_quoted_addresses),
        cmocka_unit_test(test_displaced_header),
        cmocka_unit_test(test_attachments),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_links),
    };
    message_library_init();
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
