#ifndef RINGER_BASE_TEXT_TABLES_H
#define RINGER_BASE_TEXT_TABLES_H
#include <stdint.h>

/*
 * Tables for textfold.c alone. Letters of other scripts that a reader takes for a Latin letter, as they stand
 * in running text (capitals and small letters differ: Н looks like H, н is drawn the same but smaller).
 * Chosen from UTS #39's single-character confusables of Cyrillic, Greek, Armenian and Cherokee letters.
 */
struct lookalike_letter {
    uint16_t c;
    char latin;
};

/* Sorted by code point: looked up by bisection. */
static const struct lookalike_letter lookalike_letters[] = {
    {0x0391, 'a'}, {0x0392, 'b'}, {0x0395, 'e'}, {0x0396, 'z'}, {0x0397, 'h'}, {0x0399, 'i'}, {0x039A, 'k'},
    {0x039C, 'm'}, {0x039D, 'n'}, {0x039F, 'o'}, {0x03A1, 'p'}, {0x03A4, 't'}, {0x03A5, 'y'}, {0x03A7, 'x'},
    {0x03B1, 'a'}, {0x03B2, 'b'}, {0x03B3, 'y'}, {0x03B5, 'e'}, {0x03B7, 'n'}, {0x03B9, 'i'}, {0x03BA, 'k'},
    {0x03BD, 'v'}, {0x03BF, 'o'}, {0x03C1, 'p'}, {0x03C3, 'o'}, {0x03C4, 't'}, {0x03C5, 'u'}, {0x03C7, 'x'},
    {0x03C9, 'w'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x03F9, 'c'}, {0x0405, 's'}, {0x0406, 'i'}, {0x0408, 'j'},
    {0x0410, 'a'}, {0x0412, 'b'}, {0x0415, 'e'}, {0x041A, 'k'}, {0x041C, 'm'}, {0x041D, 'h'}, {0x041E, 'o'},
    {0x0420, 'p'}, {0x0421, 'c'}, {0x0422, 't'}, {0x0423, 'y'}, {0x0425, 'x'}, {0x0430, 'a'}, {0x0432, 'b'},
    {0x0433, 'r'}, {0x0435, 'e'}, {0x043A, 'k'}, {0x043C, 'm'}, {0x043D, 'h'}, {0x043E, 'o'}, {0x043F, 'n'},
    {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x044C, 'b'}, {0x0455, 's'},
    {0x0456, 'i'}, {0x0458, 'j'}, {0x0475, 'v'}, {0x0493, 'f'}, {0x04AE, 'y'}, {0x04AF, 'y'}, {0x04BA, 'h'},
    {0x04BB, 'h'}, {0x04C0, 'l'}, {0x04CF, 'l'}, {0x0500, 'd'}, {0x0501, 'd'}, {0x050C, 'g'}, {0x051A, 'q'},
    {0x051B, 'q'}, {0x051C, 'w'}, {0x051D, 'w'}, {0x0555, 'o'}, {0x0563, 'q'}, {0x0566, 'q'}, {0x0570, 'h'},
    {0x0578, 'n'}, {0x057C, 'n'}, {0x057D, 'u'}, {0x0581, 'g'}, {0x0585, 'o'}, {0x13A0, 'd'}, {0x13A1, 'r'},
    {0x13A2, 't'}, {0x13A5, 'i'}, {0x13A9, 'y'}, {0x13AA, 'a'}, {0x13AB, 'j'}, {0x13AC, 'e'}, {0x13B3, 'w'},
    {0x13B7, 'm'}, {0x13BB, 'h'}, {0x13C0, 'g'}, {0x13C2, 'h'}, {0x13C3, 'z'}, {0x13CF, 'b'}, {0x13D2, 'r'},
    {0x13D4, 'w'}, {0x13D5, 's'}, {0x13D9, 'v'}, {0x13DA, 's'}, {0x13DE, 'l'}, {0x13DF, 'c'}, {0x13E2, 'p'},
    {0x13E6, 'k'}, {0x13F4, 'b'},
};

/* Latin letters without a decomposition (small capitals, strokes, phonetic forms), sorted. */
struct latin_letter {
    uint16_t c;
    char plain[3];
};
static const struct latin_letter latin_letters[] = {
    {0x00C6, "ae"}, {0x00D0, "d"},  {0x00D8, "o"},  {0x00DE, "th"}, {0x00DF, "ss"}, {0x00E6, "ae"},
    {0x00F0, "d"},  {0x00F8, "o"},  {0x00FE, "th"}, {0x0110, "d"},  {0x0111, "d"},  {0x0126, "h"},
    {0x0127, "h"},  {0x0131, "i"},  {0x0138, "k"},  {0x0141, "l"},  {0x0142, "l"},  {0x014A, "n"},
    {0x014B, "n"},  {0x0152, "oe"}, {0x0153, "oe"}, {0x0166, "t"},  {0x0167, "t"},  {0x0180, "b"},
    {0x0181, "b"},  {0x0187, "c"},  {0x0188, "c"},  {0x018A, "d"},  {0x0191, "f"},  {0x0192, "f"},
    {0x0197, "i"},  {0x0198, "k"},  {0x0199, "k"},  {0x019A, "l"},  {0x019D, "n"},  {0x019E, "n"},
    {0x01A4, "p"},  {0x01A5, "p"},  {0x01AB, "t"},  {0x01AC, "t"},  {0x01AD, "t"},  {0x01B3, "y"},
    {0x01B4, "y"},  {0x01B5, "z"},  {0x01B6, "z"},  {0x01C0, "l"},  {0x01E4, "g"},  {0x01E5, "g"},
    {0x0237, "j"},  {0x023A, "a"},  {0x023C, "c"},  {0x023E, "t"},  {0x0247, "e"},  {0x0249, "j"},
    {0x024D, "r"},  {0x024F, "y"},  {0x0251, "a"},  {0x0253, "b"},  {0x0255, "c"},  {0x0256, "d"},
    {0x0257, "d"},  {0x0260, "g"},  {0x0261, "g"},  {0x0262, "g"},  {0x0266, "h"},  {0x0268, "i"},
    {0x0269, "i"},  {0x026A, "i"},  {0x026B, "l"},  {0x026D, "l"},  {0x0271, "m"},  {0x0272, "n"},
    {0x0273, "n"},  {0x0274, "n"},  {0x0275, "o"},  {0x027C, "r"},  {0x027D, "r"},  {0x0280, "r"},
    {0x0282, "s"},  {0x0288, "t"},  {0x0289, "u"},  {0x028B, "v"},  {0x028F, "y"},  {0x0290, "z"},
    {0x0291, "z"},  {0x0299, "b"},  {0x029C, "h"},  {0x029F, "l"},  {0x1D00, "a"},  {0x1D04, "c"},
    {0x1D05, "d"},  {0x1D07, "e"},  {0x1D0A, "j"},  {0x1D0B, "k"},  {0x1D0D, "m"},  {0x1D0F, "o"},
    {0x1D18, "p"},  {0x1D1B, "t"},  {0x1D1C, "u"},  {0x1D20, "v"},  {0x1D21, "w"},  {0x1D22, "z"},
    {0x1E9E, "ss"}, {0xA730, "f"},  {0xA731, "s"},
};

/* U+00C0..U+017F without their accents; '\0' where latin_letters or nothing applies (× ÷). */
static const char latin_plain[0x180 - 0xC0 + 1] = "aaaaaa\0ceeeeiiii"
                                                  "\0nooooo\0\0uuuuy\0\0"
                                                  "aaaaaa\0ceeeeiiii"
                                                  "\0nooooo\0\0uuuuy\0y"
                                                  "aaaaaaccccccccdd"
                                                  "\0\0eeeeeeeeeegggg"
                                                  "gggghh\0\0iiiiiiii"
                                                  "i\0\0\0jjkk\0lllllll"
                                                  "l\0\0nnnnnnn\0\0oooo"
                                                  "oo\0\0rrrrrrssssss"
                                                  "sstttt\0\0uuuuuuuu"
                                                  "uuuuwwyyyzzzzzzs";

#endif
