bin_PROGRAMS += ringer
ringer_LDADD = $(RINGER_LIBS)
ringer_SOURCES = \
	src/cli/cli.c src/cli/cli.h src/cli/commands.h src/cli/ringer.c \
	src/cli/cmd_config.c \
	src/cli/cmd_doctor.c src/cli/doctor.c src/cli/doctor.h src/cli/doctor_checks.h src/cli/doctor_config.c src/cli/doctor_daemon.c src/cli/doctor_host.c \
	src/cli/doctor_mta.c src/cli/doctor_store.c src/cli/doctor_workers.c \
	src/cli/cmd_domain.c \
	src/cli/cmd_extract.c \
	src/cli/cmd_history.c \
	src/cli/cmd_init.c src/cli/init.c src/cli/init.h src/cli/init_files.c src/cli/init_postfix.c \
	src/cli/postfix.c src/cli/postfix.h src/cli/reach.c src/cli/reach.h src/cli/run.c src/cli/run.h \
	src/cli/cmd_learn.c \
	src/cli/cmd_rules.c src/cli/rules_try.c src/cli/rules_try.h \
	src/cli/packfetch.c src/cli/packfetch.h src/cli/rules_install.c src/cli/rules_pack.h src/cli/rules_sign.c \
	src/cli/rules_stats.c src/cli/rules_stats.h \
	src/cli/cmd_quarantine.c src/cli/quarantine.c src/cli/quarantine.h src/cli/quarantine_show.c \
	src/cli/cmd_report.c \
	src/cli/storeopt.c src/cli/storeopt.h \
	src/cli/cmd_phrases.c \
	src/cli/cmd_scan.c \
	src/cli/scan_propose.c src/cli/scan_propose.h \
	src/cli/cmd_test_attack.c src/cli/test_attack.h \
	src/cli/control.c src/cli/control.h \
	src/cli/cmd_status.c src/cli/status_metrics.c src/cli/status_metrics.h \
	src/cli/cmd_version.c \
	src/cli/learn_accounts.c src/cli/learn_accounts.h \
	src/cli/mailsource.c src/cli/mailsource.h src/cli/progress.c src/cli/progress.h
