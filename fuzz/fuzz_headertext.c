/*
 * Fuzz target: headers that we add. Whatever the sender wrote, they are folded lines of printable ASCII, and a mail
 * program reads the text that went in.
 */
#include <string.h>

#include "base/text.h"

#include "mail/header.h"
#include "mail/message.h"
#include "milter/headertext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define SUBJECT "received"

enum { FOLD = 76, TEXT_MAX = 4096 };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    message_library_init();
    return 0;
}

/* No line that could be taken for another header; `ours`: nor anything but printable ASCII in lines of bounded length. */
static void check_lines(const char *s, bool ours)
{
    /* the name stands before the first line, and what is not broken (a word, a received Subject) may follow it */
    size_t column = 0, room = 2 * FOLD;
    for (; *s; s++, column++) {
        if (*s == '\r' || (*s == '\n' && s[1] != ' ' && s[1] != '\t'))
            __builtin_trap();
        if (ours && *s != '\n' && ((unsigned char)*s < ' ' || (unsigned char)*s >= 0x7f || column > room))
            __builtin_trap();
        if (*s == '\n') {
            column = 0;
            room = FOLD + sizeof(SUBJECT);
        }
    }
}

/* What a reader is to see: controls and blanks as single blanks. */
static const char *expected(struct arena *arena, const char *text)
{
    const char *in = text_valid_utf8(arena, span_of(text)).p;
    char *out = arena_alloc(arena, strlen(in) + 1);
    size_t n = 0;
    for (; *in; in++) {
        bool blank = (unsigned char)*in <= ' ' || *in == 0x7f;
        if (!blank)
            out[n++] = *in;
        else if (n && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    while (n && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return text_clean_line(arena, span_of(out)); /* without C1 controls, as header_decode() gives it */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    if (size > TEXT_MAX)
        size = TEXT_MAX;
    const char *text = arena_strndup(arena, (const char *)data, size);
    const char *whole = headertext_unstructured(arena, "X-Ringer-Reason", text, 4 * TEXT_MAX);
    check_lines(whole, true);
    if (strcmp(header_decode(arena, span_of(whole)), expected(arena, text)) != 0)
        __builtin_trap();
    check_lines(headertext_unstructured(arena, "X-Ringer-Reason", text, size ? data[0] : 0), true);
    check_lines(headertext_subject(arena, "[Suspicious]", text), false);
    check_lines(headertext_subject(arena, text, SUBJECT), true);
    arena_free(&arena);
    return 0;
}
