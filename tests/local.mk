# Unit tests (cmocka prints TAP) and scripts; they mirror src/. `make t T=mail/test_quote` builds and runs one.

UNIT_TESTS = \
	tests/base/test_clock \
	tests/base/test_file \
	tests/base/test_minisign \
	tests/base/test_span \
	tests/base/test_text \
	tests/base/test_textfold \
	tests/base/test_yamltree \
	tests/conf/test_conf \
	tests/conf/test_network \
	tests/facts/test_auth \
	tests/facts/test_companies \
	tests/facts/test_history \
	tests/facts/test_people \
	tests/lookalike/test_lookalike \
	tests/lookalike/test_near \
	tests/lookalike/test_parts \
	tests/lookalike/test_score \
	tests/lookalike/test_suffix \
	tests/lookalike/test_variants \
	tests/mail/test_address \
	tests/mail/test_authres \
	tests/mail/test_hostile \
	tests/mail/test_html \
	tests/mail/test_link \
	tests/mail/test_message \
	tests/mail/test_mime \
	tests/mail/test_param \
	tests/mail/test_quote \
	tests/milter/test_headertext \
	tests/milter/test_log \
	tests/milter/test_memory \
	tests/payment/test_accounts \
	tests/payment/test_packs \
	tests/payment/test_trie \
	tests/report/test_report \
	tests/rules/test_bundle \
	tests/rules/test_eval \
	tests/rules/test_mistakes \
	tests/rules/test_packdir \
	tests/rules/test_verdict \
	tests/store/test_history \
	tests/store/test_hold \
	tests/store/test_purge \
	tests/store/test_pass \
	tests/store/test_sound \
	tests/store/test_store \
	tests/store/test_store_threads \
	tests/policy/test_exceptions \
	tests/judge/test_ask \
	tests/judge/test_judge \
	tests/judge/test_learn \
	tests/judge/test_passwords \
	tests/worker/test_check \
	tests/worker/test_extract \
	tests/worker/test_outside \
	tests/worker/test_pool \
	tests/worker/test_protocol \
	tests/worker/test_spf
check_SCRIPTS = \
	tests/cli/completion.sh \
	tests/cli/config.sh \
	tests/docs.sh \
	tests/cli/doctor.sh \
	tests/cli/extract.sh \
	tests/cli/init.sh \
	tests/cli/learn.sh \
	tests/cli/man.sh \
	tests/cli/packs.sh \
	tests/cli/quarantine.sh \
	tests/cli/scan.sh \
	tests/cli/spf.sh \
	tests/cli/test_attack.sh \
	tests/fuzz_replay.sh \
	tests/judge/update.sh \
	tests/hardening.sh \
	tests/layers.sh \
	tests/notices.sh \
	tests/lookalike/domain.sh \
	tests/mail/html.sh \
	tests/milter/connections.sh \
	tests/milter/history.sh \
	tests/milter/lifecycle.sh \
	tests/milter/memory.sh \
	tests/milter/miltertest.sh \
	tests/milter/packs.sh \
	tests/milter/protocol.sh \
	tests/milter/store.sh \
	tests/milter/reload.sh \
	tests/payment/recall.sh \
	tests/payment/stdnum.sh \
	tests/postfix/kills.sh \
	tests/postfix/postfix.sh \
	tests/postfix/release.sh \
	tests/report/report.sh \
	tests/rules/cli.sh \
	tests/sendmail/sendmail.sh \
	tests/store/crash.sh \
	tests/store/postgres_sql.sh \
	tests/systemd/unit.sh \
	tests/worker/pictures.sh \
	tests/worker/sandbox.sh
QUICK = tests/layers.sh tests/notices.sh tests/cli/config.sh tests/cli/man.sh tests/cli/scan.sh
check_PROGRAMS += $(UNIT_TESTS)
noinst_PROGRAMS += tests/mail/html_seen tests/store/store_tool
TESTS = $(UNIT_TESTS) $(check_SCRIPTS)
EXTRA_DIST += \
	$(check_SCRIPTS) \
	tests/cli/doctor_test.py \
	tests/cli/init_test.py \
	tests/circles.py \
	tests/cli/learn_mail.py \
	tests/cli/setup.py \
	tests/cli/man_test.py \
	tests/mail/html \
	tests/mail/html_test.py \
	tests/mail/measure.js \
	tests/cli/smtp_sink.py \
	tests/cli/test_attack_test.py \
	tests/milter/connections_test.py \
	tests/milter/conversation.lua \
	tests/milter/harness.py \
	tests/milter/history_test.py \
	tests/milter/lifecycle_test.py \
	tests/milter/memory_test.py \
	tests/milter/miltertest_test.py \
	tests/milter/packs_test.py \
	tests/milter/protocol_test.py \
	tests/milter/reload_test.py \
	tests/milter/soak.py \
	tests/milter/store_test.py \
	tests/milter/tsan.supp \
	tests/payment/known-misses \
	tests/payment/recall.py \
	tests/postfix/kills_test.py \
	tests/postfix/mta.py \
	tests/postfix/postfix_test.py \
	tests/postfix/release_test.py \
	tests/sendmail/sendmail_test.py \
	tests/package/package.sh \
	tests/systemd/inside.py \
	tests/systemd/own_cgroup.sh \
	tests/tap.sh \
	tests/worker/data \
	tests/worker/pictures_test.py \
	tests/worker/make_samples.py

tests_lookalike_test_score_SOURCES = tests/lookalike/test_score.c bench/logistic.c bench/logistic.h bench/points_def.c bench/points_def.h
tests_milter_test_headertext_SOURCES = tests/milter/test_headertext.c src/milter/headertext.c
tests_milter_test_log_SOURCES = tests/milter/test_log.c src/milter/log.c
tests_milter_test_memory_SOURCES = tests/milter/test_memory.c src/milter/memory.c
tests_rules_test_mistakes_SOURCES = tests/rules/test_mistakes.c tests/rules/mistakes.h tests/rules/mistakes_files.h
tests_store_test_history_SOURCES = tests/store/test_history.c tests/store/fixture.h
tests_store_test_hold_SOURCES = tests/store/test_hold.c tests/store/fixture.h
tests_store_test_pass_SOURCES = tests/store/test_pass.c tests/store/fixture.h
tests_store_test_purge_SOURCES = tests/store/test_purge.c tests/store/fixture.h
tests_store_test_sound_SOURCES = tests/store/test_sound.c tests/store/fixture.h
tests_store_test_store_SOURCES = tests/store/test_store.c tests/store/fixture.h
tests_store_test_store_threads_SOURCES = tests/store/test_store_threads.c tests/store/fixture.h
tests_judge_test_learn_SOURCES = tests/judge/test_learn.c tests/store/fixture.h
tests_judge_test_ask_SOURCES = tests/judge/test_ask.c tests/worker/samples.h
tests_worker_test_extract_SOURCES = tests/worker/test_extract.c tests/worker/samples.h
tests_worker_test_check_SOURCES = tests/worker/test_check.c tests/worker/dns.h
tests_worker_test_outside_SOURCES = tests/worker/test_outside.c tests/worker/samples.h
tests_worker_test_pool_SOURCES = tests/worker/test_pool.c tests/worker/samples.h
tests_worker_test_spf_SOURCES = tests/worker/test_spf.c tests/worker/dns.h

TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	RINGER_DATADIR='$(abs_top_srcdir)'; export RINGER_DATADIR; \
	RINGER_STATEDIR='$(abs_top_builddir)/tests/no-state'; export RINGER_STATEDIR; \
	RINGER_CONFDIR='$(abs_top_builddir)/tests/no-state'; export RINGER_CONFDIR; unset RINGER_CONFIG; \
	abs_top_srcdir='$(abs_top_srcdir)'; export abs_top_srcdir; \
	abs_top_builddir='$(abs_top_builddir)'; export abs_top_builddir;

# Without cmocka there are no unit tests: never green on nothing.
if !HAVE_CMOCKA
check: cmocka-is-missing
endif
cmocka-is-missing:
	@echo 'cmocka is missing, so nothing can be tested: apt-get install libcmocka-dev, then run configure again' >&2
	@exit 1

# One test: nothing else is built for a unit test; a script needs the programs.
t:
	@test -n '$(T)' || { echo 'which test? make t T=mail/test_quote, or T=milter/lifecycle for tests/milter/lifecycle.sh' >&2; exit 2; }
	@rm -f 'tests/$(T).log' 'tests/$(T).trs'
	@if test -f '$(srcdir)/tests/$(T).sh'; then $(MAKE) $(AM_MAKEFLAGS) all; fi
	@$(MAKE) $(AM_MAKEFLAGS) 'tests/$(T).log'
	@grep -q '^:global-test-result: \(PASS\|SKIP\)' 'tests/$(T).trs' || { cat 'tests/$(T).log'; exit 1; }
	@echo "$$(grep -c '^:test-result: PASS' 'tests/$(T).trs') passed; the whole story: tests/$(T).log"

tests/judge/update.log: tests/judge/test_judge$(EXEEXT)
# The loop: what needs no daemon, mail server or data base of others. `make check` is all.
quick:
	@$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(UNIT_TESTS) $(QUICK)'

# Expected results of tests/cases become what there is; to be reviewed as a diff before it is committed.
update-cases: tests/judge/test_judge$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) tests/judge/test_judge$(EXEEXT) --update | grep -v '^ok\|^1\.\.' || echo 'nothing differs'

# 200 reloads under traffic: minutes, so not in make check.
soak: all bench/milter_load$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) python3 -B $(srcdir)/tests/milter/soak.py

# The Debian package in a clean Debian: minutes, root and a mirror.
check-package:
	@rm -f tests/package/package.log; $(MKDIR_P) tests/package
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/package/package.sh | tee tests/package/package.log
	@grep -q '^1\.\.' tests/package/package.log && ! grep -q '^not ok' tests/package/package.log

# ringerd killed 1,000 times behind Postfix under load: half an hour; make check does a few.
kills: all
	$(AM_TESTS_ENVIRONMENT) KILLS=$${KILLS:-1000} $(SHELL) $(srcdir)/tests/postfix/kills.sh

clean-local: clean-sendmail
	-rm -rf package-cache
clean-sendmail:
	-rm -rf tests/sendmail/root
.PHONY: cmocka-is-missing t quick update-cases soak kills check-package clean-sendmail
