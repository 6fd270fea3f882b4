# A fuzz target for every parser. With --enable-fuzzing each is a libFuzzer program; without, it replays its corpus
# in make check.

FUZZERS = \
	fuzz/fuzz_accounts \
	fuzz/fuzz_address \
	fuzz/fuzz_authres \
	fuzz/fuzz_clauses \
	fuzz/fuzz_conf \
	fuzz/fuzz_dmarc \
	fuzz/fuzz_docx \
	fuzz/fuzz_expression \
	fuzz/fuzz_fold \
	fuzz/fuzz_header \
	fuzz/fuzz_headertext \
	fuzz/fuzz_html \
	fuzz/fuzz_judge \
	fuzz/fuzz_lookalike \
	fuzz/fuzz_message \
	fuzz/fuzz_phrase_pack \
	fuzz/fuzz_reader \
	fuzz/fuzz_rules \
	fuzz/fuzz_worker_protocol \
	fuzz/fuzz_yamltree
if FUZZING
noinst_PROGRAMS += $(FUZZERS)
FUZZ_MAIN =
else
check_PROGRAMS += $(FUZZERS)
FUZZ_MAIN = fuzz/libreplay.a
endif
EXTRA_LIBRARIES = fuzz/libreplay.a
fuzz_libreplay_a_SOURCES = fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
FUZZ_LIBS = $(FUZZ_MAIN) $(LDADD)
EXTRA_DIST += fuzz/replay.c

fuzz_fuzz_accounts_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_accounts_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_address_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_address_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_authres_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_authres_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_clauses_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_clauses_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_conf_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_conf_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_dmarc_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_dmarc_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_docx_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_docx_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_expression_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_expression_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_fold_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_fold_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_header_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_header_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_headertext_SOURCES = fuzz/fuzz_headertext.c src/milter/headertext.c
fuzz_fuzz_headertext_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_headertext_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_html_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_html_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_judge_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_judge_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_lookalike_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_lookalike_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_message_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_message_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_phrase_pack_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_phrase_pack_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_reader_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_reader_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_rules_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_rules_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_worker_protocol_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_worker_protocol_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_yamltree_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_yamltree_LDADD = $(FUZZ_LIBS)
