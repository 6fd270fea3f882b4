# A fuzz target for every parser. With --enable-fuzzing each is a libFuzzer program; without, it replays its corpus
# in make check.

FUZZERS = \
	fuzz/fuzz_accounts \
	fuzz/fuzz_address \
	fuzz/fuzz_addrspec \
	fuzz/fuzz_authres \
	fuzz/fuzz_bundle \
	fuzz/fuzz_clauses \
	fuzz/fuzz_conf \
	fuzz/fuzz_dmarc \
	fuzz/fuzz_dns \
	fuzz/fuzz_docx \
	fuzz/fuzz_expression \
	fuzz/fuzz_fold \
	fuzz/fuzz_header \
	fuzz/fuzz_headertext \
	fuzz/fuzz_html \
	fuzz/fuzz_judge \
	fuzz/fuzz_judge_attached \
	fuzz/fuzz_link \
	fuzz/fuzz_lists \
	fuzz/fuzz_lookalike \
	fuzz/fuzz_mailsource \
	fuzz/fuzz_message \
	fuzz/fuzz_packdir \
	fuzz/fuzz_param \
	fuzz/fuzz_pdftext \
	fuzz/fuzz_phrase_pack \
	fuzz/fuzz_reader \
	fuzz/fuzz_records \
	fuzz/fuzz_rules \
	fuzz/fuzz_session \
	fuzz/fuzz_worker_protocol \
	fuzz/fuzz_yamltree
if HAVE_ZBAR
FUZZERS += fuzz/fuzz_picture
endif
if FUZZING
noinst_PROGRAMS += $(FUZZERS)
FUZZ_MAIN =
else
check_PROGRAMS += $(FUZZERS)
FUZZ_MAIN = fuzz/libreplay.a
endif
EXTRA_LIBRARIES = fuzz/libreplay.a
CLEANFILES += fuzz/libreplay.a # Automake cleans no EXTRA_LIBRARIES
fuzz_libreplay_a_SOURCES = fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
FUZZ_LIBS = $(FUZZ_MAIN) $(LDADD)
EXTRA_DIST += fuzz/replay.c fuzz/memory_file.h

fuzz_fuzz_accounts_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_accounts_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_address_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_address_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_addrspec_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_addrspec_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_authres_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_authres_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_bundle_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_bundle_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_clauses_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_clauses_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_conf_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_conf_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_dmarc_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_dmarc_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_dns_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_dns_LDADD = $(FUZZ_LIBS) $(UNBOUND_LIBS)
fuzz_fuzz_docx_SOURCES = fuzz/fuzz_docx.c fuzz/extracted.h
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
fuzz_fuzz_judge_SOURCES = fuzz/fuzz_judge.c fuzz/judged.h
fuzz_fuzz_judge_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_judge_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_judge_attached_SOURCES = fuzz/fuzz_judge_attached.c fuzz/judged.h
fuzz_fuzz_judge_attached_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_judge_attached_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_link_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_link_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_lists_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_lists_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_lookalike_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_lookalike_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_mailsource_SOURCES = fuzz/fuzz_mailsource.c src/cli/mailsource.c
fuzz_fuzz_mailsource_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_mailsource_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_message_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_message_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_packdir_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_packdir_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_param_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_param_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_pdftext_SOURCES = fuzz/fuzz_pdftext.c src/worker/program.c src/worker/programs.c src/worker/programtext.c src/worker/sandbox.c
fuzz_fuzz_pdftext_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_pdftext_LDADD = $(FUZZ_LIBS) $(SECCOMP_LIBS)
fuzz_fuzz_phrase_pack_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_phrase_pack_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_reader_SOURCES = fuzz/fuzz_reader.c fuzz/extracted.h
fuzz_fuzz_reader_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_reader_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_records_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_records_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_picture_SOURCES = fuzz/fuzz_picture.c src/worker/codes.c src/worker/picture.c
fuzz_fuzz_picture_CFLAGS = $(AM_CFLAGS) $(ZBAR_CFLAGS)
fuzz_fuzz_picture_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_picture_LDADD = $(FUZZ_LIBS) $(ZBAR_LIBS)
fuzz_fuzz_rules_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_rules_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_session_SOURCES = fuzz/fuzz_session.c \
	src/milter/acceptor.c src/milter/action.c src/milter/authseen.c src/milter/control.c src/milter/current.c src/milter/daemon.c \
	src/milter/headertext.c src/milter/housekeep.c src/milter/listener.c src/milter/log.c src/milter/memory.c src/milter/notify.c src/milter/packwatch.c src/milter/process.c \
	src/milter/record.c src/milter/reload.c src/milter/session.c src/milter/spool.c src/milter/storewatch.c src/milter/testmail.c \
	src/milter/workers.c
fuzz_fuzz_session_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_session_LDADD = $(FUZZ_LIBS) $(SYSTEMD_LIBS)
fuzz_fuzz_worker_protocol_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_worker_protocol_LDADD = $(FUZZ_LIBS)
fuzz_fuzz_yamltree_LDFLAGS = $(FUZZ_LINK)
fuzz_fuzz_yamltree_LDADD = $(FUZZ_LIBS)
