# Manual pages; two are made from the tables of the program itself.

dist_man_MANS = \
	man/ringer-config.1 \
	man/ringer-doctor.1 \
	man/ringer-domain.1 \
	man/ringer-extract.1 \
	man/ringer-history.1 \
	man/ringer-init.1 \
	man/ringer-learn.1 \
	man/ringer-packs.7 \
	man/ringer-phrases.1 \
	man/ringer-phrases.5 \
	man/ringer-quarantine.1 \
	man/ringer-reload.1 \
	man/ringer-report.1 \
	man/ringer-rules.1 \
	man/ringer-rules.5 \
	man/ringer-scan.1 \
	man/ringer-status.1 \
	man/ringer-test-attack.1 \
	man/ringer-worker.8 \
	man/ringer.1 \
	man/ringerd.8
nodist_man_MANS = man/ringer-facts.7 man/ringer.yaml.5
CLEANFILES += $(nodist_man_MANS)
EXTRA_DIST += man/ringer-facts.7.in man/ringer.yaml.5.in
man/ringer-facts.7: man/ringer-facts.7.in ringer$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && \
	{ $(SED) '/^@FACTS@/,$$d' $(srcdir)/man/ringer-facts.7.in && ./ringer$(EXEEXT) rules facts --man && \
	$(SED) '1,/^@FACTS@/d' $(srcdir)/man/ringer-facts.7.in; } > $@.tmp && mv $@.tmp $@
man/ringer.yaml.5: man/ringer.yaml.5.in ringer$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && \
	{ $(SED) '/^@OPTIONS@/,$$d' $(srcdir)/man/ringer.yaml.5.in && ./ringer$(EXEEXT) config show --man && \
	$(SED) '1,/^@OPTIONS@/d' $(srcdir)/man/ringer.yaml.5.in; } > $@.tmp && mv $@.tmp $@
