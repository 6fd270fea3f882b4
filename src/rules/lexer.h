#ifndef RINGER_RULES_LEXER_H
#define RINGER_RULES_LEXER_H
#include "rules/expr.h"

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_WORD, TOKEN_INT, TOKEN_STRING, TOKEN_OP, TOKEN_BAD };

struct token {
    enum token_kind kind;
    size_t at, n;  /* where it stands in the text */
    const char *s; /* NAME, WORD (and, or, not, ...), OP, STRING: its value */
    int64_t i;
};

/* The token at `from`; TOKEN_BAD when there is none (reported). */
struct token lexer_next(struct expr_unit *unit, size_t from);
/* A regular expression /.../flags at `from` (blanks skipped). NULL when it is wrong (reported). */
const struct regex *lexer_regex(struct expr_unit *unit, size_t from, size_t *end_r);

#endif
