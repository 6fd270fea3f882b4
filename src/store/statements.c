/*
 * The statements in SQL, by their numbers.
 */
#include "store/db.h"

const char *const statement_sql[SQL_COUNT] = {
#define STATEMENT(id, sql) [SQL_##id] = sql,
#include "store/statements.def"
#undef STATEMENT
};
