#ifndef RINGER_WORKER_XMLTEXT_H
#define RINGER_WORKER_XMLTEXT_H
#include <expat.h>
#include "base/buf.h"
#include "worker/extraction.h"

/*
 * The text of one XML file after another, by expat, into an extraction. Elements nested deeper than XML_DEPTH_MAX break
 * it. What an element means depends on the format, which is given, or told by the root element.
 */
enum {
    XML_DEPTH_MAX = 256,  /* elements; tables in tables in text boxes stay below 100 */
    XML_BRANCHES_MAX = 8, /* mc:AlternateContent in another; deeper ones are read in every branch */
};
enum xml_format {
    XML_BY_ROOT,        /* flat files: SVG, OpenDocument, Word, Excel; of others every word */
    XML_OOXML,          /* WordprocessingML and DrawingML */
    XML_ODF,            /* OpenDocument */
    XML_SHARED_STRINGS, /* of a workbook: kept, not text */
    XML_SHEET,
    XML_ANY,
    XML_FORMATS
};

struct xml_strings {
    struct buf bytes;
    size_t *ends; /* of each string */
    size_t n;
};

struct xml_branches { /* of one mc:AlternateContent: where its text and its fallback's begin in the sink */
    size_t from, fallback;
    bool compared;
};

struct xmltext {
    struct extraction *x;
    struct xml_strings strings;
    /* of the file being read */
    XML_Parser parser;
    enum xml_format format;
    const struct xml_element *elements;
    unsigned depth, skip, text, cell, run, alternatives; /* elements of the kind that are open */
    struct xml_branches branches[XML_BRANCHES_MAX];
    bool hidden, shared, refuse_doctype;
    char index[17]; /* digits of a shared string's number */
    size_t index_n;
    char last_y[16]; /* of the last SVG text */
    double last_x, last_step;
};

/* `package`: a part of an office package, which has no DOCTYPE; with it go entities. false: no memory; says so. */
bool xmltext_begin(struct xmltext *t, enum xml_format format, bool package);
/* The next bytes; false when no more are wanted: broken, late, or the sink is full. */
bool xmltext_feed(struct xmltext *t, struct span piece);
/* After the last; frees the parser. What is wrong stands in the extraction. */
void xmltext_end(struct xmltext *t);
void xmltext_free(struct xmltext *t); /* the strings */

#endif
