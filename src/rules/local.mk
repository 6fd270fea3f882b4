libringer_a_SOURCES += \
	src/rules/bundle.c src/rules/bundle.h \
	src/rules/check.c \
	src/rules/decide.c \
	src/rules/eval.c \
	src/rules/expr.c src/rules/expr.h \
	src/rules/hits.c \
	src/rules/lexer.c src/rules/lexer.h \
	src/rules/link.c \
	src/rules/load.c \
	src/rules/locate.c src/rules/locate.h \
	src/rules/names.c src/rules/names.h \
	src/rules/operators.c src/rules/operators.h \
	src/rules/packdir.c src/rules/packdir.h \
	src/rules/packdir_change.c src/rules/packdir_state.h \
	src/rules/parser.c \
	src/rules/read.c \
	src/rules/regex.c src/rules/regex.h \
	src/rules/rules.h \
	src/rules/ruleset.h \
	src/rules/tests.c \
	src/rules/verdict.c src/rules/verdict.h \
	src/rules/why.c
SHIPPED_RULES = \
	rules/blindness.yaml \
	rules/executive.yaml \
	rules/history.yaml \
	rules/identity.yaml \
	rules/links.yaml \
	rules/payment.yaml \
	rules/payroll.yaml \
	rules/tax-authority.yaml
nobase_dist_pkgdata_DATA += $(SHIPPED_RULES)
